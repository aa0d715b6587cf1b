"""Overview: does customer focus pay? One sentence, four figures, and what is left of the gap step by step."""

from __future__ import annotations

import streamlit as st

from dashboard import charts, data, parts, scope
from dashboard.wording import common, frame
from dashboard.wording import ladder as steps
from dashboard.wording.tiles import tiles
from dashboard.wording.verdict import QUESTION, verdict

opened, asked = data.current(), scope.current()
terms = opened.terms(asked)
ladder = opened.evidence_ladder(asked)
said = verdict(ladder, terms, opened.deals(asked))

st.title(QUESTION, anchor=False)
parts.verdict(said)
if said.state == "no history":
    st.info(frame.no_history(), icon=":material/history:")
if said.compares_ages:
    parts.tiles(tiles(opened.headline(asked), ladder, terms))
if said.has_gap:
    parts.definition(common.definition(terms), common.crm_line(opened.crm_figures(asked), terms))
    with parts.card("ladder", steps.TITLE, steps.INTRO):
        parts.chart(charts.evidence_ladder(ladder, terms, parts.colours()), steps.alt(ladder, terms), "ladder-chart")
        parts.in_words(steps.IN_WORDS, steps.sentences(ladder, terms), steps.table(ladder))
        parts.download(opened.csv(ladder, asked), "evidence_ladder", terms)
