"""What a stage says of the outcome: told by configuration, flags or mapping, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.config import Outcome
from etl.errors import UnknownOutcome
from etl.mapping import CrmMapping

_ANY = "*"
_ENDINGS = ("clos", "won", "lost", "win", "loss")


@dataclass(frozen=True, slots=True)
class StageUse:
    """A stage, and what the deals that are in it now say of themselves."""

    stage: str
    deals: int
    any_won: bool
    any_closed: bool
    deals_without_forecast: int


def resolve_stages(
    uses: Sequence[StageUse], own: Mapping[str, Outcome], mapping: CrmMapping, *, flagged: bool
) -> list[tuple[str, Outcome, str]]:
    """Return (stage, outcome, what told it) of each stage.

    `own` is [stages] of the configuration, which goes before the mapping's table; `flagged` tells whether the deals carry flags.
    Raises UnknownOutcome with every stage that decides a deal's outcome and is in neither table.
    """
    own_lower = {stage.lower(): outcome for stage, outcome in own.items()}
    crm_lower = {stage.lower(): outcome for stage, outcome in mapping.outcome.items()}
    resolved: list[tuple[str, Outcome, str]] = []
    unknown: list[StageUse] = []
    for use in uses:
        name = use.stage.lower()
        if name in own_lower:
            resolved.append((use.stage, own_lower[name], "configuration"))
        elif name in crm_lower:
            resolved.append((use.stage, crm_lower[name], "mapping"))
        elif flagged:
            resolved.append((use.stage, "won" if use.any_won else "lost" if use.any_closed else "open", "flags"))
        elif _ANY in crm_lower and not any(ending in name for ending in _ENDINGS):
            resolved.append((use.stage, crm_lower[_ANY], "mapping's default"))
        elif _forecast_decides(use, mapping):
            resolved.append((use.stage, "open", "forecast category"))
        else:
            unknown.append(use)
    if unknown:
        raise _unknown(unknown)
    return resolved


def _forecast_decides(use: StageUse, mapping: CrmMapping) -> bool:
    return not use.deals or (bool(mapping.forecast_outcome) and not use.deals_without_forecast)


def _unknown(uses: Sequence[StageUse]) -> UnknownOutcome:
    named = ", ".join(f"{use.stage!r} ({use.deals:,} deals)" for use in uses)
    lines = "; ".join(f'"{use.stage}" = "won", "lost" or "open"' for use in uses[:5])
    return UnknownOutcome(
        f"these stages do not say whether a deal is won, lost or open: {named}",
        expected="flags of being closed and won in the export, or stages with a known outcome",
        todo=f"Say so in sameside.toml under [stages]: {lines}",
        stages=tuple(use.stage for use in uses),
    )
