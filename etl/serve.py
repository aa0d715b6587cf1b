"""The dashboard's server, as a process of its own: started, waited for, and stopped with us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

import click

from etl.errors import SameSideError

_APP = Path(__file__).parent.parent / "dashboard" / "server.py"
_HOST = "127.0.0.1"
_READY_SECONDS = 120


def serve(folder: Path, port: int, *, headless: bool, smoke: bool, uploads: bool = True, sql: bool = True) -> None:
    """Serve the dashboard on a data folder until it is stopped; prints the URL on stdout once it answers.

    With `smoke`, stops as soon as it answers; without `uploads`, nothing can be handed in; without `sql`, there is no page for queries.
    Raises SameSideError where the server ends before that.
    """
    port = port or _free_port()
    switches = {"SAMESIDE_UPLOADS": uploads, "SAMESIDE_SQL": sql}
    environment = os.environ | {"SAMESIDE_DATA": str(folder.resolve())} | {name: "on" if on else "off" for name, on in switches.items()}
    server = subprocess.Popen(_command(port, uploads=uploads), env=environment, stdout=sys.stderr)  # noqa: S603 - our own arguments
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    try:
        _wait_until_ready(server, port)
        click.echo(f"Same Side is served at http://{_HOST}:{port}  (Ctrl-C stops it)")
        if not (headless or smoke):
            webbrowser.open(f"http://{_HOST}:{port}")
        if not smoke:
            server.wait()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    finally:
        server.terminate()
        server.wait()


def _command(port: int, *, uploads: bool) -> list[str]:
    options = {"server.address": _HOST, "server.port": str(port), "server.headless": "true"}
    options |= {} if uploads else {"server.maxUploadSize": "1"}
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(_APP),
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    pause = threading.Event()
    for _ in range(_READY_SECONDS * 5):
        if server.poll() is not None:
            raise SameSideError(
                "the dashboard stopped before it answered",
                where=f"port {port}",
                todo="Is the port taken? Try another with --port, or 0 for a free one.",
            )
        try:
            with urllib.request.urlopen(f"http://{_HOST}:{port}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.2)
    raise SameSideError(f"the dashboard did not answer within {_READY_SECONDS} s", where=f"port {port}")
