"""ICP fit × customer focus: the win rate of both groups among deals of the same fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording.common import TOO_FEW, Picture, behind, counts_of, interval_of, told

_TITLE = "ICP fit and customer focus"
_INTRO = "A good fit wins more easily. Side by side, each row compares deals of the same fit."
_ROWS = {"fits": "Fits the ICP", "does not fit": "Does not fit", "unknown": "Fit not known"}
_NOT_TOLD = "The export does not tell which deals fit the ideal customer profile. Name the field under [icp] in sameside.toml."


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid: its rate, or that there are too few deals for one, its counts, and its interval."""

    rate: str
    counts: str
    interval: str = ""

    @property
    def is_quiet(self) -> bool:
        """Return whether the cell shows no rate."""
        return not self.interval


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the grid: a fit, then both groups."""

    title: str
    customer: Cell
    seller: Cell


def is_told(grid: pl.DataFrame) -> bool:
    """Return whether the export tells the fit of any deal."""
    return bool(grid.filter(pl.col("icp_fit") != "unknown")["deals"].sum())


def lines(grid: pl.DataFrame, terms: Terms) -> list[Line]:
    """Return a row for each fit; deals whose fit is not known only where there are any."""
    found = {(row["icp_fit"], row["focus"]): row for row in grid.iter_rows(named=True)}
    made = []
    for fit, title in _ROWS.items():
        pair = [found[fit, focus] for focus in ("customer-focused", "seller-focused")]
        if fit != "unknown" or any(row["deals"] for row in pair):
            made.append(Line(title, *(_cell(row, terms) for row in pair)))
    return made


def _cell(row: Mapping[str, Any], terms: Terms) -> Cell:
    if not row["deals"]:
        return Cell("–", "no deals")
    if row["deals"] < FEW_DEALS:
        return Cell(TOO_FEW, counts_of(row))
    return Cell(rounding.percent(row["win_rate"]), behind(row, terms), interval_of(row))


def picture(grid: pl.DataFrame, terms: Terms) -> Picture:
    """Return the words of the grid, or why there is none."""
    cells = [
        (_ROWS[row["icp_fit"]], row["focus"], told(row, terms))
        for row in grid.iter_rows(named=True)
        if row["deals"] or row["icp_fit"] != "unknown"
    ]
    table = pl.DataFrame(cells, schema=dict.fromkeys(("ICP fit", "Group", "Win rate"), pl.String), orient="row")
    sentences = tuple(f"{fit}, {focus}: {said}." for fit, focus, said in cells) if is_told(grid) else (_NOT_TOLD,)
    return Picture("fit_by_focus", _TITLE, _INTRO, _TITLE, sentences, table)
