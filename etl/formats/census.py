"""What a workbook holds by its XML, read without the spreadsheet reader, so that the reader can be held to it."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from etl.errors import UnreadableFile

_BLOCK: Final = 2**18
_LAST_ROW: Final = 2**20  # that a sheet can have


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, its part in the zip, and whether it is a grid of cells that a person sees."""

    name: str
    part: str
    is_grid: bool
    is_hidden: bool


@dataclass(slots=True)
class Census:
    """How many rows of a sheet hold anything, and which formulas have no result, by the reference of their cells."""

    rows: int = 0
    unanswered: list[str] = field(default_factory=list)


def sheets(name: str, archive: zipfile.ZipFile) -> list[Sheet]:
    """Return the sheets of a workbook, in order; raises UnreadableFile where it is not built like one, or is of the binary kind."""
    parts = set(archive.namelist())
    if "xl/workbook.bin" in parts:
        raise UnreadableFile(
            f"{name} is a binary Excel workbook (.xlsb)", expected="a workbook of the kind .xlsx", todo="Save it as .xlsx or CSV."
        )
    root = _root(name, archive, parts)
    targets: dict[str, tuple[str, str]] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join(posixpath.dirname(root), attributes["Target"])).lstrip("/")
            targets[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

    found: list[dict[str, str]] = []

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            found.append(attributes)

    folder, _, file = root.rpartition("/")
    _parse(name, archive, f"{folder}/_rels/{file}.rels".lstrip("/"), relation)
    _parse(name, archive, root, sheet)
    listed = [(each, *targets.get(each.get("id", ""), ("", ""))) for each in found]
    return [
        Sheet(each["name"], part, kind == "worksheet" and part in parts, each.get("state", "visible") != "visible")
        for each, kind, part in listed
    ]


def census(name: str, archive: zipfile.ZipFile, part: str) -> Census:
    """Count the rows of a sheet that hold anything: a value, or a text in place, even an empty one."""
    walk = _Walk()
    _parse(name, archive, part, walk.start, walk.end, walk.text.append)
    return walk.census


class _Walk:
    """A walk through the cells of a sheet."""

    def __init__(self) -> None:
        self.census = Census()
        self.text: list[str] = []
        self._row = 0
        self._cell = ""
        self._is_filled = self._is_formula = self._has_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        match tag:
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                if self._row > _LAST_ROW:
                    raise ValueError(f"a row has the number {self._row:,}, and a sheet no more than {_LAST_ROW:,}")
                self._is_filled = False
            case "c":
                self._cell = attributes.get("r", f"row {self._row}")
                self._is_formula = self._has_value = False
            case "f":
                self._is_formula = True
            case "is":
                self._has_value = self._is_filled = True
            case "v":
                self._has_value = True
                self.text.clear()

    def end(self, tag: str) -> None:
        """Leave an element."""
        match tag:
            case "v":
                self._is_filled |= bool("".join(self.text))
            case "c" if self._is_formula and not self._has_value:
                self.census.unanswered.append(self._cell)
            case "row":
                self.census.rows += self._is_filled
                self.text.clear()


def _root(name: str, archive: zipfile.ZipFile, parts: set[str]) -> str:
    """Return the part that lists the sheets."""
    roots: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes["Type"].endswith("/officeDocument"):
            roots.append(attributes["Target"].lstrip("/"))

    _parse(name, archive, "_rels/.rels", relation)
    if not roots or roots[0] not in parts:
        raise UnreadableFile(f"{name} is a workbook without a list of sheets", todo="Open it in Excel, save it anew, and load that.")
    return roots[0]


def _parse(name: str, archive: zipfile.ZipFile, part: str, start: Any, end: Any = None, text: Any = None) -> None:
    """Walk the XML of a part; tags and attributes come without their name spaces. A document type, which no workbook has, is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise UnreadableFile(f"{name} holds XML with a document type, which no workbook has", where=part, todo="Export it again, as CSV.")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, given: start(_local(tag), {_local(key): value for key, value in given.items()})
    if end:
        parser.EndElementHandler = lambda tag: end(_local(tag))
    if text:
        parser.CharacterDataHandler = text
    with archive.open(part) as source:
        while block := source.read(_BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)


def _local(name: str) -> str:
    return re.sub("^.*:", "", name) if ":" in name else name
