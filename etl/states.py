"""What a field's text is worth, as SQL over it: an answer, or one of several kinds of junk. Pure: nothing is read or written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from etl.config import Answers, CrmField
from etl.noise import noise_sql
from etl.normalise import AskedField, flag_sql
from etl.sqltext import literal, literals

STATES: Final = (
    *("answered", "blank", "empty sentinel", "placeholder", "not yet", "keyboard noise", "too short", "copied", "pasted"),
    *("imported", "not a choice", "not recorded"),
)
"""What a field holds at a time: an answer, nothing, a kind of junk, or an edit whose text the CRM did not record.

The text alone tells all but three: a text is copied from its deal, pasted on many deals, or came by an import or a bulk edit.
"""

_HONEST_CHOICES: Final = (
    *("yes", "no", "ok", "done", "x", "none", "ja", "nein", "oui", "non", "nee", "sí", "não", "da", "да", "нет"),
    *("in progress", "in arbeit", "en cours", "en proceso", "in corso", "em andamento"),
)
"""Placeholders as free text, and honest answers where they were chosen from a list."""
_LONGEST: Final = 80
"""Bytes of the longest text that is looked up among placeholders and sentinels."""
_SIGN: Final = r"[\x00-/:-@\[-`{-~\x{a0}¡¿«»–—‘’‚“”„…、。？！（）]"
"""Blanks and punctuation. All that is no letter would be a thousand ranges, at each of hundreds of places in a pattern."""
_GAP: Final = f"{_SIGN}+"
_WITHIN: Final = r"[\x00-/:-@\[-`{-~]+"
"""What stands between the words of one entry; shorter still."""
_ENDS: Final = f"{_SIGN}*"
_NEVER_DATES: Final = (
    r"0?0[./-]0?0[./-]0000|0000-00-00|31[./-]12[./-][2-9]999|12/31/[2-9]999|[2-9]999-12-31|"
    r"0?1[./-]0?1[./-](?:0001|1900)|(?:0001|1900)-01-01"
)
_ERRORS: Final = r"#(?:n/a|ref!|value!|name\?|null!|div/0!|num!)"
_NOTHING: Final = rf"-+ ?none ?-+|{_ERRORS}|0+(?:aaa)?|0+[.,]0+|(?:{_NEVER_DATES})(?:[ T]00:00(?::00)?(?:[.]0+)?Z?)?"
"""Patterns of what systems write for nothing: a list's first line, a sheet's error, zeros, an empty look-up, days that never come."""
_IDEOGRAPHS: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_TRIMMED: Final = " \t\r\n\u00a0.,;:!?-–—_*/\\|'\"“”„«»‚‘’()[]<>…"
"""What does not matter at the ends of two texts that are compared."""


def state_sql(text: str, field: CrmField, answers: Answers) -> str:
    """Return SQL of the state (see STATES) of a field that holds a trimmed text."""
    blank = f"when {text} is null then 'blank'"
    match field.kind:
        case "flag":
            return f"case when {flag_sql(text)} then 'answered' else 'blank' end"
        case "choice":
            chosen = f"when lower({text}) in ({literals(answer.lower() for answer in field.answers)}) then 'answered'"
            listed = _listed((word for word in (*answers.placeholders, *answers.alone) if word.lower() not in _HONEST_CHOICES), ())
            junk = _looked_up(text, answers, {"not yet": _listed(answers.not_yet, answers.fillers), "placeholder": listed})
            other = "not a choice" if field.answers else "answered"
            return f"case {blank} {chosen if field.answers else ''} {junk} else '{other}' end"
        case "text":
            listed = f"{_listed([*answers.placeholders, *answers.not_yet], answers.fillers)}|{_listed(answers.alone, ())}"
            short = f"strlen({text}) <= {_LONGEST} and "
            return f"case {blank} {_looked_up(text, answers, {'placeholder': listed}, short)} {_unreadable(text, answers)} end"


def states_sql(text: str, asked: Sequence[AskedField], answers: Answers, number: str) -> str:
    """Return SQL of the state of whichever asked field has the number that the SQL `number` yields."""
    special = [each for each in asked if each.field.kind != "text"]
    whens = " ".join(f"when {each.number} then {state_sql(text, each.field, answers)}" for each in special)
    plain = state_sql(text, CrmField(name="text"), answers)
    return f"case {number} {whens} else {plain} end" if special else plain


def text_key_sql(text: str) -> str:
    """Return SQL of a number that is equal for equal texts, capitals and punctuation at the ends aside."""
    signs = f"[{re.escape(_TRIMMED)}]+"
    head = f"regexp_replace(lower({text}), {literal(f'{signs}$')}, '')"
    # Few texts begin with a sign, which their first letter tells.
    begins = f"contains({literal(_TRIMMED)}, left({text}, 1))"
    return f"hash(case when {begins} then regexp_replace({head}, {literal(f'^{signs}')}, '') else {head} end)"


def _looked_up(text: str, answers: Answers, lists: dict[str, str], only: str = "") -> str:
    """Return the branches of a CASE for what is looked up: sentinels, then patterns by the state that they tell, then mere signs.

    `only` is SQL of a condition, and the word after it, that each branch asks first.
    """
    sentinels = "|".join([_NOTHING, *_words(answers.sentinels)])
    patterns = {"empty sentinel": f"{_ENDS}(?:{sentinels})(?:{_GAP}(?:{sentinels}))*{_ENDS}"} | lists
    patterns["placeholder"] += r"|[^\pL\pN]*"
    return " ".join(
        f"when {only}regexp_matches({text}, {literal(f'(?i)^(?:{pattern})$')}) then '{state}'" for state, pattern in patterns.items()
    )


def _listed(words: Iterable[str], fillers: Iterable[str]) -> str:
    """Return the pattern of a text that is one of some words, several of them, or one among words that add nothing.

    One pattern that gives up at the first letter that fits no word is several times as fast as comparing with each. Without words it
    is that of mere signs.
    """
    cores, around = _words(words), _words(fillers)
    if not cores:
        return _ENDS
    before = f"(?:(?:{'|'.join(around)}){_GAP})*" if around else ""
    single = [core for core in cores if _WITHIN not in core]
    after = f"(?:{_GAP}(?:{'|'.join([*single, *around])}))*"
    return f"{_ENDS}{before}(?:{'|'.join(cores)}){after}{_ENDS}"


def _words(texts: Iterable[str]) -> list[str]:
    """Return patterns of texts as what their letters and digits are, whatever stands between them: n/a is n.a. too."""
    parts = (re.findall(r"[^\W_]+", text.lower()) for text in texts)
    return sorted({_WITHIN.join(each) for each in parts if each})


def _unreadable(text: str, answers: Answers) -> str:
    """Return the branches of a CASE for texts that are noise, or have too few letters: a Chinese, Japanese or Korean one counts as two."""
    letters = f"(?s)(?:\\pL.*){{{answers.min_letters}}}|(?:{_IDEOGRAPHS}.*){{{(answers.min_letters + 1) // 2}}}"
    few = f"when not regexp_matches({text}, {literal(letters)}) then 'too short'"
    return f"when {noise_sql(text)} then 'keyboard noise' {few} else 'answered'"
