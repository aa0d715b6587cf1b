"""Loads over time: a later export goes on from the earlier ones, and says what changed between."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from etl.cli import cli
from etl.config import load_config
from etl.errors import CheckFailed, DatabaseError, DataError, UsageError
from etl.gone import gone_lines
from etl.load import Request, load
from etl.mapping import CrmMapping, load_mapping
from etl.publish import current
from etl.queries import Database, Scope
from etl.report import report_lines
from etl.sample import SAMPLE
from tests.conftest import load_into

pytestmark = pytest.mark.thorough

SETTINGS = """
[tag]
answers_needed = 1
[questions.pain]
label = "Pain"
fields.salesforce = ["Pain__c"]
fields.mine = ["pain"]
[questions.champion]
label = "Champion"
fields.salesforce = ["Champion__c"]
[neutral]
"""
HEADER = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,IsDeleted,Pain__c\n"
HISTORY = "OpportunityId,Field,CreatedDate,OldValue,NewValue\n"
STAGES = "OpportunityId,CreatedDate,StageName,Amount,CloseDate\n"
TEXT = "They lose six hours a week"


def deal(name: str, pain: str = "", *, created: str = "2026-01-01", stage: str = "Proposal", owner: str = "005A", **more: Any) -> str:
    """Return a row of Opportunity.csv."""
    close, amount, deleted = more.get("close", "2026-12-31"), more.get("amount", 100), more.get("deleted", 0)
    won, lost = stage == "Closed Won", stage == "Closed Lost"
    return f"{name},Deal {name},{stage},{amount},{close},{won or lost:d},{won:d},{owner},{created} 08:00:00,{deleted},{pain}\n"


Loads = Callable[..., Database]


@pytest.fixture
def loads(tmp_path: Path) -> Loads:
    """Return a function that loads an export of a day, given as files or as the rows of its deals, on top of the loads before."""

    def of(day: str, files: dict[str, str] | str, settings: str = SETTINGS, **more: Any) -> Database:
        for path in (tmp_path / "exports").glob("*"):
            path.unlink()
        named = {"Opportunity.csv": HEADER + files} if isinstance(files, str) else files
        return load_into(tmp_path, named, settings, as_of=date.fromisoformat(day), **{"anew": False, **more})

    return of


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    return database.sql(query).rows()


def test_a_later_export_updates_by_id_and_keeps_what_it_lacks(loads: Loads) -> None:
    """A deal in both is as the later one has it; one that is gone stays as it was last seen; each says when it was seen."""
    loads("2026-02-01", deal("A") + deal("B"))
    database = loads("2026-03-01", deal("A", stage="Closed Won") + deal("C", created="2026-02-10"))
    found = rows(
        database,
        "select deal_id, outcome, first_seen_on::varchar, last_seen_on::varchar, is_missing from marts.deals order by deal_id",
    )
    assert found == [
        ("A", "won", "2026-02-01", "2026-03-01", False),
        ("B", "open", "2026-02-01", "2026-02-01", True),
        ("C", "open", "2026-03-01", "2026-03-01", False),
    ]
    assert rows(database, "select as_of::varchar from raw.settings") == [("2026-03-01",)]


def test_deals_that_the_crm_deleted_or_merged_go(loads: Loads) -> None:
    """A deal that the later export tells to be deleted is no deal any more, and is counted among its rejects."""
    loads("2026-02-01", deal("A") + deal("B"))
    database = loads("2026-03-01", deal("A") + deal("B", deleted=1))
    assert rows(database, "select deal_id from marts.deals") == [("A",)]
    assert database.rejects_by_reason()["reason"].to_list() == ["was deleted in the CRM"]


def test_a_deal_that_lives_on_in_another_goes(loads: Loads) -> None:
    """HubSpot names in the deal that stays those that were merged into it, whose rows are no longer there."""
    header = "Record ID,Deal Name,Deal Stage,Create Date,Merged Deal IDs\n"
    loads("2026-02-01", {"deals.csv": f"{header}1,A,Closed Won,2026-01-01 08:00,\n2,B,Closed Won,2026-01-01 08:00,\n"})
    database = loads("2026-03-01", {"deals.csv": f"{header}1,A,Closed Won,2026-01-01 08:00,2\n"})
    assert rows(database, "select source, deal_id from marts.deals") == [("hubspot", "1")]


def test_an_export_of_changes_alone_leaves_all_deals_seen(loads: Loads) -> None:
    """With --partial what the export lacks has not changed."""
    loads("2026-02-01", deal("A") + deal("B"))
    database = loads("2026-03-01", deal("A", stage="Closed Won"), is_partial=True)
    assert rows(database, "select deal_id, last_seen_on::varchar, is_missing from marts.deals order by 1") == [
        ("A", "2026-03-01", False),
        ("B", "2026-03-01", False),
    ]


def test_a_deal_is_too_young_where_it_was_not_seen_long_enough(loads: Loads) -> None:
    """Closed or not: of a deal that went missing before its horizon was over, nobody chooses by how it ended."""
    loads("2026-01-20", deal("A", stage="Closed Won", close="2026-01-19", created="2025-12-01") + deal("B", created="2025-12-01"))
    database = loads("2027-06-01", deal("C", created="2025-12-01"))
    assert rows(database, "select deal_id, part_by_age from metrics.tagged_deals() join marts.deals using (deal_key) order by deal_id") == [
        ("A", "too young"),
        ("B", "too young"),
        ("C", "compared"),
    ]


def test_history_of_both_loads_is_held(loads: Loads) -> None:
    """Rows that the CRM no longer keeps stay known; of a moment that both tell, the later load counts; doubles vanish."""
    change = "A,Pain__c,2026-01-{day} 09:00:00,{old},{new}\n"
    first = change.format(day="05", old="", new=TEXT) + change.format(day="10", old=TEXT, new="")
    loads("2026-02-01", {"Opportunity.csv": HEADER + deal("A"), "OpportunityFieldHistory.csv": HISTORY + first})
    second = change.format(day="10", old=TEXT, new="tbd") + change.format(day="20", old="tbd", new=TEXT)
    database = loads("2026-03-01", {"Opportunity.csv": HEADER + deal("A", TEXT), "OpportunityFieldHistory.csv": HISTORY + second})
    assert rows(
        database, "select day(changed_date), old_state::varchar, new_state::varchar, told_by from raw.field_changes order by 1"
    ) == [
        (5, "blank", "answered", "history"),
        (10, "answered", "placeholder", "history"),
        (20, "placeholder", "answered", "history"),
    ]
    assert rows(database, "select start_days, end_days from marts.deal_answers where question = 'pain'") == [([4, 19], [9])]
    assert database.field_coverage().filter(field="Pain__c")["tracked_since"].to_list() == [date(2026, 1, 5)]


def test_three_exports_without_history_date_an_answer(loads: Loads) -> None:
    """The exports before and after tell the day of an answer; the first load alone tells nothing, and is the start of the clock."""
    first = loads("2026-01-10", deal("A", created="2026-01-05") + deal("B", created="2026-01-05"))
    assert rows(first, "select distinct unknown_until_day, start_days from marts.deal_answers") == [(1000000, None)]
    assert first.settings()["has_field_history"] is False
    loads("2026-01-25", deal("A", TEXT, created="2026-01-05") + deal("B", created="2026-01-05"))
    later = deal("A", TEXT, created="2026-01-05", stage="Closed Won", close="2026-05-01") + deal("B", TEXT, created="2026-01-05")
    database = loads("2027-01-25", later + deal("N", TEXT, created="2026-06-01"))
    answers = """
        select deal_id, start_days, unknown_until_day, is_approximate from marts.deal_answers
        join marts.deals using (deal_key) where question = 'pain' order by deal_id
    """
    assert rows(database, answers) == [("A", [20], 5, True), ("B", [385], 5, True), ("N", [238], 238, True)]
    tags = "select deal_id, part, focus from metrics.tagged_deals() join marts.deals using (deal_key) order by deal_id"
    assert rows(database, tags) == [
        ("A", "compared", "customer-focused"),
        ("B", "compared", "seller-focused"),
        ("N", "timing unknown", "unclassified"),
    ]
    coverage = database.field_coverage().filter(field="Pain__c").row(0, named=True)
    assert (coverage["tracked_since"], coverage["exports_from"], coverage["exports_to"]) == (
        date(2026, 1, 10),
        date(2026, 1, 10),
        date(2027, 1, 25),
    )


def test_a_text_that_is_judged_otherwise_is_no_change(loads: Loads) -> None:
    """Other rules for answers judge the text of before anew: nobody wrote anything."""
    loads("2026-01-10", deal("A", "later maybe"))
    stricter = SETTINGS + '[answers]\nplaceholders = ["later maybe"]\n'
    database = loads("2026-02-10", deal("A", "later maybe"), stricter)
    assert rows(database, "from raw.field_changes") == []
    assert rows(database, "select state_today from marts.deal_answers where question = 'pain'") == [("junk",)]


def test_a_column_that_is_gone_is_no_cleared_answer(loads: Loads) -> None:
    """What stood there stays; what became of it nobody knows, nor of deals that came since; the column is named."""
    loads("2026-01-10", deal("A", TEXT))
    loads("2026-01-20", deal("A", TEXT))
    renamed = HEADER.replace("Pain__c", "Pains__c") + deal("A", TEXT) + deal("B", TEXT, created="2026-02-01")
    database = loads("2026-02-20", {"Opportunity.csv": renamed})
    assert rows(database, "select state_today, unknown_until_day from marts.deal_answers where question = 'pain' order by deal_key") == [
        ("answered", 1000000),
        ("blank", 1000000),
    ]
    assert rows(database, "from raw.field_changes") == []


@pytest.mark.parametrize("named", ['"Pain__c", "Pains__c"', '"Pains__c"'])
def test_a_column_with_another_name_goes_on(loads: Loads, named: str) -> None:
    """Named for its question, the new column takes over the record of the one that is gone, also where an export came between."""
    loads("2026-01-10", deal("A", TEXT))
    renamed = HEADER.replace("Pain__c", "Pains__c") + deal("A", TEXT) + deal("B", TEXT, created="2026-02-01")
    loads("2026-02-20", {"Opportunity.csv": renamed})
    database = loads("2026-02-20", {"Opportunity.csv": renamed}, SETTINGS.replace('"Pain__c"', named))
    assert rows(database, "select field, tracked_since::varchar from marts.field_coverage where is_in_export") == [
        ("Pains__c", "2026-01-10")
    ]
    answers = (
        "select deal_id, start_days, unknown_until_day from marts.deal_answers join marts.deals using (deal_key) where question = 'pain'"
    )
    assert rows(database, f"{answers} order by deal_id") == [("A", [9], 9), ("B", [19], 19)]


def test_stages_owners_and_amounts_are_told_apart(loads: Loads) -> None:
    """Without stage history, two exports that differ tell stage, amount and owner; a closing is dated by its close date where it can be."""
    loads("2026-02-01", deal("A", stage="Discovery") + deal("B"))
    database = loads(
        "2026-03-01",
        deal("A", owner="005B", amount=200) + deal("B", stage="Closed Won", close="2026-02-15") + deal("C", created="2026-02-20"),
    )
    spells = "select deal_id, spells.stage, entered_date::varchar from marts.stage_spells as spells join marts.deals using (deal_key) order by 1, 3"
    assert rows(database, spells) == [
        ("A", "Discovery", "2026-02-01"),
        ("A", "Proposal", "2026-03-01"),
        ("B", "Proposal", "2026-02-01"),
        ("B", "Closed Won", "2026-02-15"),
        ("C", "Proposal", "2026-03-01"),
    ]
    assert rows(database, "select closed_date::varchar from marts.deals where deal_id = 'B'") == [("2026-02-15",)]
    assert rows(database, "select owner, entered_day from marts.owner_spells order by position") == [("005A", 0), ("005B", 59)]
    amounts = "select spells.amount::integer, entered_day from marts.amount_spells as spells join marts.deals using (deal_key) where deal_id = 'A'"
    assert rows(database, amounts) == [(100, 31), (200, 59)]


def test_loading_the_same_twice_changes_nothing(loads: Loads) -> None:
    """Also after other loads; and the second of two exports again is not another difference."""
    loads("2026-02-01", deal("A"))
    once = loads("2026-03-01", deal("A", TEXT))
    again = loads("2026-03-01", deal("A", TEXT))
    assert again.path == once.path
    other = loads("2026-03-01", deal("A", TEXT), SETTINGS.replace("answers_needed = 1", "answers_needed = 1\nlandmark_day = 31"))
    for relation in ("deals", "deal_answers", "stage_spells", "owner_spells", "amount_spells"):
        assert other.relation(relation).equals(once.relation(relation)), relation
    assert other.load_id != once.load_id


def test_exports_are_loaded_in_the_order_of_their_days(loads: Loads) -> None:
    """An older export is refused with what to do; begun anew with it, the later one is forgotten."""
    loads("2026-03-01", deal("A", TEXT))
    with pytest.raises(DataError, match="older than the last one") as refused:
        loads("2026-02-01", deal("B"))
    assert "--anew" in refused.value.todo
    assert rows(loads("2026-02-01", deal("B"), anew=True), "select deal_id from marts.deals") == [("B",)]


def test_deals_without_ids_are_replaced(loads: Loads) -> None:
    """Rows are no names: what the later export holds is all there is of that source."""
    nameless = {"Opportunity.csv": "".join(line.partition(",")[2] for line in (HEADER + deal("A") + deal("B")).splitlines(keepends=True))}
    loads("2026-02-01", nameless)
    nameless = {"Opportunity.csv": "".join(line.partition(",")[2] for line in (HEADER + deal("Z")).splitlines(keepends=True))}
    assert rows(loads("2026-03-01", nameless), "select deal_id, deal_name from marts.deals") == [("row 1", "Deal Z")]


def test_the_sample_never_mixes(tmp_path: Path, loads: Loads) -> None:
    """A load of one's own drops the sample; the sample is not loaded over deals of one's own."""
    load(Request((SAMPLE,), tmp_path / "data", load_config()))
    own = loads("2027-01-01", deal("A"))
    assert rows(own, "select deal_id from marts.deals") == [("A",)]
    with pytest.raises(UsageError, match="deals of your own"):
        load(Request((SAMPLE,), tmp_path / "data", load_config()))
    assert current(tmp_path / "data") == own.path


MAPPING = """
name = "mine"
label = "Mine"
[outcome]
won = "won"
lost = "lost"
"*" = "open"
[files.deals]
names = "deals"
columns.deal_id = "id"
columns.stage = "stage"
columns.created_at = "created"
columns.close_date = "closed"
[files.field_history]
names = "changes"
columns.deal_id = "id"
columns.field = "field"
columns.changed_at = "at"
columns.new_value = "value"
"""


@pytest.fixture
def mine(tmp_path: Path) -> CrmMapping:
    """Return a mapping of a CRM whose history tells what was written, and not what stood there before."""
    (tmp_path / "mine.toml").write_text(MAPPING, encoding="utf-8")
    return load_mapping(tmp_path / "mine.toml")


def test_a_field_that_answers_another_question_keeps_its_record(loads: Loads) -> None:
    """The record is the field's, not the question's."""
    loads("2026-01-10", deal("A"))
    loads("2026-01-20", deal("A", TEXT))
    moved = SETTINGS.replace("[questions.pain]", "[questions.hurt]")
    database = loads("2026-01-20", deal("A", TEXT), moved)
    assert rows(database, "select question, start_days from marts.deal_answers where start_days is not null") == [("hurt", [19])]


def test_two_crms_side_by_side(loads: Loads, mine: CrmMapping) -> None:
    """Ids, stages and fields of each are its own; a question that one of them never held has no known timing there."""
    loads("2026-02-01", {"deals.csv": "id,stage,created,closed,pain\nA,won,2026-01-01,2026-01-20,x\n"}, mapping=mine)
    history = HISTORY + f"A,Pain__c,2025-12-01 08:00:00,,{TEXT}\nA,Champion__c,2025-12-01 08:00:00,,{TEXT}\n"
    ours = {"Opportunity.csv": HEADER.replace("\n", ",Champion__c\n") + deal("A", TEXT).replace("\n", f",{TEXT}\n")}
    database = loads("2026-03-01", ours | {"OpportunityFieldHistory.csv": history})
    assert rows(database, "select source, deal_id, outcome, last_seen_on::varchar, is_missing from marts.deals order by source") == [
        ("mine", "A", "won", "2026-02-01", False),
        ("salesforce", "A", "open", "2026-03-01", False),
    ]
    timing = """
        select source, question, state_today, unknown_until_day from marts.deal_answers join marts.deals using (deal_key)
        order by source, question
    """
    assert rows(database, timing) == [
        ("mine", "champion", "blank", 1000000),
        ("mine", "pain", "junk", 1000000),
        ("salesforce", "champion", "answered", None),
        ("salesforce", "pain", "answered", None),
    ]
    scope = Scope(source=("mine",))
    assert (database.crm_figures(scope)["deals"][0], database.tagged_deals(scope)["deal_id"].to_list()) == (1, ["A"])
    assert database.left_out(scope)["deals"].to_list() == [1]
    assert database.loads().select("source", "load_no").unique().sort("load_no").rows() == [("mine", 1), ("salesforce", 2)]
    again = loads("2026-03-05", {"deals.csv": f"id,stage,created,closed,pain\nA,won,2026-01-01,2026-01-20,{TEXT}\n"}, mapping=mine)
    assert again.sources().select("source", "deals").rows() == [("mine", 1), ("salesforce", 1)]
    assert again.settings()["as_of"] == date(2026, 3, 5)
    changes = "select source, told_by, count(*) from raw.field_changes join marts.deals using (deal_key) group by all order by all"
    assert rows(again, changes) == [("mine", "exports", 1), ("salesforce", "history", 2)]


def test_two_companies_on_one_crm_have_names_of_their_own(loads: Loads) -> None:
    """With --source the same ids are other deals."""
    loads("2026-02-01", deal("A"), source="acme")
    database = loads("2026-02-01", deal("A") + deal("B"), source="bolt")
    assert rows(database, "select source, deal_id from marts.deals order by all") == [("acme", "A"), ("bolt", "A"), ("bolt", "B")]


def test_sources_take_turns_without_new_versions(loads: Loads, mine: CrmMapping) -> None:
    """A schedule that loads the same files of two sources again and again makes nothing of it, until settings differ."""
    other = {"deals.csv": "id,stage,created,closed,pain\nA,won,2026-01-01,2026-01-20,x\n"}
    loads("2026-02-01", other, mapping=mine)
    both = loads("2026-02-01", deal("A"))
    assert loads("2026-02-01", other, mapping=mine).path == both.path
    assert loads("2026-02-01", deal("A")).path == both.path
    changed = loads("2026-02-01", other, SETTINGS.replace("answers_needed = 1", "answers_needed = 1\nlandmark_day = 31"), mapping=mine)
    assert changed.path != both.path
    assert loads("2026-02-01", deal("A")).settings()["landmark_day"] == 30


def test_a_correction_of_the_same_day_corrects_what_exports_told(loads: Loads) -> None:
    """The second export of a day takes the place of the first; no change is left that it does not tell."""
    loads("2026-01-10", deal("A") + deal("B"))
    loads("2026-02-10", deal("A", TEXT) + deal("B"))
    database = loads("2026-02-10", deal("A") + deal("B", TEXT, stage="Discovery"))
    told = "select deal_id, old_state::varchar, new_state::varchar from raw.field_changes join marts.deals using (deal_key)"
    assert rows(database, told) == [("B", "blank", "answered")]
    stages = (
        "select deal_id, changes.stage from raw.stage_changes as changes join marts.deals using (deal_key) order by deal_id, changed_at"
    )
    assert rows(database, stages) == [("A", "Proposal"), ("B", "Proposal"), ("B", "Discovery")]


def test_the_same_deals_under_another_name_are_noticed(loads: Loads, tmp_path: Path) -> None:
    """A source that is named anew would count every deal twice; ids that are few are no sign."""
    loads("2026-02-01", deal("A") + deal("B") + deal("C"))
    request = Request(
        (tmp_path / "exports",), tmp_path / "data", load_config(tmp_path / "sameside.toml"), as_of=date(2026, 2, 1), source="acme"
    )
    assert any("3 of these deals have ids of deals of salesforce" in line for line in report_lines(load(request)))
    few = loads("2026-02-01", deal("A") + deal("X") + deal("Y"), source="bolt")
    assert few.sources_of_the_same_ids().is_empty()


def test_a_second_field_of_a_question_takes_nothing_over(loads: Loads) -> None:
    """A field that the history alone tells is not gone because the deals have no column of it."""
    history = {"OpportunityFieldHistory.csv": HISTORY + f"A,Pain__c,2026-01-05 09:00:00,,{TEXT}\n"}
    without = {"Opportunity.csv": "".join(f"{line.rpartition(',')[0]}\n" for line in (HEADER + deal("A")).splitlines())}
    loads("2026-02-01", without | history)
    other = {"Opportunity.csv": HEADER.replace("Pain__c", "Hurt__c") + deal("A")}
    database = loads("2026-02-01", other | history, SETTINGS.replace('"Pain__c"', '"Pain__c", "Hurt__c"'))
    told = "select field, old_state::varchar, new_state::varchar from raw.field_changes join raw.fields using (field_no)"
    assert rows(database, told) == [("Pain__c", "blank", "answered")]


def test_history_in_parts_joins_up(loads: Loads, mine: CrmMapping) -> None:
    """Of a history that tells only what was written, the first change of the next part goes on from the last one of this."""
    deals = "id,stage,created,closed,pain\nA,open,2026-01-01,,{pain}\n"
    changes = "id,field,at,value\n"
    loads("2026-02-01", {"deals.csv": deals.format(pain=TEXT), "changes.csv": f"{changes}A,pain,2026-01-05,{TEXT}\n"}, mapping=mine)
    later = {"deals.csv": deals.format(pain=""), "changes.csv": f"{changes}A,pain,2026-02-05,{TEXT} now\nA,pain,2026-02-10,\n"}
    database = loads("2026-03-01", later, mapping=mine, is_partial=True)
    assert rows(database, "select start_days, end_days, unknown_until_day from marts.deal_answers where question = 'pain'") == [
        ([4], [40], None)
    ]


def test_columns_that_are_gone_are_named(loads: Loads) -> None:
    """With the header that is most like it, and the line to write; once named, nothing is missed."""
    loads("2026-02-01", deal("A", TEXT))
    renamed = {"Opportunity.csv": HEADER.replace("Pain__c", "Pain_Points__c").replace("Amount", "Amount_X9") + deal("A", TEXT)}
    database = loads("2026-03-01", renamed)
    lines = list(gone_lines(database.columns_gone(), database.mappings()))
    assert len(lines) == 2
    assert 'under [columns.salesforce]: amount = ["Amount_X9"]' in lines[0]
    assert 'under [questions.pain], beside your other questions: fields.salesforce = ["Pain_Points__c"]' in lines[1]
    named = SETTINGS.replace("Pain__c", "Pain_Points__c") + '[columns.salesforce]\namount = ["Amount_X9"]\n'
    assert loads("2026-03-02", renamed, named).columns_gone().is_empty()


def test_a_load_that_dies_leaves_all_as_it_was(loads: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while it goes on from the loads before."""
    first = loads("2026-02-01", deal("A"))

    def dies(*_: object) -> None:
        raise CheckFailed("on purpose")

    monkeypatch.setattr("etl.land.carry._carry_deals", dies)
    with pytest.raises(CheckFailed):
        loads("2026-03-01", deal("B"))
    assert current(first.path.parent) == first.path
    assert rows(Database(first.path), "select deal_id from marts.deals") == [("A",)]


@pytest.mark.parametrize("harm", ["drop table raw.load_columns", "alter table raw.fields drop held_on"])
def test_a_version_that_cannot_be_gone_on_from_is_never_lost_quietly(loads: Loads, harm: str) -> None:
    """An older file stops the load with what to do; begun anew, it loads."""
    first = loads("2026-02-01", deal("A"))
    older = Path(shutil.copy(first.path, first.path.with_name("older")))
    older.chmod(0o644)
    with duckdb.connect(str(older)) as con:
        con.execute(harm)
    older.replace(first.path)
    with pytest.raises(DatabaseError, match="cannot be gone on from") as refused:
        loads("2026-03-01", deal("B"))
    assert "--anew" in refused.value.todo
    assert rows(loads("2026-03-01", deal("B"), anew=True), "select deal_id from marts.deals") == [("B",)]


def test_a_dry_run_tells_what_would_change_and_changes_nothing(loads: Loads, tmp_path: Path) -> None:
    """On the command line: deals new, changed and missing, history, the headline; the same database stands."""
    first = loads("2026-02-01", deal("A") + deal("B"))
    path = tmp_path / "exports" / "Opportunity.csv"
    path.write_text(HEADER + deal("A", stage="Closed Won") + deal("C"), encoding="utf-8")
    arguments = [
        "load",
        "--dry-run",
        "--as-of",
        "2026-03-01",
        "--data",
        str(tmp_path / "data"),
        "--config",
        str(tmp_path / "sameside.toml"),
    ]
    done = CliRunner().invoke(cli, [*arguments, str(path)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "1 new, 1 changed, 1 no longer in the export and kept as last seen, 0 deleted or merged" in done.stdout
    assert "history of stages: 4 rows, 0 before" in done.stdout
    assert "customer deals: 0, as before" in done.stdout
    assert done.stdout.splitlines()[-1] == "dry run: nothing was changed"
    assert current(tmp_path / "data") == first.path


def test_the_order_of_files_does_not_matter(loads: Loads, tmp_path: Path) -> None:
    """Files of an export named one way or the other go on alike."""
    loads("2026-02-01", deal("A"))
    found = []
    for names in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        texts = (HEADER + deal("A", TEXT), HEADER + deal("B", created="2026-02-10"))
        shutil.copytree(tmp_path / "data", tmp_path / names[0] / "data", symlinks=True)
        found.append(
            load_into(tmp_path / names[0], dict(zip(names, texts, strict=True)), SETTINGS, anew=False, as_of=date(2026, 3, 1)).relation(
                "deals"
            )
        )
    assert found[0].equals(found[1])


@pytest.mark.parametrize("seed", range(6))
def test_a_then_b_is_b_with_the_history_of_a(loads: Loads, seed: int) -> None:
    """Two exports of one invented CRM, the later without old rows and without some deals, against one export that holds it all."""
    world = World(random.Random(seed))  # noqa: S311 - an invented CRM
    end, start = date(2026, 6, 1), date(2025, 1, 1)
    lost = {name for name in sorted(world.deals_by(MIDDLE)) if world.random.random() < 0.2}
    loads(str(MIDDLE), world.export(start, MIDDLE, set()))
    both = loads(str(end), world.export(world.random.choice((date(2025, 6, 1), date(2025, 10, 1))), end, lost))
    whole = loads(str(end), world.export(start, end, lost, kept=frozenset(world.deals_by(MIDDLE))), anew=True)
    of_deals = "select * exclude (deal_key, first_seen_on, last_seen_on, is_missing) from marts.deals order by deal_id"
    assert both.sql(of_deals).equals(whole.sql(of_deals))
    for relation in ("deal_answers", "stage_spells", "owner_spells", "amount_spells"):
        query = f"select deal_id, told.* exclude (deal_key) from marts.{relation} as told join marts.deals using (deal_key) order by all"
        assert both.sql(query).equals(whole.sql(query)), relation
    assert rows(both, "select count(*) from marts.deals where is_missing") == [(len(lost),)]


MIDDLE = date(2025, 12, 1)


class World:
    """An invented CRM: what every deal was at any day, from which exports are taken. Deals that are lost from exports change no more."""

    def __init__(self, luck: random.Random) -> None:
        """Draw the deals and their changes."""
        self.random = luck
        self.created = {f"D{number:02}": date(2025, 1, 1) + timedelta(days=luck.randrange(480)) for number in range(25)}
        self.changes = {name: self._drawn(name) for name in self.created}

    def _drawn(self, name: str) -> list[tuple[date, str, str]]:
        """Return days with the field that changes, and its new value, in order; texts of their own, as pasted ones are no answers."""
        pains = [("Pain__c", text) for text in (f"{TEXT} in {name}", "tbd", "")]
        drawn = [*pains, ("Stage", "Proposal"), ("Stage", "Closed Won")]
        days = sorted({self.created[name] + timedelta(days=self.random.randrange(1, 200)) for _ in range(6)})
        return [(day, *self.random.choice(drawn)) for day in days]

    def deals_by(self, day: date) -> set[str]:
        """Return the deals that were there by a day."""
        return {name for name, created in self.created.items() if created <= day}

    def export(self, since: date, until: date, lost: set[str], kept: frozenset[str] = frozenset()) -> dict[str, str]:
        """Return the files of an export: deals created until a day but for the lost, `kept` ones among those as they were at MIDDLE."""
        deals, history, stages = [HEADER], [HISTORY + "D00,Pain__c,2024-01-01 09:00:00,,x\n"], [STAGES]
        for name in sorted(self.deals_by(until) - (lost - kept)):
            last = MIDDLE if name in lost else until
            pain, stage = "", "Discovery"
            if since <= self.created[name]:
                stages.append(f"{name},{self.created[name]} 08:00:00,{stage},100,2026-12-31\n")
            for day, field, value in self.changes[name]:
                if day > last:
                    break
                if field == "Pain__c" and value != pain:
                    if since <= day:
                        history.append(f"{name},Pain__c,{day} 09:00:00,{pain},{value}\n")
                    pain = value
                elif field == "Stage" and value != stage:
                    if since <= day:
                        stages.append(f"{name},{day} 09:00:00,{value},100,2026-12-31\n")
                    stage = value
            deals.append(deal(name, pain, created=str(self.created[name]), stage=stage))
        return {
            "Opportunity.csv": "".join(deals),
            "OpportunityFieldHistory.csv": "".join(history),
            "OpportunityHistory.csv": "".join(stages),
        }
