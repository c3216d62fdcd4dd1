"""From the bytes of a file, CSV or Excel, to rows with their line numbers, and to what is wrong with them."""

import asyncio
import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from contracts.base import Contract
from services.planner.files.workbooks import Cell, Row, UnreadableWorkbook, is_workbook, read_sheets
from services.planner.rules.directory import Fault, Person, Unit

RowT = TypeVar("RowT", bound=Contract)

UNIT_COLUMNS = (
    *("unit_id", "name", "kind", "parent_id", "levels", "ownership", "has_union", "valid_from", "valid_to"),
    "successor_id",
)
PERSON_COLUMNS = ("person_id", "unit_id", "role", "name", "email", "valid_from", "valid_to")

_MESSAGES = {
    "not-utf8": "tệp không phải UTF-8",
    "forbidden-character": "tệp có ký tự U+0000",
    "not-csv": "dòng không đúng dạng CSV",
    "not-a-table": "tệp không phải CSV (UTF-8) hay Excel (.xlsx)",
    "encrypted": "tệp có mật khẩu",
    "broken": "tệp Excel bị hỏng",
    "too-complex": "tệp Excel quá lớn hoặc quá phức tạp",
    "sheet-missing": "không có trang tính này",
    "sheet-twice": "trang tính này đã có trong tệp đơn vị",
    "column-missing": "thiếu cột",
    "column-unexpected": "cột lạ hoặc lặp lại",
    "missing": "thiếu giá trị",
    "invalid": "giá trị không hợp lệ",
    "formula": "ô có công thức: hãy dán giá trị",
    "cell-error": "ô báo lỗi trong Excel",
}


_AT_ONCE = 5000
"""Rows."""


class RowsFile(Generic[RowT]):
    """The rows of one file, or sheet, that could be read, and the faults of those that could not."""

    def __init__(self, name: str, model: type[RowT], columns: tuple[str, ...]) -> None:
        self.name = name
        self.rows: list[tuple[int, RowT]] = []
        self.faults: list[Fault] = []
        self._adapter = TypeAdapter(list[model])  # type: ignore[valid-type]
        self._columns = columns
        self._cells: list[tuple[int, dict[str, Any]]] = []

    def read_csv(self, raw: bytes) -> None:
        """Take the rows of a CSV file."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return self.fault("not-utf8", raw.count(b"\n", 0, error.start) + 1)
        if (at := text.find("\0")) >= 0:
            return self.fault("forbidden-character", text.count("\n", 0, at) + 1)
        reader = csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline=""), strict=True)
        try:
            self._read(_lines(reader), padded=False)
        except csv.Error:
            self.fault("not-csv", reader.line_num)

    def read_sheet(self, rows: Iterable[Row]) -> None:
        """Take the rows of a sheet, in which empty cells at a row's end are none."""
        self._read(((line, [_composed(cell) for cell in cells]) for line, cells in rows), padded=True)

    def fault(self, code: str, line: int = 1, field: str = "", message: str = "") -> None:
        """Something is wrong there."""
        self.faults.append(Fault(self.name, line, field, code, message or _MESSAGES[code]))

    def _read(self, lines: Iterator[Row], *, padded: bool) -> None:
        first, header = next(lines, (1, []))
        columns = [cell.strip() if isinstance(cell, str) else "" for cell in header]
        for name in sorted(set(self._columns) - set(columns)):
            self.fault("column-missing", first, name)
        for name in sorted(name for name in columns if name not in self._columns or columns.count(name) > 1):
            self.fault("column-unexpected", first, name)
        if self.faults:
            return
        for line, cells in lines:
            missing = len(columns) - len(cells)
            if missing < 0 or (missing and not padded):
                self.fault("cells", line, message=f"dòng có {len(cells)} ô, cần {len(columns)}")
            else:
                self._take(line, dict(zip(columns, [*cells, *[""] * missing], strict=True)))
        self._validate()

    def _take(self, line: int, cells: dict[str, Cell]) -> None:
        texts: dict[str, Any] = {}
        is_sound = True
        for name, cell in cells.items():
            if isinstance(cell, dict):
                is_sound = False
                self.fault(cell["fault"], line, name)
            elif text := cell.strip():
                texts[name] = text
        if is_sound:
            self._cells.append((line, _values(texts)))
        if len(self._cells) == _AT_ONCE:
            self._validate()

    def _validate(self) -> None:
        """Make models of the rows in hand, all at once: one by one costs three times as much."""
        cells, self._cells = self._cells, []
        try:
            # Strict and as JSON: Pydantic would otherwise take 20250101 for seconds since 1970.
            models = self._adapter.validate_json(json.dumps([values for _, values in cells]), strict=True)
        except ValidationError as error:
            faulty = set()
            for problem in error.errors(include_url=False, include_context=False, include_input=False):
                place, name, *_ = problem["loc"]
                assert isinstance(place, int)
                faulty.add(place)
                field = "successor_id" if name == "split_into" else str(name)
                self.fault("missing" if problem["type"] == "missing" else "invalid", cells[place][0], field)
            self.faults.sort(key=lambda fault: fault.line)
            self._cells = [row for place, row in enumerate(cells) if place not in faulty]
            self._validate()
        else:
            self.rows += [(line, model) for (line, _), model in zip(cells, models, strict=True)]


def _values(values: dict[str, Any]) -> dict[str, Any]:
    if "levels" in values:
        values["levels"] = _parts(values["levels"])
    if "has_union" in values:
        values["has_union"] = {"yes": True, "no": False}.get(values["has_union"])
    if ";" in values.get("successor_id", ""):
        values["split_into"] = sorted(set(_parts(values.pop("successor_id"))))
    for name in ("valid_from", "valid_to"):
        if "/" in (text := values.get(name, "")) and (written := _DAY.fullmatch(text)):
            day, month, year = written.groups()
            values[name] = f"{year}-{month:0>2}-{day:0>2}"
    return values


_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
"""A day as people in Viet Nam write it."""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")]


def _composed(cell: Cell) -> Cell:
    return unicodedata.normalize("NFC", cell) if isinstance(cell, str) else cell


async def read_files(units: bytes, people: bytes | None) -> tuple[RowsFile[Unit], RowsFile[Person]]:
    """The units and the people of one workbook with sheets `units` and `people`, or of one file each, CSV or Excel.

    `levels` and several successors are separated by `;`, `has_union` is yes or no, days are ISO or dd/mm/yyyy, an
    empty cell is none. What kind of file it is, its content says.
    """
    unit_file = RowsFile("units", Unit, UNIT_COLUMNS)
    people_file = RowsFile("people", Person, PERSON_COLUMNS)
    others = await _read(unit_file, units)
    if people is not None:
        await _read(people_file, people)
        if "people" in others:
            people_file.fault("sheet-twice")
    elif "people" in others:
        await asyncio.to_thread(people_file.read_sheet, others["people"])
    return unit_file, people_file


async def _read(file: RowsFile[Any], raw: bytes) -> dict[str, list[Row]]:
    """Take the file's rows: of its only sheet, or of the sheet of that name. Returns all sheets."""
    if raw.startswith(b"%PDF-"):
        file.fault("not-a-table")
    elif not is_workbook(raw):
        await asyncio.to_thread(file.read_csv, raw)
    else:
        try:
            sheets = await read_sheets(raw)
        except UnreadableWorkbook as error:
            file.fault(str(error))
            return {}
        if file.name in sheets or len(sheets) == 1:
            await asyncio.to_thread(file.read_sheet, sheets.get(file.name) or next(iter(sheets.values())))
        else:
            file.fault("sheet-missing", field=file.name)
        return sheets
    return {}


def _lines(reader: Any) -> Iterator[Row]:
    """Each row with the line on which it begins; empty lines are left out."""
    before = reader.line_num
    for cells in reader:
        if cells:
            yield before + 1, cells
        before = reader.line_num
