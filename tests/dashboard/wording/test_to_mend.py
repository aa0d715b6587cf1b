"""The words of what people have to mend."""

from __future__ import annotations

import tomllib
from datetime import date

import polars as pl

from dashboard.wording import to_mend

REJECTS = pl.DataFrame({"reason": ["is not a date", "is not a date and time", "has no id"], "occurrences": [3, 4, 5]})


def dates(rows: int, faults: int, deals: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "fault": ["closed before created"] * rows,
            "deal_id": ["D1"] * rows,
            "deal_name": [None] * rows,
            "owner": ["Ann"] * rows,
            "outcome": ["won"] * rows,
            "created_date": [date(2025, 1, 2)] * rows,
            "close_date": [date(2025, 1, 1)] * rows,
            "closed_date": [date(2025, 1, 1)] * rows,
            "faults_in_all": [faults] * rows,
            "deals_in_all": [deals] * rows,
        },
        schema_overrides={"deal_name": pl.String},
    )


def stages(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "stage": names,
            "taken_as": ["open"] * len(names),
            "told_by": ["mapping's default"] * len(names),
            "deals": [1200] * len(names),
            "deal_ids": [["D1", "D2"]] * len(names),
            "line": [f'"{name}" = "open"' for name in names],
        }
    )


def test_bad_dates_are_counted_by_fault_and_deal() -> None:
    """How many are shown, and how many texts are no date at all."""
    assert to_mend.bad_dates_line(dates(2, 2, 1), REJECTS.tail(1)) == "2 faults in 1 deal."
    assert to_mend.bad_dates_line(dates(2, 250, 230), REJECTS) == (
        "250 faults in 230 deals. The first 2 faults are shown. 7 texts could not be read as a date: see what could not be used."
    )
    assert to_mend.bad_dates_line(dates(0, 0, 0), REJECTS.clear()) == "Every date that could be read can be right."
    row = to_mend.bad_dates_table(dates(1, 1, 1)).frame.row(0, named=True)
    assert (row["Deal"], row["What is wrong"], row["Created"]) == ("D1", "closed before created", date(2025, 1, 2))


def test_stages_come_with_lines_to_write() -> None:
    """Which the settings can read."""
    two = stages("Trial", "Paused")
    assert to_mend.stages_line(two).startswith("2 stages, with 2,400 deals in them. Look at each")
    assert to_mend.stages_line(stages("Trial")).startswith("1 stage, with 1,200 deals in it.")
    assert tomllib.loads(to_mend.stages_lines(two)) == {"stages": {"Trial": "open", "Paused": "open"}}
    assert to_mend.stages_line(two.clear()) == "Of every stage it is known whether it is won, lost or open."
    assert to_mend.stages_table(two).frame["Largest deals"].to_list() == [["D1", "D2"]] * 2
