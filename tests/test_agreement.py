"""One number, three readers: what the page shows, what `sameside sql` prints and what the CSV holds are the same to the digit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboard import rounding
from etl.cli import cli
from etl.config import load_config
from etl.load import Request, load
from etl.queries import Database, Scope

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that holds the sample."""
    path = tmp_path_factory.mktemp("agreement")
    load(Request((ROOT / "sample_data" / "salesforce.zip",), path, load_config()))
    return path


def test_page_sql_and_csv_tell_one_number(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headline, ladder and verdict agree between the dashboard, the command line and the snapshot."""
    runner = CliRunner()
    told = {}
    for metric in ("headline", "evidence_ladder"):
        printed = runner.invoke(cli, ["sql", f"from metrics.{metric}()", "--format", "json", "--data", str(folder)])
        told[metric] = json.loads(printed.stdout)
    snapshot = Path(runner.invoke(cli, ["export", "--to", str(tmp_path), "--data", str(folder)]).stdout.strip())
    for metric, rows in told.items():
        with (snapshot / f"{metric}.csv").open(newline="") as file:
            for read, row in zip(csv.DictReader(file), rows, strict=True):
                assert {name: float(value) for name, value in read.items() if value and isinstance(row[name], int | float)} == {
                    name: float(value) for name, value in row.items() if isinstance(value, int | float)
                }
    monkeypatch.setenv("SAMESIDE_DATA", str(folder))
    page = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()
    assert any(rounding.points(told["headline"][0]["difference"], signed=True) in text for text in shown(page))
    printed = runner.invoke(cli, ["sql", "from metrics.verdict()", "--format", "json", "--data", str(folder)])
    alike = next(row["difference"] for row in json.loads(printed.stdout) if row["measure"] == "win_rate")
    assert any("Compared like for like" in text and rounding.points(abs(alike)) in text for text in shown(page))
    assert alike == told["evidence_ladder"][4]["difference"]
    drawn = json.loads(page.get("plotly_chart")[0].proto.spec)
    gaps = [trace["x"][0] for trace in drawn["data"] if "hovertext" in trace]
    differences = [row["difference"] * 100 for row in told["evidence_ladder"] if row["difference"] is not None]
    assert len(differences) == 6
    assert gaps == pytest.approx(differences, abs=1e-12)


def shown(page: AppTest) -> list[str]:
    """Return the texts of a page as they are read: without backslashes."""
    return [each.value.replace("\\", "") for each in page.markdown]


def test_what_was_planted_is_found(folder: Path) -> None:
    """Every defect that the generator planted is counted with its reason, and rows add up to those written."""
    truth = json.loads((ROOT / "sample_data" / "truth.json").read_text())
    database = Database.of_folder(folder)
    reasons = {
        (row["file"].rpartition(": ")[2], row["reason"]): row["occurrences"] for row in database.rejects_by_reason().iter_rows(named=True)
    }
    defects = truth["defects"]
    assert reasons["Opportunity.csv", "was deleted in the CRM"] == defects["deleted_deals"]
    assert reasons["Opportunity.csv", "a later row has the same id"] == defects["duplicated_ids"]
    assert reasons["Opportunity.csv", "is not an amount with at most two decimals"] == defects["unreadable_amounts"]
    assert reasons["Opportunity.csv", "is not a date and time"] == defects["unreadable_created_dates"]
    assert database.crm_figures(Scope())["negative_cycles"][0] == defects["closed_before_created"]
    assert {row["file"].rpartition(": ")[2]: row["rows_read"] for row in database.loads().iter_rows(named=True)} == truth["rows"]
    naive = database.evidence_ladder(Scope())["difference"][0] * 100
    assert naive > truth["effect_points"] + 20
