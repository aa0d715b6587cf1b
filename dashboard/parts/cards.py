"""A frame with a heading around what belongs together, and the button that hands over its data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.escape import markdown
from dashboard.parts.markup import quiet
from dashboard.terms import Terms
from dashboard.wording import common


@contextmanager
def card(key: str, title: str, intro: str) -> Iterator[None]:
    """Draw a frame with a heading around what follows."""
    with st.container(border=True, key=key):
        st.subheader(markdown(title), anchor=False)
        st.markdown(quiet(intro))
        yield


def download(csv: bytes, name: str, terms: Terms) -> None:
    """Draw the button that hands over a frame as CSV."""
    file, icon = f"{name}_{terms.as_of}.csv", ":material/download:"
    st.download_button(common.DOWNLOAD, csv, file, "text/csv", icon=icon, on_click="ignore", key=f"csv-{name}")
