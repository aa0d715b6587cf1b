"""`Opportunity.csv` and `Account.csv` of a Salesforce Data Export, from a book of deals."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from sample_data import texts, world
from sample_data.answers import AS_IS, FIELDS
from sample_data.book import Book
from sample_data.clock import NEVER, Floats, Ints, seconds
from sample_data.defects import UNREADABLE_AMOUNTS, UNREADABLE_DATES, WAIT, Defects
from sample_data.salesforce_format import (
    DATETIME,
    EMPTY_ID,
    FORECAST,
    FORECAST_NAME,
    PROBABILITY,
    STAGES,
    START,
    Team,
    from_seconds,
    ids,
    midnights,
    moments,
    pick,
)
from sample_data.stages import UNPRICED
from sample_data.world import BUYER_FIELDS, WON

OPPORTUNITY: Final = (
    "Id", "IsDeleted", "AccountId", "IsPrivate", "Name", "Description", "StageName", "StageSortOrder", "Amount",
    "Probability", "ExpectedRevenue", "TotalOpportunityQuantity", "CloseDate", "Type", "NextStep", "LeadSource",
    "IsClosed", "IsWon", "ForecastCategory", "ForecastCategoryName", "CurrencyIsoCode", "CampaignId",
    "HasOpportunityLineItem", "Pricebook2Id", "OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate",
    "LastModifiedById", "SystemModstamp", "LastActivityDate", "LastStageChangeDate", "FiscalYear", "FiscalQuarter",
    "ContactId", "PrimaryPartnerAccountId", "ContractId", "LastAmountChangedHistoryId",
    "LastCloseDateChangedHistoryId", "Segment__c", "ICP_Fit__c", "Loss_Reason__c", *FIELDS,
)  # fmt: skip
"""Columns, in the order of a Data Export; the custom fields come last."""

BLANK: Final = (
    "Description", "TotalOpportunityQuantity", "Pricebook2Id", "LastActivityDate", "PrimaryPartnerAccountId",
    "ContractId", "LastAmountChangedHistoryId", "LastCloseDateChangedHistoryId",
)  # fmt: skip
"""Columns that nobody fills."""
EMPLOYEES: Final = np.array([20, 180, 1_800])
"""A typical number, by segment."""


def opportunity_ids(book: Book) -> pl.Series:
    """Return the ids of the book's deals."""
    return ids("006", START["006"] + book.first + np.arange(book.number))


def flag(number: int, deals: Ints) -> pl.Series:
    """Return 1 for the given deals and 0 for the others."""
    flags = np.zeros(number, dtype=np.int8)
    flags[deals] = 1
    return pl.Series(flags)


def opportunities(book: Book, team: Team, defects: Defects, first_account: int) -> pl.DataFrame:
    """Return `Opportunity.csv` with its defects: one row per deal, and one more per duplicated id."""
    frame = (
        pl.DataFrame({"place": np.arange(book.number)})
        .with_columns(**_what(book, first_account), **_states(book), **_who_and_when(book, team, defects), **_fields(book))
        .with_columns(IsDeleted=flag(book.number, defects.deleted_deals))
        .with_columns(
            CloseDate=pl.col("CloseDate").dt.to_string(DATETIME),
            FiscalYear=pl.col("CloseDate").dt.year(),
            FiscalQuarter=pl.col("CloseDate").dt.quarter(),
        )
    )
    frame = frame.with_columns(
        _replaced("Amount", defects.unreadable_amounts, UNREADABLE_AMOUNTS),
        _replaced("CreatedDate", defects.unreadable_created_dates, UNREADABLE_DATES),
    )
    kept = frame.filter(~pl.col("place").is_in(defects.deals_only_in_history.tolist()))
    older = _older_state(frame, book, defects.duplicated_ids)
    return pl.concat([older, kept]).sort("place", maintain_order=True).select(OPPORTUNITY)


def _what(book: Book, first_account: int) -> dict[str, pl.Series | pl.Expr]:
    """Return what the deals are: names, account, type, source, and columns that nobody fills."""
    accounts = ids("001", START["001"] + first_account + np.arange(len(book.accounts)))
    return {
        **{name: pl.lit("") for name in BLANK},
        **{name: pl.lit(EMPTY_ID) for name in ("CampaignId", "ContactId")},
        **{name: pl.lit("0") for name in ("IsPrivate", "HasOpportunityLineItem")},
        "Id": opportunity_ids(book),
        "AccountId": accounts.gather(book.account),
        "Name": book.name,
        "Type": pick(("New Business", "Existing Business"), book.deals.existing.astype(np.int64)),
        "NextStep": book.next_step,
        "LeadSource": pick(texts.LEAD_SOURCES, book.source),
        "CurrencyIsoCode": pl.lit("EUR"),
    }


def _today(book: Book, column: str) -> Ints:
    """Return a column of the stage rows as it stands today, per deal."""
    values = np.zeros(book.number, dtype=np.int64)
    values[book.stage_rows["deal"].to_numpy()] = book.stage_rows[column].to_numpy()
    return values


def _states(book: Book) -> dict[str, pl.Series | pl.Expr]:
    """Return where the deals stand today: stage, amount, close date and what follows from them."""
    moved = book.stage_rows.filter(~pl.col("first") & (pl.col("stage") != pl.col("stage_before")))
    since = np.full(book.number, NEVER)
    since[moved["deal"].to_numpy()] = moved["at"].to_numpy()
    amount = _today(book, "amount")
    return {
        **_stage_columns(_today(book, "stage"), amount),
        "CloseDate": midnights(_today(book, "close")),
        "LastStageChangeDate": times(since),
        "Loss_Reason__c": book.loss_reason,
    }


def _stage_columns(stage: Ints, amount: Ints) -> dict[str, pl.Series | pl.Expr]:
    """Return the columns that follow from stage (index into `STAGES`) and amount (EUR, `UNPRICED` if none)."""
    chance = np.array(PROBABILITY)[stage]
    return {
        "StageName": pick(STAGES, stage),
        "StageSortOrder": pl.Series(stage + 1),
        "Amount": amounts(amount),
        "Probability": pl.Series(chance),
        "ExpectedRevenue": amounts(np.where(amount == UNPRICED, UNPRICED, amount * chance // 100)),
        "IsClosed": pl.Series((stage >= WON).astype(np.int8)),
        "IsWon": pl.Series((stage == WON).astype(np.int8)),
        "ForecastCategory": pick(FORECAST, stage),
        "ForecastCategoryName": pick(FORECAST_NAME, stage),
    }


def amounts(values: Ints) -> pl.Series:
    """Return amounts as text, empty where there is none."""
    return pl.Series(values).cast(pl.String).replace(str(UNPRICED), "")


def times(moment: Floats) -> pl.Series:
    """Return working days as text in UTC, empty where the time is `NEVER`."""
    known = moment < NEVER
    text = moments(np.where(known, moment, 0.0)).dt.to_string(DATETIME)
    return text.zip_with(pl.Series(known), pl.Series([""]))


def _who_and_when(book: Book, team: Team, defects: Defects) -> dict[str, pl.Series]:
    """Return who created, owns and last changed the deals, and when."""
    owner = book.run.ending[2]
    owner_id = team.ids.gather(owner).to_frame("id").with_columns(none=flag(book.number, defects.deals_without_owner))
    created = seconds(book.deals.created)
    late = defects.closed_before_created
    created[late] = seconds(book.run.ending[1][late]) + 86_400 * np.linspace(5, WAIT - 5, len(late)).astype(np.int64)
    changed = from_seconds(np.maximum(seconds(book.modified), created)).dt.to_string(DATETIME)
    return {
        "OwnerId": owner_id.select(pl.when(pl.col("none") == 1).then(pl.lit(EMPTY_ID)).otherwise("id")).to_series(),
        "CreatedDate": from_seconds(created).dt.to_string(DATETIME),
        "CreatedById": team.ids.gather(book.deals.owner),
        "LastModifiedDate": changed,
        "LastModifiedById": team.ids.gather(owner),
        "SystemModstamp": changed,
    }


def _fields(book: Book) -> dict[str, pl.Series]:
    """Return the custom fields as they stand today."""
    columns = {
        "Segment__c": pick(world.SEGMENTS, book.deals.segment),
        "ICP_Fit__c": pl.Series(book.deals.fit.astype(np.int8)),
    }
    everyone = pl.DataFrame({"deal": np.arange(book.number)})
    for number, name in enumerate(FIELDS):
        typed = book.typed.filter(pl.col("field") == number).select("deal", "today")
        columns[name] = everyone.join(typed, on="deal", how="left", maintain_order="left")["today"].fill_null("")
    return columns


def _replaced(column: str, deals: Ints, values: tuple[str, ...]) -> pl.Expr:
    """Return a column with the given values in the rows of `deals`."""
    return pl.col("place").replace_strict(deals.tolist(), values[: len(deals)], default=pl.col(column)).alias(column)


def _older_state(frame: pl.DataFrame, book: Book, deals: Ints) -> pl.DataFrame:
    """Return the rows of closed deals as they stood in their last open stage, right after it was entered."""
    spells = book.run.spells
    row = spells.last[deals] - 1
    entered = spells.start[row]
    stamp = times(entered)
    rows: pl.DataFrame = frame[deals.tolist()]
    return rows.with_columns(
        **_stage_columns(spells.stage[row], _today(book, "amount")[deals]),
        Loss_Reason__c=pl.lit(""),
        LastStageChangeDate=times(np.where(row == spells.first[deals], NEVER, entered)),
        LastModifiedDate=stamp,
        SystemModstamp=stamp,
    )


def junk_today(book: Book, defects: Defects) -> tuple[int, int]:
    """Return how many cells of the buyer fields in `Opportunity.csv` hold a placeholder, and the pasted sentence."""
    junk = book.typed.filter(pl.col("junk") & (pl.col("change") == AS_IS) & (pl.col("field") < BUYER_FIELDS))
    rows = np.ones(book.number, dtype=np.int64)
    rows[defects.deals_only_in_history] = 0
    rows[defects.duplicated_ids] = 2
    times_seen = junk.select("pasted", rows=pl.Series(rows).gather(junk["deal"]))
    pasted = int(times_seen.filter("pasted")["rows"].sum())
    return int(times_seen["rows"].sum()) - pasted, pasted


def accounts(book: Book, team: Team, first_account: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return `Account.csv`."""
    number = len(book.accounts)
    city = book.accounts["city"].to_numpy()
    owner = team.ids.gather(rng.integers(team.owners, size=number))
    staff = EMPLOYEES[book.accounts["segment"].to_numpy()] * np.exp(rng.normal(0.0, 0.5, number))
    created = from_seconds(rng.integers(-900 * 86_400, -86_400, number)).dt.to_string(DATETIME)
    return pl.DataFrame(
        {
            "Id": ids("001", START["001"] + first_account + np.arange(number)),
            "IsDeleted": "0",
            "MasterRecordId": EMPTY_ID,
            "Name": book.accounts["name"],
            "Type": pick(("Prospect", "Customer"), book.accounts["existing"].cast(pl.Int64).to_numpy()),
            "ParentId": EMPTY_ID,
            "BillingCity": pick(tuple(name for name, _ in texts.CITIES), city),
            "BillingCountry": pick(tuple(country for _, country in texts.CITIES), city),
            "Industry": pick(texts.INDUSTRIES, rng.integers(len(texts.INDUSTRIES), size=number)),
            "NumberOfEmployees": np.maximum(staff, 2).astype(np.int64),
            "CurrencyIsoCode": "EUR",
            "OwnerId": owner,
            "CreatedDate": created,
            "CreatedById": owner,
            "LastModifiedDate": created,
            "LastModifiedById": owner,
            "SystemModstamp": created,
        }
    )
