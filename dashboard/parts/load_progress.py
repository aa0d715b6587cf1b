"""Loading, while it runs: one's own job, and that of somebody else."""

from __future__ import annotations

import streamlit as st

from dashboard import access, data, loading
from dashboard.escape import markdown
from dashboard.wording import loading as words

_POLL = 1.0  # seconds between two looks at a job of one's own
_WATCH = 10.0  # seconds between two looks at whether anybody's load has begun or ended
_ICONS = {"done": ":material/check_circle:", "now": ":material/progress_activity:", "later": ":material/radio_button_unchecked:"}


def watch(version: str | None, who: access.Visitor) -> None:
    """Say while anybody's load is running; show what it brought, and close what may not be seen any more, without waiting for a click."""
    st.fragment(_watch, run_every=_WATCH)(version, who)


def _watch(version: str | None, who: access.Visitor) -> None:
    if data.version() != version or access.visitor() != who:
        st.rerun()
    if loading.is_loading():
        st.caption(f":material/hourglass_top: {markdown(words.ANOTHER_LOAD)}")


def wait_for_another() -> None:
    """Draw, in place of a page, that another's load is running; the page opens when it is done."""
    st.fragment(_wait_for_another, run_every=_POLL)(data.version())


def _wait_for_another(version: str | None) -> None:
    if data.version() != version or not loading.is_loading():
        st.rerun()
    st.info(markdown(words.ANOTHER_LOAD), icon=":material/hourglass_top:")


def progress(title: str) -> None:
    """Draw how far the job of this session is; when it has ended, the page goes on by itself."""
    st.subheader(markdown(title), anchor=False)
    st.fragment(_progress, run_every=_POLL)()
    st.button(words.STOP, on_click=loading.start_over, icon=":material/stop_circle:")


def _progress() -> None:
    at = loading.visit()
    if at.stage not in {"examining", "loading"}:
        st.rerun()
    names, current = at.progress
    steps = words.steps(names, current)
    done = sum(state == "done" for _, state in steps)
    st.progress((done + 0.5) / len(steps))
    if len(steps) > 1:
        with st.container(gap="xxsmall", key="steps"):
            for name, state in steps:
                st.markdown(f"{_ICONS[state]} {markdown(name)}" if state != "later" else f":gray[{_ICONS[state]} {markdown(name)}]")
