"""What the figures mean: the groups, the settings in force, a glossary, formulas in words, and how to open the file elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import rounding
from dashboard.terms import Terms
from dashboard.wording.beside import Fact
from dashboard.wording.common import Answer, factors, listed, needed
from dashboard.wording.table import Table, made

QUESTION = "What do the figures mean?"
QUESTIONS = ("What customer-focused means here", "The buyer questions of the settings, what to ask, and the fields that answer them.")
SETTINGS = ("The settings in force", "From the file; landmark day and answers needed as the sidebar has them.")
GLOSSARY = ("The words", "What the figures on the pages are called, and what they are.")
FORMULAS = ("Every formula", "In words and as the SQL that runs. The dashboard, the CSV files and you at a command line get the same rows.")
FORMULA = "Formula"
TABLES = ("The tables", "What analysts join: one row per relation. A metric is a table with parameters.")
COLUMNS = ("Their columns", "Every column of every table, with its meaning and unit. The magnifying glass above the table searches.")
ELSEWHERE = ("Open the file yourself", "It is one DuckDB file. Open it for reading; DuckDB 1.4 and newer can.")
FIRST_FORMULA = "metrics.win_rate"

_CONVERTED = (
    "Amounts of other currencies are converted at the rates under [currencies] in sameside.toml, of the day on which a deal was closed; "
    "what stood on the landmark day takes the rate of that day. Those without a rate are counted, and in no sum."
)

FILE = "sameside-data/deals.duckdb"
_QUERY = "from metrics.win_rate(dimension := 'segment')"

SNIPPETS = {
    "DuckDB command line": ("bash", f'duckdb -readonly {FILE} -c "{_QUERY}"'),
    "Python": (
        "python",
        f'import duckdb\n\ndeals = duckdb.connect("{FILE}", read_only=True)\nprint(deals.sql("{_QUERY}"))',
    ),
    "R": (
        "r",
        f'library(DBI)\n\ndeals <- dbConnect(duckdb::duckdb(), "{FILE}", read_only = TRUE)\ndbGetQuery(deals, "{_QUERY}")',
    ),
    "DBeaver": (
        "text",
        f"Database > New Database Connection > DuckDB\nPath: {FILE}\nDriver properties: duckdb.read_only = true\nSQL editor: {_QUERY};",
    ),
}
"""How to open the file, by program: the language of the text, and the text to copy."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a comment; is_item where it is one of a list, such as a column and its meaning."""

    text: str
    is_item: bool = False


def answer(terms: Terms) -> Answer:
    """Return what the whole comparison rests on, in a sentence."""
    if not terms.questions:
        sentence = "A deal is called customer-focused by how many buyer questions stand answered; none of them is found in this export."
        return Answer("In short", sentence)
    if not terms.has_field_history:
        are = "is" if terms.questions == 1 else "are"
        sentence = f"A deal is called customer-focused when {needed(terms)} {are} answered on the day of the export."
        return Answer(
            "In short", sentence, "Without field history nobody can tell when they were answered, so nothing is compared at equal age."
        )
    last = terms.landmark_day + terms.horizon_days
    sentence = (
        f"A deal is customer-focused when {needed(terms)} stood answered at the end of day {terms.landmark_day} after its creation, "
        f"and it counts as won when it was won by day {last}."
    )
    return Answer("In short", sentence, "The tag looks at nothing that came after that day, so that it cannot be set by how the deal went.")


def questions(topics: pl.DataFrame, coverage: pl.DataFrame) -> list[Fact]:
    """Return each buyer question with what to ask and the fields that answer it, and the neutral fields beside them."""
    asked = [Fact(row["label"], _question(row, coverage)) for row in topics.filter(~pl.col("is_neutral")).iter_rows(named=True)]
    neutral = coverage.filter(pl.col("is_neutral") & pl.col("is_in_export"))["field"].to_list()
    if neutral:
        asked.append(
            Fact("Neutral fields", f"{listed(neutral)}. They say nothing about the buyer: the control for mere tidy record-keeping.")
        )
    return asked


def _question(row: Mapping[str, Any], coverage: pl.DataFrame) -> str:
    fields = coverage.filter((pl.col("question") == row["topic"]) & ~pl.col("is_neutral"))
    held = fields.filter("is_in_export")["field"].to_list()
    looked_for = fields["field"].to_list()
    where = f"Answered in {listed(held)}." if held else f"Not in this export; looked for {listed(looked_for) or 'no field'}."
    return f"“{row['ask']}” {where}" if row["ask"] else where


def settings(terms: Terms, held: Mapping[str, Any]) -> list[Fact]:
    """Return the settings in force, each with what it does."""
    day, last = terms.landmark_day, terms.landmark_day + terms.horizon_days
    told = {
        "Landmark day": f"{day}. A deal is tagged by what stood in its fields at the end of this day after creation.",
        "Answers needed": f"{terms.answers_needed} of {terms.questions}. From so many on a deal is customer-focused.",
        "Horizon": f"{terms.horizon_days} days after the landmark. A win by day {last} counts; lost and open deals do not.",
        "Margin": f"{held['margin_points']:g} points of win rate. A gap that is surely smaller does not matter.",
        "Like for like": f"Deals count as alike that share {factors(held['strata'])} on the landmark day. The last are let go first.",
        "Ideal customer profile": "Whether a deal fits is told by the fields and values under [icp] in sameside.toml; else it is unknown.",
        "Amounts": f"In {terms.currency}. {_CONVERTED}",
        "Days": f"Calendar days in the time zone {held['time_zone']}.",
        "Day of the export": f"{rounding.day(terms.as_of)}. Nothing after it is known, and every age is counted up to it.",
    }
    return [Fact(label, text) for label, text in told.items()]


def glossary(terms: Terms) -> list[Fact]:
    """Return the words that the pages use."""
    day, last = terms.landmark_day, terms.landmark_day + terms.horizon_days
    told = {
        "Win rate": f"Deals won by day {last} / deals open at the end of day {day} that are old enough to tell.",
        "Sales cycle": "Days from creation to the win: the median, so that a few very long deals do not move it.",
        "Sales velocity": "Won amount per deal and day that deals were open.",
        "Back-filled": "An answer that was written on the day of closing or later. It tells of tidying up, not of selling.",
        "Junk": "A text in the field of a question that is no answer, for one of the reasons below.",
        "Known from exports": (
            "Where the CRM keeps no history of a field, two exports that differ tell its changes. Each is dated by the later export: "
            "later than the truth, never earlier. "
            "A deal is known from the first export that held it; the first load alone only starts the clock."
        ),
        "No longer in the export": "A deal that the latest export lacks is kept as it was last seen, and known until that day only.",
        "Observed": "Both groups as they are. They may differ in much else than customer focus.",
        "Like for like": "Deals compared only with deals that are alike on the landmark day; those without a partner are left out.",
        "Beyond tidy record-keeping": "What is left of a gap after taking off what neutral fields show, which say nothing about the buyer.",
        "95% interval": "The values that fit the data. Where it holds zero, the data do not tell which group is ahead.",
        "Seller-focused": "Fewer answers than needed. An empty field means “not documented”, not “does not care”.",
        "Left out": "Deals that have no part in the comparison: too young, decided early, or with a fault in their dates.",
        "Too few to say": "Fewer than 30 deals in a group: counts are shown, and no rate.",
    }
    return [Fact(label, text) for label, text in told.items()]


def paragraphs(comment: str) -> list[Paragraph]:
    """Return a comment of a file as paragraphs: its lines were broken to fit an editor; a column is an item of its own."""
    told: list[Paragraph] = []
    for line in comment.splitlines():
        indent = len(line) - len(line.lstrip())
        if told and not _begins(line, indent, told[-1]):
            told[-1] = Paragraph(f"{told[-1].text} {line.strip()}", told[-1].is_item)
        else:
            told.append(Paragraph(line.strip(), is_item=indent > 0))
    return told


_ITEM_INDENT = 2


def _begins(line: str, indent: int, before: Paragraph) -> bool:
    """Return whether a line begins a paragraph: an item, the text after a list of items, or the source."""
    if indent:
        return indent == _ITEM_INDENT
    return before.is_item or line.startswith("Source:")


def relations_table(relations: pl.DataFrame) -> Table:
    """Return the public relations and metrics, the tables first, each with the first sentence of its comment."""
    rows = relations.sort("schema_name", maintain_order=True)
    first = [paragraphs(comment)[0].text for comment in rows["comment"]]
    return made(
        {
            "Name": ("text", rows["schema_name"] + "." + rows["name"]),
            "What it is": ("wide", pl.Series(first, dtype=pl.String)),
            "Parameters": ("text", rows["parameters"]),
        }
    )


def columns_table(columns: pl.DataFrame) -> Table:
    """Return every column of the tables."""
    return made(
        {
            "Table": ("text", columns["schema_name"] + "." + columns["name"]),
            "Column": ("text", columns["column_name"]),
            "Meaning": ("wide", columns["comment"]),
            "Type": ("text", columns["data_type"].str.to_lowercase()),
        }
    )


def how_many(relations: pl.DataFrame) -> str:
    """Return how many tables and metrics there are."""
    tables = relations.filter(kind="table").height
    return f"{rounding.count(tables, 'table')} and {rounding.count(relations.height - tables, 'metric')}."


def how_many_columns(columns: pl.DataFrame) -> str:
    """Return how many columns there are."""
    return f"{rounding.count(columns.height, 'column')}."
