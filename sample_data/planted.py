"""The planted effect: what a perfect like-for-like comparison of the simulated deals would find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sample_data import clock, world

LANDMARK_DAY: Final = 30
HORIZON_DAY: Final = 210
CHUNK: Final = 100_000


@dataclass(frozen=True)
class Effect:
    """The true difference in the chance of being won, answers known against not known."""

    points: float
    """Points of win rate (percent)."""
    standard_error: float
    """Simulation error of `points`, in points."""
    how: str
    """How it was computed, in words."""


NONE = Effect(0.0, 0.0, "Zero by construction: in this scenario answers change nothing.")


def effect(setting: world.Setting, deals: int) -> Effect:
    """Return the planted effect for this team, from `deals` simulated deals run twice.

    Among deals open at the end of day 30 after creation: the difference in the share won by the end of day 210
    between deals with and without 3 real buyer answers on day 30. Within each stratum (stage and owner on day 30,
    segment, fit, type) the same unanswered deals are run with the same draws as they are and as if answered from day
    30 on; strata are weighted n1 x n0 / (n1 + n0), as Mantel and Haenszel do.
    """
    if setting.scenario.lift == 1.0:
        return NONE
    pieces = [_both_arms(setting, piece, min(CHUNK, deals - first)) for piece, first in enumerate(range(0, deals, CHUNK))]
    stratum, tagged, gain = (np.concatenate(column) for column in zip(*pieces, strict=True))
    with_tag, without = (
        np.bincount(stratum[tagged], minlength=stratum.max() + 1),
        np.bincount(stratum[~tagged], minlength=stratum.max() + 1),
    )
    usable = (with_tag > 0) & (without > 0)
    weight = np.zeros(len(without))
    weight[usable] = with_tag[usable] / (with_tag + without)[usable]
    share = weight[stratum[~tagged]] / (weight * without).sum()
    points = float((share * gain[~tagged]).sum())
    error = float(np.sqrt((share**2 * (gain[~tagged] - points) ** 2).sum()))
    how = (
        f"{deals:,} simulated deals of this team, both arms from the same draws: deals open at the end of day "
        f"{LANDMARK_DAY} without {world.ANSWERS_NEEDED} real buyer answers, run on as they are and as if answered from "
        f"then on; difference in the share won by the end of day {HORIZON_DAY}, within stage and owner on day "
        f"{LANDMARK_DAY} x segment x fit x type, Mantel-Haenszel weights."
    )
    return Effect(round(100 * points, 2), round(100 * error, 2), how)


def _both_arms(setting: world.Setting, piece: int, number: int) -> tuple[clock.Ints, clock.Flags, clock.Floats]:
    """Return stratum, tag on day 30 and gain (won if answered, minus won as is) of the deals open on day 30."""
    root = np.random.SeedSequence([setting.seed, 99, piece])
    start = np.random.default_rng(root)
    deals = world.draw_deals(world.creation_moments(0, number, number, start), setting, start)
    day = clock.calendar_day(deals.created)
    landmark, horizon = clock.end_of_day(day + LANDMARK_DAY), clock.end_of_day(day + HORIZON_DAY)
    draws = root.spawn(1)[0]
    as_is = world.journey(deals, setting, horizon, np.random.default_rng(draws))
    answered = world.journey(deals, setting, horizon, np.random.default_rng(draws), answered_from=landmark)
    row = as_is.spells.row_at(np.arange(number), landmark)
    stage, owner = as_is.spells.stage[row], as_is.spells.owner[row]
    stratum = (((stage * len(setting.owners.share) + owner) * 3 + deals.segment) * 2 + deals.fit) * 2 + deals.existing
    gain = _won(answered).astype(np.float64) - _won(as_is)
    still_open = stage < world.WON
    return stratum[still_open], (as_is.tagged <= landmark)[still_open], gain[still_open]


def _won(run: world.Journey) -> clock.Flags:
    """Return which deals are won at the end of their run."""
    return np.asarray(run.spells.stage[run.spells.last] == world.WON)
