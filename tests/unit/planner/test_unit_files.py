"""Files of units and people, CSV and Excel: what is read, and what each faulty row is told."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from contracts.units import Level, Ownership, Role
from services.planner.files import confined, workbooks
from services.planner.files.unit_files import PERSON_COLUMNS, UNIT_COLUMNS, RowsFile, read_files
from services.planner.rules.directory import Person, Unit
from tests.support.workbooks import saved, workbook

HEADER = "unit_id,name,kind,parent_id,levels,ownership,has_union,valid_from,valid_to,successor_id\n"


def read_units(raw: bytes) -> RowsFile[Unit]:
    file = RowsFile("units", Unit, UNIT_COLUMNS)
    file.read_csv(raw)
    return file


def read_people(raw: bytes) -> RowsFile[Person]:
    file = RowsFile("people", Person, PERSON_COLUMNS)
    file.read_csv(raw)
    return file


def faults(rows: str, header: str = HEADER) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.field, fault.code) for fault in read_units((header + rows).encode()).faults]


def test_a_row_becomes_a_unit() -> None:
    row = 'A-1," Trường ""Hoa Sen"" ",school,A,TH; THCS,non-public,yes,2020-01-02,2025-06-30,A-2\n'
    [(line, unit)] = read_units(b"\xef\xbb\xbf" + (HEADER + row).encode()).rows
    assert line == 2
    assert unit.name == 'Trường "Hoa Sen"'
    assert unit.levels == {Level.TH, Level.THCS}
    assert (unit.ownership, unit.has_union) == (Ownership.NON_PUBLIC, True)
    assert (unit.valid_from, unit.valid_to, unit.successor_id) == (date(2020, 1, 2), date(2025, 6, 30), "A-2")


def test_empty_cells_are_none_and_names_are_composed() -> None:
    [(_, unit)] = read_units((HEADER + "A,Tru\u031bo\u031b\u0300ng,area,,,,,2020-01-01,,\n").encode()).rows
    assert unit.name == "Trường"
    assert (unit.parent_id, unit.levels, unit.ownership, unit.has_union) == (None, frozenset(), None, False)


def test_a_row_becomes_a_person() -> None:
    raw = b"person_id,unit_id,role,name,email,valid_from,valid_to\np,A,union-chair,B,b@example.org,2020-01-01,\n"
    [(_, person)] = read_people(raw).rows
    assert (person.role, person.email, person.valid_to) == (Role.UNION_CHAIR, "b@example.org", None)


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("A,,area,,,,,2020-01-01,,\n", "name", "missing"),
        ("A b,A,area,,,,,2020-01-01,,\n", "unit_id", "invalid"),
        ("A,A,areas,,,,,2020-01-01,,\n", "kind", "invalid"),
        ("A,A,school,,TH;XX,,,2020-01-01,,\n", "levels", "invalid"),
        ("A,A,area,,,state,,2020-01-01,,\n", "ownership", "invalid"),
        ("A,A,area,,,,maybe,2020-01-01,,\n", "has_union", "invalid"),
        ("A,A,area,,,,,20200101,,\n", "valid_from", "invalid"),
        ("A,A,area,,,,,2020-01-01\n", "", "cells"),
        ('A,"A,area\n', "", "not-csv"),
    ],
)
def test_each_fault_is_named_with_its_line_and_field(row: str, field: str, code: str) -> None:
    assert faults("R,R,area,,,,,2020-01-01,,\n" + row) == [(3, field, code)]


def test_a_fault_does_not_hide_those_after_it() -> None:
    assert faults("A,,area,,,,,2020-01-01,,\n\nB,B,area,,,,,never,,\n") == [
        (2, "name", "missing"),
        (4, "valid_from", "invalid"),
    ]


def test_a_row_is_named_by_the_line_on_which_it_begins() -> None:
    assert faults('R,"R\nR",area,,,,,2020-01-01,,\nA,"A\nA",areas,,,,,2020-01-01,,\n') == [(4, "kind", "invalid")]


def test_columns_must_be_those_and_each_once() -> None:
    header = HEADER.replace("kind,", "name,").replace("ownership", "owner")
    assert faults("", header) == [
        (1, "kind", "column-missing"),
        (1, "ownership", "column-missing"),
        (1, "name", "column-unexpected"),
        (1, "name", "column-unexpected"),
        (1, "owner", "column-unexpected"),
    ]


@pytest.mark.parametrize(("raw", "code"), [(b"unit_id\n\xff", "not-utf8"), (b"unit_id\nA\0", "forbidden-character")])
def test_what_is_no_text_is_refused_at_its_line(raw: bytes, code: str) -> None:
    assert [(fault.line, fault.code) for fault in read_units(raw).faults] == [(2, code)]


def test_an_empty_file_lacks_its_columns() -> None:
    assert {fault.code for fault in read_units(b"").faults} == {"column-missing"}


def test_several_successors_are_a_split_and_days_may_be_written_as_people_do() -> None:
    [(_, unit)] = read_units((HEADER + "A,A,area,,,,,1/7/2000,30/06/2025,C; B;C\n").encode()).rows
    assert (unit.successor_id, unit.split_into) == (None, ("B", "C"))
    assert (unit.valid_from, unit.valid_to) == (date(2000, 7, 1), date(2025, 6, 30))
    assert faults("A,A,area,,,,,2000-01-01,30/2/2025,\nB,B,area,,,,,2000-01-01,2001-01-01,C;D E\n") == [
        (2, "valid_to", "invalid"),
        (3, "successor_id", "invalid"),
    ]


def sheet_of_units(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADER.strip().split(","))
    for row in rows:
        book.active.append(row)
    return saved(book)


async def test_cells_of_a_workbook_are_read_as_excel_means_them() -> None:
    row = [
        "X-1",
        "Tru\u031bo\u031b\u0300ng",
        "school",
        79760,
        "TH; THCS",
        None,
        True,
        date(2020, 1, 2),
        "30/6/2025",
    ]
    file, _ = await read_files(sheet_of_units(row, [], [None], [*row[:1], "B", "team"]), None)
    assert [fault for fault in file.faults if fault.line == 2] == []
    [(line, unit)] = file.rows
    assert (line, unit.name, unit.parent_id, unit.has_union) == (2, "Trường", "79760", True)
    assert (unit.valid_from, unit.valid_to) == (date(2020, 1, 2), date(2025, 6, 30))
    assert unit.levels == {Level.TH, Level.THCS}
    assert [(fault.line, fault.field, fault.code) for fault in file.faults] == [(5, "valid_from", "missing")]


async def test_no_value_of_a_formula_is_guessed() -> None:
    rows = (
        ["A", "=1+1", "area", None, None, None, None, "2020-01-01"],
        ["B", "#REF!", "area", None, None, None, None, 1],
    )
    file, _ = await read_files(sheet_of_units(*rows), None)
    assert [(fault.line, fault.field, fault.code) for fault in file.faults] == [
        (2, "name", "formula"),
        (3, "name", "cell-error"),
    ]


async def test_one_workbook_holds_both_or_a_single_sheet_of_any_name() -> None:
    people = "person_id,unit_id,role,name,email,valid_from,valid_to\np,A,staff,P,,2020-01-01,\n"
    units = HEADER + "A,A,area,,,,,2020-01-01,,\n"
    both = workbook(people=people, units=units, notes="x")
    for given in (
        (both, None),
        (workbook(Sheet1=units), workbook(Trang1=people)),
        (units.encode(), workbook(x=people)),
    ):
        unit_file, people_file = await read_files(*given)
        assert (len(unit_file.rows), len(people_file.rows)) == (1, 1)
        assert unit_file.faults + people_file.faults == []
    _, people_file = await read_files(both, people.encode())
    assert [fault.code for fault in people_file.faults] == ["sheet-twice"]
    unit_file, _ = await read_files(workbook(a=units, b=units), None)
    assert [(fault.field, fault.code) for fault in unit_file.faults] == [("units", "sheet-missing")]


def with_member(raw: bytes, name: str, content: bytes) -> bytes:
    """The archive with one more, or another, member."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
OPENING = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + depth)} "{f"&{chr(97 + depth)};" * 10}">'.encode() for depth in range(12)
)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: with_member(sheet_of_units(), SHEET, b" " * 300_000_000), "too-complex"),
    "entities": (lambda: with_member(sheet_of_units(), SHEET, ENTITIES + b"]><worksheet>&m;</worksheet>"), "broken"),
    "no workbook": (lambda: with_member(b"PK\x05\x06" + bytes(18), "a.txt", b"a"), "not-a-table"),
    "half a workbook": (lambda: sheet_of_units()[:2000], "broken"),
    "an old one": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "not-a-table"),
    "a locked one": (
        lambda: bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "a PDF": (lambda: b"%PDF-1.7\n", "not-a-table"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_workbook_is_one_fault(name: str) -> None:
    make, code = HOSTILE[name]
    file, _ = await read_files(make(), None)
    assert [(fault.line, fault.code) for fault in file.faults] == [(1, code)]


async def test_empty_rows_up_to_the_last_are_read_over_and_macros_not_looked_at() -> None:
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER.strip().split(","))
    empty = b"".join(b'<row r="%d"/>' % line for line in range(2, 1_048_577))
    raw = with_member(
        sheet_of_units(), SHEET, OPENING + f"<row>{header}</row>".encode() + empty + b"</sheetData></worksheet>"
    )
    file, _ = await read_files(with_member(raw, "xl/vbaProject.bin", b"Shell"), None)
    assert (file.rows, file.faults) == ([], [])


async def test_a_workbook_that_takes_too_much_ends_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LIMITS", replace(workbooks.LIMITS, wait_seconds=0))
    file, _ = await read_files(sheet_of_units(), None)
    assert [fault.code for fault in file.faults] == ["too-complex"]
    limits = confined.Limits(cpu_seconds=60, wait_seconds=60, memory_bytes=130_000_000)
    with pytest.raises(confined.TooComplex):
        await confined.run("services.planner.files.workbooks", raw=bytes(100_000_000), limits=limits)
