"""A mapping tried out: what was found in the files, and what would come of a load, in lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from etl.errors import DataError
from etl.load import Request, load
from etl.mapfile import WANTED
from etl.mapping import CrmMapping
from etl.propose import Proposal
from etl.report import report_lines


def proposal_lines(proposal: Proposal) -> Iterator[str]:
    """Say whose the files are, and which column seems to hold what."""
    if proposal.is_guess:
        yield "no known CRM's export: this is what the columns of the deals seem to hold"
    else:
        yield f"an export of {proposal.crm_label}: it loads as it is, and needs no mapping"
    for file in proposal.files:
        yield f"  {file.name}: {file.rows:,} rows, {file.role or 'not used'}"
    yield from (f"  {name:<14} {header}" for name, header in proposal.guessed.items())
    missing = [name for name in WANTED if name not in proposal.guessed]
    if missing and proposal.is_guess:
        yield f"  not found: {', '.join(missing)}"


def trial_lines(request: Request, mapping: CrmMapping | None, folder: Path) -> Iterator[str]:
    """Load into a folder that nobody needs afterwards, and say what would load and what would be rejected.

    Raises DataError where it would not load, as the mapping stands.
    """
    try:
        report = load(replace(request, folder=folder, mapping=mapping))
    except DataError as error:
        error.what = f"with this mapping, the files do not load yet: {error.what}"
        raise
    yield "with it, this would load:" if mapping else "this would load:"
    yield from report_lines(report)[1:]
