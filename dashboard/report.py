"""A report for a board pack: Overview, Win rate, Sales cycle and Definitions as one HTML file, which a browser prints as PDF.

The words, pictures and numbers are those of the pages; nothing is loaded from anywhere when it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader
from plotly.offline import get_plotlyjs

from dashboard import rounding
from dashboard.charts import theme
from dashboard.charts.curves import curves_chart
from dashboard.charts.ladder import evidence_ladder
from dashboard.charts.rows import rows_chart
from dashboard.data import Data, Scope
from dashboard.escape import one_line
from dashboard.wording import common, curves, definitions, frame, sales_cycle, win_rate
from dashboard.wording import ladder as steps
from dashboard.wording.beside import Fact, facts
from dashboard.wording.common import Answer, Picture
from dashboard.wording.guard import nothing_to_compare
from dashboard.wording.tiles import Tile, tiles
from dashboard.wording.verdict import QUESTION, Verdict, verdict

_FOLDER = Path(__file__).parent
_BY = "segment"  # the dimension that a board asks for first


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with its figures as HTML; without any its sentences stand in their place."""

    said: Picture
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """What the report says of a page."""

    title: str
    answer: Answer | Verdict | None = None
    facts: Sequence[Fact] = ()
    tiles: Sequence[Tile] = ()
    pictures: Sequence[Shown] = ()
    lines: Sequence[str] = ()


def report(opened: Data, asked: Scope) -> str:
    """Return the report of a version of the database in a scope, as HTML."""
    rounding.write_as(opened.settings()["locale"])
    terms = opened.terms(asked)
    said = nothing_to_compare(opened.left_out(asked), terms)
    chapters = [_overview(opened, asked)]
    if said is None:
        chapters += [_win_rate(opened, asked), _sales_cycle(opened, asked)]
    chapters.append(_definitions(opened, asked))
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, finalize=_shown_as_is, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html").render(
        product=common.PRODUCT,
        line=frame.header_line(terms.as_of, opened.loaded_at(), opened.deals(asked), opened.whose),
        scope=frame.scope_line(asked.described()),
        chapters=chapters,
        colours=theme.LIGHT,
        customer=common.CUSTOMER,
        seller=common.SELLER,
        difference=frame.DIFFERENCE,
        plotly=get_plotlyjs(),
    )


def _overview(opened: Data, asked: Scope) -> Chapter:
    terms, alike, ladder, verdicts = opened.terms(asked), opened.alike(asked), opened.evidence_ladder(asked), opened.verdict(asked)
    said = verdict(verdicts, ladder, alike, terms, opened.deals(asked))
    if not (opened.deals(asked) and terms.questions):
        return Chapter(QUESTION, said)
    rungs = steps.rungs(ladder, said, terms)
    by_value = opened.win_rate(asked) if terms.is_by_value else None
    return Chapter(
        QUESTION,
        said,
        facts(verdicts, ladder, alike, terms),
        tiles(opened.headline(asked), by_value, terms) if said.compares_ages else (),
        [_shown(steps.picture(ladder, rungs, said), evidence_ladder(rungs, theme.LIGHT))],
        [*common.definition(terms), common.crm_line(opened.crm_figures(asked), terms)],
    )


def _win_rate(opened: Data, asked: Scope) -> Chapter:
    rates, terms = opened.win_rate(asked, _BY), opened.terms(asked)
    by_value = opened.win_rate(asked) if terms.is_by_value else None
    said = win_rate.answer(opened.headline(asked), opened.evidence_ladder(asked), by_value, terms)
    picture = _shown(win_rate.picture(rates, _BY, terms), rows_chart(win_rate.rows(rates, terms), win_rate.axis(), theme.LIGHT))
    return Chapter(win_rate.QUESTION, said, pictures=[picture], lines=win_rate.warnings(opened.simpson(asked)))


def _sales_cycle(opened: Data, asked: Scope) -> Chapter:
    terms, quantiles, alike = opened.terms(asked), opened.cycle_quantiles(asked), opened.alike(asked)
    said = sales_cycle.answer(opened.verdict(asked), quantiles, alike, terms, opened.deals(asked))
    shares, marked = opened.curves(asked), opened.curve_at(asked)
    panels = curves.panels(shares, marked, terms)
    picture = curves.picture(panels, shares, marked, terms)
    return Chapter(sales_cycle.QUESTION, said, pictures=[_shown(picture, *(curves_chart(panel, theme.LIGHT) for panel in panels))])


def _definitions(opened: Data, asked: Scope) -> Chapter:
    terms = opened.terms(asked)
    told = [*definitions.settings(terms, opened.settings()), *definitions.glossary(terms)]
    return Chapter(definitions.QUESTION, definitions.answer(terms), told)


def _shown_as_is(value: Any) -> Any:
    """Return a text with a sign in place of each character that hides or turns others; HTML of our own as it is."""
    return one_line(value) if type(value) is str else value


def _shown(said: Picture, *figures: go.Figure) -> Shown:
    return Shown(said, tuple(_html(figure) for figure in figures))


def _html(figure: go.Figure) -> str:
    """Return a figure as HTML that draws it with the script at the top of the page."""
    config: dict[str, Any] = theme.CONFIG | {"responsive": True}
    html: str = figure.to_html(full_html=False, include_plotlyjs=False, config=config)
    return html
