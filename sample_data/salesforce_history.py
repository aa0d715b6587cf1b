"""`OpportunityHistory.csv`, `OpportunityFieldHistory.csv` and `FieldHistory.csv` of a Salesforce Data Export."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import numpy as np
import polars as pl

from sample_data import texts
from sample_data.answers import FIELDS
from sample_data.book import Book
from sample_data.clock import ORIGIN, Flags, Ints, seconds
from sample_data.defects import Defects
from sample_data.salesforce_deals import amounts, flag, opportunity_ids, times
from sample_data.salesforce_format import (
    DATETIME,
    FORECAST,
    PROBABILITY,
    STAGES,
    START,
    START_OF_TRACKING,
    Team,
    from_seconds,
    ids,
    midnights,
    pick,
)
from sample_data.stages import UNPRICED
from sample_data.world import WON

RETAINED_SINCE: Final = datetime(2024, 6, 30, tzinfo=UTC)
"""24 months before the export: older field history is gone."""
TRACKED_SINCE: Final = datetime(2023, 9, 18, 8, 30, tzinfo=UTC)
LATE_FIELD: Final = "Champion__c"
LATE_FIELD_SINCE: Final = datetime(2024, 11, 12, 9, 15, tzinfo=UTC)
"""When the history of `LATE_FIELD` was switched on, ten months after the first deals."""
TRACKED: Final = ("Owner", "Name", "LeadSource", "NextStep", *FIELDS)
"""Fields of the opportunity with a history; stage, amount and close date have one of their own."""
TRACKED_ELSEWHERE: Final = (("Account", "Name"), ("Account", "Owner"), ("Case", "Owner"), ("Case", "Status"))
DATA_TYPES: Final = {texts.LONG_TEXT: "TextArea", texts.PICK_LIST: "DynamicEnum", "LeadSource": "DynamicEnum"}
"""Type of the fields that are not `Text`."""


def stage_history(book: Book, team: Team, defects: Defects, first_row: int) -> pl.DataFrame:
    """Return `OpportunityHistory.csv`: one row per saved change of stage, amount or close date."""
    rows = book.stage_rows.with_columns(second=seconds(book.stage_rows["at"].to_numpy()))
    rows = rows.with_columns(**_neighbours(rows)).sort("second", "deal", maintain_order=True)
    deal, stage, before, amount, close = (rows[name].to_numpy() for name in ("deal", "stage", "stage_before", "amount", "close"))
    chance = np.array(PROBABILITY)[stage]
    started = ~rows["first"].to_numpy()
    at = from_seconds(rows["second"].to_numpy()).dt.to_string(DATETIME)
    earlier_amount = np.where(started & (rows["amount_before"].to_numpy() != amount), rows["amount_before"].to_numpy(), UNPRICED)
    return pl.DataFrame(
        {
            "Id": ids("008", START["008"] + first_row + np.arange(len(rows))),
            "OpportunityId": opportunity_ids(book).gather(deal),
            "CreatedById": team.ids.gather(rows["by"]),
            "CreatedDate": at,
            "CreatedDateForInsert": at,
            "StageName": pick(STAGES, stage),
            "Amount": amounts(amount),
            "ExpectedRevenue": amounts(np.where(amount == UNPRICED, UNPRICED, amount * chance // 100)),
            "CloseDate": midnights(close).dt.to_string(DATETIME),
            "Probability": chance,
            "CurrencyIsoCode": "EUR",
            "FromForecastCategory": _only(started, pick(FORECAST, np.maximum(before, 0))),
            "ForecastCategory": pick(FORECAST, stage),
            "PrevForecastUpdate": rows["row_before"],
            "FromOpportunityStageName": _only(started, pick(STAGES, np.maximum(before, 0))),
            "PrevOpportunityStageUpdate": rows["move_before"],
            "ValidThroughDate": rows["row_after"],
            "SystemModstamp": at,
            "IsDeleted": flag(book.number, defects.deleted_deals).gather(deal),
            "PrevAmount": amounts(earlier_amount),
            "PrevCloseDate": _only(started & (rows["close_before"].to_numpy() != close), _dates(rows["close_before"].to_numpy())),
        }
    )


def _dates(days: Ints) -> pl.Series:
    """Return calendar days since `ORIGIN` as text."""
    return midnights(days).dt.to_string(DATETIME)


def _only(where: Flags, text: pl.Series) -> pl.Series:
    """Return the text where a condition holds, and nothing elsewhere."""
    return text.zip_with(pl.Series(where), pl.Series([""]))


def _neighbours(rows: pl.DataFrame) -> dict[str, pl.Series]:
    """Return when the rows before and after were saved, and when a stage that is left was entered."""
    second, first = rows["second"].to_numpy(), rows["first"].to_numpy()
    place = np.arange(len(rows))
    moved = first | (rows["stage"] != rows["stage_before"]).to_numpy()
    entered = second[np.maximum.accumulate(np.where(moved, place, 0))]
    last = np.r_[first[1:], True]
    text = from_seconds(np.stack([np.roll(second, 1), np.roll(second, -1), np.roll(entered, 1)]).ravel()).dt.to_string(DATETIME)
    before, after, move = (text.slice(part * len(rows), len(rows)) for part in range(3))
    return {
        "row_before": _only(~first, before),
        "row_after": _only(~last, after),
        "move_before": _only(moved & ~first, move),
    }


def field_history(book: Book, team: Team, defects: Defects, first_row: int) -> pl.DataFrame:
    """Return `OpportunityFieldHistory.csv`: the changes of tracked fields that are still kept."""
    rows = pl.concat([_created_rows(book), _owner_rows(book, team), _value_rows(book)])
    since = pl.when(pl.col("field") == LATE_FIELD).then(_second(LATE_FIELD_SINCE)).otherwise(_second(RETAINED_SINCE))
    rows = rows.filter(pl.col("second") >= since).sort("second", "deal", maintain_order=True)
    return pl.DataFrame(
        {
            "Id": ids("017", START["017"] + first_row + np.arange(len(rows))),
            "IsDeleted": flag(book.number, defects.deleted_deals).gather(rows["deal"]),
            "OpportunityId": opportunity_ids(book).gather(rows["deal"]),
            "CreatedById": team.ids.gather(rows["by"]),
            "CreatedDate": from_seconds(rows["second"].to_numpy()).dt.to_string(DATETIME),
            "Field": rows["field"],
            "DataType": rows["type"],
            "OldValue": rows["old"],
            "NewValue": rows["new"],
        }
    )


def _second(moment: datetime) -> int:
    """Return a point in time as seconds since `ORIGIN`."""
    return int((moment - datetime(ORIGIN.year, ORIGIN.month, ORIGIN.day, tzinfo=UTC)).total_seconds())


def _rows(saved: tuple[Ints, Ints, Ints], field: str, kind: str, values: tuple[pl.Series, pl.Series]) -> pl.DataFrame:
    """Return history rows of one field; `saved` is deal, owner and time in seconds, `values` the old and the new."""
    (deal, by, second), (old, new) = saved, values
    return pl.DataFrame({"deal": deal, "by": by, "second": second, "field": field, "type": kind, "old": old, "new": new})


def _created_rows(book: Book) -> pl.DataFrame:
    """Return the one row per deal that says when it was created, without values."""
    saved = (np.arange(book.number), book.deals.owner, seconds(book.deals.created))
    blank = pl.Series([""]).new_from_index(0, book.number)
    return _rows(saved, "created", "Text", (blank, blank))


def _owner_rows(book: Book, team: Team) -> pl.DataFrame:
    """Return two rows per change of owner: once with names, once with ids."""
    spells = book.run.spells
    changed = (spells.owner[1:] != spells.owner[:-1]) & (spells.deal[1:] == spells.deal[:-1])
    row = np.flatnonzero(changed) + 1
    old, new = spells.owner[row - 1], spells.owner[row]
    saved = (spells.deal[row], old, seconds(spells.start[row]))
    names = _rows(saved, "Owner", "Text", (team.names.gather(old), team.names.gather(new)))
    return pl.concat([names, _rows(saved, "Owner", "EntityId", (team.ids.gather(old), team.ids.gather(new)))])


def _value_rows(book: Book) -> pl.DataFrame:
    """Return the changes of all other fields; those of the long text area without values."""
    shown = pl.col("field") != texts.LONG_TEXT
    return book.changes.select(
        "deal",
        "by",
        second=seconds(book.changes["at"].to_numpy()),
        field="field",
        type=pl.col("field").replace_strict(DATA_TYPES, default="Text"),
        old=pl.when(shown).then("old").otherwise(pl.lit("")),
        new=pl.when(shown).then("new").otherwise(pl.lit("")),
    )


def tracked_fields(team: Team) -> pl.DataFrame:
    """Return `FieldHistory.csv`: which fields have a history, and since when."""
    pairs = [*TRACKED_ELSEWHERE, *(("Opportunity", field) for field in TRACKED)]
    since = [LATE_FIELD_SINCE if field == LATE_FIELD else TRACKED_SINCE for _, field in pairs]
    return pl.DataFrame(
        {
            "Id": ids("737", START_OF_TRACKING + np.arange(len(pairs))),
            "TableEnumOrId": [table for table, _ in pairs],
            "FieldEnumOrId": [field for _, field in pairs],
            "CreatedById": team.administrator,
            "CreatedDate": [moment.strftime(DATETIME) for moment in since],
        }
    )


def stage_habits(rows: pl.DataFrame) -> dict[str, int]:
    """Return how many re-openings and steps back `OpportunityHistory.csv` shows."""
    number = dict(zip(STAGES, range(len(STAGES)), strict=True))
    moves = rows.filter(pl.col("FromOpportunityStageName") != "").select(
        before=pl.col("FromOpportunityStageName").replace_strict(number),
        after=pl.col("StageName").replace_strict(number),
    )
    from_closed, to_open = pl.col("before") >= WON, pl.col("after") < WON
    return {
        "reopened_deals": moves.filter(from_closed & to_open).height,
        "steps_back": moves.filter(~from_closed & (pl.col("after") < pl.col("before"))).height,
    }


def field_habits(book: Book, rows: pl.DataFrame) -> dict[str, int]:
    """Return how many late answers, cleared answers and changes of owner `OpportunityFieldHistory.csv` shows.

    The long text area is left out, since its rows do not say what changed.
    """
    blank_before, blank_after = pl.col("OldValue") == "", pl.col("NewValue") == ""
    values = rows.filter(pl.col("Field").is_in(FIELDS) & (pl.col("Field") != texts.LONG_TEXT))
    closed = pl.DataFrame({"OpportunityId": opportunity_ids(book), "closed": times(book.run.ending[1])}).filter(pl.col("closed") != "")
    late = values.filter(blank_before & ~blank_after).join(closed, on="OpportunityId").filter(pl.col("CreatedDate") >= pl.col("closed"))
    return {
        "filled_at_or_after_close": late.height,
        "cleared": values.filter(~blank_before & blank_after).height,
        "owner_changes": rows.filter((pl.col("Field") == "Owner") & (pl.col("DataType") == "Text")).height,
    }
