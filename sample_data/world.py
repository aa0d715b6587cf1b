"""The simulated sales team: who sells, how deals move, and when the buyer's answers become known.

Times are working days, see `clock`.

A deal moves through four open stages to a win or a loss. In each stage it moves on, is lost or steps
back at constant rates, and its fields fill at a constant rate: given what the CRM records on a day
(stage, owner, segment, fit, type), the future does not depend on the past. That is what makes a
like-for-like comparison right here, and the planted effect computable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.clock import HORIZON, LAST_DAY, NEVER, Flags, Floats, Ints, end_of_day

DAYS_OF_INTAKE = 900
"""Calendar days over which deals are created, up to `AS_OF`."""
GROWTH = 2.0
"""Intake on the last day is 1 + GROWTH times that of the first."""

DISCOVERY, QUALIFICATION, PROPOSAL, NEGOTIATION, WON, LOST = range(6)
SEGMENTS = ("SMB", "Mid-Market", "Enterprise")
TEAMS = ("DACH", "Nordics & Benelux", "UK & Ireland", "Southern Europe", "New Markets")
BUYER_FIELDS = 6
ANSWERS_NEEDED = 3
"""Real buyer answers from which on a deal moves faster, where an effect is planted."""

SEGMENT_SHARE = (0.50, 0.32, 0.18)
FIT_SHARE = 0.45
EXISTING_SHARE = 0.30
PASTERS = 2
JUNK_SHARE = 0.105
JUNK_SHARE_OF_PASTERS = 0.40
"""Share of typed-in texts that say nothing; 12% over all owners."""
PICK_LIST = 6
"""The field, counted as in `FIELD_WEIGHT`, that can hold no junk because one picks its value."""

# Per working day, by stage; for the mid-market segment, an average owner, no fit, new business.
MOVE_ON = np.array([0.0165, 0.034, 0.043, 0.055, 0.0, 0.0])
BE_LOST = np.array([0.0190, 0.026, 0.027, 0.024, 0.0, 0.0])
STEP_BACK = np.array([0.0, 0.003, 0.004, 0.004, 0.0, 0.0])
TEMPO = np.array([1.38, 0.95, 0.50])
"""How fast everything goes, by segment."""

# A field's filling rate is FILL x the stage's factor x the field's weight x the person's habits.
FILL = 0.0145
FILL_BY_STAGE = np.array([0.75, 1.5, 2.1, 2.6, 0.0, 0.0])
FILL_AT_CREATION = 0.042
"""What is known on creation, in the same unit as the filling rate summed over time."""
FIELD_WEIGHT = np.array([1.25, 0.85, 0.95, 0.90, 1.0, 1.05, 1.15, 0.95, 0.80])
"""Six buyer fields, then three neutral ones."""

HANDOVER = 0.03
"""Chance that a deal gets another owner of the same team when it moves on."""
REOPEN = 0.025
"""Chance that a lost deal comes back, once, after 10 to 50 working days."""


@dataclass(frozen=True)
class Scenario:
    """What is true in a simulated world."""

    lift: float
    """Factor on the rate of moving on once `ANSWERS_NEEDED` real buyer answers are known."""
    pace: float
    """Factor on everyone's rate of moving on, set so that the worlds win about equally often."""
    heat: float
    """Weight of an unrecorded deal quality that drives both filling and winning."""
    has_field_history: bool
    """Whether the CRM kept the history of field changes."""


SCENARIOS = {
    "effect": Scenario(lift=2.1, pace=1.0, heat=0.0, has_field_history=True),
    "null": Scenario(lift=1.0, pace=1.42, heat=0.0, has_field_history=True),
    "unseen": Scenario(lift=1.0, pace=1.15, heat=0.6, has_field_history=True),
    "no-history": Scenario(lift=2.1, pace=1.0, heat=0.0, has_field_history=False),
}


@dataclass(frozen=True)
class Owners:
    """The sales team, one element per owner."""

    skill: Floats
    """Standardised; raises the rate of winning."""
    diligence: Floats
    """Standardised, correlated 0.6 with skill; raises the rate at which any field is filled."""
    team: Ints
    """Index into `TEAMS`."""
    share: Floats
    """Share of new deals; sums to 1."""
    pastes: Flags
    """The two who paste one sentence into many deals."""


@dataclass(frozen=True)
class Setting:
    """A simulated world: its rules, its people, and the seed of all that is drawn in it."""

    scenario: Scenario
    owners: Owners
    seed: int


@dataclass(frozen=True)
class Deals:
    """Deals as they are created, one element per deal, in order of creation."""

    created: Floats
    """Working days."""
    owner: Ints
    """Owner at creation, index into `Owners`."""
    segment: Ints
    """Index into `SEGMENTS`."""
    fit: Flags
    """Whether the prospect fits the ideal customer profile."""
    existing: Flags
    """Whether the account is a customer already."""
    heat: Floats
    """Unrecorded quality; 0 where the scenario has none."""
    need: Floats
    """Deals x 9: how much must be known before a field is filled; the buyer's first, see `FIELD_WEIGHT`."""
    junk: Flags
    """Deals x 9: whether what is typed in first says nothing."""

    @property
    def need_of_tag(self) -> Floats:
        """How much must be known before `ANSWERS_NEEDED` real buyer answers are filled."""
        real = np.where(self.junk[:, :BUYER_FIELDS], NEVER, self.need[:, :BUYER_FIELDS])
        third: Floats = np.sort(real, axis=1)[:, ANSWERS_NEEDED - 1]
        return third


@dataclass(frozen=True)
class Spells:
    """Every stay of a deal in a stage, in order of deal, then time."""

    deal: Ints
    start: Floats
    """Working days."""
    stage: Ints
    owner: Ints
    """Owner during the stay."""

    @property
    def first(self) -> Ints:
        """Row of each deal's first spell."""
        return np.flatnonzero(np.r_[True, self.deal[1:] != self.deal[:-1]])

    @property
    def last(self) -> Ints:
        """Row of each deal's last spell."""
        rows: Ints = np.r_[self.first[1:] - 1, len(self.deal) - 1]
        return rows

    def row_at(self, deal: Ints, moment: Floats) -> Ints:
        """Return the row of the spell in which each `deal` is at `moment` (working days)."""
        row: Ints = np.searchsorted(self.deal * 1e4 + self.start, deal * 1e4 + moment, side="right") - 1
        return row


@dataclass(frozen=True)
class Journey:
    """What became of the deals, up to a horizon."""

    spells: Spells
    filled: Floats
    """Deals x 9: when the field was filled while the deal was open (working days), else `NEVER`."""
    filled_by: Ints
    """Deals x 9: the owner at that time."""
    tagged: Floats
    """When `ANSWERS_NEEDED` real buyer answers were known (working days), else `NEVER`."""

    @property
    def ending(self) -> tuple[Ints, Floats, Ints]:
        """Each deal's last stage, when it was closed (`NEVER` if it is open) and its last owner."""
        last = self.spells.last
        stage = self.spells.stage[last]
        return stage, np.where(stage >= WON, self.spells.start[last], NEVER), self.spells.owner[last]


def draw_owners(number: int, rng: np.random.Generator) -> Owners:
    """Return a team of `number` owners whose skill and diligence correlate exactly 0.6."""
    pair = rng.normal(size=(number, 2))
    pair -= pair.mean(axis=0)
    pair[:, 1] -= pair[:, 0] * (pair[:, 0] @ pair[:, 1]) / (pair[:, 0] @ pair[:, 0])
    skill, own = (pair / pair.std(axis=0)).T
    share = rng.gamma(6.0, size=number)
    team = rng.permutation(np.arange(number) % len(TEAMS)).astype(np.int64)
    pastes = rng.permutation(number) < PASTERS
    return Owners(skill, 0.6 * skill + 0.8 * own, team, share / share.sum(), pastes)


def draw_deals(created: Floats, setting: Setting, rng: np.random.Generator) -> Deals:
    """Return deals created at the given moments (working days)."""
    owners = setting.owners
    number, fields = len(created), len(FIELD_WEIGHT)
    owner = rng.choice(len(owners.share), number, p=owners.share).astype(np.int64)
    share = np.repeat(np.where(owners.pastes[owner], JUNK_SHARE_OF_PASTERS, JUNK_SHARE)[:, None], fields, axis=1)
    share[:, PICK_LIST] = 0.0
    return Deals(
        created=created,
        owner=owner,
        segment=rng.choice(len(SEGMENTS), number, p=SEGMENT_SHARE).astype(np.int64),
        fit=rng.random(number) < FIT_SHARE,
        existing=rng.random(number) < EXISTING_SHARE,
        heat=setting.scenario.heat * rng.normal(size=number),
        need=rng.exponential(size=(number, fields)) / FIELD_WEIGHT,
        junk=rng.random((number, fields)) < share,
    )


def creation_moments(first: int, number: int, total: int, rng: np.random.Generator) -> Floats:
    """Return when deals `first` to `first + number` of `total` are created, in order (working days)."""
    place = (first + np.arange(number) + rng.random(number)) / total
    grown = (np.sqrt(1 + GROWTH * (GROWTH + 2) * place) - 1) / GROWTH
    start = end_of_day(np.array([LAST_DAY - DAYS_OF_INTAKE - 1]))
    return start + (HORIZON - 1e-3 - start) * grown


def fill_habit(deals: Deals, diligence: Floats, who: Ints) -> Floats:
    """Return the factor by which the owner, the fit and the heat of deals `who` raise their filling."""
    return np.exp(0.5 * diligence + 0.30 * deals.fit[who] + 1.0 * deals.heat[who])


@dataclass
class _Course:
    """Where the deals under way stand; changes as `journey` goes on. One element per deal."""

    deals: Deals
    owners: Owners
    scenario: Scenario
    horizon: Floats
    answered_from: Floats
    clock: Floats
    known: Floats
    stage: Ints
    owner: Ints
    reopened: Flags
    filled: Floats
    filled_by: Ints
    tagged: Floats

    def rates(self, who: Ints) -> tuple[Floats, Floats, Floats]:
        """Return the rates of moving on, being lost and stepping back, without any effect."""
        deals, stage, skill = self.deals, self.stage[who], self.owners.skill[self.owner[who]]
        tempo = TEMPO[deals.segment[who]]
        better = 0.20 * skill + 0.28 * deals.fit[who] + 0.20 * deals.existing[who] + 0.9 * deals.heat[who]
        on, lost = self.scenario.pace * MOVE_ON[stage] * np.exp(better), BE_LOST[stage] * np.exp(-0.5 * better)
        return on * tempo, lost * tempo, STEP_BACK[stage] * tempo

    def leave(self, who: Ints, draws: Floats) -> tuple[Floats, Ints]:
        """Return when deals `who` leave their stage and for which one; fill fields on the way."""
        on, lost, back = self.rates(who)
        habit = fill_habit(self.deals, self.owners.diligence[self.owner[who]], who)
        fill = FILL * FILL_BY_STAGE[self.stage[who]] * TEMPO[self.deals.segment[who]] * habit
        now = self.clock[who]
        known_tag = now + np.maximum(self.deals.need_of_tag[who] - self.known[who], 0) / fill
        tag = np.minimum(known_tag, np.maximum(now, self.answered_from[who]))
        slow, fast = on + lost + back, self.scenario.lift * on + lost + back
        patience = -np.log1p(-draws[0, who])
        early = patience <= slow * (tag - now)
        end = np.where(early, now + patience / slow, tag + (patience - slow * (tag - now)) / fast)
        on = np.where(early, on, self.scenario.lift * on)
        throw = draws[1, who] * np.where(early, slow, fast)
        step = np.where(throw < on, 1, np.where(throw < on + back, -1, LOST))
        after = np.where(step == LOST, LOST, self.stage[who] + step)
        self._fill(who, fill, np.minimum(end, self.horizon[who]))
        return end, after

    def _fill(self, who: Ints, fill: Floats, until: Floats) -> None:
        """Fill the fields of deals `who` that become known between their clock and `until`."""
        before, need = self.known[who], self.deals.need[who]
        after = before + fill * (until - self.clock[who])
        row, field = np.nonzero((need > before[:, None]) & (need <= after[:, None]))
        deal = who[row]
        self.filled[deal, field] = self.clock[deal] + (need[row, field] - before[row]) / fill[row]
        self.filled_by[deal, field] = self.owner[deal]
        tag = self.deals.need_of_tag[who]
        new = (tag > before) & (tag <= after)
        self.tagged[who[new]] = self.clock[who[new]] + (tag[new] - before[new]) / fill[new]
        self.known[who] = after

    def hand_over(self, who: Ints, draws: Floats) -> None:
        """Give some of the deals `who` to another owner of the same team."""
        chosen = who[draws[2, who] < HANDOVER]
        order = np.argsort(self.owners.team, kind="stable")
        place = np.argsort(order, kind="stable")
        team = self.owners.team[self.owner[chosen]]
        first = np.searchsorted(self.owners.team[order], team)
        size = np.searchsorted(self.owners.team[order], team, side="right") - first
        shift = 1 + (draws[3, chosen] * np.maximum(size - 1, 1)).astype(np.int64)
        self.owner[chosen] = order[first + (place[self.owner[chosen]] - first + shift) % size]


def _set_out(deals: Deals, setting: Setting, horizon: Floats, answered_from: Floats) -> _Course:
    """Return the deals as they stand right after creation."""
    everyone = np.arange(len(deals.created))
    known = FILL_AT_CREATION * fill_habit(deals, setting.owners.diligence[deals.owner], everyone)
    at_once = deals.need <= known[:, None]
    return _Course(
        deals=deals,
        owners=setting.owners,
        scenario=setting.scenario,
        horizon=horizon,
        answered_from=answered_from,
        clock=deals.created.copy(),
        known=known,
        stage=np.full(len(everyone), DISCOVERY),
        owner=deals.owner.copy(),
        reopened=np.zeros(len(everyone), dtype=np.bool_),
        filled=np.where(at_once, deals.created[:, None], NEVER),
        filled_by=np.where(at_once, deals.owner[:, None], -1),
        tagged=np.where(deals.need_of_tag <= known, deals.created, NEVER),
    )


def journey(
    deals: Deals,
    setting: Setting,
    horizon: Floats,
    rng: np.random.Generator,
    answered_from: Floats | None = None,
) -> Journey:
    """Let the deals run from creation to `horizon` (working days, per deal).

    From `answered_from` on (working days, per deal) a deal moves as if its answers were known, whether they are or
    not. The draws do not depend on it, so two runs from the same seed are the same deals in both arms.
    """
    number = len(deals.created)
    course = _set_out(deals, setting, horizon, np.full(number, NEVER) if answered_from is None else answered_from)
    who = np.arange(number)
    laps = [(who, course.clock[who], course.stage[who], course.owner[who])]
    while len(who):
        draws = rng.random((6, number))
        end, after = course.leave(who, draws)
        inside = end <= horizon[who]
        who, end, after = who[inside], end[inside], after[inside]
        before = course.stage[who]
        course.clock[who], course.stage[who] = end, after
        course.hand_over(who[(after > before) & (after < WON)], draws)
        laps.append((who, end, after, course.owner[who]))
        back = (after == LOST) & ~course.reopened[who] & (draws[4, who] < REOPEN)
        again, to = who[back], before[back]
        course.reopened[again] = True
        course.clock[again] += 10 + 40 * draws[5, again]
        course.stage[again] = to
        again = again[course.clock[again] <= horizon[again]]
        laps.append((again, course.clock[again], course.stage[again], course.owner[again]))
        who = np.union1d(who[after < WON], again)
    return Journey(_in_order(laps), course.filled, course.filled_by, course.tagged)


def _in_order(laps: list[tuple[Ints, Floats, Ints, Ints]]) -> Spells:
    """Return the spells recorded lap by lap, sorted by deal and time."""
    deal, start, stage, owner = (np.concatenate(column) for column in zip(*laps, strict=True))
    order = np.lexsort((start, deal))
    return Spells(deal[order], start[order], stage[order], owner[order])
