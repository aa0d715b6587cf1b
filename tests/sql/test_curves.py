"""Won, lost and open by deal age, quantiles, mean days open and the log-rank test: against R, by definition, and by hand."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.queries import Database, Scope

RELATIVE = 1e-9
CUSTOMER, SELLER = "customer-focused", "seller-focused"

Row = dict[str, Any]

# Each deal is of day 0, unless it says otherwise, and is tagged on day 30; two answers make it customer-focused.
DEALS = """
    deal_key | owner | answered | outcome | close_date | created_date
    1        | Ada   | 1 2      | won     | day 31     | day 0
    2        | Ada   | 1 2      | lost    | day 30     | day 0
    3        | Ada   | 1        | lost    | day 150    | day 0
    4        | Bob   | 1        | open    | day 900    | day 0
    5        | Bob   | 1 2      | open    | day 900    | day 300
    6        | Bob   | 1 2      | won     | day 350    | day 300
    7        | Bob   | 1 2      | open    | day 900    | day 340
    8        |       | 1 2      | won     |            | day 0
    9        |       | 1        | won     | day 150    | day 0
"""


@pytest.fixture(scope="module")
def con(built: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """Return a database of the nine deals above, exported on day 364."""
    return built(deals=DEALS)


def ask(con: duckdb.DuckDBPyConnection, metric: str, observed: Iterable[Row] | None = None, **arguments: Any) -> list[Row]:
    """Return the rows of a metric, over observations of one's own where they are given."""
    if observed is not None:
        arguments["observations"] = list(observed)
    call = ", ".join(f"{name} := ${name}" for name in arguments)
    cursor = con.execute(f"from metrics.{metric}({call})", arguments)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def deal(focus: str, days: int, outcome: str, owner: str = "Ada", entry: int = 0, deals: int = 1, stratum: int = 0) -> Row:
    """Return an observation."""
    return {
        "by_value": "all",
        "focus": focus,
        "owner": owner,
        "stratum": stratum,
        "entry_day": entry,
        "exit_day": days,
        "outcome": outcome,
        "deals": deals,
    }


def keyed(rows: Iterable[Row], *names: str) -> dict[tuple[Any, ...], Row]:
    """Return rows by some of their values."""
    return {tuple(row[name] for name in names): row for row in rows}


@pytest.fixture
def lung(shared: Path) -> list[Row]:
    """Return the lung data: men as seller-focused, deaths as closings, the ECOG score and one as stratum, 0 without."""
    with (shared / "golden" / "lung.csv").open(encoding="utf-8") as file:
        return [
            deal(
                SELLER if row["sex"] == "1" else CUSTOMER,
                int(row["time"]),
                "won" if row["status"] == "2" else "open",
                stratum=int(row["ph.ecog"]) + 1 if row["ph.ecog"] else 0,
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture
def mgus(shared: Path) -> list[Row]:
    """Return the mgus2 data: men as seller-focused, progression as a win, death as a loss, months as days."""
    with (shared / "golden" / "mgus2_competing.csv").open(encoding="utf-8") as file:
        return [
            deal(SELLER if row["sex"] == "M" else CUSTOMER, int(row["etime"]), ("open", "won", "lost")[int(row["event"])])
            for row in csv.DictReader(file)
        ]


def together(rows: list[Row]) -> list[Row]:
    """Return the observations as one group."""
    return [row | {"focus": CUSTOMER} for row in rows]


def golden(shared: Path, name: str) -> Any:
    return json.loads((shared / "golden" / f"{name}.json").read_text())["expected"]


def last_on(rows: list[Row], focus: str, state: str, day: int) -> Row:
    """Return the row of a curve that holds on a day."""
    return max((row for row in rows if row["focus"] == focus and row["state"] == state and row["day"] <= day), key=lambda row: row["day"])


def lung_groups(shared: Path, lung: list[Row]) -> list[tuple[str, list[Row], Row]]:
    expected = golden(shared, "g03_km_lung")
    return [
        (SELLER, lung, expected["km"]["sex=1"]),
        (CUSTOMER, lung, expected["km"]["sex=2"]),
        (CUSTOMER, together(lung), expected["km_all"]["all"]),
    ]


def test_open_share_is_that_of_r(con: duckdb.DuckDBPyConnection, shared: Path, lung: list[Row]) -> None:
    """Kaplan-Meier shares, Greenwood's errors, log-log limits and numbers at risk are those of survfit, day by day and at marked days."""
    for focus, rows, expected in lung_groups(shared, lung):
        curves = ask(con, "curves", rows)
        at = keyed(ask(con, "curve_at", rows, days=[case["time"] for case in expected["at"]]), "focus", "figure", "day")
        for case in expected["at"]:
            values = [case[name] for name in ("surv", "se_greenwood", "loglog_lo", "loglog_hi")]
            drawn, marked = last_on(curves, focus, "open", case["time"]), at[focus, "open", case["time"]]
            assert [drawn[name] for name in ("share", "standard_error", "low", "high")] == pytest.approx(values, rel=RELATIVE)
            assert [marked[name] for name in ("estimate", "standard_error", "low", "high")] == pytest.approx(values, rel=RELATIVE)
            assert marked["at_risk"] == case["n_risk"]


def test_mean_days_open_are_those_of_r(con: duckdb.DuckDBPyConnection, shared: Path, lung: list[Row], mgus: list[Row]) -> None:
    """Restricted means and their errors are those of survfit; with two ways to end, the time open is that of its own state table."""
    for focus, rows, expected in lung_groups(shared, lung):
        row = keyed(ask(con, "curve_at", rows, days=[expected["rmst"]["tau"]]), "focus", "figure")[focus, "days_open"]
        assert [row["estimate"], row["standard_error"]] == pytest.approx([expected["rmst"]["est"], expected["rmst"]["se"]], rel=RELATIVE)
    for focus, rows, expected in mgus_groups(shared, mgus):
        row = keyed(ask(con, "curve_at", rows, days=[expected["rmtl"]["tau"]]), "focus", "figure")[focus, "days_open"]
        assert row["estimate"] == pytest.approx(expected["rmtl"]["open"], rel=RELATIVE)


def test_quantiles_are_those_of_r(con: duckdb.DuckDBPyConnection, shared: Path, lung: list[Row]) -> None:
    """Quartiles of time to any close, and their log-log limits, are those of quantile(survfit)."""
    for focus, rows, expected in lung_groups(shared, lung):
        case = expected["quantile"]
        found = keyed(ask(con, "cycle_quantiles", rows, quantiles=case["p"]), "measure", "focus", "quantile")
        for share, days, low, high in zip(case["p"], case["t"], case["lower"], case["upper"], strict=True):
            row = found["any close", focus, share]
            assert [row["days"], row["low"], row["high"]] == [days, low, high]


def test_log_rank_is_that_of_r(con: duckdb.DuckDBPyConnection, shared: Path, lung: list[Row]) -> None:
    """Log-rank tests, plain and stratified, are those of survdiff."""
    expected = golden(shared, "g03_km_lung")
    [plain] = ask(con, "log_rank", [row | {"stratum": 0} for row in lung])
    case = expected["logrank"]
    assert [plain[name] for name in ("observed", "expected", "variance", "chi_squared", "p_value")] == pytest.approx(
        [case["obs"][1], case["exp"][1], case["var11"], case["chisq"], case["p"]], rel=RELATIVE
    )
    # What one group closed more than expected, the other closed less.
    assert case["obs"][0] - case["exp"][0] == pytest.approx(plain["expected"] - plain["observed"], rel=RELATIVE)
    [stratified] = ask(con, "log_rank", [row for row in lung if row["stratum"]])
    case = expected["logrank_strat_phecog"]
    assert [stratified["chi_squared"], stratified["p_value"]] == pytest.approx([case["chisq"], case["p"]], rel=RELATIVE)


def mgus_groups(shared: Path, mgus: list[Row]) -> list[tuple[str, list[Row], Row]]:
    expected = golden(shared, "g06_aj_mgus2")
    return [
        (CUSTOMER, mgus, expected["by_sex"]["groups"]["sex=F"]),
        (SELLER, mgus, expected["by_sex"]["groups"]["sex=M"]),
        (CUSTOMER, together(mgus), expected["all"]["groups"]["all"]),
    ]


def test_closings_are_counted_as_by_r(con: duckdb.DuckDBPyConnection, shared: Path, lung: list[Row], mgus: list[Row]) -> None:
    """Deals and closings of each kind add up to R's numbers."""
    groups = [(rows, focus, case["n"], case["events"], 0) for focus, rows, case in lung_groups(shared, lung)]
    groups += [(rows, focus, case["n"], case["n_e1"], case["n_e2"]) for focus, rows, case in mgus_groups(shared, mgus)]
    for rows, focus, number, won, lost in groups:
        days = [row for row in ask(con, "risk_table", rows) if row["focus"] == focus]
        assert (max(row["at_risk"] for row in days), sum(row["won"] for row in days), sum(row["lost"] for row in days)) == (
            number,
            won,
            lost,
        )


def test_won_and_lost_shares_are_those_of_r(con: duckdb.DuckDBPyConnection, shared: Path, mgus: list[Row]) -> None:
    """Aalen-Johansen shares and their errors are those of survfit and etm, day by day and at marked days."""
    for focus, rows, expected in mgus_groups(shared, mgus):
        curves = ask(con, "curves", rows)
        at = keyed(ask(con, "curve_at", rows, days=[case["time"] for case in expected["at"]]), "focus", "figure", "day")
        for case in expected["at"]:
            for state, share, error in (("won", "cif1", "ij_se1"), ("lost", "cif2", "ij_se2")):
                values = pytest.approx([case[share], case[error]], rel=RELATIVE)
                drawn, marked = last_on(curves, focus, state, case["time"]), at[focus, state, case["time"]]
                assert [drawn["share"], drawn["standard_error"]] == values
                assert [marked["estimate"], marked["standard_error"]] == values
            assert at[focus, "open", case["time"]]["estimate"] == pytest.approx(case["state0"], rel=RELATIVE)
            assert at[focus, "open", case["time"]]["at_risk"] == case["n_risk"]
        assert [last_on(curves, focus, "won", case["time"])["share"] for case in expected["at"]] == pytest.approx(
            expected["etm"]["est1"], rel=RELATIVE
        )
        variances = [last_on(curves, focus, "won", case["time"])["standard_error"] ** 2 for case in expected["at"]]
        assert variances == pytest.approx(expected["etm"]["var1"], rel=RELATIVE)


def test_days_to_win_are_those_of_r(con: duckdb.DuckDBPyConnection, shared: Path, mgus: list[Row]) -> None:
    """Quartiles of the days to win among those who win by the horizon are those of the cumulative incidence."""
    for focus, rows, expected in mgus_groups(shared, mgus):
        case = expected["conditional_median_cause1"]
        found = keyed(ask(con, "cycle_quantiles", rows, horizon_days=case["horizon"]), "measure", "focus", "quantile")
        days = [found["won by the horizon", focus, share]["days"] for share in (0.25, 0.5, 0.75)]
        assert days == [case["q25"], case["t"], case["q75"]]
        by_then = keyed(ask(con, "curve_at", rows, days=[case["horizon"]]), "focus", "figure")[focus, "won"]
        assert by_then["estimate"] == pytest.approx(case["cif_at_horizon"], rel=RELATIVE)


def test_curves_of_the_golden_sample_are_those_of_r(shared: Path, golden_sample: Database) -> None:
    """From the raw files through the database, shares and numbers at risk are R's; so are the errors of independent deals."""
    database = golden_sample
    curves = database.curves(Scope()).to_dicts()
    marked = keyed(database.curve_at(Scope()).to_dicts(), "focus", "figure", "day")
    for case in json.loads((shared / "golden/landmark/sample_expected_R.json").read_text())["aj"]:
        focus = CUSTOMER if case["group"] == "a=1" else SELLER
        for state in ("won", "lost"):
            drawn, row = last_on(curves, focus, state, case["time"]), marked[focus, state, case["time"]]
            assert [drawn["share"], drawn["standard_error"]] == pytest.approx([case[state], case[f"{state}_se"]], rel=RELATIVE)
            assert row["estimate"] == pytest.approx(case[state], rel=RELATIVE)
            assert (row["at_risk"], row["owners"]) == (case["n_risk"], 24)
    medians = keyed(database.cycle_quantiles(Scope()).to_dicts(), "measure", "focus", "quantile")
    for focus in (CUSTOMER, SELLER):
        half = min(row["day"] for row in curves if row["focus"] == focus and row["state"] == "open" and row["share"] <= 0.5)
        assert medians["any close", focus, 0.5]["days"] == half
    [test] = database.log_rank(Scope()).to_dicts()
    assert test["strata"] == ["stage", "owner", "icp_fit", "segment"]
    assert test["observed"] == sum(row["deals"] for row in closed(database))


def closed(database: Database) -> list[Row]:
    """Return the customer-focused deals of the file that closed after the landmark, counted."""
    watched = database.sql("from metrics.time_to_close()").to_dicts()
    return [row for row in watched if row["focus"] == CUSTOMER and row["outcome"] != "open"]


# Owners of both groups, closings on equal days, deals seen open until different days, and some that came under observation late.
MIXED = [
    deal(
        focus,
        1 + (7 * number) % 23 + number % 3 * 4,
        ("won", "lost", "open", "lost")[(number + shift) % 4],
        f"owner {number % 7}",
        late,
        size,
    )
    for focus, shift in ((CUSTOMER, 0), (SELLER, 1))
    for number in range(42)
    for late, size in (((0, 1), (0, 2), (number % 5, 1))[number % 3],)
    if 1 + (7 * number) % 23 + number % 3 * 4 > late
]


def reweighted(rows: list[Row], owner: str, factor: int, by: int) -> list[Row]:
    """Return rows with every deal counted factor times, and those of one owner a few times more."""
    return [row | {"deals": row["deals"] * (factor + by * (row["owner"] == owner))} for row in rows]


def test_clustered_errors_are_derivatives_by_the_owners_weights(con: duckdb.DuckDBPyConnection) -> None:
    """The error of each figure, and of each difference, is the root of the summed squares of its derivatives by the weight of an owner."""
    factor, by, days = 1_000_000, 500, [4, 12, 20]

    def figures(rows: list[Row]) -> dict[tuple[Any, ...], float]:
        return {key: row["estimate"] for key, row in keyed(ask(con, "curve_at", rows, days=days), "day", "figure", "focus").items()}

    squares: dict[tuple[Any, ...], float] = defaultdict(float)
    for owner in sorted({row["owner"] for row in MIXED}):
        above, below = figures(reweighted(MIXED, owner, factor, by)), figures(reweighted(MIXED, owner, factor, -by))
        for key, value in above.items():
            squares[key] += ((value - below[key]) * factor / (2 * by)) ** 2
    found = keyed(ask(con, "curve_at", MIXED, days=days), "day", "figure", "focus")
    assert len(found) == 3 * 4 * 3
    assert {row["owners"] for row in found.values()} == {7}
    for key, row in found.items():
        assert row["standard_error"] == pytest.approx(math.sqrt(squares[key]), rel=1e-5)


def test_without_censoring_errors_are_those_of_a_proportion(con: duckdb.DuckDBPyConnection) -> None:
    """When every deal is seen to its end, the clustered error is that of a ratio of sums over owners, and the mean that of capped days."""
    rows = [
        deal(focus, 3 + number, "won" if number % 3 else "lost", f"owner {number % 6}")
        for focus in (CUSTOMER, SELLER)
        for number in range(24)
    ]
    rows = [row for row in rows if row["focus"] == CUSTOMER or row["exit_day"] % 5]
    found = keyed(ask(con, "curve_at", rows, days=[15]), "figure", "focus")
    outcomes: dict[str, Callable[[Row], float]] = {
        "won": lambda row: row["exit_day"] <= 15 and row["outcome"] == "won",
        "days_open": lambda row: min(row["exit_day"], 15),
    }
    for figure, outcome in outcomes.items():
        moves: dict[str, float] = defaultdict(float)
        means = {}
        for focus, sign in ((CUSTOMER, 1), (SELLER, -1)):
            group = [row for row in rows if row["focus"] == focus]
            means[focus] = sum(outcome(row) for row in group) / len(group)
            by_owner: dict[str, float] = defaultdict(float)
            for row in group:
                by_owner[row["owner"]] += (outcome(row) - means[focus]) / len(group)
                moves[row["owner"]] += sign * (outcome(row) - means[focus]) / len(group)
            assert found[figure, focus]["estimate"] == pytest.approx(means[focus], rel=RELATIVE)
            assert found[figure, focus]["standard_error"] == pytest.approx(math.hypot(*by_owner.values()), rel=RELATIVE)
        difference = found[figure, "difference"]
        assert difference["estimate"] == pytest.approx(means[CUSTOMER] - means[SELLER], rel=RELATIVE)
        assert difference["standard_error"] == pytest.approx(math.hypot(*moves.values()), rel=RELATIVE)
        # Student's t at 5 degrees of freedom, and the root of 6 / 5.
        reach = 2.5705818356363146 * math.sqrt(6 / 5) * difference["standard_error"]
        assert [difference["low"], difference["high"]] == pytest.approx(
            [difference["estimate"] - reach, difference["estimate"] + reach], rel=RELATIVE
        )


def test_limits_of_a_clustered_share(con: duckdb.DuckDBPyConnection) -> None:
    """Limits of a share are those of log(-log) at t of the owners, and there are none where nothing or everything is won."""
    rows = [deal(CUSTOMER, 5, "won" if number < 3 else "lost", f"owner {number}") for number in range(6)]
    found = keyed(ask(con, "curve_at", rows, days=[4, 5]), "day", "figure")
    # 3 of 6 won: the error is the root of 6 · (1/2)² / 6² = 1 / 24; log(-log(1/2)) moves by error / (1/2 · ln 2).
    reach = 2.5705818356363146 * math.sqrt(6 / 5) * math.sqrt(1 / 24) / (0.5 * math.log(2))
    limits = [math.exp(-math.log(2) * math.exp(reach)), math.exp(-math.log(2) * math.exp(-reach))]
    assert [found[5, "won"]["low"], found[5, "won"]["high"]] == pytest.approx(limits, rel=RELATIVE)
    assert [found[4, "won"][name] for name in ("estimate", "low", "high")] == [0, None, None]
    assert [found[4, "open"][name] for name in ("estimate", "low", "high")] == [1, None, None]


def test_few_owners_count_as_independent_deals(con: duckdb.DuckDBPyConnection) -> None:
    """Where one group has five owners, both groups' errors are those of independent deals, as the curves show them."""
    rows = [row | {"entry_day": 0} for row in MIXED if row["focus"] == CUSTOMER or row["owner"] not in {"owner 5", "owner 6"}]
    curves = ask(con, "curves", rows)
    for row in ask(con, "curve_at", rows, days=[12]):
        assert row["owners"] is None
        if row["focus"] != "difference" and row["figure"] != "days_open":
            assert row["standard_error"] == pytest.approx(last_on(curves, row["focus"], row["figure"], 12)["standard_error"], rel=RELATIVE)


def test_a_day_not_seen_has_no_figure(con: duckdb.DuckDBPyConnection) -> None:
    """A group seen for ten days says nothing of day 11, unless all of it is closed by then; no difference then either."""
    rows = [deal(CUSTOMER, 4, "won"), deal(CUSTOMER, 10, "open"), deal(SELLER, 4, "won"), deal(SELLER, 9, "lost")]
    found = keyed(ask(con, "curve_at", rows, days=[10, 11]), "day", "figure", "focus")
    assert {key[0] for key in found if key[2] == CUSTOMER} == {10}
    assert found[11, "won", SELLER]["estimate"] == pytest.approx(0.5)
    assert {key[0] for key in found if key[2] == "difference"} == {10}


def test_late_entries_are_at_risk_from_their_entry_on(con: duckdb.DuckDBPyConnection) -> None:
    """A deal counts from the day after it came under observation: one of two closes on day 3, then one of two on day 5."""
    rows = [deal(CUSTOMER, 3, "won"), deal(CUSTOMER, 5, "lost", entry=2), deal(CUSTOMER, 6, "open", entry=3)]
    found = {(row["day"], row["state"]): (row["share"], row["at_risk"]) for row in ask(con, "curves", rows)}
    assert [found[3, state] for state in ("open", "won", "lost")] == [(0.5, 2), (0.5, 2), (0, 2)]
    assert [found[5, state] for state in ("open", "won", "lost")] == [(0.25, 2), (0.5, 2), (0.25, 2)]


def test_shares_add_up_to_one(con: duckdb.DuckDBPyConnection) -> None:
    """On each day of each group, won, lost and open are all there is."""
    total: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in ask(con, "curves", MIXED):
        total[row["focus"], row["day"]] += row["share"]
    assert len(total) > 40
    assert list(total.values()) == pytest.approx([1] * len(total), rel=RELATIVE)


def test_a_quantile_met_exactly_lies_half_way(con: duckdb.DuckDBPyConnection) -> None:
    """Of four deals closed on days 10, 20, 30 and 40 the median is 25, as of four numbers; a third that never closes has none of its own."""
    rows = [deal(CUSTOMER, day, "won") for day in (10, 20, 30, 40)] + [deal(SELLER, 10, "lost"), deal(SELLER, 300, "open", deals=2)]
    found = keyed(ask(con, "cycle_quantiles", rows, quantiles=[0.5]), "measure", "focus")
    assert found["any close", CUSTOMER]["days"] == 25
    assert found["won by the horizon", CUSTOMER]["days"] == 25
    assert found["any close", SELLER]["days"] is None
    assert found["any close", "difference"]["days"] is None
    assert ("won by the horizon", SELLER) not in found


def test_interval_of_the_median_win(con: duckdb.DuckDBPyConnection) -> None:
    """Of nine wins Wilson's limits of a half are 0.227 and 0.773: the third day and the seventh. Of five there is no interval."""
    rows = [deal(CUSTOMER, 10 * number, "won") for number in range(1, 10)] + [deal(CUSTOMER, 15, "lost", deals=4)]
    found = keyed(ask(con, "cycle_quantiles", rows, quantiles=[0.5]), "measure", "focus")
    assert [found["won by the horizon", CUSTOMER][name] for name in ("days", "low", "high")] == [50, 30, 70]
    found = keyed(ask(con, "cycle_quantiles", rows[:5], quantiles=[0.5]), "measure", "focus")
    assert [found["won by the horizon", CUSTOMER][name] for name in ("days", "low", "high")] == [30, None, None]


def test_wins_need_a_horizon_that_was_seen(con: duckdb.DuckDBPyConnection) -> None:
    """A group with open deals that was not followed up to the horizon has no days to win; wins after the horizon do not count."""
    rows = [deal(CUSTOMER, 10, "won"), deal(CUSTOMER, 80, "won"), deal(CUSTOMER, 90, "open"), deal(SELLER, 10, "won")]
    median = {"quantiles": [0.5]}
    early = keyed(ask(con, "cycle_quantiles", rows, horizon_days=90, **median), "measure", "focus")
    late = keyed(ask(con, "cycle_quantiles", rows, horizon_days=91, **median), "measure", "focus")
    assert early["won by the horizon", CUSTOMER]["days"] == 45
    assert ("won by the horizon", CUSTOMER) not in late
    assert late["won by the horizon", SELLER]["days"] == 10
    short = keyed(ask(con, "cycle_quantiles", rows, horizon_days=50, **median), "measure", "focus")
    assert short["won by the horizon", CUSTOMER]["days"] == 10


def test_owners_who_differ_widen_the_interval_of_a_quantile(con: duckdb.DuckDBPyConnection) -> None:
    """Eight owners whose deals all end alike are worth eight deals, so the interval is wider than that of forty."""
    alike = [
        deal(focus, 10 * number + offset, "won", f"owner {number}")
        for focus in (CUSTOMER, SELLER)
        for number in range(1, 9)
        for offset in range(5)
    ]
    mixed = [row | {"owner": f"owner {row['exit_day'] % 10}"} for row in alike]
    spread = keyed(ask(con, "cycle_quantiles", alike), "measure", "quantile", "focus")
    for key, row in keyed(ask(con, "cycle_quantiles", mixed), "measure", "quantile", "focus").items():
        assert spread[key]["days"] == row["days"]
        if key[1:] == (0.5, CUSTOMER):
            assert spread[key]["low"] < row["low"] < row["days"] < row["high"] < spread[key]["high"]


def test_clustered_log_rank_is_that_of_its_definition(con: duckdb.DuckDBPyConnection) -> None:
    """The variance between owners is that of each deal's own part in observed less expected, day by day and summed by owner."""
    rows = [row | {"stratum": number % 2} for number, row in enumerate(MIXED)]
    parts: dict[str, float] = defaultdict(float)
    for row in rows:
        others = [other for other in rows if other["stratum"] == row["stratum"]]
        for day in range(row["entry_day"] + 1, row["exit_day"] + 1):
            at_risk = [other for other in others if other["entry_day"] < day <= other["exit_day"]]
            deals = sum(other["deals"] for other in at_risk)
            customers = sum(other["deals"] for other in at_risk if other["focus"] == CUSTOMER)
            closed = sum(other["deals"] for other in at_risk if other["exit_day"] == day and other["outcome"] != "open")
            closes = row["exit_day"] == day and row["outcome"] != "open"
            parts[row["owner"]] += row["deals"] * ((row["focus"] == CUSTOMER) - customers / deals) * (closes - closed / deals)
    [test] = ask(con, "log_rank", rows)
    assert sum(parts.values()) == pytest.approx(test["observed"] - test["expected"], rel=RELATIVE)
    expected = sum(parts.values()) ** 2 / sum(part**2 for part in parts.values())
    assert test["clustered_chi_squared"] == pytest.approx(expected, rel=RELATIVE)
    assert test["owners"] == 7
    assert 0 < test["clustered_p_value"] < 1


def test_log_rank_of_a_published_example(con: duckdb.DuckDBPyConnection) -> None:
    """6-mercaptopurine against placebo (Freireich 1963): 9 relapses for 19.25 expected, chi-squared 16.79 (Kleinbaum and Klein 2012, 2)."""
    treated = [
        (6, 3, "won"),
        (6, 1, "open"),
        (7, 1, "won"),
        (9, 1, "open"),
        (10, 1, "won"),
        (10, 1, "open"),
        (11, 1, "open"),
        (13, 1, "won"),
    ]
    treated += [(16, 1, "won"), (17, 1, "open"), (19, 1, "open"), (20, 1, "open"), (22, 1, "won"), (23, 1, "won"), (25, 1, "open")]
    treated += [(32, 2, "open"), (34, 1, "open"), (35, 1, "open")]
    placebo = [(1, 2), (2, 2), (3, 1), (4, 2), (5, 2), (8, 4), (11, 2), (12, 2), (15, 1), (17, 1), (22, 1), (23, 1)]
    rows = [deal(CUSTOMER, day, outcome, deals=count) for day, count, outcome in treated]
    rows += [deal(SELLER, day, "won", deals=count) for day, count in placebo]
    [test] = ask(con, "log_rank", rows)
    assert (test["observed"], round(test["expected"], 2), round(test["chi_squared"], 2)) == (9, 19.25, 16.79)
    assert test["clustered_p_value"] is None


def test_deals_open_at_the_landmark_are_watched(con: duckdb.DuckDBPyConnection) -> None:
    """Days count from day 30; deals that closed by then, were not yet that old, or closed on no known day are left out."""
    found = [
        (row["focus"], row["owner"], row["exit_day"], row["outcome"], row["deals"])
        for row in ask(con, "time_to_close")
        if row["by_value"] == "all" and row["entry_day"] == 0
    ]
    assert sorted(found) == [
        (CUSTOMER, "Ada", 1, "won", 1),
        (CUSTOMER, "Bob", 20, "won", 1),
        (CUSTOMER, "Bob", 34, "open", 1),
        (SELLER, "(none)", 120, "won", 1),
        (SELLER, "Ada", 120, "lost", 1),
        (SELLER, "Bob", 334, "open", 1),
    ]


def test_records_that_start_late_delay_the_entry(con: duckdb.DuckDBPyConnection) -> None:
    """Closings recorded from day 120 on: deals closed before are out, others enter at the end of day 119, which is 89 after the landmark."""
    rows = ask(con, "time_to_close", seen_from="2025-05-01")
    assert sorted((row["exit_day"], row["entry_day"]) for row in rows) == [(20, 0), (34, 0), (120, 89), (120, 89), (334, 89)]


def test_strata_are_the_values_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    """Deals of one owner, or of none, are alike whatever the order of what is asked for; an unknown dimension is an error."""
    rows = ask(con, "time_to_close", strata=["owner", "icp_fit"])
    assert {(row["owner"], row["stratum"]) for row in rows} == {
        (row["owner"], row["stratum"]) for row in ask(con, "time_to_close", strata=["icp_fit", "owner"])
    }
    assert {row["owner"] for row in rows} == {"Ada", "Bob", "(none)"}
    assert len({row["stratum"] for row in rows}) == len({(row["owner"], row["stratum"]) for row in rows}) == 3
    assert len({row["stratum"] for row in ask(con, "time_to_close", strata=["icp_fit"])}) == 1
    with pytest.raises(duckdb.InvalidInputException, match="strata are stage"):
        ask(con, "log_rank", strata=["mood"])


def test_won_by_the_horizon_is_the_win_rate(con: duckdb.DuckDBPyConnection) -> None:
    """Where every deal is old enough, the share won by the horizon is the win rate of metrics.win_rate."""
    scope = {"key": ["created_to"], "value": [["2025-01-01"]]}
    rates = {row["focus"]: row["win_rate"] for row in ask(con, "win_rate", scope=scope)}
    shares = {row["focus"]: row["estimate"] for row in ask(con, "curve_at", scope=scope, days=[180]) if row["figure"] == "won"}
    assert {focus: shares[focus] for focus in rates} == pytest.approx(rates)


@pytest.mark.parametrize("metric", ["curves", "curve_at", "cycle_quantiles", "log_rank"])
def test_no_deals_no_rows(con: duckdb.DuckDBPyConnection, metric: str) -> None:
    """A scope without deals has no curves; each metric says so by having no rows."""
    assert ask(con, metric, scope={"key": ["owner"], "value": [["nobody"]]}) == []
