"""A deal's own page: its tag with its reasons, its days, its friction and its facts. Opened from tables of deals."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts import timeline as chart
from dashboard.wording import common, deal, timeline

opened, asked = data.current(), scope.current()
terms = opened.terms(asked)
deal_id = st.query_params.get(parts.DEAL, "")
facts = opened.deal_facts(asked, deal_id) if deal_id else None

if facts is None:
    parts.answer(deal.unknown(deal_id))
else:
    stages, questions = opened.deal_stages(deal_id), opened.deal_questions(asked, deal_id)
    parts.headed(deal.title(facts), deal.subtitle(facts))
    if link := deal.link(opened.deal_url(), deal_id):
        st.link_button(deal.OPEN_IN_CRM, link, icon=":material/open_in_new:")
    parts.answer(deal.answer(facts, questions, terms))
    parts.named(deal.facts_of(facts, terms))
    made = timeline.timeline(facts, stages, questions, terms)
    figure = chart.timeline(made, parts.colours()) if made else None
    parts.picture(timeline.picture(made), figure, opened.csv(questions, asked), terms)
    with parts.card("friction", deal.FRICTION, deal.FRICTION_INTRO):
        parts.bullets(deal.friction(facts))
    parts.definition(common.definition(terms))
