"""Same Side in the browser: the table of pages, and what every page has around it.

A further page is a script in app_pages/ and a line in PAGES.
"""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, rounding, scope
from dashboard.wording import common, frame
from etl.errors import SameSideError

# The pages by section, in order: script, title, icon. A page's address is the name of its script.
PAGES = {
    frame.ANSWERS: [
        ("app_pages/overview.py", frame.OVERVIEW, ":material/balance:"),
        ("app_pages/win_rate.py", frame.WIN_RATE, ":material/trophy:"),
        ("app_pages/sales_cycle.py", frame.SALES_CYCLE, ":material/timelapse:"),
        ("app_pages/questions.py", frame.QUESTIONS, ":material/contact_support:"),
        ("app_pages/is_it_real.py", frame.IS_IT_REAL, ":material/fact_check:"),
    ],
    frame.PEOPLE: [
        ("app_pages/team.py", frame.TEAM, ":material/groups:"),
    ],
}

# Pages that are opened from others and stand in no menu: script, title.
HIDDEN = [("app_pages/deal.py", frame.DEAL)]


def main() -> None:
    """Draw the frame, then the page that was asked for; without a database, say what to do instead."""
    st.set_page_config(page_title=common.PRODUCT, page_icon=parts.ICON, layout="wide")
    parts.style()
    sections = {section: [st.Page(path, title=title, icon=icon) for path, title, icon in pages] for section, pages in PAGES.items()}
    hidden = [st.Page(path, title=title, visibility="hidden") for path, title in HIDDEN]
    page = st.navigation({**sections, frame.ANSWERS: [*sections[frame.ANSWERS], *hidden]})
    try:
        opened = data.opened()
    except SameSideError as error:
        parts.unavailable(error.what, error.where, error.todo)
        return
    rounding.write_as(opened.settings()["locale"])
    parts.header(opened, scope.sidebar(opened))
    page.run()


main()
