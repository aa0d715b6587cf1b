"""Two exports of one CRM, some months apart: what was done to each deal between them."""

from __future__ import annotations

SETTINGS = """
[tag]
answers_needed = 1
[questions.pain]
label = "What hurts"
fields.salesforce = ["Pain__c"]
"""
PAIN = "They lose orders"


def files(deals: dict[str, tuple[str, str, str]]) -> dict[str, str]:
    """Return an export of deals: id to created, stage and the day on which the question was answered."""
    rows = ["Id,Name,StageName,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c,Amount"]
    history = ["OpportunityId,Field,CreatedDate,OldValue,NewValue"]
    for name, (created, stage, answered) in deals.items():
        closed, won = stage != "Discovery", stage == "Closed Won"
        rows.append(f"{name},={name},{stage},2025-04-01,{closed:d},{won:d},005A,{created}T09:00:00Z,{PAIN if answered else ''},-7.5")
        if answered:
            history.append(f"{name},Pain__c,{answered}T09:00:00Z,,{PAIN}")
    return {"Opportunity.csv": "\n".join(rows), "OpportunityFieldHistory.csv": "\n".join([*history, ""])}


BEFORE = {
    "stays": ("2025-01-01", "Closed Won", "2025-01-05"),
    "turns": ("2025-01-01", "Closed Lost", "2025-01-05"),
    "late": ("2025-01-01", "Closed Lost", ""),
    "goes": ("2025-01-01", "Closed Lost", ""),
    "ages": ("2025-06-15", "Discovery", ""),
}
AFTER = {
    "stays": BEFORE["stays"],
    "turns": ("2025-01-01", "Closed Won", "2025-01-05"),
    "late": ("2025-01-01", "Closed Lost", "2025-01-06"),
    "ages": BEFORE["ages"],
    "comes": ("2025-01-02", "Closed Lost", ""),
}
