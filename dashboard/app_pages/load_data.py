"""Load data: hand in an export, choose which columns answer the buyer questions, and load."""

from __future__ import annotations

import streamlit as st

from dashboard import load_parts, loading
from dashboard.escape import markdown
from dashboard.wording import loading as words

st.title(markdown(words.QUESTION), anchor=False)

match loading.visit().stage:
    case "choose files":
        load_parts.choose_files()
    case "examining":
        load_parts.progress(words.EXAMINING)
    case "choose columns":
        load_parts.choose_columns()
    case "loading":
        load_parts.progress(words.LOADING)
    case "failed":
        load_parts.failed()
    case "done":
        load_parts.done()
