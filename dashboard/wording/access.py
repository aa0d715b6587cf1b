"""What is said at the door: to those who have to sign in, who are refused, and of whom the deals are that a person looks at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dashboard import rounding
from dashboard.wording.common import listed
from etl.access import Audience, Role

WELCOME: Final = "Does taking the buyer’s side win deals?"
SIGN_IN_INTRO: Final = "Same Side shows the deals that you may see, and nobody else’s. Sign in with the account of your organisation."
SIGN_IN: Final = "Sign in"
SIGN_IN_AGAIN: Final = "Sign in again"
OTHER_ACCOUNT: Final = "Use another account"
SIGN_OUT: Final = "Sign out"
KEEPS: Final = "The page and the filters that you came for are kept."

ENDED: Final = "Your session has ended"
ENDED_INTRO: Final = "Nothing is lost: sign in again and you are back where you were."
REFUSED: Final = "No access with this account"
UNCONFIGURED: Final = "Nobody can be let in at the moment"
UNCONFIGURED_INTRO: Final = (
    "How people sign in, or who may see what, is not configured as it has to be. Whoever runs Same Side finds what is wrong in the log of "
    "the server, or with sameside check."
)
NO_PROVIDER: Final = (
    "sameside.toml grants access to some people under [access], but no identity provider is configured that they could sign in with. "
    "Set the variables SAMESIDE_OIDC_CLIENT_ID, _CLIENT_SECRET, _METADATA_URL, _REDIRECT_URI and _COOKIE_SECRET, or take the grants out."
)
NOTHING_TO_DO: Final = "Nothing to do here"
NOTHING_TO_DO_INTRO: Final = "Your account may load data, and loading in the browser is switched off here. It is done on the command line."
NO_FILE: Final = "Your deals are being prepared"
UNVERIFIED: Final = (
    "The identity provider does not say that this e-mail address is verified (email_verified), and without that nobody is let in."
)
LOOKING_AS: Final = "Looking as"
NO_LONGER: Final = "this file is not open to you any more"
ASK_OR_SIGN_IN: Final = "Reload the page to sign in again, or ask whoever runs Same Side."

_ROLES: Final[dict[Role, str]] = {
    "leader": "leader",
    "manager": "manager",
    "rep": "rep",
    "analyst": "analyst",
    "operator": "operator",
}


def refused(account: str, contact: str, problem: str) -> str:
    """Return why a person sees nothing, and whom to ask."""
    said = f"You signed in as {account or 'an account without e-mail'}, which is granted nothing here."
    ask = f"Ask {contact or 'whoever runs Same Side in your organisation'} for access."
    return " ".join(filter(None, (said, problem, ask)))


def no_file(account: str, audience: Audience, contact: str) -> str:
    """Return why a person who may see some deals sees none yet."""
    ask = contact or "whoever runs Same Side"
    whose = f"an owner whose e-mail is {account}" if audience.kind == "rep" and audience.owner is None else whose_deals(audience)
    return (
        f"Each load makes a file of its own for those who see part of the deals, and there is none yet for {whose}. "
        f"The next load makes it. If it is not there after that, the CRM knows no such deals: ask {ask}."
    )


def whose_deals(audience: Audience) -> str:
    """Return whose deals an audience sees, in short."""
    if audience.kind == "team":
        whose = f"Team{'s' * (len(audience.teams) > 1)} {listed(list(audience.teams))}"
    else:
        whose = "Your deals" if audience.kind == "rep" else "All deals"
    return f"{whose}, names hidden" if audience.is_pseudonymous else whose


def roles(given: Iterable[Role]) -> str:
    """Return the roles of a person."""
    return listed([name for role, name in _ROLES.items() if role in set(given)]).capitalize()


def until(moment: datetime) -> str:
    """Return when a session ends."""
    return f"Signed in until {rounding.day(moment.date())}, {moment:%H:%M} UTC"


def not_allowed(role: Role) -> str:
    """Return what is said where a role is missing."""
    return f"this needs the role of an {role}, which your account has not, or not any more"
