"""Charts in their cards: one, several small ones, or a panel for each name; each with the same in words and its data as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard.charts import theme
from dashboard.escape import markdown, one_line
from dashboard.parts.cards import card, download
from dashboard.parts.grid import grid
from dashboard.parts.markup import customer, rows, seller
from dashboard.parts.texts import bullets
from dashboard.terms import Terms
from dashboard.wording import common
from dashboard.wording.common import Picture

_PANEL_WIDTH = 270  # pixels; three in a row, or one above the other


def picture(
    said: Picture,
    figure: go.Figure | None,
    csv: bytes,
    terms: Terms,
    *,
    is_selectable: bool = False,
    by_group: bool = False,
    note: str = "",
) -> str | None:
    """Draw a chart in a card of its own: heading, figure, the same in words and as a table, and its data as CSV.

    Without a figure its sentences stand in its place. Returns the customdata of the point that a visitor selected, where the
    chart is one whose points can be. `by_group` draws which mark is whose; `note` stands below the figure.
    """
    with card(said.name, said.title, said.intro):
        selected = None
        if figure is None:
            bullets(said.sentences)
        else:
            if by_group:
                groups()
            selected = chart(figure, said.alt, f"{said.name}-chart", is_selectable=is_selectable)
            if note:
                st.caption(markdown(note))
            in_words(said.sentences, said.table)
        download(csv, said.name, terms)
    return selected


@dataclass(frozen=True, slots=True)
class Cell:
    """One of several small charts in a card: a key of its own, the figure, the same in a line, a heading, and a small table below.

    The table's first line is its header: what is in the rows, the two groups, and their gap.
    """

    key: str
    figure: go.Figure
    alt: str
    heading: str = ""
    table: tuple[tuple[str, ...], ...] = ()


def pictures(said: Picture, cells: Sequence[Cell], csv: bytes, terms: Terms, *, width: int, by_group: bool = False) -> None:
    """Draw several small charts in one card, beside each other where each has `width` pixels, else one below the other.

    Without any its sentences stand in their place.
    """
    with card(said.name, said.title, said.intro):
        if not cells:
            bullets(said.sentences)
        else:
            if by_group:
                groups()
            grid = st.grid(len(cells), min_column_width=width, gap="medium")
            for each in cells:
                with grid.cell().container(key=f"small-{each.key}", gap="xsmall"):
                    _small(each)
            in_words(said.sentences, said.table)
        download(csv, said.name, terms)


def _small(cell: Cell) -> None:
    if cell.heading:
        st.markdown(f"**{markdown(cell.heading)}**")
    chart(cell.figure, cell.alt, f"{cell.key}-chart")
    if cell.table:
        header, *lines = cell.table
        aligned = (":--", *["--:"] * (len(header) - 1))
        st.markdown(rows([_headed(header), aligned, *([*map(markdown, line)] for line in lines)]))


def _headed(header: Sequence[str]) -> list[str]:
    """Return the header of a small table, its second and third cell in the colours of the groups."""
    first, one, other, *rest = header
    return [markdown(first), customer(one), seller(other), *map(markdown, rest)]


def panels(made: Iterable[tuple[str, str, go.Figure, str]]) -> None:
    """Draw small charts that are to be compared, side by side where there is room: of each its name and last value, and it in words."""
    grid = st.grid(3, min_column_width=_PANEL_WIDTH, gap="medium")
    for number, (name, last, figure, alt) in enumerate(made):
        with grid.cell().container(gap="xxsmall"):
            st.markdown(f"**{markdown(name)}** {customer(last)}")
            chart(figure, alt, f"panel-{number}")


def groups() -> None:
    """Draw which mark is whose."""
    st.markdown(f"{customer(f'● {common.CUSTOMER}')}\N{EM SPACE}{seller(f'◆ {common.SELLER}')}")


def chart(figure: go.Figure, alt: str, key: str, *, is_selectable: bool = False) -> str | None:
    """Draw a figure as wide as there is room, and return the customdata of the point that was selected, if any can be."""
    alt = one_line(alt)
    if not is_selectable:
        st.plotly_chart(figure, theme=None, config=theme.CONFIG, alt=alt, key=key)
        return None
    event = st.plotly_chart(figure, theme=None, config=theme.CONFIG, alt=alt, key=key, on_select="rerun", selection_mode="points")
    points = event["selection"]["points"]
    return str(points[0]["customdata"]) if points else None


def in_words(sentences: Iterable[str], table: pl.DataFrame) -> None:
    """Draw what a picture shows in words and as a table, for those who cannot see it or want it exact."""
    with st.expander(markdown(common.IN_WORDS)):
        bullets(sentences)
        grid(table)
