"""The pieces of loading in the browser: one for each stage that a visit can be at. They draw, and hand on what was chosen."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import data, loading, parts
from dashboard.escape import markdown
from dashboard.wording import loading as words

_POLL = 1.0  # seconds between two looks at a job of one's own
_WATCH = 10.0  # seconds between two looks at whether anybody's load has begun or ended
_CARD_WIDTH = 320  # pixels; two side by side, or one above the other
_ICONS = {"done": ":material/check_circle:", "now": ":material/progress_activity:", "later": ":material/radio_button_unchecked:"}


def watch(version: str | None) -> None:
    """Say while anybody's load is running, and show what it brought as soon as another version than this one is there."""
    st.fragment(_watch, run_every=_WATCH)(version)


def _watch(version: str | None) -> None:
    if data.version() != version:
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


def failure(error: loading.SameSideError) -> None:
    """Draw an error in its four parts."""
    with st.container(border=True, key="failure"):
        title, *more = error.what.splitlines()
        st.markdown(f":material/error: **{markdown(words.sentence(title))}**")
        for line in (*more, *words.error_lines(error.where, error.expected, error.todo)):
            st.text(line)


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


def choose_columns() -> None:
    """Draw what was found, and the choice of columns; a click loads with it."""
    at = loading.visit()
    if at.proposal is None:
        return
    proposal = at.proposal
    st.subheader(markdown(words.found(proposal.crm_label, len(proposal.files), proposal.deals)), anchor=False)
    if lacking := words.missing([file.role for file in proposal.files]):
        st.info(markdown(lacking), icon=":material/history:")
    table = words.files_table(proposal.files_frame())
    st.dataframe(table, hide_index=True, column_config={"Rows": st.column_config.NumberColumn(format="localized")})
    _choice(at)


def _choice(at: loading.Visit) -> None:
    labels = _labels(at)
    chosen: dict[str, list[str]] = {}
    with parts.card("buyer-questions", words.BUYER_QUESTIONS, words.BUYER_QUESTIONS_INTRO):
        for place, asked in enumerate(loading.questions_of(at)):
            chosen[str(place)] = _question(at, place, asked, labels)
        _add_question(at, labels)
    with parts.card("neutral-columns", words.NEUTRAL, words.NEUTRAL_INTRO):
        neutral = _columns(words.NEUTRAL_LABEL, labels, at.proposal.neutral if at.proposal else (), f"neutral-{at.key}", is_labelled=False)
    _all_columns(at, chosen, neutral)
    if not any(chosen.values()):
        st.caption(f":material/info: {markdown(words.NOTHING_CHOSEN)}")
    with st.container(horizontal=True, gap="small"):
        label = words.LOAD if any(chosen.values()) else words.LOAD_ANYWAY
        is_asked = st.button(label, type="primary", icon=":material/database_upload:", key="load")
        st.button(words.START_OVER, on_click=loading.start_over, type="tertiary", key="start-over")
    if is_asked:
        _load(loading.choices_of(at, chosen, neutral))


def _load(choices: loading.Choices) -> None:
    try:
        loading.load(choices)
    except loading.SameSideError as error:
        failure(error)
        return
    st.rerun()


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
        format_func=lambda column: labels.get(column, column),
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
        st.dataframe(
            words.columns_table(at.proposal.columns_frame(), used),
            hide_index=True,
            column_config={"Filled": share, "Different values": st.column_config.NumberColumn(format="%d%%")},
        )


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
            _load(loading.with_answers(at))


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
        if st.button(words.SEE, type="primary", icon=":material/balance:", key="see"):
            st.switch_page("app_pages/overview.py")
        st.button(words.MORE, on_click=loading.start_over, type="tertiary", key="more")
    first, *lines = at.report["lines"]
    if lines:
        with parts.card("report", words.REPORT, words.sentence(first)):
            parts.bullets(lines)
    if at.settings:
        st.caption(markdown(words.SETTINGS_INTRO))
        st.download_button(
            words.SETTINGS, at.settings, words.SETTINGS_FILE, "application/toml", icon=":material/download:", on_click="ignore"
        )
