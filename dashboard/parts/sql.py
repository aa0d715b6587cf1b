"""The SQL page: where a query is written, what came of it, and what there is to ask."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from dashboard import asking, scope
from dashboard.parts.answers import answer
from dashboard.parts.cards import card, download
from dashboard.parts.grid import grid
from dashboard.parts.load_outcome import failure
from dashboard.parts.tables import records
from dashboard.parts.texts import code, notes, waiting, words
from dashboard.terms import Terms
from dashboard.wording import common, definitions, sql

_TEXT, _CHOSEN = "sql-text", "sql-saved"
_LINES = 220  # pixels, of the text of a query


def introduced() -> bool:
    """Draw what may be asked here, and return whether anything may; where the settings are wrong, what is wrong with them."""
    try:
        limits = asking.limits()
    except asking.SameSideError as error:
        failure(error)
        return False
    answer(sql.answer(limits.rows, limits.seconds, limits.memory))
    return True


def query(version: str, saved: Mapping[str, str]) -> None:
    """Draw where a query is written, or chosen from those that are saved, and ask it."""
    before = asking.last(version)
    st.session_state.setdefault(_TEXT, before.text if before else sql.FIRST_QUERY)
    with card("sql-query", *sql.ASK):
        if saved:
            st.selectbox(sql.SAVED, list(saved), index=None, key=_CHOSEN, placeholder=sql.NO_SAVED, on_change=_take, args=(saved,))
        text = st.text_area(sql.QUERY, key=_TEXT, help=sql.QUERY_HELP, height=_LINES)
        if st.button(sql.RUN, type="primary", icon=":material/play_arrow:", key="sql-run"):
            with waiting(sql.RUNNING):
                asking.ask(version, text)


def _take(saved: Mapping[str, str]) -> None:
    """Put the saved question that was chosen where the query is written."""
    if chosen := st.session_state[_CHOSEN]:
        st.session_state[_TEXT] = saved[chosen]


def result(asked: asking.Asked, terms: Terms) -> None:
    """Draw the rows of a query, how many they are, and their CSV; or what went wrong."""
    if asked.error is not None:
        failure(asked.error)
        return
    frame = pl.DataFrame() if asked.frame is None else asked.frame
    with card("sql-result", sql.RESULT, sql.how_many(frame, is_cut=asked.is_cut)):
        if frame.height:
            grid(frame, placeholder=common.NOTHING, key="sql-rows")
            download(asked.csv, "query", terms)


def schema(relations: pl.DataFrame, columns: pl.DataFrame) -> None:
    """Draw a table or metric to choose: how it is asked, what it is, and its columns."""
    with card("sql-schema", *sql.SCHEMA):
        name = scope.choose_one(sql.RELATION, sql.relation_names(relations), "relation", sql.FIRST_RELATION)
        relation = sql.named(relations, name)
        code(sql.call(relation), "text")  # its colours for SQL lack contrast
        notes(sql.parameters(relation))
        words(definitions.paragraphs(relation["comment"]))
        table = sql.columns_table(columns, name)
        if table.frame.height:
            notes(definitions.how_many_columns(table.frame))
            records(table, "sql-columns")
