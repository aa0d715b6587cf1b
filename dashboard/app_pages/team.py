"""Team: adoption, win rate and cycle of each rep and team, held against what chance alone gives."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.charts.adoption import adoption_chart, ceiling
from dashboard.charts.funnel import reps_funnel
from dashboard.charts.rows import rows_chart
from dashboard.wording import adoption, common, funnel, groups, team
from dashboard.wording.rows import is_drawn

opened, asked = data.current(), scope.current()
opened.ahead(
    asked,
    "owner_rates",
    *(("group_rates", by) for by in ("all", "team", "owner")),
    *(("late_answers", by) for by in ("all", "team", "owner")),
    *(("adoption", by) for by in ("all", "team")),
)
terms, colours = opened.terms(asked), parts.colours()

st.title(team.TITLE, anchor=False)
if parts.is_comparable(opened, asked):
    rates, whole, by_team = opened.owner_rates(asked), opened.group_rates(asked, "all"), opened.group_rates(asked, "team")
    late, late_by_team = opened.late_answers(asked, "all"), opened.late_answers(asked, "team")
    spread = opened.owner_spread(asked)
    parts.answer(team.answer(rates, spread, whole, terms), team.facts(rates, spread, late))
    parts.definition(common.definition(terms, is_by_deals=True))

    if team.has_names(rates):
        spots = funnel.spots(rates)
        figure = reps_funnel(spots, opened.funnel_limits(asked), funnel.whole_label(rates), colours)
        parts.picture(funnel.picture(rates, terms), figure, opened.csv(rates, asked), terms)
        people = team.people(rates, opened.group_rates(asked, "owner"), opened.late_answers(asked, "owner"))
        with parts.card("reps", team.REPS_TITLE, team.REPS_INTRO):
            parts.table(team.people_table(people), team.PERCENTS)
            parts.download(opened.csv(people, asked), "reps", terms)

    over_time, teams_over_time = opened.adoption(asked, "all"), opened.adoption(asked, "team")
    names = adoption.quarters(over_time)
    [all_deals], lines = adoption.lines(over_time, names), adoption.team_lines(teams_over_time, names)
    figure = adoption_chart(all_deals, names, ceiling([all_deals]), colours) if adoption.is_drawn(all_deals) else None
    parts.picture(adoption.picture(over_time, terms), figure, opened.csv(over_time, asked), terms)
    if lines:
        with parts.card("adoption-teams", adoption.TEAMS, adoption.TEAMS_INTRO):
            top = ceiling([all_deals, *lines])
            figures = [adoption_chart(line, names, top, colours, all_deals) for line in lines]
            parts.panels([(line.name, line.label, figure, adoption.alt(line)) for line, figure in zip(lines, figures, strict=True)])
            parts.download(opened.csv(teams_over_time, asked), "adoption_by_team", terms)

    if groups.has_names(by_team):
        team_rows = groups.rows(by_team)
        figure = rows_chart(team_rows, groups.axis(whole), colours) if is_drawn(team_rows) else None
        parts.picture(groups.picture(by_team, terms), figure, opened.csv(by_team, asked), terms)
    late_rows = groups.late_rows(late, late_by_team)
    figure = rows_chart(late_rows, groups.late_axis(), colours) if is_drawn(late_rows) else None
    parts.picture(groups.late_picture(late, late_by_team), figure, opened.csv(late_by_team, asked), terms)
