"""A frame with a heading around what belongs together, and the button that hands over its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from dashboard import access, data, own_files
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
    hand_over(common.DOWNLOAD, lambda: csv, f"{name}_{terms.as_of}.csv", "text/csv", ":material/download:", f"csv-{name}")


def hand_over(
    label: str,
    content: Callable[[], bytes],
    name: str,
    kind: str,
    icon: str,
    key: str,
    event: Literal["downloaded", "reported"] = "downloaded",
) -> None:
    """Draw the button that hands over a file of the deals that are shown: the one way out of a page, which the audit trail sees."""
    made = own_files.noted(access.handed_over(content, name, data.current().audience, event), kind, name)
    st.download_button(label, made, name, kind, icon=icon, on_click="ignore", key=key)
