"""What several sentences share: the names of the groups, a rate with its counts, and the definition in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms

PRODUCT = "Same Side"
CUSTOMER, SELLER = "Customer-focused", "Seller-focused"
TOO_FEW = "too few"
DOWNLOAD = "Download CSV"
OPEN, NOTHING = "Open", "–"
IN_WORDS = "The same in words and as a table"

_BY_VALUE = "Win rates weigh deals by their amount on the landmark day; the steps from claim to evidence, and alike deals, are by deals."
_BY_DEALS = "The figures here count deals, also where win rates are asked for by value."
_EMPTY_FIELD = "An empty field means “not documented”, not “does not care about the customer”."


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a page's question: in a word, in a sentence, what to know or to do beside it, and what it does not show."""

    in_a_word: str
    sentence: str
    note: str = ""
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """The words of a chart: its heading, what it shows in a line for those who cannot see it, in sentences, and as a table to read.

    name is that of its CSV and of its place on the page.
    """

    name: str
    title: str
    intro: str
    alt: str
    sentences: tuple[str, ...]
    table: pl.DataFrame


def rate(row: Mapping[str, Any], group: str, step: float = 1.0) -> str:
    """Return a group's win rate with its numerator and denominator; `row` is a step of the evidence ladder."""
    return f"{rounding.percent(row[f'{group}_rate'], step)} ({counts(row, group)})"


def counts(row: Mapping[str, Any], group: str) -> str:
    """Return a group's won deals of its deals."""
    return rounding.of(row[f"{group}_won"], row[f"{group}_deals"])


def behind(row: Mapping[str, Any], terms: Terms) -> str:
    """Return numerator and denominator of the win rate of a row such as metrics.win_rate has: deals, or amounts where it is by value."""
    if row.get("counted_by") != "value":
        return counts_of(row)
    step = rounding.step_of(None, None, row["won_amount"], row["amount"])
    return rounding.part_of(*(rounding.money(row[name], terms.currency, step) for name in ("won_amount", "amount")))


def amounts_behind(by_value: pl.DataFrame | None, terms: Terms) -> dict[str, str]:
    """Return by focus what is behind the rates of metrics.win_rate by value; without it nothing, as counts of deals are at hand."""
    return {} if by_value is None else {row["focus"]: behind(row, terms) for row in by_value.iter_rows(named=True)}


def _rate_of(row: Mapping[str, Any], terms: Terms) -> str:
    by_value = row.get("counted_by") == "value"
    deals = f"; {counts_of(row)} deals" if by_value else ""
    return f"{rounding.percent(row['win_rate'], 0.1)}{' by value' * by_value} ({behind(row, terms)}{deals})"


def counts_of(row: Mapping[str, Any]) -> str:
    """Return the won deals of the deals of a row of one group."""
    return rounding.of(row["won"], row["deals"])


def interval_of(row: Mapping[str, Any], step: float = 1.0) -> str:
    """Return the interval of the win rate of a row of one group, in per cent."""
    return rounding.between(*(rounding.percent(row[end], step) for end in ("low", "high")))


def told(row: Mapping[str, Any] | None, terms: Terms) -> str:
    """Return all there is to say of a row of one group: its rate with counts and interval, or counts alone where deals are too few."""
    if row is None or not row["deals"]:
        return "no deals"
    if row["deals"] < FEW_DEALS:
        return f"{counts_of(row)} won, too few for a rate"
    return f"{_rate_of(row, terms)}, 95% interval {interval_of(row, 0.1)}"


def interval(row: Mapping[str, Any], step: float) -> str:
    """Return the interval of a gap in points."""
    return rounding.between(*(rounding.number(100 * row[end], step) for end in ("low", "high")))


def size(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return a gap in points without its sign, with its unit, and its interval, read in the same direction."""
    step = rounding.points_step(row["low"], row["high"])
    ends = sorted(abs(100 * row[end]) for end in ("low", "high"))
    return rounding.points(abs(row["difference"]), step), rounding.between(*(rounding.number(end, step) for end in ends))


def signed(row: Mapping[str, Any]) -> str:
    """Return a gap in points with its sign and, where it has one, its interval."""
    step = rounding.points_step(row["low"], row["high"])
    gap = rounding.points(row["difference"], step, signed=True)
    return gap if row["low"] is None else f"{gap} (95% interval {interval(row, step)})"


def whole_points(difference: float) -> int:
    """Return a gap as it is shown in whole points, so that changes between gaps on a page add up."""
    return int(rounding.number(100 * difference).replace("−", "-"))


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]])


_FACTORS = {
    "stage": "stage",
    "owner": "rep",
    "team": "team",
    "icp_fit": "fit",
    "segment": "segment",
    "amount_band": "amount",
    "deal_type": "deal type",
    "lead_source": "lead source",
    "pipeline": "pipeline",
}


def factors(names: Iterable[str]) -> str:
    """Return what alike deals share, in the words that people use."""
    return listed([_FACTORS.get(name, name) for name in names])


def is_few(row: Mapping[str, Any]) -> bool:
    """Return whether either group has too few deals for a rate to be shown."""
    return bool(min(row["customer_deals"], row["seller_deals"]) < FEW_DEALS)


def step_of(ladder: pl.DataFrame, step: int) -> dict[str, Any]:
    """Return a step of the evidence ladder."""
    return ladder.row(by_predicate=pl.col("step") == step, named=True)


def needed(terms: Terms) -> str:
    """Return how many answers make a deal customer-focused."""
    if terms.questions == 1:
        return "the one buyer question"
    least = "all" if terms.answers_needed == terms.questions else f"at least {terms.answers_needed} of"
    return f"{least} {terms.questions} buyer questions"


def definition(terms: Terms, *, is_by_deals: bool = False) -> list[str]:
    """Return what the two groups are, what counts as a win, and which deals are in.

    is_by_deals says it of figures that count deals whatever the definition in force.
    """
    day, last = terms.landmark_day, terms.landmark_day + terms.horizon_days
    if not terms.has_field_history:
        return [
            f"{CUSTOMER}: {needed(terms)} answered on the day of the export. {SELLER}: fewer. {_EMPTY_FIELD}",
            "Win rate: won / (won + lost), over closed deals.",
        ]
    return [
        f"{CUSTOMER}: {needed(terms)} answered at the end of day {day} after creation. {SELLER}: fewer. {_EMPTY_FIELD}",
        f"Won: by day {last}, that is {terms.horizon_days} days later. {_not_won(terms, is_by_deals=is_by_deals)}",
        f"Cohort: deals open at the end of day {day}, created {last} days or more before {rounding.day(terms.as_of)}.",
    ]


def _not_won(terms: Terms, *, is_by_deals: bool) -> str:
    """Return which deals are not won, and how a deal weighs, as the definitions have it."""
    said = ["Deals still open then are left out." if terms.denominator == "decided" else "Lost and still open then both count as not won."]
    if terms.no_decision == "out":
        said.append("Deals lost to no decision are left out.")
    if len(said) > 1 or terms.denominator == "decided":
        said.append("Leaving deals out for how they ended makes this a description, not a comparison.")
    if terms.is_by_value:
        said.append(_BY_DEALS if is_by_deals else _BY_VALUE)
    return " ".join(said)


def crm_line(crm: Mapping[str, Any], terms: Terms) -> str:
    """Return the figures as the CRM's own reports show them for the same deals, so that they can be recognised."""
    if crm["win_rate"] is None:
        return "As your CRM shows these deals: none is closed yet."
    rate_of_all = f"win rate {rounding.percent(crm['win_rate'], 0.1)}"
    parts = [f"{rate_of_all} ({rounding.whole(crm['won'])} won of {rounding.whole(crm['won'] + crm['lost'])} closed)"]
    if crm["mean_days_won"] is not None:
        parts.append(f"{rounding.days(crm['mean_days_won'], 0.1)} to a win on average")
    if crm["won_amount"]:
        parts.append(f"{rounding.amount(float(crm['won_amount']), terms.currency)} won")
    return f"As your CRM shows these deals: {', '.join(parts)}."
