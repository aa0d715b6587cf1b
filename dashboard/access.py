"""Who looks, and what they may: the one door to pages, downloads and actions.

Where no identity provider is configured, whoever reaches the server may do everything, and the server listens to this machine alone. With
one, a person has to sign in, and what their claims are granted is worked out anew in every run and before every action, so that a session
that ended and a grant that was taken away end at the next click. Streamlit signs the cookie that holds the claims.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from dashboard import data
from dashboard.wording import access as wording
from etl import audit, signin
from etl.access import EVERYONE, Access, Audience, Grant, Role, grant
from etl.binding import is_said_open
from etl.config import find_config, load_config, read_toml
from etl.errors import ConfigError, DatabaseError, NotGranted

__all__ = [
    "AS",
    "Audience",
    "Visitor",
    "allow",
    "audience",
    "handed_over",
    "record",
    "session_of",
    "sign_in",
    "sign_out",
    "visitor",
    "visitor_of",
]

State = Literal["open", "signed in", "signed out", "ended", "refused", "unconfigured"]

AS: Final = "as"
"""Key of the widget that says as which audience a person looks."""

SEES_DEALS: Final[frozenset[Role]] = frozenset({"leader", "manager", "rep", "analyst"})
_HOUR: Final = 3600.0
_SKEW: Final = 300.0  # seconds by which the clock of a provider may be ahead of ours
_SESSION: Final = ("iss", "sub", "iat", "nonce")  # claims that tell one sign-in from all others
_EVENTS: Final[dict[State, audit.Event]] = {"signed in": "signed_in", "refused": "refused", "ended": "session_expired"}
_RECORDED: Final[set[tuple[str, ...]]] = set()
_SIGNED_OUT: Final[set[tuple[str, ...]]] = set()
_LOCK: Final = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks: how they stand to the door, the account that they signed in with, what it is granted, and until when (seconds, UTC).

    contact is whom they may ask for access; problem is what is wrong, where that may be told.
    """

    state: State
    account: str = ""
    grant: Grant | None = None
    until: float | None = None
    contact: str = ""
    problem: str = ""

    @property
    def is_in(self) -> bool:
        """Return whether they may see anything at all."""
        return self.state in {"open", "signed in"}

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Return as whom they may look, the widest first."""
        return self.grant.audiences if self.grant else (EVERYONE,)

    @property
    def sees_deals(self) -> bool:
        """Return whether they may see the pages of deals."""
        return self.is_in and (self.grant is None or bool(SEES_DEALS & self.grant.roles))

    def may(self, role: Role) -> bool:
        """Return whether they have a role; all have, where nobody signs in."""
        return self.is_in and (self.grant is None or role in self.grant.roles)

    @property
    def ends(self) -> datetime | None:
        """Return when their session ends."""
        return datetime.fromtimestamp(self.until, UTC) if self.until else None


def visitor() -> Visitor:
    """Return who looks in this run of the app, and note the first sight of a session; whose coming cannot be noted is not let in."""
    claims = _claims()
    who = visitor_of(claims)
    event, key = _EVENTS.get(who.state), (who.state, *session_of(claims))
    if event and _is_first(_RECORDED, key):
        try:
            _record(event, who)
        except DatabaseError as error:
            _RECORDED.discard(key)
            _log.error("%s", error)
            return Visitor("unconfigured")
    return who


def visitor_of(claims: Mapping[str, Any]) -> Visitor:
    """Return what the claims of a session are granted now, as the settings stand."""
    try:
        if not (signin.is_configured() or _has_streamlits_own()):
            return _without_provider()
        rules = _rules()
    except ConfigError as error:
        _log.error("%s", error)  # for whoever runs the server; a stranger is told nothing
        return Visitor("unconfigured")
    if claims.get("is_logged_in") is not True or st.get_option("server.trustedUserHeaders") or session_of(claims) in _SIGNED_OUT:
        return Visitor("signed out")
    return _granted(claims, rules)


def _without_provider() -> Visitor:
    """Return what everybody may who reaches a server without a provider: all, unless the settings grant it to some alone.

    Who starts the server may say that nobody has to sign in all the same.
    """
    path = settings()
    try:
        rules = read_toml(path).get("access", {}) if path else {}
    except ConfigError as error:
        return Visitor("unconfigured", problem=str(error))
    grants = any(rules.get(name) for name in ("people", "groups", "everyone_in_domains"))
    if grants and not is_said_open():
        return Visitor("unconfigured", problem=wording.NO_PROVIDER)
    return Visitor("open")


def settings() -> Path | None:
    """Return the file that says who may see what: as for loads on the command line, that of the working folder before the data folder's."""
    return find_config(Path.cwd(), data.folder())


def _rules() -> Access:
    """Return [access] of the settings, read anew when they change."""
    path = settings()
    stat = path.stat() if path else None
    return _read_rules(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size) if stat else None)


@lru_cache(maxsize=2)
def _read_rules(path: Path | None, _stamp: tuple[int, ...] | None) -> Access:
    return load_config(path).access


def _granted(claims: Mapping[str, Any], rules: Access) -> Visitor:
    """Return what the claims of a person who signed in are granted."""
    account, now, begun = str(claims.get("email") or claims.get("sub") or ""), _now(), claims.get("iat")
    if isinstance(begun, bool) or not isinstance(begun, int | float) or begun > now + _SKEW:
        return Visitor("signed out", account)
    until = begun + rules.session_hours * _HOUR
    if now >= until:
        return Visitor("ended", account)
    granted = grant(rules, claims)
    if granted is None:
        is_verified = claims.get("email_verified") is True
        return Visitor("refused", account, contact=rules.contact, problem="" if is_verified else wording.UNVERIFIED)
    return Visitor("signed in", granted.email, granted, until, rules.contact)


def audience(who: Visitor) -> Audience:
    """Return as whom they look: as they chose, if they may; else as the widest."""
    chosen = st.session_state.get(AS)
    return next((each for each in who.audiences if each.key == chosen), who.audiences[0])


def allow(role: Role) -> None:
    """Let an action go on; raises NotGranted where who looks has not the role, or not any more."""
    if not visitor().may(role):
        raise NotGranted(wording.not_allowed(role), todo=wording.ASK_OR_SIGN_IN)


def record(event: audit.Event, **facts: str) -> None:
    """Note in the audit trail what who looks is doing."""
    _record(event, visitor(), **facts)


def handed_over(content: Callable[[], bytes], name: str, audience: Audience, event: audit.Event) -> Callable[[], bytes]:
    """Return what makes a file when it is asked for: if who looks may still have it then, and not without a line in the audit trail."""
    return partial(_hand_over, _claims(), content, name, audience, event)


def _hand_over(claims: Mapping[str, Any], content: Callable[[], bytes], name: str, audience: Audience, event: audit.Event) -> bytes:
    """Make a file; of the session nothing is at hand any more than its claims."""
    who = visitor_of(claims)
    if not who.sees_deals or audience not in who.audiences:
        raise NotGranted(wording.NO_LONGER, todo=wording.ASK_OR_SIGN_IN)
    _record(event, who, file=name, audience=audience.key)
    return content()


def sign_in() -> None:
    """Send who looks to the identity provider."""
    st.login()


def sign_out() -> None:
    """End the session of who looks, in all their windows."""
    claims = _claims()
    _record("signed_out", visitor_of(claims))
    _is_first(_SIGNED_OUT, session_of(claims))
    st.logout()


def _claims() -> dict[str, Any]:
    return dict(st.user.to_dict())


def session_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what tells one sign-in from all others."""
    return tuple(str(claims.get(name)) for name in _SESSION)


def _has_streamlits_own() -> bool:
    """Return whether Streamlit has a provider from where we do not look, such as a file that an option of its names."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def _is_first(seen: set[tuple[str, ...]], key: tuple[str, ...]) -> bool:
    with _LOCK:
        is_new = key not in seen
        seen.add(key)
        return is_new


def _record(event: audit.Event, who: Visitor, **facts: str) -> None:
    """Note in the audit trail what somebody did; where nobody signs in, whose process this is, if it may write there at all."""
    if who.state == "open":
        with suppress(DatabaseError):
            audit.record(data.folder(), event, audit.os_user(), **facts)
    else:
        audit.record(data.folder(), event, who.account, **facts)


def _now() -> float:
    return time.time()
