"""The rows of a frame, to sort and to search."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from dashboard import escape


def grid(frame: pl.DataFrame, **how: Any) -> Any:
    """Draw the rows of a frame, every text as it is, and return what was selected, if anything can be."""
    return st.dataframe(escape.table(frame), hide_index=True, **how)
