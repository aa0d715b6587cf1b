"""Where deals stay and what holds them up: time in each stage, forecasts put off, steps back and stalls, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import CUSTOMER, SELLER, TOO_FEW, Picture
from dashboard.wording.rows import Axis, Dot, Role, Row, alt
from dashboard.wording.sales_cycle import sentences, table

_GROUPS: tuple[tuple[str, Role, str], ...] = (("customer-focused", "customer", CUSTOMER), ("seller-focused", "seller", SELLER))

STAGE_AXIS = Axis("Days in the stage", rounding.number, holds=(0.0,))
SHARE_AXIS = Axis("Share of deals", lambda share: f"{rounding.number(share)}%", holds=(0.0, 100.0))

NO_STAGES = "The export holds no stage history, so nobody knows how long deals stayed in a stage."
NO_SIGNS = "The export holds no history of stages and close dates, so nobody knows what held deals up."
_SIGNS = {
    "close_date_pushes": ("Close date put off", "times"),
    "steps_back": ("Went back a stage", "times"),
    "longest_stay_days": ("Stalled 30 days or more", "days without a change of stage at the longest"),
}


def stages(times: pl.DataFrame) -> list[Row]:
    """Return a row for each stage of metrics.stage_times, in the order in which deals enter them."""
    rows = []
    for (stage,), found in times.group_by("stage", maintain_order=True):
        by_focus = {row["focus"]: row for row in found.iter_rows(named=True)}
        dots = tuple(_stay(by_focus[focus], role, name) for focus, role, name in _GROUPS if _is_told(by_focus.get(focus)))
        rows.append(Row(str(stage), dots, _stage_note(by_focus, dots)))
    return rows


def _is_told(row: Mapping[str, Any] | None) -> bool:
    return row is not None and row["stays"] >= FEW_DEALS and row["median_days"] is not None


def _stay(row: Mapping[str, Any], role: Role, name: str) -> Dot:
    days = row["median_days"]
    text = rounding.number(days, 1.0 if float(days).is_integer() else 0.1)
    has_ends = row["low"] is not None and row["high"] is not None
    ends = (f"95% interval: {rounding.between(*(rounding.number(row[end]) for end in ('low', 'high')))}",) if has_ends else ()
    lasting = row["stays"] - row["stays_ended"]
    stays = f"{rounding.count(row['stays'], 'stay')}, {rounding.whole(lasting)} of them not over by the end of the horizon"
    return Dot(
        days,
        role,
        text,
        behind=rounding.count(row["stays"], "stay"),
        low=row["low"] if has_ends else None,
        high=row["high"] if has_ends else None,
        hover=(f"{name}: half of the stays are over in {rounding.days(days, 1.0 if float(days).is_integer() else 0.1)}", *ends, stays),
    )


def _stage_note(by_focus: Mapping[str, Mapping[str, Any]], dots: Sequence[Dot]) -> str:
    if len(dots) < len(_GROUPS):
        counts = (f"{name.lower()} {rounding.whole(by_focus[focus]['stays'] if focus in by_focus else 0)}" for focus, _, name in _GROUPS)
        few = any(focus not in by_focus or by_focus[focus]["stays"] < FEW_DEALS for focus, _, _ in _GROUPS)
        return f"{TOO_FEW} stays: {', '.join(counts)}" if few else "fewer than half of the stays were seen to end"
    row = by_focus["difference"]
    gap = rounding.days(row["median_days"], 1.0 if float(row["median_days"]).is_integer() else 0.1, signed=True)
    if row["low"] is None or row["high"] is None:
        return gap
    return f"{gap} ({rounding.between(*(rounding.number(row[end]) for end in ('low', 'high')))})"


def stages_picture(rows: Sequence[Row], terms: Terms) -> Picture:
    """Return the words of the stages."""
    last = terms.landmark_day + terms.horizon_days
    intro = (
        "Median days of a stay, of deals compared. A stay ends with the next stage or the close; one that lasts beyond "
        f"day {last} counts as at least so long. A stay before day {terms.landmark_day} came before the tag: deals that move on quickly "
        "also have more answered by then."
    )
    told = sentences(rows) if rows else (NO_STAGES,)
    return Picture("stage_times", "Time in each stage", intro, alt("Median days in each stage", rows), told, table(rows, "Stage"))


def signs(friction: pl.DataFrame, until: str) -> list[Row]:
    """Return a row for each sign of metrics.friction, counted until landmark or horizon."""
    rows = []
    for sign, (title, unit) in _SIGNS.items():
        found = friction.filter(pl.col("sign") == sign, pl.col("until") == until)
        by_focus = {row["focus"]: row for row in found.iter_rows(named=True)}
        if not by_focus:
            continue
        dots = tuple(
            _sign(by_focus[focus], role, name, unit)
            for focus, role, name in _GROUPS
            if focus in by_focus and by_focus[focus]["deals"] >= FEW_DEALS
        )
        rows.append(Row(title, dots, "" if len(dots) == len(_GROUPS) else _few(by_focus)))
    return rows


def _sign(row: Mapping[str, Any], role: Role, name: str, unit: str) -> Dot:
    share, ends = 100 * row["share_with_any"], [100 * row[end] for end in ("low", "high")]
    between = rounding.between(*(rounding.number(end, 0.1) for end in ends))
    return Dot(
        share,
        role,
        rounding.percent(row["share_with_any"]),
        behind=rounding.of(row["deals_with_any"], row["deals"]),
        low=ends[0],
        high=ends[1],
        hover=(
            f"{name}: {rounding.percent(row['share_with_any'], 0.1)} ({rounding.of(row['deals_with_any'], row['deals'])})",
            f"95% interval: {between}",
            f"{rounding.number(row['mean'], 0.01)} {unit} per deal on average",
        ),
    )


def _counted(name: str, row: Mapping[str, Any] | None) -> str:
    return f"no {name} deals" if row is None else f"{name} {rounding.of(row['deals_with_any'], row['deals'])}"


def _few(by_focus: Mapping[str, Mapping[str, Any]]) -> str:
    counts = [
        _counted(name.lower(), by_focus.get(focus))
        for focus, _, name in _GROUPS
        if focus not in by_focus or by_focus[focus]["deals"] < FEW_DEALS
    ]
    return f"{TOO_FEW}: {', '.join(counts)}"


def signs_headings(terms: Terms) -> tuple[str, str]:
    """Return the headings of the two charts of signs."""
    return f"As tagged: by day {terms.landmark_day}", f"What followed: to day {terms.landmark_day + terms.horizon_days}"


def signs_picture(by_landmark: Sequence[Row], by_horizon: Sequence[Row], terms: Terms) -> Picture:
    """Return the words of both charts of signs."""
    first, second = signs_headings(terms)
    intro = (
        f"Share of deals with at least one sign of friction. By day {terms.landmark_day} it describes the deals as they were tagged; "
        "later it may be a consequence, and deals that stay open longer have more time for it."
    )
    told = [f"{heading}. {line}" for heading, rows in ((first, by_landmark), (second, by_horizon)) for line in sentences(rows)]
    frame = pl.concat(
        [table(rows, "Sign").insert_column(0, pl.Series("Counted", [heading] * len(rows), dtype=pl.String))
         for heading, rows in ((first, by_landmark), (second, by_horizon))]
    )  # fmt: skip
    text = f"{alt(first, by_landmark)} {alt(second, by_horizon)}"
    return Picture("friction", "Friction", intro, text, tuple(told) or (NO_SIGNS,), frame)
