"""Names out of a CRM are anybody's text: one way each into Markdown, Plotly's labels, lines of plain text and tables, shown as they are.

`st.text`, `st.dataframe` and the options of widgets are literal; a text with characters that hide or turn others still misleads there.
"""

from __future__ import annotations

import html
import re
from typing import Any

import polars as pl

from etl.visible import visible, visible_lines

__all__ = ["markdown", "one_line", "plotly", "several_lines", "shortened", "table"]

_SPACES = re.compile(r"[\t-\r \x85\u2028\u2029]+")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_AFTER_PARSING = re.compile(r"(?<=[:@−])(?=\S)|(?<=[-<>=~.])(?=[-<>=~])|(?<=www)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def markdown(text: str) -> str:
    """Return a text as one line of Markdown that shows it and does nothing: no image, link, formula, icon or HTML.

    A backslash stops what the parser reads. Streamlit replaces links, icons and arrows once more in the parsed text,
    where no backslash is left, so an invisible word joiner breaks those up. It also keeps a minus sign to its number.
    """
    return _PUNCTUATION.sub(r"\\\1", _AFTER_PARSING.sub(_WORD_JOINER, one_line(text)))


def plotly(text: str) -> str:
    """Return a text as one line for a label, tick or hover of Plotly: no tag, no formula, no template."""
    entities = html.escape(one_line(text), quote=False)
    return entities.replace("$", "&#36;").replace("%{", f"%{_WORD_JOINER}{{")


def one_line(text: str) -> str:
    """Return a text without line breaks, and with a sign in place of each character that hides or turns others."""
    return visible(_SPACES.sub(" ", text).strip(" "))


def several_lines(text: str) -> str:
    """Return a text of several lines with such signs."""
    return visible_lines(text)


def table(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose texts, lists of texts and names of columns have such signs, each cell on one line."""
    made = frame.with_columns(_column(frame[name]) for name, kind in frame.schema.items() if kind in {pl.String, pl.List(pl.String)})
    names: list[str] = []
    for name in map(one_line, frame.columns):
        names.append(name if name not in names else f"{name} ({len(names) + 1})")
    return made.rename(dict(zip(frame.columns, names, strict=True)))


def _column(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [_cell(text) for text in texts.to_list()], texts.dtype)


def _cell(value: str | list[str | None] | None) -> Any:
    if isinstance(value, list):
        return [_cell(each) for each in value]
    return None if value is None else one_line(value)


def shortened(text: str, letters: int) -> str:
    """Return a text as one line of at most so many letters, cut with an ellipsis where it is longer."""
    line = one_line(text)
    return line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…"
