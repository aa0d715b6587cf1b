"""Loading, at the start: the sample or an export, and where its files are handed in."""

from __future__ import annotations

import streamlit as st

from dashboard import loading
from dashboard.escape import markdown
from dashboard.parts.load_outcome import failure
from dashboard.wording import loading as words

_CARD_WIDTH = 320  # pixels; two side by side, or one above the other


def ways_in() -> None:
    """Draw the two ways to begin: the sample, or an export."""
    grid = st.grid(2, min_column_width=_CARD_WIDTH, gap="medium", border=True, height="stretch")
    with grid.cell().container(key="way-sample", gap="small"):
        _way(":material/science:", words.SAMPLE, words.SAMPLE_INTRO)
        st.button(words.SAMPLE, on_click=loading.begin_sample, type="primary", icon=":material/play_arrow:", key="sample")
        st.caption(markdown(words.SAMPLE_TIME))
    with grid.cell().container(key="way-export", gap="small"):
        _way(":material/upload_file:", words.EXPORT, words.EXPORT_INTRO)
        uploader("start")


def commands() -> None:
    """Draw how to begin on the command line, where nothing may be loaded in the browser."""
    st.markdown(markdown(words.COMMAND_INTRO))
    grid = st.grid(2, min_column_width=_CARD_WIDTH, gap="medium", border=True, height="stretch")
    for icon, title, intro, command in (
        (":material/science:", words.SAMPLE, words.SAMPLE_INTRO, words.SAMPLE_COMMAND),
        (":material/upload_file:", words.EXPORT, words.EXPORT_INTRO, words.EXPORT_COMMAND),
    ):
        with grid.cell().container(gap="small"):
            _way(icon, title, intro)
            st.code(command, language=None)


def _way(icon: str, title: str, intro: str) -> None:
    st.subheader(f":primary[{icon}] {markdown(title)}", anchor=False)
    st.markdown(f":gray[{markdown(intro)}]")


def choose_files() -> None:
    """Draw where files are handed in, on the page of its own."""
    st.markdown(markdown(words.INTRO))
    with st.container(border=True, key="way-export", gap="small"):
        _way(":material/upload_file:", words.EXPORT, words.EXPORT_INTRO)
        uploader("page")


def uploader(place: str) -> None:
    """Draw where files are handed in; a click begins to look at them, on the page that is named for it."""
    try:
        limits = loading.limits()
    except loading.SameSideError as error:
        failure(error)
        return
    endings = [kind.removeprefix(".") for kind in loading.KINDS]
    files = st.file_uploader(
        words.FILES,
        endings,
        accept_multiple_files=True,
        max_upload_size=limits.max_megabytes,
        key=f"files-{place}",
        label_visibility="collapsed",
    )
    st.caption(markdown(words.limits(limits.max_megabytes, limits.max_files)))
    if st.button(words.LOOK, type="primary", disabled=not files, key=f"look-{place}", icon=":material/search:"):
        try:
            loading.hand_in([(file.name, file) for file in files])
        except loading.SameSideError as error:
            failure(error)
            return
        st.switch_page("app_pages/load_data.py")
