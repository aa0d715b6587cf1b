"""Buyer questions: which of them go with more wins and fewer days open among alike deals, each alone and all at once."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts.rows import rows_chart
from dashboard.wording import common, question_rows, questions, questions_beside, questions_jointly
from dashboard.wording.rows import is_drawn

opened, asked = data.current(), scope.current()
opened.ahead(asked, ("like_for_like", "question"), "question_rates", ("effects", "question"), "questions_jointly")
terms = opened.terms(asked)

st.title(questions.TITLE, anchor=False)
if parts.is_comparable(opened, asked):
    alike, rates = opened.alike_by_question(asked), opened.question_rates(asked)
    effects, jointly = opened.effects(asked), opened.questions_jointly(asked)
    studied = questions.studied(opened.questions(), rates, effects, jointly)
    parts.answer(questions.answer(studied, alike, terms), questions_beside.facts(studied, alike))
    parts.definition(common.definition(terms, is_by_deals=True))
    with parts.card("questions", question_rows.ASKED_TITLE, question_rows.asked_intro(terms)):
        parts.fact_grid(question_rows.asked(studied))
        parts.in_words(question_rows.asked_sentences(), question_rows.asked_table(studied, terms))
        parts.download(opened.csv(rates, asked), "question_rates", terms)
    csv = opened.csv(effects, asked)
    for measure in question_rows.MEASURES:
        made = question_rows.rows(studied, measure)
        said = question_rows.picture(studied, measure, terms)
        figure = rows_chart(made, question_rows.axis(measure), parts.colours()) if is_drawn(made) else None
        parts.picture(said, figure, csv, terms)
    both = questions_jointly.rows(studied)
    figure = rows_chart(both, question_rows.axis("win_rate"), parts.colours()) if both else None
    parts.picture(questions_jointly.picture(studied), figure, opened.csv(jointly, asked), terms)
