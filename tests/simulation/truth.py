"""What is true in a world of world.py, computed exactly from powers of its daily step, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np

from tests.simulation.world import FIELDS, JUNK_SHARE, NEEDED, STAGES, Floats, Ints, Kinds, being_filled, being_lost, moving_on

LEVELS: Final = NEEDED + 1
"""Answered buyer fields that are told apart: from NEEDED on nothing changes any more."""
OPEN: Final = len(STAGES) * LEVELS
"""States in which a deal is open: stage x level."""
WON, LOST, DAYS = OPEN, OPEN + 1, OPEN + 2
"""The other states; DAYS is none, but counts the days that begin with an open deal, so that a power of the step adds them up."""


@dataclass(frozen=True)
class Truth:
    """The like-for-like differences, customer-focused less seller-focused."""

    win_rate: float
    """Share won by the horizon, 0 to 1."""
    days_open: float
    """Days open after the landmark, up to the horizon."""


def true_differences(kinds: Kinds, landmark_day: int, horizon_days: int) -> Truth:
    """Return the differences between deals of one kind and stage at the landmark, weighted n1 x n0 / n over kinds and stages.

    Source: Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748 for the weights; the rest is the Markov property.
    """
    step = daily_step(kinds)
    shape = (-1, len(STAGES), LEVELS)
    at_landmark = np.linalg.matrix_power(step, landmark_day)[:, 0, :OPEN].reshape(shape) * kinds.share[:, None, None]
    outcome = np.linalg.matrix_power(step, horizon_days)[:, :OPEN, [WON, DAYS]].reshape(*shape, 2)
    seller = at_landmark[..., :NEEDED]
    with_tag, without = at_landmark[..., NEEDED], seller.sum(axis=2)
    gain = outcome[..., NEEDED, :] - (seller[..., None] * outcome[..., :NEEDED, :]).sum(axis=2) / without[..., None]
    weight = with_tag * without / (with_tag + without)
    win_rate, days_open = (weight[..., None] * gain).sum(axis=(0, 1)) / weight.sum()
    return Truth(float(win_rate), float(days_open))


def daily_step(kinds: Kinds) -> Floats:
    """Return kinds x states x states: the chances of a day, from the state in the row to that in the column."""
    kind = np.arange(len(kinds.share))
    step = np.zeros((len(kind), DAYS + 1, DAYS + 1))
    step[:, WON, WON] = step[:, LOST, LOST] = step[:, DAYS, DAYS] = step[:, :OPEN, DAYS] = 1
    for stage in range(len(STAGES)):
        now: Ints = np.full(len(kind), stage)
        lost = being_lost(kinds, kind, now)
        answer = being_filled(kinds, kind, now) * (1 - JUNK_SHARE)
        for level in range(LEVELS):
            state = stage * LEVELS + level
            move = moving_on(kinds, kind, now, np.full(len(kind), level >= NEEDED))
            step[:, state, LOST] = lost
            if stage == len(STAGES) - 1:
                step[:, state, WON] = move
            for new_level, chance in enumerate(_new_levels(level, answer)):
                step[:, state, stage * LEVELS + new_level] = (1 - move - lost) * chance
                if stage < len(STAGES) - 1:
                    step[:, state, (stage + 1) * LEVELS + new_level] = move * chance
    return step


def _new_levels(level: int, answer: Floats) -> list[Floats]:
    """Return, by level of the next day, its chance when each of the fields left is answered with the same chance: binomial."""
    left = FIELDS - level
    more = [comb(left, k) * answer**k * (1 - answer) ** (left - k) for k in range(left + 1)]
    chances = [np.zeros_like(answer) for _ in range(LEVELS)]
    for k, chance in enumerate(more):
        chances[min(NEEDED, level + k)] = chances[min(NEEDED, level + k)] + chance
    return chances
