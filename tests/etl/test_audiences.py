"""Files of audiences: their deals and their figures, and no trace of any other, physically; published whole, kept up with the settings."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
from polars.testing import assert_frame_equal

from etl.access import EVERYONE, Audience
from etl.audiences import audiences_of, make, path_of, unknown_names
from etl.build import models
from etl.config import load_config
from etl.errors import CheckFailed, MachineError, UsageError
from etl.load import Report, Request, load
from etl.pseudonyms import KEY_FILE, KEY_VARIABLE, pseudonyms, secret_of
from etl.publish import audiences_folder, current, loading
from etl.queries import Database, Scope
from etl.report import report_lines
from etl.restrict import AS_IT_IS, LEFT_EMPTY

pytestmark = pytest.mark.thorough

TEAM = Audience(teams=("UK & Ireland",))
HIDDEN_TEAM = Audience(teams=("UK & Ireland",), is_pseudonymous=True)
HIDDEN = Audience(is_pseudonymous=True)
_START = 8  # bytes by which texts are looked for in a file

Made = Callable[[Audience], Path]


@pytest.fixture(scope="module")
def rep(sample_file: Path) -> Audience:
    """Return the rep of the sample with the most deals, known by e-mail."""
    with duckdb.connect(str(sample_file), read_only=True) as con:
        return Audience(email=con.execute("select mode(owner_email) from raw.deals").fetchall()[0][0])


@pytest.fixture(scope="module")
def made(sample_file: Path, rep: Audience, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return the files of the sample's audiences."""
    folder = tmp_path_factory.mktemp("audiences")
    files = make(sample_file, [TEAM, rep, HIDDEN_TEAM, HIDDEN], folder, load_config().storage, folder)
    return lambda audience: files / f"{audience.key}.duckdb"


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of a query of a file."""
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def texts(path: Path, sql: str) -> set[str]:
    """Return the texts that some columns of a query hold."""
    return {str(each) for row in rows(path, sql) for each in row if each is not None}


NAMES = "select deal_id, deal_name, account_name, owner_id, owner, owner_email from raw.deals"
FORMER = "select old_owner, new_owner from raw.owner_changes"


def held(path: Path) -> set[str]:
    """Return every text that any column of any table or view, any comment or any type of a file holds."""
    found: set[str] = set()
    with duckdb.connect(str(path), read_only=True) as con:
        relations = con.execute(
            "select schema_name, table_name from duckdb_tables() union select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
        for schema, name in relations:
            columns = con.sql(f"from {schema}.{name} select cast(columns(*) as varchar)")
            found |= {each for row in columns.fetchall() for each in row if each is not None}
        for catalog in ("duckdb_tables", "duckdb_views", "duckdb_columns", "duckdb_functions", "duckdb_types", "duckdb_schemas"):
            told = con.execute(f"select cast(t as varchar) from {catalog}() as t where database_name = current_database()").fetchall()
            found |= {row[0] for row in told}
    return found


def traces(path: Path, forbidden: set[str]) -> set[str]:
    """Return which of some texts a file holds: in its bytes, or, of those too short for that, as a value that it says."""
    said = held(path)
    wanted = {text.encode(): text for text in forbidden if len(text.encode()) >= _START}
    by_start: dict[int, list[bytes]] = {}
    for each in wanted:
        by_start.setdefault(int.from_bytes(each[:_START], "little"), []).append(each)
    starts = np.array([*by_start], dtype="<u8")
    found = {text for text in forbidden if text and len(text.encode()) < _START and text in said}
    for content in (path.read_bytes(), "\n".join(sorted(said)).encode()):
        for shift in range(_START):
            windows = np.frombuffer(content, "<u8", (len(content) - shift) // _START, shift)
            for place in np.flatnonzero(np.isin(windows, starts)):
                at = shift + _START * int(place)
                found |= {wanted[each] for each in by_start[int(windows[place])] if content.startswith(each, at)}
    return found


def of_others(whole: Path, own: Path) -> set[str]:
    """Return the names, ids, e-mails and junk texts of deals that a file must not tell of, but for those that a text of its own deals holds."""
    every, shared = (
        texts(path, NAMES) | texts(path, FORMER) | texts(path, "select junk_text from raw.field_values where len(junk_text) > 12")
        for path in (whole, own)
    )
    told = "\n".join(shared)
    return {each for each in every if each not in told}


def test_the_search_finds_what_is_there(sample_file: Path, made: Made) -> None:
    """In the whole file every deal of others is found: what is found nowhere else was looked for."""
    forbidden = of_others(sample_file, made(TEAM))
    assert len(forbidden) > 6000
    assert traces(sample_file, forbidden) == forbidden


def test_a_file_holds_no_trace_of_other_deals(sample_file: Path, made: Made, rep: Audience) -> None:
    """Neither its bytes nor any table, view, type or comment holds a name, id, e-mail or text of a deal that is not the audience's."""
    for audience in (TEAM, rep):
        assert traces(made(audience), of_others(sample_file, made(audience))) == set()


def test_a_file_of_pseudonyms_holds_no_name(sample_file: Path, made: Made) -> None:
    """No owner now or before, no id or e-mail of one, no name of a deal or customer: neither of others' deals nor of its own."""
    forbidden = texts(sample_file, NAMES.replace("deal_id, ", "")) | texts(sample_file, FORMER)
    assert len(forbidden) > 4000
    for audience in (HIDDEN, HIDDEN_TEAM):
        assert traces(made(audience), forbidden) == set()
        assert texts(made(audience), "select junk_text from raw.field_values") == {"(hidden)"}


def test_a_file_holds_all_deals_of_its_audience(sample_file: Path, made: Made, rep: Audience) -> None:
    """Those of the team, or of the owner of the e-mail; numbered anew, so that no gap tells of others."""
    for audience, sql in ((TEAM, "team = 'UK & Ireland'"), (rep, f"owner_email = '{rep.email}'"), (HIDDEN, "true")):
        ids = "select source, deal_id from marts.deals order by all"
        deals = rows(sample_file, f"select source, deal_id from raw.deals where {sql} order by all")
        assert rows(made(audience), ids) == deals
        assert rows(made(audience), "select min(deal_key), max(deal_key) from marts.deals") == [(1, len(deals))]


@pytest.mark.parametrize("metric", ["headline", "win_rate", "left_out", "crm_figures", "question_rates", "stage_times", "cycle_quantiles"])
def test_figures_are_those_of_the_whole_file_narrowed(sample_file: Path, made: Made, metric: str) -> None:
    """The same code on the same deals: a team's own file says what the filter says on everyone's."""
    whole, own = (getattr(Database(path), metric) for path in (sample_file, made(TEAM)))
    assert_frame_equal(own(Scope()), whole(Scope(team=TEAM.teams)), rel_tol=1e-9, abs_tol=1e-12)


def test_figures_do_not_change_under_pseudonyms(sample_file: Path, made: Made) -> None:
    """Who is called what moves no figure; reps are told apart as before, and named alike in each file."""
    whole, hidden, team = (Database(path) for path in (sample_file, made(HIDDEN), made(HIDDEN_TEAM)))
    for metric in ("headline", "verdict", "like_for_like", "suspected_duplicates"):
        names = ["account_name", "deal_names"] if metric == "suspected_duplicates" else []
        assert_frame_equal(*(getattr(each, metric)(Scope()).drop(names) for each in (hidden, whole)), rel_tol=1e-9, abs_tol=1e-12)
    assert sorted(hidden.owner_rates(Scope())["deals"]) == sorted(whole.owner_rates(Scope())["deals"])
    owners = [set(each.owner_rates(Scope())["owner"]) for each in (team, hidden)]
    assert owners[0] < owners[1]
    assert {name for name in owners[1] if not str(name).startswith("Rep ")} == {"(none)"}


def test_a_file_has_an_account_of_its_own(sample_file: Path, made: Made) -> None:
    """Its rows of the whole file, and no file name, count, sum or rejected text of the load; every check passed when it was built."""
    path = made(TEAM)
    assert {row[0] for row in rows(path, "select file from marts.loads")} == {
        "deals.duckdb: deals",
        "deals.duckdb: stage history",
        "deals.duckdb: field history",
    }
    assert rows(path, "select rows_read, rows_loaded, rows_rejected from marts.loads where role = 'deals'") == [
        (*rows(sample_file, "select count(*), count(*), 0 from marts.deals where team = 'UK & Ireland'")[0],)
    ]
    assert rows(path, "select values_read, values_loaded, amount_read, amount_loaded from marts.load_amounts") == rows(
        sample_file, "select count(amount), count(amount), sum(amount), sum(amount) from marts.deals where team = 'UK & Ireland'"
    )
    assert rows(path, "select deals_new, deals_changed, deals_missing, deals_gone, changes_told from raw.loads") == [(None,) * 5]
    assert Database(path).load_id == Database(sample_file).load_id


def test_nobody_has_forgotten_a_raw_table() -> None:
    """Each is carried, narrowed, written anew or left empty: whoever adds one decides which."""
    narrowed = {"deals", "field_changes", "field_values", "stage_changes", "owner_changes", "stages", "loads"}
    written = {"load_files", "load_amounts", "contract", "formulas"}
    assert {*AS_IT_IS, *LEFT_EMPTY} | narrowed | written == {model.name for model in models() if model.schema == "raw"}


USERS = "Id,Name,Department,Email\nU1,Ada Ash,North,Ada@x.example\nU2,Ben Bow,South,ben@x.example\nU3,Cy Chan,South,\n"
DEALS = (
    "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate\n"
    "D1,One,Closed Won,100,2026-02-01,1,1,U1,2026-01-01 10:00:00\n"
    "D2,Two,Closed Lost,50,2026-02-01,1,0,U2,2026-01-02 10:00:00\n"
    "D3,Three,Proposal,70,2026-04-01,0,0,U3,2026-01-03 10:00:00\n"
)
HANDED_OVER = (
    "OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById\n"
    "D2,Owner,U1,U2,2026-01-20 10:00:00,U1\nD2,Owner,Ada Ash,Ben Bow,2026-01-20 10:00:00,U1\n"
)
NORTH, SOUTH = Audience(teams=("North",)), Audience(teams=("South",))
GRANTS = """
[access.people]
"m@x.example" = { roles = ["manager"], teams = ["North"] }
"cy@x.example" = { roles = ["rep"], owner = "Cy Chan" }
[access.groups]
reps = { roles = ["rep"] }
"""


def loaded(folder: Path, grants: str, deals: str = DEALS) -> Report:
    """Load three deals of three reps of two teams into a folder, with some grants."""
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)
    for name, text in (("Opportunity", deals), ("User", USERS), ("OpportunityFieldHistory", HANDED_OVER)):
        (exports / f"{name}.csv").write_text(text, encoding="utf-8")
    settings = folder / "sameside.toml"
    settings.write_text(grants, encoding="utf-8")
    return load(Request((exports,), folder / "data", load_config(settings)))


@pytest.fixture
def as_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of an audience be nothing but its key: where files lie and when they go is the same, and costs nothing."""

    def restrict(_: Path, audience: Audience, built: Path, *__: object) -> None:
        built.write_text(audience.key)

    monkeypatch.setattr("etl.audiences.restrict", restrict)


def published(version: Path) -> set[str]:
    """Return the keys of the files beside a version."""
    return {path.stem for path in audiences_folder(version).glob("*")}


def test_a_load_publishes_the_files_that_grants_ask_for(tmp_path: Path) -> None:
    """The manager's team, the rep known by name, and each rep with an e-mail; closed and read-only. Everyone's is the version itself."""
    report = loaded(tmp_path, GRANTS)
    reps = [Audience(owner="Cy Chan"), Audience(email="ada@x.example"), Audience(email="ben@x.example")]
    assert report.audiences == 4
    assert published(report.database) == {each.key for each in (NORTH, *reps)}
    ids = [[row[0] for row in rows(path_of(report.database, each), "select deal_id from marts.deals")] for each in (NORTH, *reps)]
    assert ids == [["D1"], ["D3"], ["D1"], ["D2"]]
    assert {stat.S_IMODE(path_of(report.database, each).stat().st_mode) for each in (NORTH, *reps)} == {0o444}
    assert path_of(report.database, EVERYONE) == report.database
    assert "  files for audiences: 4 made" in report_lines(report)


def test_who_owned_a_deal_before_stays_in_its_record_and_no_email_does(tmp_path: Path) -> None:
    """The South sees that Ada had its deal; nobody's e-mail is in any audience's file."""
    path = path_of(loaded(tmp_path, GRANTS.replace("North", "South")).database, SOUTH)
    assert rows(path, "select owner from marts.owner_spells order by position") == [("Ada Ash",), ("Ben Bow",)]
    assert rows(path, "select count(*), count(owner_email) from raw.deals") == [(2, 0)]


@pytest.mark.usefixtures("as_names")
def test_grants_that_change_need_no_new_export(tmp_path: Path) -> None:
    """A load that finds nothing new makes the files that are missing, and takes away those that nobody needs any more."""
    first = loaded(tmp_path, GRANTS)
    unchanged = path_of(first.database, Audience(email="ada@x.example")).stat().st_ino
    again = loaded(tmp_path, GRANTS.replace('"North"', '"South"'))
    assert (again.is_new, again.database, again.audiences) == (False, first.database, 1)
    assert SOUTH.key in published(again.database)
    assert NORTH.key not in published(again.database)
    assert path_of(first.database, Audience(email="ada@x.example")).stat().st_ino == unchanged
    loaded(tmp_path, "")
    assert published(first.database) == set()


@pytest.mark.usefixtures("as_names")
def test_names_that_no_deal_bears_are_told(tmp_path: Path) -> None:
    """A slip in a team, owner or e-mail would leave somebody without deals: the report names the nearest."""
    grants = """
    [access.people]
    "m@x.example" = { roles = ["manager"], teams = ["Noth", "South"] }
    "cy@x.example" = { roles = ["rep"], owner = "Cy Chann" }
    "bem@x.example" = { roles = ["rep"] }
    """
    report = loaded(tmp_path, grants)
    assert report.unknown == (
        "no deal is of the team 'Noth'; did you mean 'North'?",
        "no deal is owned by 'Cy Chann'; did you mean 'Cy Chan'?",
        "no deal is of an owner with the e-mail 'bem@x.example'; did you mean 'ben@x.example'?",
    )
    assert published(report.database) == {Audience(teams=("Noth", "South")).key}
    access = load_config(tmp_path / "sameside.toml").access
    assert unknown_names(access, report.database) == report.unknown
    assert len(audiences_of(access, report.database)) == 1


@pytest.mark.usefixtures("as_names")
def test_files_of_audiences_go_with_their_version(tmp_path: Path) -> None:
    """Versions beyond those that are kept are removed with all that lies beside them."""
    grants = GRANTS + "[storage]\nkeep_versions = 1\n"
    versions = [loaded(tmp_path, grants, DEALS.replace("70", str(amount))).database for amount in (70, 71, 72)]
    assert [version.exists() for version in versions] == [False, True, True]
    assert [len(published(version)) for version in versions] == [0, 4, 4]
    assert not audiences_folder(versions[0]).exists()


def test_a_file_that_fails_stops_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is published, neither the version nor any file beside it, and nothing is left behind."""

    def restrict(_: Path, audience: Audience, built: Path, *__: object) -> None:
        if audience.owner:
            raise CheckFailed("a rule is broken")
        built.write_text(audience.key)

    monkeypatch.setattr("etl.audiences.restrict", restrict)
    with pytest.raises(CheckFailed):
        loaded(tmp_path, GRANTS)
    assert [path.name for path in (tmp_path / "data").iterdir()] == [".load.lock"]


@pytest.mark.usefixtures("as_names")
def test_files_whose_version_never_came_are_swept(tmp_path: Path) -> None:
    """A load that was killed before its version stood there leaves files of audiences: the next one removes them, and no others."""
    version = loaded(tmp_path, GRANTS).database
    orphan = audiences_folder(version.with_name("deals-2026-09-09-ffff.duckdb"))
    orphan.mkdir()
    (orphan / "team-0.duckdb").write_bytes(b"x")
    with loading(tmp_path / "data"):
        assert not orphan.exists()
        assert len(published(version)) == 4
    assert current(tmp_path / "data") == version


def test_a_dry_run_makes_no_file(tmp_path: Path) -> None:
    """What is only looked at is not handed to anybody."""
    loaded(tmp_path, "")
    settings = load_config(tmp_path / "sameside.toml")
    load(Request((tmp_path / "exports",), tmp_path / "dry", settings), look=lambda _: None)
    assert [path.name for path in (tmp_path / "dry").iterdir()] == [".load.lock"]


def test_a_deal_of_an_earlier_load_keeps_the_email_of_its_owner(tmp_path: Path) -> None:
    """An export that lacks a deal does not take it from its rep."""
    loaded(tmp_path, "")
    version = loaded(tmp_path, "", DEALS.replace("D1,One", "D4,Four")).database
    assert rows(version, "select deal_id, owner_email from raw.deals order by all") == [
        ("D1", "Ada@x.example"),
        ("D2", "ben@x.example"),
        ("D3", None),
        ("D4", "Ada@x.example"),
    ]


def test_files_stand_there_before_anybody_is_led_to_their_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a load dies of while it publishes: the link leads to a version all of whose audiences have their file."""
    version = loaded(tmp_path, "").database
    asked: list[str] = []

    def replace(self: Path, target: Path) -> Path:
        asked.append(Path(target).name)
        if Path(target).name == "deals.duckdb":
            raise OSError(5, "the power went")
        return self.rename(target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(MachineError, match="the disk fails"):
        loaded(tmp_path, GRANTS.replace('[access.groups]\nreps = { roles = ["rep"] }', ""), DEALS.replace("70", "71"))
    assert current(tmp_path / "data") == version
    assert [name.partition("-")[0] for name in asked] == ["rep", "team", "deals", "deals.duckdb"]


def test_the_key_of_pseudonyms_is_kept_or_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A random one that its owner alone can read, the same each time; or one of the environment, if nobody can guess it."""
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    key = secret_of(tmp_path)
    assert secret_of(tmp_path) == key
    assert len(key) == 64
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    monkeypatch.setenv(KEY_VARIABLE, "a key that is long enough")
    assert secret_of(tmp_path) == b"a key that is long enough"
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(UsageError, match="too short"):
        secret_of(tmp_path)


def test_pseudonyms_tell_everybody_apart() -> None:
    """Six digits, and more for those few that would be alike; another key gives others; the order of names does not matter."""
    names = [f"Rep number {number}" for number in range(20_000)]
    shown = pseudonyms(names, b"one key")
    assert len(set(shown.values())) == len(names)
    assert {len(each) for each in shown.values()} >= {10, 11}
    assert pseudonyms(reversed(names), b"one key") == shown
    assert not set(pseudonyms(names[:100], b"another key").values()) & set(shown.values())
