"""What pages have asked of one database, each question worked out once: by the page that asks, or by a helper that runs ahead of it.

What is asked of all deals is likely to be asked of a part of them next. So a helper may work that out too while nobody else asks anything:
then the commonest click, on one filter, finds its answers there.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import zip_longest
from typing import Any

import polars as pl

from etl.queries import DIMENSIONS, KEPT_DAYS, Database, Scope

Question = tuple[Any, ...]
"""The name of a query of Database, and what it takes after the scope."""

_MOST_KEPT = 4000
_MOST_VALUES = 8  # of a dimension that are likely to be asked for
_QUIET = 2.0  # seconds without a question, from which on nobody is kept waiting
_OF_ONE_DEAL = frozenset({"deal_facts", "deal_questions", "deal_list"})


class Answers:
    """Frames of one database, the last ones asked for; shared by all visitors and their threads."""

    def __init__(self, database: Database, likely: Sequence[Scope] = ()) -> None:
        """Start with none. Of `likely` scopes, the likeliest first, what is asked of all deals is worked out while nobody asks anything."""
        self.database = database
        self._likely = likely
        self._waiting: list[tuple[int, int, Question]] = []
        self._numbers = itertools.count()
        self._asked_at = time.monotonic()
        self._is_at_it = False
        self._idler = ThreadPoolExecutor(1, thread_name_prefix="idle")
        self._kept: OrderedDict[tuple[Scope, Question], Future[pl.DataFrame]] = OrderedDict()
        self._lock = threading.Lock()
        self._helpers = ThreadPoolExecutor(max(1, min(4, (os.cpu_count() or 1) - 1)), thread_name_prefix="ahead")

    def ask(self, scope: Scope, question: Question) -> pl.DataFrame:
        """Return the rows of a question; who asks while another works it out waits for that. Raises what the query raises."""
        self._asked_at = time.monotonic()
        answer = self._answer(scope, question)
        self._asked_at = time.monotonic()
        return answer

    def _answer(self, scope: Scope, question: Question) -> pl.DataFrame:
        key = (scope, question)
        with self._lock:
            answer = self._kept.get(key)
            is_new = answer is None
            if answer is None:
                answer = self._kept[key] = Future()
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        if is_new:
            self._work_out(key, answer)
            if scope == Scope() and question[0] not in _OF_ONE_DEAL:
                self._await_quiet(question)
        return answer.result()

    def ahead(self, asks: Sequence[Callable[[], object]]) -> None:
        """Have asked what a page is about to ask in this order: from the last, until page and helper meet."""
        for ask in reversed(asks):
            self._helpers.submit(ask)

    def _work_out(self, key: tuple[Scope, Question], answer: Future[pl.DataFrame]) -> None:
        scope, (name, *more) = key
        try:
            answer.set_result(getattr(self.database, name)(scope, *more))
        except BaseException as error:  # noqa: BLE001 - whoever waits must be told, whatever it was
            with self._lock:
                self._kept.pop(key, None)
            answer.set_exception(error)

    def _await_quiet(self, question: Question) -> None:
        """Put a question on the list of what to ask of likely scopes, and have the helper begin where it had nothing to do."""
        with self._lock:
            for rank in range(len(self._likely)):
                heapq.heappush(self._waiting, (rank, next(self._numbers), question))
            is_to_begin = bool(self._waiting) and not self._is_at_it
            self._is_at_it = self._is_at_it or is_to_begin
        if is_to_begin:
            self._submit()

    def _ask_next(self) -> None:
        """Ask the likeliest question of the list once nobody asks anything; then the next, until the list or the program ends."""
        if time.monotonic() - self._asked_at < _QUIET:
            threading.Event().wait(_QUIET / 10)
        else:
            with self._lock:
                rank, _, question = heapq.heappop(self._waiting)
            with suppress(Exception):  # who asks the same will be told
                self._answer(self._likely[rank], question)
        with self._lock:
            self._is_at_it = bool(self._waiting)
        if self._is_at_it:
            self._submit()

    def _submit(self) -> None:
        with suppress(RuntimeError):  # the program ends
            self._idler.submit(self._ask_next)


def one_choice_away(database: Database) -> list[Scope]:
    """Return the scopes that are one choice away from all deals, the likeliest first: values of each dimension, then other landmarks."""
    named = [[Scope(**{name: (value,)}) for value in database.choices(name)[:_MOST_VALUES]] for name in DIMENSIONS]  # type: ignore[arg-type]
    several = [scopes for scopes in named if len(scopes) > 1]
    own = database.settings()["landmark_day"]
    days = [Scope(landmark_day=day) for day in KEPT_DAYS if day != own]
    ranked = [scope for scopes in zip_longest(*several) for scope in scopes if scope is not None]
    return [*ranked[: len(several)], *days, *ranked[len(several) :]]
