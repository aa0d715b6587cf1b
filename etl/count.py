"""How many records a CSV file holds, counted without its parser, so that the parser can be held to it.

A record ends at a line end outside quotes. `Counter` finds those for a whole block of bytes at once: every quote flips
between inside and outside a cell, so a byte is inside where the number of quotes up to it is odd. That holds for any
text that follows RFC 4180. A quote in the middle of an unquoted cell (`5" pipe`) flips nothing; the counter notices the
first such quote and stops, and `count_patiently` reads the file line by line instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
"""One bit for each byte of a block, 64 to a word, the first byte in the lowest bit of the first word."""

NewLine = Literal["\n", "\r\n", "\r", "mixed"]

_WORD: Final = np.dtype("<u8")
_QUOTE, _LINE_FEED, _RETURN, _BLANK = b'"\n\r '
_LINE_ENDS: Final = b"\r\n"
_SHIFTS: Final = tuple(np.uint64(1 << power) for power in range(6))
_ONE, _TOP = np.uint64(1), np.uint64(63)


class Border(NamedTuple):
    """A place between two records: its position in bytes from the first one fed, and how many records end before it."""

    position: int
    records: int


@dataclass(frozen=True, slots=True)
class Count:
    """What one pass over a file found; positions are bytes from the first one fed.

    `records` includes the header and leaves out blank lines. `longest_gap` is the number of bytes in the longest run of
    blocks in which no record ends: a record of twice the block size is never missed. `stray_quote` is the position of
    the first quote in the middle of an unquoted cell: where there is one, nothing else that `Counter` says holds.
    `open_quote` is the position of a quote that is never closed, or of the start of its line. `borders` are places at
    which a file with line feeds can be cut, ascending.
    """

    records: int
    blank_lines: int
    newline: NewLine
    has_line_breaks: bool
    longest_gap: int = 0
    stray_quote: int | None = None
    open_quote: int | None = None
    borders: tuple[Border, ...] = ()


class Counter:
    """Counts records block by block; a border may fall anywhere: inside a CRLF, a doubled quote or a character."""

    def __init__(self, delimiter: str, border_every: int = 2**23) -> None:
        """Start at the first byte of a header; `delimiter` is one ASCII character; borders are that many bytes apart, or more."""
        self._delimiter = ord(delimiter)
        self._border_every = self._next_border = border_every
        self._borders: list[Border] = []
        self._position = 0
        self._tail = b"\n\n"  # the two bytes before the block; a file starts as if after a line end
        self._inside = False
        self._ended = self._line_feeds = self._returns = self._pairs = 0
        self._has_line_breaks = False
        self._gap = self._longest_gap = 0
        self._last_quote: int | None = None
        self._stray_quote: int | None = None

    def feed(self, block: bytes) -> None:
        """Count one more block."""
        if not block or self._stray_quote is not None:
            return
        cells = _whole_words(block)
        quotes, inside = self._insides(block, cells)
        line_ends = self._count_line_ends(block, cells, inside)
        if quotes is not None:
            self._look_for_stray_quote(block, cells, quotes & inside, line_ends | quotes)
        if self._position + len(block) >= self._next_border:
            self._note_border(block, line_ends)
        # The zeros that fill the last word hold no quote, so its top bit is the state after the block's last byte.
        self._inside = bool(inside[-1] >> _TOP)
        self._tail = (self._tail + block[-2:])[-2:]
        self._position += len(block)

    def finish(self) -> Count:
        """Return what was counted; a last line without a line end is a record too, and so is one with an open quote."""
        is_unended = self._position > 0 and (self._inside or self._tail[-1] not in _LINE_ENDS)
        lines = self._line_feeds + self._returns - self._pairs
        return Count(
            records=self._ended + is_unended,
            blank_lines=lines - self._ended,
            newline=_newline(self._line_feeds - self._pairs, self._pairs, self._returns - self._pairs),
            has_line_breaks=self._has_line_breaks,
            longest_gap=self._longest_gap,
            stray_quote=self._stray_quote,
            open_quote=self._last_quote if self._inside else None,
            borders=tuple(self._borders),
        )

    def _insides(self, block: bytes, cells: NDArray[np.uint8]) -> tuple[Bits | None, Bits]:
        """Return where the quotes are, if any, and which bytes are inside a cell, its opening quote included."""
        last = block.rfind(b'"')
        if last < 0:
            return None, np.full(len(cells) // 64, np.uint64(2**64 - 1) if self._inside else np.uint64(0))
        self._last_quote = self._position + last
        quotes = _bits(cells, _QUOTE)
        odd = quotes.copy()
        for shift in _SHIFTS:  # prefix parity within each word, doubling its reach six times
            odd ^= odd << shift
        # A word's own parity is in its top bit; those of all words before it, and the state before the block, flip it.
        flips = np.bitwise_xor.accumulate(np.concatenate([np.array([self._inside], np.uint64), odd[:-1] >> _TOP]))
        odd ^= np.uint64(0) - flips  # 0 stays 0, 1 becomes a word of ones
        return quotes, odd

    def _count_line_ends(self, block: bytes, cells: NDArray[np.uint8], inside: Bits) -> Bits:
        """Count the line ends and the records that end; return where line ends are outside quotes."""
        was_end = self._tail[-1] in _LINE_ENDS and not self._inside
        breaks = line_feeds = _bits(cells, _LINE_FEED)
        if b"\r" in block:
            returns = _bits(cells, _RETURN)
            breaks = line_feeds | returns
            returns &= ~inside
            self._returns += _ones(returns)
            was_return = was_end and self._tail[-1] == _RETURN
            self._pairs += _ones(line_feeds & ~inside & _moved_on(returns, carry=was_return))
        elif was_end and self._tail[-1] == _RETURN and block[0] == _LINE_FEED:
            self._pairs += 1
        line_ends = breaks & ~inside
        self._line_feeds += _ones(line_feeds & ~inside)
        self._has_line_breaks |= bool((breaks & inside).any())
        # In a run of line ends the first ends a record and the others are CRLF's second half or blank lines.
        ended = _ones(line_ends & ~_moved_on(line_ends, carry=was_end))
        self._ended += ended
        self._gap = 0 if ended else self._gap + len(block)
        self._longest_gap = max(self._longest_gap, self._gap)
        return line_ends

    def _note_border(self, block: bytes, line_ends: Bits) -> None:
        """Note the place after the block's last line end outside quotes; a return may be half of one, so the next block is asked."""
        words = np.flatnonzero(line_ends)
        if not len(words):
            return
        last = 64 * int(words[-1]) + int(line_ends[words[-1]]).bit_length() - 1
        if block[last] == _LINE_FEED:
            self._borders.append(Border(self._position + last + 1, self._ended))
            self._next_border = self._borders[-1].position + self._border_every

    def _look_for_stray_quote(self, block: bytes, cells: NDArray[np.uint8], opening: Bits, may_precede: Bits) -> None:
        """Note the first opening quote that neither starts a cell nor follows a closing quote, as `""` does."""
        may_precede |= _bits(cells, self._delimiter)
        was_before = self._tail[-1] in (self._delimiter, _QUOTE, *_LINE_ENDS)
        suspects = opening & ~_moved_on(may_precede, carry=was_before)
        if not suspects.any():
            return
        # One blank between delimiter and quote is still the start of a cell, as it is to DuckDB; two are not.
        seen = np.frombuffer(self._tail + block, np.uint8)
        at = np.flatnonzero(np.unpackbits(suspects.view(np.uint8), bitorder="little"))
        starts = (seen[at + 1] == _BLANK) & np.isin(seen[at], [self._delimiter, *_LINE_ENDS])
        strays = at[~starts]
        if len(strays):
            self._stray_quote = self._position + int(strays[0])


def count_patiently(lines: Iterable[str], delimiter: str) -> Count:
    """Count records line by line; `lines` keep their line ends and have one character for each byte of the file."""
    kinds = {"\n": 0, "\r\n": 0, "\r": 0}
    records = blank = position = opened = 0
    has_line_breaks = was_open = False
    for line, is_open in walk(lines, delimiter):
        end = line[len(line.rstrip("\r\n")) :]
        if is_open:
            opened = opened if was_open else position
            has_line_breaks |= bool(end)
        else:
            is_blank = line == end and not was_open
            blank += is_blank
            records += not is_blank
            if end:
                kinds[end] += 1
        was_open = is_open
        position += len(line)
    newline = _newline(*kinds.values())
    return Count(records + was_open, blank, newline, has_line_breaks, open_quote=opened if was_open else None)


def walk(lines: Iterable[str], delimiter: str) -> Iterator[tuple[str, bool]]:
    """Yield each line with whether a quoted cell is still open at its end.

    A quote opens a cell only as its first character, at most one blank aside; within an unquoted cell it is text.
    """
    border = re.escape(delimiter)
    quoted = ' ?"[^"]*+(?:""[^"]*+)*+'  # up to its closing quote, or to the end of the line
    cell = f'(?:{quoted}"[^{border}]*+|(?! ?")[^{border}]*+)'
    opens = re.compile(f"(?:{cell}{border})*+{quoted}")
    closes = re.compile('[^"]*+(?:""[^"]*+)*+"')
    is_open = False
    for line in lines:
        rest = line
        if is_open:
            closed = closes.match(line)
            if closed is None:
                yield line, True
                continue
            # What follows the closing quote belongs to its cell, up to the next delimiter.
            _, found, rest = line[closed.end() :].partition(delimiter)
            is_open = bool(found) and opens.fullmatch(rest) is not None
        elif '"' in line:
            is_open = opens.fullmatch(rest) is not None
        yield line, is_open


def _whole_words(block: bytes) -> NDArray[np.uint8]:
    """Return the bytes of a block, filled up with zeros to a multiple of 64."""
    cells = np.frombuffer(block, np.uint8)
    return cells if len(cells) % 64 == 0 else np.concatenate([cells, np.zeros(-len(cells) % 64, np.uint8)])


def _bits(cells: NDArray[np.uint8], wanted: int) -> Bits:
    """Return which bytes are a certain one."""
    return np.packbits(cells == wanted, bitorder="little").view(_WORD)


def _moved_on(bits: Bits, *, carry: bool) -> Bits:
    """Return which bytes come right after one that is marked; `carry` says so of the byte before the block."""
    moved = bits << _ONE
    moved[1:] |= bits[:-1] >> _TOP
    moved[0] |= np.uint64(carry)
    return moved


def _ones(bits: Bits) -> int:
    """Return how many bytes are marked."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def _newline(line_feeds: int, pairs: int, returns: int) -> NewLine:
    """Return the line end of a file from how many of each kind it has; a file of one line has none and counts as LF."""
    if (line_feeds > 0) + (pairs > 0) + (returns > 0) > 1:
        return "mixed"
    if returns:
        return "\r"
    return "\r\n" if pairs else "\n"
