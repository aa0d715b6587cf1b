"""Whether the data can carry the comparison: what was read, what was wrong with it, and what that does to the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import FEW_DEALS, Terms
from dashboard.wording import frame, guard
from dashboard.wording import junk as reasons
from dashboard.wording.beside import Fact
from dashboard.wording.coaching import labels
from dashboard.wording.common import Answer, listed
from dashboard.wording.table import Table, made

QUESTION = "Can the data carry the comparison?"
ROWS = 200
"""Texts, and groups of duplicates, that are shown and handed over as CSV at most."""

FAULTS_TOLD = ("Faults in the deals", "Counted over the deals in scope. A deal may have several.")
PARTS = ("Which deals can be compared", "Every deal in scope has one part. Deals that are young or decided early are no fault of the data.")
READ = ("What was read", "Each file of the load. Rows read = rows loaded + rows not usable.")
GONE = ("Columns that are gone", "Columns that fed something in an earlier export, and are not in the latest one.")
OVER_TIME = ("What the loads before knew", "Each load goes on from the ones before, and updates deals by their id.")
REJECTS = ("What could not be used", "By file and reason, with an example. Where a value alone is wrong, its row was loaded without it.")
FIELDS = ("How the fields are filled", "The fields that the settings ask for, on the day of the export.")
JUNK = (
    "Texts that are no answers",
    "What stands in the fields of buyer questions but says nothing. The Definitions page tells each reason.",
)
DUPLICATES = ("Suspected duplicates", "Same account, amount and week of creation. They are counted, and left in all figures.")
LOG = ("Settings, and when they changed", "What decides who is compared with whom, since the first load.")

_FAULTS = {
    "no questions mapped": "no field of a buyer question is in the export",
    "timing unknown": "nobody can tell which fields were filled by then",
    "no creation date": "they have no creation date",
    "closed without a date": "they were closed without a date",
    "cycle below zero": "they were closed before they were created, as the CRM has it",
}
_NO_FAULTS = {"too young": "they are too young", "decided by the landmark": "they were decided by day {day}"}
_MANY_FAULTS = 0.1  # of the deals in scope, from which on the gaps are said in the first words
_WHOLE = r"\.0\b"  # what a whole number is written with in a list


def answer(left_out: pl.DataFrame, terms: Terms) -> Answer:
    """Return whether the data are fit for the comparison, and the main reason why deals are left out; `left_out` is metrics.left_out."""
    if said := guard.nothing_to_compare(left_out, terms):
        in_a_word = said.in_a_word if not left_out["deals"].sum() else "Not fit for the comparison yet"
        return Answer(in_a_word, said.sentence, said.note, said.caveat)
    counts = dict(left_out.select("part", "deals").iter_rows())
    deals, compared = sum(counts.values()), counts.pop("compared")
    faults = sum(number for part, number in counts.items() if part in _FAULTS)
    able = f"{rounding.of(compared, deals)} deals ({rounding.percent(compared / deals)}) can be compared at equal age."
    return Answer(_in_a_word(compared, faults, deals), f"{able}{_biggest(counts, terms)}", _fault_line(faults, deals))


def _in_a_word(compared: int, faults: int, deals: int) -> str:
    if compared < FEW_DEALS:
        return "Too few deals to compare"
    return "Fit for the comparison" if faults < _MANY_FAULTS * deals else "Fit, with gaps"


def _biggest(counts: Mapping[str, int], terms: Terms) -> str:
    if not counts:
        return ""
    part = max(counts, key=lambda each: counts[each])
    reason = (_FAULTS | _NO_FAULTS).get(part, part).format(day=terms.landmark_day)
    return f" The main reason why others cannot: {reason} ({rounding.count(counts[part], 'deal')})."


def _fault_line(faults: int, deals: int) -> str:
    if not faults:
        return "No deal is left out for a fault of the data."
    share = rounding.percent(faults / deals, 0.1 if faults < _MANY_FAULTS * deals else 1.0)
    return f"Faults of the data keep out {rounding.count(faults, 'deal')}, {share} of those in scope."


OF_LOADS = ("loads", "rejects", "load_amounts")
"""Tables that tell what was read of all deals; they have no place where a part of the deals is shown."""


def facts(loads: pl.DataFrame | None, problems: pl.DataFrame) -> list[Fact]:
    """Return the figures that tell most: rows that add up (of all deals); texts that are no answers, answers written after the close."""
    found = {row["problem"]: row for row in problems.iter_rows(named=True)}
    told = [] if loads is None else [Fact("Rows of the export", adds_up(loads))]
    for problem, label in (("junk answer", "Texts that are no answers"), ("back-filled answer", "Answers written after the close")):
        if found[problem]["checked"]:
            told.append(Fact(label, f"{_share(found[problem])} {_CHECKED[problem]}."))
    return told


def adds_up(loads: pl.DataFrame) -> str:
    """Return the account of all rows of a load as a sum."""
    read, loaded, rejected = (int(loads[column].sum()) for column in ("rows_read", "rows_loaded", "rows_rejected"))
    return f"{rounding.whole(read)} read = {rounding.whole(loaded)} loaded + {rounding.whole(rejected)} not usable"


_NAMES = {
    "junk answer": "Texts that are no answers",
    "imported answer": "Imported or edited in bulk",
    "back-filled answer": "Answers written after the close",
    "timing unknown": "Timing unknown",
    "no creation date": "No creation date",
    "closed without a date": "Closed without a date",
    "cycle below zero": "Closed before created",
    "unlisted stage": "Stages that no table names",
    "no amount": "No amount",
    "other currency": "Currency without a rate",
    "no owner": "No rep",
    "close date passed": "Open past the close date",
    "suspected duplicate": "Suspected duplicates",
    "created after the export": "Created after the export",
    "closed after the export": "Closed after the export",
    "implausible date": "Dates of another century",
}
_CHECKED = {
    "junk answer": "filled fields of buyer questions",
    "imported answer": "filled fields of buyer questions",
    "back-filled answer": "answers of closed deals",
    "timing unknown": "questions of all deals",
    "closed without a date": "closed deals",
    "cycle below zero": "closed deals with both dates",
    "other currency": "deals with an amount",
    "close date passed": "open deals with a close date",
    "suspected duplicate": "deals with account, amount and creation date",
    "created after the export": "deals with a creation date",
    "closed after the export": "closed deals with a date",
    "implausible date": "deals with a date",
}
_EFFECTS = {
    "junk answer": "They count as not answered.",
    "imported answer": (
        "They count as not answered until a person edits them: nobody can tell whether a rep asked. After a move to a new CRM "
        "they may well be true; then set count_imported = true under [answers]."
    ),
    "back-filled answer": "They do not count at the landmark, so that a tag never looks at how a deal ended.",
    "timing unknown": "A deal is left out where these questions decide its tag.",
    "no creation date": "They have no age, so they are left out of comparison, cycle and work list.",
    "closed without a date": "They are left out of comparison and cycle.",
    "cycle below zero": "They are left out of comparison and cycle.",
    "unlisted stage": "They count as open. Name the stages under [stages] in sameside.toml.",
    "no amount": "They count in every rate, and are left out of money.",
    "other currency": "They count in every rate, and are in no sum. Give a rate under [currencies] in sameside.toml.",
    "no owner": "They stand under “(none)” wherever reps are compared.",
    "close date passed": "Nothing in the figures, but their forecast cannot be right.",
    "suspected duplicate": "Nothing is left out: look at them below.",
    "created after the export": "They count as too young for the comparison. Mend the date, or say the day of the export with --as-of.",
    "closed after the export": "They are compared with the day that they have. Mend the date in the CRM.",
    "implausible date": "Ages and cycles follow the date that stands there. Mend it in the CRM.",
}


def faults(problems: pl.DataFrame) -> list[Fact]:
    """Return each kind of fault that was found: how many, of how many, and what it does to the figures."""
    return [
        Fact(_NAMES[row["problem"]], f"{_found(row)}. {_EFFECTS[row['problem']]}") for row in problems.iter_rows(named=True) if row["found"]
    ]


def not_found(problems: pl.DataFrame) -> str:
    """Return the kinds of fault that were looked for and not found."""
    names = [_NAMES[row["problem"]].lower() for row in problems.iter_rows(named=True) if not row["found"]]
    return f"Looked for and not found: {listed(names)}." if names else ""


def _found(row: Mapping[str, Any]) -> str:
    concerned = f", in {rounding.count(row['deals'], 'deal')}" if row["unit"] == "answers" else ""
    return f"{_share(row)} {_CHECKED.get(row['problem'], 'deals')}{concerned}"


def _share(row: Mapping[str, Any]) -> str:
    share = row["share"]
    return f"{rounding.of(row['found'], row['checked'])} ({rounding.percent(share, 0.1 if share < _MANY_FAULTS else 1.0)})"


def parts(left_out: pl.DataFrame, terms: Terms) -> list[str]:
    """Return what becomes of the deals in scope, a line a part."""
    return frame.left_out_lines(left_out, terms)


def loads_table(loads: pl.DataFrame) -> Table:
    """Return what was read, file by file."""
    return made(
        {
            "File": ("text", loads["file"]),
            "Read for": ("text", loads["role"].str.replace_all("_", " ")),
            "Read": ("count", loads["rows_read"]),
            "Loaded": ("count", loads["rows_loaded"]),
            "Not usable": ("count", loads["rows_rejected"]),
            "Of loaded, not needed": ("count", loads["rows_not_needed"]),
            "Encoding": ("text", loads["encoding"]),
        }
    )


def loaded(loads: pl.DataFrame) -> str:
    """Return when and from what the data were loaded, and the account of the rows."""
    row = loads.row(0, named=True)
    when = f"Loaded {rounding.day(row['loaded_at'].date())} at {row['loaded_at']:%H:%M} UTC, data as of {rounding.day(row['as_of'])}"
    return f"{when}, read as {row['source']}. {adds_up(loads)}."


def rejects_table(rejects: pl.DataFrame) -> Table:
    """Return what could not be used, by file and reason."""
    return made(
        {
            "File": ("text", rejects["file"]),
            "What": ("text", rejects["level"].replace({"row": "whole row", "value": "value only"})),
            "Column": ("text", rejects["column_name"]),
            "Reason": ("text", rejects["reason"]),
            "How many": ("count", rejects["occurrences"]),
            "Example": ("text", rejects["example"]),
            "First in row": ("count", rejects["first_row"]),
        }
    )


def rejects_line(rejects: pl.DataFrame) -> str:
    """Return how many rows, and single values, could not be used."""
    if rejects.is_empty():
        return "Every row and every value could be used."
    counts = {level: int(rejects.filter(pl.col("level") == level)["occurrences"].sum()) for level in ("row", "value")}
    return f"{rounding.count(counts['row'], 'row')} and {rounding.count(counts['value'], 'single value')} could not be used."


def coverage_table(coverage: pl.DataFrame, topics: pl.DataFrame) -> Table:
    """Return the asked fields, those in the export first."""
    rows = coverage.sort("is_in_export", descending=True, maintain_order=True)
    named = labels(topics)
    questions = [
        "neutral field" if row["is_neutral"] else named.get(row["question"], row["question"]) for row in rows.iter_rows(named=True)
    ]
    return made(
        {
            "Field": ("text", rows["field"]),
            "Question": ("text", pl.Series(questions, dtype=pl.String)),
            "In the export": ("yes or no", rows["is_in_export"]),
            "Filled, deals": ("count", rows["deals_filled"]),
            "Answered, deals": ("count", rows["deals_answered"]),
            "Changes known since": ("day", rows["tracked_since"]),
            "Told by": ("text", pl.Series([_told_by(row) for row in rows.iter_rows(named=True)], dtype=pl.String)),
            "Source": ("text", rows["source"]),
        }
    )


def _told_by(row: Mapping[str, Any]) -> str:
    """Return what tells the changes of a field."""
    if row["tracked_since"] is None:
        return ""
    return "what exports differ in" if row["exports_from"] < row["exports_to"] else "the history in the CRM"


def over_time(sources: pl.DataFrame, counts: Mapping[str, Any]) -> list[str]:
    """Return what the latest load made of the loads before, and which sources the deals come from, a line each.

    The file of an audience does not know what loads made of deals.
    """
    lines = []
    if counts["load_no"] > 1 and counts["deals_new"] is not None:
        lines.append(
            f"The latest load is number {rounding.whole(counts['load_no'])}: {rounding.count(counts['deals_new'], 'new deal')}, "
            f"{rounding.whole(counts['deals_changed'])} changed, {rounding.whole(counts['deals_gone'])} deleted or merged in the CRM."
        )
    if counts["changes_told"]:
        lines.append(
            f"{rounding.count(counts['changes_told'], 'change')} told by the difference between two exports, dated by the later one."
        )
    for row in sources.iter_rows(named=True):
        missing = f", {rounding.whole(row['missing'])} of them no longer in it and kept as last seen" if row["missing"] else ""
        if row["missing"] or sources.height > 1:
            lines.append(
                f"{row['source']}: {rounding.count(row['deals'], 'deal')}, last export of {rounding.day(row['last_seen_on'])}{missing}."
            )
    return lines


def coverage_line(coverage: pl.DataFrame) -> str:
    """Return how many of the asked fields the export holds."""
    held = coverage.filter("is_in_export")
    without = held.filter(pl.col("tracked_since").is_null()).height
    history = (
        f" Of {rounding.count(without, 'field')} of these no history is kept, so nobody can tell when they were filled. "
        "The first export that held them starts the clock: what differs in the next one is known from then on."
        if without
        else ""
    )
    told = held.filter(pl.col("tracked_since").is_not_null() & (pl.col("exports_from") < pl.col("exports_to"))).height
    if told:
        history += (
            f" Of {rounding.count(told, 'field')} the exports tell the changes, each as of the first that shows it; "
            "a deal is known from the first export that held it."
        )
    deals = f" of {rounding.count(coverage['deals'][0], 'deal')} loaded" if coverage.height else ""
    return f"{rounding.of(held.height, coverage.height)} fields that the settings name are in the export{deals}.{history}"


def junk_table(junk: pl.DataFrame, topics: pl.DataFrame) -> Table:
    """Return the texts that are no answers."""
    return made(
        {
            "Text": ("wide", junk["text"]),
            "Why it is no answer": ("text", junk["reason"].map_elements(reasons.name, return_dtype=pl.String)),
            "Question": ("text", junk["question"].replace(labels(topics))),
            "Deals": ("count", junk["deals"]),
        }
    )


def junk_line(junk: pl.DataFrame) -> str:
    """Return how many texts there are, and how many of them are shown."""
    if junk.is_empty():
        return "No filled field of a buyer question holds a text that is no answer."
    row = junk.row(0, named=True)
    shown = f" The {rounding.whole(junk.height)} most frequent are shown." if junk.height < row["texts_in_all"] else ""
    return (
        f"{rounding.count(row['answers_in_all'], 'field')} filled with {rounding.count(row['texts_in_all'], 'text')} that say nothing, "
        f"by the rules of [answers] in sameside.toml.{shown}"
    )


def duplicates_table(groups: pl.DataFrame) -> Table:
    """Return the groups of deals that may be one deal."""
    return made(
        {
            "Account": ("text", groups["account_name"]),
            "Amount": ("count", groups["amount"].cast(pl.Float64)),
            "Currency": ("text", groups["currency"]),
            "Week from": ("day", groups["week_from"]),
            "Deals": ("count", groups["deals"]),
            "Names": ("list", groups["deal_names"]),
            "Outcomes": ("list", groups["outcomes"]),
        }
    )


def duplicates_line(groups: pl.DataFrame) -> str:
    """Return how many groups there are, and how many of them are shown."""
    if groups.is_empty():
        return "No two deals share account, amount and week of creation."
    row = groups.row(0, named=True)
    shown = f" The {rounding.whole(groups.height)} with the largest amounts are shown." if groups.height < row["groups_in_all"] else ""
    return f"{rounding.count(row['deals_in_all'], 'deal')} in {rounding.count(row['groups_in_all'], 'group')}.{shown}"


def log_table(log: pl.DataFrame) -> Table:
    """Return the settings and their changes, the latest first."""
    rows = log.sort("loaded_at", descending=True, maintain_order=True)
    return made(
        {
            "Since": ("moment", rows["loaded_at"]),
            "Setting": ("text", rows["setting"].map_elements(_setting, return_dtype=pl.String)),
            "Before": ("text", rows["old_value"].str.replace_all(_WHOLE, "")),
            "Value": ("wide", rows["new_value"].str.replace_all(_WHOLE, "")),
        }
    )


def _setting(name: str) -> str:
    """Return a setting's name in words; the name of a neutral field stays as the CRM has it."""
    return name if "__" in name else name.replace("_", " ")


def suggestion(suggested: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> str:
    """Return which settings the timing of answers and closings suggests where others are in force."""
    names = {"landmark_day": "landmark day", "answers_needed": "answers needed", "horizon_days": "horizon in days"}
    if suggested is None or suggested["landmark_day"] is None:
        return "The data suggest no other settings: too little is known of when answers came."
    other = [
        f"{label} {suggested[name]} in place of {settings[name]}"
        for name, label in names.items()
        if suggested[name] not in (None, settings[name])
    ]
    if not other:
        return "The timing of answers and closings suggests the settings in force."
    return (
        f"The timing of answers and closings, without a look at what was won, suggests {listed(other)}. "
        "Change them before you look at the figures, not after."
    )


def settings_line(log: pl.DataFrame, suggested: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> str:
    """Return whether settings were changed, and which others the data suggest."""
    return f"{log_line(log)} {suggestion(suggested, settings)}"


def log_line(log: pl.DataFrame) -> str:
    """Return how often a setting was changed since the first load."""
    changes = log.filter(pl.col("old_value").is_not_null()).height
    return f"{rounding.count(changes, 'change')} since the first load." if changes else "No setting has changed since the first load."
