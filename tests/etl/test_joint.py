"""All questions at once: by hand, beside the metric for a single question, and beside least squares with a column for every stratum."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from etl.joint import questions_jointly
from etl.queries import Database, Scope

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-9


def patterns(*rows: tuple[str, str, list[str], int, int]) -> pl.DataFrame:
    names = ("stratum", "owner", "answered", "deals", "won")
    return pl.DataFrame(rows, schema=names, orient="row").cast({"answered": pl.List(pl.String)})


def test_two_questions_that_only_seem_to_count() -> None:
    """Pain goes with 30 points of 100 in every cell, money with none; alone, money would look like 18, as the two come together."""
    rows = patterns(("s", "A", [], 40, 8), ("s", "A", ["pain"], 10, 5), ("s", "A", ["money"], 10, 2), ("s", "A", ["money", "pain"], 40, 20))
    both = questions_jointly(rows, ["pain", "money"], None)
    assert both["difference"].to_list() == pytest.approx([0.3, 0.0], abs=TOLERANCE)
    assert questions_jointly(rows, ["money"], None)["difference"][0] == pytest.approx(0.18, abs=TOLERANCE)
    assert both["standard_error"].to_list() == [None, None]


def test_questions_that_come_only_together_cannot_be_told_apart() -> None:
    """Always both or neither: no slope is given."""
    rows = patterns(("s", "A", [], 10, 2), ("s", "B", ["money", "pain"], 10, 5))
    assert questions_jointly(rows, ["pain", "money"], None)["difference"].to_list() == [None, None]


def test_no_deals_no_rows() -> None:
    """Nothing to compare gives an empty frame of the same columns."""
    assert questions_jointly(patterns(), ["pain"], None).is_empty()


def test_a_single_question_is_that_of_the_metric(sample: Database) -> None:
    """With one question in the model: estimate, error and interval are those of metrics.like_for_like in the same strata.

    Of deals that were created since all fields are tracked, so that both look at the same ones.
    """
    asked = "strata := ['stage'], scope := map {'created_from': ['2024-11-12']}"
    rows = sample.sql(f"from metrics.answer_patterns({asked})")
    multiple = sample.sql(f"select macros.t_quantile({rows['owner'].n_unique() - 1}) as t")["t"][0]
    joint = questions_jointly(rows, ["pain"], multiple).row(0, named=True)
    alone = sample.sql(
        f"from metrics.like_for_like(dimension := 'question', {asked}) "
        "where by_value = 'pain' and comparison = 'like for like' and measure = 'win_rate' and contrast = 'buyer'"
    ).row(0, named=True)
    assert alone["strata"] == ["stage"]
    for name in ("difference", "low", "high", "standard_error", "owners", "deals"):
        assert joint[name] == pytest.approx(alone[name], abs=TOLERANCE)


@pytest.mark.thorough
def test_all_questions_are_those_of_least_squares(sample: Database) -> None:
    """A column for each stratum and question, a row for each deal, and the whole fit again without each owner."""
    rows = sample.sql("from metrics.answer_patterns()")
    found = sample.questions_jointly(Scope())
    questions = found["question"].to_list()
    deals = rows["deals"].to_numpy()
    x = np.array([[q in answered for q in questions] for answered in rows["answered"].to_list()], dtype=float)
    names = sorted(set(rows["stratum"]))
    dummies = np.array([[stratum == name for name in names] for stratum in rows["stratum"]], dtype=float)
    owner, root = rows["owner"].to_numpy(), np.sqrt(deals)

    def fit(kept: NDArray[np.bool_]) -> NDArray[np.float64]:
        design = np.column_stack([x, dummies])[kept] * root[kept, None]
        response = (rows["won"].to_numpy() / deals)[kept] * root[kept]
        slopes: NDArray[np.float64] = np.linalg.lstsq(design, response, rcond=None)[0][: len(questions)]
        return slopes

    whole = fit(np.ones(len(deals), dtype=bool))
    owners = np.unique(owner)
    left = np.array([fit(owner != each) for each in owners])
    errors = np.sqrt((len(owners) - 1) / len(owners) * ((left - whole) ** 2).sum(axis=0))
    assert found["difference"].to_list() == pytest.approx(list(whole), abs=TOLERANCE)
    assert found["standard_error"].to_list() == pytest.approx(list(errors), abs=TOLERANCE)
    assert (found["low"] < found["difference"]).all()
