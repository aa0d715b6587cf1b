"""A run of deals with everything that was ever typed about them: what a CRM's export is written from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import answers, stages, texts, world
from sample_data.clock import HORIZON, Floats, Ints
from sample_data.world import LOST, WON

ACCOUNTS_PER_DEAL = 0.45
RENAMED = 0.015
"""Share of deals whose name is changed after a while."""
SOURCE_CORRECTED = 0.02
"""Share of deals whose lead source is corrected after a while."""
NEXT_STEP_CHANGED = 0.95
"""Chance that another next step is written down during a stay in a stage."""

UP_TO_REASON = np.cumsum([0.36, 0.36, 0.12, 0.09])
UP_TO_EARLY_REASON = np.cumsum([0.22, 0.04])
"""Shares of `texts.LOSS_REASONS`, and among losses of the first stage of `Disqualified` and `Duplicate`."""


@dataclass(frozen=True)
class Book:
    """Deals created one after the other, and their records. Arrays and series: one element per deal."""

    first: int
    """Number of the first deal, counted over all deals."""
    deals: world.Deals
    run: world.Journey
    typed: pl.DataFrame
    """See `answers.entries`."""
    stage_rows: pl.DataFrame
    """See `stages.stage_rows`."""
    changes: pl.DataFrame
    """deal, by, at (working days), field (API name), old, new: changes of all other fields but the owner."""
    account: Ints
    """Number of the account, counted from the first of this book."""
    accounts: pl.DataFrame
    """One row per account: name, segment (index), existing (is a customer), city (index into `texts.CITIES`)."""
    name: pl.Series
    source: Ints
    """Lead source today, index into `texts.LEAD_SOURCES`."""
    next_step: pl.Series
    """Next step today."""
    loss_reason: pl.Series
    """Why it was lost; empty if it was not, or nobody said."""

    @property
    def number(self) -> int:
        """How many deals there are."""
        return len(self.deals.created)

    @property
    def modified(self) -> Floats:
        """When each deal was last changed, in working days."""
        latest = self.deals.created.copy()
        for rows in (self.stage_rows, self.changes):
            np.maximum.at(latest, rows["deal"].to_numpy(), rows["at"].to_numpy())
        return latest


def draw_book(first: int, number: int, total: int, setting: world.Setting) -> Book:
    """Return deals `first` to `first + number` of `total`, let them run and write down what people record."""
    rng = np.random.default_rng([setting.seed, 1, first])
    deals = world.draw_deals(world.creation_moments(first, number, total, rng), setting, rng)
    run = world.journey(deals, setting, np.full(number, HORIZON), rng)
    product = rng.integers(len(texts.PRODUCT_LINES), size=number)
    typed = answers.entries(deals, setting.owners, run, product, rng)
    account, accounts = _draw_accounts(deals, rng)
    name = _deal_names(accounts["name"].gather(account), product, rng)
    source = rng.integers(len(texts.LEAD_SOURCES), size=number)
    next_step, steps = _next_steps(run, rng)
    changes = [
        answers.field_changes(typed, run.ending[2]),
        steps,
        _renamings(run, name, rng),
        _corrections(run, source, rng),
    ]
    return Book(
        first=first,
        deals=deals,
        run=run,
        typed=typed,
        stage_rows=stages.stage_rows(deals, run, rng),
        changes=pl.concat(changes),
        account=account,
        accounts=accounts,
        name=name,
        source=source,
        next_step=next_step,
        loss_reason=_loss_reasons(run, rng),
    )


def _draw_accounts(deals: world.Deals, rng: np.random.Generator) -> tuple[Ints, pl.DataFrame]:
    """Return the account of each deal, of the deal's segment, and the accounts."""
    wanted = np.bincount(deals.segment, minlength=len(world.SEGMENTS))
    size = np.maximum(1, (ACCOUNTS_PER_DEAL * wanted).astype(np.int64))
    start = np.r_[0, np.cumsum(size)[:-1]]
    account = start[deals.segment] + (rng.random(len(deals.segment)) * size[deals.segment]).astype(np.int64)
    number = int(size.sum())
    words = [texts.COMPANY_STEMS, texts.COMPANY_TRADES, texts.COMPANY_FORMS]
    parts = [pl.Series(choice).gather(rng.integers(len(choice), size=number)) for choice in words]
    accounts = pl.DataFrame(
        {
            "name": parts[0] + " " + parts[1] + " " + parts[2],
            "segment": np.repeat(np.arange(len(size)), size),
            "existing": np.isin(np.arange(number), account[deals.existing]),
            "city": rng.integers(len(texts.CITIES), size=number),
        }
    )
    return account, accounts


def _deal_names(company: pl.Series, product: Ints, rng: np.random.Generator) -> pl.Series:
    """Return what the deals are called: the company, the product, in the order that the owner likes."""
    frame = pl.DataFrame(
        {
            "company": company,
            "product": pl.Series(texts.PRODUCT_LINES).gather(product),
            "form": rng.integers(4, size=len(product)),
            "sites": rng.integers(2, 40, len(product)),
        }
    )
    forms = (
        pl.format("{} - {}", "company", "product"),
        pl.format("{} {} ({} sites)", "company", "product", "sites"),
        pl.format("{} / {}", "product", "company"),
    )
    chosen = pl.when(pl.col("form") == 0).then(forms[0]).when(pl.col("form") == 1).then(forms[1])
    return frame.select(chosen.when(pl.col("form") == 2).then(forms[2]).otherwise("company")).to_series()  # noqa: PLR2004


def _rows(field: str, saved: tuple[Ints, Ints, Floats], old: pl.Series, new: pl.Series) -> pl.DataFrame:
    """Return changes of one field in the columns of `Book.changes`; `saved` is deal, owner and time."""
    deal, by, at = saved
    return pl.DataFrame({"deal": deal, "field": field, "by": by, "at": at, "old": old, "new": new})


def _next_steps(run: world.Journey, rng: np.random.Generator) -> tuple[pl.Series, pl.DataFrame]:
    """Return the next step that stands today, and all changes of it: at most one per stay in a stage."""
    spells = run.spells
    until = np.r_[spells.start[1:], HORIZON]
    until[spells.last] = HORIZON
    chosen = np.flatnonzero((spells.stage < WON) & (rng.random(len(until)) < NEXT_STEP_CHANGED))
    moment = spells.start[chosen] + (until - spells.start)[chosen] * rng.random(len(chosen)) * 0.9
    deal, count = spells.deal[chosen], len(texts.NEXT_STEPS)
    number = len(spells.first)
    at_creation = rng.integers(count, size=number)
    # Each step is another one than the one before: add 1 to count - 1 places, round the list.
    added = np.cumsum(rng.integers(1, count, len(chosen)))
    first = np.searchsorted(deal, deal)
    step = (at_creation[deal] + added - np.r_[0, added][first]) % count
    before = np.where(np.arange(len(deal)) == first, at_creation[deal], np.r_[0, step[:-1]])
    today = at_creation.copy()
    today[deal] = step
    words = pl.Series(texts.NEXT_STEPS)
    rows = _rows("NextStep", (deal, spells.owner[chosen], moment), words.gather(before), words.gather(step))
    return words.gather(today), rows


def _some_later(run: world.Journey, share: float, rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    """Return a share of the deals, their last owner, and a moment a few weeks into each while it is open."""
    _, closed, owner = run.ending
    moment = run.spells.start[run.spells.first] + 0.05 + rng.exponential(15.0, len(closed))
    deal = np.flatnonzero((rng.random(len(closed)) < share) & (moment < np.minimum(closed, HORIZON)))
    return deal, owner[deal], moment[deal]


def _renamings(run: world.Journey, name: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Return the changes of a deal's name to the one that it has today."""
    saved = _some_later(run, RENAMED, rng)
    new = name.gather(saved[0])
    return _rows("Name", saved, new + " (copy)", new)


def _corrections(run: world.Journey, source: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Return the changes of the lead source to the one that stands today."""
    saved = _some_later(run, SOURCE_CORRECTED, rng)
    deal = saved[0]
    words = pl.Series(texts.LEAD_SOURCES)
    old = (source[deal] + rng.integers(1, len(words), len(deal))) % len(words)
    return _rows("LeadSource", saved, words.gather(old), words.gather(source[deal]))


def _loss_reasons(run: world.Journey, rng: np.random.Generator) -> pl.Series:
    """Return why lost deals were lost; early losses are often no deals at all."""
    stage, spells = run.ending[0], run.spells
    before = spells.stage[np.maximum(spells.last - 1, 0)]
    throw = rng.random(len(stage))
    late = np.append(texts.LOSS_REASONS, "")[np.searchsorted(UP_TO_REASON, throw)]
    early = np.array(["Disqualified", "Duplicate", ""])[np.searchsorted(UP_TO_EARLY_REASON, throw)]
    reason = np.where((early != "") & (before == world.DISCOVERY), early, late)
    return pl.Series(np.where(stage == LOST, reason, ""), dtype=pl.String)
