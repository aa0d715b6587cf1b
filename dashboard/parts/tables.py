"""Tables to sort and to search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboard.parts.cards import card, download
from dashboard.parts.grid import grid
from dashboard.parts.texts import code, notes
from dashboard.terms import Terms
from dashboard.wording import common
from dashboard.wording.table import Kind, Table

_FORMATS: dict[Kind, Callable[[str], Any]] = {
    "text": st.column_config.TextColumn,
    "wide": lambda label: st.column_config.TextColumn(label, width="large"),
    "list": lambda label: st.column_config.ListColumn(label, width="large"),
    "count": lambda label: st.column_config.NumberColumn(label, format="localized"),
    "rate": lambda label: st.column_config.NumberColumn(label, format="plain"),
    "day": lambda label: st.column_config.DateColumn(label, format="D MMM YYYY"),
    "moment": lambda label: st.column_config.DatetimeColumn(label, format="D MMM YYYY, HH:mm"),
    "yes or no": st.column_config.CheckboxColumn,
    "link": lambda label: st.column_config.LinkColumn(label, display_text=common.OPEN),
}


def table(frame: pl.DataFrame, percents: Sequence[str] = ()) -> None:
    """Draw a table to sort and search, whose first column stays in sight; `percents` are columns that hold per cent."""
    columns = {name: st.column_config.NumberColumn(format="%.0f%%") for name in percents}
    first = st.column_config.TextColumn(pinned=True)
    grid(frame, column_config={frame.columns[0]: first} | columns, placeholder="")


def records(table: Table, name: str, *, is_selectable: bool = False) -> int | None:
    """Draw a table that can be searched and sorted, and return the number of the row that was selected, if rows can be."""
    formats = {column: _FORMATS[kind](column) for column, kind in table.kinds.items()}
    if not is_selectable:
        grid(table.frame, column_config=formats, placeholder=common.NOTHING, key=f"table-{name}")
        return None
    event = grid(
        table.frame,
        column_config=formats,
        placeholder=common.NOTHING,
        key=f"table-{name}",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event["selection"]["rows"]
    return int(rows[0]) if rows else None


def table_card(name: str, title: str, intro: str, told: str, table: Table, csv: bytes, terms: Terms, to_copy: str = "") -> None:
    """Draw a table in a card of its own: heading, what it holds in a sentence, the table where it has rows, and its data as CSV.

    `to_copy` are lines of TOML that follow from the rows.
    """
    with card(name, title, intro):
        notes(told)
        if table.frame.height:
            records(table, name)
            if to_copy:
                code(to_copy, "toml")
            download(csv, name, terms)
