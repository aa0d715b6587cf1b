"""What texts are worth, judged by the SQL of a load, on a labelled set that was written before the rules."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import pytest

from etl.config import CrmField, load_config
from etl.states import STATES, state_sql, text_key_sql

LABELLED: Final = Path(__file__).with_name("junk_texts.csv")
FLOORS: Final = {"tuned": (0.99, 0.97), "held out": (0.97, 0.92)}
"""Precision and recall of the verdict junk, as measured less a text or two; rules were only ever fitted to the tuned part."""


def labelled() -> pl.DataFrame:
    """Return the labelled set with its parts: a third, by the digest of the text, is held out."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parts = ["held out" if hashlib.md5(row["text"].encode(), usedforsecurity=False).digest()[0] % 3 == 0 else "tuned" for row in rows]
    return pl.DataFrame(rows).with_columns(part=pl.Series(parts))


def judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Return labelled rows with the verdict on each."""
    answers = load_config().answers
    text, choice = (state_sql("text", CrmField(name="field", kind=kind), answers) for kind in ("text", "choice"))
    names = ", ".join(text_key_sql(name) for name in ("nullif(deal_name, '')", "nullif(account_name, '')", "nullif(stage, '')"))
    with duckdb.connect() as con:
        con.register("labelled", rows)
        return con.sql(
            f"""
            select * exclude (alone), case when alone = 'answered' and kind = 'text' and {text_key_sql("text")} in ({names})
                then 'copied' else alone end as verdict
            from (select *, case kind when 'choice' then {choice} else {text} end as alone from labelled)
            """
        ).pl()


def figures(rows: pl.DataFrame) -> tuple[float, float]:
    """Return precision and recall of the verdict junk."""
    is_junk, called = rows["state"] != "answered", rows["verdict"] != "answered"
    hits = int((is_junk & called).sum())
    return hits / int(called.sum()), hits / int(is_junk.sum())
