"""An export whose every text is an attack: names of deals, people, teams, stages, files, columns, questions, and what people wrote."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date

from tests.payloads import EVIL, SHOWN

ANSWER_HEADERS = (f"Pain <img src=http://{EVIL}/j.png> :red[x] \u202egnp", "Champion **$x$** <b>", f"Budget [b](http://{EVIL}/k)")
"""The columns that answer the buyer questions."""
NEUTRAL_HEADER = "Product <script>window.ran=7</script> \u200b"
UNUSED_HEADER = "Unused \x1b[31m <b>"
FILES = (
    "Opportunity \u202ecod <b> :red[x] \x1b[31m.csv",
    "OpportunityHistory $x$.csv",
    "OpportunityFieldHistory.csv",
    "User.csv",
    "Account.csv",
)
"""The names of the files; each begins as Salesforce's does."""
AS_OF = date(2025, 6, 1)

_HEADER = "Id,Name,AccountId,OwnerId,StageName,IsClosed,IsWon,Amount,CreatedDate,CloseDate,Segment__c,Type,LeadSource,Loss_Reason__c"
_DEALS = 8 * len(SHOWN)
_DAY = "2024-{:02}-{:02}"


def export() -> dict[str, str]:
    """Return the files of the export by name: each text of SHOWN stands in each column of texts."""
    deals, stages, changes = [], [], []
    for number in range(_DEALS):
        at = _moment(number)
        texts = [SHOWN[(number + shift) % len(SHOWN)] for shift in range(10)]
        is_open, is_won = number % 4 == 3, number % 4 < 1 + number % 2
        stage = texts[0] if is_open else "Closed Won" if is_won else "Closed Lost"
        closed = _DAY.format(5 + number % 3, 1 + number % 28)
        answers = [f"{text} {number}" if number % 2 else "" for text in texts[1:4]]
        junk = "tbd " + texts[4] if number % 5 == 0 else ""
        person, account = f"U{number % len(SHOWN)}", f"A{number % len(SHOWN)}"
        flags = (int(not is_open), int(is_won and not is_open))
        loss = "" if is_open or is_won else texts[5]
        texts_of = (texts[6], texts[7], texts[8], loss)
        deals.append(
            (
                f"{number}{texts[9][:40]}",
                texts[0],
                account,
                person,
                stage,
                *flags,
                100 + number % 7,
                at,
                closed,
                *texts_of,
                *answers,
                junk,
                texts[2],
                texts[3],
            )
        )
        stages += [(deals[-1][0], at, texts[6], 100), (deals[-1][0], f"{closed} 08:00:00", stage, 100)]
        changes += [
            (deals[-1][0], header, at[:10] + f" 09:{number % 60:02}:00", "", answer, person)
            for header, answer in zip(ANSWER_HEADERS, answers, strict=True)
            if answer
        ]
    people = [(f"U{number}", text, SHOWN[-number]) for number, text in enumerate(SHOWN)]
    accounts = [(f"A{number}", text, SHOWN[-number]) for number, text in enumerate(SHOWN)]
    tables: tuple[list[Sequence[object]], ...] = (
        [(*_HEADER.split(","), *ANSWER_HEADERS, "Economic_Buyer__c", NEUTRAL_HEADER, UNUSED_HEADER), *deals],
        [("OpportunityId", "CreatedDate", "StageName", "Amount"), *stages],
        [("OpportunityId", "Field", "CreatedDate", "OldValue", "NewValue", "CreatedById"), *changes],
        [("Id", "Name", "Department"), *people],
        [("Id", "Name", "Industry"), *accounts],
    )
    return {name: _csv(rows) for name, rows in zip(FILES, tables, strict=True)}


def settings() -> str:
    """Return the settings to it: questions whose labels are attacks, and that ask one."""
    lines = ["[tag]", "answers_needed = 2"]
    for number, header in enumerate(ANSWER_HEADERS):
        lines += [
            f"[questions.q{number}]",
            f"label = {json.dumps(SHOWN[13 + number])}",
            f"ask = {json.dumps(SHOWN[28 + number])}",
            f"fields.salesforce = [{json.dumps(header)}]",
        ]
    lines += [
        "[questions.junk]",
        f"label = {json.dumps(SHOWN[38])}",
        f"ask = {json.dumps(SHOWN[1])}",
        'fields.salesforce = ["Economic_Buyer__c"]',
    ]
    return "\n".join([*lines, "[neutral]", f"fields.salesforce = [{json.dumps(NEUTRAL_HEADER)}]"])


def _moment(number: int) -> str:
    return _DAY.format(1 + number % 3, 1 + number % 28) + f" 08:{number % 60:02}:00"


def _csv(rows: Sequence[Sequence[object]]) -> str:
    made = io.StringIO()
    csv.writer(made).writerows(rows)
    return made.getvalue()
