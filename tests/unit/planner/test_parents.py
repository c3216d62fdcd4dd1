"""Which plan above a document means."""

from datetime import date
from uuid import UUID

import pytest

from contracts.plans import ParentPlan, Warning
from contracts.scope import Place
from contracts.units import UnitKind
from services.planner.rules.parents import Candidate, parent_among, stands_above


def place(path: str, kind: UnitKind) -> Place:
    return Place(path.split("/")[-2], kind, path, frozenset(), None, False, date(2020, 1, 1), None)


PLACES = {
    each.unit_id: each
    for each in (
        place("P/SO/", UnitKind.OFFICE),
        place("P/D/PGD/", UnitKind.OFFICE),
        place("P/D/S1/", UnitKind.SCHOOL),
        place("P/E/PGD2/", UnitKind.OFFICE),
    )
}
SCHOOL = [PLACES["S1"]]
DISTRICT = Candidate(UUID(int=1), "632/KHLT-GDĐT-LĐLĐ", date(2021, 9, 21), ("PGD",))
NEIGHBOUR = Candidate(UUID(int=2), "632/KHLT-GDĐT-LĐLĐ", date(2021, 9, 21), ("PGD2",))


@pytest.mark.parametrize(
    "number", ["632/KHLT-GDĐT-LĐLĐ", "632/KHLT – GDĐT - LĐLĐ", "632/khlt-gdđt-lđlđ", "632/KHLT-GDDT-LDLD"]
)
def test_the_same_number_however_it_is_written(number: str) -> None:
    assert parent_among(ParentPlan(number=number), [NEIGHBOUR, DISTRICT], SCHOOL, PLACES) == UUID(int=1)


@pytest.mark.parametrize(
    "named",
    [ParentPlan(number="632/KHLT"), ParentPlan(number="632/KHLT-GDĐT-LĐLĐ", date=date(2022, 9, 21))],
)
def test_another_number_or_date_is_not_guessed(named: ParentPlan) -> None:
    found = parent_among(named, [DISTRICT], SCHOOL, PLACES)
    assert isinstance(found, Warning)
    assert found.code == "parent-not-found"


def test_of_two_a_person_chooses() -> None:
    again = Candidate(UUID(int=3), DISTRICT.number, None, ("SO",))
    found = parent_among(ParentPlan(number=DISTRICT.number), [DISTRICT, again], SCHOOL, PLACES)
    assert isinstance(found, Warning)
    assert found.code == "parent-ambiguous"


@pytest.mark.parametrize(
    ("upper", "lower", "above"),
    [("SO", "S1", True), ("SO", "PGD", True), ("PGD", "S1", True), ("PGD", "PGD", False), ("PGD2", "S1", False),
     ("S1", "PGD", False)],
)  # fmt: skip
def test_who_stands_above(upper: str, lower: str, above: bool) -> None:
    assert stands_above([PLACES[upper]], [PLACES[lower]]) is above
