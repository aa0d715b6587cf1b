"""Which header fed what, kept so that the next load can tell when a column is gone."""

from __future__ import annotations

from collections.abc import Iterator

from etl.land.context import Landing, Source
from etl.mapping import icp_fields, position_of
from etl.normalise import column_of

ICP_FIT = "is_icp_fit"


def write_columns(landing: Landing) -> None:
    """Fill raw.load_columns: each header of each file, with what it fed."""
    rows = [
        (landing.load_id, source.matched.table.name, source.matched.role, header, fed, is_field)
        for source in landing.sources
        for header, fed, is_field in _fed(landing, source)
    ]
    if rows:
        landing.con.executemany("insert into raw.load_columns values (?, ?, ?, ?, ?, ?)", rows)


def _fed(landing: Landing, source: Source) -> Iterator[tuple[str, str | None, bool | None]]:
    """Yield each header of a file with each thing that it fed, and whether that is an asked field; (header, None, None) for none."""
    headers, used = source.matched.table.headers, set()
    entered = {name: f"entry into {stage}" for name, stage in source.matched.entered}
    places: list[tuple[int | None, str, bool]] = [
        (place, entered.get(name, name), False) for name, place in source.matched.positions.items()
    ]
    if source.matched.role == "deals":
        places.append((position_of(icp_fields(landing.config, landing.mapping), headers), ICP_FIT, False))
        places += [(column_of(each, headers), each.field.name, True) for each in landing.asked]
    for place, name, is_field in places:
        if place is not None:
            used.add(place)
            yield headers[place], name, is_field
    for place, header in enumerate(headers):
        if place not in used:
            yield header, None, None
