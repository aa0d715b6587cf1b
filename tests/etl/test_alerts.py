"""Alerts reach a webhook and a mail server that run here; what they say names no deal and no person."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from etl.config import Alerts, Mail
from etl.errors import UsageError
from etl.schedule.alerts import PASSWORD, WEBHOOK, channels, failed, worth_telling
from etl.schedule.state import Found

BEFORE = Found(load_id="a", deals=1000, verdict="Won more often", sentence="More.")
TEXT = "The load shrank by 34%: 660 deals, 1,000 before. Is the export whole?"


class Hook(HTTPServer):
    """A webhook that keeps what is posted."""

    def __init__(self) -> None:
        """Listen on this machine."""
        super().__init__(("127.0.0.1", 0), Posted)
        self.taken: list[tuple[str | None, Any]] = []
        self.answer = 200


class Posted(BaseHTTPRequestHandler):
    """A post to the webhook."""

    server: Hook

    def do_POST(self) -> None:
        """Keep it and answer as told."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Say nothing."""


class Box:
    """A mailbox that wants a password, and keeps what arrives."""

    def __init__(self) -> None:
        """Begin empty."""
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        """Keep a message."""
        self.taken.append(envelope)
        return "250 kept"

    def may_enter(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword) -> AuthResult:
        """Return whether the password is right."""
        return AuthResult(success=login == LoginPassword(b"sameside", b"open sesame"), handled=False)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Return a webhook that is served on this machine."""
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Box, int]]:
    """Return a mailbox, and the port of its server, whose certificate is trusted here."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    box = Box()
    controller = Controller(
        box, "localhost", free_port(), tls_context=context, require_starttls=True, auth_required=True, authenticator=box.may_enter
    )
    controller.start()
    yield box, controller.port
    controller.stop()


def mail_of(port: int) -> Alerts:
    """Return settings that send mail to a port."""
    to = Mail(host="localhost", port=port, user="sameside", sender="sameside@example.com", to=("ops@example.com", "crm@example.com"))
    return Alerts(shrinks_by_percent=20.0, mail=to)


QUIET = Alerts(shrinks_by_percent=20.0)


def test_a_webhook_gets_what_slack_takes(hook: Hook) -> None:
    """JSON with a text."""
    ways = channels(QUIET, {WEBHOOK: f"http://127.0.0.1:{hook.server_port}/services/x"})
    assert list(ways) == ["webhook"]
    ways["webhook"](TEXT)
    assert hook.taken == [("application/json", {"text": TEXT})]


def test_a_webhook_that_refuses_is_an_error(hook: Hook) -> None:
    """So that the alert is tried again; likewise where nobody listens."""
    hook.answer = 500
    with pytest.raises(OSError, match="500"):
        channels(QUIET, {WEBHOOK: f"http://127.0.0.1:{hook.server_port}/"})["webhook"](TEXT)
    with pytest.raises(OSError, match="refused"):
        channels(QUIET, {WEBHOOK: "http://127.0.0.1:1/"})["webhook"](TEXT)


def test_mail_goes_over_starttls_with_the_password_of_the_environment(box: tuple[Box, int]) -> None:
    """To everybody named, with a subject that says what it is about; the server takes nothing without TLS and password."""
    kept, port = box
    channels(mail_of(port), {PASSWORD: "open sesame"})["mail"](TEXT)
    (letter,) = kept.taken
    assert (letter.mail_from, letter.rcpt_tos) == ("sameside@example.com", ["ops@example.com", "crm@example.com"])
    assert isinstance(letter.content, bytes)
    head, _, body = letter.content.decode().partition("\r\n\r\n")
    assert "Subject: Same Side: The load shrank by 34%\r\n" in head
    assert body.strip() == TEXT


def test_mail_is_not_sent_with_a_wrong_password_or_to_an_unknown_certificate(
    box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both are errors, of the kind that is tried again; nothing arrives."""
    kept, port = box
    with pytest.raises(OSError, match="535"):
        channels(mail_of(port), {PASSWORD: "guessed"})["mail"](TEXT)
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    with pytest.raises(ssl.SSLCertVerificationError):
        channels(mail_of(port), {PASSWORD: "open sesame"})["mail"](TEXT)
    assert kept.taken == []


def test_channels_that_cannot_work_are_told_at_the_start() -> None:
    """Not when the first alert is due."""
    assert channels(QUIET, {}) == {}
    with pytest.raises(UsageError, match=WEBHOOK):
        channels(QUIET, {WEBHOOK: "hooks.example.com"})
    with pytest.raises(UsageError, match=PASSWORD):
        channels(mail_of(25), {})


@pytest.mark.parametrize(
    ("deals", "alerts"), [(1200, 0), (1000, 0), (800, 0), (799, 1), (0, 1)], ids=["more", "same", "at", "beyond", "none"]
)
def test_a_load_is_told_when_it_shrinks_by_more_than_the_share(deals: int, alerts: int) -> None:
    """By more than a fifth, not by a fifth."""
    assert len(worth_telling(BEFORE, BEFORE.model_copy(update={"deals": deals}), 20)) == alerts


def test_the_first_load_and_an_export_have_nothing_to_compare_with() -> None:
    """No alert on them."""
    assert worth_telling(None, BEFORE, 20) == []
    assert worth_telling(BEFORE, None, 20) == []


def test_a_run_that_is_given_up_is_told_so() -> None:
    """By the kind of its error alone."""
    said = failed("export", "DatabaseError", None)
    assert said.startswith("The scheduled export failed (DatabaseError). It was given up until it is due again. The snapshots stay")
