"""The account of those who are in: who is signed in and until when, as whom they look, and the way out."""

from __future__ import annotations

import streamlit as st

from dashboard import access
from dashboard.escape import markdown
from dashboard.wording import access as words


def sign_out(label: str) -> None:
    """Draw the button that ends the session."""
    st.button(label, on_click=access.sign_out, icon=":material/logout:", key="sign-out")


def account(who: access.Visitor) -> None:
    """Draw who is signed in, with which roles and until when, and the way out; nothing where nobody signs in."""
    if who.grant is None or who.ends is None:
        return
    label = words.whose_deals(access.audience(who)) if who.sees_deals else who.account
    with st.popover(markdown(label), type="tertiary", icon=":material/account_circle:"):
        st.markdown(f"**{markdown(who.account)}**")
        st.caption(markdown(words.roles(who.grant.roles)))
        st.caption(markdown(words.until(who.ends)))
        sign_out(words.SIGN_OUT)


def looking_as(who: access.Visitor) -> None:
    """Draw the choice of whose deals a person looks at, where they may see those of several."""
    if len(who.audiences) > 1:
        named = {each.key: words.whose_deals(each) for each in who.audiences}
        with st.sidebar:
            st.selectbox(words.LOOKING_AS, list(named), format_func=named.__getitem__, key=access.AS)
