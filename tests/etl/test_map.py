"""A mapping proposed for a table that nobody knows: which column holds what, the file that says so, and what would load with it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etl.cli import cli
from etl.columns import ColumnFacts
from etl.config import load_config
from etl.errors import DataError, UsageError
from etl.guess import guess_columns, words_of
from etl.load import Request, load
from etl.mapfile import mapping_of, mapping_text
from etl.mapping import load_mapping
from etl.propose import Proposal, propose
from etl.queries import Database

SHEET = (
    "Ref;Kunde;Wer;Wo stehts;Gestartet;Fertig;Umsatz EUR;Was tut weh\n"
    "1;Adler AG;Jo;gewonnen;14.02.2025;13.04.2025;1.200,00;Sie verlieren Zeit\n"
    "2;Bär KG;Al;verloren;02.02.2025;14.04.2025;900,00;\n"
    "3;Caro;Al;Closing call;03.02.2025;;100,50;Alles dauert\n"
    "4;Dorn;Jo;in Arbeit;04.02.2025;;75,00;\n"
)
Look = Callable[[Path], Proposal]
Run = Callable[..., Result]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Return a function that looks at a file or folder."""
    return lambda path: propose(Request((path,), tmp_path / "data", load_config()), tmp_path / "work")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Return a sheet whose headers no vocabulary knows."""
    path = tmp_path / "liste.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command in the test's folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("maven_crm_iso", ("opportunity_id", "deal_stage", "engage_date", "close_date", "close_value")),
        ("salvirt_b2b", (None, "Status", None, None, None)),
        ("sf_weekly_export_devorg", ("Id", "StageName", "CreatedDate", "CloseDate", "Amount")),
        ("sf_dataloader_pain_text", ("Id", "StageName", "CreatedDate", "CloseDate", "Amount")),
        ("sf_dev_org_powerbi", ("Id", "StageName", "CreatedDate", "CloseDate", "Amount")),
        ("fivetran_salesforce", ("id", "stage_name", "created_date", "close_date", "amount")),
        (
            "fivetran_hubspot",
            ("deal_id", "deal_pipeline_stage_id", "property_createdate", "property_closedate", "property_amount"),
        ),
        ("hubspot_dummy_labels", ("Deal ID", "Deal Stage", "Create Date", "Close Date", "Amount")),
        ("meddpicc_notes_small", ("deal_id", "stage", None, "close_date", "arr")),
        ("helixcore_funnel_history", ("deal_id", "status", "deal_created_at", "close_at", "final_mrr_usd")),
    ],
)
def test_real_exports_are_seen_through(shared: Path, look: Look, folder: str, expected: tuple[str | None, ...]) -> None:
    """Id, stage, dates and amount of each real export are found, and none is made up where it has none."""
    guessed = look(shared / "crm" / folder).guessed
    assert tuple(guessed.get(name) for name in ("deal_id", "stage", "created_at", "close_date", "amount")) == expected


def test_values_tell_where_words_do_not(look: Look, sheet: Path) -> None:
    """A stage by the outcomes in it, dates in their order, the only amounts, and the first column without doubles."""
    proposal = look(sheet)
    assert (proposal.crm, proposal.is_guess) == ("", True)
    names = ("deal_id", "stage", "created_at", "close_date", "amount", "account_name")
    assert [proposal.guessed[name] for name in names] == ["Ref", "Wo stehts", "Gestartet", "Fertig", "Umsatz EUR", "Kunde"]
    assert dict(proposal.stages["Wo stehts"]) == {"gewonnen": 1, "verloren": 1, "Closing call": 1, "in Arbeit": 1}
    assert Proposal.of_parts(json_like(proposal)) == proposal


def json_like(proposal: Proposal) -> dict[str, object]:
    """Return a proposal as it comes out of JSON."""
    found: dict[str, object] = json.loads(json.dumps(asdict(proposal)))
    return found


def test_a_stage_that_may_be_a_closing_one_is_left_to_people(look: Look, sheet: Path) -> None:
    """What the vocabulary knows is told; of “Closing call” nobody knows, so the mapping asks, and does not load as it stands."""
    text = mapping_text(look(sheet), load_config(), look(sheet).guessed, "mine")
    outcome = tomllib.loads(text)["outcome"]
    assert outcome == {"gewonnen": "won", "verloren": "lost", "in Arbeit": "open", "*": "open"}
    assert '# "Closing call" = "?"' in text
    assert "1 deals: won, lost or open?" in text


def test_the_mapping_loads_once_it_is_mended(look: Look, sheet: Path, tmp_path: Path) -> None:
    """The file is TOML that loads, and the deals come out with their outcomes, days and amounts."""
    text = mapping_text(look(sheet), load_config(), look(sheet).guessed, "mine").replace(
        '# "Closing call" = "?"', '"Closing call" = "open"'
    )
    report = load(Request((sheet,), tmp_path / "out", load_config(), mapping_of(text)))
    rows = Database(report.database).sql(
        "select deal_id, outcome, amount::varchar, created_date::varchar from marts.deals order by deal_id"
    )
    assert rows.rows() == [
        ("1", "won", "1200.00", "2025-02-14"),
        ("2", "lost", "900.00", "2025-02-02"),
        ("3", "open", "100.50", "2025-02-03"),
        ("4", "open", "75.00", "2025-02-04"),
    ]


def test_columns_that_people_fill_stand_ready_to_be_chosen(look: Look, sheet: Path) -> None:
    """Texts that feed nothing are listed with how much of them is filled; those with the words of a question answer it."""
    sheet.write_text(SHEET.replace("Was tut weh", "Pain points").replace("Wer", "Remarks"), encoding="utf-8")
    text = mapping_text(look(sheet), load_config(), look(sheet).guessed, "mine")
    assert tomllib.loads(text)["fields"] == {"pain": ["Pain points"]}
    assert '#   "Remarks" (choice): 100% filled, 50% different' in text


def test_hostile_headers_and_values_stay_texts(look: Look, sheet: Path) -> None:
    """Quotes and line breaks in headers and values end neither a text nor a comment of the mapping."""
    sheet.write_text('"Ref ""x""";"Stage\n[evil]";"Amount"\n1;"won\n[bad]";2\n2;won;3\n3;"lost";4\n', encoding="utf-8")
    proposal = look(sheet)
    tables = tomllib.loads(mapping_text(proposal, load_config(), proposal.guessed, "mine", ["a\nb.csv"]))
    assert set(tables) == {"name", "label", "outcome", "files", "fields"}
    assert tables["files"]["deals"]["columns"]["stage"] == "Stage\n[evil]"


def test_without_an_outcome_there_is_no_mapping(look: Look, tmp_path: Path) -> None:
    """Nothing that tells won from lost: said, with what to do."""
    path = tmp_path / "list.csv"
    path.write_text("who,what\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="none of their columns seems to hold a stage or a status"):
        look(path)


def test_a_mapping_needs_a_column_that_tells_the_outcome(look: Look, sheet: Path) -> None:
    """Where people take the stage away, they are told what a mapping cannot do without."""
    with pytest.raises(UsageError, match="no column tells whether a deal is won, lost or open"):
        mapping_text(look(sheet), load_config(), {"deal_id": "Ref"}, "mine")


def test_history_beside_the_deals_is_mapped_too(look: Look, sheet: Path, tmp_path: Path) -> None:
    """A file of changes that the generic way knows goes into the mapping with its columns."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "liste.csv").write_text(SHEET, encoding="utf-8")
    (folder / "changes.csv").write_text("deal_id,field,changed_at,new_value\n1,Was tut weh,2025-02-20,x\n", encoding="utf-8")
    tables = tomllib.loads(mapping_text(look(folder), load_config(), look(folder).guessed, "mine"))
    assert tables["files"]["field_history"]["columns"]["changed_at"] == "changed_at"
    assert tables["history"] == {"records_first_value": False}


def test_guesses_keep_to_what_values_can_be() -> None:
    """A header alone is not enough: dates must be dates, an amount a number, an id without doubles; no column is used twice."""
    facts = [
        ColumnFacts("Created", 10, 10, 5, "text", ()),
        ColumnFacts("Amount", 10, 10, 9, "text", ()),
        ColumnFacts("Deal ID", 10, 10, 4, "text", ()),
        ColumnFacts("Stage", 10, 10, 3, "choice", ()),
        ColumnFacts("Deal Stage", 10, 10, 3, "choice", ()),
    ]
    found = guess_columns(facts, {})
    assert found["stage"] in ("Stage", "Deal Stage")
    assert not {"created_at", "amount", "deal_id"} & found.keys()
    assert len(set(found.values())) == len(found)
    assert words_of("closeDate_2 (UTC)") == {"close", "date", "utc"}


def test_map_writes_the_file_and_tells_what_would_load(run: Run, sheet: Path, tmp_path: Path) -> None:
    """The command says what it found, writes the mapping, and tries it; with a stage left open it ends with what to do."""
    result = run("map", sheet)
    assert isinstance(result.exception, DataError)
    assert "with this mapping, the files do not load yet" in str(result.exception)
    assert "written: mine.toml" in result.stdout
    path = tmp_path / "mine.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('# "Closing call" = "?"', '"Closing call" = "open"'), encoding="utf-8")
    assert load_mapping(path).files["deals"].columns["stage"] == ("Wo stehts",)
    again = run("map", sheet)
    assert "mine.toml is there already" in str(again.exception)
    sheet.write_text(SHEET.replace("Closing call", "Offen"), encoding="utf-8")
    fine = run("map", sheet, "--force")
    assert fine.exit_code == 0, fine.exception
    assert "liste.csv:          4 rows read =          4 loaded + 0 rejected" in fine.stdout
    assert not list(tmp_path.glob("*.duckdb"))


def test_map_of_a_known_crm_says_that_none_is_needed(run: Run, tmp_path: Path) -> None:
    """An export of a CRM that ships with a mapping: said, tried, and nothing written."""
    path = tmp_path / "Opportunity.csv"
    path.write_text("Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate\n1,A,Closed Won,5,2026-02-02,1,1,2026-01-01\n")
    result = run("map", path)
    assert "an export of Salesforce: it loads as it is" in result.stdout
    assert "1 rows read" in " ".join(result.stdout.split())
    assert not (tmp_path / "mine.toml").exists()


def test_map_prints_to_standard_output(run: Run, sheet: Path) -> None:
    """With - the mapping alone goes to stdout, and all else to stderr."""
    sheet.write_text(SHEET.replace("Closing call", "Offen"), encoding="utf-8")
    result = run("map", sheet, "--output", "-")
    assert tomllib.loads(result.stdout)["name"] == "mine"
    assert "4 loaded" in result.stderr
