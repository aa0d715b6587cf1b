"""Names that are markup, formulas, links or templates come out as text."""

from __future__ import annotations

import re

import plotly.graph_objects as go
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard import escape
from etl.visible import HIDDEN
from tests.payloads import SHOWN

HOSTILE = [
    "![x](http://evil.example/p.png)",
    "[a](http://evil.example)",
    "www.evil.example",
    "me@evil.example",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "$x^2$ and $$y$$",
    ":red[hot] :material/home: :streamlit:",
    "# head\n- item\n1. item",
    "| a | b |",
    "a -> b <- c -- d >= e",
    "%{x} <b>bold</b> &lt;",
    "**b** _i_ ~~s~~ `code`",
    "\u202egnorts\u200b",
]


@pytest.mark.parametrize("name", [*HOSTILE, *SHOWN])
def test_markdown_shows_the_name_and_no_more(name: str) -> None:
    """Each sign that means something to Markdown has a backslash, and what is replaced after parsing is broken up."""
    escaped = escape.markdown(name)
    assert not re.search(r"(?<!\\)[!#$&*+:<>@\[\]^_`{|}~]", escaped.replace("\\\\", ""))
    assert not re.search(r"https?:/|www\.|:\w|@\w|->|<-|--", escaped.replace("\\", ""))
    assert "\n" not in escaped


@given(some.text())
def test_markdown_loses_nothing_that_is_seen(name: str) -> None:
    """Without backslashes and joiners the name is what it was, on one line."""
    back = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escape.markdown(name)).replace("\u2060", "")
    assert back == escape.one_line(name)


@pytest.mark.parametrize("name", [*HOSTILE, *SHOWN])
def test_plotly_labels_hold_no_tag_formula_or_template(name: str) -> None:
    """Plotly's pseudo-HTML, MathJax and templates see entities."""
    escaped = escape.plotly(name)
    assert not re.search(r"[<>$]|%\{", escaped)
    assert go.Figure().add_annotation(text=escaped).layout.annotations[0].text == escaped


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_of_a_text_hides_anywhere(name: str) -> None:
    """Not in Markdown, charts, tables or lines: but for the joiner that Markdown gets here itself."""
    frame = pl.DataFrame({name: [name, None], "list": [[name], None]})
    shown = escape.table(frame)
    made = [
        escape.markdown(name).replace("\u2060", ""),
        escape.plotly(name).replace("\u2060", ""),
        escape.one_line(name),
        escape.several_lines(name),
    ]
    assert not [text for text in [*made, shown.columns[0], shown[0, 0], shown[0, 1][0]] if HIDDEN.search(text.replace("\n", ""))]
    assert shown[1, 0] is None


def test_a_sign_stands_for_what_hides_or_turns_others() -> None:
    """A name cannot pass for another by invisible or turned characters."""
    assert escape.one_line("a\u200bb\u202ec\r\n\td\x1b[31m\x9b") == r"a\u200bb\u202ec d␛[31m\u009b"


def test_what_scripts_and_emoji_are_written_with_stays() -> None:
    """A joiner between letters that are not ASCII, marks above letters, spaces that do not break; but no joiner within a Latin name."""
    for name in ("👩‍👩‍👧", "می‌خواهم", "नमस्ते", "Ǻ é\u0301", "12\u00a0km", "עברית"):
        assert escape.one_line(name) == name
    assert escape.one_line("An\u200dna") == r"An\u200dna"


def test_columns_of_a_table_keep_apart_that_look_alike_then() -> None:
    """What DuckDB tells apart, a table does too."""
    shown = escape.table(pl.DataFrame({"a b": ["1"], "a\nb": ["2"], "n": [3]}))
    assert shown.columns == ["a b", "a b (2)", "n"]
    assert shown.row(0) == ("1", "2", 3)
