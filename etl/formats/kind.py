"""What a file is, by its content; its name is asked only where that may be either text or JSON."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePath
from typing import Final, Literal

from etl.dialect import MARKS
from etl.unpack import Export

Kind = Literal["xlsx", "parquet", "json", "json lines", "gzip"]
"""A format that is copied before it is read; CSV is none."""

_HEAD: Final = 2**12
_JSON_NAMES: Final[dict[str, Kind]] = {".json": "json", ".jsonl": "json lines", ".ndjson": "json lines"}


def kind_of(export: Export) -> Kind | None:
    """Return the format of a file that is to be copied; None for text, and for all that is refused as no text."""
    with export.path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PAR1"):
        return "parquet" if not head[4:].startswith((b",", b";", b"\t", b"|", b"\r", b"\n")) else None
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PK"):
        return "xlsx" if _is_workbook(export) else None
    return _json_kind(export.name, _text(head))


def _is_workbook(export: Export) -> bool:
    """Tell whether a zip is an Excel workbook, whole or cut short."""
    try:
        with zipfile.ZipFile(export.path) as archive:
            return any(name.lower().startswith("xl/") for name in archive.namelist())
    except zipfile.BadZipFile:
        with export.path.open("rb") as file:
            head = file.read(_HEAD)
        return b"[Content_Types].xml" in head or b"xl/" in head


def _json_kind(name: str, text: str) -> Kind | None:
    start = text.lstrip()
    if re.match(r"\[\s*[{\]]", start):
        return "json"
    if re.match(r'\{\s*["}]', start):
        return "json lines"
    ending = PurePath(name.lower().removesuffix(".gz")).suffix
    return _JSON_NAMES.get(ending) if start else None


def _text(head: bytes) -> str:
    encoding = next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), "utf-8")
    return head.decode(encoding, errors="replace").removeprefix("\ufeff")
