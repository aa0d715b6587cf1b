"""Which column of an unknown table holds what: guessed from the headers' words and from what kind of values stand there.

A guess is for a person to look at. Nothing is loaded by one that nobody has seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from etl.columns import ColumnFacts
from etl.config import Config
from etl.mapping import CrmMapping, folded, is_packaged, packaged_mappings, vocabulary
from etl.recognise import GENERIC

GUESSED: Final = (
    *("deal_id", "stage", "created_at", "close_date", "amount", "owner_name", "account_name", "deal_name", "currency", "status"),
    *("segment", "deal_type", "lead_source", "loss_reason", "team", "pipeline", "modified_at"),
)
"""Canonical columns of deals that are guessed; the first ones choose first among columns that fit equally well."""

_LIKE: Final = 0.25  # share of words that a header and a known one must have in common
_LIKE_A_QUESTION: Final = 0.5
_UNIQUE: Final = 0.9  # of counts that are approximate
_SPEAKS: Final = 0.2  # share of values that tell an outcome, from which on a column is the stage whatever it is called
_WEAK: Final = frozenset({"deal", "opportunity", "name", "record", "of", "the"})  # words that headers of any column hold
_DATES: Final = ("created_at", "close_date", "modified_at")


def guess_columns(facts: Sequence[ColumnFacts], known: Mapping[str, str]) -> dict[str, str]:
    """Return canonical columns of deals and their headers: those that are known already, and those guessed for what is left."""
    taken = set(known.values())
    fits = sorted(
        ((-_fit(name, each), GUESSED.index(name), place, each.header) for place, each in enumerate(facts) for name in GUESSED),
    )
    found = dict(known)
    for fit, position, _, header in fits:
        name = GUESSED[position]
        if fit < 0 and name not in found and header not in taken:
            found[name] = header
            taken.add(header)
    for name, header in _by_values(facts, found):
        found.setdefault(name, header)
    return {name: found[name] for name in (*GUESSED, *found) if name in found}


def _by_values(facts: Sequence[ColumnFacts], found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what values alone suggest: the first column without doubles is the id, the first dates are the start and the end of a deal."""
    left = [each for each in facts if each.header not in found.values()]
    dates = [each.header for each in left if each.kind == "date"]
    yield from zip([name for name in ("created_at", "close_date") if name not in found], dates, strict=False)
    numbers = [each.header for each in left if each.kind == "number" and each.distinct < _UNIQUE * each.rows]
    if len(numbers) == 1:
        yield "amount", numbers[0]
    if facts and facts[0] in left and _may_hold("deal_id", facts[0]):
        yield "deal_id", facts[0].header


def guess_questions(facts: Iterable[ColumnFacts], config: Config) -> dict[str, list[str]]:
    """Return the headers whose words are those of fields that answer a question in some CRM, by question."""
    found: dict[str, list[str]] = {topic: [] for topic in config.questions}
    for each in facts:
        likeness = {topic: _likeness(each.header, _names_of(topic)) for topic in found} if each.may_answer else {}
        best = max(likeness, key=lambda topic: likeness[topic], default="")
        if best and likeness[best] >= _LIKE_A_QUESTION:
            found[best].append(each.header)
    return found


def words_of(header: str) -> frozenset[str]:
    """Return the words of a header, without accents and capitals; numbers and single letters say nothing.

    >>> sorted(words_of("deal_CreatedAt (Größe)"))
    ['at', 'created', 'deal', 'große']
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    bare = "".join(letter for letter in unicodedata.normalize("NFD", parted) if not unicodedata.combining(letter))
    return frozenset(word for word in re.findall(r"[^\W\d_]+", bare.lower()) if len(word) > 1)


def _fit(name: str, each: ColumnFacts) -> float:
    """Return how well a column fits a canonical one, 0 where it cannot be it."""
    if not _may_hold(name, each):
        return 0.0
    likeness = _likeness(each.header, vocabulary().headers(name))
    if name == "stage" and _speaks(each):
        return 1.0 + likeness
    return likeness if likeness >= _LIKE else 0.0


def _may_hold(name: str, each: ColumnFacts) -> bool:
    """Tell whether values of a kind can be what a canonical column holds."""
    if name in _DATES:
        return each.kind == "date"
    if name == "amount":
        return each.kind == "number"
    if name == "deal_id":
        return each.filled == each.rows and each.distinct >= _UNIQUE * each.rows and each.kind != "date"
    if name in ("stage", "status"):
        return may_be_stage(each)
    if name in ("deal_name", "account_name"):
        return each.kind == "text"
    return each.kind in ("choice", "text", "id")


def may_be_stage(each: ColumnFacts) -> bool:
    """Tell whether the values of a column can be stages."""
    return each.kind == "choice" or (each.kind == "text" and _speaks(each))


def _speaks(each: ColumnFacts) -> bool:
    """Tell whether many of a column's values are words for won, lost or open."""
    return each.filled > 0 and each.outcomes / each.filled >= _SPEAKS


def _likeness(header: str, names: Iterable[str]) -> float:
    """Return the share of words that a header has in common with the nearest of some names, 0 to 1."""
    names = list(names)
    if folded(header) in map(folded, names):
        return 1.0
    words = words_of(header) - _WEAK
    shares = (len(words & other) / len(words | other) for other in (words_of(name) - _WEAK for name in names) if other)
    return max(shares, default=0.0) if words else 0.0


def _names_of(topic: str) -> list[str]:
    return [field.name for mapping in packaged_mappings().values() for field in mapping.fields.get(topic, ())]


def is_for_people(mapping: CrmMapping) -> bool:
    """Tell whether a mapping was found by the words of headers, so that people should look at which column holds what."""
    return mapping.name == GENERIC or not is_packaged(mapping)
