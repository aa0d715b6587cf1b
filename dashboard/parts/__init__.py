"""The pieces that pages are put together from. They draw what `wording` and `charts` make, and decide nothing.

The text of `wording` is plain: it is escaped here, on its way into Markdown. Pages take the pieces from this package by name.
"""

from dashboard.parts.account import account, looking_as
from dashboard.parts.answers import answer, definition, headed, is_comparable, warnings
from dashboard.parts.cards import card, download
from dashboard.parts.deal_lists import DEAL, choice, deals, open_deal, work_list
from dashboard.parts.facts import fact_grid, named
from dashboard.parts.fit_table import fit_grid
from dashboard.parts.frame import ICON, colours, header, logo, style, unavailable
from dashboard.parts.pictures import Cell, in_words, panels, picture, pictures
from dashboard.parts.tables import records, table, table_card
from dashboard.parts.texts import bullets, code, more, notes, snippets, waiting, words
from dashboard.parts.tile_grid import tiles

__all__ = [
    "DEAL",
    "ICON",
    "Cell",
    "account",
    "answer",
    "bullets",
    "card",
    "choice",
    "code",
    "colours",
    "deals",
    "definition",
    "download",
    "fact_grid",
    "fit_grid",
    "headed",
    "header",
    "in_words",
    "is_comparable",
    "logo",
    "looking_as",
    "more",
    "named",
    "notes",
    "open_deal",
    "panels",
    "picture",
    "pictures",
    "records",
    "snippets",
    "style",
    "table",
    "table_card",
    "tiles",
    "unavailable",
    "waiting",
    "warnings",
    "words",
    "work_list",
]
