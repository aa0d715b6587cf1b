"""Which deals a scope holds: metrics.scoped_deals."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    return built(
        deals="""
            deal_key | owner | team | segment    | deal_type | lead_source | pipeline | is_icp_fit | amount    | currency | created_date
            1        | Ann   | East | SMB        | New       | Web         | Direct   | true       | 9999.99   | EUR      | 2025-01-01
            2        | Bob   | East | Enterprise | Renewal   | Partner     | Channel  | false      | 10000     | EUR      | 2025-01-02
            3        | Ann   | West | SMB        | Renewal   | Web         | Channel  |            | 49999     | EUR      | 2025-01-03
            4        |       |      |            |           |             |          |            | 250000    | EUR      | 2025-01-04
            5        | Bob   | West | Enterprise | New       | Partner     | Direct   | true       | 500       | USD      | 2025-01-05
            6        | Bob   | West | Enterprise | New       | Partner     | Direct   | true       |           | EUR      |
        """
    )


def keys(con: duckdb.DuckDBPyConnection, scope: str) -> list[int]:
    """Return the keys of the deals in a scope."""
    return [row[0] for row in con.execute(f"select deal_key from metrics.scoped_deals(scope := {scope}) order by deal_key").fetchall()]


def test_without_a_scope_every_deal_is_in(con: duckdb.DuckDBPyConnection) -> None:
    """That without a creation date too."""
    assert con.execute("select deal_key from metrics.scoped_deals() order by deal_key").fetchall() == [(n,) for n in range(1, 7)]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("map {'owner': ['Ann']}", [1, 3]),
        ("map {'team': ['East']}", [1, 2]),
        ("map {'segment': ['Enterprise']}", [2, 5, 6]),
        ("map {'deal_type': ['Renewal']}", [2, 3]),
        ("map {'lead_source': ['Web']}", [1, 3]),
        ("map {'pipeline': ['Direct']}", [1, 5, 6]),
        ("map {'icp_fit': ['fits']}", [1, 5, 6]),
        ("map {'icp_fit': ['does not fit']}", [2]),
        ("map {'icp_fit': ['unknown']}", [3, 4]),
        ("map {'amount_band': ['under 10,000']}", [1]),
        ("map {'amount_band': ['10,000 to 50,000']}", [2, 3]),
        ("map {'amount_band': ['250,000 and more']}", [4]),
        ("map {'created_from': ['2025-01-04']}", [4, 5]),
        ("map {'created_to': ['2025-01-02']}", [1, 2]),
        ("map {'created_from': ['2025-01-02'], 'created_to': ['2025-01-03']}", [2, 3]),
    ],
)
def test_a_scope_narrows_by_each_dimension(con: duckdb.DuckDBPyConnection, scope: str, expected: list[int]) -> None:
    """First and last day are in; a deal without a creation date is in neither."""
    assert keys(con, scope) == expected


@pytest.mark.parametrize("dimension", ["owner", "team", "segment", "deal_type", "lead_source", "pipeline"])
def test_a_missing_value_reads_none_in_brackets(con: duckdb.DuckDBPyConnection, dimension: str) -> None:
    """Deal 4 has nothing but an amount and a day."""
    assert keys(con, f"map {{'{dimension}': ['(none)']}}") == [4]


def test_an_amount_in_another_currency_is_in_no_band(con: duckdb.DuckDBPyConnection) -> None:
    """Deal 5 is in dollars, deal 6 has no amount."""
    assert keys(con, "map {'amount_band': ['(none)']}") == [5, 6]


def test_values_of_a_dimension_are_alternatives(con: duckdb.DuckDBPyConnection) -> None:
    """Either value will do."""
    assert keys(con, "map {'owner': ['Ann', '(none)']}") == [1, 3, 4]


def test_dimensions_hold_together(con: duckdb.DuckDBPyConnection) -> None:
    """A deal must have a wanted value of each."""
    assert keys(con, "map {'segment': ['SMB'], 'team': ['West'], 'created_from': ['2025-01-01']}") == [3]


def test_a_value_that_no_deal_has_leaves_none(con: duckdb.DuckDBPyConnection) -> None:
    """Values are compared as they are written, case and all."""
    assert keys(con, "map {'segment': ['smb']}") == []


def test_a_dimension_that_there_is_not_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    """A misspelt dimension would otherwise narrow nothing and nobody would see it."""
    with pytest.raises(duckdb.Error, match="a scope knows owner, team, segment"):
        keys(con, "map {'segmnet': ['SMB']}")


def test_fit_and_band_are_told_in_words(con: duckdb.DuckDBPyConnection) -> None:
    """A band begins at its lower edge."""
    found = con.execute("select deal_key, icp_fit, amount_band from metrics.scoped_deals() order by deal_key").fetchall()
    assert found == [
        (1, "fits", "under 10,000"),
        (2, "does not fit", "10,000 to 50,000"),
        (3, "unknown", "10,000 to 50,000"),
        (4, "unknown", "250,000 and more"),
        (5, "fits", "(none)"),
        (6, "fits", "(none)"),
    ]
