"""A small SFTP server for tests, in a thread: one user with a password, all files below one folder."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko


class _Door(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko ships no types
    def check_auth_password(self, username: str, password: str) -> int:
        return int(paramiko.AUTH_SUCCESSFUL if (username, password) == ("ops", "secret") else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    def __init__(self, server: Any, root: Path) -> None:
        super().__init__(server)
        self.root = root

    def _path(self, path: str) -> str:
        return str(self.root / path.lstrip("/"))

    def list_folder(self, path: str) -> Any:
        try:
            return [paramiko.SFTPAttributes.from_stat(each.stat(), each.name) for each in os.scandir(self._path(path))]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self._path(path)))  # noqa: PTH116
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            handle = os.open(self._path(path), flags, 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        served = paramiko.SFTPHandle(flags)
        served.readfile = served.writefile = os.fdopen(handle, "wb" if flags & os.O_WRONLY else "r+b" if flags & os.O_RDWR else "rb")
        return served

    def _done(self, action: Any, path: str) -> int:
        try:
            action(self._path(path))
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno or 0))
        return int(paramiko.SFTP_OK)

    def remove(self, path: str) -> int:
        return self._done(os.remove, path)

    def mkdir(self, path: str, attr: Any) -> int:
        return self._done(os.mkdir, path)

    def rmdir(self, path: str) -> int:
        return self._done(os.rmdir, path)


@contextmanager
def served(root: Path, key: paramiko.PKey) -> Iterator[int]:
    """Serve a folder, and yield the port; the server shows `key`."""
    listener = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []

    def answer() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, root)
            transports.append(transport)
            transport.start_server(server=_Door(), event=threading.Event())

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for transport in transports:
            transport.close()
