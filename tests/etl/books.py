"""Excel workbooks made of bare XML, so that each may have a defect that no program would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

Cell = str | int | float | bool | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"

DATE, MOMENT, ZEROS = 1, 2, 3
"""Styles of cells: a day, a day with a time, and five digits with zeros in front."""

_STYLES = f"""<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="00000"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs></styleSheet>"""


class Raw(str):
    """A cell as XML."""

    __slots__ = ()


def styled(value: float, style: int) -> Raw:
    """Return a number that is shown in a style."""
    return Raw(f'<c s="{style}"><v>{value}</v></c>')


def formula(text: str, result: str | None, kind: str = "n") -> Raw:
    """Return a formula with its result, or with none."""
    value = "" if result is None else f"<v>{result}</v>"
    return Raw(f'<c t="{kind}"><f>{escape(text)}</f>{value}</c>')


def failed(code: str) -> Raw:
    """Return a cell that holds an error."""
    return Raw(f'<c t="e"><v>{code}</v></c>')


def sheet_xml(rows: Sequence[Sequence[Cell]], more: str = "", size: str = "") -> str:
    """Return a sheet; `size` is what it says of its own."""
    lines = "".join(f'<row r="{number}">{"".join(map(_cell, row))}</row>' for number, row in enumerate(rows, start=1))
    return f'<worksheet xmlns="{_MAIN}">{size}<sheetData>{lines}</sheetData>{more}</worksheet>'


def book(
    sheets: Mapping[str, Sequence[Sequence[Cell]] | str],
    *,
    hidden: Sequence[str] = (),
    charts: Sequence[str] = (),
    epoch: str = "",
    parts: Mapping[str, str | bytes | None] | None = None,
) -> bytes:
    """Return a workbook of sheets, each of rows or of XML; `parts` are put into its zip, or taken out where they are None."""
    names = [*sheets, *charts]
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}" {_state(name, hidden)}/>'
        for number, name in enumerate(names, start=1)
    )
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{_kind(name, charts)}" Target="worksheets/{number}.xml"/>'
        for number, name in enumerate(names, start=1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/{number}.xml" ContentType="{_KINDS}.{_kind(name, charts)}+xml"/>'
        for number, name in enumerate(names, start=1)
    )
    content: dict[str, str | bytes | None] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/>{kinds}</Types>'
        ),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr {epoch}/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}">{relations}<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": _STYLES,
    }
    for number, rows in enumerate(sheets.values(), start=1):
        content[f"xl/worksheets/{number}.xml"] = rows if isinstance(rows, str) else sheet_xml(rows)
    for number, _ in enumerate(charts, start=len(sheets) + 1):
        content[f"xl/worksheets/{number}.xml"] = f'<chartsheet xmlns="{_MAIN}"/>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (content | dict(parts or {})).items():
            if part is not None:
                archive.writestr(name, part)
    return made.getvalue()


def _kind(name: str, charts: Sequence[str]) -> str:
    return "chartsheet" if name in charts else "worksheet"


def _state(name: str, hidden: Sequence[str]) -> str:
    return 'state="hidden"' if name in hidden else ""


def _cell(value: Cell) -> str:
    match value:
        case Raw():
            return value
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case str():
            return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        case _:
            return f"<c><v>{value}</v></c>"
