"""How tests read a page: its text as a person reads it, what its charts draw, and a scope that no deal is in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

PAGES = ("overview", "win_rate", "sales_cycle", "questions", "is_it_real", "team", "coaching", "data_health", "definitions", "deal")
"""The scripts in app_pages that need a database."""
NOBODY = {"owner": "(none)", "team": "DACH"}
"""Query parameters of filters that no deal of the sample matches."""

_APP = Path(__file__).parents[2] / "dashboard" / "app.py"
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
    return [[value for trace in chart["data"] for value in _told(trace, along)] for chart in charts(app)]


def _told(trace: dict[str, Any], along: str) -> list[float]:
    """Return where the dots of a trace stand, those that say something when pointed at."""
    return [value for value, said in zip(trace[along], trace.get("hovertext", []), strict=False) if said]


def everything(app: AppTest) -> str:
    """Return all that a page says anywhere: its text, its tables, and the texts of its charts."""
    tables = [str(cell) for table in app.main.dataframe for row in table.value.itertuples(index=False) for cell in row]
    return "\n".join([read(app), *map(plain, tables), *(plain(text) for chart in charts(app) for text in _written_in(chart))])


def _written_in(part: Any, name: str = "") -> list[str]:
    """Return the texts of a part of a figure: labels, annotations, and what pops up, each line a text."""
    if isinstance(part, dict):
        return [text for key, value in part.items() if key != "template" for text in _written_in(value, key)]
    if isinstance(part, list):
        return [text for value in part for text in _written_in(value, name)]
    return re.split("<[^>]+>", part) if isinstance(part, str) and name in {"text", "hovertext"} else []


def shown(monkeypatch: pytest.MonkeyPatch, folder: Path, page: str = "", **parameters: str | list[str]) -> AppTest:
    """Run a page of the app, the first by default, on a data folder with query parameters; fail where it raises."""
    monkeypatch.setenv("SAMESIDE_DATA", str(folder))
    app = AppTest.from_file(str(_APP), default_timeout=60)
    if page:
        app.switch_page(page)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app
