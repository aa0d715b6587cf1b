"""What tests of the dashboard share: frames made by hand, exports of a few lines, and the app run on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.terms import Terms
from etl.config import load_config
from etl.load import Request, load
from etl.queries import Database

ROOT = Path(__file__).parents[2]

STEP_NAMES = ("as the CRM reports it", "without junk answers", "without late answers", "at equal deal age")


@pytest.fixture
def terms() -> Callable[..., Terms]:
    """Return a function that makes terms: 3 of 6 questions by day 30, a horizon of 180 days, and what is given."""

    def make(**given: Any) -> Terms:
        usual: dict[str, Any] = {
            "landmark_day": 30,
            "answers_needed": 3,
            "questions": 6,
            "horizon_days": 180,
            "currency": "EUR",
            "as_of": date(2026, 6, 30),
            "has_field_history": True,
            "has_owners": True,
        }
        return Terms(**usual | given)

    return make


@pytest.fixture
def ladder() -> Callable[..., pl.DataFrame]:
    """Return a function that makes an evidence ladder of (customer won, deals, seller won, deals) for steps 1 to 4.

    `interval` is that of step 4; None for a step is a step without any deals.
    """

    def make(*steps: tuple[int, int, int, int] | None, interval: tuple[float, float] | None = None, owners: int = 8) -> pl.DataFrame:
        rows = []
        for number, (name, counts) in enumerate(zip(STEP_NAMES, steps, strict=True), start=1):
            won, deals, seller_won, seller_deals = counts or (0, 0, 0, 0)
            rate, seller_rate = (w / d if d else None for w, d in ((won, deals), (seller_won, seller_deals)))
            low, high = interval if interval and number == 4 else (None, None)
            gap = None if rate is None or seller_rate is None else rate - seller_rate
            row = (number, name, won, deals, rate, seller_won, seller_deals, seller_rate, gap, low, high, None)
            rows.append((*row, owners, 12))
        floats = ("customer_rate", "seller_rate", "difference", "low", "high", "standard_error")
        columns = "step step_name customer_won customer_deals customer_rate seller_won seller_deals seller_rate "
        columns += "difference low high standard_error owners deals_left_out"
        overrides = dict.fromkeys(floats, pl.Float64)
        return pl.DataFrame(rows, schema=columns.split(), schema_overrides=overrides, orient="row")

    return make


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Return the sample export, loaded."""
    folder = tmp_path_factory.mktemp("sample")
    zipped = ROOT / "sample_data" / "salesforce.zip"
    return Database(load(Request((zipped,), folder, load_config())).database)


QUESTION = """
[organisation]
fiscal_year_start_month = 2
[questions.pain]
label = "What hurts"
fields.salesforce = ["Pain__c"]
"""


@pytest.fixture
def few_deals(load_files: Callable[..., Database]) -> Callable[..., Path]:
    """Return a function that loads deals made by rule, and returns their data folder.

    Of `deals` deals the first `answered` got their answer on day 5; `won` of each 10 were won on day 60, the others
    lost. Names are those of `teams` and `reps`, in turn.
    """

    def build(
        deals: int,
        answered: int,
        *,
        won: tuple[int, int] = (5, 5),
        reps: tuple[str, ...] = tuple("ABCDEFGH"),
        segments: tuple[str, ...] = ("SMB",),
        has_history: bool = True,
        field: str = "Pain__c",
    ) -> Path:
        rows = [f"Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,Opportunity Owner,CreatedDate,{field},Segment__c"]
        changes = ["OpportunityId,Field,CreatedDate,OldValue,NewValue", "0,Pain__c,2024-01-02 07:00:00,,tbd"]
        for number in range(deals):
            is_won = number % 10 < won[number >= answered]
            pain = f"They lose {number} orders a week" if number < answered else ""
            rep, segment = reps[number % len(reps)], segments[number % len(segments)]
            stage = "Closed Won" if is_won else "Closed Lost"
            closed = f"{stage},{100 + number % 7},2024-03-01,1,{int(is_won)}"
            rows.append(f'{number},Deal {number},{closed},"{rep}",2024-01-01 08:00:00,{pain},"{segment}"')
            if pain:
                changes.append(f"{number},Pain__c,2024-01-06 08:00:00,,{pain}")
        rows.append(f'Z,Last,Proposal,1,2026-01-01,0,0,"{reps[0]}",2026-01-01 08:00:00,,"{segments[0]}"')
        files = {"Opportunity.csv": "\n".join(rows)}
        if has_history:
            files["OpportunityFieldHistory.csv"] = "\n".join(changes)
        return load_files(files, QUESTION).path.parent

    return build


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that runs the app on a data folder with query parameters, and fails where it raises."""

    def run(folder: Path, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv("SAMESIDE_DATA", str(folder))
        app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return run
