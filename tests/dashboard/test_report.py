"""The report for a board pack: the pages' own words, pictures and numbers, in one file."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard import rounding
from etl.cli import cli
from etl.queries import Database, Scope

Load = Callable[..., Path]


def write(folder: Path, to: Path, *arguments: str) -> str:
    """Return the text of the report of a data folder, without the script that draws."""
    done = CliRunner().invoke(cli, ["report", "--data", str(folder), "--to", str(to), *arguments])
    assert done.exit_code == 0, done.output
    return html.unescape(to.read_text(encoding="utf-8").partition("</script>")[2])


@pytest.mark.parametrize(("arguments", "scope"), [((), Scope()), (("--segment", "SMB"), Scope(segment=("SMB",)))], ids=["all", "filtered"])
def test_the_numbers_are_the_databases(sample: Database, tmp_path: Path, arguments: tuple[str, ...], scope: Scope) -> None:
    """The gap among alike deals, both rates of the headline, and what is in scope."""
    text = write(sample.path.parent, tmp_path / "report.html", *arguments)
    alike, headline = sample.verdict(scope).row(0, named=True), sample.headline(scope).row(0, named=True)
    assert rounding.points(abs(alike["difference"])) in text
    assert rounding.of(headline["customer_count"], headline["customer_deals"]) in text
    assert f"{rounding.whole(int(sample.left_out(scope)['deals'].sum()))} deals in scope" in text
    assert ("Segment: SMB" in text) == bool(arguments)


def test_names_are_text(few_deals: Load, tmp_path: Path) -> None:
    """A segment that is markup is read as it is written."""
    folder = few_deals(160, 80, segments=("<img src=x onerror=alert(1)>", "SMB"))
    write(folder, tmp_path / "report.html")
    raw = (tmp_path / "report.html").read_text(encoding="utf-8").partition("</script>")[2]
    assert "<img" not in raw
    assert "&lt;img" in raw


def test_without_history_it_says_so(few_deals: Load, tmp_path: Path) -> None:
    """No comparison at equal age, so no chapters about it."""
    text = write(few_deals(80, 40, has_history=False), tmp_path / "report.html")
    assert "this cannot tell cause from effect" in text
    assert "Do customer-focused deals close sooner?" not in text


def test_a_place_that_cannot_be_written_is_told(sample: Database, tmp_path: Path) -> None:
    """Exit code 2, and what to do."""
    done = CliRunner().invoke(cli, ["report", "--data", str(sample.path.parent), "--to", str(tmp_path / "no" / "report.html")])
    assert done.exit_code != 0
    assert "cannot be written" in str(done.exception)
