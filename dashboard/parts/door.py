"""The door: what a person sees who is not in, and the way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import access
from dashboard.escape import markdown
from dashboard.parts.frame import ICON
from dashboard.wording import access as words

_MARK = 56  # pixels


@contextmanager
def door(title: str, text: str) -> Iterator[None]:
    """Draw a card in the middle of the page around what follows: a title, and why there is nothing else to see."""
    with st.container(border=True, key="door", gap="small"):
        st.image(ICON, width=_MARK)
        st.title(markdown(title), anchor=False)
        st.markdown(markdown(text))
        yield


def sign_in(label: str) -> None:
    """Draw the button that leads to the identity provider, and what becomes of the address that was asked for."""
    st.button(label, on_click=access.sign_in, type="primary", icon=":material/login:", key="sign-in", width="stretch")
    st.caption(f":material/bookmark: {markdown(words.KEEPS)}")
