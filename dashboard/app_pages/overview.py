"""Overview: does customer focus pay? One sentence, four figures, and what is left of the gap step by step."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts.ladder import evidence_ladder
from dashboard.charts.trend import trend
from dashboard.wording import common, frame
from dashboard.wording import ladder as steps
from dashboard.wording import trend as trends
from dashboard.wording.beside import facts
from dashboard.wording.tiles import tiles
from dashboard.wording.verdict import QUESTION, verdict

opened, asked = data.current(), scope.current()
opened.ahead(asked, "verdict", "evidence_ladder", "headline", "crm_figures", ("win_rate", "created_quarter"))
terms, alike, deals = opened.terms(asked), opened.alike(asked), opened.deals(asked)
ladder, verdicts = opened.evidence_ladder(asked), opened.verdict(asked)
said = verdict(verdicts, ladder, alike, terms, deals)

st.title(QUESTION, anchor=False)
parts.answer(said, facts(verdicts, ladder, alike, terms))
if said.state == "no field history":
    st.info(frame.no_history(), icon=":material/history:")
if said.compares_ages:
    by_value = opened.win_rate(asked) if terms.is_by_value else None
    parts.tiles(tiles(opened.headline(asked), by_value, terms))
if deals and terms.questions:
    parts.definition(common.definition(terms), common.crm_line(opened.crm_figures(asked), terms))
    rungs = steps.rungs(ladder, said, terms)
    parts.picture(steps.picture(ladder, rungs, said), evidence_ladder(rungs, parts.colours()), opened.csv(ladder, asked), terms)
if said.compares_ages:
    rates = opened.win_rate(asked, "created_quarter")
    figure = trend(trends.series(rates, terms), trends.steps(rates), parts.colours()) if trends.is_drawn(rates) else None
    parts.picture(trends.picture(rates, terms), figure, opened.csv(rates, asked), terms)
