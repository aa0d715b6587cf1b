"""Alerts: what is worth one, what it says, and the two ways it goes out. No text names a deal or a person."""

from __future__ import annotations

import json
import re
import smtplib
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from http.client import HTTPException
from typing import Final

from etl.config import Alerts, Mail
from etl.errors import UsageError
from etl.schedule.state import Found

WEBHOOK: Final = "SAMESIDE_WEBHOOK"
PASSWORD: Final = "SAMESIDE_SMTP_PASSWORD"  # noqa: S105 - its name, not the password
_SECONDS: Final = 10

Channel = Callable[[str], None]
"""Sends a text; raises OSError where it cannot (smtplib's and urllib's errors are such)."""


def failed(job: str, error: str, retry_at: datetime | None) -> str:
    """Return what is said of a run that failed, by the kind of its error; it is tried again at a moment, or given up."""
    then = f"It is tried again at {retry_at:%Y-%m-%d %H:%M} UTC." if retry_at else "It was given up until it is due again."
    kept = {"load": "The published data stay as they were.", "export": "The snapshots stay as they were."}
    return f"The scheduled {job} failed ({error}). {then} {kept[job]} `sameside {job}` on the command line says why."


def worth_telling(before: Found | None, after: Found | None, shrinks_by_percent: float) -> list[str]:
    """Return what is said of a load beside the one before: that it shrank by more than a share, that the verdict changed."""
    if before is None or after is None:
        return []
    said = []
    if after.deals < before.deals * (1 - shrinks_by_percent / 100):
        share = 100 * (1 - after.deals / before.deals)
        said.append(f"The load shrank by {share:.0f}%: {after.deals:,} deals, {before.deals:,} before. Is the export whole?")
    if after.verdict != before.verdict:
        said.append(f"The verdict changed from “{before.verdict}” to “{after.verdict}”. {after.sentence}")
    return said


def channels(alerts: Alerts, environment: Mapping[str, str]) -> dict[str, Channel]:
    """Return the ways that alerts go out, by name; raises UsageError where the webhook is no address or the mail has no password."""
    ways: dict[str, Channel] = {}
    if address := environment.get(WEBHOOK):
        if not address.startswith(("https://", "http://")):
            raise UsageError(f"{WEBHOOK} is no address", expected="one that begins with https://")
        ways["webhook"] = partial(post, address)
    if alerts.mail:
        if alerts.mail.user and not environment.get(PASSWORD):
            raise UsageError(f"alerts.mail has a user, and {PASSWORD} no password", todo=f"Set {PASSWORD} in the environment.")
        ways["mail"] = partial(mail, alerts.mail, environment.get(PASSWORD, ""))
    return ways


def post(address: str, text: str) -> None:
    """Post a text to a webhook, as Slack and its like take it."""
    try:
        request = urllib.request.Request(  # noqa: S310 - http or https, see channels
            address, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
            pass
    except (HTTPException, ValueError):  # their texts hold the address, which is a secret
        raise OSError("the webhook's address is wrong, or it does not speak HTTP") from None


def mail(to: Mail, password: str, text: str) -> None:
    """Hand a text to a mail server, whose certificate must be good, over STARTTLS."""
    message = EmailMessage()
    message["From"], message["To"] = to.sender, ", ".join(to.to)
    message["Subject"] = f"Same Side: {re.split(r'[.:] ', text, maxsplit=1)[0]}"
    message.set_content(text)
    with smtplib.SMTP(to.host, to.port, timeout=_SECONDS) as server:
        server.starttls(context=ssl.create_default_context())
        if to.user:
            server.login(to.user, password)
        server.send_message(message)
