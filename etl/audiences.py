"""Files of audiences beside a published version: which ones a configuration asks for, where they lie, and how they are kept up with it.

DuckDB knows no users: what somebody may not see is not in the file that is opened for them. See `etl.restrict`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import duckdb

from etl.access import EVERYONE, Access, Audience, folded_email, possible_audiences
from etl.attach import attach, in_memory
from etl.config import Storage
from etl.errors import DatabaseError, UsageError
from etl.pseudonyms import secret_of
from etl.publish import audiences_folder, place_audiences
from etl.restrict import restrict

Owner = tuple[str | None, str | None, str | None]
"""Team, name and e-mail of an owner of deals."""

_MOST_AT_ONCE: Final = 4


def path_of(version: Path, audience: Audience) -> Path:
    """Return where the file of an audience lies that belongs to a published version; there is none where it holds no deals."""
    return version if audience.is_whole else audiences_folder(version) / f"{audience.key}.duckdb"


def audiences_of(access: Access, whole: Path) -> tuple[Audience, ...]:
    """Return every audience that a configuration can ask for, has deals in a file, and needs a file of its own."""
    if not access.grants_anything:
        return ()
    owners = owners_of(whole)
    possible = possible_audiences(access, tuple(email for *_, email in owners if email))
    return tuple(each for each in possible if not each.is_whole and has_deals(each, owners))


def make(whole: Path, audiences: Sequence[Audience], data: Path, storage: Storage, work: Path) -> Path:
    """Write the file of each audience into a new folder inside `work`, closed, and return that folder. Nothing is published yet.

    `data` is the data folder, whose key hides names. Raises CheckFailed where a file breaks a rule.
    """
    made = audiences_folder(work / "made.duckdb")
    made.mkdir(exist_ok=True)
    at_once = max(1, min(len(audiences), os.cpu_count() or 1, _MOST_AT_ONCE))
    secret = secret_of(data) if any(each.is_pseudonymous for each in audiences) else None

    def make_one(each: Audience) -> None:
        key = secret if each.is_pseudonymous else None
        restrict(whole, each, made / f"{each.key}.duckdb", storage, work / f"spill-{each.key}", key, at_once)

    pool = ThreadPoolExecutor(at_once)
    try:
        for _ in pool.map(make_one, audiences):
            pass
    finally:
        pool.shutdown(cancel_futures=True)
    return made


def keep_up(version: Path, access: Access, storage: Storage, work: Path) -> int:
    """Give a published version the files that the configuration has come to need, take away the others, and return how many were made."""
    wanted = audiences_of(access, version)
    missing = [each for each in wanted if not path_of(version, each).exists()]
    place_audiences(make(version, missing, version.parent, storage, work), version, {each.key for each in wanted})
    return len(missing)


def file_of(version: Path, said: Sequence[str], storage: Storage, work: Path, *, pseudonyms: bool) -> Path:
    """Return the file of an audience as somebody names it: by the key, as team=NAME (of several teams each), or as rep=NAME.

    A rep may be named by e-mail. A file that is not published is made in `work`. Raises UsageError where there is no such audience.
    """
    if len(said) == 1 and "=" not in said[0] and not pseudonyms:
        return _by_key(version, said[0])
    audience, owners = _named(said, is_pseudonymous=pseudonyms), owners_of(version)
    if not has_deals(audience, owners):
        raise UsageError("no deal is of that audience", where=f"--audience {' '.join(said)}", expected=_that_there_are(owners))
    path = path_of(version, audience)
    return path if path.exists() else make(version, [audience], version.parent, storage, work) / path.name


def _by_key(version: Path, key: str) -> Path:
    if key == EVERYONE.key:
        return version
    paths = {path.stem: path for path in audiences_folder(version).glob("*.duckdb")}
    if key not in paths:
        raise UsageError(
            f"there is no file of the audience {key!r}",
            where=str(audiences_folder(version)),
            expected=", ".join((EVERYONE.key, *sorted(paths))),
            todo='Name one of these, or say whose deals: --audience team="North", or --audience rep="Cy Chan".',
        )
    return paths[key]


def _named(said: Sequence[str], *, is_pseudonymous: bool) -> Audience:
    named = [each.partition("=")[::2] for each in said]
    match sorted({kind for kind, _ in named}):
        case []:
            return Audience(is_pseudonymous=is_pseudonymous)
        case ["team"]:
            return Audience(teams=tuple(name for _, name in named), is_pseudonymous=is_pseudonymous)
        case ["rep"] if len(named) == 1:
            name = named[0][1]
            if "@" in name:
                return Audience(email=folded_email(name), is_pseudonymous=is_pseudonymous)
            return Audience(owner=name, is_pseudonymous=is_pseudonymous)
        case _:
            raise UsageError(
                "that is no audience", where=f"--audience {' '.join(said)}", expected="one key, teams as team=NAME, or one rep as rep=NAME"
            )


def _that_there_are(owners: Collection[Owner]) -> str:
    teams, names, _ = zip(*owners, strict=True)
    return f"teams: {', '.join(sorted({each for each in teams if each}))}; reps: {', '.join(sorted({each for each in names if each}))}"


def unknown_names(access: Access, whole: Path) -> tuple[str, ...]:
    """Return what a configuration names and no deal of a file bears, with the nearest that one does: teams, owners, e-mails of reps."""
    if not access.grants_anything:
        return ()
    teams, names, emails = ({str(each) for each in column if each} for column in zip(*owners_of(whole), strict=True))
    asked = possible_audiences(access, ())
    folded = {folded_email(email) for email in emails}
    return (
        *_unknown("of the team", (team for each in asked for team in each.teams), teams),
        *_unknown("owned by", (each.owner for each in asked if each.owner), names),
        *_unknown("of an owner with the e-mail", (each.email for each in asked if each.email), folded),
    )


def has_deals(audience: Audience, owners: Collection[Owner]) -> bool:
    """Return whether any of the deals of some owners is an audience's."""
    match audience.kind:
        case "team":
            return any(team in audience.teams for team, *_ in owners)
        case "rep" if audience.owner is not None:
            return any(name == audience.owner for _, name, _ in owners)
        case "rep":
            return any(email and folded_email(email) == audience.email for *_, email in owners)
        case _:
            return True


def owners_of(whole: Path) -> list[Owner]:
    """Return who owns deals in a published file; raises DatabaseError where it cannot be read."""
    try:
        with in_memory() as con:
            attach(con, whole, "whole")
            return con.execute("select distinct team, owner, owner_email from whole.raw.deals order by all").fetchall()
    except duckdb.Error as error:
        raise DatabaseError(f"the database cannot be opened: {error}", where=str(whole), todo="Load the export again.") from error


def _unknown(how: str, asked: Iterable[str], known: Collection[str]) -> Iterator[str]:
    for name in dict.fromkeys(asked):
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1)
            yield f"no deal is {how} {name!r}{f'; did you mean {near[0]!r}?' if near else ''}"
