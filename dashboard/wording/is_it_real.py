"""Is it real? Whether the finding among alike deals survives what could make it look better than it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_OWNERS, Alike, Terms
from dashboard.wording.beside import Fact
from dashboard.wording.common import Answer, Picture, factors, interval, listed, signed, size
from dashboard.wording.rows import Axis, Dot, Row, alt
from dashboard.wording.verdict import CAVEAT, COMPARED, untold

QUESTION = "Is it real?"
BEARS = "How much it can bear"
BEARS_INTRO = "What it would take to turn the finding, and what it takes to be surer."
MEANS = "What these figures mean"
GAP_AXIS = Axis(
    "Gap in win rate, in points", lambda points: rounding.number(points, signed=True), reference=0.0, reference_text="no difference"
)

_FOUND = {"more", "less"}


@dataclass(frozen=True, slots=True)
class Check:
    """A way of asking again: how it reads in a list, and on a row; the gap with its interval, or the range that it stays in."""

    name: str
    title: str
    note: str
    difference: float | None
    low: float | None
    high: float | None
    deals: str = ""

    @property
    def holds(self) -> bool:
        """Return whether the whole interval lies on one side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def agrees(self, difference: float) -> bool:
        """Return whether the check sees a difference, on the side that another lies on."""
        return self.holds and self.difference is not None and self.difference * difference > 0


def _row(compared: pl.DataFrame, comparison: str, contrast: str = "buyer") -> dict[str, Any]:
    """Return a row of metrics.like_for_like of the win rate; empty where there is none."""
    rows = compared.filter(comparison=comparison, measure="win_rate", contrast=contrast)
    return rows.row(0, named=True) if rows.height else {}


def checks(compared: pl.DataFrame, same_rep: pl.DataFrame, robust: Mapping[str, Any], terms: Terms) -> list[Check]:
    """Return what the finding is put to: the same rep's deals, tidiness, any one rep left out, and looking every week.

    `compared` and `same_rep` are metrics.like_for_like with the settings' strata and with the rep alone, `robust` is the row of
    metrics.robustness. What the export cannot tell is no check.
    """
    alike, beyond, own = (
        _row(compared, "like for like"),
        _row(compared, "like for like", "buyer minus neutral"),
        _row(same_rep, "like for like"),
    )
    made = [
        _of_row(
            own if terms.has_owners else {},
            "among the same rep’s deals",
            "Within each rep",
            "one rep’s deals, side by side",
        ),
        _of_row(beyond, "beyond tidy record-keeping", "Beyond tidy record-keeping", "less what filled neutral fields go with"),
        _left_one_out(alike if terms.has_owners else {}),
        _always(alike, robust),
    ]
    return [check for check in made if check is not None and check.low is not None]


def _of_row(row: Mapping[str, Any], name: str, title: str, note: str) -> Check | None:
    if not row or row["difference"] is None:
        return None
    deals = f"{rounding.of(row['deals_compared'], row['deals'])} deals"
    return Check(name, title, note, row["difference"], row["low"], row["high"], deals)


def _left_one_out(row: Mapping[str, Any]) -> Check | None:
    if not row or row["owners"] < FEW_OWNERS:
        return None
    note = f"lowest and highest gap when one of {row['owners']} reps is left out"
    return Check(
        "without any one rep", "Without any one rep", note, row["difference"], row["lowest_without_one"], row["highest_without_one"]
    )


def _always(row: Mapping[str, Any], robust: Mapping[str, Any]) -> Check | None:
    if not row or robust["always_valid_low"] is None:
        return None
    note = "an interval that holds however often it is looked at"
    ends = robust["always_valid_low"], robust["always_valid_high"]
    return Check("however often it is looked at", "Looked at every week", note, robust["difference"], *ends)


def answer(verdicts: pl.DataFrame, asked: Sequence[Check], alike: Alike, terms: Terms, deals: int) -> Answer:
    """Return whether the finding of metrics.verdict on the win rate survives the checks, in how many of them and in which."""
    row = verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)
    if said := untold(row, alike, terms, deals):
        return said
    if row["low"] is None:
        gap = rounding.points(row["difference"], signed=True)
        few = f"a range takes the deals of {FEW_OWNERS} reps or more"
        return Answer("No telling", f"Among alike deals the gap is {gap}, but no check can tell whether it holds: {few}.")
    if row["state"] in _FOUND:
        return _survives(row, asked)
    return _nil(row, asked)


def _survives(row: Mapping[str, Any], asked: Sequence[Check]) -> Answer:
    kept = [check for check in asked if check.agrees(row["difference"])]
    lost = [check for check in asked if check not in kept]
    gap, ends = size(row)
    often = "more" if row["difference"] > 0 else "less"
    finding = f"That alike customer-focused deals win {gap} {often} often (95% interval {ends})"
    if not asked:
        return Answer("Not put to the test", f"{finding} could not be checked any further: the export tells too little.", "", CAVEAT)
    in_a_word = "It holds" if not lost else "It holds in part" if kept else "It does not hold"
    which = f": {listed([check.name for check in kept])}" if kept and lost else ""
    sentence = f"{finding} holds in {_how_many(len(kept), len(asked))}{which}."
    note = f"No longer certain: {listed([_told(check) for check in lost])}." if lost else ""
    return Answer(in_a_word, sentence, note, CAVEAT)


def _how_many(kept: int, asked: int) -> str:
    checks = f"{asked} checks" if asked > 1 else "the one check"
    if kept == asked:
        return f"all {checks}" if asked > 1 else checks
    return f"none of {checks}" if not kept else f"{kept} of {checks}"


def _told(check: Check) -> str:
    return f"{check.name} ({_gap(check)})"


def _gap(check: Check) -> str:
    """Return a check's gap and interval in points."""
    row = {"difference": check.difference, "low": check.low, "high": check.high}
    step = gap_step(check.low, check.high)
    return f"{rounding.number(100 * (check.difference or 0.0), step, signed=True)}, {interval(row, step)}"


def gap_step(low: float | None, high: float | None) -> float:
    """Return the step for a gap in points: tenths where an end would be rounded to 0, so that its side is seen."""
    near = any(end is not None and end != 0 and rounding.number(100 * end) == "0" for end in (low, high))
    return 0.1 if near else rounding.points_step(low, high)


def _nil(row: Mapping[str, Any], asked: Sequence[Check]) -> Answer:
    what = "no meaningful difference" if row["state"] == "no meaningful difference" else "no clear difference"
    sentence = f"Among alike deals there is {what} that could be put to the test: {signed(row)}."
    seen = [check for check in asked if check.holds]
    if not asked:
        return Answer("Nothing to confirm", sentence, "", CAVEAT)
    if seen:
        others = f"{rounding.of(len(seen), len(asked))} checks would see one: {listed([_told(check) for check in seen])}."
        return Answer("Nothing to confirm", f"{sentence} {others}", "What a check sees and the comparison does not is no finding.", CAVEAT)
    every = f"None of the {len(asked)} checks sees one either." if len(asked) > 1 else "The one check sees none either."
    return Answer("Nothing to confirm", f"{sentence} {every}", "", CAVEAT)


def rows(compared: pl.DataFrame, verdicts: pl.DataFrame, asked: Sequence[Check]) -> list[Row]:
    """Return the forest: as observed, like for like, and each check; the strong row is the finding.

    Alike deals that are too few to compare have no dot, and say so.
    """
    row = verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)
    observed = _of_row(_row(compared, "as observed"), "as observed", "As observed", "at equal age, not made alike")
    alike = _of_row(_row(compared, "like for like"), "like for like", "Like for like", f"same {factors(row['strata'] or [])}")
    is_told = row["state"] in COMPARED
    made = [_check_row(observed)] if observed and row["state"] != "too few" else []
    if alike and is_told:
        made.append(_check_row(alike, is_strong=True))
        made += [_check_row(check) for check in asked]
    return made


def _check_row(check: Check, *, is_strong: bool = False) -> Row:
    return Row(check.title, (_dot(check, is_strong=is_strong),), check.note)


def _dot(check: Check, *, is_strong: bool = False) -> Dot:
    ends = () if check.low is None else (f"95% interval or range: {interval({'low': check.low, 'high': check.high}, 0.1)}",)
    return Dot(
        100 * (check.difference or 0.0),
        "strong" if is_strong else "quiet",
        f"{_gap(check).replace(', ', ' (', 1)})"
        if check.low is not None
        else rounding.number(100 * (check.difference or 0.0), signed=True),
        check.deals,
        None if check.low is None else 100 * check.low,
        None if check.high is None else 100 * check.high,
        (check.title, f"Gap: {rounding.points(check.difference or 0.0, 0.1, signed=True)}", *ends, *([check.deals] if check.deals else [])),
    )


def checks_picture(made: Sequence[Row]) -> Picture:
    """Return the words of the forest."""
    intro = (
        "The gap in win rate, customer-focused less seller-focused, asked in different ways. The boldest row is the finding. Lines are 95% "
        "intervals; of “without any one rep” the line is the range of the gap."
    )
    return Picture(
        "checks", "Asked in different ways", intro, alt("Gap in win rate in points", made), gap_sentences(made), gap_table(made, "Asked")
    )


def gap_sentences(made: Iterable[Row]) -> tuple[str, ...]:
    """Return rows of gaps in words, a sentence a row."""
    return tuple(f"{row.title}: {f'{row.dots[0].text} points; ' if row.dots else ''}{row.note}.".replace("; .", ".") for row in made)


def gap_table(made: Iterable[Row], what: str) -> pl.DataFrame:
    """Return rows of gaps as a table to read."""
    told = [
        (row.title, row.dots[0].text if row.dots else "–", row.dots[0].behind if row.dots else "–", row.note)
        for row in made
    ]  # fmt: skip
    return pl.DataFrame(told, schema=dict.fromkeys((what, "Gap in points (interval)", "Deals compared", "Note"), pl.String), orient="row")


def bears(robust: Mapping[str, Any], verdicts: pl.DataFrame) -> list[Fact]:
    """Return what it would take to turn the finding, from metrics.robustness and metrics.verdict; nothing where nothing is compared."""
    row = verdicts.row(by_predicate=pl.col("measure") == "win_rate", named=True)
    if row["state"] not in COMPARED:
        return []
    told = {
        "Something unseen": _unseen(robust, row["difference"]),
        "Deals still needed": _needed(row),
        "For those who look every week": _weekly(robust),
    }
    return [Fact(label, text) for label, text in told.items() if text]


def _unseen(robust: Mapping[str, Any], difference: float) -> str:
    if robust["e_value"] is None or robust["e_value_of_limit"] is None:
        return ""
    whole, limit = (rounding.number(robust[name], 0.1) for name in ("e_value", "e_value_of_limit"))
    if robust["e_value_of_limit"] == 1:
        return "The interval holds 0 as it is: nothing unseen is needed to explain the gap."
    both = (
        f"make both the answers and the win {whole} times as likely"
        if difference > 0
        else f"make the answers {whole} times as likely and the win {whole} times less likely, or the other way round"
    )
    return (
        f"To explain the whole gap, something that is not recorded would have to {both}; {limit} times is enough to move the interval to 0."
    )


def _needed(row: Mapping[str, Any]) -> str:
    if row["detectable_difference"] is None or row["deals_needed"] is None:
        return ""
    margin = rounding.points(row["margin"], 0.1 if round(1000 * row["margin"]) % 10 else 1.0)
    seen = f"With these {rounding.whole(row['deals'])} deals one of {rounding.points(row['detectable_difference'])} would have been seen."
    if not row["deals_needed"]:
        return f"None: these {rounding.whole(row['deals'])} deals would show a gap of {margin} four times in five."
    more = rounding.number(row["deals_needed"], max(1.0, rounding.step_of(None, None, row["deals_needed"])))
    return f"About {more} more, to see a gap of {margin} four times in five. {seen}"


def _weekly(robust: Mapping[str, Any]) -> str:
    if robust["always_valid_low"] is None:
        return ""
    row = {"low": robust["always_valid_low"], "high": robust["always_valid_high"]}
    ends = interval(row, gap_step(row["low"], row["high"]))
    holds = "still lies on one side of 0" if row["low"] > 0 or row["high"] < 0 else "holds 0"
    return f"Who looks often finds something by chance sooner or later. The interval that allows for it is {ends} points and {holds}."


MEANINGS = (
    (
        "Something unseen: the E-value. A factor that is not recorded would have to make it so many times as likely both that the "
        "questions are answered and that the deal is won, beyond all that is held equal, to explain the gap; where customer-focused deals "
        "win less often, one of the two so many times less likely. At 1 nothing is needed."
    ),
    "Deals still needed: at how much reps differ here, until a gap of the margin would be seen four times in five.",
    "For those who look every week: a confidence sequence. Its interval is wider, and may be looked at as often as one likes.",
    "Without any one rep: the comparison is repeated without each rep in turn. A finding that hangs on one rep changes its sign.",
    "Beyond tidy record-keeping: who keeps all fields tidy fills neutral ones too, and what these go with is taken off.",
)
