"""SQL: queries of a visitor's own, through the guard, and what there is to ask."""

from __future__ import annotations

import streamlit as st

from dashboard import asking, data, scope
from dashboard.parts import sql as parts
from dashboard.wording import sql

opened = data.current()
terms = opened.terms(scope.current())

st.title(sql.QUESTION, anchor=False)
if parts.introduced():
    parts.query(opened.path, asking.saved())
    if asked := asking.last(opened.path):
        parts.result(asked, terms)
parts.schema(opened.relations(), opened.columns())
