"""What pages have asked of one database, each question worked out once: by the page that asks, or by a helper that runs ahead of it."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import polars as pl

from etl.queries import Database, Scope

Question = tuple[Any, ...]
"""The name of a query of Database, and what it takes after the scope."""

_MOST_KEPT = 500


class Answers:
    """Frames of one database, the last ones asked for; shared by all visitors and their threads."""

    def __init__(self, database: Database) -> None:
        """Start with none."""
        self.database = database
        self._kept: OrderedDict[tuple[Scope, Question], Future[pl.DataFrame]] = OrderedDict()
        self._lock = threading.Lock()
        self._helpers = ThreadPoolExecutor(max(1, min(4, (os.cpu_count() or 1) - 1)), thread_name_prefix="ahead")

    def ask(self, scope: Scope, question: Question) -> pl.DataFrame:
        """Return the rows of a question; who asks while another works it out waits for that. Raises what the query raises."""
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
