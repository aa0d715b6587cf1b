"""The result of a query as what people work on with: a table to read, CSV, JSON or Parquet."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any, Final, Literal, get_args

import polars as pl

from etl.csvtext import to_csv
from etl.visible import visible_lines

Format = Literal["table", "csv", "json", "parquet"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


def as_bytes(frame: pl.DataFrame, style: Format) -> bytes:
    """Return a frame in a format: text in UTF-8, guarded against formulas where it is CSV; JSON as a list of objects with ISO dates."""
    match style:
        case "csv":
            return to_csv(frame)
        case "json":
            return json.dumps(frame.to_dicts(), indent=2, default=_json, ensure_ascii=False).encode() + b"\n"
        case "parquet":
            made = io.BytesIO()
            frame.write_parquet(made)
            return made.getvalue()
        case "table":
            with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=80, tbl_hide_dataframe_shape=True, tbl_width_chars=200):
                return visible_lines(f"{frame}\n").encode()


def _json(value: Any) -> float | str:
    """Return what JSON has no name for: a decimal as a number, days and moments as ISO text."""
    return float(value) if isinstance(value, Decimal) else str(value)
