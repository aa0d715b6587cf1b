"""All questions at once: what each goes with when the others are held equal, like for like, from counted deals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

FEWEST_OWNERS = 5
SAME = 1e-9
"""How small a direction of the questions may be, of the largest, before they count as always answered together."""
SCHEMA = pl.Schema(
    {
        "question": pl.String,
        "difference": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "standard_error": pl.Float64,
        "owners": pl.Int64,
        "deals": pl.Int64,
    }
)


def questions_jointly(patterns: pl.DataFrame, questions: Sequence[str], multiple: float | None) -> pl.DataFrame:
    """Return what each question goes with in win rate, the other questions and the stratum held equal: one row per question.

    `patterns` are the rows of metrics.answer_patterns; `multiple` is how many standard errors a 95% interval reaches, None for no interval.

    - difference: won by the horizon where answered less where not, 0 to 1; least squares with an effect for each stratum. Null for all
      where the questions cannot be told apart, such as two that are always answered together.
    - low, high, standard_error: delete-one-owner jackknife (CV3); null with fewer than 5 owners, or where leaving one out leaves questions
      that cannot be told apart.
    - owners, deals: behind the rows.

    Sources: Frisch and Waugh (1933), Econometrica 1, 387-401; MacKinnon, Nielsen and Webb (2023), J. Appl. Econom. 38, 671-694 (CV3).
    """
    if patterns.is_empty() or not questions:
        return SCHEMA.to_frame()
    deals = patterns["deals"].to_numpy().astype(np.float64)
    answered = patterns.select(pl.col("answered").list.contains(question).alias(question) for question in questions)
    columns = np.column_stack([answered.to_numpy().astype(np.float64), patterns["won"].to_numpy() / deals])
    stratum, owner = (patterns[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("stratum", "owner"))
    owners = int(owner.max()) + 1
    products = _products(columns, deals, stratum, owner)
    whole, left = _slopes(products[:1])[0], _slopes(products[1:])
    errors = np.sqrt((owners - 1) / owners * ((left - whole) ** 2).sum(axis=0)) if owners >= FEWEST_OWNERS else np.full_like(whole, np.nan)
    reach = errors * (np.nan if multiple is None else multiple)
    return pl.DataFrame(
        {
            "question": list(questions),
            "difference": whole,
            "low": whole - reach,
            "high": whole + reach,
            "standard_error": errors,
            "owners": owners,
            "deals": int(deals.sum()),
        },
        schema=SCHEMA,
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _products(columns: Floats, deals: Floats, stratum: Codes, owner: Codes) -> Floats:
    """Return the products of every two columns about the means of their strata: of all deals, then without each owner.

    One pass for all owners: what an owner's deals add to the sums of their strata is taken off again.
    """
    columns = columns - np.average(columns, axis=0, weights=deals)  # about the mean of all, so that no digit is lost to large sums
    weighted = deals[:, None] * columns
    owners = int(owner.max()) + 1
    own = _added(owner, owners, (weighted[:, :, None] * columns[:, None, :]).reshape(len(deals), -1))
    pairs, pair = np.unique(stratum * owners + owner, return_inverse=True)
    in_stratum, of_owner = np.divmod(pairs, owners)
    sums, numbers = _added(pair, len(pairs), weighted), _added(pair, len(pairs), deals[:, None])
    all_sums, all_numbers = (_added(in_stratum, int(stratum.max()) + 1, each) for each in (sums, numbers))
    means = _squares(all_sums, all_numbers)
    without = _squares(all_sums[in_stratum] - sums, all_numbers[in_stratum] - numbers)
    total, means_total = own.sum(axis=0), means.sum(axis=0)
    left = total - own - means_total + _added(of_owner, owners, means[in_stratum] - without)
    width = columns.shape[1]
    return np.concatenate([(total - means_total)[None], left]).reshape(owners + 1, width, width)


def _added(groups: Codes, count: int, rows: Floats) -> Floats:
    """Return the rows added up by group: groups x columns."""
    return np.stack([np.bincount(groups, column, count) for column in rows.T], axis=1)


def _squares(sums: Floats, numbers: Floats) -> Floats:
    """Return the products of every two sums over the number behind them, one flat row each; 0 where nothing is left."""
    inverse = np.divide(1, numbers, out=np.zeros_like(numbers), where=numbers > 0)
    return np.asarray((sums[:, :, None] * sums[:, None, :] * inverse[:, :, None]).reshape(len(sums), -1))


def _slopes(products: Floats) -> Floats:
    """Return the slopes of the last column on the others, a row for each matrix of products; NaN where they cannot be told apart."""
    known, response = products[:, :-1, :-1], products[:, :-1, -1]
    largest = np.abs(known).max(axis=(1, 2))
    is_told = np.linalg.matrix_rank(known, tol=SAME * largest, hermitian=True) == known.shape[1]
    slopes = np.full(response.shape, np.nan)
    slopes[is_told] = np.linalg.solve(known[is_told], response[is_told][:, :, None])[:, :, 0]
    return slopes
