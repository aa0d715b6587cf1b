"""The same tag and curves in Polars, as one would write them by hand: python by_polars.py FOLDER DAY NEEDED RESULT."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl


def tagged(folder: Path, day: int, needed: int) -> pl.LazyFrame:
    """Return the deals open at the landmark whose tag is known: focus, exit_day and outcome."""
    deals, spells, unknown = (pl.scan_parquet(folder / f"{name}.parquet") for name in ("deals", "spells", "unknown"))
    stood = (pl.col("start_day") <= day).cast(pl.Int64) - (pl.col("end_day") <= day).fill_null(value=False).cast(pl.Int64)
    known = spells.group_by("deal_key").agg(stood.sum().alias("known"))
    untold = unknown.filter(pl.col("until_day") > day).group_by("deal_key").agg(pl.len().alias("untold"))
    counted = deals.join(known, on="deal_key", how="left").join(untold, on="deal_key", how="left")
    counted = counted.with_columns(pl.col("known", "untold").fill_null(0))
    focus = (
        pl.when(pl.col("known") >= needed)
        .then(pl.lit("customer-focused"))
        .when(pl.col("known") + pl.col("untold") < needed)
        .then(pl.lit("seller-focused"))
    )
    seen = (pl.col("last_seen_on") - pl.col("created_date")).dt.total_days()
    is_dated = pl.col("created_date").is_not_null() & ~pl.col("has_negative_cycle")
    is_told = (pl.col("outcome") == "open") | pl.col("cycle_days").is_not_null()
    exit_day = pl.coalesce("cycle_days", seen) - day
    return (
        counted.filter(is_dated & is_told)
        .select(focus.alias("focus"), exit_day.alias("exit_day"), "outcome")
        .filter(pl.col("focus").is_not_null() & (pl.col("exit_day") > 0))
    )


def main() -> None:
    """Write curves and seconds as JSON."""
    folder, day, needed, result = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    began = time.perf_counter()
    counts = {state: (pl.col("outcome") == state).sum().alias(state) for state in ("won", "lost")}
    by_day = tagged(folder, day, needed).group_by("focus", "exit_day").agg(pl.len().alias("left"), *counts.values())
    at_risk = pl.col("left").cum_sum(reverse=True).over("focus")
    risk = by_day.sort("focus", "exit_day").with_columns(at_risk.alias("at_risk"))
    stays = (1 - (pl.col("won") + pl.col("lost")) / pl.col("at_risk")).cum_prod().over("focus")
    risk = risk.with_columns(stays.alias("open"))
    before = pl.col("open").shift(1).over("focus").fill_null(1.0)
    shares = [(before * pl.col(state) / pl.col("at_risk")).cum_sum().over("focus").alias(f"share {state}") for state in ("won", "lost")]
    frame = risk.with_columns(shares).collect()
    curves = {}
    for (focus,), group in frame.group_by("focus"):
        for state, column in (("open", "open"), ("won", "share won"), ("lost", "share lost")):
            curves[f"{focus} {state}"] = dict(zip(map(str, group["exit_day"]), group[column], strict=True))
    result.write_text(json.dumps({"seconds": time.perf_counter() - began, "curves": curves}), encoding="utf-8")


if __name__ == "__main__":
    main()
