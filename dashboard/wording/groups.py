"""Teams beside each other: win rate and adoption of each, and the answers written late, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import TOO_FEW, Picture
from dashboard.wording.rows import Axis, Dot, Row, alt
from dashboard.wording.team import NOBODY, name_of

TITLE, LATE_TITLE = "Team by team", "Answers written in the last week"
_LATE_INTRO = (
    "Of the answers in closed deals, the share that was first written within 7 days before the close or after it. Some are settled only "
    "then; others are filled in afterwards. Deals that closed within 7 days are left out."
)
_MOST = 20
_NONE = "–"


def has_names(groups: pl.DataFrame) -> bool:
    """Return whether any team is named."""
    return bool((groups["by_value"] != NOBODY).any())


def rows(groups: pl.DataFrame) -> list[Row]:
    """Return a row for each team with its win rate; `groups` is metrics.group_rates by team."""
    return [_row(row) for row in groups.head(_MOST).iter_rows(named=True)]


def _row(row: Mapping[str, Any]) -> Row:
    name, counted = name_of(row["by_value"], "team"), rounding.of(row["won"], row["deals"])
    if row["deals"] < FEW_DEALS:
        return Row(name, note=f"{TOO_FEW}: {counted} deals won")
    focus = f"{rounding.percent(row['share_customer_focused'])} customer-focused"
    text = f"{rounding.percent(row['win_rate'])} ({_ends(row, '')})"
    hover = (
        name,
        f"Won: {rounding.percent(row['win_rate'], 0.1)} ({counted})",
        f"95% interval: {_ends(row, '', 0.1)}",
        f"Customer-focused: {rounding.of(row['customer_deals'], row['deals'])}",
        rounding.count(row["owners"], "rep"),
    )
    return Row(name, (_dot(row, "win_rate", text, counted, hover),), note=focus, key=row["by_value"])


def _dot(row: Mapping[str, Any], value: str, text: str, behind: str, hover: tuple[str, ...]) -> Dot:
    return Dot(100 * row[value], "strong", text=text, behind=behind, low=100 * row["low"], high=100 * row["high"], hover=hover)


def _ends(row: Mapping[str, Any], prefix: str, step: float = 1.0) -> str:
    return rounding.between(*(rounding.number(100 * row[f"{prefix}{end}"], step) for end in ("low", "high")))


def axis(whole: pl.DataFrame) -> Axis:
    """Return the axis of the win rate, with that of all deals through all rows."""
    rate = whole["win_rate"][0]
    return Axis("Win rate", _tick, reference=100 * rate, reference_text=f"all {rounding.percent(rate)}")


def _tick(value: float) -> str:
    return rounding.percent(value / 100)


def picture(groups: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the teams."""
    made = rows(groups)
    more = f" The {_MOST} largest of {rounding.whole(groups.height)} teams." if groups.height > _MOST else ""
    intro = f"Won by day {terms.landmark_day + terms.horizon_days}, with an interval that allows for what reps of a team differ.{more}"
    return Picture("teams", TITLE, intro, alt(TITLE, made), tuple(_sentence(row) for row in made), _table(groups))


def _sentence(row: Row) -> str:
    told = [f"{dot.text}, {dot.behind}" for dot in row.dots]
    return f"{row.title}: {'; '.join([*told, row.note])}."


def _table(groups: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([_table_row(row) for row in groups.iter_rows(named=True)])


def _table_row(row: Mapping[str, Any]) -> dict[str, str]:
    is_few = row["deals"] < FEW_DEALS
    median = _NONE if row["median_low"] is None else rounding.number(row["median_days"], 0.1)
    return {
        "Team": name_of(row["by_value"], "team"),
        "Reps": rounding.whole(row["owners"]),
        "Won": rounding.of(row["won"], row["deals"]),
        "Win rate": TOO_FEW if is_few else rounding.percent(row["win_rate"], 0.1),
        "95% interval": _NONE if is_few else _ends(row, "", 0.1),
        "Customer-focused": rounding.of(row["customer_deals"], row["deals"]),
        "Share": TOO_FEW if is_few else rounding.percent(row["share_customer_focused"], 0.1),
        "Its 95% interval": _NONE if is_few else _ends(row, "share_", 0.1),
        "Median days to win": median,
        "95% interval of days": _NONE
        if row["median_low"] is None
        else rounding.between(*(rounding.number(row[f"median_{end}"]) for end in ("low", "high"))),
    }


def late_rows(whole: pl.DataFrame, late: pl.DataFrame) -> list[Row]:
    """Return a row for all deals and one for each team with the share of late answers; from metrics.late_answers."""
    teams = [_late_row(name_of(row["by_value"], "team"), row) for row in late.head(_MOST).iter_rows(named=True)]
    return [*(_late_row("All deals", row) for row in whole.iter_rows(named=True)), *(teams if len(teams) > 1 else [])]


def _late_row(name: str, row: Mapping[str, Any]) -> Row:
    counted = rounding.of(row["late_answers"], row["answers"])
    unknown = f"timing unknown: {rounding.whole(row['answers_unknown'])}" if row["answers_unknown"] else ""
    if row["answers"] < FEW_DEALS:
        return Row(name, note="; ".join(filter(None, (f"{TOO_FEW}: {counted} answers late", unknown))))
    hover = (
        name,
        f"Late: {rounding.percent(row['share'], 0.1)} ({counted})",
        f"95% interval: {_ends(row, '', 0.1)}",
        unknown or "All timed",
    )
    text = f"{rounding.percent(row['share'])} ({_ends(row, '')})"
    return Row(name, (_dot(row, "share", text, counted, hover),), note=unknown, key=row["by_value"])


def late_axis() -> Axis:
    """Return the axis of the share of late answers."""
    return Axis("Share of answers written late", _tick, holds=(0.0,))


def late_picture(whole: pl.DataFrame, late: pl.DataFrame) -> Picture:
    """Return the words of the late answers."""
    made = late_rows(whole, late)
    told = tuple(_sentence(row) for row in made) or ("No closed deal holds an answer.",)
    table = pl.DataFrame([_late_table_row(row) for row in late.iter_rows(named=True)])
    return Picture("late_answers", LATE_TITLE, _LATE_INTRO, alt(LATE_TITLE, made), told, table)


def _late_table_row(row: Mapping[str, Any]) -> dict[str, str]:
    is_few = row["answers"] < FEW_DEALS
    return {
        "Team": name_of(row["by_value"], "team"),
        "Late": rounding.of(row["late_answers"], row["answers"]),
        "Share": TOO_FEW if is_few else rounding.percent(row["share"], 0.1),
        "95% interval": _NONE if is_few else _ends(row, "", 0.1),
        "Timing unknown": rounding.whole(row["answers_unknown"]),
        "Closed deals": rounding.whole(row["deals"]),
    }
