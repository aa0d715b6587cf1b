"""What is said of reps and teams: how far they differ, what chance alone gives, and counts where deals are few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard.terms import Terms
from dashboard.wording import adoption, funnel, groups, team

Make = Callable[..., Terms]


def rate(owner: str, won: int, deals: int, **given: Any) -> dict[str, Any]:
    """Return a row of metrics.owner_rates."""
    limits = {"funnel_low_95": 0.25, "funnel_high_95": 0.55, "funnel_low_998": 0.2, "funnel_high_998": 0.6}
    usual = {"low": 0.3, "high": 0.5, "shrunk_rate": 0.41, "prior_deals": 16.2, "whole_rate": 0.4, "median_days": 50.5}
    return {"owner": owner, "won": won, "deals": deals, "win_rate": won / deals, "funnel": "within"} | limits | usual | given


def rates(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"share_customer_focused": 0.2 + number / 10} | row for number, row in enumerate(rows)])


SIX = rates(*(rate(name, 20, 50, shrunk_rate=0.3 + number / 20) for number, name in enumerate("ABCDEF")))


def group(name: str = "East", won: int = 40, deals: int = 100, **given: Any) -> dict[str, Any]:
    """Return a row of metrics.group_rates."""
    usual = {
        "win_rate": won / deals,
        "low": 0.3,
        "high": 0.5,
        "customer_deals": deals // 4,
        "share_customer_focused": 0.25,
        "share_low": 0.2,
        "share_high": 0.3,
        "median_days": 50.5,
        "median_low": 40.0,
        "median_high": 60.0,
        "owners": 6,
    }
    return {"by_value": name, "won": won, "deals": deals} | usual | given


WHOLE = pl.DataFrame([group("all")])


def spread(p: float | None = 0.001, above: int = 2, below: int = 1) -> dict[str, Any]:
    """Return the row of metrics.owner_spread."""
    return {"owners": 6, "p": p, "above": above, "below": below}


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_how_far_reps_differ(terms: Make) -> None:
    """Adoption of all with counts and interval, its range among reps, and how many lie outside what chance gives."""
    said = team.answer(SIX, spread(), WHOLE, terms())
    assert plain(said.sentence) == (
        "By day 30, 25% of the deals are customer-focused (25 of 100; 95% interval 20 to 30), from 20% to 70% among the 6 reps with 30 "
        "deals or more. Win rates differ more than chance has it: 3 of 6 reps lie outside the limits that hold 95 in 100 by chance, "
        "2 above and 1 below."
    )
    assert said.in_a_word == "Reps differ"
    assert "not made alike here" in said.note
    assert "not for judging people" in said.note


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.05, "no more than chance may have it: 0 of 6 reps"), (0.049, "more than chance has it: 0 of 6 reps"), (None, "All or none")],
)
def test_chance_is_what_the_test_says(terms: Make, p: float | None, said: str) -> None:
    """5% is the line, and where all or none were won there is nothing to test."""
    assert said in plain(team.answer(SIX, spread(p, 0, 0), WHOLE, terms()).sentence)


def test_reps_with_few_deals_make_no_range(terms: Make) -> None:
    """The least and the most come from reps with thirty deals or more."""
    few = rates(*(rate(name, 10, 29) for name in "ABCDE"), rate("F", 20, 50))
    assert "among" not in team.answer(few, spread(), WHOLE, terms()).sentence


@pytest.mark.parametrize("reps", [1, 4])
def test_few_reps_are_not_compared(terms: Make, reps: int) -> None:
    """Nobody is no rep: with fewer than five the page says so, and tells adoption only."""
    said = team.answer(rates(*(rate(str(number), 20, 50) for number in range(reps)), rate("(none)", 1, 2)), spread(), WHOLE, terms())
    assert said.in_a_word == "Too few reps"
    assert "chance" not in said.sentence


def test_pulled_rates_and_late_answers_stand_beside() -> None:
    """The range of pulled rates where reps differ, and late answers with those of unknown timing apart."""
    late = pl.DataFrame([{"answers": 200, "late_answers": 50, "share": 0.25, "low": 0.2, "high": 0.3, "answers_unknown": 7}])
    pulled, written = team.facts(SIX, spread(), late)
    assert plain(pulled.text).startswith("From 30% to 55%, once each rep's own deals are mixed with 16 average deals")
    assert plain(written.text) == (
        "25% of the answers in closed deals (50 of 200, 20% to 30%) came within 7 days before the close, or after it. Of 7 answers more the "
        "timing is unknown."
    )
    assert [fact.label for fact in team.facts(SIX, spread(0.5), late)] == ["Written in the last week"]


def test_late_answers_without_any() -> None:
    """None at all, or none of known timing."""
    unknown = pl.DataFrame([{"answers": 0, "late_answers": 0, "share": None, "low": None, "high": None, "answers_unknown": 1}])
    assert team.late_line(unknown) == "Nobody can tell when answers were written. Of 1 answer more the timing is unknown."
    assert team.late_line(unknown.clear()) == "No closed deal holds an answer."


def test_the_table_of_reps_shows_no_rate_of_few() -> None:
    """Counts and the pulled rate instead; a rep without closed deals has no late answers."""
    joined = team.people(
        rates(rate("Ann", 20, 50), rate("(none)", 5, 20)),
        pl.DataFrame([group("Ann", 20, 50), group("(none)", 5, 20, median_low=None)]),
        pl.DataFrame(
            [{"by_value": "Ann", "answers": 40, "late_answers": 10, "share": 0.25, "low": 0.1, "high": 0.4, "answers_unknown": 0}],
        ),
    )
    ann, nobody = team.people_table(joined).rows(named=True)
    assert (ann["Rep"], ann["Win rate"], plain(ann["95% interval"]), ann["Median days"]) == ("Ann", 40.0, "30% to 50%", 50.5)
    assert (ann["Late answers"], plain(ann["of answers"]), plain(ann["of deals"])) == (25.0, "10 of 40", "12 of 50")
    assert (nobody["Rep"], nobody["Win rate"], nobody["95% interval"], nobody["Pulled"]) == ("No rep named", None, "too few", 41.0)
    assert (nobody["Median days"], nobody["Late answers"]) == (None, None)


def test_the_funnel_names_those_outside(terms: Make) -> None:
    """In words: who, with counts, and on which side; nobody is never outside."""
    frame = rates(
        rate("Ann", 40, 50, funnel="above 99.8%"), rate("Bob", 5, 50, funnel="below 95%"), rate("(none)", 2, 2, funnel="above 95%")
    )
    said = funnel.picture(frame, terms())
    assert [plain(line) for line in said.sentences] == [
        "Ann: Won: 80.0% (40 of 50); above 99.8 in 100 by chance.",
        "Bob: Won: 10.0% (5 of 50); below 95 in 100 by chance.",
    ]
    assert [spot.outside for spot in funnel.spots(frame)] == [0, 1, 2]
    assert funnel.picture(SIX, terms()).sentences == ("All lie within what chance gives around all 40%.",)


def quarter(name: str, customer: int, deals: int, by_value: str = "all", *, is_over: bool = True) -> dict[str, Any]:
    """Return a row of metrics.adoption."""
    share = customer / deals
    ends = {"share": share, "low": share / 2, "high": share * 2, "deals_unknown": 0, "is_over": is_over}
    return {"by_value": by_value, "quarter": name, "customer_deals": customer, "deals": deals} | ends


def test_adoption_by_quarter(terms: Make) -> None:
    """Shares with counts and intervals, counts of too few, and what is not over."""
    frame = pl.DataFrame([quarter("Q1 2025", 5, 20), quarter("Q2 2025", 10, 40), quarter("Q3 2025", 12, 40, is_over=False)])
    assert [plain(line) for line in adoption.picture(frame, terms()).sentences] == [
        "Q1 2025: too few (5 of 20).",
        "Q2 2025: 25% (10 of 40; 95% interval 12.5% to 50.0%).",
        "Q3 2025: 30% (12 of 40, so far; 95% interval 15.0% to 60.0%).",
    ]
    [line] = adoption.lines(frame, adoption.quarters(frame))
    assert (line.name, line.label, [point.share for point in line.points]) == ("All deals", "30% so far", [None, 25.0, 30.0])


def test_adoption_of_few_deals_is_a_sentence(terms: Make) -> None:
    """No quarter has thirty."""
    frame = pl.DataFrame([quarter("Q1 2025", 5, 20), quarter("Q2 2025", 5, 20)])
    [said] = adoption.picture(frame, terms()).sentences
    assert said == "Too few to say: 40 deals past day 30; a quarter takes 30 for a share."


def test_teams_have_panels_where_there_are_two() -> None:
    """The largest first; a team without a share has none, nor has a team that is alone."""
    rows = [quarter("Q1 2025", 9, 40, "East"), quarter("Q1 2025", 9, 60, "West"), quarter("Q1 2025", 1, 9, "(none)")]
    frame = pl.DataFrame(rows)
    assert [line.name for line in adoption.team_lines(frame, ["Q1 2025"])] == ["West", "East"]
    assert adoption.team_lines(frame.head(1), ["Q1 2025"]) == []


def test_teams_stand_in_rows(terms: Make) -> None:
    """Win rate with interval and counts, the share beside it; counts only of few deals."""
    frame = pl.DataFrame([group(), group("(none)", 5, 20)])
    east, nobody = groups.rows(frame)
    assert (plain(east.dots[0].text), plain(east.dots[0].behind), east.note) == ("40% (30 to 50)", "40 of 100", "25% customer-focused")
    assert (nobody.title, nobody.dots, plain(nobody.note)) == ("No team named", (), "too few: 5 of 20 deals won")
    assert groups.axis(WHOLE).reference == 40.0
    table = groups.picture(frame, terms()).table
    assert table["Win rate"].to_list() == ["40.0%", "too few"]
    assert groups.has_names(frame)
    assert not groups.has_names(frame.tail(1))


def test_late_answers_stand_in_rows() -> None:
    """All deals first, then the teams; one team alone is all deals, and few answers are counts."""
    whole = {
        "by_value": "all",
        "deals": 60,
        "answers": 100,
        "late_answers": 25,
        "share": 0.25,
        "low": 0.2,
        "high": 0.3,
        "answers_unknown": 9,
    }
    few = whole | {"by_value": "West", "answers": 10, "late_answers": 5, "answers_unknown": 0}
    late = pl.DataFrame([whole | {"by_value": "East"}, few])
    rows = groups.late_rows(pl.DataFrame([whole]), late)
    assert [row.title for row in rows] == ["All deals", "East", "West"]
    assert (plain(rows[0].dots[0].text), rows[0].note) == ("25% (20 to 30)", "timing unknown: 9")
    assert (rows[2].dots, plain(rows[2].note)) == ((), "too few: 5 of 10 answers late")
    assert [row.title for row in groups.late_rows(pl.DataFrame([whole]), late.head(1))] == ["All deals"]
    none = groups.late_picture(late.clear(), late.clear())
    assert none.sentences == ("No closed deal holds an answer.",)
