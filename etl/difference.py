"""Why a figure moved between two frozen versions: parts by reason that add up to the change, exactly.

A win rate is won / deals of a group at the landmark. Between version A and version B a deal may change what it counts there, and each
that does has one reason, or two where both its outcome and its tag changed. The change is walked from A to B in the order of REASONS: in
each step all deals with that reason take the value that they have in B, and the part of a reason is the figure after the step less the
figure before it. So the parts telescope: they add up to the change by construction, also of quotients, and the counts after each step stand
beside them, so that anyone can check. Parts of counts do not hang on the order, but for deals with two reasons; parts of a quotient do,
like every decomposition of one that goes step by step: deals come before others go, so that a group is never emptied on the way, and a
reason is judged among the deals that the steps before it left. Differences are reckoned as fractions and rounded once, when they are told.

The like-for-like difference weighs deals by who their partners are, so that each deal's share hangs on all others: only its change is
given. Source: standardisation of rates step by step, Das Gupta (1993), Standardization and Decomposition of Rates: A User's Manual, U.S.
Bureau of the Census, P23-186.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from etl.csvtext import Style, from_guarded
from etl.errors import UsageError
from etl.export import DEALS
from etl.queries import Database, Scope
from etl.snapshots import manifest_of

REASONS = ("came", "became old enough", "late history", "re-tagged", "changed outcome", "other", "went")
"""Why a deal counts other than before, in the order of the walk:
came: not among the deals of A
became old enough: too young to tell in A
late history: its tag, or whether it has one, is another since changes of answers up to the landmark became known, or were lost
re-tagged: the same with no such change: settings are others, or a text is now judged otherwise
changed outcome: won by the horizon in one, not in the other
other: it joined the comparison or left it for another reason, such as a date that was put right
went: not among the deals of B
"""

_TAGGING = ("landmark_day", "answers_needed", "horizon_days")
_COUNTS = ("customer_won", "customer_deals", "seller_won", "seller_deals")
FIGURES = ("customer_deals", "customer_won", "customer_win_rate", "seller_deals", "seller_won", "seller_win_rate", "win_rate_difference")
"""The figures that are taken apart: counts of deals, win rates (0 to 1), and customer's less seller's."""
LIKE_FOR_LIKE = "like_for_like_difference"
KEY = ["source", "deal_id"]


@dataclass(frozen=True, slots=True)
class Side:
    """A frozen version: its load and settings, each deal as Database.tagged_deals has it, and the like-for-like difference, if any."""

    load_id: str
    settings: dict[str, Any]
    scope: dict[str, Any]
    deals: pl.DataFrame
    like_for_like: float | None


def side_of(path: Path, scope: Scope) -> Side:
    """Return the version at a path: a snapshot, which has its scope, or a published file, asked for this one."""
    if path.is_dir():
        return _of_snapshot(path)
    return side_of_database(Database(path), scope)


def side_of_database(database: Database, scope: Scope) -> Side:
    """Return an open file as a side, in a scope."""
    settings = database.settings()
    chosen = {name: getattr(scope, name, None) or settings[name] for name in _TAGGING}
    alike = _like_for_like(database.like_for_like(scope))
    described = json.loads(json.dumps(scope.described(), default=str))
    return Side(database.load_id, chosen, described, database.tagged_deals(scope), alike)


def difference(before: Side, after: Side) -> pl.DataFrame:
    """Return why each figure moved: per figure a row `before`, one per reason, and a row `after`.

    figure; reason; deals: that count other than before for this reason; change: the part of the reason, in units of the figure, and in the
    row `after` the whole change; figure_value: the figure after that step; customer_won, customer_deals, seller_won, seller_deals: the
    counts behind it. The parts add up to the whole change. A win rate of no deals is null, and so are parts that would begin or end
    there. Of the like-for-like difference the rows `before` and `after` alone are given.
    Raises UsageError where the two are not of one scope.
    """
    if before.scope != after.scope:
        raise UsageError(
            "the two are not of the same deals: their scopes differ",
            where=f"{before.scope or 'all deals'} and {after.scope or 'all deals'}",
            todo="Export both with the same filters and definitions.",
        )
    steps = _walk(before, after)
    rows = [row for figure in FIGURES for row in _rows(figure, steps)]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return pl.concat([frame, pl.DataFrame(_unparted(before, after, steps), schema=_SCHEMA, orient="row")])


_TEXTS = (*KEY, "part", "focus")
_ENOUGH = 0.5
_SCHEMA = {
    "figure": pl.String,
    "reason": pl.String,
    "deals": pl.Int64,
    "change": pl.Float64,
    "figure_value": pl.Float64,
    **dict.fromkeys(_COUNTS, pl.Int64),
}


def settings_that_differ(before: Side, after: Side) -> list[str]:
    """Return the settings of the tag that are not the same, in words: what the reasons cannot tell from the deals."""
    return [
        f"{name.replace('_', ' ')}: {before.settings[name]}, then {after.settings[name]}"
        for name in _TAGGING
        if before.settings[name] != after.settings[name]
    ]


def changes(before: Side, after: Side) -> pl.DataFrame:
    """Return the deals that count other than before, a row per deal and reason: KEY, reason, and by how much each count changes.

    A deal that stays in the comparison with another tag and another outcome has two rows: first its tag changes, then its outcome.
    """
    both = before.deals.join(after.deals, on=KEY, how="full", coalesce=True, suffix="_after").with_columns(
        was_counted=(pl.col("part") == "compared").fill_null(value=False),
        is_counted=(pl.col("part_after") == "compared").fill_null(value=False),
    )
    moved = both.filter(pl.col("was_counted") | pl.col("is_counted")).with_columns(stays=pl.col("was_counted") & pl.col("is_counted"))
    moved = moved.with_columns(is_tagged_anew=pl.col("stays") & (pl.col("focus") != pl.col("focus_after"))).with_columns(reason=_reason())
    came_first = pl.when("is_tagged_anew").then("is_won").otherwise("is_won_after")  # the outcome between the two steps
    old = _counts(pl.col("was_counted"), pl.col("focus"), pl.col("is_won"))
    between = _counts(pl.col("is_counted"), pl.col("focus_after"), came_first)
    new = _counts(pl.col("is_counted"), pl.col("focus_after"), pl.col("is_won_after"))
    steps = pl.concat(
        [
            moved.select(*KEY, "reason", *((between[name] - old[name]).alias(name) for name in _COUNTS)),
            moved.select(*KEY, pl.lit("changed outcome").alias("reason"), *((new[name] - between[name]).alias(name) for name in _COUNTS)),
        ]
    )
    return steps.filter(pl.any_horizontal(pl.col(*_COUNTS) != 0))


def _reason() -> pl.Expr:
    """Return why a deal counts other than before; of one that is tagged anew, why its tag is another."""
    known = pl.col("is_tagged_anew") | (pl.col("part") == "timing unknown") | (pl.col("part_after") == "timing unknown")
    return (
        pl.when(pl.col("part").is_null())
        .then(pl.lit("came"))
        .when(pl.col("part_after").is_null())
        .then(pl.lit("went"))
        .when(known & (pl.col("changes_known") != pl.col("changes_known_after")))
        .then(pl.lit("late history"))
        .when(known)
        .then(pl.lit("re-tagged"))
        .when("stays")
        .then(pl.lit("changed outcome"))
        .when(pl.col("part") == "too young")
        .then(pl.lit("became old enough"))
        .otherwise(pl.lit("other"))
    )


def _counts(is_counted: pl.Expr, focus: pl.Expr, is_won: pl.Expr) -> dict[str, pl.Expr]:
    """Return what a deal adds to each count, 0 or 1."""
    groups = {"customer": focus == "customer-focused", "seller": focus == "seller-focused"}
    each = {f"{name}_won": is_counted & group & is_won for name, group in groups.items()}
    each |= {f"{name}_deals": is_counted & group for name, group in groups.items()}
    return {name: count.fill_null(value=False).cast(pl.Int64) for name, count in each.items()}


@dataclass(frozen=True, slots=True)
class _Step:
    """A station of the walk: the deals that moved for its reason, and the counts that it leaves."""

    reason: str
    deals: int | None
    customer_won: int
    customer_deals: int
    seller_won: int
    seller_deals: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return (self.customer_won, self.customer_deals, self.seller_won, self.seller_deals)

    def value(self, figure: str) -> Fraction | None:
        """Return a figure at this station; None for a rate of no deals."""
        customer = Fraction(self.customer_won, self.customer_deals) if self.customer_deals else None
        seller = Fraction(self.seller_won, self.seller_deals) if self.seller_deals else None
        match figure:
            case "customer_win_rate":
                return customer
            case "seller_win_rate":
                return seller
            case "win_rate_difference":
                return None if customer is None or seller is None else customer - seller
            case _:
                return Fraction(getattr(self, figure))


def _walk(before: Side, after: Side) -> list[_Step]:
    """Return the stations from the one version to the other: `before`, one per reason, and `after`, counted anew from its own deals."""
    moved = changes(before, after)
    steps = [_Step("before", None, *_counted(before))]
    for reason in REASONS:
        rows = moved.filter(pl.col("reason") == reason)
        sums = [int(rows[name].sum()) for name in _COUNTS]
        steps.append(_Step(reason, rows.height, *(old + change for old, change in zip(steps[-1].counts, sums, strict=True))))
    return [*steps, _Step("after", None, *_counted(after))]


def _counted(side: Side) -> tuple[int, ...]:
    each = _counts(pl.col("part") == "compared", pl.col("focus"), pl.col("is_won"))
    return side.deals.select(count.sum().alias(name) for name, count in each.items()).select(_COUNTS).row(0)


def _rows(figure: str, steps: list[_Step]) -> list[tuple[Any, ...]]:
    values = [step.value(figure) for step in steps]
    parts: list[Fraction | None] = [None]
    for old, new in pairwise(values):
        parts.append(None if old is None or new is None else new - old)
    parts[-1] = None if values[0] is None or values[-1] is None else values[-1] - values[0]
    return [
        (figure, step.reason, step.deals, _rounded(part), _rounded(value), *step.counts)
        for step, part, value in zip(steps, parts, values, strict=True)
    ]


def _unparted(before: Side, after: Side, steps: list[_Step]) -> list[tuple[Any, ...]]:
    """Return the two rows of the like-for-like difference, of which no parts are given."""
    old, new = before.like_for_like, after.like_for_like
    change = None if old is None or new is None else new - old
    first, last = steps[0], steps[-1]
    return [(LIKE_FOR_LIKE, "before", None, None, old, *first.counts), (LIKE_FOR_LIKE, "after", None, change, new, *last.counts)]


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _like_for_like(frame: pl.DataFrame) -> float | None:
    """Return the difference in win rate of metrics.like_for_like, as step 5 of the ladder gives it: null where few deals have a partner."""
    row = frame.filter(comparison="like for like", measure="win_rate", contrast="buyer").filter(pl.col("share_compared") >= _ENOUGH)
    return float(row["difference"][0]) if row.height and row["difference"][0] is not None else None


def _of_snapshot(folder: Path) -> Side:
    manifest = manifest_of(folder)
    if manifest is None:
        raise UsageError(
            "this folder is no snapshot: it has no manifest",
            where=str(folder),
            todo="Name a folder that `sameside export` wrote, or a published .duckdb file.",
        )
    scope = manifest["scope"]
    settings = {name: scope.get(name, manifest["settings"][name]) for name in _TAGGING}
    deals, alike = _read(folder, manifest, DEALS), _read(folder, manifest, "like_for_like")
    return Side(manifest["load_id"], settings, scope, deals.cast({"source": pl.String, "deal_id": pl.String}), _like_for_like(alike))


def _read(folder: Path, manifest: dict[str, Any], name: str) -> pl.DataFrame:
    """Return a file of a snapshot as the frame that was written; raises UsageError where it lacks the file, or it was tampered with."""
    form = manifest["format"]
    file = f"{name}.{'parquet' if form['format'] == 'parquet' else 'csv'}"
    listed = {each["file"]: each["sha256"] for each in manifest["files"]}
    content = (folder / file).read_bytes() if file in listed and (folder / file).is_file() else b""
    if sha256(content).hexdigest() != listed.get(file):
        raise UsageError(
            f"{file} is missing, or is not what the manifest says",
            where=str(folder),
            todo="Take the snapshot as it was exported, from this version on.",
        )
    if form["format"] == "parquet":
        return pl.read_parquet(content)
    style = Style(form["separator"], form["decimal"])
    frame = pl.read_csv(
        content,
        separator=style.separator,
        decimal_comma=style.decimal == ",",
        schema_overrides=dict.fromkeys(_TEXTS, pl.String) | {"is_won": pl.Boolean, "difference": pl.Float64, "share_compared": pl.Float64},
        infer_schema_length=None,
    )
    return frame.with_columns(from_guarded(text, style) for text in _TEXTS if text in frame.columns)
