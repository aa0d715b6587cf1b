"""A company of two teams with two reps each, whose every text bears the code word of its rep, so that a leak shows wherever it is."""

from __future__ import annotations

from typing import Final

TEAMS: Final = {"North": ("Ann Amberfox", "Bob Bluewren"), "South": ("Sue Scarletowl", "Tom Tealcrane")}
DEALS: Final = 20  # of each rep

SETTINGS: Final = """
[questions.pain]
label = "What hurts"
fields.salesforce = ["Pain__c"]
[access]
contact = "the RevOps team"
domains = ["example.com"]
[access.people]
"ada@example.com" = { roles = ["leader"] }
"ben@example.com" = { roles = ["manager", "analyst"], teams = ["North"] }
"sid@example.com" = { roles = ["manager", "analyst"], teams = ["South"] }
"ann@example.com" = { roles = ["rep"] }
"max@example.com" = { roles = ["manager", "rep"], teams = ["North"], owner = "Ann Amberfox" }
"ana@example.com" = { roles = ["analyst"] }
"otto@example.com" = { roles = ["operator"] }
"new@example.com" = { roles = ["rep"] }
"""


def word(rep: str) -> str:
    """Return the code word of a rep."""
    return rep.split()[1].lower()


def words(*teams: str) -> tuple[str, ...]:
    """Return the code words of all reps of some teams."""
    return tuple(word(rep) for team in teams for rep in TEAMS[team])


def deal_id(rep: str, number: int) -> str:
    """Return the id of a deal of a rep."""
    return f"006{word(rep)}{number:03}"


def files(*, as_won: str = "") -> dict[str, str]:
    """Return an export of the company, its files by name; the first lost deal of the rep `as_won` is won in a later one."""
    deals = [
        "Id,Name,AccountId,OwnerId,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,Pain__c,Segment__c,LeadSource",
    ]
    users, accounts = ["Id,Name,Email,Department"], ["Id,Name"]
    changes = ["OpportunityId,Field,CreatedById,CreatedDate,OldValue,NewValue"]
    for team, reps in TEAMS.items():
        for rep in reps:
            code = word(rep)
            users.append(f"005{code},{rep},{rep.split()[0].lower()}@example.com,{team}")
            accounts.append(f"001{code},{code} Ltd")
            for number in range(DEALS):
                is_won = number % 3 == 0 or (rep == as_won and number == 1)
                is_open = number >= DEALS - 4
                pain = f"{code} loses {number} orders each week" if number % 2 else ""
                stage = f"Proposal,{100 + number},2026-06-30,0,0" if is_open else _closed(number, is_won=is_won)
                created = f"2024-01-{1 + number % 20:02} 08:00:00"
                deals.append(
                    f"{deal_id(rep, number)},{code} deal {number},001{code},005{code},{stage},{created},{pain},{code} segment,{code} source"
                )
                if pain:
                    changes.append(f"{deal_id(rep, number)},Pain__c,005{code},2024-01-{6 + number % 20:02} 09:{number:02}:00,,{pain}")
    return {
        "Opportunity.csv": "\n".join(deals),
        "User.csv": "\n".join(users),
        "Account.csv": "\n".join(accounts),
        "OpportunityFieldHistory.csv": "\n".join(changes),
    }


def _closed(number: int, *, is_won: bool) -> str:
    return f"{'Closed Won' if is_won else 'Closed Lost'},{100 + number},2024-03-{1 + number % 20:02},1,{int(is_won)}"
