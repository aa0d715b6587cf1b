"""How a page opens and ends: its answer, what to know beside it, and under the figures what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard import data
from dashboard.escape import markdown
from dashboard.parts.facts import fact_grid
from dashboard.wording.beside import Fact
from dashboard.wording.common import Answer
from dashboard.wording.guard import nothing_to_compare
from dashboard.wording.verdict import Verdict


def headed(title: str, subtitle: str) -> None:
    """Draw the title of a page that is a name out of the CRM, and a line below it."""
    st.title(markdown(title), anchor=False)
    st.caption(markdown(subtitle))


def answer(said: Answer | Verdict, facts: Sequence[Fact] = ()) -> None:
    """Draw the answer to a page's question: in a word, in a sentence, and beside it what to know about it."""
    with st.container(key="verdict", gap="xsmall"):
        st.caption(markdown(said.in_a_word))
        st.markdown(markdown(said.sentence))
    with st.container(key="beside"):
        if said.note:
            st.markdown(markdown(said.note))
        if facts:
            fact_grid(facts)
        if said.caveat:
            st.caption(markdown(said.caveat))


def is_comparable(opened: data.Data, scope: data.Scope) -> bool:
    """Return whether there are deals to compare at equal age; where there are none, say why in place of the page."""
    said = nothing_to_compare(opened.left_out(scope), opened.terms(scope))
    if said is not None:
        answer(said)
    return said is None


def warnings(lines: Iterable[str]) -> None:
    """Draw what a visitor should know before anything else is read."""
    for line in lines:
        st.warning(markdown(line), icon=":material/warning:")


def definition(lines: Iterable[str], crm_line: str = "") -> None:
    """Draw under the numbers what they mean, and how the CRM's own reports show these deals."""
    with st.container(key="definition"):
        st.caption(markdown(" ".join(lines)))
        if crm_line:
            st.caption(markdown(crm_line))
