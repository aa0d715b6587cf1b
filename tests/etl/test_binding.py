"""Where the dashboard may listen, and the names that it may be asked by."""

from __future__ import annotations

import pytest

from etl.binding import allowed_hosts, check_address, in_url, is_loopback
from etl.errors import UsageError

pytestmark = pytest.mark.security


@pytest.fixture(autouse=True)
def nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAMESIDE_OIDC_CLIENT_ID", raising=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_this_machine_alone_needs_no_sign_in(address: str) -> None:
    """Nobody else gets there."""
    check_address(address, is_open=False)
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.20", "10.0.0.1", "fd00::1", "::ffff:10.0.0.1"])
def test_others_are_let_in_only_where_that_is_said(address: str) -> None:
    """The error names the way to do it, and what it would show."""
    with pytest.raises(UsageError, match="nobody has to sign in") as error:
        check_address(address, is_open=False)
    assert "--without-sign-in" in error.value.todo
    check_address(address, is_open=True)


@pytest.mark.parametrize(
    "address", ["", "example.com", "127.1", "127.0.0.1:80", "unix:///run/x", "2130706433", "0", "*", "localhost.evil.example"]
)
def test_what_is_no_address_is_refused_whatever_is_said(address: str) -> None:
    """An empty one would be all networks; others would be resolved by somebody else."""
    with pytest.raises(UsageError, match="can only listen on an address"):
        check_address(address, is_open=True)


def test_the_names_are_this_machines_the_address_and_those_given() -> None:
    """Each once, without regard to case."""
    own = ["127.0.0.1", "localhost", "::1"]
    assert allowed_hosts("127.0.0.1", []) == own
    assert allowed_hosts("192.168.1.20", ["Deals.Example.com", "deals.example.com"]) == [*own, "192.168.1.20", "deals.example.com"]
    assert allowed_hosts("0.0.0.0", ["10.0.0.7"]) == [*own, "10.0.0.7"]


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_all_networks_need_a_name(address: str) -> None:
    """Else it would be any name, as a stranger's page could give it."""
    with pytest.raises(UsageError, match="by which name"):
        allowed_hosts(address, [])


@pytest.mark.parametrize("name", ["*", "*.example.com", "http://example.com", "example.com:80", "", "a b", "exämple.com", "a/b"])
def test_a_name_is_a_name(name: str) -> None:
    """Patterns, URLs and ports are none."""
    with pytest.raises(UsageError, match="no name of a host"):
        allowed_hosts("127.0.0.1", [name])


@pytest.mark.parametrize(
    ("address", "written"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("fd00::1", "[fd00::1]"), ("localhost", "localhost")],
)
def test_an_address_in_a_url(address: str, written: str) -> None:
    """What a browser on this machine asks."""
    assert in_url(address) == written
