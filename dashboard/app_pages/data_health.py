"""Data health: whether the data can carry the comparison, what was read, and what was wrong with it."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.wording import amounts as amount_words
from dashboard.wording import common, moved, to_mend
from dashboard.wording import data_health as health

opened, asked, whole_file = data.current(), scope.current(), data.Scope()
terms, topics, loads = opened.terms(asked), opened.questions(), opened.loads()
left_out, problems = opened.left_out(asked), opened.data_problems(asked)

st.title(health.QUESTION, anchor=False)
parts.answer(health.answer(left_out, terms), health.facts(None if opened.is_restricted else loads, problems))
if left_out.height:
    with parts.card("parts", *health.PARTS):
        parts.bullets(health.parts(left_out, terms))
        parts.download(opened.csv(left_out, asked), "left_out", terms)
    with parts.card("faults", *health.FAULTS_TOLD):
        parts.fact_grid(health.faults(problems))
        parts.notes(health.not_found(problems))
        parts.download(opened.csv(problems, asked), "data_problems", terms)
if not opened.is_restricted and (went_on := health.over_time(opened.sources(), opened.load_counts())):
    with parts.card("over-time", *health.OVER_TIME):
        parts.bullets(went_on)
if not opened.is_restricted and (gone := opened.columns_gone()):
    with parts.card("gone", *health.GONE):
        parts.bullets(gone)
if before := {each["version"]: moved.name(each) for each in opened.earlier()}:
    with parts.card("moved", moved.TITLE, moved.INTRO):
        chosen = st.selectbox(moved.CHOOSE, list(before), format_func=before.__getitem__, key="moved-since")
        changes, settings = opened.moved_since(chosen, asked)
        parts.notes(moved.told(changes, settings))
        parts.records(moved.table(changes), "moved")
        parts.download(opened.csv(changes, asked), "moved", terms)

rejects, coverage = opened.rejects_by_reason(), opened.field_coverage()
junk, groups = opened.junk_answers(asked, health.ROWS), opened.suspected_duplicates(asked, health.ROWS)
log, suggested = opened.settings_log(), opened.suggested_settings()
amounts, currencies = opened.load_amounts(), opened.amounts_by_currency(asked)
dates, stages = opened.bad_dates(asked, health.ROWS), opened.unlisted_stages(asked)
in_currencies, told = amount_words.currencies_table(currencies, terms), amount_words.currencies_line(currencies, terms)
shown = (
    ("loads", health.READ, health.loaded(loads), health.loads_table(loads), loads, whole_file),
    ("rejects", health.REJECTS, health.rejects_line(rejects), health.rejects_table(rejects), rejects, whole_file),
    ("load_amounts", amount_words.READ, amount_words.amounts_line(amounts), amount_words.amounts_table(amounts), amounts, whole_file),
    ("amounts_by_currency", amount_words.BY_CURRENCY, told, in_currencies, currencies, asked),
    ("field_coverage", health.FIELDS, health.coverage_line(coverage), health.coverage_table(coverage, topics), coverage, whole_file),
    ("junk_answers", health.JUNK, health.junk_line(junk), health.junk_table(junk, topics), junk, asked),
    ("bad_dates", to_mend.BAD_DATES, to_mend.bad_dates_line(dates, rejects), to_mend.bad_dates_table(dates), dates, asked),
    ("unlisted_stages", to_mend.STAGES, to_mend.stages_line(stages), to_mend.stages_table(stages), stages, asked),
    ("suspected_duplicates", health.DUPLICATES, health.duplicates_line(groups), health.duplicates_table(groups), groups, asked),
    ("settings_log", health.LOG, health.settings_line(log, suggested, opened.settings()), health.log_table(log), log, whole_file),
)
to_copy = {"unlisted_stages": to_mend.stages_lines(stages)}
for name, (title, intro), told, table, frame, of_scope in shown:
    if opened.is_restricted and name in health.OF_LOADS:
        continue
    parts.table_card(name, title, intro, told, table, opened.csv(frame, of_scope), terms, to_copy.get(name, ""))
parts.definition(common.definition(terms))
