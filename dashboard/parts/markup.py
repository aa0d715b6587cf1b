"""Plain text → Markdown in the colours of the groups, and lines of a table."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.escape import markdown

_CUSTOMER, _SELLER = "green", "orange"  # the theme keeps the colours of the two groups under these names


def customer(text: str) -> str:
    """Return a text in the colour of the customer-focused deals."""
    return f":{_CUSTOMER}[{markdown(text)}]"


def seller(text: str) -> str:
    """Return a text in the colour of the seller-focused deals."""
    return f":{_SELLER}[{markdown(text)}]"


def quiet(text: str) -> str:
    """Return a text in grey."""
    return f":gray[{markdown(text)}]"


def labelled(label: str, text: str) -> str:
    """Return a short fact: its label in small grey letters, and below it the text. One element costs a browser less than two."""
    return f":small[:gray[**{markdown(label)}**]]  \n{markdown(text)}"


def rows(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of cells as a table; the first is its header, and the second says how columns are aligned."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
