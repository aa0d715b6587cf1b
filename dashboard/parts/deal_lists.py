"""Lists of deals, each of which leads to the page of a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.escape import markdown, one_line
from dashboard.parts.grid import grid
from dashboard.wording.coaching import Item

DEAL = "deal"  # the query parameter of the deal whose page is asked for
_DEAL_PAGE = "app_pages/deal.py"
_CHOICE_WIDTH = 420  # pixels
_ITEM_WIDTH = 420  # pixels; two in a row, or one above the other


def choice(label: str, options: Mapping[str, str], clicked: str | None, key: str, placeholder: str) -> str | None:
    """Draw a list of options by their keys, and return the one that stands, if any: what was clicked last, or chosen by hand."""
    before = f"{key} clicked"
    if clicked in options and clicked != st.session_state.get(before):
        st.session_state[key] = clicked
    st.session_state[before] = clicked
    shown = {key: one_line(text) for key, text in options.items()}
    return st.selectbox(
        label, list(shown), index=None, format_func=shown.__getitem__, key=key, placeholder=placeholder, width=_CHOICE_WIDTH
    )


def deals(said: str, table: pl.DataFrame, ids: Sequence[str], key: str, money: str | None = None) -> None:
    """Draw a sentence and a table of deals, and open the page of the one whose row is ticked; `money` is its column of amounts."""
    st.caption(markdown(said))
    columns = {money: st.column_config.NumberColumn(format="localized")} if money else None
    event = grid(table, column_config=columns, key=key, on_select="rerun", selection_mode="single-row")
    if event["selection"]["rows"]:
        open_deal(ids[event["selection"]["rows"][0]])


def open_deal(deal_id: str) -> None:
    """Go to the page of a deal. The sidebar keeps the scope, and puts it back into the URL."""
    st.switch_page(_DEAL_PAGE, query_params={DEAL: deal_id})


def work_list(items: Sequence[Item]) -> None:
    """Draw the first deals of a work list as cards: what the deal is, what is missing, and what to ask next."""
    grid = st.grid(2, min_column_width=_ITEM_WIDTH, gap="small", border=True, height="stretch")
    for number, item in enumerate(items):
        with grid.cell().container(key=f"item-{number}", gap="xxsmall"):
            st.page_link(_DEAL_PAGE, label=f":primary[**{markdown(item.deal)}**]", query_params={DEAL: item.deal_id})
            st.caption(markdown(item.about))
            st.markdown(markdown(item.missing))
            st.markdown(f"**{markdown(item.ask)}**")
            if item.friction:
                st.caption(markdown(item.friction))
