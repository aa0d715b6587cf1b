"""Signing in with a real provider of this machine, in a real browser: the way in, the way out, and what the server hands to whom."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from etl.signin import VARIABLES
from tests.browsing import free_port, wait_until_answers
from tests.security.world import SETTINGS, deal_id, words

pytestmark = [pytest.mark.security, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
WAIT = 60_000
REFUSED = {400, 403, 404, 405}
PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"email": "ADA@Example.com", "email_verified": True},
    "ben": {"email": "ben@example.com", "email_verified": True},
    "ann": {"email": "ann@example.com", "email_verified": True},
    "otto": {"email": "otto@example.com", "email_verified": True},
    "a stranger": {"email": "ada@evil.example", "email_verified": True},
    "a doubtful one": {"email": "ada@example.com", "email_verified": False},
    "a double one": {"email": "ada@evil.example@example.com", "email_verified": True},
}


@dataclass(frozen=True)
class Served:
    """A dashboard with a provider: its address, its data folder, and its log."""

    url: str
    folder: Path
    log: Path


@pytest.fixture(scope="module")
def served(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a dashboard of the company of tests/security/world.py, served with a provider that knows PEOPLE."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(company, folder / "data", symlinks=True)
    ports = [free_port(), free_port()]
    url, metadata = f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}/.well-known/openid-configuration"
    told = ("same-side", "the client's secret", metadata, f"{url}/oauth2callback", "what signs the cookies of this test")
    people = [part for name, facts in PEOPLE.items() for part in ("--user-claims", json.dumps({"sub": name} | facts))]
    environment = os.environ | dict(zip(VARIABLES.values(), told, strict=True)) | {"SAMESIDE_DATA": str(folder / "data")}
    options = ("--server.headless", "true", "--server.port", str(ports[0]))
    log = folder / "log"
    with log.open("wb") as said:
        provider = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(ports[1]), *people]
        dashboard = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py"), *options]
        running = [subprocess.Popen(each, cwd=ROOT, env=environment, stdout=said, stderr=said) for each in (provider, dashboard)]
        try:
            wait_until_answers(running[0], metadata)
            wait_until_answers(running[1], f"{url}/_stcore/health")
            yield Served(url, folder / "data", log)
        finally:
            for each in running:
                each.terminate()
                each.wait()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser that knows nobody."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context.new_page()
    context.close()


@pytest.fixture
def sign_in(served: Served, page: Page) -> Callable[..., Page]:
    """Return a function that signs somebody in at an address."""

    def at(name: str, address: str = "/", page: Page = page) -> Page:
        page.goto(served.url + address)
        ours, the_providers = page.get_by_role("button", name="Sign in"), page.get_by_role("button", name=name, exact=True)
        ours.wait_for(timeout=WAIT)
        for _ in range(4):  # a press on a page that is still being drawn is lost
            if ours.is_visible():
                ours.click()
            with suppress(TooLate):
                the_providers.click(timeout=WAIT / 4)
                return page
        pytest.fail(f"the provider did not ask who {name} is")

    return at


SignIn = Callable[..., Page]


def audit_of(served: Served) -> str:
    return "".join(path.read_text() for path in sorted((served.folder / "audit").iterdir()))


def test_who_signs_in_arrives_where_they_wanted_to_be(sign_in: SignIn, served: Served) -> None:
    """Page and filters stand in the address as they did before; nothing of it was to be seen without signing in."""
    page = sign_in("ada", "/team?segment=scarletowl+segment&landmark=60")
    expect(page.get_by_text("Segment: scarletowl segment")).to_be_visible(timeout=WAIT)
    expect(page).to_have_url(f"{served.url}/team?segment=scarletowl+segment&landmark=60")
    assert '"ada@example.com"' in audit_of(served)


@pytest.mark.parametrize(("name", "own", "others"), [("ben", words("North"), words("South")), ("ann", ("amberfox",), words("South"))])
def test_people_see_their_own_deals(sign_in: SignIn, name: str, own: tuple[str, ...], others: tuple[str, ...]) -> None:
    """Nothing else comes to the browser, be it hidden."""
    page = sign_in(name, "/coaching")
    expect(page.locator(".st-key-verdict")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(re.compile(f"^{own[0]} deal")).first).to_be_visible(timeout=WAIT)
    content = page.content().lower()
    assert [word for word in own if word in content] == list(own)
    assert [word for word in others if word in content] == []


@pytest.mark.parametrize("name", ["a stranger", "a doubtful one", "a double one"])
def test_others_are_refused_and_told_whom_to_ask(sign_in: SignIn, name: str) -> None:
    """With the account that they used, and a way to use another."""
    page = sign_in(name, f"/deal?deal={deal_id('Ann Amberfox', 1)}")
    expect(page.get_by_role("heading", name="No access with this account")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("the RevOps team")).to_be_visible(timeout=WAIT)
    assert f"You signed in as {PEOPLE[name]['email']}" in page.locator(".st-key-door").inner_text().replace("\u2060", "")
    expect(page.get_by_role("button", name="Use another account")).to_be_visible()
    assert [word for word in words("North", "South") if word in page.content().lower()] == []


def test_who_signs_out_is_out(sign_in: SignIn, served: Served, browser: Browser) -> None:
    """In another window too, and with a copy of the cookie from before."""
    page = sign_in("ada", "/definitions")
    page.get_by_role("button", name="All deals").click(timeout=WAIT)
    second = page.context.new_page()
    second.goto(f"{served.url}/definitions")
    expect(second.get_by_text("Data as of")).to_be_visible(timeout=WAIT)
    cookies = page.context.cookies()
    page.get_by_role("button", name="Sign out").click(timeout=WAIT)
    page.wait_for_url("**/end_session**", timeout=WAIT)
    expect(second.get_by_role("button", name="Sign in")).to_be_visible(timeout=WAIT)  # by itself, without a click
    thief = browser.new_context()
    thief.add_cookies([{key: value for key, value in each.items() if key != "partitionKey"} for each in cookies])  # type: ignore[misc]
    stolen = thief.new_page()
    stolen.goto(f"{served.url}/definitions")
    expect(stolen.get_by_role("button", name="Sign in")).to_be_visible(timeout=WAIT)
    thief.close()
    assert '"signed_out"' in audit_of(served)


def test_a_session_and_a_grant_end_while_the_page_is_open(sign_in: SignIn, served: Served) -> None:
    """What is shown goes away by itself; whoever may again is back at once."""
    page = sign_in("ben", "/definitions")
    expect(page.get_by_text("Data as of")).to_be_visible(timeout=WAIT)
    settings = served.folder / "sameside.toml"
    try:
        settings.write_text(SETTINGS.replace("[access]\n", "[access]\nsession_hours = 0.000001\n"))
        expect(page.get_by_text("Your session has ended")).to_be_visible(timeout=WAIT)
        settings.write_text(SETTINGS.replace("ben@", "ken@"))
        page.reload()
        expect(page.get_by_role("heading", name="No access with this account")).to_be_visible(timeout=WAIT)
    finally:
        settings.write_text(SETTINGS)
    page.reload()
    expect(page.get_by_text("Data as of")).to_be_visible(timeout=WAIT)


def test_a_file_goes_to_nobody_but_who_asked_for_it(sign_in: SignIn, served: Served, browser: Browser) -> None:
    """Its address is of no use to a stranger, and of none to a colleague who is signed in."""
    page = sign_in("ada", "/team")
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Download CSV").first.click(timeout=WAIT)
    address = download.value.url
    assert "scarletowl" in Path(download.value.path()).read_text().lower()
    assert browser.new_context().request.get(address).status == 404
    colleague = browser.new_context()
    sign_in("ann", page=colleague.new_page())
    expect(colleague.pages[0].get_by_text("Data as of")).to_be_visible(timeout=WAIT)
    assert colleague.request.get(address).status == 404
    colleague.close()
    assert '"downloaded"' in audit_of(served)


@pytest.mark.parametrize(
    "path",
    [
        "/media/0000000000000000000000000000000000000000000000000000000000000000.csv",
        "//media/../media/x.csv",
        "/app/static/deals.duckdb",
        "/data/deals.duckdb",
        "/static/../../data/deals.duckdb",
        "/_stcore/upload_file/x/y",
        "/component/deals/../deals.duckdb",
    ],
)
def test_streamlits_own_addresses_hand_out_nothing(served: Served, page: Page, path: str) -> None:
    """Neither a file in memory nor one on disk: there is none, or there is the page that asks to sign in."""
    answer = page.request.get(served.url + path)
    assert answer.status in REFUSED or "<title>Streamlit</title>" in answer.text()


def test_no_upload_without_the_role(sign_in: SignIn, served: Served, page: Page) -> None:
    """Not by a stranger, who may have a session, and not by a leader: nothing is taken into memory."""
    assert page.request.put(f"{served.url}/_stcore/upload_file/any/file").status in REFUSED
    page = sign_in("ada")
    expect(page.get_by_text("Data as of")).to_be_visible(timeout=WAIT)
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "_streamlit_xsrf")
    answer = page.request.put(f"{served.url}/_stcore/upload_file/any/file", headers={"X-Xsrftoken": token}, multipart={"file": "x"})
    assert answer.status in REFUSED


@pytest.mark.parametrize("cookie", ["_streamlit_user=forged", '_streamlit_user={"is_logged_in":true,"email":"ada@example.com"}'])
def test_a_forged_cookie_is_none(served: Served, browser: Browser, cookie: str) -> None:
    """It is not signed by us."""
    name, _, value = cookie.partition("=")
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": served.url}])
    forged = context.new_page()
    forged.goto(served.url)
    expect(forged.get_by_role("button", name="Sign in")).to_be_visible(timeout=WAIT)
    context.close()


@pytest.mark.parametrize("came_from", ["https://evil.example/team", "{url}//evil.example/", "{url}/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_leads_to_no_other_site(served: Served, page: Page, came_from: str) -> None:
    """What is no page of this server is neither kept nor followed."""
    place = came_from.format(url=served.url)
    asked = page.request.get(f"{served.url}/auth/login", headers={"Referer": place}, max_redirects=0)
    assert asked.status == 302
    assert "sameside_way_back" not in str(asked.headers)
    back = page.request.get(
        f"{served.url}/oauth2callback", headers={"Cookie": f"sameside_way_back={quote(place, safe='')}"}, max_redirects=0
    )
    assert (back.status, back.headers["location"]) == (302, "/")


def test_no_secret_is_in_the_log(served: Served) -> None:
    """After all that was asked of the server above."""
    log = served.log.read_text()
    assert [secret for secret in ("the client's secret", "what signs the cookies of this test") if secret in log] == []
    assert "Traceback" not in log
