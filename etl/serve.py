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
from collections.abc import Iterable
from pathlib import Path

import click

from etl.binding import LOOPBACK, OPEN, allowed_hosts, check_address, in_url, is_loopback
from etl.errors import SameSideError
from etl.signin import is_configured
from etl.uploads import sweep

_APP = Path(__file__).parent.parent / "dashboard" / "server.py"
_READY_SECONDS = 120


def serve(
    folder: Path,
    port: int,
    *,
    headless: bool,
    smoke: bool,
    uploads: bool = True,
    sql: bool = True,
    address: str = LOOPBACK,
    hosts: Iterable[str] = (),
    without_sign_in: bool = False,
) -> None:
    """Serve the dashboard on a data folder until it is stopped; prints the URL on stdout once it answers.

    With `smoke`, stops as soon as it answers; without `uploads`, nothing can be handed in; without `sql`, there is no page for queries.
    `hosts` are the names that it may be asked by, besides its address. Raises UsageError for an address that others can reach where nobody
    has to sign in, unless `without_sign_in`; SameSideError where the server ends before it answers.
    """
    check_address(address, is_open=without_sign_in)
    sweep(folder)  # what visitors of a server that was killed had handed in
    names = allowed_hosts(address, hosts)
    port = port or _free_port(address)
    switches = {"SAMESIDE_UPLOADS": uploads, "SAMESIDE_SQL": sql, OPEN: without_sign_in}
    environment = os.environ | {"SAMESIDE_DATA": str(folder.resolve())} | {name: "on" if on else "off" for name, on in switches.items()}
    command = _command(address, port, names, uploads=uploads)
    server = subprocess.Popen(command, env=environment, stdout=sys.stderr)  # noqa: S603 - our own arguments
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    url = f"http://{in_url(address)}:{port}"
    try:
        _wait_until_ready(server, url)
        if not (is_loopback(address) or is_configured()):
            click.echo(f"warning: nobody has to sign in: whoever can reach {address} sees all deals", err=True)
        click.echo(f"Same Side is served at {url}  (Ctrl-C stops it)")
        if not (headless or smoke):
            webbrowser.open(url)
        if not smoke:
            server.wait()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    finally:
        server.terminate()
        server.wait()


def _command(address: str, port: int, hosts: Iterable[str], *, uploads: bool) -> list[str]:
    options = [("server.address", address), ("server.port", str(port)), ("server.headless", "true")]
    options += [("server.allowedHosts", name) for name in hosts]
    options += [] if uploads else [("server.maxUploadSize", "1")]
    return [sys.executable, "-m", "streamlit", "run", str(_APP), *(f"--{name}={value}" for name, value in options)]


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], url: str) -> None:
    pause = threading.Event()
    for _ in range(_READY_SECONDS * 5):
        if server.poll() is not None:
            raise SameSideError(
                "the dashboard stopped before it answered",
                where=url,
                todo="Is the port taken? Try another with --port, or 0 for a free one.",
            )
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - our own URL
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.2)
    raise SameSideError(f"the dashboard did not answer within {_READY_SECONDS} s", where=url)
