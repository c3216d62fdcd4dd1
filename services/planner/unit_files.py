"""From the bytes of a CSV file to rows with their line numbers, and to what is wrong with them."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from contracts.base import Contract
from services.planner.directory import Fault, Person, Unit

RowT = TypeVar("RowT", bound=Contract)


class CsvFile(Generic[RowT]):
    """The rows of one file that could be read, and the faults of those that could not."""

    def __init__(self, name: str, model: type[RowT], raw: bytes) -> None:
        self.name = name
        self.rows: list[tuple[int, RowT]] = []
        self.faults: list[Fault] = []
        self._model = model
        self._read(raw)

    def _read(self, raw: bytes) -> None:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return self._fault(raw.count(b"\n", 0, error.start) + 1, "", "not-utf8", "tệp không phải UTF-8")
        if (at := text.find("\0")) >= 0:
            return self._fault(text.count("\n", 0, at) + 1, "", "forbidden-character", "tệp có ký tự U+0000")
        reader = csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline=""), strict=True)
        try:
            self._read_rows(reader)
        except csv.Error:
            self._fault(reader.line_num, "", "not-csv", "dòng không đúng dạng CSV")

    def _read_rows(self, reader: Any) -> None:
        columns = [name.strip() for name in next(reader, [])]
        expected = set(self._model.model_fields)
        for name in sorted(expected - set(columns)):
            self._fault(1, name, "column-missing", "thiếu cột")
        for name in sorted(name for name in columns if name not in expected or columns.count(name) > 1):
            self._fault(1, name, "column-unexpected", "cột lạ hoặc lặp lại")
        if self.faults:
            return
        for line, cells in _lines(reader):
            if len(cells) != len(columns):
                self._fault(line, "", "cells", f"dòng có {len(cells)} ô, cần {len(columns)}")
            else:
                self._read_row(line, dict(zip(columns, cells, strict=True)))

    def _read_row(self, line: int, cells: dict[str, str]) -> None:
        values: dict[str, Any] = {name: value for name, cell in cells.items() if (value := cell.strip())}
        if "levels" in values:
            values["levels"] = [level.strip() for level in values["levels"].split(";")]
        if "has_union" in values:
            values["has_union"] = {"yes": True, "no": False}.get(values["has_union"])
        try:
            # Strict and as JSON: Pydantic would otherwise take 20250101 for seconds since 1970.
            self.rows.append((line, self._model.model_validate_json(json.dumps(values), strict=True)))
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False, include_input=False):
                missing = problem["type"] == "missing"
                code, message = ("missing", "thiếu giá trị") if missing else ("invalid", "giá trị không hợp lệ")
                self._fault(line, str(problem["loc"][0]), code, message)

    def _fault(self, line: int, field: str, code: str, message: str) -> None:
        self.faults.append(Fault(self.name, line, field, code, message))


def read_units(raw: bytes) -> CsvFile[Unit]:
    """A file of units: `unit_id,name,kind,parent_id,levels,ownership,has_union,valid_from,valid_to,successor_id`.

    `levels` are separated by `;`, `has_union` is yes or no, dates are ISO, an empty cell is none.
    """
    return CsvFile("units", Unit, raw)


def read_people(raw: bytes) -> CsvFile[Person]:
    """A file of people: `person_id,unit_id,role,name,email,valid_from,valid_to`."""
    return CsvFile("people", Person, raw)


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins; empty lines are left out."""
    before = reader.line_num
    for cells in reader:
        if cells:
            yield before + 1, cells
        before = reader.line_num
