"""Load data: hand in an export, choose which columns answer the buyer questions, and load."""

from __future__ import annotations

import streamlit as st

from dashboard import loading
from dashboard.escape import markdown
from dashboard.parts import load_columns, load_files, load_outcome, load_progress
from dashboard.wording import loading as words

st.title(markdown(words.QUESTION), anchor=False)

match loading.visit().stage:
    case "choose files":
        load_files.choose_files()
    case "examining":
        load_progress.progress(words.EXAMINING)
    case "choose columns":
        load_columns.choose_columns()
    case "loading":
        load_progress.progress(words.LOADING)
    case "failed":
        load_outcome.failed()
    case "done":
        load_outcome.done()
