"""The pieces that pages are put together from. They draw what `wording` and `charts` make, and decide nothing.

The text of `wording` is plain: it is escaped here, on its way into Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts import theme
from dashboard.escape import markdown
from dashboard.report import report
from dashboard.terms import Terms
from dashboard.wording import common, frame
from dashboard.wording.beside import Fact
from dashboard.wording.coaching import Item
from dashboard.wording.common import Answer, Picture
from dashboard.wording.definitions import Paragraph
from dashboard.wording.fit import Line
from dashboard.wording.guard import nothing_to_compare
from dashboard.wording.table import Kind, Table
from dashboard.wording.tiles import NOT_ALIKE, Tile
from dashboard.wording.verdict import Verdict

_HERE = Path(__file__).parent
ICON = str(_HERE / "icon.svg")
_LOGO = (_HERE / "logo.svg").read_text(encoding="utf-8")
_STYLE = _HERE / "style.css"
DEAL = "deal"  # the query parameter of the deal whose page is asked for
_FACT_WIDTH = 250  # pixels; three in a row, or one above the other
_NAMED_WIDTH = 130  # pixels; two in a row on a phone
_TILE_WIDTH = 230  # pixels; four in a row, or two and two, or one above the other
_PANEL_WIDTH = 270  # pixels; three in a row, or one above the other
_ITEM_WIDTH = 420  # pixels; two in a row, or one above the other
_DEAL_PAGE = "app_pages/deal.py"
_CUSTOMER, _SELLER = "green", "orange"  # the theme keeps the colours of the two groups under these names


def style() -> None:
    """Lay over Streamlit's theme the few rules that it has no settings for."""
    st.html(_STYLE)
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
            st.text(line)


def header(opened: data.Data, scope: data.Scope) -> None:
    """Draw the line above every page: what it rests on, which deals it leaves out, and the filters in force."""
    left_out, terms = opened.left_out(scope), opened.terms(scope)
    line = frame.header_line(terms.as_of, opened.loaded_at(), opened.deals(scope))
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(markdown(line), width="content")
        with st.popover(frame.left_out_label(left_out, terms), type="tertiary"):
            st.markdown(f"**{markdown(frame.LEFT_OUT)}**")
            bullets(frame.left_out_lines(left_out, terms))
        with st.popover(frame.SHARE, type="tertiary", icon=":material/ios_share:"):
            st.caption(markdown(frame.SHARE_LINK))
            st.download_button(
                frame.SHARE_REPORT,
                lambda: report(opened, scope).encode(),
                f"same_side_{terms.as_of}.html",
                "text/html",
                icon=":material/description:",
                on_click="ignore",
                key="board-report",
            )
    if filters := frame.scope_line(scope.described()):
        st.caption(markdown(filters))


def answer(said: Answer | Verdict, facts: Sequence[Fact] = ()) -> None:
    """Draw the answer to a page's question: in a word, in a sentence, and beside it what to know about it."""
    with st.container(key="verdict", gap="xsmall"):
        st.caption(markdown(said.in_a_word))
        st.markdown(markdown(said.sentence))
    with st.container(key="beside"):
        if said.note:
            st.markdown(markdown(said.note))
        if facts:
            fact_grid(facts)
        if said.caveat:
            st.caption(markdown(said.caveat))


def is_comparable(opened: data.Data, scope: data.Scope) -> bool:
    """Return whether there are deals to compare at equal age; where there are none, say why in place of the page."""
    said = nothing_to_compare(opened.left_out(scope), opened.terms(scope))
    if said is not None:
        answer(said)
    return said is None


def fact_grid(facts: Sequence[Fact]) -> None:
    """Draw short facts side by side, each below its label."""
    grid = st.grid(3, min_column_width=_FACT_WIDTH, gap="medium")
    for fact in facts:
        with grid.cell().container(gap="xxsmall"):
            st.caption(f"**{markdown(fact.label)}**")
            st.markdown(markdown(fact.text))


def tiles(made: Sequence[Tile]) -> None:
    """Draw a card for each figure: both groups side by side, and their difference."""
    st.caption(markdown(NOT_ALIKE))
    pairs = st.grid(2, min_column_width=2 * _TILE_WIDTH, gap="small")
    for pair in (made[:2], made[2:]):
        grid = pairs.grid(2, min_column_width=_TILE_WIDTH, gap="small", border=True, height="stretch")
        for tile in pair:
            with grid.cell().container(key=f"tile-{tile.figure}", gap="xxsmall"):
                _tile(tile)


def _tile(tile: Tile) -> None:
    st.markdown(f"**{markdown(tile.title)}**")
    st.caption(markdown(tile.subtitle))
    st.markdown(_side_by_side(tile))
    st.markdown(f"**{markdown(tile.difference)}**")
    st.caption(markdown(tile.beside))


def _side_by_side(tile: Tile) -> str:
    """Return the two groups of a card as a table: names, values, and the counts behind them."""
    rows = [
        (f":{_CUSTOMER}[{markdown(common.CUSTOMER)}]", f":{_SELLER}[{markdown(common.SELLER)}]"),
        (":--", ":--"),
        (_value(tile.customer[0]), _value(tile.seller[0])),
        (f":gray[{markdown(tile.customer[1])}]", f":gray[{markdown(tile.seller[1])}]"),
    ]
    return "\n".join(f"| {left} | {right} |" for left, right in rows)


def _value(text: str) -> str:
    """Return a value of a card; grey where there is none to show."""
    return f":gray[{markdown(text)}]" if text == common.TOO_FEW else markdown(text)


def definition(lines: Iterable[str], crm_line: str = "") -> None:
    """Draw under the numbers what they mean, and how the CRM's own reports show these deals."""
    with st.container(key="definition"):
        st.caption(markdown(" ".join(lines)))
        if crm_line:
            st.caption(markdown(crm_line))


@contextmanager
def card(key: str, title: str, intro: str) -> Iterator[None]:
    """Draw a frame with a heading around what follows."""
    with st.container(border=True, key=key):
        st.subheader(markdown(title), anchor=False)
        st.markdown(f":gray[{markdown(intro)}]")
        yield


def picture(
    said: Picture,
    figure: go.Figure | None,
    csv: bytes,
    terms: Terms,
    *,
    is_selectable: bool = False,
    by_group: bool = False,
    note: str = "",
) -> str | None:
    """Draw a chart in a card of its own: heading, figure, the same in words and as a table, and its data as CSV.

    Without a figure its sentences stand in its place. Returns the customdata of the point that a visitor selected, where the
    chart is one whose points can be. `by_group` draws which mark is whose; `note` stands below the figure.
    """
    with card(said.name, said.title, said.intro):
        selected = None
        if figure is None:
            bullets(said.sentences)
        else:
            if by_group:
                groups()
            selected = chart(figure, said.alt, f"{said.name}-chart", is_selectable=is_selectable)
            if note:
                st.caption(markdown(note))
            in_words(said.sentences, said.table)
        download(csv, said.name, terms)
    return selected


@dataclass(frozen=True, slots=True)
class Cell:
    """One of several small charts in a card: a key of its own, the figure, the same in a line, a heading, and a small table below.

    The table's first line is its header: what is in the rows, the two groups, and their gap.
    """

    key: str
    figure: go.Figure
    alt: str
    heading: str = ""
    table: tuple[tuple[str, ...], ...] = ()


def pictures(said: Picture, cells: Sequence[Cell], csv: bytes, terms: Terms, *, width: int, by_group: bool = False) -> None:
    """Draw several small charts in one card, beside each other where each has `width` pixels, else one below the other.

    Without any its sentences stand in their place.
    """
    with card(said.name, said.title, said.intro):
        if not cells:
            bullets(said.sentences)
        else:
            if by_group:
                groups()
            grid = st.grid(len(cells), min_column_width=width, gap="large")
            for each in cells:
                with grid.cell().container(key=f"small-{each.key}", gap="xsmall"):
                    _small(each)
            in_words(said.sentences, said.table)
        download(csv, said.name, terms)


def _small(cell: Cell) -> None:
    if cell.heading:
        st.markdown(f"**{markdown(cell.heading)}**")
    chart(cell.figure, cell.alt, f"{cell.key}-chart")
    if cell.table:
        header, *rows = cell.table
        lines = [_line(_headed(header)), _line((":--", *["--:"] * (len(header) - 1))), *(_line([*map(markdown, row)]) for row in rows)]
        st.markdown("\n".join(lines))


def _headed(header: Sequence[str]) -> list[str]:
    """Return the header of a small table, its second and third cell in the colours of the groups."""
    first, customer, seller, *rest = map(markdown, header)
    return [first, f":{_CUSTOMER}[{customer}]", f":{_SELLER}[{seller}]", *rest]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def groups() -> None:
    """Draw which mark is whose."""
    st.markdown(f":{_CUSTOMER}[● {markdown(common.CUSTOMER)}]\N{EM SPACE}:{_SELLER}[◆ {markdown(common.SELLER)}]")


def chart(figure: go.Figure, alt: str, key: str, *, is_selectable: bool = False) -> str | None:
    """Draw a figure as wide as there is room, and return the customdata of the point that was selected, if any can be."""
    if not is_selectable:
        st.plotly_chart(figure, theme=None, config=theme.CONFIG, alt=alt, key=key)
        return None
    event = st.plotly_chart(figure, theme=None, config=theme.CONFIG, alt=alt, key=key, on_select="rerun", selection_mode="points")
    points = event["selection"]["points"]
    return str(points[0]["customdata"]) if points else None


def in_words(sentences: Iterable[str], table: pl.DataFrame) -> None:
    """Draw what a picture shows in words and as a table, for those who cannot see it or want it exact."""
    with st.expander(markdown(common.IN_WORDS)):
        bullets(sentences)
        st.dataframe(table, hide_index=True)


def more(label: str, lines: Iterable[str], tables: Mapping[str, pl.DataFrame] | None = None) -> None:
    """Draw what only some want to read, behind a line that opens it: sentences, and tables under their headings."""
    with st.expander(markdown(label)):
        bullets(lines)
        for heading, table in (tables or {}).items():
            st.markdown(f"**{markdown(heading)}**")
            st.dataframe(table, hide_index=True)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Say what is being done for as long as it takes."""
    with st.spinner(text):
        yield


def download(csv: bytes, name: str, terms: Terms) -> None:
    """Draw the button that hands over a frame as CSV."""
    file, icon = f"{name}_{terms.as_of}.csv", ":material/download:"
    st.download_button(common.DOWNLOAD, csv, file, "text/csv", icon=icon, on_click="ignore", key=f"csv-{name}")


def warnings(lines: Iterable[str]) -> None:
    """Draw what a visitor should know before anything else is read."""
    for line in lines:
        st.warning(markdown(line), icon=":material/warning:")


def choice(label: str, options: Mapping[str, str], clicked: str | None, key: str, placeholder: str) -> str | None:
    """Draw a list of options by their keys, and return the one that stands, if any: what was clicked last, or chosen by hand."""
    before = f"{key} clicked"
    if clicked in options and clicked != st.session_state.get(before):
        st.session_state[key] = clicked
    st.session_state[before] = clicked
    return st.selectbox(label, list(options), index=None, format_func=options.__getitem__, key=key, placeholder=placeholder)


def headed(title: str, subtitle: str) -> None:
    """Draw the title of a page that is a name out of the CRM, and a line below it."""
    st.title(markdown(title), anchor=False)
    st.caption(markdown(subtitle))


def deals(said: str, table: pl.DataFrame, ids: Sequence[str], key: str, money: str | None = None) -> None:
    """Draw a sentence and a table of deals, and open the page of the one whose row is ticked; `money` is its column of amounts."""
    st.caption(markdown(said))
    columns = {money: st.column_config.NumberColumn(format="localized")} if money else None
    event = st.dataframe(table, hide_index=True, column_config=columns, key=key, on_select="rerun", selection_mode="single-row")
    if event["selection"]["rows"]:
        open_deal(ids[event["selection"]["rows"][0]])


def open_deal(deal_id: str) -> None:
    """Go to the page of a deal. The sidebar keeps the scope, and puts it back into the URL."""
    st.switch_page(_DEAL_PAGE, query_params={DEAL: deal_id})


def named(pairs: Iterable[tuple[str, str]]) -> None:
    """Draw facts by their names, as many beside each other as there is room for."""
    grid = st.grid(4, min_column_width=_NAMED_WIDTH, gap="medium")
    for name, text in pairs:
        with grid.cell().container(gap="xxsmall"):
            st.caption(f"**{markdown(name)}**")
            st.markdown(markdown(text))


def fit_grid(said: Picture, lines: Sequence[Line], csv: bytes, terms: Terms) -> None:
    """Draw the grid of ICP fit and focus in a card; without lines its sentences stand in its place."""
    with card(said.name, said.title, said.intro):
        if lines:
            st.markdown(_fit_table(lines))
            in_words(said.sentences, said.table)
            download(csv, said.name, terms)
        else:
            bullets(said.sentences)


def _fit_table(lines: Sequence[Line]) -> str:
    """Return the grid as a table: each fit is a line of rates, and below it a line of counts and intervals."""
    rows = [("", f":{_CUSTOMER}[{markdown(common.CUSTOMER)}]", f":{_SELLER}[{markdown(common.SELLER)}]"), (":--", ":--", ":--")]
    for line in lines:
        cells = (line.customer, line.seller)
        rates = [f":gray[{markdown(cell.rate)}]" if cell.is_quiet else f"**{markdown(cell.rate)}**" for cell in cells]
        rows.append((f"**{markdown(line.title)}**", rates[0], rates[1]))
        behind = [f":gray[{markdown(' · '.join(filter(None, (cell.counts, cell.interval))))}]" for cell in cells]
        rows.append(("", behind[0], behind[1]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def table(frame: pl.DataFrame, percents: Sequence[str] = ()) -> None:
    """Draw a table to sort and search, whose first column stays in sight; `percents` are columns that hold per cent."""
    columns = {name: st.column_config.NumberColumn(format="%.0f%%") for name in percents}
    first = st.column_config.TextColumn(pinned=True)
    st.dataframe(frame, hide_index=True, column_config={frame.columns[0]: first} | columns, placeholder="")


def panels(made: Iterable[tuple[str, str, go.Figure, str]]) -> None:
    """Draw small charts that are to be compared, side by side where there is room: of each its name and last value, and it in words."""
    grid = st.grid(3, min_column_width=_PANEL_WIDTH, gap="medium")
    for number, (name, last, figure, alt) in enumerate(made):
        with grid.cell().container(gap="xxsmall"):
            st.markdown(f"**{markdown(name)}** :{_CUSTOMER}[{markdown(last)}]")
            chart(figure, alt, f"panel-{number}")


def bullets(lines: Iterable[str]) -> None:
    """Draw lines as a list."""
    st.markdown("\n".join(f"- {markdown(line)}" for line in lines))


def records(table: Table, name: str, *, is_selectable: bool = False) -> int | None:
    """Draw a table that can be searched and sorted, and return the number of the row that was selected, if rows can be."""
    formats = {column: _FORMATS[kind](column) for column, kind in table.kinds.items()}
    if not is_selectable:
        st.dataframe(table.frame, column_config=formats, hide_index=True, placeholder=common.NOTHING, key=f"table-{name}")
        return None
    event = st.dataframe(
        table.frame,
        column_config=formats,
        hide_index=True,
        placeholder=common.NOTHING,
        key=f"table-{name}",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event["selection"]["rows"]
    return int(rows[0]) if rows else None


def table_card(name: str, title: str, intro: str, told: str, table: Table, csv: bytes, terms: Terms) -> None:
    """Draw a table in a card of its own: heading, what it holds in a sentence, the table where it has rows, and its data as CSV."""
    with card(name, title, intro):
        notes(told)
        if table.frame.height:
            records(table, name)
            download(csv, name, terms)


def notes(text: str) -> None:
    """Draw a paragraph, where there is any."""
    if text:
        st.markdown(markdown(text))


_FORMATS: dict[Kind, Callable[[str], Any]] = {
    "text": st.column_config.TextColumn,
    "wide": lambda label: st.column_config.TextColumn(label, width="large"),
    "list": lambda label: st.column_config.ListColumn(label, width="large"),
    "count": lambda label: st.column_config.NumberColumn(label, format="localized"),
    "day": lambda label: st.column_config.DateColumn(label, format="D MMM YYYY"),
    "moment": lambda label: st.column_config.DatetimeColumn(label, format="D MMM YYYY, HH:mm"),
    "yes or no": st.column_config.CheckboxColumn,
    "link": lambda label: st.column_config.LinkColumn(label, display_text=common.OPEN),
}


def work_list(items: Sequence[Item]) -> None:
    """Draw the first deals of a work list as cards: what the deal is, what is missing, and what to ask next."""
    grid = st.grid(2, min_column_width=_ITEM_WIDTH, gap="small", border=True, height="stretch")
    for number, item in enumerate(items):
        with grid.cell().container(key=f"item-{number}", gap="xxsmall"):
            st.page_link(_DEAL_PAGE, label=f"**{markdown(item.deal)}**", query_params={DEAL: item.deal_id})
            st.caption(markdown(item.about))
            st.markdown(markdown(item.missing))
            st.markdown(f"**{markdown(item.ask)}**")
            if item.friction:
                st.caption(markdown(item.friction))


def code(text: str, language: str) -> None:
    """Draw text to copy."""
    st.code(text, language=language, wrap_lines=True)


def snippets(texts: Mapping[str, tuple[str, str]]) -> None:
    """Draw texts to copy, a tab for each program; language and text by the program's name."""
    for tab, (language, text) in zip(st.tabs(list(texts)), texts.values(), strict=True):
        with tab:
            code(text, language)


def words(paragraphs: Iterable[Paragraph]) -> None:
    """Draw paragraphs, those that are items of a list as such."""
    st.markdown("\n".join(f"- {markdown(each.text)}" if each.is_item else f"\n{markdown(each.text)}\n" for each in paragraphs))
