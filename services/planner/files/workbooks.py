"""Excel workbooks (.xlsx, .xlsm) as rows of text, read in a process of their own.

`python -m services.planner.files.workbooks` is that process: a workbook on standard input, JSON on standard output.
Nothing is computed and nothing executed: a formula is a fault of its cell, macros are not looked at.
"""

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

from services.planner.files import confined

LIMITS = confined.Limits(cpu_seconds=60, wait_seconds=60, memory_bytes=512 * 1024 * 1024)
"""For one workbook; 54,000 rows take some seconds."""
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_ENTRIES = 2000

Cell = str | dict[str, str]
"""A cell's text, or `{"fault": code}` where it has none that counts."""
Row = tuple[int, list[Cell]]
"""A row that is not empty, with its number in the sheet."""


class UnreadableWorkbook(Exception):
    """The file as a whole cannot be read: `broken`, `encrypted`, `not-a-table` or `too-complex`."""


def is_workbook(raw: bytes) -> bool:
    """Whether the content, whatever the name, is an archive or an old Office file."""
    return raw.startswith((b"PK\x03\x04", _OLE))


async def read_sheets(raw: bytes) -> dict[str, list[Row]]:
    """The sheets of a workbook, by name, each with its rows. Raises UnreadableWorkbook."""
    try:
        answer = await confined.run("services.planner.files.workbooks", raw=raw, limits=LIMITS)
    except confined.TooComplex:
        raise UnreadableWorkbook("too-complex") from None
    found = json.loads(answer)
    if isinstance(found, str):
        raise UnreadableWorkbook(found)
    return {name: [(line, cells) for line, cells in rows] for name, rows in found.items()}


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def sheets(raw: bytes) -> dict[str, list[Row]]:
    """The same in this process, without its limits. Raises UnreadableWorkbook."""
    if raw.startswith(_OLE):
        raise UnreadableWorkbook("encrypted" if "EncryptedPackage".encode("utf-16-le") in raw else "not-a-table")
    _look_at(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        return {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
    except Exception as error:  # what a broken file makes openpyxl raise is not listed anywhere
        if isinstance(error, MemoryError | RecursionError):
            raise
        raise UnreadableWorkbook("broken") from None


def _look_at(raw: bytes) -> None:
    """Refuse an archive that is no workbook, or unpacks to too much. A member never gives more than it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError):
        raise UnreadableWorkbook("broken") from None
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise UnreadableWorkbook("not-a-table")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableWorkbook("encrypted")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableWorkbook("too-complex")


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says of its size need not be so
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_text(cell) for cell in cells]
        while texts and texts[-1] == "":
            texts.pop()
        if texts:
            yield line, texts


def _text(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        return {"fault": "formula" if cell.data_type == "f" else "cell-error"}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime) and value == datetime.combine(value.date(), datetime.min.time()):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and set(cell.number_format) == {"0"}:  # an identifier shown with its zeros
        return str(value).zfill(len(cell.number_format))
    return value.isoformat() if isinstance(value, date) else str(value)


def _main() -> None:
    try:
        answer = json.dumps(sheets(sys.stdin.buffer.read()))
    except (MemoryError, RecursionError):
        sys.exit(confined.AT_A_LIMIT)
    except UnreadableWorkbook as error:
        answer = json.dumps(str(error))
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    _main()
