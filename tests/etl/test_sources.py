"""Each CRM's sample export loads as it comes, and with what a person reads out of its files."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from etl.config import load_config
from etl.load import Request, load
from etl.mapping import packaged_mappings
from etl.queries import Database, Scope

SAMPLES = Path(__file__).parents[2] / "sample_data" / "crm"
FOLDERS = sorted(path.parent for path in SAMPLES.glob("*/expected.toml"))


class Sample(NamedTuple):
    """A sample that was loaded: the mapping that was found, the open database, and what its expected.toml says."""

    mapping: str
    database: Database
    expected: dict[str, Any]


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Return a sample folder, loaded once, without a mapping, with the settings that lie in it."""
    folder: Path = request.param
    settings = folder / "sameside.toml"
    config = load_config(settings if settings.exists() else None)
    report = load(Request((folder,), tmp_path_factory.mktemp(folder.name), config))
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    return Sample(report.mapping.name, Database(report.database), expected)


def test_each_crm_has_a_sample() -> None:
    """A mapping that ships is shown at work."""
    shown = {tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))["mapping"] for folder in FOLDERS}
    assert shown == set(packaged_mappings())


def test_whose_export_it_is_and_of_which_day(sample: Sample) -> None:
    """Names and headers tell the CRM; the latest moment in the files is the day of the export."""
    assert (sample.mapping, sample.database.settings()["as_of"]) == (sample.expected["mapping"], sample.expected["as_of"])


def test_every_row_is_accounted_for(sample: Sample) -> None:
    """Files have their roles, and rows read = loaded + rejected, each rejected row with its reason."""
    read = {
        row["file"]: {"role": row["role"], "read": row["rows_read"], "loaded": row["rows_loaded"], "rejected": row["rows_rejected"]}
        for row in sample.database.loads().iter_rows(named=True)
    }
    assert read == sample.expected["files"]
    assert all(row["read"] == row["loaded"] + row["rejected"] for row in read.values())
    assert dict(sample.database.sql("select reason, count(*) from raw.rejects group by reason").rows()) == sample.expected.get(
        "rejects", {}
    )


def test_outcomes_amounts_and_owners(sample: Sample) -> None:
    """Deals are won, lost and open as in the CRM; amounts are summed per currency; owners bear names."""
    deals, expected = sample.database.relation("deals"), sample.expected["deals"]
    counted = dict(sample.database.sql("select outcome, count(*) from marts.deals group by outcome").rows())
    assert counted == {outcome: expected[outcome] for outcome in ("won", "lost", "open") if expected[outcome]}
    amounts = dict(sample.database.sql("select currency, sum(amount) from marts.deals where amount is not null group by currency").rows())
    assert amounts == expected["amounts"]
    assert sorted(set(deals["owner"].drop_nulls())) == expected["owners"]


def test_days_of_closing(sample: Sample) -> None:
    """Every closed deal has the day on which it closed, or none where the CRM does not tell."""
    closed: dict[str, date | None] = dict(
        sample.database.sql("select deal_id, closed_date from marts.deals where outcome <> 'open' order by deal_id").rows()
    )
    assert {deal: day or "not told" for deal, day in closed.items()} == sample.expected["closed"]


def test_answers_and_tags(sample: Sample) -> None:
    """The deals that are named are tagged as they should be, and their questions answered on the days on which they were."""
    tags = dict(sample.database.tagged_deals(Scope()).select("deal_id", "focus").iter_rows())
    assert {deal: tags[deal] for deal in sample.expected["tags"]} == sample.expected["tags"]
    answered: dict[str, dict[str, int]] = {deal: {} for deal in sample.expected["answered"]}
    for deal, question, day in sample.database.sql(
        "select deal_id, question, first_answered_day from marts.deal_answers join marts.deals using (deal_key) "
        "where first_answered_day is not null and not is_neutral"
    ).iter_rows():
        if deal in answered:
            answered[deal][question] = day
    assert answered == sample.expected["answered"]


def test_faults_of_the_data(sample: Sample) -> None:
    """Data health counts the faults that were planted, and no other."""
    found = {row["problem"]: row["found"] for row in sample.database.data_problems(Scope()).iter_rows(named=True) if row["found"]}
    assert found == sample.expected["problems"]
