"""Sales cycle: do customer-focused deals close sooner? Curves by deal age, medians, time in each stage, spread and friction."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts.curves import curves_chart
from dashboard.charts.rows import rows_chart
from dashboard.charts.spread import spread_chart
from dashboard.wording import common, curves, friction, spread
from dashboard.wording import sales_cycle as words
from dashboard.wording.rows import alt

opened, asked = data.current(), scope.current()
opened.ahead(asked, "verdict", "cycle_quantiles", "sales_cycle", "curves", "curve_at", "cycle_spread", "stage_times", "friction")
terms, colours = opened.terms(asked), parts.colours()

st.title(words.QUESTION, anchor=False)
if parts.is_comparable(opened, asked):
    verdicts, quantiles, alike = opened.verdict(asked), opened.cycle_quantiles(asked), opened.alike(asked)
    said = words.answer(verdicts, quantiles, alike, terms, opened.deals(asked))
    parts.answer(said, words.facts(verdicts, opened.log_rank(asked, strata=alike.held), opened.sales_cycle(asked), alike, terms))

    shares, marked = opened.curves(asked), opened.curve_at(asked)
    panels = curves.panels(shares, marked, terms)
    cells = [parts.Cell(each.state, curves_chart(each, colours), each.alt, table=each.marks) for each in panels]
    parts.pictures(curves.picture(panels, shares, marked, terms), cells, opened.csv(shares, asked), terms, width=290)

    days = opened.cycle_spread(asked)
    medians = words.medians(quantiles, days, terms)
    figure = rows_chart(medians, words.MEDIANS_AXIS, colours) if any(row.dots for row in medians) else None
    parts.picture(words.medians_picture(medians, terms), figure, opened.csv(quantiles, asked), terms, by_group=True)

    strips = spread.strips(days)
    parts.picture(spread.picture(strips, days, terms), spread_chart(strips, colours), opened.csv(days, asked), terms)

    times = opened.stage_times(asked)
    stages = friction.stages(times)
    figure = rows_chart(stages, friction.STAGE_AXIS, colours) if stages else None
    parts.picture(friction.stages_picture(stages, terms), figure, opened.csv(times, asked), terms, by_group=True)

    counted = opened.friction(asked)
    signs = friction.signs(counted, "landmark"), friction.signs(counted, "horizon")
    cells = [
        parts.Cell(key, rows_chart(rows, friction.SHARE_AXIS, colours), alt(heading, rows), heading)
        for key, rows, heading in zip(("landmark", "horizon"), signs, friction.signs_headings(terms), strict=True)
        if rows
    ]
    parts.pictures(friction.signs_picture(*signs, terms), cells, opened.csv(counted, asked), terms, width=400, by_group=True)
    parts.definition(common.definition(terms, is_by_deals=True))
