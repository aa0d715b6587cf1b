"""Load data: from files to a database in the browser, step by step, and each of its errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from etl.config import load_config
from etl.publish import loading
from etl.queries import Database, Scope
from tests.conftest import Loader
from tests.dashboard.exports import QUESTION, deals_by_rule

pytestmark = pytest.mark.thorough

Show = Callable[..., AppTest]
Load = Callable[..., Path]
Files = dict[str, str]
Start = Callable[[Path, Files], AppTest]

WAIT = 60
HEAD = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c,Level__c,Rival__c\n"
ROW = "{n},D{n},{stage},1,2026-02-01,{closed},{won},005A,2026-01-01,They lose {n} orders,High,Rival number {n}\n"


def deals(number: int = 6, stage: str = "Closed Won", *, flags: bool = True) -> Files:
    """Return an export of deals that are won."""
    mark = "1" if flags else ""
    return {"Opportunity.csv": HEAD + "".join(ROW.format(n=n, stage=stage, closed=mark, won=mark) for n in range(number))}


@pytest.fixture
def start(show: Show) -> Start:
    """Return a function that opens the page on a data folder, hands files in, and waits until they were looked at."""

    def go(folder: Path, files: Files) -> AppTest:
        app = show(folder)
        app.switch_page("app_pages/load_data.py").run()
        app.file_uploader[0].set_value([(name, text.encode(), "text/csv") for name, text in files.items()]).run()
        app.button(key="look-page").click().run()
        return settled(app)

    return go


def settled(app: AppTest) -> AppTest:
    """Return the page after the job of its session has ended."""
    assert not app.exception
    job = visit(app).job
    if job:
        assert job.wait(WAIT)
    app.run()
    assert not app.exception
    return app


def visit(app: AppTest) -> Any:
    return app.session_state["what is being loaded"]


def read(app: AppTest) -> str:
    """Return all the text of the page as it is read."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "info")
    text = "\n".join(str(getattr(each, "value", "")) for kind in kinds for each in app.get(kind))
    return text.replace("\\", "").replace("\u2060", "").replace("\N{NO-BREAK SPACE}", " ")


def question(app: AppTest, place: int) -> Any:
    return app.multiselect(key=f"question-{place}-{visit(app).key}")


def test_from_files_to_a_database(start: Start, tmp_path: Path) -> None:
    """What is proposed, chosen, added and loaded is what the database then holds; the files are gone, the settings stay."""
    app = start(tmp_path, deals())
    assert "A Salesforce export: 1 file with 6 deals." in read(app)
    assert "nobody can tell when an answer was written" in read(app)
    assert question(app, 0).value == ["Pain__c"]
    assert question(app, 0).options == [f"{name} · 100% filled" for name in ("Pain__c", "Level__c", "Rival__c")]
    question(app, 1).set_value(["Level__c"])
    app.text_input[0].set_value("Who else they talk to")
    app.text_input[1].set_value("Whom else do you ask?")
    app.multiselect(key=f"added-{visit(app).key}").set_value(["Rival__c"])
    next(each for each in app.button if each.label == "Add a question").click().run()
    assert "Who else they talk to" in read(app)
    assert question(app, 6).value == ["Rival__c"]
    app.button(key="load").click().run()
    settled(app)
    assert "The new data are loaded" in read(app)
    assert "Opportunity.csv: 6 rows read = 6 loaded + 0 rejected [deals, utf-8]" in read(app)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".upload")] == []
    config = load_config(tmp_path / "sameside.toml")
    assert config.questions["who_else_they_talk_to"].ask == "Whom else do you ask?"
    database = Database.of_folder(tmp_path)
    known = database.field_coverage().filter("is_in_export")
    assert {row["field"]: row["question"] for row in known.iter_rows(named=True)} == {
        "Pain__c": "pain",
        "Level__c": "success_measure",
        "Rival__c": "who_else_they_talk_to",
    }
    assert database.crm_figures(Scope())["won"][0] == 6
    assert "Download the settings" in [each.proto.label for each in app.get("download_button")]
    app.button(key="see").click().run()
    assert app.title[0].value == "Does customer focus pay?"


def test_the_same_again_changes_nothing(start: Start, tmp_path: Path) -> None:
    """The next visit starts from the settings of the one before, and the same files are told from new ones."""
    app = start(tmp_path, deals())
    question(app, 1).set_value(["Rival__c"])
    app.button(key="load").click().run()
    settled(app)
    app = start(tmp_path, deals())
    assert question(app, 1).value == ["Rival__c"]
    app.button(key="load").click().run()
    assert "Nothing changed" in read(settled(app))


def test_a_later_export_goes_on_from_the_one_before(start: Start, tmp_path: Path) -> None:
    """It updates, and forgets nothing; unless one asks to begin anew. Before the first load there is nothing to ask."""
    app = start(tmp_path, deals())
    assert [each.label for each in app.checkbox] == []
    app.button(key="load").click().run()
    settled(app)
    later = HEAD + "".join(ROW.format(n=n, stage="Closed Won", closed=1, won=1).replace("2026-02-01", "2026-03-01") for n in (5, 6))
    app = start(tmp_path, {"Opportunity.csv": later})
    app.button(key="load").click().run()
    text = read(settled(app))
    assert "1 new, 1 changed, 5 no longer in the export and kept as last seen, 0 deleted or merged" in text
    assert Database.of_folder(tmp_path).crm_figures(Scope())["won"][0] == 7
    app = start(tmp_path, {"Opportunity.csv": later})
    app.checkbox(key=f"anew-{visit(app).key}").check().run()
    app.button(key="load").click().run()
    settled(app)
    assert Database.of_folder(tmp_path).crm_figures(Scope())["won"][0] == 2


def test_everybody_sees_that_a_load_is_running(start: Start, show: Show, load_files: Loader) -> None:
    """A quiet line above every page while anybody loads; and two loads do not get into each other's way."""
    folder = load_files(deals_by_rule(40, 20), QUESTION).path.parent
    app = start(folder, deals())
    with loading(folder):
        assert "A load is running." in read(show(folder))
        app.button(key="load").click().run()
        settled(app)
        assert "Another load is writing to this folder." in read(app)
    assert "A load is running." not in read(show(folder))
    next(each for each in app.button if each.label == "Back to the questions").click().run()
    app.button(key="load").click().run()
    assert "The new data are loaded" in read(settled(app))


def test_stages_that_say_nothing_are_asked_for(start: Start, tmp_path: Path) -> None:
    """The load needs to be told what a stage means; told, it goes on, and the answer is in the settings."""
    app = start(tmp_path, deals(stage="Closed - Signed", flags=False))
    app.button(key="load").click().run()
    settled(app)
    assert "These stages do not say whether a deal is won, lost or open: 'Closed - Signed' (6 deals)." in read(app)
    app.button_group[0].set_value("won")
    next(each for each in app.button if each.label == "Load again").click().run()
    settled(app)
    assert "The new data are loaded" in read(app)
    assert load_config(tmp_path / "sameside.toml").stages == {"Closed - Signed": "won"}


def test_dates_in_doubt_are_asked_for(start: Start, tmp_path: Path) -> None:
    """How 03/04/2025 is meant is said by a click, and kept with the settings."""
    rows = "".join(f"{n},A,Closed Won,1,0{n}/0{n + 1}/2025,1,1,005A,01/02/2025,,,\n" for n in range(1, 8))
    app = start(tmp_path, {"Opportunity.csv": HEAD + rows})
    app.button(key="load").click().run()
    settled(app)
    assert "Say how a date such as 03/04/2025 is meant" in read(app)
    app.radio[0].set_value("mdy")
    next(each for each in app.button if each.label == "Load again").click().run()
    assert "The new data are loaded" in read(settled(app))
    assert load_config(tmp_path / "sameside.toml").dates.order == "mdy"


def test_files_that_nobody_knows_are_told(start: Start, tmp_path: Path) -> None:
    """The four parts of the error, and a way to start over; the files are gone then."""
    app = start(tmp_path, {"deals.csv": "who,what\n1,2\n", "reps.csv": "a,b\n1,2\n"})
    text = read(app)
    assert "Nobody knows these files, and none of their columns seems to hold a stage or a status." in text
    assert "Where: deals.csv, reps.csv" in text
    assert "describe the file in a mapping" in text
    app.button(key="start-over").click().run()
    assert app.file_uploader
    assert [path.name for path in tmp_path.iterdir() if path.name != "audit"] == []


def test_a_column_that_is_chosen_twice_is_refused(start: Start, tmp_path: Path) -> None:
    """Each column answers one thing; the choice stands to be mended."""
    app = start(tmp_path, deals())
    question(app, 1).set_value(["Pain__c"])
    app.button(key="load").click().run()
    assert "Pain__c stands under What hurts the buyer and What success means to them." in read(app)
    assert question(app, 1).value == ["Pain__c"]


def test_what_is_beyond_the_limits_is_refused(show: Show, tmp_path: Path) -> None:
    """Whatever the browser let through, and nothing of it is kept."""
    app = show(tmp_path)
    app.switch_page("app_pages/load_data.py").run()
    app.file_uploader[0].set_value([("a.csv", b"x", "")] * 21).run()
    app.button(key="look-page").click().run()
    assert not app.exception
    assert "21 files are too many." in read(app)
    assert [path.name for path in tmp_path.iterdir() if path.name != "audit"] == []


def test_hostile_names_are_text(start: Start, tmp_path: Path) -> None:
    """A file, a column and a stage whose names are markup are shown as they are written."""
    name = "![x](http:evil.example) :red[a] $x$"
    app = start(tmp_path, {f"{name}.csv": deals(stage=f"Closed {name}", flags=False)["Opportunity.csv"].replace("Rival__c", name)})
    app.button(key="load").click().run()
    settled(app)
    assert f"'Closed {name}'" in read(app)
    shown = "".join(each.value for each in (*app.markdown, *app.caption)) + app.button_group[0].label
    assert "](http" not in shown
    assert ":red[" not in shown


def test_without_uploads_there_is_no_page(show: Show, few_deals: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the list of pages nor by its address."""
    monkeypatch.setenv("SAMESIDE_UPLOADS", "off")
    app = show(few_deals(40, 20))
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("app_pages/load_data.py")


def test_a_table_that_nobody_knows_is_mapped_by_hand(start: Start, tmp_path: Path) -> None:
    """Which column holds what is guessed, may be mended, and makes a mapping that the load goes by and that can be taken along."""
    rows = "".join(
        f"R{n},Firm {n},Al,{('gewonnen', 'verloren')[n % 2]},2025-01-1{n},2025-03-1{n},{n}0.50,They lose {n} orders\n" for n in range(6)
    )
    app = start(tmp_path, {"liste.csv": "Ref,Kunde,Wer,Wo stehts,Gestartet,Fertig,Umsatz,Was tut weh\n" + rows})
    assert "A table of deals that is no known CRM’s: 1 file with 6 deals." in read(app)
    chosen = {name: app.selectbox(key=f"column-{name}-{visit(app).key}").value for name in ("deal_id", "stage", "created_at", "owner_name")}
    assert chosen == {"deal_id": "Ref", "stage": "Wo stehts", "created_at": "Gestartet", "owner_name": None}
    app.selectbox(key=f"column-owner_name-{visit(app).key}").select("Wer").run()
    question(app, 0).select("Was tut weh").run()
    app.button(key="load").click().run()
    settled(app)
    assert not app.button(key="see").disabled
    database = Database.of_folder(tmp_path)
    assert database.sql("select outcome, owner, answers_today, count(*) as n from marts.deals group by all order by outcome").rows() == [
        ("lost", "Al", 1, 3),
        ("won", "Al", 1, 3),
    ]
    assert b'columns.owner_name = "Wer"' in visit(app).mapping


def test_a_table_without_a_stage_is_not_loaded(start: Start, tmp_path: Path) -> None:
    """Where no column is said to hold the stage, the click to load says what is missing, and nothing is loaded."""
    app = start(tmp_path, {"liste.csv": "Ref,Wo stehts,Gestartet\n1,gewonnen,2025-01-13\n2,verloren,2025-01-14\n"})
    app.selectbox(key=f"column-stage-{visit(app).key}").select_index(0).run()
    app.button(key="load").click().run()
    assert "No column tells whether a deal is won, lost or open" in read(app)
    assert not (tmp_path / "deals.duckdb").exists()
