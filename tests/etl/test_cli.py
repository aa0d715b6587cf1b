"""The command line as its users call it: output on stdout, errors on stderr, exit codes as promised."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etl import cli
from etl.jobs import SAMPLE
from etl.queries import Database, Scope

ROWS = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c\n1,=A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01,They lose orders\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs sameside in an empty folder with a loaded database."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Opportunity.csv").write_text(ROWS)
    runner = CliRunner()
    assert runner.invoke(cli.cli, ["load", "Opportunity.csv"]).exit_code == 0
    return lambda *words: runner.invoke(cli.cli, words)


def test_every_verb_has_help_with_an_example() -> None:
    """Each verb says what it does and shows a call that works."""
    assert set(cli.cli.commands) == {"demo", "load", "check", "dashboard", "export", "report", "sql", "describe"}
    for name, command in cli.cli.commands.items():
        assert f"Example:  sameside {name}" in (command.help or "")


def test_load_prints_the_account_of_every_file(run: Run) -> None:
    """A second load says that nothing changed."""
    assert "nothing changed" in run("load", "Opportunity.csv").output


def test_load_says_what_told_the_stages_of_the_past(run: Run, tmp_path: Path) -> None:
    """Nothing did, or the field history, for want of a stage history; a stage history of its own needs no word."""
    (tmp_path / "Opportunity.csv").write_text(ROWS.replace("They", "These"))
    assert "no stage history in this export" in run("load", "Opportunity.csv").stdout
    (tmp_path / "OpportunityFieldHistory.csv").write_text(
        "OpportunityId,Field,CreatedDate,OldValue,NewValue\n1,StageName,2026-01-15T10:00:00Z,Discovery,Closed Won\n"
    )
    loaded = run("load", "Opportunity.csv", "OpportunityFieldHistory.csv").stdout
    assert "stages of the past: told by the changes of the stage in the field history" in loaded
    (tmp_path / "OpportunityHistory.csv").write_text("OpportunityId,StageName,CreatedDate\n1,Discovery,2026-01-01T10:00:00Z\n")
    loaded = run("load", "Opportunity.csv", "OpportunityFieldHistory.csv", "OpportunityHistory.csv").stdout
    assert "stage history" not in loaded.replace("[stage_history", "")
    assert "stages of the past" not in loaded


def test_check_prints_what_timing_suggests(tmp_path: Path, run: Run) -> None:
    """With the sample there is a suggestion beside what is in force; with one deal there is none, and it says so."""
    assert "settings suggested by timing: none" in run("check").stdout
    assert run("load", str(SAMPLE), "--data", str(tmp_path / "sample")).exit_code == 0
    assert "landmark day 21 (in force: 30)" in run("check", "--data", str(tmp_path / "sample")).stdout


def test_sql_table_csv_and_json_agree(run: Run) -> None:
    """The same query in three formats gives the same value."""
    query = "select win_rate from metrics.crm_figures()"
    assert run("sql", query, "--format", "csv").stdout == "win_rate\n1.0\n"
    assert json.loads(run("sql", query, "--format", "json").stdout) == [{"win_rate": 1.0}]
    assert "1.0" in run("sql", query).stdout


@pytest.mark.parametrize(
    "query",
    ["drop table raw.deals", "select 1; select 2", "copy (select 1) to 'x.csv'", "attach 'x'", "install httpfs"],
)
def test_sql_runs_one_reading_statement_alone(run: Run, query: str) -> None:
    """Anything but one statement that reads is refused."""
    result = run("sql", query)
    assert result.exit_code != 0


def test_check_tells_the_state_of_settings_and_database(run: Run, tmp_path: Path) -> None:
    """Fine settings and a database that keeps its rules; a wrong key is named."""
    assert "keeps all" in run("check").output
    (tmp_path / "sameside.toml").write_text("[tag]\nlandmark = 3\n")
    assert "did you mean" in str(run("check").exception)


def test_describe_lists_every_mart_and_metric(run: Run) -> None:
    """Text, Markdown and JSON name the same relations."""
    told = json.loads(run("describe", "--format", "json").stdout)["relations"]
    text, markdown = run("describe").stdout, run("describe", "--format", "markdown").stdout
    assert len(told) >= 14
    for relation in told:
        assert f"{relation['schema_name']}.{relation['name']}" in text
        assert f"## {relation['schema_name']}.{relation['name']}" in markdown


def test_export_is_whole_repeatable_and_agrees_with_the_metrics(run: Run, tmp_path: Path) -> None:
    """Two exports of one load are equal byte for byte; the CSV holds the metric's number; names cannot be formulas."""
    first = Path(run("export", "--to", "one").stdout.strip())
    second = Path(run("export", "--to", "two").stdout.strip())
    files = sorted(path.name for path in first.iterdir())
    assert files == sorted(path.name for path in second.iterdir())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)
    figures = Database.of_folder(tmp_path / "sameside-data").crm_figures(Scope()).row(0, named=True)
    header, row = (first / "crm_figures.csv").read_text().splitlines()
    assert float(dict(zip(header.split(","), row.split(","), strict=True))["win_rate"]) == figures["win_rate"]
    assert "'=A" in (first / "deals.csv").read_text()
    manifest = json.loads((first / "manifest.json").read_text())
    assert {each["file"] for each in manifest["files"]} | {"manifest.json"} == set(files)


def test_definitions_are_told_by_the_manifest(run: Run) -> None:
    """What is chosen is in the scope; the default is no scope of its own."""
    chosen = Path(run("export", "--to", "x", "--denominator", "decided", "--no-decision", "out", "--count-by", "value").stdout.strip())
    manifest = json.loads((chosen / "manifest.json").read_text())
    assert manifest["scope"] == manifest["definitions"] == {"denominator": "decided", "no_decision": "out", "count_by": "value"}
    standard = Path(run("export", "--to", "x", "--denominator", "all", "--no-decision", "in", "--count-by", "deals").stdout.strip())
    assert standard == Path(run("export", "--to", "x").stdout.strip()) != chosen
    manifest = json.loads((standard / "manifest.json").read_text())
    assert (manifest["scope"], manifest["definitions"]) == ({}, {"denominator": "all", "no_decision": "in", "count_by": "deals"})


def test_errors_decide_the_exit_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Data at fault: 1. Usage at fault: 2. Both tell what to do, on stderr."""
    monkeypatch.chdir(tmp_path)
    for words, code in ((["sql", "select 1"], 1), (["load", "nothing-here"], 2)):
        monkeypatch.setattr("sys.argv", ["sameside", *words])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert caught.value.code == code
        assert "what to do" in capsys.readouterr().err
