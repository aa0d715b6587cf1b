"""Paragraphs, lists, text to copy, and what only some want to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import polars as pl
import streamlit as st

from dashboard.escape import markdown
from dashboard.parts.grid import grid
from dashboard.wording.definitions import Paragraph


def notes(text: str) -> None:
    """Draw a paragraph, where there is any."""
    if text:
        st.markdown(markdown(text))


def bullets(lines: Iterable[str]) -> None:
    """Draw lines as a list."""
    st.markdown("\n".join(f"- {markdown(line)}" for line in lines))


def words(paragraphs: Iterable[Paragraph]) -> None:
    """Draw paragraphs, those that are items of a list as such."""
    st.markdown("\n".join(f"- {markdown(each.text)}" if each.is_item else f"\n{markdown(each.text)}\n" for each in paragraphs))


def code(text: str, language: str) -> None:
    """Draw text to copy."""
    st.code(text, language=language, wrap_lines=True)


def snippets(texts: Mapping[str, tuple[str, str]]) -> None:
    """Draw texts to copy, a tab for each program; language and text by the program's name."""
    for tab, (language, text) in zip(st.tabs(list(texts)), texts.values(), strict=True):
        with tab:
            code(text, language)


def more(label: str, lines: Iterable[str], tables: Mapping[str, pl.DataFrame] | None = None) -> None:
    """Draw what only some want to read, behind a line that opens it: sentences, and tables under their headings."""
    with st.expander(markdown(label)):
        bullets(lines)
        for heading, table in (tables or {}).items():
            st.markdown(f"**{markdown(heading)}**")
            grid(table)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Say what is being done for as long as it takes."""
    with st.spinner(text):
        yield
