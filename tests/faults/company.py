"""A small company whose export grows by a deal with every load, so that what a load knew can be told from its rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from etl.audiences import audiences_of, path_of
from etl.build import checks
from etl.config import load_config
from etl.publish import current
from etl.queries import Database
from etl.schedule.state import JobState, State, write_state

SETTINGS = '[tag]\nanswers_needed = 1\n[questions.pain]\nlabel = "Pain"\nfields.salesforce = ["Pain__c"]\n'
SCHEDULE = '[schedule]\ninputs = ["exports"]\nload = "0 2 * * *"\nexport = "0 3 * * *"\nkeep_snapshots = 2\n'
ACCESS = '[access.people]\n"ada@x.example" = { roles = ["rep"], owner = "Ada Ash" }\n'
"""Lets a rep see her own deals, for which each load makes a file."""

_USERS = "Id,Name,Email\n000,Ada Ash,ada@x.example\n001,Ben Bow,ben@x.example\n002,Cy Chan,\n"
_HEAD = "Id,Name,StageName,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c,Amount"
_HISTORY = "OpportunityId,Field,CreatedDate,OldValue,NewValue"
_FIRST = 6


def found(folder: Path, more: str = "") -> Path:
    """Make a company's folder: settings, and an export that nobody has loaded yet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sameside.toml").write_text(SETTINGS + SCHEDULE + more)
    export(folder, 0)
    return folder


def export(folder: Path, number: int, amount: int = 0) -> None:
    """Write the export of a number: it holds as many deals more than the first one, and lacks the oldest ones, which are carried on."""
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)
    deals = range(max(0, number - _FIRST), number + _FIRST)
    rows = [
        f"D{each},deal {each},{_stage(each)},2025-0{each % 9 + 1}-05,1,{each % 2},00{each % 3},2025-01-01T09:00:00Z,They lose orders {each},{amount + each}"
        for each in deals
    ]
    history = [f"D{each},Pain__c,2025-01-{each % 28 + 1:02}T09:00:00Z,,They lose orders {each}" for each in deals]
    (exports / "User.csv").write_text(_USERS)
    for name, lines in (("Opportunity.csv", [_HEAD, *rows]), ("OpportunityFieldHistory.csv", [_HISTORY, *history])):
        beside = folder / name
        beside.write_text("\n".join([*lines, ""]))
        beside.replace(exports / name)


def missed(folder: Path) -> None:
    """Let the scheduler of a company's folder have missed two nights."""
    then = datetime.now(UTC) - timedelta(days=2)
    settled = JobState(settled_until=then)
    (folder / "data").mkdir(exist_ok=True)
    write_state(folder / "data", State(seen_at=then, jobs={"load": settled, "export": settled}))


def _stage(number: int) -> str:
    return "Closed Won" if number % 2 else "Closed Lost"


def known(database: Database) -> dict[str, int]:
    """Return the deals of a database, with how many changes of their fields it knows."""
    rows = database.sql(
        "select deal_id, (select count(*) from raw.field_changes as changes where changes.deal_key = deals.deal_key) from raw.deals as deals"
    ).rows()
    return {str(deal): int(changes) for deal, changes in rows}


def opened(data: Path) -> Database:
    """Return the current version, which must open, keep all rules, and hold whole tables, as must the file of each audience beside it."""
    version = current(data)
    whole = _kept(version)
    for each in audiences_of(load_config(data.parent / "sameside.toml").access, version):
        theirs = _kept(path_of(version, each))
        assert theirs.load_id == whole.load_id
        assert known(theirs) == {deal: changes for deal, changes in known(whole).items() if deal in known(theirs)} != {}
    return whole


def _kept(file: Path) -> Database:
    """Return a file in which every rule is kept."""
    database = Database(file)
    broken = [name for name, sql in checks().items() if database.sql(sql).height]
    assert broken == []
    return database


def is_extended(before: dict[str, int], after: dict[str, int]) -> bool:
    """Return whether nothing that was known is lost."""
    return all(after.get(deal, -1) >= changes for deal, changes in before.items())
