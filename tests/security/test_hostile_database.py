"""A database that somebody else made, put where ours should be: an error in words, or harmless; never a look outside of it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from etl.attach import in_memory
from etl.config import load_config
from etl.errors import DatabaseError, SameSideError
from etl.guard import Guard, Limits
from etl.load import Request, load
from etl.publish import LINK
from etl.queries import Database, Scope
from etl.result import as_bytes

pytestmark = pytest.mark.security

SECRET = "secret of this machine"  # noqa: S105 - it stands for one
LIMITS = Limits(rows=10, megabytes=1, seconds=10, memory="300MB")
DEALS = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate\n2,B,Closed Won,1,2027-02-01,1,1,005A,2027-01-01\n"

Forge = Callable[..., Path]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file beside the data folder that nothing in it may read."""
    path = tmp_path_factory.mktemp("outside") / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture
def forged(sample_file: Path, tmp_path: Path) -> Forge:
    """Return a function that puts a copy of the sample's file, changed by statements, into a data folder."""

    def make(*statements: str) -> Path:
        folder = tmp_path / "data"
        folder.mkdir()
        path = folder / "deals-forged.duckdb"
        shutil.copy(sample_file, path)
        path.chmod(0o644)
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                con.execute(statement)
        (folder / LINK).symlink_to(path.name)
        return folder

    return make


def asked(folder: Path) -> str:
    """Return what each reader of a database says, in one text: the queries of the dashboard, and a query of a user's own."""
    asks: tuple[Callable[[], str], ...] = (
        lambda: as_bytes(Database.of_folder(folder).headline(Scope()), "csv").decode(),
        lambda: as_bytes(Database.of_folder(folder).load_amounts(), "csv").decode(),
        lambda: str(Guard((folder / LINK).resolve(), LIMITS).ask("from metrics.headline()").frame),
    )
    said = []
    for ask in asks:
        try:
            said.append(ask())
        except SameSideError as error:
            said.append(str(error))
    return "\n".join(said)


REACHING = {
    "a macro that reads a file": "create or replace macro metrics.headline(landmark_day := 1, answers_needed := 1, scope := map {{}}) as table from read_text('{outside}')",
    "a view that reads a file": "drop table marts.load_amounts cascade; create view marts.load_amounts as from read_text('{outside}')",
    "a view that reads the folder": "drop table marts.load_amounts cascade; create view marts.load_amounts as from glob('{outside}*')",
    "a view for the loads": "create table raw.kept as from raw.loads; drop table raw.loads cascade; create view raw.loads as select * replace (content as source) from raw.kept, read_text('{outside}')",
}


@pytest.mark.parametrize("name", REACHING)
def test_a_file_cannot_reach_out(name: str, forged: Forge, outside: Path) -> None:
    """Whatever hides behind the name of a relation or metric of ours, it is run where files and network are shut off."""
    folder = forged(*REACHING[name].format(outside=outside).split("; "))
    said = asked(folder)
    assert SECRET not in said
    assert "the database c" in said, said


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("deals", "* replace ((select content from read_text('{outside}')) as owner)"),
        ("loads", "* replace ((select content from read_text('{outside}')) as source)"),
        ("settings_log", "* replace ((select content from read_text('{outside}')) as new_value)"),
    ],
)
@pytest.mark.parametrize("anew", [True, False])
def test_a_load_that_goes_on_from_it_takes_nothing_along(
    table: str, columns: str, forged: Forge, outside: Path, tmp_path: Path, *, anew: bool
) -> None:
    """A load reads files; a view in the version before it would be run with that right, and is not looked at."""
    select = columns.format(outside=outside)
    folder = forged(
        f"create table raw.kept as from raw.{table}",
        "update raw.loads set is_sample = false",
        f"drop table raw.{table} cascade",
        f"create view raw.{table} as select {select} from raw.kept",
    )
    (tmp_path / "Opportunity.csv").write_text(DEALS)
    request = Request((tmp_path / "Opportunity.csv",), folder, load_config(), anew=anew)
    if anew:
        load(request)
    else:
        with pytest.raises(DatabaseError, match=f"a view where a table should be: raw.{table}"):
            load(request)
    for path in folder.glob("deals-*.duckdb"):
        if path.name != "deals-forged.duckdb":
            assert SECRET.encode() not in path.read_bytes()
            with duckdb.connect(str(path), read_only=True) as con:
                assert SECRET not in str(con.execute("from raw.settings_log").fetchall())


def test_nothing_is_fetched_for_a_file() -> None:
    """A type or function of an extension that is not here stays unknown; nothing is installed or loaded for it."""
    with in_memory() as con:
        settings = "autoinstall_known_extensions", "autoload_known_extensions"
        assert [con.execute("select current_setting(?)", [name]).fetchall() for name in settings] == [[(False,)], [(False,)]]


def test_formulas_of_the_file_are_text(forged: Forge) -> None:
    """What the file says of its own formulas is shown, and never run."""
    folder = forged("update raw.contract set name = '<script>alert(1)</script>; drop table raw.deals'")
    assert Database.of_folder(folder).headline(Scope()).height > 0


DAMAGE: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "empty": lambda data, _: data[:0],
    "noise": lambda data, chance: chance.randbytes(len(data) // 10),
    "noise behind a header": lambda data, chance: data[:4096] + chance.randbytes(4096 * 16),
    "cut short": lambda data, chance: data[: chance.randrange(100, len(data))],
    "bits flipped": lambda data, chance: flipped(data, chance, 200),
    "bits of the headers flipped": lambda data, chance: flipped(data[:12288], chance, 3) + data[12288:],
    "blocks swapped": lambda data, _: data[:12288] + data[12288 + 262144 : 12288 + 2 * 262144] + data[12288 : 12288 + 262144],
}


def flipped(data: bytes, chance: random.Random, count: int) -> bytes:
    """Return bytes with some bits flipped."""
    made = bytearray(data)
    for _ in range(count):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told(name: str, seed: int, sample_file: Path, tmp_path: Path) -> None:
    """A damaged file is an error in words wherever it is read; a load that would go on from it publishes something whole, or nothing."""
    path = tmp_path / "data" / "deals-damaged.duckdb"
    path.parent.mkdir()
    path.write_bytes(DAMAGE[name](sample_file.read_bytes(), random.Random(seed)))  # noqa: S311 - damage that comes again
    (path.parent / LINK).symlink_to(path.name)
    (tmp_path / "Opportunity.csv").write_text(DEALS)
    with pytest.raises(DatabaseError):
        Database.of_folder(path.parent).headline(Scope())
    with suppress(DatabaseError):  # where the damage is in what is not gone on from, the load takes its place
        assert Database(load(Request((tmp_path / "Opportunity.csv",), path.parent, load_config())).database).headline(Scope()).height
        return
    assert (path.parent / LINK).resolve() == path


def test_a_file_of_another_schema_is_told(tmp_path: Path) -> None:
    """Any other database, and one with a huge enumeration, is no database of ours."""
    with duckdb.connect(str(tmp_path / LINK)) as con:
        con.execute("create type huge as enum (select 'value ' || range from range(200_000))")
        con.execute("create table deals (stage huge)")
    with pytest.raises(DatabaseError, match=r"cannot be opened|another version"):
        Database.of_folder(tmp_path)
