"""A first look at an export: files with their roles, and columns with what is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.columns import ColumnFacts
from etl.config import Config
from etl.load import Request
from etl.propose import Proposal, propose

HEAD = "Id,Name,StageName,IsWon,CreatedDate,Amount,Pain__c,Level__c,Ticked__c,Buyer__c,Empty__c,Score__c,Due__c,Boiler__c\n"
Look = Callable[[dict[str, str]], Proposal]
Configured = Callable[[str | None], Config]

BUYER = "003S70000000{:03}IAF"


def rows(count: int) -> str:
    """Return deals of which every other one has a pain."""
    line = "{n},D{n},Closed Won,1,2026-01-0{day},5,{pain},{level},{tick},{buyer},,{n}.5,2026-02-01,{boiler}\n"
    return HEAD + "".join(
        line.format(
            n=n,
            day=1 + n % 9,
            pain=f"They lose order {n}" if n % 2 else "",
            level=("High", "Low")[n % 2],
            tick=n % 2,
            buyer=BUYER.format(n),
            boiler="Follow up on the white paper of last week",
        )
        for n in range(count)
    )


@pytest.fixture
def look(tmp_path: Path, configured: Configured) -> Look:
    """Return a function that looks at files (name to text)."""

    def go(files: dict[str, str]) -> Proposal:
        folder = tmp_path / "in"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return propose(Request((folder,), tmp_path / "data", configured(None)), tmp_path / "work")

    return go


def facts(proposal: Proposal) -> dict[str, ColumnFacts]:
    return {each.header: each for each in proposal.columns}


def test_columns_are_counted(look: Look) -> None:
    """Rows, filled rows and different values are those of the file, and what feeds a standard column says so."""
    found = facts(look({"Opportunity.csv": rows(40)}))
    pain = found["Pain__c"]
    assert (pain.rows, pain.filled, pain.kind, pain.feeds) == (40, 20, "text", "")
    assert 18 <= pain.distinct <= 20
    assert found["Level__c"].examples in {("High", "Low"), ("Low", "High")}
    assert (found["Amount"].feeds, found["Id"].feeds, found["IsWon"].feeds) == ("amount", "deal_id", "is_won")


@pytest.mark.parametrize(
    ("header", "kind", "may_answer"),
    [
        ("Pain__c", "text", True),
        ("Level__c", "choice", True),
        ("Ticked__c", "flag", True),
        ("Buyer__c", "id", True),
        ("Boiler__c", "text", True),
        ("Empty__c", "empty", False),
        ("Score__c", "number", False),
        ("Due__c", "date", False),
        ("Name", "text", False),
    ],
)
def test_kinds_of_columns(look: Look, header: str, kind: str, may_answer: bool) -> None:  # noqa: FBT001 - an expectation
    """What may answer a question is text, a choice, a tick or a reference; one sentence on all deals is no choice, however few differ."""
    column = facts(look({"Opportunity.csv": rows(40)}))[header]
    assert (column.kind, column.may_answer) == (kind, may_answer)


def test_what_the_settings_name_is_proposed(look: Look) -> None:
    """A column is found however its header is written, and a question without one is there all the same."""
    proposal = look({"Opportunity.csv": rows(4).replace("Pain__c", "PAIN__C").replace("Level__c", "Product_Line__c")})
    assert {each.topic: each.columns for each in proposal.questions}["pain"] == ("PAIN__C",)
    assert {each.topic: each.columns for each in proposal.questions}["champion"] == ()
    assert proposal.neutral == ("Product_Line__c",)


def test_files_of_one_role_are_looked_at_together(look: Look) -> None:
    """Two files of deals are one table of columns."""
    history = "OpportunityId,StageName,CreatedDate\n1,Discovery,2026-01-01\n"
    proposal = look({"a.csv": rows(4), "b.csv": rows(6), "OpportunityHistory.csv": history, "notes.txt": "x", "other.csv": "a,b\n1,2\n"})
    assert facts(proposal)["Pain__c"].filled == 5
    assert proposal.deals == 10
    files = proposal.files_frame().sort("name")
    assert files["role"].to_list() == ["stage_history", "deals", "deals", None, None]
    assert files["name"].to_list() == ["OpportunityHistory.csv", "a.csv", "b.csv", "notes.txt", "other.csv"]


def test_a_real_export(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """774 deals with boiler-plate: descriptions are text with few different values, and nobody's pain is asked for."""
    export = shared / "crm" / "sf_dataloader_pain_text" / "Opportunity.csv"
    proposal = propose(Request((export,), tmp_path / "data", configured(None)), tmp_path / "work")
    description = facts(proposal)["Description"]
    assert (description.rows, description.filled, description.kind) == (774, 773, "text")
    assert 13 <= description.distinct <= 15
    assert all(not each.columns for each in proposal.questions)
    assert proposal.columns_frame().filter(header="Description")["filled"][0] == pytest.approx(773 / 774)
