"""What a stage says of the outcome: told by configuration, flags or mapping, never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.config import Outcome
from etl.errors import UnknownOutcome
from etl.mapping import CrmMapping, is_packaged, vocabulary
from etl.patterns import fits

_ANY = "*"
# What names of closing stages hold, in the languages of the vocabulary.
_ENDINGS = (
    *("clos", "won", "lost", "win", "loss"),
    *("gewonn", "verlor", "abgeschl", "gesloten", "gagné", "perdu", "fermé", "conclu"),
    *("ganad", "perdid", "cerrad", "ganh", "fechad", "vint", "chius", "persa", "perso"),
)


@dataclass(frozen=True, slots=True)
class StageUse:
    """A stage, what the deals that are in it now say of themselves, and what a table of stages says of it, None where there is none."""

    stage: str
    deals: int
    any_won: bool
    any_closed: bool
    deals_undecided: int
    listed: Outcome | None = None


def speaks_of_closing(stage: str) -> bool:
    """Tell whether the name of a stage may mean that a deal is closed, one way or the other."""
    return any(ending in stage.lower() for ending in _ENDINGS)


def resolve_stages(
    uses: Sequence[StageUse], own: Mapping[str, Outcome], mapping: CrmMapping, *, flagged: bool
) -> list[tuple[str, Outcome, str]]:
    """Return (stage, outcome, what told it) of each stage.

    `own` is [stages] of the configuration, which goes before the export's table of stages, and that before the mapping's; `flagged` tells
    whether the deals carry flags.
    Raises UnknownOutcome with every stage that decides a deal's outcome and is in neither table.
    """
    own_lower = {stage.lower(): outcome for stage, outcome in own.items()}
    crm_lower = _named(mapping)
    resolved: list[tuple[str, Outcome, str]] = []
    unknown: list[StageUse] = []
    for use in uses:
        name = use.stage.lower()
        if name in own_lower:
            resolved.append((use.stage, own_lower[name], "configuration"))
        elif use.listed:
            resolved.append((use.stage, use.listed, "table of stages"))
        elif name in crm_lower:
            resolved.append((use.stage, crm_lower[name], "mapping"))
        elif flagged:
            resolved.append((use.stage, "won" if use.any_won else "lost" if use.any_closed else "open", "flags"))
        elif _ANY in crm_lower and not _may_close(name, mapping):
            resolved.append((use.stage, crm_lower[_ANY], "mapping's default"))
        elif not use.deals or (mapping.tells_outcome and not use.deals_undecided):
            told_by = mapping.tells_outcome[0].column.replace("_", " ") if mapping.tells_outcome else "no deal"
            resolved.append((use.stage, "open", told_by))
        else:
            unknown.append(use)
    if unknown:
        raise _unknown(unknown, mapping)
    return resolved


def _named(mapping: CrmMapping) -> dict[str, Outcome]:
    """Return the stages that a mapping names, in lower case, for packaged ones with those of the vocabulary."""
    known = {stage: outcome for outcome, stages in vocabulary().outcome.items() for stage in stages} if is_packaged(mapping) else {}
    return {stage.lower(): outcome for stage, outcome in {**known, **mapping.outcome}.items()}


def _may_close(name: str, mapping: CrmMapping) -> bool:
    """Tell whether a stage may be one of closing: its name speaks of it, or it is an id that says nothing."""
    return _is_opaque(name, mapping) or speaks_of_closing(name)


def _is_opaque(name: str, mapping: CrmMapping) -> bool:
    return mapping.opaque_stages is not None and fits(mapping.opaque_stages, name)


def _unknown(uses: Sequence[StageUse], mapping: CrmMapping) -> UnknownOutcome:
    named = ", ".join(f"{use.stage!r} ({use.deals:,} deals)" for use in uses)
    tables = [name for name in mapping.files["stages"].names if "*" not in name] if "stages" in mapping.files else []
    is_nameless = tables and any(_is_opaque(use.stage, mapping) for use in uses)
    table = f"Export the table of stages beside the deals, as {tables[0]}.csv, or say so" if is_nameless else "Say so"
    lines = "; ".join(f'"{use.stage}" = "won", "lost" or "open"' for use in uses[:5])
    return UnknownOutcome(
        f"these stages do not say whether a deal is won, lost or open: {named}",
        expected="flags of being closed and won in the export, or stages with a known outcome",
        todo=f"{table} in sameside.toml under [stages]: {lines}",
        stages=tuple(use.stage for use in uses),
    )
