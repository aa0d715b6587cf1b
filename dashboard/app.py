"""Same Side in the browser: the table of pages, and what every page has around it.

A further page is a script in app_pages/ and a line in PAGES.
"""

from __future__ import annotations

import streamlit as st

from dashboard import data, parts, scope
from dashboard.wording import common, frame
from etl.errors import SameSideError

# The pages by section, in order: script, title, icon. A page's address is the name of its script.
PAGES = {
    frame.ANSWERS: [
        ("app_pages/overview.py", frame.OVERVIEW, ":material/balance:"),
    ],
    frame.PEOPLE: [
        ("app_pages/coaching.py", frame.COACHING, ":material/forum:"),
    ],
    frame.RECORDS: [
        ("app_pages/data_health.py", frame.DATA_HEALTH, ":material/monitor_heart:"),
        ("app_pages/definitions.py", frame.DEFINITIONS, ":material/menu_book:"),
    ],
}


def main() -> None:
    """Draw the frame, then the page that was asked for; without a database, say what to do instead."""
    st.set_page_config(page_title=common.PRODUCT, page_icon=parts.ICON, layout="wide")
    parts.style()
    sections = {section: [st.Page(path, title=title, icon=icon) for path, title, icon in pages] for section, pages in PAGES.items()}
    page = st.navigation(sections)
    try:
        opened = data.opened()
    except SameSideError as error:
        parts.unavailable(error.what, error.where, error.todo)
        return
    parts.header(opened, scope.sidebar(opened))
    page.run()


main()
