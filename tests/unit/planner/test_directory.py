"""What an import finds wrong, and the paths that it gives."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.units import Level, Role, UnitKind
from services.planner.rules.directory import (
    MAX_DEPTH,
    Known,
    Outcome,
    Person,
    RowOutcome,
    Unit,
    outcomes,
    paths,
    people_faults,
    stands_since,
    unit_faults,
)

OPEN = date(2020, 1, 1)


TODAY = date(2025, 6, 15)


def unit(unit_id: str, parent_id: str | None = None, **more: object) -> Unit:
    values = {"kind": UnitKind.AREA, "valid_from": OPEN, "name": unit_id, **more}
    return Unit.model_validate({"unit_id": unit_id, "parent_id": parent_id, **values})


def codes(*units: Unit, known: tuple[Unit, ...] = ()) -> list[tuple[int, str, str]]:
    rows = list(enumerate(units, start=2))
    found = unit_faults(rows, {unit.unit_id: unit for unit in known}, TODAY)
    return [(fault.line, fault.field, fault.code) for fault in found]


def test_a_unit_that_exists_does_not_move_below_one_that_is_to_come() -> None:
    first = date(2025, 7, 1)
    root, commune = unit("P"), unit("X", "P", valid_from=first)
    assert codes(root, commune, unit("S", "X")) == [(4, "parent_id", "parent-to-come")]
    assert codes(root, commune, unit("S", "X", valid_from=first)) == []
    assert codes(root, unit("X", "P", valid_from=TODAY), unit("S", "X")) == []


def test_a_sound_file_has_no_faults() -> None:
    school = unit("S", "A", kind=UnitKind.SCHOOL, levels={Level.TH}, successor_id="A", valid_to=OPEN)
    assert codes(unit("A"), school) == []


def test_parents_may_stand_in_the_directory_or_later_in_the_file() -> None:
    assert codes(unit("C", "B"), unit("B", "A"), known=(unit("A"),)) == []


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (unit("B", "X"), "parent_id", "parent-unknown"),
        (unit("B", "B"), "parent_id", "cycle"),
        (unit("B"), "parent_id", "second-root"),
        (unit("B", "A", successor_id="X", valid_to=OPEN), "successor_id", "successor-unknown"),
        (unit("B", "A", split_into=("A", "X"), valid_to=OPEN), "successor_id", "successor-unknown"),
        (unit("B", "A", successor_id="B", valid_to=OPEN), "successor_id", "successor-itself"),
        (unit("B", "A", successor_id="A"), "valid_to", "successor-without-end"),
        (unit("B", "A", levels={Level.TH}), "levels", "levels-not-school"),
        (unit("B", "A", valid_to=date(2019, 1, 1)), "valid_to", "period-reversed"),
    ],
)
def test_each_fault_is_named_with_its_line_and_field(row: Unit, field: str, code: str) -> None:
    assert codes(row, known=(unit("A"),)) == [(2, field, code)]


def test_a_unit_twice_in_a_file_is_named_at_both_lines() -> None:
    assert codes(unit("B", "A"), unit("B", "A"), known=(unit("A"),)) == [
        (2, "unit_id", "duplicate"),
        (3, "unit_id", "duplicate"),
    ]


def test_a_move_below_an_own_descendant_is_a_cycle() -> None:
    known = (unit("A"), unit("B", "A"), unit("C", "B"))
    assert codes(unit("B", "C"), known=known) == [(2, "parent_id", "cycle")]


def test_a_directory_without_a_root_is_refused() -> None:
    assert codes(unit("A", "B"), known=(unit("A"), unit("B", "A"))) == [(2, "parent_id", "cycle")]


def test_the_tree_may_be_so_deep_and_no_deeper() -> None:
    chain = [unit("U0"), *(unit(f"U{depth}", f"U{depth - 1}") for depth in range(1, MAX_DEPTH + 1))]
    assert codes(*chain[:-1]) == []
    assert codes(*chain) == [(MAX_DEPTH + 2, "parent_id", "cycle")]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_each_path_is_its_parents_path_and_itself(parents: list[int]) -> None:
    units = {"U0": unit("U0")}
    for number, parent in enumerate(parents, start=1):
        units[f"U{number}"] = unit(f"U{number}", f"U{min(parent, number - 1)}")
    found = paths(units)
    assert found["U0"] == "U0/"
    for unit_id, row in units.items():
        if row.parent_id is not None:
            assert found[unit_id] == f"{found[row.parent_id]}{unit_id}/"


def test_people_need_a_known_unit_and_stand_once() -> None:
    def person(unit_id: str, valid_to: date | None = None) -> Person:
        return Person(unit_id=unit_id, person_id="p", name="P", role=Role.STAFF, valid_from=OPEN, valid_to=valid_to)

    rows = [(2, person("A")), (3, person("X")), (4, person("A")), (5, person("B", date(2019, 1, 1)))]
    assert [(fault.line, fault.code) for fault in people_faults(rows, ["A", "B"])] == [
        (2, "duplicate"),
        (3, "unit-unknown"),
        (4, "duplicate"),
        (5, "period-reversed"),
    ]


def test_units_that_succeed_each_other_in_a_ring_are_named() -> None:
    ended = {"valid_to": OPEN}
    known = (unit("A"), unit("B", "A", successor_id="C", **ended), unit("C", "A", split_into=("A", "D"), **ended))
    assert codes(unit("D", "A", successor_id="B", **ended), known=known) == [(2, "successor_id", "successor-cycle")]
    assert codes(unit("D", "A", **ended), known=known) == []


def test_each_row_is_new_changed_or_unchanged() -> None:
    rows = [(line, row.unit_id, row) for line, row in enumerate((unit("A"), unit("B"), unit("C", "A")), start=2)]
    assert outcomes(rows, {"B": unit("B"), "C": unit("C", "B", has_union=True)}) == [
        RowOutcome(2, "A", Outcome.NEW),
        RowOutcome(3, "B", Outcome.UNCHANGED),
        RowOutcome(4, "C", Outcome.CHANGED, ("parent_id", "has_union")),
    ]


def test_a_unit_stands_as_it_does_since_its_first_day_or_the_last_change_that_scopes_look_at() -> None:
    first, earlier, today = date(2025, 7, 1), date(2025, 8, 1), date(2025, 9, 5)
    before = Known(unit("A", valid_from=first), "A/", earlier)
    assert stands_since(unit("A", valid_from=first), None, today) == first
    assert stands_since(unit("A", valid_from=first, name="B"), before, today) == earlier
    assert stands_since(unit("A", valid_from=first, has_union=True), before, today) == today
    assert stands_since(unit("A", valid_from=date(2025, 10, 1)), before, today) == date(2025, 10, 1)
    assert stands_since(unit("A", "P", valid_from=first), before, date(2025, 6, 1)) == first
