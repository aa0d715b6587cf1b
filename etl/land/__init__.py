"""Scanned files → the raw tables of a new database, every row accounted for.

Deals are read first and numbered; history rows are joined to those numbers as they stream by, so that no text is kept that nobody
asks for. What could not be used goes to raw.rejects; each file must end with rows read = rows loaded + rows rejected. At last the deals
and the history of earlier loads are added.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from etl.land import amounts, answers, carry, columns, deals, field_history, ledger, look_ups, merged, owners, stage_history
from etl.land.context import Landing

STEPS = (
    "reading deals",
    "reading stage history",
    "reading field history",
    "judging answers",
    "going on from earlier loads",
    "accounting for every row",
)


def land(landing: Landing, step: Callable[[str], None]) -> date:
    """Fill the raw tables from the files and from the loads before, calling `step` with each of STEPS as it begins.

    Returns the day of the export.

    Raises UnknownOutcome where a stage tells nothing, RowsLost where a file's rows do not add up.
    """
    step(STEPS[0])
    ledger.open_ledger(landing)
    look_ups.scan_look_ups(landing)
    deals.scan_deals(landing)
    merged.scan_merged(landing)
    deals.number_deals(landing)
    step(STEPS[1])
    stage_history.scan_stage_history(landing)
    step(STEPS[2])
    field_history.scan_field_history(landing)
    if not landing.tells_stage_history:
        stage_history.take_from_field_history(landing)
    stage_history.name_stages(landing)
    step(STEPS[3])
    stage_history.write_stages(landing)
    deals.write_deals(landing)
    stage_history.write_stage_changes(landing)
    amounts.write_amounts(landing)
    as_of = answers.day_of_export(landing)
    deals.write_days_seen(landing, as_of)
    answers.write_answers(landing, as_of)
    owners.write_owner_changes(landing)
    step(STEPS[4])
    if landing.earlier:
        carry.carry_over(landing, landing.earlier, as_of)
    else:
        carry.count_first(landing)
    answers.write_settings(landing)
    step(STEPS[5])
    ledger.write_ledger(landing)
    columns.write_columns(landing)
    if landing.earlier:
        carry.carry_loads(landing, landing.earlier)
    return as_of
