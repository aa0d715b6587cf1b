"""The server: it stops when it is told to, in whichever way, and hands the switch for uploads on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from etl.errors import SameSideError
from etl.serve import _command, serve

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_one_process_stops_it(tmp_path: Path, told: signal.Signals) -> None:
    """Also where a shell started it in the background, and so with SIGINT ignored."""
    command = ["sh", "-c", f'trap "" INT; exec {sys.executable} -m etl dashboard --data {tmp_path} --port 0 --headless']
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)
    with server:
        assert server.stdout is not None
        assert "is served at" in server.stdout.readline()
        server.send_signal(told)
        try:
            server.wait(30)
        finally:
            server.terminate()


def test_without_uploads_the_server_takes_none() -> None:
    """The door for files is shut as far as it goes, whatever the page says."""
    assert "--server.maxUploadSize=1" in _command(8501, uploads=False)
    assert not any("maxUploadSize" in word for word in _command(8501, uploads=True))


@pytest.mark.parametrize("word", ["on", "off"])
def test_the_switches_are_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The server's process is told what visitors may do."""
    told: dict[str, str] = {}

    class Stopped:
        returncode = 0

        def __init__(self, command: list[str], env: dict[str, str], **_: object) -> None:
            told.update(env)

        def poll(self) -> int:
            return 0

        wait = terminate = poll

    monkeypatch.setattr("etl.serve.subprocess.Popen", Stopped)
    with pytest.raises(SameSideError, match="stopped before it answered"):
        serve(tmp_path, 8501, headless=True, smoke=True, uploads=word == "off", sql=word == "on")
    assert (told["SAMESIDE_SQL"], told["SAMESIDE_UPLOADS"]) == (word, "on" if word == "off" else "off")
