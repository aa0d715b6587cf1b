"""What is around every page: the look, the line above it with its menus, and what stands in its place without a database."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import access, data
from dashboard.charts import theme
from dashboard.escape import markdown, several_lines
from dashboard.parts.account import account
from dashboard.parts.cards import hand_over
from dashboard.parts.texts import bullets
from dashboard.report import report
from dashboard.wording import frame

_HERE = Path(__file__).parents[1]
ICON = str(_HERE / "icon.svg")
_LOGO = (_HERE / "logo.svg").read_text(encoding="utf-8")
_STYLE = _HERE / "style.css"


def style() -> None:
    """Lay over Streamlit's theme the few rules that it has no settings for."""
    st.html(_STYLE)


def logo() -> None:
    """Draw the logo above the menu."""
    st.logo(_LOGO.replace(theme.LIGHT.ink, colours().ink), size="large", icon_image=ICON)


def colours() -> theme.Palette:
    """Return the colours of the theme that the visitor sees."""
    return theme.palette(st.context.theme.type)


def unavailable(what: str, where: str, todo: str) -> None:
    """Say that the database cannot be shown, and what to do."""
    title, lines = frame.unavailable(what, where, todo)
    with st.container(border=True, key="unavailable"):
        st.markdown(f":material/warning: **{markdown(title)}**")
        for line in lines:
            st.text(several_lines(line))


def header(opened: data.Data, scope: data.Scope, who: access.Visitor) -> None:
    """Draw the line above every page: what it rests on, which deals it leaves out, and the filters in force."""
    left_out, terms = opened.left_out(scope), opened.terms(scope)
    line = frame.header_line(terms.as_of, opened.loaded_at(), opened.deals(scope))
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(markdown(line), width="content")
        if left_out.height:
            with st.popover(frame.left_out_label(left_out, terms), type="tertiary"):
                st.markdown(f"**{markdown(frame.LEFT_OUT)}**")
                bullets(frame.left_out_lines(left_out, terms))
        with st.popover(frame.SHARE, type="tertiary", icon=":material/ios_share:"):
            st.caption(markdown(frame.SHARE_LINK))
            hand_over(
                frame.SHARE_REPORT,
                lambda: report(opened, scope).encode(),
                f"same_side_{terms.as_of}.html",
                "text/html",
                ":material/description:",
                "board-report",
                "reported",
            )
        account(who)
    if filters := frame.scope_line(scope.described()):
        st.caption(markdown(filters))
