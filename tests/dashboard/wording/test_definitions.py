"""The words of Definitions, and that its ways to open the file work as printed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard.wording import definitions
from dashboard.wording.definitions import Paragraph
from etl.queries import Database

Make = Callable[..., Any]


def test_the_tag_is_said_in_a_sentence(terms: Make) -> None:
    """With landmark, answers needed and horizon in force."""
    assert definitions.answer(terms(landmark_day=60)).sentence == (
        "A deal is customer-focused when at least 3 of 6 buyer questions stood answered at the end of day 60 after its creation, "
        "and it counts as won when it was won by day 240."
    )
    assert "on the day of the export" in definitions.answer(terms(has_field_history=False)).sentence
    assert "none of them is found" in definitions.answer(terms(questions=0)).sentence


def test_each_question_names_its_fields() -> None:
    """What to ask, the field in the export, or those that were looked for."""
    topics = pl.DataFrame(
        [("pain", "Pain", "Why?", False), ("champion", "Champion", "", False), ("Detail", "Detail", "", True)],
        schema=["topic", "label", "ask", "is_neutral"],
        orient="row",
    )
    coverage = pl.DataFrame(
        [
            ("Pain__c", "pain", False, True),
            ("Hurt__c", "pain", False, False),
            ("Champ__c", "champion", False, False),
            ("Detail", "Detail", True, True),
        ],
        schema=["field", "question", "is_neutral", "is_in_export"],
        orient="row",
    )
    told = {fact.label: fact.text for fact in definitions.questions(topics, coverage)}
    assert told["Pain"] == "“Why?” Answered in Pain__c."
    assert told["Champion"] == "Not in this export; looked for Champ__c."
    assert told["Neutral fields"].startswith("Detail. ")


def test_settings_and_glossary_follow_the_terms(terms: Make) -> None:
    """Nothing is said of a day that is not in force."""
    held = {"margin_points": 5.0, "strata": ["stage", "owner"], "time_zone": "UTC"}
    told = {fact.label: fact.text for fact in definitions.settings(terms(landmark_day=14), held)}
    assert told["Landmark day"].startswith("14. ")
    assert "by day 194" in told["Horizon"]
    assert "share stage and rep on the landmark day" in told["Like for like"]
    words = {fact.label: fact.text for fact in definitions.glossary(terms(landmark_day=14))}
    assert "won by day 194 / deals open at the end of day 14" in words["Win rate"]


def test_a_comment_is_read_as_paragraphs() -> None:
    """Lines that an editor broke are joined; each column is an item; the text after them stands apart."""
    comment = "What it is. One row\nper deal:\n  deals: how many,\n             of all\n  won: of these\nNot for much.\nSource: counts."
    assert definitions.paragraphs(comment) == [
        Paragraph("What it is. One row per deal:"),
        Paragraph("deals: how many, of all", is_item=True),
        Paragraph("won: of these", is_item=True),
        Paragraph("Not for much."),
        Paragraph("Source: counts."),
    ]


def test_the_python_snippet_runs_as_printed(sample: Database, tmp_path: Path) -> None:
    """It prints rows of the win rate."""
    (tmp_path / "sameside-data").symlink_to(sample.path.parent)
    _, text = definitions.SNIPPETS["Python"]
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "customer-focused" in done.stdout


def test_the_command_line_snippet_runs_as_printed(sample: Database, tmp_path: Path) -> None:
    """It prints rows of the win rate with the released command line."""
    duckdb = shutil.which("duckdb", path=str(Path(sys.executable).parent)) or shutil.which("duckdb")
    if duckdb is None:
        pytest.skip("no duckdb command line is installed: it comes with the development dependencies")
    (tmp_path / "sameside-data").symlink_to(sample.path.parent)
    _, text = definitions.SNIPPETS["DuckDB command line"]
    done = subprocess.run(["sh", "-c", text.replace("duckdb", duckdb, 1)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "customer-focused" in done.stdout


def test_every_snippet_asks_the_same() -> None:
    """Four programs, one file, one query."""
    assert len(definitions.SNIPPETS) == 4
    assert all(definitions.FILE in text and "metrics.win_rate" in text for _, text in definitions.SNIPPETS.values())


def test_tables_show_the_first_sentence_and_the_full_name() -> None:
    """A name with its schema is what an analyst types."""
    relations = pl.DataFrame(
        {
            "schema_name": ["metrics"],
            "name": ["win_rate"],
            "kind": ["metric"],
            "parameters": ["scope"],
            "comment": ["Win rate. One row per group:\n  won: deals"],
        }
    )
    frame = definitions.relations_table(relations).frame
    assert frame.row(0) == ("metrics.win_rate", "Win rate. One row per group:", "scope")
    assert definitions.how_many(relations) == "0 tables and 1 metric."
