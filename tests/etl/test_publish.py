"""Publishing into folders that are not as they should be: moved files, backups put in place, clocks put back, disks without locks."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

import etl.load
from etl.config import load_config
from etl.errors import DatabaseError, MachineError, SameSideError
from etl.load import Request, load
from etl.publish import LINK, current, earlier, loading, publish
from etl.queries import Database
from tests.conftest import load_into
from tests.faults import company


def published(folder: Path, text: str, keep: int = 3) -> Path:
    """Publish a file of some text, which is its load id too."""
    with loading(folder) as work:
        (work / "deals.duckdb").write_text(text)
        return publish(work / "deals.duckdb", folder, text, keep)


def texts(paths: list[Path]) -> list[str]:
    return [path.read_text() for path in paths]


def test_versions_go_by_the_order_of_publishing_also_where_the_clock_was_put_back(tmp_path: Path) -> None:
    """A version of a day that is yet to come is the older one all the same."""
    os.utime(published(tmp_path, "one"), (2e9, 2e9))
    published(tmp_path, "two")
    assert texts(earlier(published(tmp_path, "three"))) == ["two", "one"]
    assert texts(earlier(published(tmp_path, "four", keep=2))) == ["three", "two"]
    assert texts(earlier(published(tmp_path, "five", keep=1))) == ["four"]


@pytest.mark.thorough
def test_loads_are_told_apart_by_their_moments_also_where_the_clock_was_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is later than the one before, so that what goes by them, such as the settings' log, goes on in order."""
    company.found(tmp_path)

    class Back(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2001, 1, 1, tzinfo=tz)

    request = Request((tmp_path / "exports",), tmp_path / "data", load_config(tmp_path / "sameside.toml"))
    load(request)
    monkeypatch.setattr(etl.load, "datetime", Back)
    company.export(tmp_path, 1)
    moments = Database(load(request).database).sql("select loaded_at from raw.loads order by load_no")["loaded_at"].to_list()
    assert moments[0] < moments[1]
    assert moments[1] > datetime.now(UTC).replace(tzinfo=None, year=2002)


@pytest.mark.thorough
def test_a_backup_in_the_place_of_the_link_is_gone_on_from_and_kept(tmp_path: Path) -> None:
    """Whoever copies a published file over the link has restored it: the next load knows its deals, and the file stays as a version."""
    company.found(tmp_path)
    request = Request((tmp_path / "exports",), tmp_path / "data", load_config(tmp_path / "sameside.toml"))
    backup = Path(shutil.copyfile(load(request).database, tmp_path / "backup.duckdb"))
    company.export(tmp_path, 9)
    load(request)
    link = tmp_path / "data" / LINK
    link.unlink()
    shutil.copyfile(backup, link)
    assert set(company.known(company.opened(tmp_path / "data"))) == {f"D{number}" for number in range(6)}
    company.export(tmp_path, 7)
    database = Database(load(request).database)
    assert set(company.known(database)) == {f"D{number}" for number in range(13)}
    assert backup.read_bytes() in [path.read_bytes() for path in earlier(database.path)]


@pytest.mark.parametrize("target", ["deals-moved-away.duckdb", LINK])
def test_a_link_that_leads_nowhere_is_told_and_nothing_is_begun_anew(tmp_path: Path, target: str) -> None:
    """Also one that leads to itself. What was loaded is still there, and the error names the version to go back to."""
    company.found(tmp_path)
    version = published(tmp_path / "data", "one")
    link = tmp_path / "data" / LINK
    link.unlink()
    link.symlink_to(target)
    request = Request((tmp_path / "exports",), tmp_path / "data", load_config(tmp_path / "sameside.toml"))
    for failing in (lambda: current(tmp_path / "data"), lambda: load(request)):
        with pytest.raises(DatabaseError, match="leads to no file") as told:
            failing()
        assert f"ln -sfn {version.name} {LINK}" in told.value.todo


def test_a_data_folder_that_is_a_file_or_a_loop_is_told(tmp_path: Path) -> None:
    """With another to be named."""
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("file", "loop"):
        with pytest.raises(SameSideError, match="cannot be made") as told, loading(tmp_path / name):
            pass
        assert "--data" in told.value.todo
        with pytest.raises(DatabaseError):
            current(tmp_path / name)


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """As network shares may be: two loads there could spoil each other's work, so none is begun."""

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(MachineError, match="the file system there") as told:
        load_into(tmp_path, {"Opportunity.csv": "Id\n1\n"})
    assert "a disk of this machine" in told.value.todo
