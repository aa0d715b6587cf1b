"""The canonical records: what every CRM's export is normalised to.

A role is what a file of an export is for; its columns are what the role can tell. How a column's text is parsed follows from its
kind, and which header feeds it is the mapping's business (etl/mapping.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "timestamp", "date", "money", "flag"]
Role = Literal["deals", "stage_history", "field_history", "field_tracking", "users", "accounts", "stages", "pipelines", "merged_deals"]


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column: its name, how its text is parsed, and whether a row is worthless without it."""

    name: str
    kind: Kind
    required: bool = False


ROLES: dict[Role, tuple[Column, ...]] = {
    # Grain: one deal. Without deal_id the row's position in the file names the deal.
    "deals": (
        Column("deal_id", "id"),
        Column("deal_name", "text"),
        Column("account_id", "id"),
        Column("account_name", "text"),
        Column("owner_id", "id"),
        Column("owner_name", "text"),
        Column("team", "text"),
        Column("segment", "text"),
        Column("deal_type", "text"),
        Column("lead_source", "text"),
        Column("pipeline", "text"),
        Column("stage", "text"),
        Column("status", "text"),  # such as won, lost or open, whatever the stage
        Column("is_won", "flag"),
        Column("is_closed", "flag"),
        Column("is_active", "flag"),  # not yet archived, which some CRMs do with what is lost
        Column("probability", "text"),
        Column("forecast_category", "text"),
        Column("loss_reason", "text"),
        Column("amount", "money"),
        Column("won_amount", "money"),  # what it came to, where `amount` is an estimate
        Column("currency", "text"),
        Column("created_at", "timestamp"),
        Column("close_date", "date"),  # expected, until the deal is closed
        Column("closed_at", "timestamp"),  # when it was closed, where the CRM tells that apart from close_date …
        Column("won_at", "timestamp"),  # … or when it was won
        Column("lost_at", "timestamp"),  # … or lost
        Column("modified_at", "timestamp"),
        Column("is_deleted", "flag"),
        Column("merged_ids", "text"),  # ids of the deals that were merged into this one, with ; between them
        Column("history_id", "id"),  # the key by which history files know the deal, where it is not deal_id
    ),
    # Grain: one entry into a stage, or one change of a deal that names the stage it was in.
    "stage_history": (
        Column("deal_id", "id", required=True),
        Column("changed_at", "timestamp", required=True),
        Column("stage", "text", required=True),
        Column("amount", "money"),
        Column("close_date", "date"),
        Column("is_deleted", "flag"),
    ),
    # Grain: one change of one field of one deal.
    "field_history": (
        Column("deal_id", "id", required=True),
        Column("field", "text", required=True),
        Column("changed_at", "timestamp", required=True),
        Column("old_value", "text"),
        Column("new_value", "text"),
        Column("changed_by", "text"),  # id or name of the user
        Column("change_source", "text"),  # what made the change: people, an import, automation …
        Column("is_deleted", "flag"),
    ),
    # Grain: one field that the CRM keeps history of.
    "field_tracking": (
        Column("object", "text"),
        Column("field", "text", required=True),
        Column("tracked_since", "timestamp", required=True),
    ),
    # Grain: one user of the CRM.
    "users": (
        Column("user_id", "id", required=True),
        Column("user_name", "text"),
        Column("first_name", "text"),
        Column("last_name", "text"),
        Column("email", "text"),
        Column("team", "text"),
    ),
    # Grain: one customer or prospect.
    "accounts": (Column("account_id", "id", required=True), Column("account_name", "text"), Column("segment", "text")),
    # Grain: one stage of one pipeline.
    "stages": (
        Column("stage_id", "id", required=True),
        Column("stage_name", "text"),
        Column("pipeline", "text"),
        Column("is_won", "flag"),
        Column("is_closed", "flag"),
    ),
    # Grain: one pipeline.
    "pipelines": (Column("pipeline_id", "id", required=True), Column("pipeline_name", "text")),
    # Grain: one deal that was merged into another.
    "merged_deals": (Column("deal_id", "id", required=True), Column("merged_id", "id", required=True)),
}


def column_names(role: Role) -> tuple[str, ...]:
    """Return the names of a role's canonical columns, in order."""
    return tuple(column.name for column in ROLES[role])
