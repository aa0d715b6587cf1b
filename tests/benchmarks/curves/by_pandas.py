"""The same tag in pandas, and the curves by lifelines, in an environment of their own: python by_pandas.py FOLDER DAY NEEDED RESULT.

Deals still open are lifelines' Kaplan and Meier. Its Aalen and Johansen moves deals that close on one day apart at random, and gives no curve
that can be compared; won and lost are therefore added up from the counts of its table, as that estimator says.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from lifelines import KaplanMeierFitter  # type: ignore[import-not-found]


def tagged(folder: Path, day: int, needed: int) -> pd.DataFrame:
    """Return the deals open at the landmark whose tag is known: focus, exit_day and outcome."""
    deals, spells, unknown = (pd.read_parquet(folder / f"{name}.parquet") for name in ("deals", "spells", "unknown"))
    deals = deals.set_index("deal_key")
    started = spells.loc[spells["start_day"] <= day].groupby("deal_key").size()
    ended = spells.loc[spells["end_day"] <= day].groupby("deal_key").size()
    known = started.reindex(deals.index, fill_value=0) - ended.reindex(deals.index, fill_value=0)
    untold = unknown.loc[unknown["until_day"] > day].groupby("deal_key").size().reindex(deals.index, fill_value=0)
    deals["focus"] = np.select([known >= needed, known + untold < needed], ["customer-focused", "seller-focused"], "unclassified")
    seen = (pd.to_datetime(deals["last_seen_on"]) - pd.to_datetime(deals["created_date"])).dt.days
    deals["exit_day"] = deals["cycle_days"].fillna(seen) - day
    is_told = (deals["outcome"] == "open") | deals["cycle_days"].notna()
    is_dated = deals["created_date"].notna() & ~deals["has_negative_cycle"].fillna(value=False).astype(bool)
    return deals.loc[is_dated & is_told & (deals["focus"] != "unclassified") & (deals["exit_day"] > 0), ["focus", "exit_day", "outcome"]]


def main() -> None:
    """Write curves and seconds as JSON."""
    folder, day, needed, result = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    warnings.simplefilter("ignore")
    began = time.perf_counter()
    curves = {}
    for focus, group in tagged(folder, day, needed).groupby("focus"):
        meier = KaplanMeierFitter().fit(group["exit_day"], group["outcome"] != "open")
        table, share = meier.event_table.iloc[1:], meier.survival_function_.iloc[:, 0]
        before = share.shift(1).iloc[1:]
        curves[f"{focus} open"] = _told(share.iloc[1:])
        for state in ("won", "lost"):
            closed = group.loc[group["outcome"] == state].groupby("exit_day").size().reindex(table.index, fill_value=0)
            curves[f"{focus} {state}"] = _told((before * closed / table["at_risk"]).cumsum())
    result.write_text(json.dumps({"seconds": time.perf_counter() - began, "curves": curves}), encoding="utf-8")


def _told(shares: pd.Series) -> dict[str, float]:
    return {str(int(day)): float(share) for day, share in shares.items()}


if __name__ == "__main__":
    main()
