"""Snapshots in other places: S3-compatible storage and SFTP, through fsspec.

Neither place can put a folder in its place in one step. So the manifest decides: it is taken away first and written last, after every
file that it lists, and a folder without one is no snapshot yet. Whoever reads there looks for the manifest, and checks the sums in it.
Keys come from where their tools look for them (AWS_… variables and profiles; SSH agent and key files), never from the command line; an
SFTP server must be among the known hosts.
"""

from __future__ import annotations

import json
import posixpath
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from etl.errors import DatabaseError, UsageError
from etl.snapshots import MANIFEST, kind_of, too_many

SCHEMES = ("s3", "sftp")


def is_remote(address: str) -> bool:
    """Return whether an address is of another place than this machine's folders."""
    return "://" in address


def upload(snapshot: Path, address: str, keep: int) -> str:
    """Put a snapshot below an address, such as s3://bucket/path or sftp://user@host/path, and return where it stands.

    What stands there alike stays. `keep` snapshots of the scope and format are left, 0 for all. Raises UsageError where the address is
    of no place that we know, or what it takes is not installed, and DatabaseError where the place cannot be reached or written.
    """
    scheme = _checked(address)
    try:
        place, folder = _opened(address, scheme)
        target = posixpath.join(folder, snapshot.name)
        _put(place, snapshot, target)
        _retire(place, folder, target, keep)
    except _troubles() as error:
        raise DatabaseError(
            f"the snapshot cannot be written there: {str(error) or type(error).__name__}",
            where=f"{scheme}://{_without_user(address)}",
            todo="See that the place is there, that its keys are set, and that an SFTP server is among the known hosts.",
        ) from error
    return f"{scheme}://{_without_user(address)}/{snapshot.name}"


def _troubles() -> tuple[type[Exception], ...]:
    """Return what the places raise where they cannot be reached or written; loaded once something went wrong."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 – an optional extra
    from paramiko import SSHException  # noqa: PLC0415

    return (OSError, BotoCoreError, ClientError, SSHException)


def _without_user(address: str) -> str:
    """Return host or bucket and path of an address: a name may come with a password, which is not for logs."""
    return address.partition("://")[2].rpartition("@")[2].rstrip("/")


def _checked(address: str) -> str:
    """Return the scheme of an address that we can write to."""
    scheme = address.partition("://")[0]
    if scheme not in SCHEMES:
        raise UsageError(f"snapshots cannot be put at {scheme}://", expected="a folder, s3://… or sftp://…", todo="Name another with --to.")
    if not all(find_spec(name) for name in ("fsspec", "paramiko", "s3fs")):
        raise UsageError(
            "uploading takes more than is installed", where=scheme, todo="Install Same Side with its extra: pip install '.[remote]'"
        )
    return scheme


def _opened(address: str, scheme: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it."""
    import fsspec  # noqa: PLC0415 – an optional extra

    options = {"host_key_policy": _known_hosts()} if scheme == "sftp" else {}
    place, path = fsspec.core.url_to_fs(address, skip_instance_cache=True, **options)
    return place, path


def _known_hosts() -> Any:
    """Return the rule that only servers are trusted whose keys stand in the user's known_hosts."""
    import paramiko  # noqa: PLC0415 – an optional extra

    class KnownHosts(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko ships no types
        def missing_host_key(self, _: Any, hostname: str, key: Any) -> None:
            known = Path.home() / ".ssh" / "known_hosts"
            if not (known.is_file() and paramiko.HostKeys(str(known)).check(hostname, key)):
                raise paramiko.SSHException(f"{hostname} is not among the known hosts, or has another key")

    return KnownHosts()


def _put(place: Any, snapshot: Path, target: str) -> None:
    manifest = posixpath.join(target, MANIFEST)
    content = (snapshot / MANIFEST).read_bytes()
    if place.exists(manifest):
        if place.cat_file(manifest) == content:
            return
        place.rm_file(manifest)
    place.makedirs(target, exist_ok=True)
    for path in sorted(snapshot.iterdir()):
        if path.name != MANIFEST:
            place.pipe_file(posixpath.join(target, path.name), path.read_bytes())
    place.pipe_file(manifest, content)


def _retire(place: Any, folder: str, newest: str, keep: int) -> None:
    if not keep:
        return
    place.invalidate_cache()
    manifests = {}
    for each in place.ls(folder, detail=False):
        manifest = posixpath.join(each.rstrip("/"), MANIFEST)
        if place.exists(manifest):
            manifests[posixpath.basename(each.rstrip("/"))] = json.loads(place.cat_file(manifest))
    kind = kind_of(manifests.pop(posixpath.basename(newest)))
    for name in too_many({name: manifest for name, manifest in manifests.items() if kind_of(manifest) == kind}, keep):
        place.rm_file(posixpath.join(folder, name, MANIFEST))
        place.rm(posixpath.join(folder, name), recursive=True)
