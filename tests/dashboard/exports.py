"""Exports of a few lines, made by rule, for the states that a page can be in."""

from __future__ import annotations

QUESTION = """
[organisation]
fiscal_year_start_month = 2
[questions.pain]
label = "What hurts"
fields.salesforce = ["Pain__c"]
"""


def deals_by_rule(
    deals: int,
    answered: int,
    *,
    won: tuple[int, int] = (5, 5),
    reps: tuple[str, ...] = tuple("ABCDEFGH"),
    segments: tuple[str, ...] = ("SMB",),
    has_history: bool = True,
    has_stages: bool = False,
    stages: tuple[str, str] = ("Proposal", "Proposal"),
    field: str = "Pain__c",
) -> dict[str, str]:
    """Return an export of deals made by rule, its files by name; QUESTION is the configuration to it.

    Of `deals` deals the first `answered` got their answer on day 5, a minute apart, as no bulk edit writes them; `won` of each 10 were won, the others lost, on day 60 and the days
    after. Names are those of `reps` and `segments`, in turn. With `has_stages` it is known that every deal was in one of `stages` from its
    first day until it closed: that of the answered deals, and that of the others.
    """
    rows = [f"Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,Opportunity Owner,CreatedDate,{field},Segment__c"]
    changes = ["OpportunityId,Field,CreatedDate,OldValue,NewValue", "0,Pain__c,2024-01-02 07:00:00,,tbd"]
    moves = ["OpportunityId,CreatedDate,StageName,Amount"]
    for number in range(deals):
        is_won = number % 10 < won[number >= answered]
        pain = f"They lose {number} orders a week" if number < answered else ""
        rep, segment = reps[number % len(reps)], segments[number % len(segments)]
        amount = 100 + number % 7
        stage, closed_on = "Closed Won" if is_won else "Closed Lost", f"2024-03-{1 + number % 9:02}"
        closed = f"{stage},{amount},{closed_on},1,{int(is_won)}"
        rows.append(f'{number},Deal {number},{closed},"{rep}",2024-01-01 08:00:00,{pain},"{segment}"')
        moves.append(f"{number},2024-01-01 08:00:00,{stages[number >= answered]},{amount}")
        moves.append(f"{number},{closed_on} 08:00:00,{stage},{amount}")
        if pain:
            changes.append(f"{number},Pain__c,2024-01-06 {number // 60 % 24:02}:{number % 60:02}:00,,{pain}")
    rows.append(f'Z,Last,Proposal,1,2026-01-01,0,0,"{reps[0]}",2026-01-01 08:00:00,,"{segments[0]}"')
    files = {"Opportunity.csv": "\n".join(rows)}
    if has_history:
        files["OpportunityFieldHistory.csv"] = "\n".join(changes)
    if has_stages:
        files["OpportunityHistory.csv"] = "\n".join(moves)
    return files
