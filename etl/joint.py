"""All questions at once: what each goes with when the others are held equal, like for like, from counted deals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_OWNERS = 5
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
    answered = np.array([[question in row for question in questions] for row in patterns["answered"].to_list()], dtype=np.float64)
    columns = np.column_stack([answered, patterns["won"].to_numpy() / deals])
    stratum, owner = (np.unique(patterns[name].to_numpy(), return_inverse=True)[1] for name in ("stratum", "owner"))
    owners = int(owner.max()) + 1
    whole = _slopes(columns, deals, stratum)
    left = np.array([_slopes(columns[owner != each], deals[owner != each], stratum[owner != each]) for each in range(owners)])
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


def _slopes(columns: Floats, deals: Floats, stratum: NDArray[np.intp]) -> Floats:
    """Return the slopes of the last column on the others, each about the means of its stratum; NaN where they cannot be told apart."""
    _, stratum = np.unique(stratum, return_inverse=True)
    totals = np.bincount(stratum, deals)
    means = np.column_stack([np.bincount(stratum, deals * column) / totals for column in columns.T])
    centred = columns - means[stratum]
    products = centred.T @ (deals[:, None] * centred)
    known, response = products[:-1, :-1], products[:-1, -1]
    if np.linalg.matrix_rank(known, hermitian=True) < len(known):
        return np.full(len(known), np.nan)
    return np.asarray(np.linalg.solve(known, response), dtype=np.float64)
