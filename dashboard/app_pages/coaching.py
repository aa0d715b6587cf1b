"""Coaching: what to ask next, in open deals past the landmark day; most at stake first."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.wording import coaching

opened, asked = data.current(), scope.current()
terms, topics = opened.terms(asked), opened.questions()

st.title(coaching.QUESTION, anchor=False)
reps = scope.choose(coaching.REPS, opened.coaching_summary(asked, "owner")["by_value"].to_list(), "reps") if terms.has_owners else ()
total, questions = (opened.coaching_summary(asked, by, reps) for by in ("all", "question"))
said = coaching.answer(total, questions, topics, terms, opened.deals(asked))
parts.answer(said, coaching.missing_by_question(total, questions, topics, terms))
if total.height:
    rows = opened.coaching(asked, reps, coaching.ROWS)
    st.subheader(coaching.NEXT, anchor=False)
    parts.work_list(coaching.items(rows.head(coaching.ITEMS), topics, terms))
    with parts.card("coaching-list", coaching.WHOLE, coaching.how_many(rows, reps)):
        table = coaching.table(rows, topics, terms, opened.settings().get("deal_url"))
        chosen = parts.records(table, coaching.NAME, is_selectable=True)
        parts.download(opened.csv(rows, asked), coaching.NAME, terms)
    if chosen is not None:
        parts.open_deal(rows["deal_id"][chosen])
parts.definition(coaching.definition(terms))
