"""Text cells → typed values, as SQL expressions over a scanned file. Pure: nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.config import Config, CrmField
from etl.mapping import CrmMapping, folded, neutral_fields, position_of, question_fields
from etl.recognise import Matched
from etl.records import Kind
from etl.shape import Texts
from etl.sqltext import literal, literals
from etl.styles import Styles, money_sql, time_sql

_TRUE = ("1", "true", "yes", "y", "x", "on", "completed", "wahr", "ja", "oui", "vrai", "si", "sí", "verdadero", "sim", "vero")
_FALSE = ("0", "false", "no", "n", "off", "falsch", "nein", "non", "faux", "falso", "não")
_MEANING: dict[Kind, str] = {
    "timestamp": "a date and time",
    "date": "a date",
    "money": "an amount of at most 16 digits and two decimals",
    "flag": "yes or no",
    "id": "an id",
    "text": "a text",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A canonical column of one file.

    `raw` is SQL of its trimmed text over the scanned columns, `typed` SQL of its value over that text. In the rows of `typed_rows` the
    two stand as columns `text` (null where empty) and `value` (null where empty or unreadable), so that each is worked out once. `doubt` is
    SQL over them of why a value may be another than the one that was read, null where it is sure.
    """

    name: str
    header: str
    raw: str
    typed: str
    required: bool
    meaning: str
    doubt: str = "null"

    @property
    def text(self) -> str:
        """Return the column of typed_rows that holds the text."""
        return f"{self.name}_text"

    @property
    def value(self) -> str:
        """Return the column of typed_rows that holds the value."""
        return self.text if self.typed == self.text else f"{self.name}_value"

    @property
    def problem(self) -> str:
        """Return SQL, over typed_rows, of what is wrong with the cell; null where nothing is."""
        empty = f"when {self.text} is null then 'is empty'" if self.required else ""
        unread = f"when {self.text} is not null and {self.value} is null then 'is not {self.meaning}'" if self.value != self.text else ""
        return f"case {empty} {unread} end" if empty or unread else "null"


def typed_rows(found: Mapping[str, Cell], source: str) -> str:
    """Return SQL of a FROM item: the rows of `source` with text and value of each cell beside its own columns."""
    texts = ", ".join(f"{cell.raw} as {cell.text}" for cell in found.values())
    values = "".join(f", {cell.typed} as {cell.value}" for cell in found.values() if cell.value != cell.text)
    return f"(select *{values} from (select *, {texts} from {source}))"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A CRM field that the configuration asks for, numbered; `topic` is its question, or for a neutral field its own name.

    `question` is the number of that topic: questions first, in the configuration's order, then the neutral fields.
    """

    number: int
    question: int
    field: CrmField
    topic: str
    is_neutral: bool


def cells(matched: Matched, mapping: CrmMapping, styles: Styles, time_zone: str) -> dict[str, Cell]:
    """Return the canonical columns that a file holds, by name. Times come in UTC; dates without a time stay the day they name."""
    found = {}
    for column in matched.columns:
        raw = text_sql(matched.positions[column.name], mapping.empty)
        typed = _value_sql(column.kind, f"{column.name}_text", column.name, mapping, styles, time_zone)
        header = matched.header(column.name)
        doubt = "null"
        if column.kind == "timestamp" and mapping.time_zone != "UTC":
            doubt = _clock_sql(f"{column.name}_text", time_sql(f"{column.name}_text", styles.times[column.name]), mapping.time_zone)
        found[column.name] = Cell(column.name, header, raw, typed, column.required, _MEANING[column.kind], doubt)
    return found


def text_sql(position: int, empty: Texts) -> str:
    """Return SQL of the trimmed text of a cell, null where it is empty or one of the CRM's own ways to write empty."""
    cell = f"c{position}"
    none = f"when {cell} in ({literals(empty)}) then null" if empty else ""
    # Trimming walks through the whole text; a look at its two ends tells that nearly none needs it.
    bare = f"{cell} >= '!' and {cell} < '~' and not ends_with({cell}, ' ') and not ends_with({cell}, '\u00a0')"
    return f"case {none} when {bare} then {cell} else nullif(trim({cell}), '') end"


def _value_sql(kind: Kind, text: str, name: str, mapping: CrmMapping, styles: Styles, time_zone: str) -> str:
    match kind:
        case "flag":
            return flag_sql(text)
        case "money":
            return money_sql(text, styles.money[name])
        case "date":
            return f"cast({time_sql(text, styles.times[name])} as date)"
        case "timestamp":
            return _utc_sql(text, time_sql(text, styles.times[name]), mapping.time_zone, time_zone)
        case "id" | "text":
            return text


def _utc_sql(text: str, written: str, source_zone: str, own_zone: str) -> str:
    """Return SQL of a time in UTC: as written in the source's zone unless it tells its own, and a bare date as midnight of our own zone."""
    if source_zone == own_zone == "UTC":
        return written
    date, told = f"length({text}) <= 10", _tells_zone_sql(text)
    zone = f"case when {date} then {literal(own_zone)} when {told} then 'UTC' else {literal(source_zone)} end"
    return f"timezone('UTC', timezone({zone}, {written}))"


def _tells_zone_sql(text: str) -> str:
    return f"length({text}) > 19 and regexp_matches({text}, '([+-]\\d\\d:?\\d\\d|[Zz])$')"


def _clock_sql(text: str, written: str, zone: str) -> str:
    """Return SQL of why a local time is in doubt: clocks went forward over it, or back over it; null where it is sure, or a bare date."""
    moment, name = f"timezone({literal(zone)}, {written})", literal(zone)
    again = " or ".join(f"timezone({name}, {moment} {sign} interval 1 hour) = {written}" for sign in "+-")
    return (
        f"case when length({text}) <= 10 or ({_tells_zone_sql(text)}) then null "
        f"when timezone({name}, {moment}) <> {written} then 'is a time that the clocks left out when they went forward' "
        f"when {again} then 'is a time that came twice when the clocks went back' end"
    )


def local_time_sql(moment: str, time_zone: str) -> str:
    """Return SQL of the time of the clock, in our zone, of a time in UTC."""
    return moment if time_zone == "UTC" else f"timezone({literal(time_zone)}, timezone('UTC', {moment}))"


def local_date_sql(moment: str, time_zone: str) -> str:
    """Return SQL of the calendar day, in our zone, of a time in UTC."""
    return f"cast({local_time_sql(moment, time_zone)} as date)"


def flag_sql(text: str) -> str:
    """Return SQL that reads a trimmed text as BOOLEAN, in the languages that exports come in."""
    plain = f"when {text} = '0' then false when {text} = '1' then true"  # by far the most flags
    return f"case {plain} when lower({text}) in ({literals(_TRUE)}) then true when lower({text}) in ({literals(_FALSE)}) then false end"


def asked_fields(config: Config, mapping: CrmMapping) -> list[AskedField]:
    """Return the fields that the questions and the neutral controls name for this CRM, in the configuration's order."""
    buyer = [
        (place, field, name, False)
        for place, name in enumerate(config.questions, start=1)
        for field in _once(question_fields(config, mapping, name))
    ]
    controls = enumerate(neutral_fields(config, mapping), start=len(config.questions) + 1)
    neutral = [(place, field, field.name, True) for place, field in controls]
    return [AskedField(number, *each) for number, each in enumerate([*buyer, *neutral], start=1)]


def _once(fields: Sequence[CrmField]) -> list[CrmField]:
    """Return fields without those that are called as an earlier one, capitals and blanks aside: a column is asked for once."""
    return list({folded(each.name): each for each in reversed(fields)}.values())[::-1]


def field_key_sql(text: str) -> str:
    """Return SQL of a field's name as it is compared: a history may say pain_points of what the deals call Pain points."""
    return f"replace(replace(replace(lower({text}), ' ', ''), '_', ''), '-', '')"


def column_of(field: AskedField, headers: Sequence[str]) -> int | None:
    """Return the position of an asked field among the headers of a file, or None."""
    return position_of([field.field.name], headers)
