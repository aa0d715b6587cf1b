"""Escapes: a manager of North and a rep of North try to see the deals of South, each attempt by a name; none may be let through.

Every text of the company bears the code word of its rep. What a page sends to the browser is searched for them byte by byte, and so is every
file that it hands over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import access, asking, data, loading
from dashboard.wording import data_health as health
from dashboard.wording import loading as load_words
from dashboard.wording import sql as sql_words
from dashboard.wording.deal import unknown
from etl import audit
from etl.access import EVERYONE, Audience
from etl.ask import ask
from etl.audiences import path_of
from etl.errors import DatabaseError, NotGranted, SameSideError
from etl.publish import current, earlier
from tests.dashboard.pages import PAGES, read, script
from tests.security.conftest import NOW, claims
from tests.security.world import deal_id, words

pytestmark = pytest.mark.security

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
NORTH, SOUTH = Audience(teams=("North",)), Audience(teams=("South",))
MANAGER, REP, LEADER = "ben@example.com", "ann@example.com", "ada@example.com"
OTHERS = {MANAGER: words("South"), REP: (*words("South"), "bluewren")}
"""Who tries, and the code words that they must not see."""
UNKNOWN = unknown("an id").in_a_word


@dataclass
class Seen:
    """A page as it was sent to the browser, and the files that it hands over."""

    app: AppTest
    files: dict[str, Callable[[], bytes]] = field(default_factory=dict)

    def words(self, among: tuple[str, ...]) -> set[str]:
        """Return which code words are in anything that was sent, or would be."""
        sent = b"".join(self._sent()).lower()
        return {word for word in among if word.encode() in sent}

    def _sent(self) -> Iterator[bytes]:
        for block in (self.app.main, self.app.sidebar):
            yield from (each.proto.SerializeToString() for each in block if hasattr(each.proto, "SerializeToString"))
        yield from (make() for make in self.files.values())


Look = Callable[..., Seen]


@pytest.fixture
def look(company: Path, provider: None, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Return a function that shows somebody a page of the company."""
    monkeypatch.setenv("SAMESIDE_DATA", str(company))

    def shown(email: str, page: str = "", state: dict[str, Any] | None = None, **parameters: str | list[str]) -> Seen:
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = claims(email)
        seen = Seen(app)
        button = st.download_button

        def handed_over(label: str, content: Any, name: str, *arguments: Any, **more: Any) -> bool:
            seen.files[name] = content
            return button(label, content, name, *arguments, **more)

        monkeypatch.setattr(st, "download_button", handed_over)
        for name, value in (state or {}).items():
            app.session_state[name] = value
        if page:
            app.switch_page(script(page))
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        monkeypatch.setattr(st, "download_button", button)
        assert not app.exception
        return seen

    return shown


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_the_deals_of_others(look: Look, page: str) -> None:
    """Nor does any file that it hands over; to their leader it shows them."""
    own = {"deal": {"deal": deal_id("Ann Amberfox", 1)}}.get(page, {})
    for email, others in OTHERS.items():
        seen = look(email, page, **own)
        assert seen.words(others) == set()
        assert seen.words(("amberfox",)) or page == "definitions"


def test_what_searches_finds(look: Look) -> None:
    """The same pages show their leader the words of all reps."""
    for page in ("overview", "team", "data_health"):
        assert look(LEADER, page).words(words("North", "South")) == set(words("North", "South"))


URLS: dict[str, tuple[str, dict[str, str | list[str]]]] = {
    "another team": ("overview", {"team": "South"}),
    "another rep": ("team", {"owner": "Sue Scarletowl"}),
    "all teams": ("win_rate", {"team": ["North", "South"], "by": "team"}),
    "another rep's segment": ("win_rate", {"segment": "scarletowl segment", "by": "segment"}),
    "a list of deals by owner": ("win_rate", {"by": "owner", "deals by owner": "Sue Scarletowl customer-focused"}),
    "reps to coach": ("coaching", {"reps": ["Sue Scarletowl", "Tom Tealcrane"]}),
    "a word for everyone": ("overview", {"as": "everyone"}),
    "another audience by its key": ("overview", {"as": SOUTH.key}),
    "another audience by its name": ("overview", {"as": "Team South", "audience": SOUTH.key, "version": "deals.duckdb"}),
    "markup in a filter": ("overview", {"team": "South' or 1=1 --"}),
    "an earlier version": ("data_health", {"moved-since": "deals.duckdb"}),
    "the deal of another": ("deal", {"deal": deal_id("Sue Scarletowl", 1)}),
    "a deal by a pattern": ("deal", {"deal": "006%"}),
    "a deal by a condition": ("deal", {"deal": "' or deal_id like '%"}),
    "two deals": ("deal", {"deal": [deal_id("Ann Amberfox", 1), deal_id("Sue Scarletowl", 1)]}),
}


@pytest.mark.parametrize("attempt", URLS)
def test_no_address_leads_to_them(look: Look, attempt: str) -> None:
    """Of what is typed nothing is repeated but the id of a deal, which is told not to be there."""
    page, parameters = URLS[attempt]
    seen = look(REP, page, **parameters)
    typed = {word for value in parameters.values() for word in OTHERS[REP] if page == "deal" and word in str(value)}
    assert seen.words(OTHERS[REP]) <= typed
    assert page != "deal" or UNKNOWN in read(seen.app)


@pytest.mark.parametrize("state", ["everyone", SOUTH.key, "team-0000000000000000", "../deals", EVERYONE, SOUTH, 0, None])
def test_looking_as_somebody_else_is_not_taken(look: Look, state: Any) -> None:
    """Whatever a session is made to hold: who may look as one team looks as that, who may as two is back at the first."""
    for email in (MANAGER, "max@example.com"):
        seen = look(email, "team", {access.AS: state} if email == MANAGER else None, **({"as": str(state)} if email != MANAGER else {}))
        assert seen.words(words("South")) == set()
        assert seen.words(words("North")) == set(words("North"))


def test_looking_as_is_a_choice_among_what_is_granted(look: Look) -> None:
    """Who manages a team and sells looks as either, and then sees no more than that."""
    seen = look("max@example.com", "team")
    box = seen.app.selectbox(key=access.AS)
    assert box.options == ["Team North", "Your deals"]
    seen.files.clear()
    box.set_value(box.proto.options and Audience(owner="Ann Amberfox").key).run()
    assert seen.words(("bluewren", *words("South"))) == set()


@pytest.mark.parametrize("order", [(LEADER, REP), (REP, MANAGER)])
def test_what_one_saw_is_not_kept_for_the_other(look: Look, order: tuple[str, str]) -> None:
    """The same page with the same filters, one after the other and back: each sees what is theirs, whoever asked first."""
    st.cache_data.clear()
    st.cache_resource.clear()
    told: dict[str, str] = {}
    for email in (*order, order[0]):
        seen = look(email, "team", landmark="60")
        assert seen.words(OTHERS.get(email, ())) == set()
        assert told.setdefault(email, read(seen.app)) == read(seen.app)
    assert len(set(told.values())) == 2


QUESTIONS = {"sql": sql_words.QUESTION, "load_data": load_words.QUESTION}


@pytest.mark.parametrize(
    ("email", "page"), [(MANAGER, "load_data"), (REP, "sql"), (REP, "load_data"), (LEADER, "sql"), (LEADER, "load_data")]
)
def test_a_page_of_another_role_is_not_there(look: Look, email: str, page: str) -> None:
    """Neither in the menu nor by its address."""
    seen = look(email, page)
    assert QUESTIONS[page] not in read(seen.app)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        seen.app.switch_page(script(page))


def test_an_operator_sees_no_deals(look: Look) -> None:
    """The page to load is all there is, at every address."""
    for page in ("", "deal", "team", "sql"):
        seen = look("otto@example.com", page, deal=deal_id("Ann Amberfox", 1))
        assert load_words.QUESTION in read(seen.app)
        assert seen.words(words("North", "South")) == set()


def test_an_analyst_has_queries(look: Look) -> None:
    """On the deals that they may see."""
    for email in (MANAGER, "ana@example.com"):
        assert look(email, "sql").app.text_area(key="sql-text").value == sql_words.FIRST_QUERY


QUERIES = {
    "all deals": "from marts.deals",
    "all raw deals": "from raw.deals",
    "who owned them before": "from raw.owner_changes",
    "what was rejected": "from raw.rejects",
    "every text of the settings": "from raw.settings_log",
    "the columns of the export": "from raw.load_columns",
    "the values of the fields": "from raw.field_values",
    "the published file": "attach '{whole}' as whole",
    "the published file as a table": "from '{whole}'",
    "the file of South": "attach '{south}' as south (read_only)",
    "the file of South, read": "from read_blob('{south}')",
    "the folder": "from glob('{folder}/*')",
    "the databases that are open": "from duckdb_databases()",
    "where the file lies": "select current_setting('temp_directory')",
    "another database by its name": "from whole.marts.deals",
    "the export": "from read_csv('{folder}/../exports/Opportunity.csv')",
    "a copy out": "copy (from marts.deals) to '{folder}/out.csv'",
    "a type's names": "select unnest(enum_range(null::staging.known_name))",
    "the statistics of a column": "from pragma_storage_info('raw.deals')",
    "comments of all relations": "select comment from duckdb_tables() union all select comment from duckdb_views()",
    "a query in a query": "from query('from marts.deals')",
}


@pytest.mark.parametrize("attempt", QUERIES)
def test_no_query_reaches_them(company: Path, attempt: str) -> None:
    """It gives what is in the own file, or a reason why not."""
    whole = current(company)
    named = {"whole": whole, "south": path_of(whole, SOUTH), "folder": company}
    try:
        answer = ask(path_of(whole, NORTH), QUERIES[attempt].format(**named), asking.limits())
        told = str(answer.frame.rows())
    except SameSideError as error:
        told = str(error)
    assert not [word for word in words("South") if word in told.lower()]
    assert not (company / "out.csv").exists()


def test_a_query_without_the_role_is_not_asked(look: Look, company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever calls for it."""
    look(REP)
    monkeypatch.setattr(access, "_claims", lambda: claims(REP))
    with pytest.raises(NotGranted):
        access.allow("analyst")
    with pytest.raises(NotGranted):
        loading.hand_in([])
    with pytest.raises(NotGranted):
        loading.load(loading.Choices(()))
    monkeypatch.setattr(loading, "start_over", lambda: pytest.fail("a rep began a load"))
    loading.begin_sample()


def test_earlier_versions_are_those_of_the_audience(company: Path) -> None:
    """And no other file is compared with, whatever is asked for."""
    whole = current(company)
    [before] = earlier(whole)
    own = data.Data(str(whole), NORTH)
    assert [each["version"] for each in own.earlier()] == [str(path_of(before, NORTH))]
    changes, _ = own.moved_since(str(path_of(before, NORTH)), data.Scope())
    assert changes.filter(figure="win_rate_difference", reason="changed outcome")["deals"].sum() == 0
    for other in (before, whole, path_of(before, SOUTH)):
        with pytest.raises(DatabaseError):
            own.moved_since(str(other), data.Scope())


def test_what_was_read_of_all_deals_is_not_told(look: Look) -> None:
    """Data health of a part of the deals has no account of the loads; that of all has."""
    of_loads = ("Rows of the export", *(title for title, _ in (health.READ, health.REJECTS)))
    assert [each for each in of_loads if each in read(look(MANAGER, "data_health").app)] == []
    assert [each for each in of_loads if each in read(look(LEADER, "data_health").app)] == list(of_loads)


def test_files_have_one_way_out() -> None:
    """The one that asks who looks, and the audit trail; beside it the settings of a load, which hold no deals, go to who loaded."""
    made_in = {path.name for path in APP.parent.rglob("*.py") if "download_button(" in path.read_text(encoding="utf-8")}
    assert made_in == {"cards.py", "load_outcome.py"}


def test_the_report_is_about_own_deals(look: Look) -> None:
    """It says whose, and how many."""
    seen = look(MANAGER)
    [report] = [make().decode() for name, make in seen.files.items() if name.endswith(".html")]
    assert "Team North" in report
    assert "40 deals" in report
    assert not [word for word in words("South") if word in report.lower()]


def test_a_file_says_whose_deals_it_holds(look: Look) -> None:
    """Beside each row."""
    files = {name: make() for name, make in look(MANAGER, "team").files.items() if name.endswith(".csv")}
    told = {row["scope"] for content in files.values() for row in csv.DictReader(io.StringIO(content.decode()))}
    assert told == {"Team North"}


def test_who_has_no_file_yet_is_told(look: Look) -> None:
    """And sees nothing else."""
    seen = look("new@example.com", "team")
    assert "Your deals are being prepared" in read(seen.app)
    assert "the RevOps team" in read(seen.app)
    assert seen.words(words("North", "South")) == set()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"is_logged_in": False}, "Sign in with the account of your organisation"),
        ({"iat": NOW - 13 * 3600}, "Your session has ended"),
        ({"email": "eve@example.com"}, "You signed in as eve@example.com, which is granted nothing here. Ask the RevOps team for access."),
        ({"email_verified": False}, "does not say that this e-mail address is verified"),
    ],
)
def test_outside_there_is_nothing_but_the_door(look: Look, company: Path, given: dict[str, Any], said: str) -> None:
    """At every address; no file is opened, and no widget is drawn that filters would show through."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.user = claims(LEADER) | given
    app.switch_page(script("team"))
    app.query_params["owner"] = "Sue Scarletowl"
    app.run()
    assert not app.exception
    assert said in read(app)
    assert Seen(app).words(words("North", "South")) == set()
    assert not app.selectbox
    assert not app.sidebar.multiselect


def test_what_was_done_stands_in_the_audit_log(look: Look, company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who, what, and as which audience; a query with its text."""
    kept: list[tuple[str, str, dict[str, Any]]] = []
    monkeypatch.setattr(audit, "record", lambda folder, event, who, **facts: kept.append((event, who, facts)))
    seen = look(MANAGER, "sql")
    seen.app.text_area(key="sql-text").set_value("from marts.deals limit 1")
    seen.app.button(key="sql-run").click().run()
    look(MANAGER, "team").files["reps_2025-02-01.csv"]()
    assert ("asked_sql", MANAGER, {"sql": "from marts.deals limit 1", "audience": NORTH.key}) in kept
    assert ("downloaded", MANAGER, {"file": "reps_2025-02-01.csv", "audience": NORTH.key}) in kept
