"""The text around every page: sidebar, header line, and what is said where there is nothing to show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms

OVERVIEW = "Overview"
WIN_RATE = "Win rate"
DEAL = "Deal"
SALES_CYCLE = "Sales cycle"
IS_IT_REAL = "Is it real?"
QUESTIONS = "Buyer questions"
TEAM = "Team"
LOAD_DATA = "Load data"
WELCOME = "Welcome"
COACHING = "Coaching"
DATA_HEALTH = "Data health"
DEFINITIONS = "Definitions"
SQL = "SQL"

FILTERS = "Deals"
TAGGING = "Customer focus"
CREATED = "Created"
LANDMARK = "Landmark day"
LANDMARK_HELP = "A deal is tagged by what stood in its fields at the end of this day after creation. Deals decided earlier are shown apart."
ANSWERS_NEEDED = "Answers needed"
ANSWERS_HELP = "A deal is customer-focused from this many answered buyer questions on."
COUNTING = "How deals are counted"
COUNTED = {
    "denominator": "Deals in the denominator",
    "no_decision": "No-decision losses",
    "count_by": "Count by",
}
COUNTED_HELP = {
    "denominator": "Decided: won or lost by the horizon. Deals that are still open then are left out.",
    "no_decision": "Deals that were lost because the buyer decided nothing, as the loss reason says.",
    "count_by": "By amount on the landmark day, of win rates alone: gaps among alike deals are always by deals.",
}
ANYTHING = "All"
RESET = "Reset"
DIMENSIONS = {
    "team": "Team",
    "owner": "Rep",
    "segment": "Segment",
    "deal_type": "Deal type",
    "lead_source": "Lead source",
    "pipeline": "Pipeline",
    "amount_band": "Amount band",
    "icp_fit": "ICP fit",
    "source": "Source",
}

SHARE = "Share"
SHARE_LINK = "The address of this page reopens exactly what you see: copy it from the browser."
SHARE_REPORT = "Report for a board pack (HTML)"
DIFFERENCE = "Difference"
NEW_DATA = "New data were loaded. They are shown now."
LEFT_OUT = "What becomes of the deals in scope"


def header_line(as_of: date, loaded_at: datetime, deals: int, whose: str = "") -> str:
    """Return what the page rests on; `whose` are the deals, where it is not all of them."""
    loaded = rounding.day(loaded_at.date())
    return f"{f'{whose} · ' if whose else ''}Data as of {rounding.day(as_of)} · loaded {loaded} · {rounding.count(deals, 'deal')} in scope"


def left_out_label(left_out: pl.DataFrame, terms: Terms) -> str:
    """Return how many deals in scope have no part in the comparison at equal age."""
    if not terms.has_field_history:
        return "none comparable at equal age: why?"
    deals = int(left_out.filter(pl.col("part") != "compared")["deals"].sum())
    return f"{rounding.whole(deals)} left out: why?" if deals else "none left out"


def left_out_lines(left_out: pl.DataFrame, terms: Terms) -> list[str]:
    """Return a line for each part that deals in scope have in the comparison."""
    return [_left_out_line(row, terms) for row in left_out.iter_rows(named=True)]


def _left_out_line(row: Mapping[str, Any], terms: Terms) -> str:
    day, last = terms.landmark_day, terms.landmark_day + terms.horizon_days
    parts = {
        "compared": f"compared: open at the end of day {day}, and old enough to tell",
        "no questions mapped": "cannot be tagged: no buyer question is found in the export",
        "too young": f"too young: created less than {last} days before the export, so day {last} is not over",
        "decided by the landmark": f"decided by day {day}, too early to compare; {rounding.whole(row['won'])} of them won",
        "timing unknown": f"of unknown timing: no telling which fields were filled by day {day}",
        "no creation date": "without a creation date",
        "closed without a date": "closed without a date",
        "no decision": "lost to no decision: left out, as you asked",
        "still open at the horizon": f"still open on day {last}: left out, as you asked for decided deals",
        "cycle below zero": "closed before they were created, as the CRM has it",
    }
    return f"{rounding.count(row['deals'], 'deal')} {parts.get(row['part'], row['part'])}"


def scope_line(described: Mapping[str, Any]) -> str:
    """Return the filters in force, or nothing where there are none."""
    filters = [f"{label}: {', '.join(described[name])}" for name, label in DIMENSIONS.items() if name in described]
    if "created_from" in described:
        filters.append(f"Created from {rounding.day(described['created_from'])}")
    if "created_to" in described:
        filters.append(f"Created to {rounding.day(described['created_to'])}")
    filters += [f"{label}: {described[name]}" for name, label in COUNTED.items() if name in described]
    return " · ".join(filters)


def no_history() -> str:
    """Return what is missing without field history, and what to switch on."""
    return (
        "The export holds no field history, so nobody can tell when the fields were filled. In your CRM, switch on "
        "field history tracking for the fields that answer the buyer questions (in Salesforce: Object Manager, "
        "Opportunity, Fields & Relationships, Set History Tracking), and add the history to the next export. "
        "Changes are known from that day on. Until then the exports themselves keep a record, which began with the first load: "
        "load a new export every week or two, and what differs between two of them is dated by the later one."
    )


def unavailable(what: str, where: str, todo: str) -> tuple[str, list[str]]:
    """Return a title and lines for a dashboard without a database."""
    lines = [todo, f"Looked for at {where}." if where else ""]
    return f"{what[:1].upper()}{what[1:]}.", [line for line in lines if line]
