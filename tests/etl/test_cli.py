"""The command line as its users call it: output on stdout, errors on stderr, exit codes as promised."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from etl import cli
from etl.audit import os_user
from etl.errors import QueryError, QueryRefused, UsageError
from etl.queries import Database, Scope
from etl.sample import SAMPLE

ROWS = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c\n1,=A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01,They lose orders\n"

ROOT = Path(__file__).parents[2]
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
    assert set(cli.cli.commands) == {
        "demo",
        "load",
        "build",
        "map",
        "check",
        "dashboard",
        "export",
        "diff",
        "report",
        "schedule",
        "sql",
        "describe",
        "audit",
    }
    for name, command in cli.cli.commands.items():
        assert f"\n  Example:  sameside {name}" in CliRunner().invoke(cli.cli, [name, "--help"]).output, command.help


def test_load_prints_the_account_of_every_file(run: Run) -> None:
    """A second load says that nothing changed."""
    assert "nothing changed" in run("load", "Opportunity.csv").output


def test_load_takes_files_for_the_crm_that_is_named(run: Run, tmp_path: Path) -> None:
    """Headers that would do for any table are HubSpot's if somebody says so; a name that no mapping has, or a mapping beside it, is refused."""
    (tmp_path / "table.csv").write_text("ID,Name,Stage,Created\n1,A,Won,2026-01-01\n")
    assert "loaded generic export" in run("load", "table.csv", "--data", "any").stdout
    assert "loaded HubSpot export" in run("load", "table.csv", "--crm", "hubspot", "--data", "named").stdout
    unknown = run("load", "table.csv", "--crm", "hubspott").exception
    assert isinstance(unknown, UsageError)
    assert "did you mean 'hubspot'?" in str(unknown)
    both = run("load", "table.csv", "--crm", "hubspot", "--mapping", "mine.toml").exception
    assert isinstance(both, UsageError)
    assert "--crm and --mapping" in str(both)


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_check_prints_what_timing_suggests(tmp_path: Path, run: Run) -> None:
    """With the sample there is a suggestion beside what is in force; with one deal there is none, and it says so."""
    assert "settings suggested by timing: none" in run("check").stdout
    assert run("load", str(SAMPLE), "--data", str(tmp_path / "sample")).exit_code == 0
    assert "landmark day 21 (in force: 30)" in run("check", "--data", str(tmp_path / "sample")).stdout


@pytest.mark.thorough
def test_sql_table_csv_and_json_agree(run: Run) -> None:
    """The same query in three formats gives the same value."""
    query = "select win_rate from metrics.crm_figures()"
    assert run("sql", query, "--format", "csv").stdout == "win_rate\n1.0\n"
    assert json.loads(run("sql", query, "--format", "json").stdout) == [{"win_rate": 1.0}]
    assert "1.0" in run("sql", query).stdout


@pytest.mark.thorough
def test_sql_writes_files(run: Run, tmp_path: Path) -> None:
    """CSV, JSON and Parquet hold the same rows; a text that could be a formula is guarded in CSV alone."""
    (tmp_path / "question.sql").write_text("-- Which deals?\nselect deal_name, amount, created_date from marts.deals")
    for style in ("csv", "json", "parquet"):
        assert run("sql", "--file", "question.sql", "--format", style, "--to", f"x.{style}").stdout == f"x.{style}\n"
    day = date(2026, 1, 1)
    assert pl.read_parquet(tmp_path / "x.parquet").rows() == [("=A", 100.5, day)]
    assert (tmp_path / "x.csv").read_text().splitlines()[1] == f"'=A,100.50,{day}"
    assert json.loads((tmp_path / "x.json").read_text()) == [{"deal_name": "=A", "amount": 100.5, "created_date": str(day)}]
    assert "--to" in str(run("sql", "select 1", "--format", "parquet").exception)
    assert "cannot be written" in str(run("sql", "select 1", "--to", "no/such/folder/x").exception)


def test_sql_hands_out_so_many_rows(run: Run, tmp_path: Path) -> None:
    """A file is whole or not there; on the terminal the first rows are shown, and it says that there are more."""
    (tmp_path / "sameside.toml").write_text("[sql]\nmax_rows = 3\n")
    shown = run("sql", "from range(5)")
    assert "│ 2     │" in shown.stdout
    assert "│ 3     │" not in shown.stdout
    assert "at most 3" in shown.stderr
    refused = run("sql", "from range(5)", "--format", "csv", "--to", "x.csv")
    assert "more rows" in str(refused.exception)
    assert not (tmp_path / "x.csv").exists()
    assert run("sql", "from range(5)", "--format", "csv", "--max-rows", "5").stdout.splitlines() == ["range", *"01234"]


@pytest.mark.parametrize(
    "query",
    [
        "drop table raw.deals",
        "select 1; select 2",
        "copy (select 1) to 'x.csv'",
        "attach 'x'",
        "install httpfs",
        "from read_text('sameside.toml')",
    ],
)
def test_sql_runs_one_reading_statement_alone(run: Run, query: str) -> None:
    """Anything but one statement that reads the file is refused."""
    result = run("sql", query)
    assert isinstance(result.exception, QueryRefused)


def test_sql_that_is_trusted_reads_files_and_still_writes_no_database(run: Run) -> None:
    """Files and several statements are its author's own business; the database file is not."""
    query = "create temp table x as from read_csv('Opportunity.csv'); select Id from x, marts.deals"
    assert run("sql", query, "--trusted", "--format", "csv").stdout == "Id\n1\n"
    assert run("sql", "copy (select 1 as a) to 'x.csv'", "--trusted").exit_code == 0
    refused = run("sql", "delete from raw.deals", "--trusted").exception
    assert isinstance(refused, QueryError)
    assert "read-only" in refused.where


def test_the_shell_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where DuckDB's command line is missing."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    refused = run("sql", "--shell").exception
    assert isinstance(refused, UsageError)
    assert "pip install" in refused.todo


@pytest.mark.skipif(not (Path(sys.executable).parent / "duckdb").exists(), reason="duckdb-cli is not installed beside this Python")
def test_the_shell_is_safe_unless_it_is_trusted(run: Run, tmp_path: Path) -> None:
    """It answers metrics; files, the system, settings and other databases are shut off."""
    asked = "select win_rate from metrics.crm_figures();\nfrom read_text('Opportunity.csv');\n.shell echo out\nset memory_limit = '9GB';\n"
    told = {}
    for trust in ("", "--trusted"):
        command = [sys.executable, "-m", "etl", "sql", "--shell", *filter(None, [trust])]
        done = subprocess.run(
            command, input=asked, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert "win_rate" in done.stdout
        told[trust] = done.stdout + done.stderr
    for sign in ("file system operations are disabled", "cannot be used in -safe mode", "configuration has been locked"):
        assert sign in told[""]
        assert sign not in told["--trusted"]


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


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_an_export_takes_format_locale_and_how_many_are_kept(run: Run, tmp_path: Path) -> None:
    """Excel's CSV follows the locale; each format is a snapshot of its own; a locale that is none is wrong usage."""
    excel = Path(run("export", "--to", "x", "--format", "excel", "--locale", "de_DE", "--keep", "1").stdout.strip())
    assert (excel / "deals.csv").read_bytes().startswith(b"\xef\xbb\xbfdeal_key;source;")
    assert "100,50" in (excel / "deals.csv").read_text(encoding="utf-8-sig")
    parquet = Path(run("export", "--to", "x", "--format", "parquet", "--keep", "1").stdout.strip())
    assert {path.name for path in (tmp_path / "x").iterdir() if path.is_dir()} == {excel.name, parquet.name}
    refused = run("export", "--to", "x", "--locale", "de_XX")
    assert (refused.exit_code, "is not a locale" in refused.stderr) == (2, True)


@pytest.mark.thorough
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


USERS = "Id,Name,Department,Email\n005A,Ada Ash,North,ada@x.example\n005B,Ben Bow,South,ben@x.example\n"


@pytest.fixture
def of_two(run: Run, tmp_path: Path) -> Run:
    """Return a function that runs sameside where two reps of two teams have a deal each."""
    (tmp_path / "Opportunity.csv").write_text(ROWS + "2,B,Proposal,7,2026-05-01,0,0,005B,2026-01-01,\n")
    (tmp_path / "User.csv").write_text(USERS)
    assert run("load", "Opportunity.csv", "User.csv", "--anew").exit_code == 0
    return run


@pytest.mark.thorough
def test_an_audience_is_looked_at_and_exported(of_two: Run, tmp_path: Path) -> None:
    """By team, by rep, under pseudonyms; the manifest says whose it is, and snapshots of audiences lie beside everyone's."""
    ask = ("sql", "--format", "csv", "select deal_id, owner from marts.deals order by 1")
    assert of_two(*ask, "--audience", "team=North").stdout == "deal_id,owner\n1,Ada Ash\n"
    assert of_two(*ask, "--audience", "rep=BEN@x.example").stdout == "deal_id,owner\n2,Ben Bow\n"
    assert of_two(*ask, "--audience", "team=North", "--audience", "team=South").stdout == of_two(*ask).stdout
    hidden = of_two(*ask, "--pseudonyms").stdout
    assert hidden.count("Rep ") == 2
    assert "Ash" not in hidden
    whole, north = (Path(of_two("export", *words).stdout.strip()) for words in ((), ("--audience", "team=North", "--pseudonyms")))
    assert north.parent == whole.parent
    told = [json.loads((folder / "manifest.json").read_text()) for folder in (whole, north)]
    assert ["audience" in each for each in told] == [False, True]
    assert told[1]["audience"].startswith("team-")
    assert told[1]["audience"].endswith("-pseudonyms")
    rows = pl.read_csv(north / "deals.csv")
    assert rows["deal_id"].to_list() == [1]
    assert not any("Ash" in path.read_text(encoding="utf-8") for path in north.iterdir())
    assert sorted(path.name for path in (tmp_path / "sameside-data").glob("*.audiences")) == []


@pytest.mark.parametrize(
    "words", [["team=Noth"], ["rep=Ada"], ["team=North", "rep=Ada Ash"], ["who=Ada"], ["team-0123"], ["rep=a", "rep=b"]]
)
def test_an_audience_that_is_none_is_refused(of_two: Run, words: list[str]) -> None:
    """Nothing is shown in its place."""
    result = of_two("sql", "from marts.deals", *(each for word in words for each in ("--audience", word)))
    assert (type(result.exception), result.stdout) == (UsageError, "")


@pytest.mark.thorough
def test_what_is_done_is_noted(of_two: Run) -> None:
    """Loads, queries, exports and reports, with the user of the system; the query, not its answer."""
    assert of_two("sql", "select 'the ' || 'answer'").exit_code == 0
    assert of_two("export", "--segment", "Enterprise").exit_code == 0
    noted = json.loads(of_two("audit", "--format", "json").stdout)
    assert [each["event"] for each in noted] == ["loaded", "loaded", "asked_sql", "exported"]
    assert {each["who"] for each in noted} == {os_user()}
    facts = [json.loads(each["facts"]) for each in noted]
    assert facts[2]["sql"] == "select 'the ' || 'answer'"
    assert json.loads(facts[3]["scope"]) == {"segment": ["Enterprise"]}
    assert "the answer" not in str(noted)
    assert json.loads(of_two("audit", "--format", "json", "--since", "2999-01-01").stdout) == []
    assert json.loads(of_two("audit", "--format", "json", "--who", "nobody").stdout) == []


def test_a_trail_that_cannot_be_written_stops_no_reader(of_two: Run, tmp_path: Path) -> None:
    """Who may read the file but not write the trail, as another user of the machine, is told so on stderr."""
    for path in (tmp_path / "sameside-data" / "audit").iterdir():
        path.unlink()
    (tmp_path / "sameside-data" / "audit").rmdir()
    (tmp_path / "sameside-data" / "audit").write_text("")
    result = of_two("sql", "--format", "csv", "select 1 as one")
    assert (result.exit_code, result.stdout) == (0, "one\n1\n")
    assert "not noted: the audit trail cannot be written" in result.stderr


def test_check_tells_how_people_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that is told by half is an error; grants without one let nobody in."""
    settings = tmp_path / "sameside.toml"
    settings.write_text('[access.people]\n"ada@example.com" = { roles = ["leader"] }\n')
    asked = ["check", "--data", str(tmp_path), "--config", str(settings)]
    assert "lets nobody in" in CliRunner().invoke(cli.cli, asked).output
    monkeypatch.setenv("SAMESIDE_OIDC_CLIENT_ID", "same-side")
    assert "SAMESIDE_OIDC_CLIENT_SECRET is missing" in str(CliRunner().invoke(cli.cli, asked))
