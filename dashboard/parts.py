"""The pieces that pages are put together from. They draw what `wording` and `charts` make, and decide nothing.

The text of `wording` is plain: it is escaped here, on its way into Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts import theme
from dashboard.escape import markdown
from dashboard.terms import Terms
from dashboard.wording import common, frame
from dashboard.wording.beside import Fact
from dashboard.wording.coaching import Item
from dashboard.wording.common import Answer, Picture
from dashboard.wording.definitions import Paragraph
from dashboard.wording.guard import nothing_to_compare
from dashboard.wording.table import Kind, Table
from dashboard.wording.tiles import NOT_ALIKE, Tile
from dashboard.wording.verdict import Verdict

_HERE = Path(__file__).parent
ICON = str(_HERE / "icon.svg")
_LOGO = (_HERE / "logo.svg").read_text(encoding="utf-8")
_STYLE = _HERE / "style.css"
_FACT_WIDTH = 250  # pixels; three in a row, or one above the other
_TILE_WIDTH = 230  # pixels; four in a row, or two and two, or one above the other
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
    """Say that there is no database to show, and what to do."""
    title, lines = frame.unavailable(what, where, todo)
    st.title(markdown(title), anchor=False)
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


def picture(said: Picture, figure: go.Figure | None, csv: bytes, terms: Terms, *, is_selectable: bool = False) -> str | None:
    """Draw a chart in a card of its own: heading, figure, the same in words and as a table, and its data as CSV.

    Without a figure its sentences stand in its place. Returns the customdata of the point that a visitor selected, where the
    chart is one whose points can be.
    """
    with card(said.name, said.title, said.intro):
        selected = None
        if figure is None:
            bullets(said.sentences)
        else:
            selected = chart(figure, said.alt, f"{said.name}-chart", is_selectable=is_selectable)
            in_words(said.sentences, said.table)
        download(csv, said.name, terms)
    return selected


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


def download(csv: bytes, name: str, terms: Terms) -> None:
    """Draw the button that hands over a frame as CSV."""
    file, icon = f"{name}_{terms.as_of}.csv", ":material/download:"
    st.download_button(common.DOWNLOAD, csv, file, "text/csv", icon=icon, on_click="ignore", key=f"csv-{name}")


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
            _deal_link(item)
            st.caption(markdown(item.about))
            st.markdown(markdown(item.missing))
            st.markdown(f"**{markdown(item.ask)}**")
            if item.friction:
                st.caption(markdown(item.friction))


def _deal_link(item: Item) -> None:
    """Draw the name of a deal, as a link to its own page where there is one."""
    if has_deal_page():
        st.page_link(_DEAL_PAGE, label=f"**{markdown(item.deal)}**", query_params={"deal": item.deal_id})
    else:
        st.markdown(f"**{markdown(item.deal)}**")


def has_deal_page() -> bool:
    """Return whether deals have a page of their own."""
    return (_HERE / _DEAL_PAGE).is_file()


def open_deal(deal_id: str) -> None:
    """Go to a deal's own page."""
    st.switch_page(_DEAL_PAGE, query_params={"deal": deal_id})


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
