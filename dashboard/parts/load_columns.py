"""Loading, in between: which columns answer which buyer question, and which are neutral."""

from __future__ import annotations

import streamlit as st

from dashboard import loading
from dashboard.escape import markdown, one_line
from dashboard.parts.cards import card
from dashboard.parts.grid import grid
from dashboard.parts.load_outcome import begin
from dashboard.wording import loading as words

_FIELD_WIDTH = 280  # pixels; two side by side, or one below the other


def choose_columns() -> None:
    """Draw what was found, and the choice of columns; a click loads with it."""
    at = loading.visit()
    if at.proposal is None:
        return
    proposal = at.proposal
    crm = "" if proposal.is_guess else proposal.crm_label
    st.subheader(markdown(words.found(crm, len(proposal.files), proposal.deals)), anchor=False)
    if lacking := words.missing([file.role for file in proposal.files]):
        st.info(markdown(lacking), icon=":material/history:")
    table = words.files_table(proposal.files_frame())
    grid(table, column_config={"Rows": st.column_config.NumberColumn(format="localized")})
    _choice(at)


def _standard_columns(at: loading.Visit) -> None:
    """Draw which column holds what every deal has, chosen already as the headers and the values suggest."""
    if at.proposal is None or not at.proposal.is_guess:
        return
    facts = {each.header: each.filled / (each.rows or 1) for each in at.proposal.columns}
    with card("standard-columns", words.STANDARD_COLUMNS, words.STANDARD_COLUMNS_INTRO):
        grid = st.grid(2, min_column_width=_FIELD_WIDTH, gap="small")
        for name, label in words.COLUMN_NAMES.items():
            with grid.cell():
                chosen = st.selectbox(
                    label,
                    [None, *facts],
                    index=[None, *facts].index(at.proposal.guessed.get(name)),
                    format_func=lambda header: words.NO_COLUMN if header is None else one_line(words.column_label(header, facts[header])),
                    key=f"column-{name}-{at.key}",
                )
            at.columns.pop(name, None)
            if chosen is not None:
                at.columns[name] = chosen


def _choice(at: loading.Visit) -> None:
    _standard_columns(at)
    labels = _labels(at)
    chosen: dict[str, list[str]] = {}
    with card("buyer-questions", words.BUYER_QUESTIONS, words.BUYER_QUESTIONS_INTRO):
        for place, asked in enumerate(loading.questions_of(at)):
            chosen[str(place)] = _question(at, place, asked, labels)
        _add_question(at, labels)
    with card("neutral-columns", words.NEUTRAL, words.NEUTRAL_INTRO):
        neutral = _columns(words.NEUTRAL_LABEL, labels, at.proposal.neutral if at.proposal else (), f"neutral-{at.key}", is_labelled=False)
    _all_columns(at, chosen, neutral)
    if not any(chosen.values()):
        st.caption(f":material/info: {markdown(words.NOTHING_CHOSEN)}")
    if loading.has_earlier():
        at.is_partial = st.checkbox(words.PARTIAL, help=words.PARTIAL_HELP, key=f"partial-{at.key}")
        at.anew = st.checkbox(words.ANEW, help=words.ANEW_HELP, key=f"anew-{at.key}")
    with st.container(horizontal=True, gap="small"):
        label = words.LOAD if any(chosen.values()) else words.LOAD_ANYWAY
        is_asked = st.button(label, type="primary", icon=":material/database_upload:", key="load")
        st.button(words.START_OVER, on_click=loading.start_over, type="tertiary", key="start-over")
    if is_asked:
        begin(loading.choices_of(at, chosen, neutral))


def _labels(at: loading.Visit) -> dict[str, str]:
    """Return the columns that may answer, and those that the settings name, each as it is shown."""
    if at.proposal is None:
        return {}
    named = {column for asked in loading.questions_of(at) for column in asked.columns} | {*at.proposal.neutral}
    offered = [each for each in at.proposal.columns if each.may_answer or each.header in named]
    return {each.header: words.column_label(each.header, each.filled / (each.rows or 1)) for each in offered}


def _question(at: loading.Visit, place: int, asked: loading.Asked, labels: dict[str, str]) -> list[str]:
    said, choice = st.columns([2, 3], gap="small", vertical_alignment="center")
    with said.container(gap="xxsmall"):
        st.markdown(f"**{markdown(asked.label)}**")
        if asked.ask:
            st.caption(markdown(asked.ask))
    with choice:
        return _columns(asked.label, labels, asked.columns, f"question-{place}-{at.key}", is_labelled=False)


def _columns(label: str, labels: dict[str, str], chosen: tuple[str, ...], key: str, *, is_labelled: bool = True) -> list[str]:
    return st.multiselect(
        markdown(label),
        list(labels),
        default=[column for column in chosen if column in labels],
        format_func=lambda column: one_line(labels.get(column) or column),
        key=key,
        placeholder=words.NO_COLUMN,
        label_visibility="visible" if is_labelled else "collapsed",
    )


def _add_question(at: loading.Visit, labels: dict[str, str]) -> None:
    with st.expander(words.ADD, icon=":material/add:"), st.form(f"add-{at.key}", clear_on_submit=True, border=False):
        label = st.text_input(words.ADD_LABEL, max_chars=100, placeholder=words.ADD_LABEL_EXAMPLE)
        ask = st.text_input(words.ADD_ASK, max_chars=300, placeholder=words.ADD_ASK_EXAMPLE)
        columns = _columns(words.ADD_COLUMNS, labels, (), f"added-{at.key}")
        is_asked = st.form_submit_button(words.ADD)
        if is_asked and label.strip() and columns:
            at.added.append(loading.Asked("", label.strip(), ask.strip(), tuple(columns)))
            st.rerun()
        elif is_asked:
            st.caption(f":material/info: {markdown(words.ADD_NEEDS)}")


def _all_columns(at: loading.Visit, chosen: dict[str, list[str]], neutral: list[str]) -> None:
    if at.proposal is None:
        return
    used = {column: asked.label for asked, columns in zip(loading.questions_of(at), chosen.values(), strict=True) for column in columns}
    used |= dict.fromkeys(neutral, words.NEUTRAL_LABEL)
    share = st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100)
    with st.expander(words.ALL_COLUMNS, icon=":material/view_column:"):
        grid(
            words.columns_table(at.proposal.columns_frame(), used),
            column_config={"Filled": share, "Different values": st.column_config.NumberColumn(format="%d%%")},
        )
