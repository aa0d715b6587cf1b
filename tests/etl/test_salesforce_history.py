"""The edges of Salesforce's field history, each on a deal of its own: the value as of a day, rebuilt from old and new values."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from etl.queries import Database

CONFIG = """
[questions.pain]
label = "Pain"
fields.salesforce = ["Pain__c"]
[neutral]
[columns]
"""
OPPORTUNITIES = (
    '"Id","IsDeleted","Name","StageName","Amount","CloseDate","IsClosed","IsWon","OwnerId","CreatedDate","SystemModstamp","Pain__c"\n'
)
HISTORY = '"Id","IsDeleted","OpportunityId","CreatedById","CreatedDate","Field","DataType","OldValue","NewValue"\n'
OLD = "2025-01-01 08:00:00"
ANSWER = "Ops team loses six hours a week"


def opportunity(deal: str, pain: str = "", created: str = "2026-01-01 08:00:00", *, deleted: int = 0) -> str:
    """Return a row of Opportunity.csv, quoted as the weekly export quotes it."""
    cells = [
        deal,
        str(deleted),
        deal,
        "Closed Won",
        "100.00",
        "2026-03-01 00:00:00",
        "1",
        "1",
        "005A",
        created,
        "2026-06-30 00:00:00",
        pain,
    ]
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def change(deal: str, at: str, old: str, new: str, field: str = "Pain__c", *, deleted: int = 0) -> str:
    """Return a row of OpportunityFieldHistory.csv."""
    cells = [f"017{deal}{at}", str(deleted), deal, "005A", f"{at} 09:00:00", field, "Text", old, new]
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


# Tracking of the field is known to work from the first change on, so that this deal comes first and leaves no doubt.
FIRST = opportunity("FIRST", created="2025-12-01 08:00:00"), change("FIRST", "2025-12-01", "", "x")


@pytest.fixture
def answers(load_files: Callable[..., Database]) -> Callable[[str, str], dict[str, object]]:
    """Return a function from a deal's rows to its row of marts.deal_answers."""

    def of(opportunities: str, history: str) -> dict[str, object]:
        files = {
            "Opportunity.csv": OPPORTUNITIES + FIRST[0] + opportunities,
            "OpportunityFieldHistory.csv": HISTORY + FIRST[1] + history,
        }
        database = load_files(files, CONFIG)
        frame = database.sql(
            "select answers.* from marts.deal_answers as answers join marts.deals as deals using (deal_key) where deals.deal_id <> 'FIRST'"
        )
        return frame.row(0, named=True)

    return of


Answers = Callable[[str, str], dict[str, object]]


def test_new_value_of_a_change_counts_from_its_day(answers: Answers) -> None:
    """A text written on day 20 stands from day 20."""
    row = answers(opportunity("D", ANSWER), change("D", "2026-01-21", "", ANSWER))
    assert (row["start_days"], row["end_days"], row["unknown_until_day"]) == ([20], None, None)


def test_value_set_at_creation_has_no_row_of_its_own(answers: Answers) -> None:
    """Filled today and never changed, with tracking on since before: there since creation."""
    row = answers(opportunity("D", ANSWER), "")
    assert (row["first_answered_day"], row["is_answered_before_close"]) == (0, True)


def test_old_value_of_the_first_change_tells_the_start(answers: Answers) -> None:
    """An answer that the first change replaces stood there since creation."""
    row = answers(opportunity("D", "tbd"), change("D", "2026-02-10", ANSWER, "tbd"))
    assert (row["start_days"], row["end_days"], row["state_today"], row["junk_reason"]) == (
        [0],
        [40],
        "junk",
        "placeholder",
    )


def test_cleared_and_rewritten(answers: Answers) -> None:
    """Written on day 10, cleared on day 20, rewritten on day 50: two spells."""
    history = change("D", "2026-01-11", "", ANSWER) + change("D", "2026-01-21", ANSWER, "") + change("D", "2026-02-20", "", ANSWER)
    row = answers(opportunity("D", ANSWER), history)
    assert (row["start_days"], row["end_days"]) == ([10, 50], [20])


def test_answer_written_after_the_close_is_late(answers: Answers) -> None:
    """An answer written on the closing day does not count before the close."""
    row = answers(opportunity("D", ANSWER), change("D", "2026-03-01", "", ANSWER))
    assert (row["is_answered_before_close"], row["first_answered_day"]) == (False, 59)


def test_long_text_is_dated_by_its_first_edit(answers: Answers) -> None:
    """A long text records that it was edited, not what it said: the first edit dates it, approximately."""
    row = answers(opportunity("D", ANSWER), change("D", "2026-01-15", "", "") + change("D", "2026-02-15", "", ""))
    assert (row["start_days"], row["is_approximate"]) == ([14], True)


@pytest.mark.thorough
def test_tracking_switched_on_late_leaves_the_start_unknown(answers: Answers) -> None:
    """For a deal created before tracking, what stood in the field until then is unknown, filled today or not."""
    for pain in (ANSWER, ""):
        row = answers(opportunity("D", pain, created="2025-11-01 08:00:00"), "")
        assert row["unknown_until_day"] == 30


def test_retention_leaves_older_deals_unknown(load_files: Callable[..., Database]) -> None:
    """Rows older than 18 months may be gone: a deal from before is unknown until then, whenever tracking began."""
    files = {
        "Opportunity.csv": OPPORTUNITIES + opportunity("D", ANSWER, created="2024-06-30 08:00:00"),
        "OpportunityFieldHistory.csv": HISTORY + change("D", "2026-01-21", "", ANSWER),
        "FieldHistory.csv": '"Id","TableEnumOrId","FieldEnumOrId","CreatedById","CreatedDate"\n"1","Opportunity","Pain__c","005A","2020-01-01 00:00:00"\n',
    }
    database = load_files(files, CONFIG)
    coverage = database.field_coverage().filter(~pl.col("is_neutral"))
    assert coverage["tracked_since"].cast(pl.String).to_list() == ["2024-12-30"]
    assert database.relation("deal_answers")["unknown_until_day"].to_list() == [183]


def test_owner_changes_come_twice_and_count_once(load_files: Callable[..., Database]) -> None:
    """Of the row with ids and the row with names one is kept, named by the users."""
    pair = change("D", "2026-01-21", "005A", "005B", "Owner") + change("D", "2026-01-21", "Ann", "Bob", "Owner")
    files = {
        "Opportunity.csv": OPPORTUNITIES + opportunity("D"),
        "OpportunityFieldHistory.csv": HISTORY + pair,
        "User.csv": '"Id","Name","Department"\n"005A","Ann","North"\n"005B","Bob","South"\n',
    }
    database = load_files(files, CONFIG)
    assert database.sql("select old_owner, new_owner from raw.owner_changes").rows() == [("Ann", "Bob")]


def test_deleted_rows_and_rows_of_unknown_deals_are_rejected_by_name(load_files: Callable[..., Database]) -> None:
    """Deleted deals, their history and history without a deal are counted with their reasons; nothing vanishes."""
    files = {
        "Opportunity.csv": OPPORTUNITIES + opportunity("D") + opportunity("GONE", deleted=1),
        "OpportunityFieldHistory.csv": HISTORY + change("D", "2026-01-21", "", "x", deleted=1) + change("NONE", "2026-01-21", "", "x"),
    }
    reasons = load_files(files, CONFIG).rejects_by_reason().select("file", "reason", "occurrences").rows()
    assert sorted(reasons) == [
        ("Opportunity.csv", "was deleted in the CRM", 1),
        ("OpportunityFieldHistory.csv", "its deal is not among the deals that were loaded", 1),
        ("OpportunityFieldHistory.csv", "was deleted in the CRM", 1),
    ]


def test_without_field_history_nothing_is_compared(load_files: Callable[..., Database]) -> None:
    """No history, no tag: the deals are of unknown timing, and the ladder has two steps with a gap."""
    database = load_files({"Opportunity.csv": OPPORTUNITIES + opportunity("D", ANSWER, OLD) + opportunity("E", created=OLD)}, CONFIG)
    ladder = database.sql("select step, difference from metrics.evidence_ladder()")
    assert ladder.rows() == [(1, 0.0), (2, 0.0), *((step, None) for step in (3, 4, 5, 6))]
    assert database.sql("select part, deals from metrics.left_out()").rows() == [("timing unknown", 2)]


def test_stage_changes_come_from_field_history_where_nothing_else_tells_them(load_files: Callable[..., Database]) -> None:
    """Old and new values of StageName make the stays of a deal: the first stage since creation, or since any stage is known to be tracked."""
    history = (
        change("FIRST", "2025-12-11", "Discovery", "Closed Won", "StageName")
        + change("D", "2026-01-21", "Discovery", "Proposal", "StageName")
        + change("D", "2026-02-20", "Proposal", "Closed Won", "StageName")
    )
    files = {
        "Opportunity.csv": OPPORTUNITIES + FIRST[0] + opportunity("D") + opportunity("STILL"),
        "OpportunityFieldHistory.csv": HISTORY + history,
    }
    database = load_files(files, CONFIG)
    stays = database.sql(
        "select deals.deal_id, stays.stage, stays.entered_day, stays.left_day from marts.stage_spells as stays "
        "join marts.deals as deals using (deal_key) order by deals.deal_id, stays.position"
    )
    assert stays.rows() == [
        ("D", "Discovery", 0, 20),
        ("D", "Proposal", 20, 50),
        ("D", "Closed Won", 50, None),
        ("FIRST", "Closed Won", 10, None),
        ("STILL", "Closed Won", 0, None),
    ]
    assert database.sql("select deal_id, closed_date_from from marts.deals order by deal_id").rows() == [
        ("D", "stage history"),
        ("FIRST", "close date"),
        ("STILL", "close date"),
    ]
    assert database.loads()["rows_not_needed"].sum() == 0


def test_stage_changes_in_field_history_are_not_needed_beside_a_stage_history(load_files: Callable[..., Database]) -> None:
    """With OpportunityHistory in the export, that alone tells the stages."""
    files = {
        "Opportunity.csv": OPPORTUNITIES + opportunity("D"),
        "OpportunityHistory.csv": '"OpportunityId","CreatedDate","StageName"\n"D","2026-01-01 08:00:00","Proposal"\n',
        "OpportunityFieldHistory.csv": HISTORY + change("D", "2026-01-21", "Discovery", "Closed Won", "StageName"),
    }
    database = load_files(files, CONFIG)
    assert database.sql("select stage from marts.stage_spells").rows() == [("Proposal",)]
    assert database.loads()["rows_not_needed"].sum() == 1
