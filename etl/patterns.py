"""Patterns of a mapping, which may be anybody's, on names that may be anybody's too.

They are matched by Rust's regex, through Polars: its time grows with the length of the text alone, whatever the pattern. Python's own may
take years for a name of forty letters. What only works by going back, looking around and repeating a group, is no pattern here.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def groups(pattern: str) -> int:
    """Return how many groups a pattern has; raises ValueError where it is none."""
    try:
        found = pl.Series([""]).str.extract_groups(pattern)
        fits(pattern, "")
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"{pattern!r} is no regular expression: {_reason(error)}") from error
    return len(found.struct.fields)


def fits(pattern: str, text: str) -> bool:
    """Tell whether the whole of a text is what a pattern says."""
    return bool(pl.Series([text]).str.contains(_whole(pattern))[0])


def extracted(pattern: str, texts: Sequence[str]) -> list[str | None]:
    """Return what the first group of a pattern holds of each text, None where the text as a whole does not fit."""
    return pl.Series(texts, dtype=pl.String).str.extract(_whole(pattern), 1).to_list()


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _reason(error: Exception) -> str:
    """Return what the library says in its last line."""
    return str(error).strip().splitlines()[-1].removeprefix("error: ")
