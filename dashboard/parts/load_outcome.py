"""Loading, at the end: what went wrong, what the load has to be told, or what became of each row."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import access, loading
from dashboard.escape import markdown, several_lines
from dashboard.parts.cards import card
from dashboard.parts.texts import bullets
from dashboard.wording import loading as words


def failure(error: loading.SameSideError) -> None:
    """Draw an error in its four parts."""
    with st.container(border=True, key="failure"):
        title, *more = error.what.splitlines()
        st.markdown(f":material/error: **{markdown(words.sentence(title))}**")
        for line in (*more, *words.error_lines(error.where, error.expected, error.todo)):
            st.text(several_lines(line))


def begin(choices: loading.Choices) -> None:
    """Begin to load with what was chosen, or say why that cannot be."""
    try:
        loading.load(choices)
    except loading.SameSideError as error:
        failure(error)
        return
    st.rerun()


def failed() -> None:
    """Draw what went wrong with the job of this session, and ask what the load has to be told."""
    at = loading.visit()
    if at.error is None:
        return
    failure(at.error)
    if at.unknown_stages:
        _ask_again(words.STAGES_INTRO, lambda: _ask_stages(at))
    elif at.has_ambiguous_dates:
        _ask_again(words.DATES_INTRO, lambda: _ask_dates(at))
    with st.container(horizontal=True, gap="small"):
        if at.proposal:
            st.button(words.BACK, on_click=loading.back, icon=":material/arrow_back:")
        st.button(words.START_OVER, on_click=loading.start_over, type="tertiary", key="start-over")


def _ask_again(intro: str, ask: Callable[[], None]) -> None:
    at = loading.visit()
    with st.form(f"again-{at.key}"):
        st.markdown(markdown(intro))
        ask()
        if st.form_submit_button(words.LOAD_AGAIN, type="primary") and at.choices:
            begin(loading.with_answers(at))


def _ask_stages(at: loading.Visit) -> None:
    for place, stage in enumerate(at.unknown_stages):
        outcome = st.segmented_control(
            markdown(stage),
            loading.OUTCOMES,
            format_func=words.OUTCOMES.__getitem__,
            default="open",
            required=True,
            key=f"stage-{place}-{at.key}",
        )
        at.stages[stage] = outcome


def _ask_dates(at: loading.Visit) -> None:
    order = st.radio(
        words.DATES_INTRO,
        list(words.DATE_ORDERS),
        format_func=words.DATE_ORDERS.__getitem__,
        label_visibility="collapsed",
        key=f"dates-{at.key}",
    )
    at.date_order = "mdy" if order == "mdy" else "dmy"


def done() -> None:
    """Draw that the data are loaded, what became of each row, and where the choices are kept."""
    at = loading.visit()
    st.subheader(markdown(words.DONE if at.report["is_new"] else words.UNCHANGED), anchor=False)
    with st.container(horizontal=True, gap="small"):
        if access.visitor().sees_deals and st.button(words.SEE, type="primary", icon=":material/balance:", key="see"):
            st.switch_page("app_pages/overview.py")
        st.button(words.MORE, on_click=loading.start_over, type="tertiary", key="more")
    first, *lines = at.report["lines"]
    if lines:
        with card("report", words.REPORT, words.sentence(first)):
            bullets(lines)
    if at.settings:
        st.caption(markdown(words.SETTINGS_INTRO))
        with st.container(horizontal=True, gap="small"):
            _download(words.SETTINGS, at.settings, words.SETTINGS_FILE)
            if at.mapping:
                _download(words.MAPPING, at.mapping, words.MAPPING_FILE)


def _download(label: str, content: bytes, name: str) -> None:
    st.download_button(label, content, name, "application/toml", icon=":material/download:", on_click="ignore", key=f"download-{name}")
