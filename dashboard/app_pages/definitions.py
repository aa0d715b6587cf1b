"""Definitions: what the figures mean, in words and as the SQL that runs, and how to open the file elsewhere."""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.wording import definitions, junk

opened, asked = data.current(), scope.current()
terms = opened.terms(asked)

st.title(definitions.QUESTION, anchor=False)
parts.answer(definitions.answer(terms))
with parts.card("questions", *definitions.QUESTIONS):
    parts.fact_grid(definitions.questions(opened.questions(), opened.field_coverage()))
with parts.card("settings", *definitions.SETTINGS):
    parts.fact_grid(definitions.settings(terms, opened.settings()))
with parts.card("glossary", *definitions.GLOSSARY):
    parts.fact_grid(definitions.glossary(terms))
with parts.card("junk", *junk.TITLE):
    parts.fact_grid(junk.reasons())
with parts.card("formulas", *definitions.FORMULAS):
    formulas = opened.formulas()
    name = scope.choose_one(definitions.FORMULA, formulas["name"].to_list(), "formula", definitions.FIRST_FORMULA)
    formula = formulas.filter(name=name).row(0, named=True)
    parts.words(definitions.paragraphs(formula["comment"]))
    parts.code(formula["sql"], "sql")
relations, columns = opened.relations(), opened.columns()
parts.table_card(
    "relations",
    *definitions.TABLES,
    definitions.how_many(relations),
    definitions.relations_table(relations),
    opened.csv(relations, data.Scope()),
    terms,
)
parts.table_card(
    "columns",
    *definitions.COLUMNS,
    definitions.how_many_columns(columns),
    definitions.columns_table(columns),
    opened.csv(columns, data.Scope()),
    terms,
)
with parts.card("elsewhere", *definitions.ELSEWHERE):
    parts.snippets(definitions.SNIPPETS)
