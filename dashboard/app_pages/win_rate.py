"""Win rate: by group, then by any dimension, by the number of answers known, and by fit; a dot opens its deals."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts.rows import rows_chart
from dashboard.charts.trend import trend
from dashboard.wording import common, deals, dose, fit, win_rate

_BY_WIDTH = 420  # pixels, as the choice of deals below the chart

opened, asked = data.current(), scope.current()
opened.ahead(asked, "headline", "evidence_ladder", "simpson", "win_rate_by_answers", "answers_trend", "fit_by_focus")
terms = opened.terms(asked)

st.title(win_rate.QUESTION, anchor=False)
if parts.is_comparable(opened, asked):
    by_value = opened.win_rate(asked) if terms.is_by_value else None
    parts.answer(win_rate.answer(opened.headline(asked), opened.evidence_ladder(asked), by_value, terms))
    parts.warnings(win_rate.warnings(opened.simpson(asked)))
    by_currency = [win_rate.CURRENCY] if len(opened.currencies()) > 1 else []
    if dimensions := [*scope.dimensions(opened), *by_currency]:
        by = st.selectbox(win_rate.BY, dimensions, format_func=win_rate.label_of, key="by", width=_BY_WIDTH, bind="query-params")
        rates = opened.win_rate(asked, by)
        figure = rows_chart(win_rate.rows(rates, terms, by), win_rate.axis(), parts.colours()) if rates.height else None
        clicked = parts.picture(win_rate.picture(rates, by, terms), figure, opened.csv(rates, asked), terms, is_selectable=True)
        chosen = parts.choice(deals.CHOOSE, win_rate.options(rates), clicked, f"deals by {by}", deals.PLACEHOLDER)
        if chosen:
            value, focus = win_rate.of_key(chosen)
            listed = opened.deal_list(asked, by, value, focus)
            said, table, ids = deals.sentence(listed, value, focus), deals.table(listed, terms), listed["deal_id"].to_list()
            parts.deals(said, table, ids, f"list of {chosen} by {by}", deals.amount_column(terms))
            parts.download(opened.csv(listed, asked), "deals", terms)
    by_answers, rise = opened.win_rate_by_answers(asked), opened.answers_trend(asked)
    drawn = trend(dose.series(by_answers, terms), dose.steps(by_answers, terms), parts.colours()) if dose.is_told(by_answers) else None
    parts.picture(dose.picture(by_answers, rise, terms), drawn, opened.csv(by_answers, asked), terms)
    grid = opened.fit_by_focus(asked)
    parts.fit_grid(fit.picture(grid, terms), fit.lines(grid, terms) if fit.is_told(grid) else (), opened.csv(grid, asked), terms)
    parts.definition(common.definition(terms))
