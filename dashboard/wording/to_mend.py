"""What people have to mend: dates that cannot be right, in the CRM, and stages that nobody names, in the settings."""

from __future__ import annotations

import polars as pl

from dashboard import rounding
from dashboard.wording.table import Table, made

BAD_DATES = ("Dates that cannot be right", "They stay as the CRM has them: mend them there, and load again.")
STAGES = ("Stages that nobody names", "Neither [stages] in sameside.toml nor the CRM’s own table says what they mean.")


def bad_dates_table(dates: pl.DataFrame) -> Table:
    """Return the deals with dates that cannot be right."""
    return made(
        {
            "Deal": ("text", dates.select(pl.coalesce("deal_name", "deal_id")).to_series()),
            "What is wrong": ("text", dates["fault"]),
            "Created": ("day", dates["created_date"]),
            "Closed": ("day", dates["closed_date"]),
            "Close date in the CRM": ("day", dates["close_date"]),
            "Outcome": ("text", dates["outcome"]),
            "Rep": ("text", dates["owner"]),
            "Id": ("text", dates["deal_id"]),
        }
    )


def bad_dates_line(dates: pl.DataFrame, rejects: pl.DataFrame) -> str:
    """Return how many deals have such dates, how many are shown, and how many texts are no date at all."""
    unread = int(rejects.filter(pl.col("reason").str.starts_with("is not a date"))["occurrences"].sum())
    texts = f" {rounding.count(unread, 'text')} could not be read as a date: see what could not be used." if unread else ""
    if dates.is_empty():
        return f"Every date that could be read can be right.{texts}"
    row = dates.row(0, named=True)
    shown = f" The first {rounding.whole(dates.height)} faults are shown." if dates.height < row["faults_in_all"] else ""
    return f"{rounding.count(row['faults_in_all'], 'fault')} in {rounding.count(row['deals_in_all'], 'deal')}.{shown}{texts}"


def stages_table(stages: pl.DataFrame) -> Table:
    """Return the stages that no table names."""
    return made(
        {
            "Stage": ("text", stages["stage"]),
            "Taken as": ("text", stages["taken_as"]),
            "Told by": ("text", stages["told_by"]),
            "Deals in it": ("count", stages["deals"]),
            "Largest deals": ("list", stages["deal_ids"]),
        }
    )


def stages_line(stages: pl.DataFrame) -> str:
    """Return how many such stages there are, and what to do."""
    if stages.is_empty():
        return "Of every stage it is known whether it is won, lost or open."
    deals, them = rounding.count(int(stages["deals"].sum()), "deal"), "it" if stages.height == 1 else "them"
    return (
        f"{rounding.count(stages.height, 'stage')}, with {deals} in {them}. Look at each, put “won” or “lost” in place of “open” where it "
        "means that, write the lines into sameside.toml, and load again."
    )


def stages_lines(stages: pl.DataFrame) -> str:
    """Return the lines for sameside.toml."""
    return "\n".join(["[stages]", *stages["line"].unique(maintain_order=True)])
