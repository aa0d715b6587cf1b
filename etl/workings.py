"""What several metrics start from, worked out once for a scope and kept in memory, where it stands in for the metric.

A metric calls others by name, and DuckDB looks for `metrics.like_for_like` in one catalog after the other. A kept result is a catalog of
its own that holds a macro of that name, which returns the rows: put before the file's catalog, it is found first. Definitions stay in
SQL, one each; with or without kept results the numbers are the same.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

STARTS_FROM: Mapping[str, tuple[str, ...]] = {
    "compared_deals": (),
    "landmark_cells": (),
    "win_rate": (),
    "sales_cycle": (),
    "won_amounts": (),
    "value_weighted": ("won_amounts",),
    "like_for_like": ("landmark_cells",),
    "balance": ("landmark_cells", "like_for_like"),
    "findings": ("landmark_cells", "like_for_like"),
    "verdict": ("findings", "balance"),
    "evidence_ladder": ("like_for_like",),
    "headline": ("evidence_ladder", "win_rate", "sales_cycle", "won_amounts"),
    "robustness": ("verdict",),
    "effects": ("landmark_cells", "like_for_like"),
    "answer_patterns": ("like_for_like",),
    "owner_rates": (),
    "funnel_limits": ("owner_rates",),
    "owner_spread": ("owner_rates",),
}
"""The metrics whose results are kept, and the kept results that each starts from beside BASE, all of the same arguments."""

BASE = "compared_deals"
"""What metrics start from, whatever dimension they are asked for, but for these two kinds:"""

OF_ALL_DEALS = frozenset({"left_out", "deal_list", "deal_facts", "adoption", "coaching", "coaching_summary", "data_problems"})
"""The metrics that look at more deals than those that are compared."""

OF_RESULTS = frozenset(
    {"like_for_like", "effects", "balance", "findings", "verdict", "robustness", "headline", "funnel_limits", "owner_spread"}
)
"""The metrics that read nothing but kept results."""

_MOST_KEPT = 100
_MOST_ROWS = 5_000_000  # about 80 bytes each
_ARGUMENTS = (
    "dimension := 'all', landmark_day := null, answers_needed := null, horizon_days := null, scope := map([]::varchar[], []::varchar[][]), "
    "landmark_stage := null, strata := null"
)
SEARCH_PATH = tuple(f"deals.{schema}" for schema in ("metrics", "prepared", "macros", "marts", "intermediate", "staging", "raw", "main"))
"""Where names without a schema are looked for in the file."""
_BASE_OF_A_DIMENSION = """
select * replace (
    macros.value_of(
        dimension, segment, deal_type, lead_source, owner, team, pipeline, icp_fit, landmark_band, currency, created_date, created_quarter
    ) as by_value
)
from {catalog}.main.kept
"""
_NEAR = {
    "landmark_deals": "select * from metrics.kept_deals(landmark_day := landmark_day)",
    "landmark_answers": "select * from metrics.kept_answers(landmark_day := landmark_day)",
}
_BY_DEALS = {
    "win_rate": """
select *, 'deals' as counted_by, null::double as won_amount, null::double as amount
from metrics.win_rate_by_deals(
    dimension := dimension, landmark_day := landmark_day, answers_needed := answers_needed, horizon_days := horizon_days, scope := scope
)
"""
}


@dataclass(frozen=True, slots=True)
class View:
    """What metrics are asked for: landmark_day, answers_needed and scope, and a dimension unless that is all.

    is_near: the landmark is one that is kept, so that no other need be looked up. is_by_deals: deals are counted, not their amounts.
    is_in_cells: prepared.landmark_cells hold what the view asks for, see macros.is_counted_in_cells.
    """

    arguments: Mapping[str, Any]
    is_near: bool
    is_by_deals: bool
    is_in_cells: bool

    def whole(self) -> View:
        """Return the view without its dimension."""
        return replace(self, arguments={name: value for name, value in self.arguments.items() if name != "dimension"})


@dataclass(slots=True)
class _Result:
    """A kept result: its catalog once it is worked out, its rows, and how many read it now."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    catalog: str | None = None
    rows: int = 0
    readers: int = 0


def _needs_base(name: str, view: View, *, is_plain: bool) -> bool:
    """Return whether a metric reads deals that are compared one by one."""
    if name == BASE or name in OF_ALL_DEALS:
        return False
    return not (is_plain and (name in OF_RESULTS or (name == "landmark_cells" and view.is_in_cells)))


class Workings:
    """Results kept beside a file that is attached as `deals`. May be shared between threads.

    The oldest are let go of, by number and by rows, as soon as nobody reads them.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Start with none. `con` stays the caller's."""
        self._con = con
        self._kept: OrderedDict[tuple[str, str], _Result] = OrderedDict()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._near = self._shadows(_NEAR)
        self._by_deals = self._shadows(_BY_DEALS)

    def cursor(self, catalogs: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
        """Return a cursor that finds metrics in these catalogs first, then in the file."""
        cursor = self._con.cursor()
        path = ",".join((*(f"{catalog}.metrics" for catalog in catalogs), *SEARCH_PATH))
        cursor.execute("use deals")
        cursor.execute(f"set search_path = '{path}'")
        return cursor

    @contextmanager
    def standing_in(self, name: str, view: View, *, is_plain: bool) -> Iterator[tuple[str, ...]]:
        """Work out what a metric starts from where that is missing, and yield the catalogs to find it in; they last as long as the context.

        is_plain: the metric is asked for nothing that the view does not hold.
        """
        others = STARTS_FROM.get(name, ()) if is_plain else ()
        shadows = (*((self._by_deals,) if view.is_by_deals else ()), *((self._near,) if view.is_near else ()))
        with ExitStack() as readers:
            kept = [readers.enter_context(self.kept(each, view)) for each in others]
            if _needs_base(name, view, is_plain=is_plain):
                kept.append(readers.enter_context(self.kept(BASE, view.whole())))
            yield (*kept, *shadows)

    @contextmanager
    def kept(self, name: str, view: View) -> Iterator[str]:
        """Work out a metric where it is not kept yet, and yield the catalog whose main.kept holds its rows."""
        key = (name, repr(view.arguments))
        with self._lock:
            result = self._kept.setdefault(key, _Result())
            self._kept.move_to_end(key)
            result.readers += 1
        try:
            with result.lock:
                if result.catalog is None:
                    result.catalog, result.rows = self._worked_out(name, view)
            yield result.catalog
        finally:
            with self._lock:
                result.readers -= 1
                self._let_go()

    def _worked_out(self, name: str, view: View) -> tuple[str, int]:
        with self.standing_in(name, view, is_plain=True) as catalogs:
            cursor, catalog = self.cursor(catalogs), self._catalog()
            call = ", ".join(f"{each} := ${each}" for each in view.arguments)
            rows = cursor.execute(f"create table {catalog}.main.kept as from metrics.{name}({call})", view.arguments).fetchone()
            sql = _BASE_OF_A_DIMENSION.format(catalog=catalog) if name == BASE else f"from {catalog}.main.kept"
            cursor.execute(f"create macro {catalog}.metrics.{name}({_ARGUMENTS}) as table {sql}")
            return catalog, int(rows[0]) if rows else 0

    def _let_go(self) -> None:
        """Detach the oldest results beyond what may be kept, but for those that somebody reads, and forget those that failed."""
        rows = sum(result.rows for result in self._kept.values())
        for key, result in list(self._kept.items()):
            is_too_much = len(self._kept) > _MOST_KEPT or (rows > _MOST_ROWS and result.rows)
            if result.readers or not (is_too_much or result.catalog is None):
                continue
            del self._kept[key]
            rows -= result.rows
            if result.catalog is not None:
                self._con.cursor().execute(f"detach {result.catalog}")

    def _shadows(self, macros: Mapping[str, str]) -> str:
        """Return a catalog of metrics that say the same in fewer words, where more is known of what is asked."""
        catalog = self._catalog()
        for name, sql in macros.items():
            self.cursor().execute(f"create macro {catalog}.metrics.{name}({_ARGUMENTS}) as table {sql}")
        return catalog

    def _catalog(self) -> str:
        catalog = f"kept_{next(self._numbers)}"
        cursor = self._con.cursor()
        cursor.execute(f"attach ':memory:' as {catalog}")
        cursor.execute(f"create schema {catalog}.metrics")
        return catalog
