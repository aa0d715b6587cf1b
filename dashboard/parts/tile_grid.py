"""The cards of the headline figures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.escape import markdown
from dashboard.parts.markup import customer, quiet, rows, seller
from dashboard.wording import common
from dashboard.wording.tiles import NOT_ALIKE, Tile

_TILE_WIDTH = 230  # pixels; four in a row, or two and two, or one above the other


def tiles(made: Sequence[Tile]) -> None:
    """Draw a card for each figure: both groups side by side, and their difference."""
    st.caption(markdown(NOT_ALIKE))
    pairs = st.grid(2, min_column_width=2 * _TILE_WIDTH, gap="small")
    for pair in (made[:2], made[2:]):
        grid = pairs.grid(2, min_column_width=_TILE_WIDTH, gap="small", border=True, height="stretch")
        for tile in pair:
            grid.cell().container(key=f"tile-{tile.figure}").markdown(_tile(tile))


def _tile(tile: Tile) -> str:
    """Return a card as one piece of Markdown, which costs a browser less than five."""
    return "\n\n".join((_above(tile.title, tile.subtitle), _side_by_side(tile), _above(tile.difference, tile.beside)))


def _above(bold: str, small: str) -> str:
    return f"**{markdown(bold)}**  \n:small[{quiet(small)}]"


def _side_by_side(tile: Tile) -> str:
    """Return the two groups of a card as a table: names, values, and the counts behind them."""
    lines = [
        (customer(common.CUSTOMER), seller(common.SELLER)),
        (":--", ":--"),
        (_value(tile.customer[0]), _value(tile.seller[0])),
        (quiet(tile.customer[1]), quiet(tile.seller[1])),
    ]
    return rows(lines)


def _value(text: str) -> str:
    """Return a value of a card; grey where there is none to show."""
    return quiet(text) if text == common.TOO_FEW else markdown(text)
