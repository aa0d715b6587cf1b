"""The server: it stops when it is told to, in whichever way, and hands the switch for uploads on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from etl.errors import SameSideError, UsageError
from etl.serve import _command, serve

pytestmark = pytest.mark.thorough

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
    assert "--server.maxUploadSize=1" in _command("127.0.0.1", 8501, [], uploads=False)
    assert not any("maxUploadSize" in word for word in _command("127.0.0.1", 8501, [], uploads=True))


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


@pytest.mark.security
def test_nothing_is_started_where_others_could_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command ends with exit code 2 before any port is open, and says what it would take."""
    monkeypatch.delenv("SAMESIDE_OIDC_CLIENT_ID", raising=False)
    monkeypatch.setattr("etl.serve.subprocess.Popen", lambda *_, **__: pytest.fail("a server was started"))
    with pytest.raises(UsageError, match="nobody has to sign in"):
        serve(tmp_path, 0, headless=True, smoke=True, address="0.0.0.0", hosts=["deals.example.com"])


@pytest.mark.security
def test_who_is_let_in_without_sign_in_is_said(tmp_path: Path) -> None:
    """On all networks, where that is asked for: with a warning, and for the names that were given."""
    command = [sys.executable, "-m", "etl", "dashboard", "--data", str(tmp_path), "--port", "0", "--headless", "--smoke"]
    command += ["--address", "0.0.0.0", "--host", "deals.example.com", "--without-sign-in"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warning: nobody has to sign in: whoever can reach 0.0.0.0 sees all deals" in done.stderr


@pytest.mark.security
def test_streamlit_started_by_hand_is_told_the_same(tmp_path: Path) -> None:
    """Another address by a flag of its own ends the server before it listens."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py"), "--server.address=0.0.0.0"]
    command += ["--server.headless=true", "--server.port=0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SAMESIDE_DATA": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert "others could reach the dashboard there, and nobody has to sign in" in done.stdout + done.stderr
    assert done.returncode != 0
