"""What is said where data are loaded: at the first start, while files are looked at and loaded, and afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard import rounding

WELCOME = "Does taking the buyer’s side win deals?"
WHAT_IT_IS = (
    "Same Side reads the export of your CRM, and compares the deals in which the seller learnt what the buyer needs with those in which "
    "nobody wrote it down. It shows what your CRM would report first, and then what is left of it once the comparison is fair."
)
STAYS_HERE = "Everything stays on this machine: nothing is sent anywhere."

SAMPLE = "Load the sample"
SAMPLE_INTRO = "An invented company with the habits of a real one: empty fields, pasted texts, answers written after the close."
SAMPLE_TIME = "Takes a few seconds. Your own data can follow at any time."
EXPORT = "Load your export"
EXPORT_INTRO = (
    "The export of your CRM as it was downloaded: Salesforce, HubSpot, Pipedrive, Dynamics 365, Zoho, Odoo or Freshsales, "
    "as CSV, Excel, Parquet or JSON. Any other table of deals: you say which column holds what."
)
COMMAND_INTRO = "Loading in the browser is switched off here. Whoever runs Same Side does it on the command line:"
SAMPLE_COMMAND = "sameside demo"
EXPORT_COMMAND = "sameside load FOLDER\nsameside dashboard"

TITLE = "Load data"
QUESTION = "Which data shall the answer rest on?"
INTRO = (
    "What you load is added to the database that everybody here sees: a later export updates deals by their id, and deals that it lacks "
    "stay as they were last seen. Until it is done, all see the one before; if it fails, nothing changes."
)
FILES = "Export files"
LOOK = "Look at the files"
ANOTHER_LOAD = "A load is running. What it brings is shown here as soon as it is done."
SAMPLE_LOADS = "The sample is being loaded"
EXAMINING = "Looking at the files"
LOADING = "Loading"
STOP = "Stop"
START_OVER = "Start over"
BACK = "Back to the questions"

STANDARD_COLUMNS = "Which column holds what?"
STANDARD_COLUMNS_INTRO = (
    "Nobody knows this table, so this is a guess, by the headers and by what stands below them. Look through it: without the stage or a "
    "status no deal is won or lost, and without the day of creation deals cannot be compared at equal age."
)
COLUMN_NAMES = {
    "deal_id": "Deal’s id",
    "deal_name": "Deal’s name",
    "stage": "Stage",
    "status": "Status beside the stage",
    "created_at": "Day of creation",
    "close_date": "Day of closing, or expected one",
    "owner_name": "Owner",
    "account_name": "Customer",
    "amount": "Amount",
    "currency": "Currency",
    "segment": "Segment",
    "deal_type": "Type",
    "lead_source": "Source of the lead",
    "loss_reason": "Reason for the loss",
}
BUYER_QUESTIONS = "Which columns answer the buyer questions?"
BUYER_QUESTIONS_INTRO = (
    "A deal counts as customer-focused when enough of these are answered. Chosen already are the columns that the settings name. "
    "A question without a column is left out."
)
NO_COLUMN = "No column"
ADD = "Add a question"
ADD_LABEL = "What one learns about the buyer"
ADD_ASK = "What to ask the buyer"
ADD_COLUMNS = "Columns that answer it"
ADD_LABEL_EXAMPLE = "Who else they talk to"
ADD_ASK_EXAMPLE = "Whom else are you looking at?"
ADD_NEEDS = "Say what one learns, and choose a column for it."
NEUTRAL = "Which columns say nothing about the buyer?"
NEUTRAL_INTRO = (
    "Filled with as much care, but not about the buyer: a reference number, a product line. They show how much is mere tidy record-keeping."
)
NEUTRAL_LABEL = "Neutral columns"
ALL_COLUMNS = "All columns of the deals"
LOAD = "Load"
LOAD_ANYWAY = "Load without any question"
NOTHING_CHOSEN = "No column is chosen yet: without one, no deal can be called customer-focused."

STAGES_INTRO = "Say what they mean, then load again:"
OUTCOMES = {"won": "Won", "lost": "Lost", "open": "Still open"}
DATES_INTRO = "Say how a date such as 03/04/2025 is meant, then load again:"
DATE_ORDERS = {"dmy": "3 April 2025", "mdy": "March 4, 2025"}
LOAD_AGAIN = "Load again"

DONE = "The new data are loaded"
UNCHANGED = "Nothing changed: these files are loaded already, with these settings"
REPORT = "What became of each row"
SEE = "See what they say"
SETTINGS = "Download the settings"
SETTINGS_FILE = "sameside.toml"
MAPPING = "Download the mapping"
MAPPING_FILE = "mapping.toml"
SETTINGS_INTRO = (
    "Your choices are kept beside the database as sameside.toml, and are where the next load starts from. "
    "The same load on the command line: sameside load EXPORT --config sameside.toml"
)
MORE = "Load other files"
ANEW = "Forget what was loaded before, and begin anew with these files"
ANEW_HELP = "Otherwise this export goes on from the loads before."
PARTIAL = "The files hold only what has changed since the last load"
PARTIAL_HELP = "Otherwise deals that the files lack count as no longer in the CRM's export."

_ROLES = {
    "deals": "Deals",
    "stage_history": "History of stages",
    "field_history": "History of fields",
    "field_tracking": "Which fields have a history",
    "users": "People",
    "accounts": "Customers",
    "stages": "Stages",
    "pipelines": "Pipelines",
    "merged_deals": "Merged deals",
}
_KINDS = {
    "text": "Text",
    "choice": "Choice",
    "flag": "Yes or no",
    "number": "Number",
    "date": "Date",
    "id": "Reference",
    "empty": "Empty",
}


def limits(megabytes: int, files: int) -> str:
    """Return how much may be handed in."""
    return f"Up to {rounding.count(files, 'file')}, together {rounding.whole(megabytes)} MB."


def found(crm: str, files: int, deals: int) -> str:
    """Return in a line what the files are; `crm` is empty where nobody knows."""
    article = "An" if crm[:1].lower() in "aeiou" else "A"
    whose = f"{article} {crm} export" if crm else "A table of deals that is no known CRM’s"
    return f"{whose}: {rounding.count(files, 'file')} with {rounding.count(deals, 'deal')}."


def missing(roles: Sequence[str | None]) -> str:
    """Return what the comparison lacks for want of a file; empty where nothing is wanting."""
    if "field_history" not in roles:
        return (
            "There is no history of fields among the files (in Salesforce, OpportunityFieldHistory.csv): nobody can tell when an answer "
            "was written, so deals cannot be compared at equal age yet. Load later exports too: what differs between two is dated by the "
            "later one."
        )
    if "stage_history" not in roles:
        return (
            "There is no history of stages among the files (in Salesforce, OpportunityHistory.csv): "
            "stages of the past are taken from that of the fields."
        )
    return ""


def files_table(files: pl.DataFrame) -> pl.DataFrame:
    """Return the files as they are read."""
    role = pl.col("role").replace_strict(_ROLES, default=pl.col("role")).fill_null("Not used")
    return files.select(pl.col("name").alias("File"), role.alias("What it is for"), pl.col("rows").alias("Rows"))


def columns_table(columns: pl.DataFrame, used: dict[str, str]) -> pl.DataFrame:
    """Return the columns as they are read, shares in per cent; `used` says what a chosen column is chosen for."""
    standard = pl.when(pl.col("feeds") != "").then(pl.col("feeds").str.replace_all("_", " "))
    return columns.select(
        pl.col("header").alias("Column"),
        (100 * pl.col("filled")).round().cast(pl.Int64).alias("Filled"),
        (100 * pl.col("distinct")).round().cast(pl.Int64).alias("Different values"),
        pl.col("kind").replace_strict(_KINDS, default=pl.col("kind")).alias("Kind"),
        pl.coalesce(pl.col("header").replace_strict(used, default=None, return_dtype=pl.String), standard, pl.lit("")).alias("Used for"),
        pl.col("examples").alias("Most frequent values"),
    )


def column_label(header: str, filled: float) -> str:
    """Return a column as it is chosen: its name, and how much of it is filled."""
    return f"{header} · {rounding.percent(filled)} filled"


def steps(names: Sequence[str], current: str) -> list[tuple[str, str]]:
    """Return the steps of a job as people read them, each with its state: done, now or later."""
    at = names.index(current) if current in names else 0
    return [(name[:1].upper() + name[1:], "done" if place < at else "now" if place == at else "later") for place, name in enumerate(names)]


def sentence(what: str) -> str:
    """Return a message as a sentence."""
    return f"{what[:1].upper()}{what[1:]}{'' if what.endswith(('.', '!', '?', ':')) else '.'}"


def error_lines(where: str, expected: str, todo: str) -> list[str]:
    """Return the other parts of an error, those that there are."""
    parts = (("Where", where), ("Expected", expected), ("What to do", todo))
    return [f"{label}: {text}" for label, text in parts if text]
