"""What is said of the buyer questions: findings, controls, and everything that keeps one from telling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.terms import Alike, Terms
from dashboard.wording import question_rows, questions, questions_beside, questions_jointly
from dashboard.wording.questions import Studied
from dashboard.wording.rows import is_drawn

Make = Callable[..., Terms]
ALIKE = Alike(("stage", "owner"), ("segment",))


def effect(difference: float | None = 0.1, q: float | None = 0.01, **given: Any) -> dict[str, Any]:
    """Return a row of metrics.effects: sixty deals known and sixty not, an interval of ±5 points, and what is given."""
    has_interval = difference is not None
    usual = {
        "is_control": False,
        "customer_won": 30,
        "customer_deals": 60,
        "customer_rate": 0.5,
        "seller_won": 24,
        "seller_deals": 60,
        "seller_rate": 0.4,
        "observed": 0.1,
        "difference": difference,
        "low": difference - 0.05 if has_interval and difference is not None else None,
        "high": difference + 0.05 if has_interval and difference is not None else None,
        "owners": 12,
        "deals": 120,
        "deals_compared": 100,
        "share_compared": 100 / 120,
        "p": q,
        "q": q,
        "shrunken": difference,
        "heterogeneity_p": 0.4,
    }
    return usual | given


def rate(deals: int = 60, won: int = 30) -> dict[str, Any]:
    """Return a row of metrics.question_rates."""
    ends = {"low": 0.4, "high": 0.6, "share_low": 0.4, "share_high": 0.6, "median_low": 40.0, "median_high": 60.0}
    return {"deals": deals, "won": won, "share": 0.5, "win_rate": 0.5, "median_days": 50.5, "deals_unknown": 0} | ends


def study(label: str = "What hurts", *, is_control: bool = False, **given: Any) -> Studied:
    """Return a question with usual figures, and what is given."""
    parts: dict[str, Any] = {
        "known": rate(),
        "missing": rate(),
        "won": effect(q=None if is_control else 0.01),
        "days": effect(-8.0, None if is_control else 0.01, low=-12.0, high=-4.0),
        "jointly": None if is_control else {"difference": 0.08, "low": 0.02, "high": 0.14, "deals": 110},
    }
    return Studied(label, "What happens if nothing changes?", is_control, **parts | given)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def told(*made: Studied) -> dict[str, str]:
    return {fact.label: plain(fact.text) for fact in questions_beside.facts(made, ALIKE)}


def test_findings_are_named_with_their_sizes(terms: Make) -> None:
    """More and less in sentences of their own; what is no finding is counted and not named."""
    made = [study(), study("Budget", won=effect(-0.07)), study("Champion", won=effect(0.04, 0.3))]
    said = questions.answer(made, ALIKE, terms())
    assert plain(said.sentence) == (
        "1 of 3 questions stands out: alike deals in which it was known by day 30 won more often, “What hurts” by 10 points "
        "(95% interval 5 to 15). 1 of 3 questions stands out: alike deals in which it was known by day 30 won less often, “Budget” by "
        "7 points (95% interval 2 to 12)."
    )
    assert said.in_a_word == "2 of 3 stand out"
    assert "Corrected for looking at 3 questions at once" in said.note
    assert "same stage and rep on day 30" in plain(said.note)
    assert "not proof" in said.caveat


def test_a_difference_that_is_clear_by_itself_is_no_finding_after_correction(terms: Make) -> None:
    """q decides, not the interval."""
    said = questions.answer([study(won=effect(0.1, 0.06)), study("B", won=effect(0.0, 0.9))], ALIKE, terms())
    assert said.in_a_word == "None stands out"
    assert plain(said.sentence).endswith("The largest is that of “What hurts”: +10 points (95% interval 5 to 15).")


def test_few_reps_make_it_a_tendency(terms: Make) -> None:
    """Nine are few, ten are not."""
    assert "tend to win more often" in questions.answer([study(won=effect(owners=9))], ALIKE, terms()).sentence
    assert "tend" not in questions.answer([study(won=effect(owners=10))], ALIKE, terms()).sentence


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (None, "nobody can tell when it was filled"),
        (effect(customer_deals=29, customer_won=9), "too few: known in 29 deals, not in 60"),
        (effect(customer_deals=29, customer_won=9, is_control=True), "too few: filled in 29 deals, not in 60"),
        (effect(seller_won=57), "too few: 30 won where known, 57 where not"),
        (effect(None, None, deals_compared=None, share_compared=None), "not comparable: 0 of 120 deals have a partner"),
        (effect(deals_compared=59, share_compared=59 / 120), "not comparable: 59 of 120 deals have a partner"),
        (effect(), ""),
    ],
    ids=["unknown", "few deals", "few of a neutral field", "few lost", "no partner", "few partners", "told"],
)
def test_why_no_difference_is_told(row: dict[str, Any] | None, why: str) -> None:
    """Too few deals, wins or partners: counts, and no finding whatever q says."""
    assert plain(questions.why_none(row)) == why
    assert questions.is_finding(row) == (why == "")


def test_without_anything_told(terms: Make) -> None:
    """Not comparable where that is the reason of all, else too few."""
    lonely = study(won=effect(share_compared=0.1))
    assert questions.answer([lonely], ALIKE, terms()).in_a_word == "Not comparable"
    assert questions.answer([lonely, study(won=None)], ALIKE, terms()).in_a_word == "Too few to say"
    assert questions_beside.facts([lonely], ALIKE) == []


def test_neutral_fields_are_told_as_what_they_are() -> None:
    """Clear ones warn, unclear ones reassure, missing ones are asked for."""
    assert "that is tidy record-keeping" in told(study(), study("Region", is_control=True))["Fields that say nothing about the buyer"]
    quiet = study("Region", is_control=True, won=effect(0.01, None))
    assert told(study(), quiet)["Fields that say nothing about the buyer"].startswith("None of 1 goes with a clear difference in wins")
    assert "Name some under [neutral]" in told(study())["Fields that say nothing about the buyer"]


def test_time_is_told_with_what_neutral_fields_show() -> None:
    """A difference in days that neutral fields have too may be tidy record-keeping."""
    days = effect(-12.0, 0.01, low=-15.0, high=-9.0)
    assert told(study(), study("B", days=days))["Time"] == "With 2 of 2 known, alike deals stay open 8 to 12 days less, won or lost."
    assert told(study(), study("Region", is_control=True))["Time"] == (
        "With 1 of 1 known, alike deals stay open 8 days less, won or lost. So they do with 1 neutral field filled, which may be no more "
        "than tidy record-keeping."
    )
    unclear = effect(-1.0, 0.5, low=-5.0, high=3.0)
    assert told(study(days=unclear))["Time"].startswith("None goes with a clear difference")


def test_all_at_once() -> None:
    """What stays clear, that none does, or that they cannot be told apart."""
    unclear = {"difference": 0.03, "low": -0.02, "high": 0.08, "deals": 110}
    assert told(study(), study("B", jointly=unclear))["All questions at once"] == (
        "1 of 2 stays clear once the others are held equal: “What hurts” +8 points (95% interval 2 to 14)."
    )
    assert told(study(jointly=unclear), study("B", jointly=unclear))["All questions at once"].startswith("None stays clear")
    same = dict.fromkeys(("difference", "low", "high"), None) | {"deals": 110}
    assert "always answered together" in told(study(jointly=same), study("B", jointly=same))["All questions at once"]
    assert questions_jointly.rows([study(jointly=same), study("B", jointly=same)]) == []


def test_whether_questions_differ() -> None:
    """By Cochran's test, over all questions."""
    assert told(study())["Do the questions differ?"].startswith("No more than chance has it (p 0.40)")
    assert told(study(won=effect(heterogeneity_p=0.001)))["Do the questions differ?"].startswith("More than chance has it (p 0.001)")


def test_rows_stand_in_groups() -> None:
    """Questions, then a heading, then the neutral fields; findings are strong, the rest is grey."""
    made = question_rows.rows([study(), study("B", won=effect(0.02, 0.5)), study("Region", is_control=True)], "win_rate")
    assert [row.title for row in made] == ["What hurts", "B", question_rows.CONTROLS.title, "Region"]
    assert [dot.role for row in made for dot in row.dots] == ["strong", "quiet", "quiet"]
    assert [dot.behind for row in made for dot in row.dots] == ["stands out", "not clear", ""]
    assert [plain(dot.text) for row in made for dot in row.dots] == ["+10 (5 to 15)", "+2 (−3 to 7)", "+10 (5 to 15)"]
    assert (made[0].dots[0].value, made[0].dots[0].low) == pytest.approx((10, 5))
    assert question_rows.rows([study()], "win_rate")[-1].title == "What hurts"
    assert [plain(made[place].note) for place in (0, 3)] == ["known in 50% (60 of 120)", "filled in 50% (60 of 120)"]


def test_nothing_told_is_nothing_drawn() -> None:
    """Rows that only say why there is no difference make no chart."""
    assert is_drawn(question_rows.rows([study()], "win_rate"))
    assert not is_drawn(question_rows.rows([study(won=None), study(is_control=True, won=None)], "win_rate"))


def test_days_are_days() -> None:
    """Neither scaled nor in points."""
    [row] = question_rows.rows([study()], "days_open")
    assert plain(row.dots[0].text) == "−8 (−12 to −4)"
    assert row.dots[0].value == -8.0
    assert any("−8.0 days" in plain(line) for line in row.dots[0].hover)


def test_alone_beside_all_at_once() -> None:
    """Two dots a row: hollow by itself, filled with the others held equal."""
    made = questions_jointly.rows([study(), study("B")])
    assert [[dot.role for dot in row.dots] for row in made] == [["before", "strong"]] * 2
    assert [plain(dot.text or dot.behind) for dot in made[0].dots] == ["alone +10 (5 to 15)", "+8 (2 to 14)"]
    assert questions_jointly.rows([study()]) == []


def test_the_tables_hold_every_question(terms: Make) -> None:
    """What is not told says why."""
    made = [study(), study("B", known=rate(10, 4), won=effect(customer_deals=10))]
    picture = question_rows.picture(made, "win_rate", terms())
    assert picture.table["Like for like"].to_list() == ["+10.0", "–"]
    assert plain(picture.table["Why not told"][1]) == "too few: known in 10 deals, not in 60"
    seen = question_rows.asked_table(made, terms())
    assert plain(seen["Win rate if known"][1]) == "too few (4 of 10)"
    assert plain(seen["Median days to win if known"][0]) == "50.5, 40 to 60"


def test_what_to_ask_stands_with_how_often_it_is_known() -> None:
    """Label, question and counts; neutral fields are not asked."""
    [fact] = question_rows.asked([study(), study("Region", is_control=True)])
    assert (fact.label, plain(fact.text)) == ("What hurts", "“What happens if nothing changes?” Known in 50% (60 of 120).")


def test_names_of_fields_arespelt_out() -> None:
    """A neutral field is called by the CRM's name of it, which is made for machines."""
    assert questions.spelt_out("Lead_Source_Detail__c") == "Lead Source Detail"
    assert questions.spelt_out("__c") == "__c"
