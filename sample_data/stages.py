"""The saved changes of stage, amount and close date, as a CRM logs them.

Times are working days on the clock of `world`, close dates calendar days since its origin.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from sample_data.clock import HORIZON, Flags, Floats, Ints, calendar_day, end_of_day
from sample_data.world import DISCOVERY, LOST, PROPOSAL, WON, Deals, Journey

UNPRICED: Final = -1
"""An amount that is not known yet."""
UNPRICED_SHARE: Final = 0.12
"""Share of deals created without an amount; they get one with the proposal."""
CLOSE_SETS_DATE: Final = 0.85
"""Share of closes that set the close date to the day; the others leave the forecast."""
PUSHED: Final = 0.85
"""Share of deals whose close date is pushed whenever it has passed."""
REVISED: Final = 0.45
"""Chance that the amount is changed during a stay in a stage, from the second stage on."""
CORRECTED: Final = 0.02
"""Share of closed deals whose close date is changed after the close."""
MEDIAN_AMOUNT: Final = np.array([9_000.0, 32_000.0, 120_000.0])
"""EUR, by segment."""
FIRST_GUESS: Final = np.array([30.0, 50.0, 85.0])
"""Calendar days from creation to the first close date, at the median, by segment."""


def stage_rows(deals: Deals, run: Journey, rng: np.random.Generator) -> pl.DataFrame:
    """Return one row per saved change of stage, amount or close date, sorted by deal and time.

    Columns: deal, by (owner), at (working days), first (is the deal's first row), stage, stage_before, amount,
    amount_before (EUR, `UNPRICED` if none), close, close_before (calendar days since `ORIGIN`).
    """
    due = _first_guess(deals, rng)
    events = [_stage_events(run, due, rng), _pushes(run, due, rng), _revisions(run, rng), _late_corrections(run, rng)]
    deal, at, stage, close, factor, by = (np.concatenate(column) for column in zip(*events, strict=True))
    order = np.lexsort((stage < 0, at, deal))
    deal, at, by = deal[order], at[order], by[order]
    first = np.r_[True, deal[1:] != deal[:-1]]
    stage, close = _carried(stage[order]), _carried(close[order])
    amount = _amounts(deals.segment[deal[first]], first, stage, factor[order], rng)
    frame = pl.DataFrame({"deal": deal, "by": by, "at": at, "first": first, "stage": stage, "amount": amount, "close": close})
    frame = frame.with_columns(pl.col("stage", "amount", "close").shift(1).fill_null(-1).name.suffix("_before"))
    same = [pl.col(name) == pl.col(f"{name}_before") for name in ("stage", "amount", "close")]
    return frame.filter(pl.col("first") | ~pl.all_horizontal(same))


def _carried(values: Ints) -> Ints:
    """Return the values with each gap (below 0) filled from the row before."""
    carried: Ints = values[np.maximum.accumulate(np.where(values >= 0, np.arange(len(values)), 0))]
    return carried


def _amounts(segment: Ints, first: Flags, stage: Ints, factor: Floats, rng: np.random.Generator) -> Ints:
    """Return the amount as of each row: the first guess times all revisions; some stay without until a proposal."""
    deal = np.cumsum(first) - 1
    start = MEDIAN_AMOUNT[segment] * np.exp(rng.normal(0.0, 0.7, len(segment)))
    steps = np.cumsum(factor)
    amount = np.maximum(100 * np.round(start[deal] * np.exp(steps - steps[first][deal]) / 100), 500).astype(np.int64)
    row = np.arange(len(deal))
    priced_at = np.minimum.reduceat(np.where((stage >= PROPOSAL) & (stage != LOST), row, len(row)), row[first])
    unpriced = (rng.random(len(segment)) < UNPRICED_SHARE)[deal] & (row < priced_at[deal])
    return np.where(unpriced, UNPRICED, amount)


_Events = tuple[Ints, Floats, Ints, Ints, Floats, Ints]
"""deal, at, stage (-1 unchanged), close (-1 unchanged), log factor on the amount, by."""


def _first_guess(deals: Deals, rng: np.random.Generator) -> Ints:
    """Return the close date guessed at creation, per deal (calendar days since `ORIGIN`)."""
    guess = FIRST_GUESS[deals.segment] * np.exp(rng.normal(0.0, 0.3, len(deals.created)))
    return np.asarray(calendar_day(deals.created) + 7 + np.floor(guess), dtype=np.int64)


def _stage_events(run: Journey, due: Ints, rng: np.random.Generator) -> _Events:
    """Return one event per spell: creation, moves, closes (most set the close date), re-openings."""
    spells = run.spells
    day = calendar_day(spells.start)
    sets_date = (spells.stage >= WON) & (rng.random(len(day)) < CLOSE_SETS_DATE)
    again = np.r_[False, (spells.stage[:-1] == LOST) & (spells.deal[1:] == spells.deal[:-1])]
    close = np.select([sets_date, again], [day, day + 45], -1)
    close[spells.first] = due
    return spells.deal, spells.start, spells.stage, close, np.zeros(len(day)), spells.owner


def _pushes(run: Journey, due: Ints, rng: np.random.Generator) -> _Events:
    """Return the events that push a close date that has passed; some deals never get one."""
    _, closed, _ = run.ending
    due, who = due.copy(), np.flatnonzero(rng.random(len(due)) < PUSHED)
    pushed: list[tuple[Ints, Floats, Ints]] = []
    while len(who):
        at = end_of_day(due[who]) + rng.exponential(2.0, len(who))
        in_time = at < np.minimum(closed[who], HORIZON)
        who, at = who[in_time], at[in_time]
        due[who] = calendar_day(at) + rng.integers(14, 50, len(who))
        pushed.append((who, at, due[who]))
    deal, moment, close = (np.concatenate(column) for column in zip(*pushed, strict=True))
    return _while_open(run, deal, moment, close, np.zeros(len(deal)))


def _revisions(run: Journey, rng: np.random.Generator) -> _Events:
    """Return the events that change an amount while a deal is open."""
    spells = run.spells
    until = np.r_[spells.start[1:], HORIZON]
    until[spells.last] = HORIZON
    chosen = (spells.stage > DISCOVERY) & (spells.stage < WON) & (rng.random(len(until)) < REVISED)
    moment = (spells.start + (until - spells.start) * rng.random(len(until)) * 0.8)[chosen]
    factor = rng.normal(-0.02, 0.2, len(moment))
    return _while_open(run, spells.deal[chosen], moment, np.full(len(moment), -1), factor)


def _late_corrections(run: Journey, rng: np.random.Generator) -> _Events:
    """Return the events that move the close date of a deal that is closed already, to a later day."""
    _, closed, owner = run.ending
    moment = closed + 0.1 + rng.exponential(8.0, len(closed))
    deal = np.flatnonzero((rng.random(len(closed)) < CORRECTED) & (moment <= HORIZON))
    close = calendar_day(closed[deal]) + rng.integers(1, 21, len(deal))
    return deal, moment[deal], np.full(len(deal), -1), close, np.zeros(len(deal)), owner[deal]


def _while_open(run: Journey, deal: Ints, moment: Floats, close: Ints, factor: Floats) -> _Events:
    """Return events by the owner of the moment, without those of deals that are lost for a while."""
    row = run.spells.row_at(deal, moment)
    keep = run.spells.stage[row] < WON
    events = (deal, moment, np.full(len(deal), -1), close, factor, run.spells.owner[row])
    return tuple(column[keep] for column in events)  # type: ignore[return-value]
