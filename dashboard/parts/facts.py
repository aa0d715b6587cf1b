"""Short facts side by side, each below its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard.parts.markup import labelled
from dashboard.wording.beside import Fact

_FACT_WIDTH = 250  # pixels; three in a row, or one above the other
_NAMED_WIDTH = 130  # pixels; two in a row on a phone


def fact_grid(facts: Sequence[Fact]) -> None:
    """Draw short facts side by side, each below its label."""
    grid = st.grid(3, min_column_width=_FACT_WIDTH, gap="medium")
    for fact in facts:
        grid.cell().markdown(labelled(fact.label, fact.text))


def named(pairs: Iterable[tuple[str, str]]) -> None:
    """Draw facts by their names, as many beside each other as there is room for."""
    grid = st.grid(4, min_column_width=_NAMED_WIDTH, gap="medium")
    for name, text in pairs:
        grid.cell().markdown(labelled(name, text))
