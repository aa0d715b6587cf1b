"""The grid of ICP fit and focus."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.escape import markdown
from dashboard.parts.cards import card, download
from dashboard.parts.markup import customer, quiet, rows, seller
from dashboard.parts.pictures import in_words
from dashboard.parts.texts import bullets
from dashboard.terms import Terms
from dashboard.wording import common
from dashboard.wording.common import Picture
from dashboard.wording.fit import Line


def fit_grid(said: Picture, lines: Sequence[Line], csv: bytes, terms: Terms) -> None:
    """Draw the grid of ICP fit and focus in a card; without lines its sentences stand in its place."""
    with card(said.name, said.title, said.intro):
        if lines:
            st.markdown(_fit_table(lines))
            in_words(said.sentences, said.table)
            download(csv, said.name, terms)
        else:
            bullets(said.sentences)


def _fit_table(lines: Sequence[Line]) -> str:
    """Return the grid as a table: each fit is a line of rates, and below it a line of counts and one of intervals."""
    made: list[Sequence[str]] = [("", customer(common.CUSTOMER), seller(common.SELLER)), (":--", ":--", ":--")]
    for line in lines:
        cells = (line.customer, line.seller)
        rates = [quiet(cell.rate) if cell.is_quiet else f"**{markdown(cell.rate)}**" for cell in cells]
        made.append((f"**{markdown(line.title)}**", rates[0], rates[1]))
        made += [("", *(quiet(cell.counts) for cell in cells)), ("", *(quiet(cell.interval) if cell.interval else "" for cell in cells))]
    return rows(made)
