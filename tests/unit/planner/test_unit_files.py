"""CSV files of units and people: what is read, and what each faulty row is told."""

from datetime import date

import pytest

from contracts.units import Level, Ownership, Role
from services.planner.unit_files import read_people, read_units

HEADER = "unit_id,name,kind,parent_id,levels,ownership,has_union,valid_from,valid_to,successor_id\n"


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
