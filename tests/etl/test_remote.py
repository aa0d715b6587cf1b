"""Snapshots in other places, tried against servers of this machine: moto as S3, paramiko as SFTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import paramiko
import pytest
from moto.server import ThreadedMotoServer

from etl import remote
from etl.errors import DatabaseError, UsageError
from etl.remote import upload
from etl.snapshots import MANIFEST, write
from tests.etl.sftp_server import served


def snapshot(folder: Path, name: str, day: int = 1, text: str = "a") -> Path:
    """Return a small snapshot of a name, of the load of a day."""
    made = folder / f"{day}{text}" / name
    made.mkdir(parents=True)
    line = write(made / "deals.csv", text.encode())
    manifest = {"loaded_at": f"2026-01-{day:02}T00:00:00Z", "scope": {}, "format": {"format": "csv"}, "files": [line]}
    write(made / MANIFEST, json.dumps(manifest).encode())
    return made


class Place:
    """An address, and what stands there."""

    def __init__(self, address: str, look: Any) -> None:
        self.address, self.look = address, look


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Serve S3, and return where."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host.replace('0.0.0.0', '127.0.0.1')}:{port}"
    server.stop()


@pytest.fixture(params=["s3", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Return each place in turn, empty."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    if request.param == "s3":
        for name, value in {
            "AWS_ENDPOINT_URL": request.getfixturevalue("s3"),
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        bucket = boto3.resource("s3").create_bucket(Bucket=tmp_path.name.replace("_", "-").lower())
        yield Place(
            f"s3://{bucket.name}/to", lambda: {each.key.removeprefix("to/"): each.get()["Body"].read() for each in bucket.objects.all()}
        )
        return
    root, key = tmp_path / "root", paramiko.RSAKey.generate(2048)
    (root / "to").mkdir(parents=True)
    with served(root, key) as port:
        (tmp_path / "home" / ".ssh").mkdir(parents=True)
        (tmp_path / "home" / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
        files = lambda: {str(path.relative_to(root / "to")): path.read_bytes() for path in (root / "to").rglob("*") if path.is_file()}  # noqa: E731
        yield Place(f"sftp://ops:secret@127.0.0.1:{port}/to", files)


def test_a_snapshot_is_put_kept_and_replaced(place: Place, tmp_path: Path) -> None:
    """It arrives as it is; a later one of the name takes its place; the oldest go."""
    first = snapshot(tmp_path, "one")
    told = upload(first, place.address, 0)
    assert told.endswith("/to/one")
    assert "secret" not in told
    assert place.look() == {f"one/{path.name}": path.read_bytes() for path in first.iterdir()}
    other = snapshot(tmp_path, "one", 1, "b")
    upload(other, place.address, 0)
    assert place.look()["one/deals.csv"] == b"b"
    upload(snapshot(tmp_path, "two", 2), place.address, 0)
    upload(snapshot(tmp_path, "three", 3), place.address, 2)
    assert {name.partition("/")[0] for name in place.look()} == {"two", "three"}


def test_an_upload_that_breaks_off_leaves_no_manifest(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is taken away first and written last, so that a half is never taken for a whole; the next upload mends it."""
    upload(snapshot(tmp_path, "one"), place.address, 0)
    opened = remote._opened

    def broken(address: str, scheme: str) -> Any:
        files, path = opened(address, scheme)

        def breaks_off(*_: Any, **__: Any) -> None:
            raise ConnectionResetError

        monkeypatch.setattr(files, "pipe_file", breaks_off)
        return files, path

    later = snapshot(tmp_path, "one", 2)
    with monkeypatch.context() as patched:
        patched.setattr(remote, "_opened", broken)
        with pytest.raises(DatabaseError, match="cannot be written there"):
            upload(later, place.address, 0)
    assert f"one/{MANIFEST}" not in place.look()
    upload(later, place.address, 0)
    assert place.look()[f"one/{MANIFEST}"] == (later / MANIFEST).read_bytes()


@pytest.mark.parametrize("place", ["sftp"], indirect=True)
def test_a_server_that_is_not_known_is_not_trusted(place: Place, tmp_path: Path) -> None:
    """Nothing is sent to it, and the error holds no password."""
    (tmp_path / "home" / ".ssh" / "known_hosts").unlink()
    with pytest.raises(DatabaseError, match="not among the known hosts") as caught:
        upload(snapshot(tmp_path, "one"), place.address, 0)
    assert "secret" not in str(caught.value)
    assert place.look() == {}


def test_another_place_is_refused(tmp_path: Path) -> None:
    """There are two schemes; a typing error is told."""
    with pytest.raises(UsageError, match="cannot be put at http"):
        upload(snapshot(tmp_path, "one"), "http://127.0.0.1/x", 0)
