"""Where the dashboard listens, and by which names it may be asked.

This machine alone, unless people have to sign in or somebody says that they need not. Browsers are turned away that ask by a name which
is not listed: a stranger's page could otherwise give its own name this machine's address, and read along.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from etl.errors import UsageError
from etl.signin import is_configured

LOOPBACK: Final = "127.0.0.1"
OPEN: Final = "SAMESIDE_WITHOUT_SIGN_IN"
"""Set to on where somebody said that nobody has to sign in."""

_OWN_NAMES: Final = (LOOPBACK, "localhost", "::1")


def is_loopback(address: str) -> bool:
    """Return whether an address is this machine's own, which no other can reach."""
    return address == "localhost" or ((parsed := _parsed(address)) is not None and parsed.is_loopback)


def check_address(address: str, *, is_open: bool) -> None:
    """Raise UsageError where others could reach an address that they must not, or where it is none."""
    if is_loopback(address):
        return
    if _parsed(address) is None:
        raise UsageError(
            "the dashboard can only listen on an address of this machine",
            where=address or "no address: all of them",
            expected="an IP address, such as 127.0.0.1 or 192.168.1.20",
            todo="Give it with --address; names that people ask by are given with --host.",
        )
    if not (is_open or is_configured()):
        raise UsageError(
            "others could reach the dashboard there, and nobody has to sign in",
            where=address,
            expected=f"{LOOPBACK}, which this machine alone can reach",
            todo="Configure sign-in (README, “Who may see what”), or say --without-sign-in to show all deals to anybody who gets there.",
        )


def allowed_hosts(address: str, names: Iterable[str]) -> list[str]:
    """Return the names that the dashboard may be asked by, of an address and of what it is called besides.

    Raises UsageError for a name that is none, and where an address of all networks leaves it open what people ask by.
    """
    given = [name.strip().lower() for name in names]
    for name in given:
        if not name or set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-."):
            raise UsageError(
                "this is no name of a host", where=name, expected="a name without scheme, port or *, such as deals.example.com"
            )
    parsed = _parsed(address)
    if parsed is not None and parsed.is_unspecified and not given:
        raise UsageError(
            "by which name people ask for the dashboard has to be known",
            where=address,
            expected="the names or addresses that stand in their browsers' address lines",
            todo="Give each with --host, for example --host deals.example.com",
        )
    own = [str(parsed)] if parsed is not None and not parsed.is_unspecified else []
    return list(dict.fromkeys([*_OWN_NAMES, *own, *given]))


def is_said_open() -> bool:
    """Return whether somebody said, in starting the server, that nobody has to sign in."""
    return os.environ.get(OPEN) == "on"


def in_url(address: str) -> str:
    """Return an address as a URL has it; one of all networks as this machine's own."""
    parsed = _parsed(address)
    if parsed is not None and parsed.is_unspecified:
        return LOOPBACK if parsed.version == 4 else "[::1]"  # noqa: PLR2004 - a version of IP
    return f"[{parsed}]" if isinstance(parsed, IPv6Address) else address


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
