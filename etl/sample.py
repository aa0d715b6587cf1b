"""The sample export: an invented company, which must never mix with deals of anybody's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from etl.read import TextTable

SAMPLE: Final = Path(__file__).parent.parent / "sample_data" / "salesforce.zip"


def is_sample(tables: Iterable[TextTable]) -> bool:
    """Tell whether any file is one of the sample, whatever it is called and wherever it lies."""
    return not _digests().isdisjoint(table.digest for table in tables)


@cache
def _digests() -> frozenset[str]:
    """Return the SHA-256 digests of the sample's files, in hex; none where an installation goes without the sample."""
    if not SAMPLE.is_file():
        return frozenset()
    with ZipFile(SAMPLE) as archive:
        return frozenset(hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist())
