"""Keyboard noise: texts that hands leave on a keyboard and nobody would read, as patterns of whole texts. Pure: nothing is read here."""

from __future__ import annotations

from itertools import chain
from typing import Final

from etl.sqltext import literal

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn")
"""Rows of keys in the layouts of English, German and French."""
_ALSO_WORDS: Final = ("wert", "trew", "azer", "reza", "ertz", "ztre", "zert", "trez", "erty", "ytre")
"""Runs of four keys that are words or names too."""
_SHORT: Final = "asd|qwe|zxc|sdf|dfg|fgh|ghj|hjk|jkl|xcv|cvb|vbn|qsd|wxc|yxc|lkj"
"""Runs of three keys that are taken for noise by themselves, in small letters: ASD may stand for something."""
_CYRILLIC: Final = "(?:йцу|йцукен|йцукенг|йцукенгш|фыв|фыва|фывап|фывапр|фывапролд|фывапролдж|ываы|ывап|йцук|йцуке|ячс|ячсм|ячсми|олдж)+"
"""Runs along the rows of a Russian keyboard, where a run of any three keys would often be the beginning of a word."""
_CONSONANTS: Final = "[bcdfghjklmnpqrstvwxz]"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzäöüабвгдежзийклмнопрстуфхцчшщъыьэюя"
_GAP: Final = r"[^\pL\pN]*"


def noise_sql(text: str) -> str:
    """Return SQL that tells whether a trimmed text is keyboard noise from end to end."""
    return f"regexp_matches({text}, {literal(_pattern())}) or ({_repeats(text)})"


def _pattern() -> str:
    """Return the pattern of texts all of whose words are noise, or that begin as a printer's dummy text does."""
    words = "|".join((*_repeated_keys(), *_runs(), *_mashed()))
    return f"^{_GAP}(?:(?i:lorem{_GAP}ipsum)|(?:(?:[0-9]*(?:{words})[0-9]*)(?:[^\\pL\\pN]+|$))+$)"


def _repeated_keys() -> tuple[str, ...]:
    """Return patterns of one key held down: three times in small letters, four times in any (AAA and XXX may stand for something)."""
    thrice = "|".join(f"{letter}{{3,}}" for letter in _LETTERS)
    often = "|".join(f"{letter}{{4,}}" for letter in _LETTERS)
    return f"(?:{thrice})+", f"(?i:{often})+"


def _runs() -> tuple[str, ...]:
    """Return patterns of neighbouring keys: four of them or more, or several times three."""
    runs = {length: sorted(set(chain.from_iterable(_windows(row, length) for row in _ROWS))) for length in (3, 4, 5)}
    four = [run for run in runs[4] if run not in _ALSO_WORDS]
    several = f"(?i:(?:{'|'.join([*runs[5], *four, *runs[3]])}){{2,}})[a-z]{{0,2}}"
    return f"(?i:{'|'.join(four)})[a-z]?", several, f"(?i:{_CYRILLIC})", _SHORT


def _windows(row: str, length: int) -> list[str]:
    """Return each run of so many keys along a row, from left to right and back."""
    return [each[start : start + length] for each in (row, row[::-1]) for start in range(len(row) - length + 1)]


def _mashed() -> tuple[str, ...]:
    """Return patterns of words that nobody could say: no vowel in six letters, or the home row with j beside a consonant."""
    home = "[asdfghjkl]"
    sides = ((1, 4), (2, 3), (3, 2))
    return f"[A-Z]?{_CONSONANTS}{{6,}}", *(f"[A-Z]?{home}{{{left},}}(?:j[sdfghkl]|[sdfghk]j){home}{{{right},}}" for left, right in sides)


def _repeats(text: str) -> str:
    """Return SQL that tells whether a text is one word of a syllable three times or more, or of keys of the home row or consonants twice.

    A name such as Coco, Dodo or Bonbon has its syllable twice.
    """
    word = f"lower({text})"
    again = {size: f"substr({word}, {size + 1}) = left({word}, strlen({text}) - {size})" for size in (2, 3, 4)}
    hard = f"regexp_matches({word}, '^(?:{_CONSONANTS}+|[asdfghjkl]{{5,}})$')"
    return (
        f"strlen({text}) between 4 and 40 and regexp_matches({word}, '^[a-z]+$') and ({again[2]} and (strlen({text}) >= 6 or {hard}) "
        f"or {again[3]} and (strlen({text}) >= 9 or strlen({text}) >= 6 and {hard}) or {again[4]} and strlen({text}) >= 8 and {hard})"
    )
