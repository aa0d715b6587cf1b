"""Columns that an export no longer holds: which they were, what may have come in their place, and the line that says so."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from etl.mapping import folded

_NEAR = 0.4  # of the likeness of two headers, 0 to 1, from which on one may be the other's new name


def gone_lines(gone: pl.DataFrame, mappings: Mapping[str, str]) -> Iterator[str]:
    """Return for each row of marts.columns_gone what is gone, the nearest new headers, and what to write where one took its place.

    `mappings` names the mapping of each source.
    """
    for row in gone.iter_rows(named=True):
        near = nearest(row["header"], row["unused_headers"])
        use = f"which answered {row['question']}" if row["is_field"] else f"which was read as {row['fed']}"
        looked = f"nearest new columns: {', '.join(near)}" if near else "no new column is like it"
        yield (
            f"column gone: {row['header']}, {use}, was last in the {row['role'].replace('_', ' ')} of {row['source']} on {row['last_on']}; "
            f"{looked}. If another took its place, write in sameside.toml {setting(row, near, mappings[row['source']])}"
        )


def nearest(header: str, unused: list[str]) -> list[str]:
    """Return the headers that may be a header's new name, the likeliest first, three at most.

    >>> nearest("Pain__c", ["Pain_Points__c", "Region__c", "Zip"])
    ['Pain_Points__c']
    """
    likeness = {each: difflib.SequenceMatcher(None, folded(header), folded(each)).ratio() for each in unused}
    return sorted((each for each in unused if likeness[each] >= _NEAR), key=lambda each: (-likeness[each], each))[:3]


def setting(row: Mapping[str, Any], near: list[str], mapping: str) -> str:
    """Return the line of sameside.toml that names the column which took another's place."""
    name = json.dumps(near[0] if near else "ITS NAME", ensure_ascii=False)
    if not row["is_field"]:
        return f"under [columns.{mapping}]: {row['fed']} = [{name}]"
    table = "[neutral]" if row["is_neutral"] else f"[questions.{row['question']}]"
    return f"under {table}, beside your other questions: fields.{mapping} = [{name}]"
