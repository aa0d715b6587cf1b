"""Files that are damaged, or of another time: never a wrong answer, never a traceback, always what to do."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl.config import load_config
from etl.errors import SameSideError
from etl.export import MARTS
from etl.load import Request, load
from etl.publish import LINK, current
from etl.queries import Database, Scope
from etl.troubles import is_damage
from tests.conftest import Tally
from tests.faults import company
from tests.faults.conftest import Forks
from tests.faults.test_kills import LOAD, SCHEDULE, home, names

__all__ = ["home"]
pytestmark = pytest.mark.faults
FILES = 150


def _bits(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _noise(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content))
    end = min(len(content), at + chance.randrange(1, 2**16))
    content[at:end] = chance.randbytes(end - at)


HARMS: tuple[Callable[[bytearray, random.Random], None], ...] = (_bits, _cut, _noise)


@pytest.fixture
def request_of(tmp_path: Path) -> Request:
    """Return how a company's export is loaded."""
    home = company.found(tmp_path / "home")
    return Request((home / "exports",), home / "data", load_config(home / "sameside.toml"))


def answers(database: Database) -> str:
    """Return some answers of a database, as text."""
    marts = [database.relation(mart) for mart in MARTS]
    return json.dumps([frame.to_dicts() for frame in (*marts, database.headline(Scope()))], default=str)


def harmed(version: Path, folder: Path, number: int) -> Path:
    """Return a data folder with a copy of a version, harmed in a way of its own."""
    content, chance = bytearray(version.read_bytes()), random.Random(number)  # noqa: S311
    HARMS[number % len(HARMS)](content, chance)
    folder.mkdir()
    (folder / version.name).write_bytes(content)
    (folder / LINK).symlink_to(version.name)
    return folder


def test_damaged_files_give_right_answers_or_errors(request_of: Request, tmp_path: Path, tally: Tally) -> None:
    """Bits flipped, ends cut off, noise. Reading it and loading onto it end with an error that says what to do, or as if nothing were damaged.

    What lies in blocks that nobody reads is not found; what is read is checked by its sums.
    """
    version = load(request_of).database
    expected, held = answers(Database(version)), company.known(Database(version))
    company.export(request_of.folder.parent, 1)
    ends: Counter[str] = Counter()
    for number in range(FILES):
        folder = harmed(version, tmp_path / f"{number}", number)
        try:
            assert answers(Database(current(folder))) == expected
            ends["read in full"] += 1
        except SameSideError as error:
            ends["refused to be read" if error.todo else "refused without a way out"] += 1
        except duckdb.Error as error:  # in the middle of a query: `told` makes an error of it where a verb ends
            ends["found damaged while read" if is_damage(error) else f"other errors: {error}"] += 1
        if number % 15 == 0:
            try:
                load(Request(request_of.inputs, folder, request_of.config))
                assert company.is_extended(held, company.known(company.opened(folder)))
                ends["loaded onto"] += 1
            except SameSideError as error:
                ends["refused to be loaded onto" if "ln -sfn" in error.todo else "refused without a way out"] += 1
        shutil.rmtree(folder)
    for name, times in ends.items():
        tally(f"damaged files: {name}", times)
    assert ends.keys() <= {"read in full", "refused to be read", "found damaged while read", "loaded onto", "refused to be loaded onto"}, (
        ends
    )
    assert ends["refused to be read"] > FILES / 3


def test_a_damaged_file_is_told_by_every_verb_and_the_way_back_works(forks: Forks, home: Path) -> None:
    """The way back that errors name: the link to a version before. And the other: to begin anew."""
    assert forks.run(home, *LOAD).code == 0
    first = current(home / "data")
    company.export(home, 1)
    assert forks.run(home, *LOAD).code == 0
    damaged = current(home / "data")
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:100_000])
    company.export(home, 2)
    for words in (LOAD, ("export", "--data", "data"), ("sql", "from metrics.headline()", "--data", "data"), ("check", "--data", "data")):
        ended = forks.run(home, *words)
        assert ended.is_told(), ended.said
        assert "ln -sfn" in ended.said
    (home / "data" / LINK).unlink()
    (home / "data" / LINK).symlink_to(first.name)
    assert forks.run(home, *LOAD).code == 0
    assert len(company.known(company.opened(home / "data"))) == 8
    current(home / "data").chmod(0o644)
    current(home / "data").write_bytes(b"no database")
    assert forks.run(home, *LOAD, "--anew").code == 0


@pytest.mark.parametrize("storage", ["v1.0.0", "latest"])
def test_a_file_of_another_time_is_told(request_of: Request, storage: str) -> None:
    """Of an older form of storage, or of DuckDB's newest, which we do not write: what matters is which models made it."""
    data = request_of.folder
    data.mkdir()
    with duckdb.connect(str(data / LINK), config={"storage_compatibility_version": storage}) as con:
        con.execute("create schema raw; create table raw.loads (load_no integer, load_id varchar)")
    with pytest.raises(SameSideError, match="another version of Same Side") as told:
        Database(current(data))
    assert "Load the export again" in told.value.todo
    with pytest.raises(SameSideError, match="cannot be gone on from") as told:
        load(request_of)
    assert "--anew" in told.value.todo
    assert load(Request(request_of.inputs, data, request_of.config, anew=True)).is_new


def test_a_file_of_a_duckdb_yet_to_come_is_told(request_of: Request) -> None:
    """Its header bears a form of storage that this DuckDB does not know."""
    version = load(request_of).database
    content = bytearray(version.read_bytes())
    content[12:20] = (10_000).to_bytes(8, "little")
    version.chmod(0o644)
    version.write_bytes(content)
    with pytest.raises(SameSideError) as told:
        Database(version)
    assert "Load the export again" in told.value.todo


def test_a_file_of_older_models_is_gone_on_from(request_of: Request) -> None:
    """No reader shows it, and the next load knows all of it."""
    version = load(request_of).database
    older = version.with_name("older")
    shutil.copyfile(version, older)
    with duckdb.connect(str(older)) as con:
        con.execute("update raw.loads set models = 'older'")
    older.replace(version)
    with pytest.raises(SameSideError, match="another version of Same Side"):
        Database(version)
    company.export(request_of.folder.parent, 12)
    assert len(company.known(Database(load(request_of).database))) == 18


def test_a_backup_is_a_copy_of_a_published_file(request_of: Request, tmp_path: Path) -> None:
    """Taken at any time, as such a file never changes; put into a new folder with a link, it is the database."""
    version = load(request_of).database
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(version, elsewhere)
    (elsewhere / LINK).symlink_to(version.name)
    assert answers(Database(current(elsewhere))) == answers(Database(version))
    company.export(request_of.folder.parent, 1)
    assert len(company.known(Database(load(Request(request_of.inputs, elsewhere, request_of.config)).database))) == 7


def test_a_scheduler_whose_memory_is_damaged_says_so(forks: Forks, home: Path) -> None:
    """And what to do about it."""
    (home / "data").mkdir()
    (home / "data" / "schedule.json").write_text('{"seen')
    ended = forks.run(home, *SCHEDULE)
    assert ended.is_told()
    assert "Remove the file" in ended.said
    assert names(home / "data") == {".schedule.lock", "schedule.json"}
