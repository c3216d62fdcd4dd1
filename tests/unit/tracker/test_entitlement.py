"""How a unit stands to a task."""

import pytest

from contracts.units import UnitKind
from services.tracker.entitlement import Unit, relations
from services.tracker.transitions import Relation

PROVINCE_OFFICE = Unit("P-SO", UnitKind.OFFICE, "P/P-SO/")
PROVINCE_UNION = Unit("P-CD", UnitKind.UNION, "P/P-CD/")
DISTRICT_OFFICE = Unit("P-A-PGD", UnitKind.OFFICE, "P/P-A/P-A-PGD/")
OTHER_OFFICE = Unit("P-B-PGD", UnitKind.OFFICE, "P/P-B/P-B-PGD/")
SCHOOL = Unit("P-A-1", UnitKind.SCHOOL, "P/P-A/P-A-1/")
BESIDE = Unit("P-A-2", UnitKind.SCHOOL, "P/P-A/P-A-2/")
LONGER = Unit("P-A-12", UnitKind.SCHOOL, "P/P-A/P-A-12/")
TEAM = Unit("P-A-1-T", UnitKind.TEAM, "P/P-A/P-A-1/P-A-1-T/")
AREA = Unit("P-A", UnitKind.AREA, "P/P-A/")

OWN, ABOVE, PARTY = Relation.OWN, Relation.ABOVE, Relation.PARTY


@pytest.mark.parametrize(
    ("actor", "task_of", "parties", "expected"),
    [
        (SCHOOL, SCHOOL, [PROVINCE_OFFICE], {OWN}),
        (BESIDE, SCHOOL, [PROVINCE_OFFICE], set()),
        (SCHOOL, LONGER, [PROVINCE_OFFICE], set()),
        (TEAM, SCHOOL, [PROVINCE_OFFICE], set()),
        (AREA, SCHOOL, [PROVINCE_OFFICE], set()),
        (DISTRICT_OFFICE, SCHOOL, [PROVINCE_OFFICE], {ABOVE}),
        (OTHER_OFFICE, SCHOOL, [PROVINCE_OFFICE], set()),
        (OTHER_OFFICE, SCHOOL, [OTHER_OFFICE], set()),
        (PROVINCE_OFFICE, SCHOOL, [PROVINCE_OFFICE, PROVINCE_UNION], {ABOVE, PARTY}),
        (PROVINCE_UNION, SCHOOL, [PROVINCE_OFFICE], {ABOVE, PARTY}),
        (PROVINCE_OFFICE, SCHOOL, [DISTRICT_OFFICE], {ABOVE, PARTY}),
        (SCHOOL, SCHOOL, [SCHOOL], {OWN, PARTY}),
        (DISTRICT_OFFICE, SCHOOL, [SCHOOL], {ABOVE, PARTY}),
        (PROVINCE_UNION, PROVINCE_OFFICE, [PROVINCE_OFFICE, PROVINCE_UNION], {ABOVE, PARTY}),
        (PROVINCE_OFFICE, PROVINCE_OFFICE, [PROVINCE_OFFICE, PROVINCE_UNION], {OWN, PARTY}),
        (SCHOOL, PROVINCE_OFFICE, [PROVINCE_OFFICE], set()),
    ],
)
def test_relations(actor: Unit, task_of: Unit, parties: list[Unit], expected: set[Relation]) -> None:
    assert relations(actor, task_of.unit_id, task_of.path, parties) == expected
