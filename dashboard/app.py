"""Same Side in the browser: the table of pages, and what every page has around it.

A further page is a script in app_pages/ and a line in PAGES.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import access, asking, data, loading, parts, rounding, scope
from dashboard.parts import load_progress
from dashboard.wording import common, frame
from etl.errors import SameSideError

# The pages in their order: script, title, icon. A page's address is the name of its script.
PAGES = [
    ("app_pages/overview.py", frame.OVERVIEW, ":material/balance:"),
    ("app_pages/win_rate.py", frame.WIN_RATE, ":material/trophy:"),
    ("app_pages/sales_cycle.py", frame.SALES_CYCLE, ":material/timelapse:"),
    ("app_pages/questions.py", frame.QUESTIONS, ":material/contact_support:"),
    ("app_pages/is_it_real.py", frame.IS_IT_REAL, ":material/fact_check:"),
    ("app_pages/team.py", frame.TEAM, ":material/groups:"),
    ("app_pages/coaching.py", frame.COACHING, ":material/forum:"),
    ("app_pages/data_health.py", frame.DATA_HEALTH, ":material/monitor_heart:"),
    ("app_pages/definitions.py", frame.DEFINITIONS, ":material/menu_book:"),
]

# Pages that are opened from others and stand in no menu: script, title.
HIDDEN = [("app_pages/deal.py", frame.DEAL)]
# The pages that are there only where visitors may ask queries of their own, and where they may load.
SQL = ("app_pages/sql.py", frame.SQL, ":material/terminal:")
LOAD = ("app_pages/load_data.py", frame.LOAD_DATA, ":material/database_upload:")
# The pages that stand in for all others: without a database, and for those who may not see it, or not yet.
FIRST_RUN, DOOR = "app_pages/first_run.py", "app_pages/door.py"


def main() -> None:
    """Draw the frame, then the page that was asked for, if who looks may see it: no page is run but by this door."""
    st.set_page_config(page_title=common.PRODUCT, page_icon=parts.ICON, layout="wide")
    parts.style()
    who = access.visitor()
    if not who.is_in or not (who.sees_deals or loading.may_load()):
        _stand_in(DOOR).run()
        return
    parts.logo()
    if who.sees_deals:
        parts.looking_as(who)
        _show(who)
    else:
        parts.account(who)
        st.navigation([_page(*LOAD)]).run()


def _show(who: access.Visitor) -> None:
    """Draw the frame and the page for one who may see deals; what stands in for it where there is no file to show."""
    try:
        opened = data.opened(access.audience(who))
    except data.NoFileYet:
        _stand_in(DOOR).run()
        return
    except SameSideError:
        parts.account(who)
        st.navigation([*_every_address(FIRST_RUN), *([_page(*LOAD)] if loading.may_load() else [])], position="hidden").run()
        return
    rounding.write_as(opened.settings()["locale"])
    page = st.navigation(_pages(), expanded=True)
    parts.header(opened, scope.sidebar(opened), who)
    load_progress.watch(opened.version, who)
    page.run()


def _pages() -> list[StreamlitPage]:
    """Return the pages that who looks may see of a dashboard that has a database."""
    shown = [*PAGES, *([SQL] if asking.is_on() else []), *([LOAD] if loading.may_load() else [])]
    return [*(_page(*each) for each in shown), *(st.Page(script, title=title, visibility="hidden") for script, title in HIDDEN)]


def _stand_in(script: str) -> StreamlitPage:
    return st.navigation(_every_address(script), position="hidden")


def _every_address(script: str) -> list[StreamlitPage]:
    """Return a page that stands in for all others: every address leads to it, and from there on to what it stands for."""
    names = [Path(each).stem for each, *_ in (*PAGES, *HIDDEN, SQL)]
    return [st.Page(script, title=frame.WELCOME, url_path=name, default=name == names[0]) for name in names]


def _page(script: str, title: str, icon: str) -> StreamlitPage:
    return st.Page(script, title=title, icon=icon)


main()
