"""Bulk edits and imports: kept apart from what people wrote, from literal rows of a Salesforce export or of a CRM that names sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.config import load_config
from etl.load import Request, load
from etl.mapping import load_mapping
from etl.queries import Database

pytestmark = pytest.mark.thorough

CONFIG = """
[answers]
bulk_deals = 3
[questions.pain]
label = "Pain"
fields.salesforce = ["Pain__c"]
fields.other = ["pain"]
[neutral]
"""
TEXTS = ("Ops team loses six hours", "Returns pile up", "Trucks leave half empty", "Planners retype orders", "Audits fail")
OPPORTUNITIES = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,SystemModstamp,Pain__c\n"
HISTORY = "Id,OpportunityId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"


def opportunity(deal: str, pain: str) -> str:
    """Return a row of Opportunity.csv."""
    return f"{deal},Deal {deal},Closed Won,100,2026-03-01,1,1,005A,2026-01-01 08:00:00,2026-06-30 00:00:00,{pain}\n"


def change(deal: str, at: str, old: str, new: str, user: str = "005U") -> str:
    """Return a row of OpportunityFieldHistory.csv."""
    return f"017{deal}{at},{deal},{user},2026-01-{at},Pain__c,{old},{new}\n"


# Tracking is known to work from the first change on.
FIRST = opportunity("FIRST", "") + opportunity("SECOND", "Deadlines slip"), change("FIRST", "01 07:00:00", "", "x")


@pytest.fixture
def answers(load_files: Callable[..., Database]) -> Callable[..., dict[str, dict[str, object]]]:
    """Return a function from rows of deals and of history, and further settings, to the answers by deal."""

    def of(deals: str, history: str, config: str = CONFIG) -> dict[str, dict[str, object]]:
        database = load_files(
            {"Opportunity.csv": OPPORTUNITIES + FIRST[0] + deals, "OpportunityFieldHistory.csv": HISTORY + FIRST[1] + history}, config
        )
        frame = database.sql(
            "select deals.deal_id, answers.* exclude (deal_key) from marts.deal_answers as answers join marts.deals as deals using (deal_key)"
        )
        return {row["deal_id"]: row for row in frame.iter_rows(named=True)}

    return of


Answers = Callable[..., dict[str, dict[str, object]]]


def bulk(moments: tuple[str, ...], users: tuple[str, ...] = ("005U", "005U", "005U")) -> tuple[str, str]:
    """Return deals A, B, C with the history in which each was filled at its moment."""
    rows = list(zip("ABC", TEXTS, moments, users, strict=False))
    return (
        "".join(opportunity(deal, text) for deal, text, _, _ in rows),
        "".join(change(deal, at, "", text, user) for deal, text, at, user in rows),
    )


SAME_MINUTE = ("05 10:00:00", "05 10:00:20", "05 10:00:40")


def test_many_deals_within_a_minute_by_one_user_are_a_bulk_edit(answers: Answers) -> None:
    """Three deals filled within a minute, where three are many: imported, and no text of theirs is kept."""
    found = answers(*bulk(SAME_MINUTE))
    for deal in "ABC":
        row = found[deal]
        assert (row["state_today"], row["junk_reason"], row["junk_text"], row["start_days"]) == ("junk", "imported", None, None)


@pytest.mark.parametrize(
    ("moments", "users"),
    [
        pytest.param(("05 10:00:00", "05 10:00:20", "05 10:01:21"), ("005U",) * 3, id="more than a minute apart"),
        pytest.param(SAME_MINUTE, ("005U", "005U", "005V"), id="two users"),
        pytest.param(SAME_MINUTE[:2], ("005U",) * 2, id="too few deals"),
        pytest.param(SAME_MINUTE, ("",) * 3, id="nobody knows who, at three moments"),
        pytest.param(("05 00:00:00",) * 3, ("005U",) * 3, id="days without a time"),
    ],
)
def test_what_people_write_is_no_bulk_edit(answers: Answers, moments: tuple[str, ...], users: tuple[str, ...]) -> None:
    """One after the other, two people, or few deals: answers. So are those of a day, where no time is told, and of a minute of nobody knows whom."""
    found = answers(*bulk(moments, users))
    assert [found[deal]["state_today"] for deal in "ABC"[: len(moments)]] == ["answered"] * len(moments)
    assert found["A"]["start_days"] == [4]


def test_the_same_moment_is_a_bulk_edit_whoever_made_it(answers: Answers) -> None:
    """Three deals filled at one moment, which people do not manage, where the history names no user."""
    found = answers(*bulk(("05 10:00:20",) * 3, ("",) * 3))
    assert {found[deal]["junk_reason"] for deal in "ABC"} == {"imported"}


def test_minute_of_a_bulk_edit_may_pass_a_full_minute_of_the_clock(answers: Answers) -> None:
    """From 10:00:50 to 10:01:10 is less than a minute."""
    found = answers(*bulk(("05 10:00:50", "05 10:01:00", "05 10:01:10")))
    assert {found[deal]["junk_reason"] for deal in "ABC"} == {"imported"}


def test_one_deal_edited_often_is_no_bulk_edit(answers: Answers) -> None:
    """Three edits within a minute, of one deal."""
    history = change("A", "05 10:00:00", "", TEXTS[0]) + change("A", "05 10:00:10", TEXTS[0], TEXTS[1])
    found = answers(opportunity("A", TEXTS[2]), history + change("A", "05 10:00:20", TEXTS[1], TEXTS[2]))
    assert found["A"]["state_today"] == "answered"


def test_imported_text_counts_from_the_day_on_which_a_person_edits_it(answers: Answers) -> None:
    """Imported on day 4, edited on day 10: answered from day 10; cleared on day 20, and answered no longer."""
    deals, history = bulk(SAME_MINUTE)
    edited = change("A", "11 09:00:00", TEXTS[0], TEXTS[3]) + change("A", "21 09:00:00", TEXTS[3], "")
    found = answers(deals.replace(opportunity("A", TEXTS[0]), opportunity("A", "")), history + edited)
    assert (found["A"]["start_days"], found["A"]["end_days"], found["B"]["start_days"]) == ([10], [20], None)


def test_answer_ceases_where_a_bulk_edit_writes_over_it(answers: Answers) -> None:
    """Written by a person on day 2, overwritten by a bulk edit on day 4."""
    deals, history = bulk(SAME_MINUTE)
    found = answers(
        deals, change("A", "03 09:00:00", "", TEXTS[4]) + history.replace(f"Pain__c,,{TEXTS[0]}", f"Pain__c,{TEXTS[4]},{TEXTS[0]}")
    )
    assert (found["A"]["start_days"], found["A"]["end_days"], found["A"]["junk_reason"]) == ([2], [4], "imported")


def test_long_text_is_dated_by_the_first_edit_of_a_person(answers: Answers) -> None:
    """The CRM records no text of long fields: an import on day 4 and an edit on day 10 leave an answer of day 10, the import alone none."""
    deals = "".join(opportunity(deal, text) for deal, text in zip("ABC", TEXTS, strict=False))
    history = "".join(change(deal, at, "", "") for deal, at in zip("ABC", SAME_MINUTE, strict=True))
    found = answers(deals, history + change("A", "11 09:00:00", "", ""))
    assert (found["A"]["start_days"], found["A"]["is_approximate"]) == ([10], True)
    assert (found["B"]["start_days"], found["B"]["junk_reason"]) == (None, "imported")


def test_setting_lets_imports_count(answers: Answers) -> None:
    """The history of a migration may be all that there is: then what it brought can be told to count."""
    found = answers(*bulk(SAME_MINUTE), CONFIG.replace("[answers]", "[answers]\ncount_imported = true"))
    assert (found["A"]["state_today"], found["A"]["start_days"]) == ("answered", [4])


def test_lookup_that_is_told_twice_stays_imported(answers: Answers) -> None:
    """A look-up's change comes twice, with the id and with the name; a person clears it later, and nothing is answered below zero."""
    deals, history = bulk(SAME_MINUTE)
    twice = history + "".join(change(deal, at, "", f"003{deal}00000") for deal, at in zip("ABC", SAME_MINUTE, strict=True))
    cleared = change("A", "11 09:00:00", TEXTS[0], "") + change("A", "11 09:00:00", "003A00000", "")
    rewritten = change("A", "13 09:00:00", "", TEXTS[3])
    found = answers(deals.replace(opportunity("A", TEXTS[0]), opportunity("A", TEXTS[3])), twice + cleared + rewritten)
    assert (found["A"]["start_days"], found["A"]["end_days"]) == ([12], None)


def test_junk_of_a_bulk_edit_keeps_its_own_reason(answers: Answers) -> None:
    """A placeholder is one, however it came."""
    deals, history = (part.replace(TEXTS[0], "tbd") for part in bulk(SAME_MINUTE))
    found = answers(deals, history)
    assert (found["A"]["junk_reason"], found["B"]["junk_reason"]) == ("placeholder", "imported")


MAPPING = """
name = "other"
label = "Other"
[outcome]
"Won" = "won"
"*" = "open"
[history]
automatic_sources = ["IMPORT", "Batch_Update"]
[files.deals]
names = ["deals"]
columns.deal_id = ["id"]
columns.stage = ["stage"]
columns.owner_id = ["owner"]
columns.created_at = ["created"]
columns.close_date = ["closed"]
[files.field_history]
names = ["history"]
columns.deal_id = ["deal"]
columns.field = ["property"]
columns.changed_at = ["at"]
columns.new_value = ["value"]
columns.change_source = ["source"]
"""


def test_source_of_a_change_tells_imports_and_automation(tmp_path: Path) -> None:
    """A CRM that names sources: only what people wrote counts; a field that the deal file lacks is judged by its last change."""
    (tmp_path / "other.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "sameside.toml").write_text(CONFIG, encoding="utf-8")
    deals = "".join(f"{deal},Won,o,2026-01-01 08:00:00,2026-03-01\n" for deal in "ABCD")
    (tmp_path / "deals.csv").write_text("id,stage,owner,created,closed\n" + deals, encoding="utf-8")
    sources = {"A": "import", "B": "CRM_UI", "C": "BATCH_UPDATE", "D": ""}
    rows = [
        f"{deal},pain,2026-01-0{day} 09:00:00,{text},{sources[deal]}\n"
        for day, (deal, text) in enumerate(zip("ABCD", TEXTS, strict=False), 2)
    ]
    rows.append(f"C,pain,2026-01-20 09:00:00,{TEXTS[4]},CRM_UI\n")
    (tmp_path / "history.csv").write_text("deal,property,at,value,source\n" + "".join(rows), encoding="utf-8")
    request = Request(
        (tmp_path / "deals.csv", tmp_path / "history.csv"),
        tmp_path / "data",
        load_config(tmp_path / "sameside.toml"),
        load_mapping(tmp_path / "other.toml"),
        as_of=date(2026, 6, 30),
    )
    frame = Database(load(request).database).sql(
        "select deals.deal_id, answers.state_today, answers.junk_reason, answers.start_days from marts.deal_answers as answers "
        "join marts.deals as deals using (deal_key) order by deals.deal_id"
    )
    assert frame.rows() == [
        ("A", "junk", "imported", None),
        ("B", "answered", None, [2]),
        ("C", "answered", None, [19]),
        ("D", "answered", None, [4]),
    ]


@pytest.mark.parametrize(
    ("source", "state"),
    [("IMPORT", "junk"), ("AUTOMATION_PLATFORM", "junk"), ("INTEGRATION", "junk"), ("CRM_UI", "answered"), ("MOBILE_IOS", "answered")],
)
def test_hubspot_tells_where_a_value_came_from(load_files: Callable[..., Database], source: str, state: str) -> None:
    """As warehouses keep the history of properties: the source of each value is told beside it."""
    files = {
        "deal_data.csv": "deal_id,property_dealname,deal_pipeline_stage_id,property_createdate,property_closedate,pain\n"
        f"1,Deal,closedwon,2026-01-01 08:00:00,2026-03-01 08:00:00,{TEXTS[0]}\n",
        "deal_property_history.csv": f"deal_id,timestamp,source,name,source_id,value\n1,2026-01-05 09:00:00,{source},pain,u1,{TEXTS[0]}\n",
    }
    database = load_files(files, CONFIG.replace("fields.other", "fields.hubspot"))
    assert database.sql("select state_today from marts.deal_answers").rows() == [(state,)]


def test_data_health_counts_imported_answers_apart(load_files: Callable[..., Database]) -> None:
    """Three imported, one placeholder, one answer; the list of texts names the placeholder alone."""
    deals, history = bulk(SAME_MINUTE)
    database = load_files(
        {
            "Opportunity.csv": OPPORTUNITIES + FIRST[0] + deals + opportunity("D", "tbd"),
            "OpportunityFieldHistory.csv": HISTORY + FIRST[1] + history,
        },
        CONFIG,
    )
    problems = database.sql("select problem, found, checked, deals from metrics.data_problems() limit 2")
    assert problems.rows() == [("junk answer", 1, 5, 1), ("imported answer", 3, 5, 3)]
    assert database.sql("select question, reason, text, deals from metrics.junk_answers()").equals(
        pl.DataFrame([("pain", "placeholder", "tbd", 1)], schema=["question", "reason", "text", "deals"], orient="row")
    )
