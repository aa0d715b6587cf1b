"""How long the queries of each page take when a filter is changed, beside the same metrics on the bare marts.

Every scope of a fixed list is new to the database, as after a change of a filter: a page then asks all that it shows. The other side asks
the same questions with the same SQL, but nothing prepared and nothing kept stands in for any part of it: each metric starts from the marts
of deals, answers and history, as it would if somebody called it with settings of their own. Both must give the same rows.

`python -m tests.benchmarks.queries DATA_FOLDER [PAGE ...] [--cpu]` prints ours alone for more scopes: median, 95th percentile and longest in
milliseconds; with --cpu of processor time, which other programs on the machine disturb less. Drawing, and Streamlit itself, are not in it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from etl.queries import DIMENSIONS, Database, Scope, _map
from tests.benchmarks.table import Line, beside

Asked = tuple[str, Mapping[str, Any]]
_FEW = 2  # scopes of the comparison

PAGES: dict[str, tuple[Asked, ...]] = {
    "Overview": (
        *((name, {}) for name in ("verdict", "evidence_ladder", "headline", "crm_figures")),
        ("win_rate", {"by": "created_quarter"}),
    ),
    "Win rate": (
        *((name, {}) for name in ("headline", "evidence_ladder", "simpson", "win_rate_by_answers", "answers_trend", "fit_by_focus")),
        ("win_rate", {"by": "team"}),
    ),
    "Sales cycle": tuple(
        (name, {})
        for name in (
            "verdict",
            "cycle_quantiles",
            "log_rank",
            "sales_cycle",
            "curves",
            "curve_at",
            "cycle_spread",
            "stage_times",
            "friction",
        )
    ),
    "Buyer questions": (
        ("like_for_like", {"by": "question"}),
        ("question_rates", {}),
        ("effects", {"by": "question"}),
        ("questions_jointly", {}),
    ),
    "Is it real?": (
        *((name, {}) for name in ("verdict", "like_for_like", "robustness", "balance", "mantel_haenszel", "simpson")),
        ("like_for_like", {"strata": ("owner",)}),
        ("sensitivity", {}),
        ("other_methods", {}),
    ),
    "Team": (
        *((name, {}) for name in ("owner_rates", "owner_spread", "funnel_limits")),
        *(("group_rates", {"by": by}) for by in ("all", "team", "owner")),
        *(("late_answers", {"by": by}) for by in ("all", "team", "owner")),
        *(("adoption", {"by": by}) for by in ("all", "team")),
    ),
    "Coaching": (("coaching", {"row_limit": 100}), *(("coaching_summary", {"by": by}) for by in ("owner", "all", "question"))),
    "Data health": (
        ("data_problems", {}),
        ("junk_answers", {"row_limit": 50}),
        ("suspected_duplicates", {"row_limit": 50}),
    ),
}


def scopes(database: Database) -> list[Scope]:
    """Return the scopes that are asked one after the other: single values, two dimensions, quarters, tags and definitions."""
    first = {dimension: database.choices(dimension)[:1] for dimension in DIMENSIONS}
    second = {dimension: database.choices(dimension)[1:2] for dimension in DIMENSIONS}
    values: list[dict[str, Any]] = [{name: tuple(found)} for each in (first, second) for name, found in each.items() if found]
    single = [Scope(**named) for named in values]
    pairs = [
        Scope(segment=tuple(first["segment"]), team=tuple(first["team"])),
        Scope(deal_type=tuple(first["deal_type"]), lead_source=tuple(first["lead_source"])),
    ]
    last = (database.created_between() or (date.min, date.min))[1]
    quarters = [Scope(created_from=date(last.year - 1, 1, 1), created_to=date(last.year - 1, 6, 30))]
    tags = [Scope(landmark_day=14), Scope(landmark_day=60), Scope(landmark_day=90), Scope(answers_needed=2), Scope(answers_needed=4)]
    definitions = [Scope(denominator="decided"), Scope(no_decision="out"), Scope(count_by="value")]
    return [*single, *pairs, *quarters, *tags, *definitions]


def timed(folder: Path, pages: Sequence[str], clock: Callable[[], float]) -> dict[str, list[float]]:
    """Return how long each page took for each scope, in milliseconds; a page starts with nothing kept of any scope."""
    took: dict[str, list[float]] = {}
    for page in pages:
        database = Database.of_folder(folder)
        for scope in scopes(database):
            start = clock()
            for name, more in (("left_out", {}), *PAGES[page]):
                getattr(database, name)(scope, **more)
            took.setdefault(page, []).append((clock() - start) * 1000)
    return took


class Bare(Database):
    """A database whose metrics start from the marts, whatever is prepared or kept."""

    def __init__(self, path: Path) -> None:
        """Open a published file, and look up which metrics can be asked for a horizon: who says one is given nothing that is prepared."""
        super().__init__(path)
        told = self._ask(
            "select function_name, parameters from duckdb_functions() where schema_name = 'metrics' and database_name = 'deals'"
        )
        self._parameters = dict(told.iter_rows())
        self._horizon = self.settings()["horizon_days"]

    def _metric(self, name: str, scope: Scope, **more: Any) -> pl.DataFrame:
        asked = {"landmark_day": scope.landmark_day, "answers_needed": scope.answers_needed, "scope": _map(scope), **more}
        own = {"horizon_days": self._horizon} if "horizon_days" in self._parameters[name] else {}
        call = ", ".join(f"{key} := ${key}" for key in (*asked, *own))
        return self._ask(f"from metrics.{name}({call})", {**asked, **own})


def measure(folder: Path) -> list[Line]:
    """Measure every page by both sides for a few scopes, in seconds, and compare their rows."""
    lines = []
    for page, asked in PAGES.items():
        ours, bare = Database.of_folder(folder), Bare.of_folder(folder)
        took: tuple[list[float], list[float]] = ([], [])
        for scope in scopes(ours)[:_FEW]:
            (frames, fast), (others, slow) = (_asked(database, scope, asked) for database in (ours, bare))
            for frame, other in zip(frames, others, strict=True):
                assert_frame_equal(frame, other, check_row_order=False, check_dtypes=False, rel_tol=1e-9, abs_tol=1e-9)
            took[0].append(fast)
            took[1].append(slow)
        lines.append(beside(f"queries of {page}", took[0], "the same SQL on the bare marts", took[1]))
    return lines


def _asked(database: Database, scope: Scope, asked: Sequence[Asked]) -> tuple[list[pl.DataFrame], float]:
    """Return the rows of each question, and the seconds of all."""
    began = time.perf_counter()
    frames = [getattr(database, name)(scope, **more) for name, more in asked]
    return frames, time.perf_counter() - began


def main() -> None:
    """Print the table of pages."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    took = timed(Path(words[0]), words[1:] or list(PAGES), time.process_time if "--cpu" in sys.argv else time.perf_counter)
    sys.stdout.write(f"{'page':<16} {'median':>8} {'95%':>8} {'longest':>8}  ({len(next(iter(took.values())))} scopes, ms)" + "\n")
    for page, each in took.items():
        ordered = sorted(each)
        sys.stdout.write(
            f"{page:<16} {ordered[len(ordered) // 2]:>8.0f} {ordered[int(0.95 * (len(ordered) - 1))]:>8.0f} {ordered[-1]:>8.0f}" + "\n"
        )


if __name__ == "__main__":
    main()
