"""First run: there is no database to show yet. What Same Side is, and two ways to begin."""

from __future__ import annotations

import streamlit as st

from dashboard import data, loading, parts
from dashboard.escape import markdown
from dashboard.parts import load_files, load_outcome, load_progress
from dashboard.wording import loading as words

at = loading.visit()

with st.container(key="welcome", gap="small"):
    st.title(markdown(words.WELCOME), anchor=False)
    st.markdown(markdown(words.WHAT_IT_IS))

if at.stage == "loading":
    load_progress.progress(words.LOADING if at.upload else words.SAMPLE_LOADS)
elif loading.is_loading():
    load_progress.wait_for_another()
else:
    if data.has_file() and (problem := data.problem()):
        parts.unavailable(problem.what, problem.where, problem.todo)
    load_outcome.failed()
    if loading.may_load():
        load_files.ways_in()
    else:
        load_files.commands()
    st.caption(f":material/lock: {markdown(words.STAYS_HERE)}")
