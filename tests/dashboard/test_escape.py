"""Names that are markup, formulas, links or templates come out as text."""

from __future__ import annotations

import re

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard import escape

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


@pytest.mark.parametrize("name", HOSTILE)
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


@pytest.mark.parametrize("name", HOSTILE)
def test_plotly_labels_hold_no_tag_formula_or_template(name: str) -> None:
    """Plotly's pseudo-HTML, MathJax and templates see entities."""
    escaped = escape.plotly(name)
    assert not re.search(r"[<>$]|%\{", escaped)
    assert go.Figure().add_annotation(text=escaped).layout.annotations[0].text == escaped


def test_characters_that_hide_or_turn_others_are_gone() -> None:
    """A name cannot pass for another by invisible or turned characters."""
    assert escape.one_line("a\u200bb\u202ec\r\n\td") == "a b c d"
