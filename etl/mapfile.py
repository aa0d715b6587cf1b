"""A mapping as a file to look through: what was found in a table of deals, with what speaks for it beside each line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from etl.columns import ColumnFacts
from etl.config import Config, Outcome, validated
from etl.errors import UsageError
from etl.mapping import CrmMapping, vocabulary
from etl.propose import Proposal
from etl.records import column_names
from etl.stages import speaks_of_closing
from etl.tomltext import key_text, value_text

WANTED: Final = ("deal_id", "deal_name", "account_name", "owner_name", "stage", "created_at", "close_date", "amount")
"""Canonical columns that a file should have; those that none was found for are named in the mapping."""

_WIDTH: Final = 40  # where comments begin


def mapping_text(proposal: Proposal, config: Config, columns: Mapping[str, str], name: str, inputs: Iterable[str] = ()) -> str:
    """Return a mapping that `load_mapping` reads, with comments; `columns` are canonical columns of deals and their headers.

    Raises UsageError where no column tells the outcome.
    """
    stage = columns.get("stage") or columns.get("status") or columns.get("is_won")
    if stage is None:
        raise UsageError(
            "no column tells whether a deal is won, lost or open",
            where=", ".join(file.name for file in proposal.files if file.role == "deals"),
            expected="a column of stages or of a status, such as Won, Lost, Negotiation",
            todo="Add it to the export, or say which column it is: `columns.stage` in a mapping.",
        )
    lines = [
        *_head(proposal, name, inputs),
        *_outcomes(stage, proposal.stages.get(stage, ())),
        *(_status(columns.get("status"), proposal.stages.get(columns.get("status", ""), ())) if "stage" in columns else ()),
        *_deals(proposal, columns),
        *_others(proposal),
        *_fields(proposal, config, set(columns.values())),
    ]
    return "\n".join(lines) + "\n"


def mapping_of(text: str) -> CrmMapping:
    """Return the mapping of a TOML text; raises ConfigError that lists every problem."""
    return validated(CrmMapping, tomllib.loads(text), Path("mapping.toml"))


def _head(proposal: Proposal, name: str, inputs: Iterable[str]) -> Iterator[str]:
    deals = ", ".join(file.name for file in proposal.files if file.role == "deals")
    yield f"# Proposed by `sameside map` for {_on_one_line(deals)}. Look through it, mend it, then load with it:"
    yield f"#   sameside load {' '.join(map(_on_one_line, inputs)) or 'EXPORT'} --mapping THIS_FILE"
    yield f"name = {value_text(name)}"
    yield f"label = {value_text(_on_one_line(deals))}"
    yield ""


def _outcomes(stage: str, values: Iterable[tuple[str, int]]) -> Iterator[str]:
    known = _known()
    yield f"[outcome]  # what each value of {_on_one_line(stage)} says: won, lost or open"
    for value, deals in values:
        outcome = _outcome(value, known)
        line = f'{value_text(value)} = "{outcome or "?"}"'
        yield _with_comment(
            line if outcome else f"# {line}", f"{deals:,} deals{'' if outcome else ': won, lost or open? Say which, and take the # away'}"
        )
    yield _with_comment('"*" = "open"', "any other, unless its name speaks of closing")
    yield ""


def _status(header: str | None, values: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Yield what a status beside the stage tells."""
    told = {value: outcome for value, _ in values if (outcome := _known().get(value.lower()))}
    if header and told:
        yield _with_comment("[[tells_outcome]]", f"{_on_one_line(header)}, whatever the stage")
        yield 'column = "status"'
        yield f"values = {value_text(told)}"
        yield ""


def _known() -> dict[str, Outcome]:
    return {word.lower(): outcome for outcome, words in vocabulary().outcome.items() for word in words}


def _outcome(value: str, known: Mapping[str, Outcome]) -> Outcome | None:
    return known.get(value.lower()) or (None if speaks_of_closing(value) else "open")


def _deals(proposal: Proposal, columns: Mapping[str, str]) -> Iterator[str]:
    facts = {each.header: each for each in proposal.columns}
    yield "[files.deals]"
    for name in (name for name in column_names("deals") if name in columns):
        yield _with_comment(f"columns.{name} = {value_text(columns[name])}", _said(facts.get(columns[name])))
    for name in (name for name in WANTED if name not in columns):
        yield f'# columns.{name} = "?"'
    yield ""


def _others(proposal: Proposal) -> Iterator[str]:
    for other in proposal.others:
        yield f"[files.{other.role}]"
        yield f"names = [{value_text(other.stem)}]"
        yield from (f"columns.{name} = {value_text(header)}" for name, header in other.columns.items())
        yield ""
    if any(other.role == "field_history" for other in proposal.others):
        yield "[history]"
        yield _with_comment("records_first_value = false", "true where a value that a deal is created with has a row of its own")
        yield ""


def _fields(proposal: Proposal, config: Config, taken: set[str]) -> Iterator[str]:
    """Yield the columns that may answer a question, and the others that people fill, as comments to choose from."""
    facts = {each.header: each for each in proposal.columns}
    yield "[fields]  # columns that answer the buyer questions; add those that fit"
    answering = {asked.topic: [header for header in asked.columns if header not in taken] for asked in proposal.questions}
    for topic, question in config.questions.items():
        headers = answering.get(topic, [])
        line = f"{key_text(topic)} = {value_text([_entry(facts[header]) for header in headers])}"
        yield _with_comment(line if headers else f"# {key_text(topic)} = []", question.label)
        taken |= set(headers)
    for each in proposal.columns:
        if each.may_answer and each.header not in taken:
            yield f"#   {value_text(each.header)} ({each.kind}): {_said(each)}"


def _entry(each: ColumnFacts) -> object:
    """Return a column as a field of a mapping, with its kind unless that is text."""
    return {"name": each.header, "kind": each.kind} if each.kind in ("choice", "flag") else each.header


def _said(each: ColumnFacts | None) -> str:
    """Return what is in a column: how much of it is filled, how much differs, and the most frequent values."""
    if each is None:
        return ""
    filled, distinct = each.filled / (each.rows or 1), each.distinct / (each.filled or 1)
    return _on_one_line(f"{filled:.0%} filled, {distinct:.0%} different: {' · '.join(each.examples)}")


def _with_comment(line: str, comment: str) -> str:
    return f"{line:<{_WIDTH}} # {comment}" if comment else line


def _on_one_line(text: str) -> str:
    """Return a text without characters that would end a comment, or that TOML does not take in one."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
