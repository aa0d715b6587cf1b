"""How tests read a page: its text as a person reads it, what its charts draw, and a scope that no deal is in."""

from __future__ import annotations

import json
import re
from typing import Any

from streamlit.testing.v1 import AppTest

PAGES = ("overview", "win_rate", "sales_cycle", "questions", "is_it_real", "team", "coaching", "data_health", "definitions", "deal")
"""The scripts in app_pages that need a database."""
NOBODY = {"owner": "(none)", "team": "DACH"}
"""Query parameters of filters that no deal of the sample matches."""

_TEXTS = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning")


def script(page: str) -> str:
    """Return the script of a page, as Streamlit names it."""
    return f"app_pages/{page}.py"


def plain(text: str) -> str:
    """Return a text as it is read: without backslashes, joiners and no-break spaces."""
    return text.replace("\\", "").replace("\u2060", "").replace("\N{NO-BREAK SPACE}", " ")


def read(app: AppTest) -> str:
    """Return all the text of the page as it is read, kind by kind; the sidebar is no part of it."""
    return plain("\n".join(str(getattr(each, "value", "")) for kind in _TEXTS for each in app.main.get(kind)))


def answer(app: AppTest) -> str:
    """Return the answer to the page's question, the first paragraph after those of the header."""
    drawn = iter(app.main)
    next(each for each in drawn if each.type in {"title", "header"})
    return plain(next(str(getattr(each, "value", "")) for each in drawn if each.type == "markdown"))


def charts(app: AppTest) -> list[dict[str, Any]]:
    """Return the figures of the page, in order."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def dots(app: AppTest, along: str = "x") -> list[list[float]]:
    """Return where the dots of each chart stand along an axis: what says something when pointed at."""
    return [[trace[along][0] for trace in chart["data"] if "hovertext" in trace] for chart in charts(app)]


def everything(app: AppTest) -> str:
    """Return all that a page says anywhere: its text, its tables, and the texts of its charts."""
    tables = [str(cell) for table in app.main.dataframe for row in table.value.itertuples(index=False) for cell in row]
    return "\n".join([read(app), *map(plain, tables), *(plain(text) for chart in charts(app) for text in _written_in(chart))])


def _written_in(chart: Any) -> list[str]:
    """Return the texts of a figure: labels, what pops up, and annotations; line breaks are blanks."""
    if isinstance(chart, dict):
        return [text for name, value in chart.items() if name != "template" for text in _written_in(value)]
    if isinstance(chart, list):
        return [text for value in chart for text in _written_in(value)]
    return [re.sub("<[^>]+>", " ", chart)] if isinstance(chart, str) and " " in chart else []
