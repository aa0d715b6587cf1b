"""What a page that compares deals at equal age says where there is nothing to compare."""

from __future__ import annotations

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording import frame
from dashboard.wording.common import Answer


def nothing_to_compare(left_out: pl.DataFrame, terms: Terms) -> Answer | None:
    """Return what to say in place of a comparison, or None where there are deals to compare; `left_out` is metrics.left_out."""
    deals = int(left_out["deals"].sum())
    if not deals:
        return Answer("Nothing in scope", "No deal matches these filters.", "Take one out in the sidebar, or reset them.")
    if not terms.questions:
        return Answer(
            "Nothing to go by yet",
            "None of the buyer questions is found in the export, so no deal can be called customer-focused.",
            "Name the fields that hold the answers under [questions] in sameside.toml, then load the export again.",
        )
    if not terms.has_field_history:
        return Answer(
            "No telling when",
            "Nobody can tell when the fields were filled, so deals cannot be compared at equal age.",
            frame.no_history(),
        )
    if left_out.filter(pl.col("part") == "compared").is_empty():
        subject = "The one deal in scope cannot" if deals == 1 else f"None of the {rounding.whole(deals)} deals in scope can"
        return Answer(
            "Nothing to compare yet",
            f"{subject} be compared at day {terms.landmark_day} yet.",
            "See “left out: why?” above for what becomes of them.",
        )
    return None
