"""What the sales team types into the nine fields, with the habits that make records misleading.

Answers are written at creation, while the deal is open, and again at or after the close (half of the blanks of a won
deal, few of a lost one). Some say nothing, some are reworded, cleared and rewritten, or tidied up when all is over.
Times are working days on the clock of `world`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from sample_data import texts
from sample_data.clock import HORIZON, NEVER, Flags, Floats, Ints
from sample_data.world import LOST, PICK_LIST, WON, Deals, Journey, Owners

FIELDS: Final = (*texts.BUYER, *texts.NEUTRAL)
"""API names, in the order of `world.FIELD_WEIGHT`."""

LATE_ON_WON: Final = 0.50
LATE_ON_LOST: Final = 0.08
"""Share of a closed deal's blank fields that are filled at or after the close."""
RIGHT_AT_CLOSE: Final = 0.4
"""Share of these that are filled in the very second of the close; the others come within weeks."""
PASTED: Final = 0.8
"""Share of junk that is the boiler-plate, with the owners who paste it."""
REWORD: Final = 0.10
CLEAR: Final = 0.03
"""Share of real entries that are reworded, or cleared, if the deal stays open long enough."""
AS_IS, REWORDED, CLEARED, TIDIED = range(4)
"""What happens to an entry later on."""


def entries(deals: Deals, owners: Owners, run: Journey, product: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Return what was typed into the nine fields: one row per deal and field that was ever filled.

    Columns: deal, field (index into `FIELDS`), by (owner), filled, changed, rewritten (working days, `NEVER` if not),
    at_creation, junk, pasted (is the boiler-plate), change (`AS_IS` …), first (text), second (text after the change),
    today (text on the day of the export).
    """
    stage, closed, owner = run.ending
    filled, by = run.filled.copy(), run.filled_by.copy()
    chance = np.select([stage == WON, stage == LOST], [LATE_ON_WON, LATE_ON_LOST], 0.0)
    delay = np.where(rng.random(filled.shape) < RIGHT_AT_CLOSE, 0.0, rng.exponential(6.0, filled.shape))
    moment = np.where(closed < NEVER, closed, 0.0)[:, None] + delay
    late = (filled == NEVER) & (rng.random(filled.shape) < chance[:, None]) & (moment <= HORIZON)
    filled[late], by[late] = moment[late], np.broadcast_to(owner[:, None], by.shape)[late]
    deal, field = np.nonzero(filled < NEVER)
    frame = pl.DataFrame(
        {
            "deal": deal,
            "field": field,
            "by": by[deal, field],
            "filled": filled[deal, field],
            "at_creation": filled[deal, field] == deals.created[deal],
            "junk": deals.junk[deal, field],
        }
    )
    frame = frame.with_columns(pasted=_pasted(frame, owners, rng))
    return _with_texts(_with_changes(frame, stage[deal], closed[deal], rng), product, rng)


def _pasted(frame: pl.DataFrame, owners: Owners, rng: np.random.Generator) -> Flags:
    """Return which entries are the sentence that two owners paste."""
    by, field, junk = (frame[name].to_numpy() for name in ("by", "field", "junk"))
    return np.asarray(junk & owners.pastes[by] & (field < PICK_LIST) & (rng.random(len(by)) < PASTED))


def _with_changes(frame: pl.DataFrame, stage: Ints, closed: Floats, rng: np.random.Generator) -> pl.DataFrame:
    """Add `change`, `changed` and `rewritten`: what happens to the entries later on."""
    filled, junk = frame["filled"].to_numpy(), frame["junk"].to_numpy()
    number = len(filled)
    throw, wait = rng.random(number), rng.exponential(11.0, number)
    in_time = ~junk & (filled + wait < np.minimum(closed, HORIZON))
    tidy_chance = np.where(junk, np.where(stage == WON, 0.25, 0.05), 0.06)
    tidy_at = np.where(closed < NEVER, np.maximum(closed, filled), HORIZON) + 0.05 + rng.exponential(8.0, number)
    tidied = (rng.random(number) < tidy_chance) & (tidy_at <= HORIZON)
    change = np.select([in_time & (throw < REWORD), in_time & (throw < REWORD + CLEAR), tidied], [REWORDED, CLEARED, TIDIED], AS_IS)
    changed = np.select([change == AS_IS, change == TIDIED], [NEVER, tidy_at], filled + wait)
    again = np.where(change == CLEARED, changed + 0.05 + rng.exponential(6.0, number), NEVER)
    return frame.with_columns(change=change, changed=changed, rewritten=np.where(again <= HORIZON, again, NEVER))


def _with_texts(frame: pl.DataFrame, product: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Add the texts `first`, `second` and `today`."""
    junk = pl.Series(rng.choice(texts.JUNK, len(frame)), dtype=pl.String)
    added = pl.concat_str(pl.col("first").str.strip_chars_end("."), pl.lit("; "), _remark(len(frame), rng)).str.slice(0, 255)
    extends = (pl.col("change") == REWORDED) | ((pl.col("change") == TIDIED) & ~pl.col("junk"))
    rewritten = (pl.col("change") != CLEARED) | (pl.col("rewritten") < NEVER)
    return (
        frame.hstack(_sentences(frame["field"].to_numpy(), product[frame["deal"].to_numpy()], rng))
        .with_columns(first=pl.when("pasted").then(pl.lit(texts.BOILER_PLATE)).when("junk").then(junk).otherwise("first"))
        .with_columns(second=pl.when(extends & (pl.col("field") != PICK_LIST)).then(added).otherwise("fresh"))
        .with_columns(today=pl.when(pl.col("change") == AS_IS).then("first").when(rewritten).then("second").otherwise(pl.lit("")))
        .drop("fresh")
    )


def _sentences(field: Ints, product: Ints, rng: np.random.Generator) -> pl.DataFrame:
    """Return two meaningful texts per entry, `first` and `fresh`."""
    pieces = []
    for number, name in enumerate(FIELDS):
        here = np.flatnonzero(field == number)
        first, fresh = (_meaningful(name, product[here] + step, rng) for step in (0, 1))
        pieces.append(pl.DataFrame({"row": here, "first": first, "fresh": fresh}))
    return pl.concat(pieces).sort("row").drop("row")


def _meaningful(name: str, product: Ints, rng: np.random.Generator) -> pl.Series:
    """Return a text for a field that says something, one per element of `product`."""
    number = len(product)
    if name == texts.PICK_LIST:
        return pl.Series(texts.PRODUCT_LINES).gather(product % len(texts.PRODUCT_LINES))
    if name == "Internal_Reference__c":
        return _references(number, rng)
    sentence = texts.pool(name).gather(rng.integers(texts.POOL_SIZE, size=number))
    if name not in texts.BUYER:
        return sentence
    long = name == texts.LONG_TEXT
    joint = pl.Series([". ", "; ", " / ", "\n" if long else " - "]).gather(rng.integers(4, size=number))
    more = pl.Series(rng.random(number) < (0.6 if long else 0.4))
    frame = pl.DataFrame({"text": sentence, "joint": joint, "remark": _remark(number, rng), "more": more})
    joined = pl.concat_str(pl.col("text").str.strip_chars_end("."), "joint", "remark")
    return frame.select(pl.when("more").then(joined).otherwise("text")).to_series()


def _remark(number: int, rng: np.random.Generator) -> pl.Series:
    """Return `number` second sentences."""
    return texts.pool("remark").gather(rng.integers(texts.REMARKS, size=number))


def _references(number: int, rng: np.random.Generator) -> pl.Series:
    """Return `number` references of the seller's own filing."""
    frame = pl.DataFrame(
        {
            "form": rng.integers(3, size=number),
            "year": rng.integers(24, 27, number),
            "no": rng.integers(1_000, 99_999, number),
        }
    )
    forms = (pl.format("Q-20{}-{}", "year", "no"), pl.format("PO {}", "no"), pl.format("{}/{}", "no", "year"))
    return frame.select(
        pl.when(pl.col("form") == 0).then(forms[0]).when(pl.col("form") == 1).then(forms[1]).otherwise(forms[2])
    ).to_series()


def field_changes(typed: pl.DataFrame, last_owner: Ints) -> pl.DataFrame:
    """Return every change of the nine fields that a CRM can see; not what was there on creation.

    Columns: deal, field (API name), by (owner), at (working days), old, new (texts, empty if none).
    """
    nothing = pl.lit("")

    def rows(keep: pl.Expr, at: str, old: pl.Expr, new: pl.Expr) -> pl.DataFrame:
        return typed.filter(keep).select("deal", "field", "by", "change", at=pl.col(at), old=old, new=new)

    changes = pl.concat(
        [
            rows(~pl.col("at_creation"), "filled", nothing, pl.col("first")),
            rows(pl.col("change").is_in([REWORDED, TIDIED]), "changed", pl.col("first"), pl.col("second")),
            rows(pl.col("change") == CLEARED, "changed", pl.col("first"), nothing),
            rows(pl.col("rewritten") < NEVER, "rewritten", nothing, pl.col("second")),
        ]
    )
    owner = pl.Series(last_owner).gather(changes["deal"])
    return changes.select(
        "deal",
        pl.Series(FIELDS).gather(changes["field"]).alias("field"),
        pl.when((pl.col("change") == TIDIED) & (pl.col("old") != "")).then(owner).otherwise("by").alias("by"),
        "at",
        "old",
        "new",
    )
