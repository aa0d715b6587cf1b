"""Is it real? The finding asked in different ways, how alike the groups are, what it can bear; the slow comparisons come last."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts.balance import balance_chart
from dashboard.charts.rows import rows_chart
from dashboard.wording import balance, common
from dashboard.wording import is_it_real as words
from dashboard.wording import sensitivity as settings
from dashboard.wording.rows import alt
from dashboard.wording.verdict import is_compared

opened, asked = data.current(), scope.current()
opened.ahead(
    asked, "verdict", "like_for_like", "robustness", "balance", ("mantel_haenszel", "segment"), "simpson", "sensitivity", "other_methods"
)
terms, colours = opened.terms(asked), parts.colours()

st.title(words.QUESTION, anchor=False)
if parts.is_comparable(opened, asked):
    verdicts, compared, alike, robust = opened.verdict(asked), opened.like_for_like(asked), opened.alike(asked), opened.robustness(asked)
    checks = words.checks(compared, opened.like_for_like(asked, strata=("owner",)), robust, terms)
    parts.answer(words.answer(verdicts, checks, alike, terms, opened.deals(asked)))
    if rows := words.rows(compared, verdicts, checks):
        parts.picture(words.checks_picture(rows), rows_chart(rows, words.GAP_AXIS, colours), opened.csv(compared, asked), terms)

    values = opened.balance(asked)
    if pairs := balance.pairs(values, verdicts):
        said = balance.picture(values, pairs, alike)
        parts.picture(said, balance_chart(pairs, colours), opened.csv(values, asked), terms, note=balance.not_held(values, alike))

    if facts := words.bears(robust, verdicts):
        with parts.card("bears", words.BEARS, words.BEARS_INTRO):
            parts.fact_grid(facts)
            parts.more(words.MEANS, words.MEANINGS)
    if is_compared(verdicts):
        pooled = opened.mantel_haenszel(asked)
        tables = {settings.SEGMENTS: settings.across_segments(pooled), settings.ROUND: settings.turned_round(opened.simpson(asked))}
        parts.more(settings.STATISTICIANS, settings.statistics(robust, pooled), tables)

    with parts.waiting(settings.WAIT_SETTINGS):
        tried = opened.sensitivity(asked)
    days, answers = settings.by_day(tried, terms), settings.by_answers(tried, terms)
    axis = settings.axis(days, answers)
    cells = [
        parts.Cell(key, rows_chart(rows, axis, colours), alt(heading, rows), heading)
        for key, heading, rows in (("by-day", settings.BY_DAY, days), ("by-answers", settings.BY_ANSWERS, answers))
    ]
    parts.pictures(settings.picture(days, answers), cells, opened.csv(tried, asked), terms, width=400)

    with parts.waiting(settings.WAIT_METHODS):
        others = opened.other_methods(asked)
    if rows := settings.methods(others, verdicts, compared):
        parts.picture(settings.methods_picture(rows), rows_chart(rows, words.GAP_AXIS, colours), opened.csv(others, asked), terms)
    parts.definition(common.definition(terms, is_by_deals=True))
