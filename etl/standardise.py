"""Do other methods agree? The like-for-like difference in win rate by a model of the outcome and by weights, from counted deals.

Everything that deals may share is a category, so a design is never laid out: a deal has one column of each term, and all products are
counts. What is estimated averages over other deals than like for like does, and so may differ where effects do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

ITERATIONS = 50
CONVERGED = 1e-10
"""Change of the largest fitted chance, between two iterations, at which a logistic fit ends."""

SCHEMA = pl.Schema(
    {
        "method": pl.String,
        "difference": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "standard_error": pl.Float64,
        "owners": pl.Int64,
        "customer_effective": pl.Float64,
        "seller_effective": pl.Float64,
        "largest_weight": pl.Float64,
        "lowest_propensity": pl.Float64,
        "highest_propensity": pl.Float64,
    }
)


@dataclass(frozen=True, slots=True)
class _Design:
    """Which column of each term a row has: rows x terms, numbered from 0 to width - 1 over all terms."""

    columns: Codes
    width: int

    def added(self, coefficients: Floats) -> Floats:
        """Return the linear predictor of each row."""
        return np.asarray(coefficients[self.columns].sum(axis=1))

    def sums(self, weights: Floats) -> Floats:
        """Return the weights added up by column."""
        return self.sums_by(np.zeros(len(weights), dtype=np.int64), weights, 1).ravel()

    def sums_by(self, groups: Codes, weights: Floats, count: int) -> Floats:
        """Return the weights added up by group and column."""
        size = count * self.width
        flat = sum(np.bincount(groups * self.width + term, weights, size) for term in self.columns.T)
        return np.asarray(flat, dtype=np.float64).reshape(count, self.width)

    def products(self, weights: Floats) -> Floats:
        """Return the weighted products of every two columns."""
        found = np.zeros((self.width, self.width))
        terms = self.columns.T
        for number, term in enumerate(terms):
            for other in terms[number:]:
                found += np.bincount(term * self.width + other, weights, self.width**2).reshape(found.shape)
        return np.asarray(found + np.triu(found, 1).T, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Fit:
    """A logistic fit: coefficients, and the inverse of what the data tell about them."""

    design: _Design
    coefficients: Floats
    bread: Floats

    def chances(self, design: _Design) -> Floats:
        """Return the fitted chance of each row of a design."""
        return _logistic(design.added(self.coefficients))

    def influence(self, residuals: Floats, owner: Codes, owners: int, gradient: Floats) -> Floats:
        """Return what each owner's deals do to a quantity, given its gradient in the coefficients."""
        return np.asarray(self.design.sums_by(owner, residuals, owners) @ self.bread @ gradient)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Deals counted by tag and everything that they may share."""

    deals: Floats
    won: Floats
    tag: Codes
    owner: Codes
    owners: int
    factors: dict[str, Codes]

    def is_shared(self, factor: str) -> bool:
        """Return whether every value of a factor holds both groups."""
        return len(np.unique(self.tag + 2 * self.factors[factor])) == 2 * (int(self.factors[factor].max()) + 1)

    def design(self, tag: Codes | None, interacted: str | None = None) -> _Design:
        """Return the design of the factors, with a tag unless None, which may act by the values of one factor."""
        terms = [np.zeros_like(self.tag), *self.factors.values()]
        sizes = [int(term.max()) + 1 for term in terms]
        if tag is not None:
            acting = self.factors[interacted] if interacted else np.zeros_like(tag)
            terms.append(tag + 2 * acting)
            sizes.append(2 * (int(acting.max()) + 1))
        offsets = np.cumsum([0, *sizes[:-1]])
        return _Design(np.stack(terms, axis=1) + offsets, sum(sizes))


def other_methods(cells: pl.DataFrame, alike: Sequence[str], multiple: float | None) -> pl.DataFrame:
    """Return the difference in win rate, customer-focused less seller-focused, by other methods: one row per method.

    `cells` are counted deals with the columns of metrics.landmark_cells: is_customer, owner, deals, won and those named in `alike`, which
    is what deals are to be made alike in. `multiple` is how many standard errors a 95% interval reaches, None for no interval.

    - method: logistic model (one effect of the tag on the log odds, averaged over all deals as differences of chances), logistic model
      with tag by stage (where `alike` holds stage, and each stage both groups), overlap weights (deals count by how likely they were to
      be of the other group), and inverse probability weights (by one over how likely they were to be of their own).
    - difference, low, high, standard_error: 0 to 1; from influences added up by owner, with the factor owners / (owners - 1); null with
      fewer than 2 owners.
    - customer_effective, seller_effective: Kish's effective number of deals after weighting; null for models.
    - largest_weight: share of its group's weight that one deal has; a large one says not to trust the row.
    - lowest_propensity, highest_propensity: chances of being customer-focused, given what deals share; null for models.

    Empty where a group is. Sources: Robins (1986), Math. Model. 7, 1393-1512 (standardisation); Li, Morgan and Zaslavsky (2018), J. Am.
    Stat. Assoc. 113, 390-400 (overlap weights); Hajek's form of inverse weights, Lunceford and Davidian (2004), Stat. Med. 23, 2937-2960.
    """
    counts = _counted(cells, alike)
    if counts is None:
        return SCHEMA.to_frame()
    rows = [_modelled("logistic model", counts, None)]
    if "stage" in alike and counts.is_shared("stage"):
        rows.append(_modelled("logistic model with tag by stage", counts, "stage"))
    fit = _fitted(counts.design(None), counts.tag * counts.deals, counts.deals)
    chance = fit.chances(fit.design)
    is_customer = counts.tag == 1
    spread = chance * (1 - chance)
    with np.errstate(divide="ignore"):
        inverse, inverse_slope = (
            np.where(is_customer, 1 / chance, 1 / (1 - chance)),
            np.where(is_customer, 1 - 1 / chance, 1 / (1 - chance) - 1),
        )
    rows += [
        _weighted("overlap weights", counts, fit, np.where(is_customer, 1 - chance, chance), np.where(is_customer, -spread, spread)),
        _weighted("inverse probability weights", counts, fit, inverse, inverse_slope),
    ]
    reach = pl.lit(multiple, pl.Float64) * pl.col("standard_error")
    frame = pl.DataFrame(rows, schema=SCHEMA)
    return frame.with_columns(low=pl.col("difference") - reach, high=pl.col("difference") + reach)


def _counted(cells: pl.DataFrame, alike: Sequence[str]) -> _Counts | None:
    """Return the counts of the cells by tag, owner and what is to be alike, or None where a group is empty."""
    names = list(dict.fromkeys([*alike, "owner"]))
    summed = cells.group_by(*names, "is_customer").agg(pl.col("deals").sum(), pl.col("won").sum()).sort(*names, "is_customer")
    if summed["is_customer"].all() or not summed["is_customer"].any():
        return None
    codes = {name: summed[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in names}
    return _Counts(
        summed["deals"].to_numpy().astype(np.float64),
        summed["won"].to_numpy().astype(np.float64),
        summed["is_customer"].to_numpy().astype(np.int64),
        codes["owner"],
        int(codes["owner"].max()) + 1,
        {name: codes[name] for name in alike},
    )


def _logistic(predictor: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(predictor, -500, 500)))


def _fitted(design: _Design, successes: Floats, trials: Floats) -> _Fit:
    """Return the logistic fit by iterated least squares. Where a category tells all, its chances go to 0 or 1 until they settle."""
    coefficients = np.zeros(design.width)
    chance = np.full(len(trials), 0.5)
    for _ in range(ITERATIONS):
        coefficients = coefficients + _bread(design, trials, chance) @ design.sums(successes - trials * chance)
        before, chance = chance, _logistic(design.added(coefficients))
        if np.abs(chance - before).max() < CONVERGED:
            break
    return _Fit(design, coefficients, _bread(design, trials, chance))


def _bread(design: _Design, trials: Floats, chance: Floats) -> Floats:
    """Return the inverse of the information; where categories tell the same twice, the smallest of the possible ones."""
    return np.asarray(np.linalg.pinv(design.products(trials * chance * (1 - chance)), hermitian=True), dtype=np.float64)


def _modelled(method: str, counts: _Counts, interacted: str | None) -> dict[str, object]:
    """Return the row of a logistic model: the mean difference of chances were all deals customer-focused, and were none."""
    fit = _fitted(counts.design(counts.tag, interacted), counts.won, counts.deals)
    with_tag, without = (counts.design(np.full_like(counts.tag, tag), interacted) for tag in (1, 0))
    high, low = fit.chances(with_tag), fit.chances(without)
    total = counts.deals.sum()
    difference = float((counts.deals * (high - low)).sum() / total)
    gradient = (with_tag.sums(counts.deals * high * (1 - high)) - without.sums(counts.deals * low * (1 - low))) / total
    residuals = counts.won - counts.deals * fit.chances(fit.design)
    own = np.bincount(counts.owner, counts.deals * (high - low - difference), counts.owners) / total
    influence = own + fit.influence(residuals, counts.owner, counts.owners, gradient)
    return {"method": method, "difference": difference, "standard_error": _error(influence), "owners": counts.owners}


def _weighted(method: str, counts: _Counts, fit: _Fit, weights: Floats, slopes: Floats) -> dict[str, object]:
    """Return the row of weighted means, given the weight of one deal of a row and its slope in the log odds of the fit."""
    rates, effective, largest = [], [], []
    influence = np.zeros(counts.owners)
    residuals = counts.deals * (counts.tag - fit.chances(fit.design))
    for tag, sign in ((1, 1), (0, -1)):
        weight, slope = (np.where(counts.tag == tag, each, 0) for each in (weights, slopes))
        total = (weight * counts.deals).sum()
        rate = (weight * counts.won).sum() / total
        above = counts.won - rate * counts.deals
        gradient = fit.design.sums(slope * above) / total
        own = np.bincount(counts.owner, weight * above, counts.owners) / total
        influence += sign * (own + fit.influence(residuals, counts.owner, counts.owners, gradient))
        rates.append(rate)
        effective.append(float(total**2 / (weight**2 * counts.deals).sum()))
        largest.append(float(weight.max() / total))
    chance = fit.chances(fit.design)
    return {
        "method": method,
        "difference": float(rates[0] - rates[1]),
        "standard_error": _error(influence),
        "owners": counts.owners,
        "customer_effective": effective[0],
        "seller_effective": effective[1],
        "largest_weight": max(largest),
        "lowest_propensity": float(chance.min()),
        "highest_propensity": float(chance.max()),
    }


def _error(influence: Floats) -> float | None:
    """Return the standard error from influences by owner."""
    owners = len(influence)
    return float(np.sqrt(owners / (owners - 1) * (influence**2).sum())) if owners > 1 else None
