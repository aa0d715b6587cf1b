"""The door: who gets in by their claims, for how long, and that every doubt keeps it shut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard import access
from etl.access import EVERYONE
from etl.binding import OPEN
from etl.errors import NotGranted
from etl.signin import VARIABLES
from tests.security.conftest import NOW, Claims, claims
from tests.security.world import SETTINGS

pytestmark = pytest.mark.security

Door = Callable[[Claims], access.Visitor]

HOUR = 3600

STRANGERS: dict[str, tuple[Claims, str]] = {
    "nobody": ({}, "signed out"),
    "not signed in": (claims(is_logged_in=False), "signed out"),
    "signed in by a word": (claims(is_logged_in="true"), "signed out"),
    "another domain": (claims("ada@evil.example"), "refused"),
    "a domain below": (claims("ada@example.com.evil.example"), "refused"),
    "a domain above": (claims("ada@sub.example.com"), "refused"),
    "two @": (claims("ada@evil.example@example.com"), "refused"),
    "two @ the other way": (claims("ada@example.com@evil.example"), "refused"),
    "a line break": (claims("ada@example.com\n"), "refused"),
    "a colleague of no grant": (claims("eve@example.com"), "refused"),
    "an e-mail that is not verified": (claims(email_verified=False), "refused"),
    "an e-mail verified by a word": (claims(email_verified="true"), "refused"),
    "an e-mail of which nothing is said": ({name: value for name, value in claims().items() if name != "email_verified"}, "refused"),
    "no e-mail": (claims(None), "refused"),
    "a list of e-mails": (claims(["ada@example.com"]), "refused"),
    "letters that look alike": (claims("аda@example.com"), "refused"),  # a Cyrillic a
    "without a time": (claims(iat=None), "signed out"),
    "a time in words": (claims(iat="1800000000"), "signed out"),
    "a time that is true": (claims(iat=True), "signed out"),
    "a time to come": (claims(iat=NOW + HOUR), "signed out"),
}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_now", lambda: float(NOW))


@pytest.mark.parametrize("case", STRANGERS)
def test_a_stranger_stays_outside(at_the_door: Door, case: str) -> None:
    """Whatever they claim; nothing of it is granted."""
    given, state = STRANGERS[case]
    who = at_the_door(given)
    assert (who.state, who.is_in, who.grant) == (state, False, None)


@pytest.mark.parametrize(
    ("email", "kinds", "roles"),
    [
        ("ada@example.com", ["everyone"], {"leader"}),
        ("ADA@Example.COM", ["everyone"], {"leader"}),
        ("ben@example.com", ["team"], {"manager", "analyst"}),
        ("ann@example.com", ["rep"], {"rep"}),
        ("max@example.com", ["team", "rep"], {"manager", "rep"}),
        ("ana@example.com", ["everyone"], {"analyst"}),
        ("otto@example.com", ["everyone"], {"operator"}),
    ],
)
def test_people_are_granted_what_stands_there(at_the_door: Door, email: str, kinds: list[str], roles: set[str]) -> None:
    """Capitals do not matter; an operator alone sees no deals."""
    who = at_the_door(claims(email))
    assert who.state == "signed in"
    assert [each.kind for each in who.audiences] == kinds
    assert {role for role in ("leader", "manager", "rep", "analyst", "operator") if who.may(role)} == roles
    assert who.sees_deals == (roles != {"operator"})


@pytest.mark.parametrize(("hours", "state"), [(0, "signed in"), (11.99, "signed in"), (12, "ended"), (800, "ended")])
def test_a_session_ends(at_the_door: Door, hours: float, state: str) -> None:
    """From the moment of signing in on, whatever was clicked meanwhile: the time stands in the signed cookie."""
    assert at_the_door(claims(iat=NOW - int(hours * HOUR))).state == state


def test_a_shorter_session_holds_at_once(at_the_door: Door, tmp_path: Path) -> None:
    """For those who are in already."""
    given = claims(iat=NOW - HOUR)
    assert at_the_door(given).is_in
    (tmp_path / "sameside.toml").write_text(SETTINGS.replace("[access]\n", "[access]\nsession_hours = 0.5\n", 1))
    assert at_the_door(given).state == "ended"


def test_a_grant_that_is_taken_away_ends_at_once(at_the_door: Door, tmp_path: Path) -> None:
    """So does a role of it; a settings file that is gone grants nothing to anyone."""
    leader, analyst = claims(), claims("ben@example.com")
    assert at_the_door(analyst).may("analyst")
    (tmp_path / "sameside.toml").write_text(SETTINGS.replace('"ada@example.com" = { roles = ["leader"] }', "").replace(', "analyst"', ""))
    assert at_the_door(leader).state == "refused"
    assert at_the_door(analyst).is_in
    assert not at_the_door(analyst).may("analyst")
    (tmp_path / "sameside.toml").unlink()
    assert at_the_door(analyst).state == "refused"


@pytest.mark.parametrize("text", ["[access", "[access]\nsession_hours = 0\n", '[access.people]\n"ada" = { roles = ["leader"] }\n'])
def test_settings_that_are_wrong_let_nobody_in(at_the_door: Door, tmp_path: Path, text: str) -> None:
    """And what is wrong is told to the log alone."""
    (tmp_path / "sameside.toml").write_text(text)
    who = at_the_door(claims())
    assert (who.state, who.problem) == ("unconfigured", "")


def test_half_a_provider_lets_nobody_in(at_the_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for none."""
    monkeypatch.delenv(VARIABLES["client_secret"])
    assert at_the_door(claims()).state == "unconfigured"


def test_without_a_provider_all_is_open(at_the_door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the settings grant it to some alone: then nobody gets in until there is one."""
    for name in VARIABLES.values():
        monkeypatch.delenv(name)
    who = at_the_door({})
    assert (who.state, who.is_in) == ("unconfigured", False)
    assert "no identity provider is configured" in who.problem
    monkeypatch.setenv(OPEN, "on")  # as --without-sign-in does
    assert at_the_door({}).state == "open"
    monkeypatch.delenv(OPEN)
    (tmp_path / "sameside.toml").write_text("[access]\nsession_hours = 1\n")
    who = at_the_door({})
    assert (who.state, who.may("operator"), who.sees_deals) == ("open", True, True)


def test_claims_come_from_the_signed_cookie_alone(at_the_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit can be told to take them from headers too, which any client could send: then nobody gets in."""
    monkeypatch.setattr(st, "get_option", lambda name: {"X-Email": "email"} if name == "server.trustedUserHeaders" else None)
    assert at_the_door(claims()).state == "signed out"


def test_who_signed_out_is_out_everywhere(at_the_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """In other windows too, and with a copy of the cookie; not with a new sign-in."""
    given = claims("max@example.com", nonce="one")
    monkeypatch.setattr(access, "_claims", lambda: given)
    monkeypatch.setattr(st, "logout", lambda: None)
    access.sign_out()
    assert at_the_door(given).state == "signed out"
    assert at_the_door(given | {"nonce": "two"}).is_in


def test_who_cannot_be_noted_is_not_let_in(at_the_door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no way past the audit trail; once there is room, they are in."""
    given = claims("sid@example.com")
    monkeypatch.setattr(access, "_claims", lambda: given)
    (tmp_path / "audit").write_text("in the way")
    assert access.visitor().state == "unconfigured"
    (tmp_path / "audit").unlink()
    assert access.visitor() == at_the_door(given)
    [line] = next((tmp_path / "audit").iterdir()).read_text().splitlines()
    assert '"signed_in"' in line
    assert "sid@example.com" in line


def test_a_file_is_made_for_those_who_may_have_it_then(at_the_door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when the button was drawn: a session that ended since, a grant taken away, and another audience get nothing."""
    given = claims("ben@example.com")
    own, others = at_the_door(given).audiences[0], at_the_door(claims("ann@example.com")).audiences[0]
    monkeypatch.setattr(access, "_claims", lambda: given)

    def made(audience: Any) -> Callable[[], bytes]:
        return access.handed_over(lambda: b"deals", "deals.csv", audience, "downloaded")

    button = made(own)
    assert button() == b"deals"
    with pytest.raises(NotGranted):
        made(others)()
    with pytest.raises(NotGranted):
        made(EVERYONE)()
    monkeypatch.setattr(access, "_now", lambda: float(NOW + 12 * HOUR))
    with pytest.raises(NotGranted):
        button()
    monkeypatch.setattr(access, "_now", lambda: float(NOW))
    (tmp_path / "sameside.toml").write_text("")
    with pytest.raises(NotGranted):
        button()
