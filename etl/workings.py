"""What several metrics start from, worked out once for a scope and kept in memory, where it stands in for the metric.

A metric calls others by name, and DuckDB looks for `metrics.like_for_like` in one catalog after the other. A kept result is a catalog of
its own that holds a macro of that name, which returns the rows: put before the file's catalog, it is found first. Definitions stay in
SQL, one each; with or without kept results the numbers are the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import duckdb

STARTS_FROM: Mapping[str, tuple[str, ...]] = {
    "like_for_like": ("landmark_cells",),
    "balance": ("landmark_cells", "like_for_like"),
    "verdict": ("landmark_cells", "like_for_like", "balance"),
    "evidence_ladder": ("like_for_like",),
    "headline": ("evidence_ladder", "win_rate", "sales_cycle", "value_weighted"),
    "robustness": ("verdict",),
    "answer_patterns": ("like_for_like",),
    "landmark_cells": (),
    "win_rate": (),
    "sales_cycle": (),
    "value_weighted": (),
}
"""The metrics whose results are kept, and the kept results that each starts from, all of the same scope and without a dimension."""

_MOST_KEPT = 100
_ARGUMENTS = (
    "dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), "
    "landmark_stage := null, strata := null"
)
_FILE = tuple(f"deals.{schema}" for schema in ("metrics", "prepared", "macros", "marts", "intermediate", "staging", "raw", "main"))


class Workings:
    """Results kept beside a file that is attached as `deals`; the oldest are let go of. May be shared between threads."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Start with none. `con` stays the caller's."""
        self._con = con
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = threading.RLock()
        self._made = 0
        self._near = self._shadow("landmark_deals", "select * from metrics.kept_deals(landmark_day := landmark_day)", self.cursor(()))

    def cursor(self, catalogs: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
        """Return a cursor that finds metrics in these catalogs first, then in the file."""
        cursor = self._con.cursor()
        path = ", ".join((*(f"{catalog}.metrics" for catalog in catalogs), *_FILE))
        cursor.execute("use deals")
        cursor.execute(f"set search_path = '{path.replace(' ', '')}'")
        return cursor

    def before(self, name: str, arguments: dict[str, Any], *, is_near: bool, is_whole: bool) -> tuple[str, ...]:
        """Return the catalogs that stand before the file's for a metric, working out what is missing.

        is_near: the landmark is one that is kept, so that no other need be looked up; is_whole: no dimension is asked for.
        """
        near = (self._near,) if is_near else ()
        if not is_whole:
            return near
        return (*(self.kept(other, arguments, is_near=is_near) for other in STARTS_FROM.get(name, ())), *near)

    def kept(self, name: str, arguments: dict[str, Any], *, is_near: bool) -> str:
        """Return the catalog that holds the result of a metric, worked out where it is not there yet."""
        key = (name, repr(arguments))
        with self._lock:
            if key not in self._kept:
                cursor = self.cursor(self.before(name, arguments, is_near=is_near, is_whole=True))
                self._kept[key] = self._worked_out(name, arguments, cursor)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                _, oldest = self._kept.popitem(last=False)
                self._con.cursor().execute(f"detach {oldest}")
            return self._kept[key]

    def _worked_out(self, name: str, arguments: dict[str, Any], cursor: duckdb.DuckDBPyConnection) -> str:
        catalog = self._catalog(cursor)
        call = ", ".join(f"{each} := ${each}" for each in arguments)
        cursor.execute(f"create table {catalog}.main.kept as from metrics.{name}({call})", arguments)
        cursor.execute(f"create macro {catalog}.metrics.{name}({_ARGUMENTS}) as table from {catalog}.main.kept")
        return catalog

    def _shadow(self, name: str, sql: str, cursor: duckdb.DuckDBPyConnection) -> str:
        catalog = self._catalog(cursor)
        cursor.execute(f"create macro {catalog}.metrics.{name}({_ARGUMENTS}) as table {sql}")
        return catalog

    def _catalog(self, cursor: duckdb.DuckDBPyConnection) -> str:
        self._made += 1
        catalog = f"kept_{self._made}"
        cursor.execute(f"attach ':memory:' as {catalog}")
        cursor.execute(f"create schema {catalog}.metrics")
        return catalog
