"""A sales team whose deals move in daily steps, so simple that what is true of it can be computed (truth.py).

A deal passes four stages to a win or a loss. Each day it may move on, be lost, and have any field filled, with chances that depend on its
kind, its stage and whether enough buyer fields hold an answer, and on nothing else: given these, the future does not depend on the past.
A buyer field and a neutral field are filled alike. What misleads in a CRM is here: promising deals and diligent owners have more filled,
later stages too, one filling in eight says nothing, and much is filled in after a win.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

STAGES: Final = ("Discovery", "Qualification", "Proposal", "Negotiation")
SEGMENTS: Final = ("SMB", "Mid-Market", "Enterprise")
FIELDS: Final = 4
"""Buyer fields, and as many neutral ones; fields are numbered from 0, the buyer's first."""
NEEDED: Final = 2
"""Answered buyer fields from which on a deal is customer-focused, and moves on at another rate where there is an effect."""
DAYS_OF_INTAKE: Final = 900
GROWTH: Final = 2.0
"""Intake on the last day is 1 + GROWTH times that of the first."""
NEVER: Final = 1_000_000

# Chances per day, by stage, of a deal whose kind stands at 0.
MOVE_ON: Final = np.array([0.045, 0.036, 0.030, 0.024])
BE_LOST: Final = np.array([0.013, 0.015, 0.016, 0.017])
BE_FILLED: Final = np.array([0.008, 0.014, 0.020, 0.026])
MOST: Final = 0.4
"""No chance per day exceeds this."""

JUNK_SHARE: Final = 0.12
LATE_AFTER_WIN: Final = 0.5
LATE_AFTER_LOSS: Final = 0.08
"""Chance that an empty field is filled in during the week from the closing on."""

FIT_SHARE: Final = 0.4
SEGMENT_SHARES: Final = np.array([0.5, 0.3, 0.2])
PROGRESS_OF_SEGMENT: Final = np.array([0.1, 0.0, -0.2])
FILLING_OF_SEGMENT: Final = np.array([-0.1, 0.0, 0.2])
PROGRESS_OF_FIT: Final = 0.3
FILLING_OF_FIT: Final = 0.4
SKILL_GOES_WITH_DILIGENCE: Final = 0.6
"""Correlation over owners."""


@dataclass(frozen=True)
class Scenario:
    """What is true in a world. Spreads are standard deviations over owners, of logarithms of rates."""

    name: str
    deals: int
    owners: int
    lift: float = 0.0
    """Logarithm of the factor on moving on once NEEDED buyer fields are answered; the mean over owners."""
    lift_spread: float = 0.0
    skill_spread: float = 0.25
    diligence_spread: float = 0.5
    unseen_progress: float = 0.0
    """What a quality that no CRM records adds to the logarithm of moving on, in one half of the deals; taken off in the other."""
    unseen_filling: float = 0.0
    """The same for filling fields, the buyer's and the neutral ones alike."""
    segment_filling: float = 1.0
    """Weight of FILLING_OF_SEGMENT: at 0 a segment moves on at a pace of its own, but is documented like any other."""
    sound_step: int | None = 5
    """The step of metrics.evidence_ladder whose assumptions hold here: 5, like for like; 6, beyond tidy record-keeping, where something
    unseen drives both; None where too few deals have a partner to hold equal all that misleads."""
    rounds: int = 1
    """Repeated so many times as often as the others: a small world tells less each time, and takes less time."""


SCENARIOS: Final = (
    Scenario("no effect", 20_000, 40),
    Scenario("true effect", 20_000, 40, lift=0.5),
    Scenario("no effect, unseen deal quality", 20_000, 40, unseen_progress=0.35, unseen_filling=0.6, sound_step=6),
    Scenario("owners who differ", 20_000, 40, lift=0.2, lift_spread=0.3, skill_spread=0.4, diligence_spread=0.8),
    Scenario("small company, no effect", 1_500, 12, segment_filling=0.0, rounds=2),
    Scenario("small company, no effect, segments documented unequally", 1_500, 12, sound_step=None, rounds=2),
)


@dataclass(frozen=True)
class Kinds:
    """The kinds of deals: owner x segment x fit, and x unseen quality where there is one; one element per kind."""

    owner: Ints
    segment: Ints
    fits: Flags
    share: Floats
    """Of all deals; adds up to 1."""
    progress: Floats
    """Logarithm of the factor on moving on; half of it is taken off the logarithm of being lost."""
    filling: Floats
    """Logarithm of the factor on filling a field."""
    lift: Floats
    """Logarithm of the further factor on moving on once NEEDED buyer fields are answered."""


@dataclass(frozen=True)
class Deals:
    """Deals as they went until the export, one row per deal. Days are days after creation; NEVER what did not happen by the export."""

    kind: Ints
    """Index into Kinds."""
    age: Ints
    """Days from creation to the export."""
    entered: Ints
    """Deals x stages: day of entry."""
    closed: Ints
    won: Flags
    junk: Ints
    """Deals x fields: day on which a text that is no answer was filled in."""
    answered: Ints
    """Deals x fields: day on which an answer was filled in."""


def draw_kinds(scenario: Scenario, owners: int, rng: np.random.Generator) -> Kinds:
    """Draw owners, and return the kinds of deals that they have; an owner's share of the deals has nothing to do with the rest."""
    skill = rng.standard_normal(owners)
    own = rng.standard_normal(owners)
    diligence = SKILL_GOES_WITH_DILIGENCE * skill + np.sqrt(1 - SKILL_GOES_WITH_DILIGENCE**2) * own
    lift = scenario.lift + scenario.lift_spread * rng.standard_normal(owners)
    size = np.exp(0.3 * rng.standard_normal(owners))
    qualities = np.array([-1.0, 1.0] if scenario.unseen_progress or scenario.unseen_filling else [0.0])
    owner, segment, fit, quality = (axis.ravel() for axis in np.indices((owners, len(SEGMENTS), 2, len(qualities))))
    share = (size / size.sum())[owner] * SEGMENT_SHARES[segment] * np.where(fit == 1, FIT_SHARE, 1 - FIT_SHARE) / len(qualities)
    unseen = qualities[quality]
    return Kinds(
        owner=owner,
        segment=segment,
        fits=fit == 1,
        share=share,
        progress=scenario.skill_spread * skill[owner]
        + PROGRESS_OF_SEGMENT[segment]
        + PROGRESS_OF_FIT * (fit - FIT_SHARE)
        + scenario.unseen_progress * unseen,
        filling=scenario.diligence_spread * diligence[owner]
        + scenario.segment_filling * FILLING_OF_SEGMENT[segment]
        + FILLING_OF_FIT * (fit - FIT_SHARE)
        + scenario.unseen_filling * unseen,
        lift=lift[owner],
    )


def moving_on(kinds: Kinds, kind: Ints, stage: Ints, is_tagged: Flags) -> Floats:
    """Return the chance per day of entering the next stage, or of winning from the last."""
    chance: Floats = np.minimum(MOST, MOVE_ON[stage] * np.exp(kinds.progress[kind] + kinds.lift[kind] * is_tagged))
    return chance


def being_lost(kinds: Kinds, kind: Ints, stage: Ints) -> Floats:
    """Return the chance per day of being lost."""
    chance: Floats = np.minimum(MOST, BE_LOST[stage] * np.exp(-kinds.progress[kind] / 2))
    return chance


def being_filled(kinds: Kinds, kind: Ints, stage: Ints) -> Floats:
    """Return the chance per day that a given field is filled, with an answer or with junk."""
    chance: Floats = np.minimum(MOST, BE_FILLED[stage] * np.exp(kinds.filling[kind]))
    return chance


def draw_deals(kinds: Kinds, number: int, rng: np.random.Generator) -> Deals:
    """Draw deals created at a growing pace, and run each from its creation to the export."""
    kind = rng.choice(len(kinds.share), size=number, p=kinds.share)
    passed = rng.random(number)
    # The share of deals created by a fraction x of the days of intake is (x + GROWTH x² / 2) / (1 + GROWTH / 2): solved for x.
    fraction = (np.sqrt(1 + passed * GROWTH * (2 + GROWTH)) - 1) / GROWTH
    deals = Deals(
        kind=kind,
        age=DAYS_OF_INTAKE - (fraction * DAYS_OF_INTAKE).astype(np.int64),
        entered=np.full((number, len(STAGES)), NEVER),
        closed=np.full(number, NEVER),
        won=np.zeros(number, np.bool_),
        junk=np.full((number, 2 * FIELDS), NEVER),
        answered=np.full((number, 2 * FIELDS), NEVER),
    )
    deals.entered[:, 0] = 0
    _run(kinds, deals, rng)
    _fill_in_late(deals, rng)
    return deals


def _run(kinds: Kinds, deals: Deals, rng: np.random.Generator) -> None:
    stage = np.zeros(len(deals.kind), np.int64)
    live = np.arange(len(deals.kind))
    for day in range(1, DAYS_OF_INTAKE + 1):
        live = live[(deals.closed[live] == NEVER) & (deals.age[live] >= day)]
        kind, now = deals.kind[live], stage[live]
        move = moving_on(kinds, kind, now, (deals.answered[live, :FIELDS] < NEVER).sum(axis=1) >= NEEDED)
        draw = rng.random(len(live))
        moves = draw < move
        wins = moves & (now == len(STAGES) - 1)
        closes = wins | (~moves & (draw < move + being_lost(kinds, kind, now)))
        deals.closed[live[closes]] = day
        deals.won[live[wins]] = True
        advances = live[moves & ~wins]
        stage[advances] += 1
        deals.entered[advances, stage[advances]] = day
        _fill(deals, live[~closes], being_filled(kinds, kind, now)[~closes], day, rng)


def _fill(deals: Deals, live: Ints, chance: Floats, day: int, rng: np.random.Generator) -> None:
    """Fill fields that hold no answer, one in eight with junk; junk that stands there already stays."""
    draw = rng.random((len(live), 2 * FIELDS))
    row, field = np.nonzero(draw < chance[:, None])
    is_answer = draw[row, field] < chance[row] * (1 - JUNK_SHARE)
    _note(deals, live[row], field, np.full(len(row), day), is_answer)


def _fill_in_late(deals: Deals, rng: np.random.Generator) -> None:
    """Fill empty fields in the week from the closing on, mostly of won deals, where the week is over by the export."""
    chance = np.where(deals.won, LATE_AFTER_WIN, LATE_AFTER_LOSS) * (deals.closed + 7 <= deals.age)
    is_empty = (deals.answered == NEVER) & (deals.junk == NEVER)
    row, field = np.nonzero(is_empty & (rng.random(is_empty.shape) < chance[:, None]))
    day = deals.closed[row] + rng.integers(0, 7, len(row))
    _note(deals, row, field, day, rng.random(len(row)) >= JUNK_SHARE)


def _note(deals: Deals, deal: Ints, field: Ints, day: Ints, is_answer: Flags) -> None:
    is_new = deals.answered[deal, field] == NEVER
    answer, junk = is_new & is_answer, is_new & ~is_answer & (deals.junk[deal, field] == NEVER)
    deals.answered[deal[answer], field[answer]] = day[answer]
    deals.junk[deal[junk], field[junk]] = day[junk]
