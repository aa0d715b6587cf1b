"""Names out of a CRM are anybody's text: one way each into Markdown and into Plotly's labels, shown as they are.

`st.text`, `st.dataframe` and the options of widgets are literal and need neither.
"""

from __future__ import annotations

import html
import re

_HIDDEN = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_AFTER_PARSING = re.compile(r"(?<=[:@−])(?=\S)|(?<=[-<>=~.])(?=[-<>=~])|(?<=www)(?=\.)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def markdown(text: str) -> str:
    """Return a text as one line of Markdown that shows it and does nothing: no image, link, formula, icon or HTML.

    A backslash stops what the parser reads. Streamlit replaces links, icons and arrows once more in the parsed text,
    where no backslash is left, so an invisible word joiner breaks those up. It also keeps a minus sign to its number.
    """
    return _PUNCTUATION.sub(r"\\\1", _AFTER_PARSING.sub(_WORD_JOINER, one_line(text)))


def plotly(text: str) -> str:
    """Return a text as one line for a label, tick or hover of Plotly: no tag, no formula, no template."""
    entities = html.escape(one_line(text), quote=False)
    return entities.replace("$", "&#36;").replace("%{", f"%{_WORD_JOINER}{{")


def one_line(text: str) -> str:
    """Return a text without line breaks and without characters that hide or turn others."""
    return _HIDDEN.sub(" ", text).strip()


def shortened(text: str, letters: int) -> str:
    """Return a text as one line of at most so many letters, cut with an ellipsis where it is longer."""
    line = one_line(text)
    return line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…"
