"""Deals of a world → the raw tables of a database, as an export with full field history would have filled them."""

from __future__ import annotations

from datetime import date
from typing import Final

import duckdb
import numpy as np
import polars as pl

from etl.build import build, create_raw
from etl.config import Config
from tests.simulation.world import FIELDS, NEVER, SEGMENTS, STAGES, Deals, Flags, Ints, Kinds

AS_OF: Final = date(2025, 6, 30)
SOURCE: Final = "simulation"
OWNERS_PER_TEAM: Final = 8
TYPICAL_AMOUNT: Final = np.array([8_000.0, 30_000.0, 120_000.0])
"""By segment; what else moves an amount has nothing to do with winning."""
LEAD_SOURCES: Final = ("Web", "Event", "Referral", "Outbound")
"""Drawn alike for all deals."""


def write_database(con: duckdb.DuckDBPyConnection, kinds: Kinds, deals: Deals, config: Config, rng: np.random.Generator) -> None:
    """Fill the raw tables of an empty database and build everything over them; the settings are those of the configuration."""
    create_raw(con)
    for name, frame in raw_tables(kinds, deals, config, rng).items():
        con.register("simulated", frame)
        con.execute(f"insert into raw.{name} by name from simulated")
        con.unregister("simulated")
    build(con)


def raw_tables(kinds: Kinds, deals: Deals, config: Config, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Return the rows of the raw tables by name; tables that such an export leaves empty are not there."""
    records = deal_records(kinds, deals, rng)
    return {
        "settings": settings(config),
        "stages": stages(),
        "questions": questions(),
        "fields": fields(),
        "deals": records,
        "stage_changes": stage_changes(deals, records),
        "field_values": field_values(deals),
        "field_changes": field_changes(deals, records),
    }


def settings(config: Config) -> pl.DataFrame:
    """Return raw.settings: the configuration's own, with half of the questions needed."""
    return pl.DataFrame(
        {
            "landmark_day": config.tag.landmark_day,
            "answers_needed": (FIELDS + 1) // 2,
            "horizon_days": config.outcome.horizon_days,
            "margin_points": config.outcome.margin_points,
            "strata": [list(config.like_for_like.strata)],
            "amount_bands": [list(config.like_for_like.amount_bands)],
            "currency": config.organisation.currency,
            "locale": config.organisation.locale,
            "time_zone": config.organisation.time_zone,
            "fiscal_year_start_month": config.organisation.fiscal_year_start_month,
            "fiscal_year_named_for": config.organisation.fiscal_year_named_for,
            "as_of": AS_OF,
            "has_field_history": True,
            "has_owners": True,
        }
    )


def stages() -> pl.DataFrame:
    """Return raw.stages: the open ones, won and lost."""
    outcome = ["open"] * len(STAGES) + ["won", "lost"]
    return pl.DataFrame(
        {"stage": [*STAGES, "Closed Won", "Closed Lost"], "stage_outcome": outcome, "outcome_from": "configuration", "source": SOURCE}
    )


def questions() -> pl.DataFrame:
    """Return raw.questions: one for each field, the neutral ones last."""
    topic = [f"buyer_{number}" for number in range(FIELDS)] + [f"neutral_{number}" for number in range(FIELDS)]
    is_neutral = [number >= FIELDS for number in range(2 * FIELDS)]
    number = range(2 * FIELDS)
    frame = pl.DataFrame({"question_no": number, "topic": topic, "label": topic, "is_neutral": is_neutral})
    return frame.with_columns(ask=pl.lit("?"), is_mapped=True)


def fields() -> pl.DataFrame:
    """Return raw.fields: one for each question, tracked since before the first deal."""
    asked = questions().select("question_no", "topic", "is_neutral", field_no="question_no", field="topic")
    return asked.with_columns(
        kind=pl.lit("text"),
        is_in_export=True,
        tracked_since=date(2000, 1, 1),
        records_first_value=True,
        source=pl.lit(SOURCE),
        is_column=True,
    )


def deal_records(kinds: Kinds, deals: Deals, rng: np.random.Generator) -> pl.DataFrame:
    """Return raw.deals: one row per deal, with what the CRM shows on the day of the export."""
    number = len(deals.kind)
    owner, segment = kinds.owner[deals.kind], kinds.segment[deals.kind]
    is_closed = deals.closed < NEVER
    outcome = np.where(is_closed, np.where(deals.won, "won", "lost"), "open")
    last_stage = np.array(STAGES)[(deals.entered < NEVER).sum(axis=1) - 1]
    amount = np.round(TYPICAL_AMOUNT[segment] * np.exp(0.6 * rng.standard_normal(number)), 2)
    frame = pl.DataFrame(
        {
            "deal_key": np.arange(number),
            "owner": owner,
            "segment": np.array(SEGMENTS)[segment],
            "lead_source": np.array(LEAD_SOURCES)[rng.integers(0, len(LEAD_SOURCES), number)],
            "stage": np.where(is_closed, np.where(deals.won, "Closed Won", "Closed Lost"), last_stage),
            "outcome": outcome,
            "amount": amount,
            "age": deals.age,
            "is_icp_fit": kinds.fits[deals.kind],
        }
    )
    day = pl.lit(AS_OF) - pl.duration(days="age")
    return frame.select(
        "deal_key", "segment", "lead_source", "stage", "outcome", "amount", "is_icp_fit",
        source=pl.lit(SOURCE),
        first_seen_on=AS_OF,
        last_seen_on=AS_OF,
        deal_id=pl.format("deal {}", "deal_key"),
        owner=pl.format("Owner {}", "owner"),
        team=pl.format("Team {}", pl.col("owner") // OWNERS_PER_TEAM),
        deal_type=pl.lit("New Business"),
        outcome_from=pl.lit("stage"),
        currency=pl.lit("EUR"),
        created_date=day,
        created_at=day.cast(pl.Datetime("us")) + pl.duration(hours=8),
    )  # fmt: skip


def stage_changes(deals: Deals, records: pl.DataFrame) -> pl.DataFrame:
    """Return raw.stage_changes: entries into stages, and the closing."""
    deal, stage = np.nonzero(deals.entered < NEVER)
    closed = np.flatnonzero(deals.closed < NEVER)
    name = np.array([*STAGES, "Closed Won", "Closed Lost"])
    rows = pl.DataFrame(
        {
            "deal_key": np.concatenate([deal, closed]),
            "day": np.concatenate([deals.entered[deal, stage], deals.closed[closed]]),
            "stage": name[np.concatenate([stage, np.where(deals.won[closed], len(STAGES), len(STAGES) + 1)])],
        }
    )
    return _dated(rows, records).join(records.select("deal_key", "amount"), on="deal_key")


def field_values(deals: Deals) -> pl.DataFrame:
    """Return raw.field_values: what fields hold on the day of the export."""
    deal, field = np.nonzero((deals.answered < NEVER) | (deals.junk < NEVER))
    is_answer = deals.answered[deal, field] < NEVER
    rows = pl.DataFrame({"deal_key": deal, "field_no": field, "state": np.where(is_answer, "answered", "placeholder")})
    return rows.with_columns(junk_text=pl.when(pl.col("state") == "placeholder").then(pl.lit("tbd")))


def field_changes(deals: Deals, records: pl.DataFrame) -> pl.DataFrame:
    """Return raw.field_changes: from blank to junk, and from either to an answer."""
    had_junk = deals.junk < NEVER
    junk = _changes(deals.junk, np.full(deals.junk.shape, "blank"), "placeholder", had_junk)
    answers = _changes(deals.answered, np.where(had_junk, "placeholder", "blank"), "answered", deals.answered < NEVER)
    return _dated(pl.concat([junk, answers]), records)


def _changes(day: Ints, old_state: np.typing.NDArray[np.str_], new_state: str, happened: Flags) -> pl.DataFrame:
    deal, field = np.nonzero(happened)
    rows = pl.DataFrame({"deal_key": deal, "field_no": field, "day": day[deal, field], "old_state": old_state[deal, field]})
    return rows.with_columns(new_state=pl.lit(new_state))


def _dated(rows: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Put calendar days in place of days after creation; everything happens at noon."""
    day = pl.col("created_date") + pl.duration(days="day")
    dated = rows.join(records.select("deal_key", "created_date"), on="deal_key").with_columns(changed_date=day)
    return dated.with_columns(
        changed_at=pl.col("changed_date").cast(pl.Datetime("us")) + pl.duration(hours=12), told_by=pl.lit("history")
    ).drop("day", "created_date")
