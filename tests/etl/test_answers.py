"""What pages have asked is worked out once, whoever asks first."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any, cast

import polars as pl
import pytest

from etl import answers
from etl.answers import Answers
from etl.queries import Database, Scope


class Counted:
    """Stands in for a database: counts what it is asked, and waits for a signal before it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def headline(self, scope: Scope) -> pl.DataFrame:
        self.asked.append((scope,))
        assert self.may_answer.wait(10)
        return pl.DataFrame({"number": [len(self.asked)]})

    def verdict(self, scope: Scope) -> pl.DataFrame:
        self.asked.append((scope,))
        if len(self.asked) == 1:
            raise OSError("the disk is gone")
        return pl.DataFrame({"number": [len(self.asked)]})


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def kept(counted: Counted) -> Answers:
    return Answers(cast("Database", counted))


def test_an_answer_is_worked_out_once(counted: Counted, kept: Answers) -> None:
    """The same scope and question give the same frame; another scope is another question."""
    assert kept.ask(Scope(), ("headline",)) is kept.ask(Scope(), ("headline",))
    assert kept.ask(Scope(landmark_day=60), ("headline",))["number"][0] == 2
    assert counted.asked == [(Scope(),), (Scope(landmark_day=60),)]


def test_who_asks_meanwhile_waits_for_the_same_answer(counted: Counted, kept: Answers) -> None:
    """A page and the helper that runs ahead of it never work out the same."""
    counted.may_answer.clear()
    found: list[pl.DataFrame] = []
    threads = [threading.Thread(target=lambda: found.append(kept.ask(Scope(), ("headline",)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    counted.may_answer.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 4
    assert counted.asked == [(Scope(),)]


def test_what_is_asked_ahead_is_there(counted: Counted, kept: Answers) -> None:
    """From the last, which the page comes to last."""
    scopes = [Scope(landmark_day=day) for day in (14, 30, 60)]
    kept.ahead([partial(kept.ask, scope, ("headline",)) for scope in scopes])
    assert [kept.ask(scope, ("headline",)).height for scope in scopes] == [1, 1, 1]
    assert sorted(counted.asked, key=repr) == [(scope,) for scope in scopes]


def test_a_question_that_failed_is_asked_anew(kept: Answers) -> None:
    """Whoever waits is told, and nobody else is."""
    with pytest.raises(OSError, match="the disk is gone"):
        kept.ask(Scope(), ("verdict",))
    assert kept.ask(Scope(), ("verdict",))["number"][0] == 2


def test_the_oldest_answers_are_let_go_of(counted: Counted, kept: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as may be kept, the last ones asked for."""
    monkeypatch.setattr(answers, "_MOST_KEPT", 2)
    for day in (14, 30, 14, 60, 14, 30):
        kept.ask(Scope(landmark_day=day), ("headline",))
    assert [scope.landmark_day for (scope,) in counted.asked] == [14, 30, 60, 30]
