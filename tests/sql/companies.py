"""Companies of deals that are alike by the dozen, as the table of text that the fixture `built` takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Deals:
    """As many deals alike: created on day 0, decided on a day, with their first fields and perhaps others answered since creation."""

    number: int
    is_won: bool
    answers: int
    owner: str = "Ann"
    team: str = ""
    segment: str = "SMB"
    fit: str = ""
    amount: float = 100
    close_day: int = 60
    also_answered: str = ""


def decided(won: int, deals: int, answers: int, **more: Any) -> list[Deals]:
    """Return as many deals, some of them won."""
    return [Deals(won, True, answers, **more), Deals(deals - won, False, answers, **more)]


def table(companies: dict[str, list[Deals]]) -> str:
    """Return the deals of all companies as a table of text; the pipeline of their deals is the company's name."""
    lines = [
        f"{'won' if group.is_won else 'lost'} | day {group.close_day} | {group.owner} | {group.team} | {group.segment} | {group.fit} | "
        f"{group.amount} | {company} | {' '.join(str(number) for number in range(1, group.answers + 1))} {group.also_answered}"
        for company, groups in companies.items()
        for group in groups
        for _ in range(group.number)
    ]
    header = "deal_key | outcome | close_date | owner | team | segment | is_icp_fit | amount | pipeline | answered"
    return "\n".join([header, *(f"{number} | {line}" for number, line in enumerate(lines, 1))])
