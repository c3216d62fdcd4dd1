"""What a plan asks of each unit after units have ended, merged, split, changed and joined."""

from datetime import date, timedelta
from typing import Any

from contracts.plans import DocumentKind, Due, Item, ItemKind, Occurrence, Party, PartyRole, Period, PlanDocument
from contracts.scope import Audience, Scope
from contracts.units import Level, UnitKind
from services.planner.rules.directory import Known, Unit, paths
from services.planner.rules.obligations import Days, Directory, Obligations, stands_at
from services.planner.rules.obligations import obligations as count

LONG_AGO, IN_FORCE, TODAY = date(2020, 1, 1), date(2025, 9, 1), date(2025, 9, 10)
YESTERDAY = TODAY - timedelta(days=1)
TOLD_SINCE = 2
DAYS = Days(IN_FORCE, TOLD_SINCE - 1)
BEFORE, AFTER = date(2025, 9, 5), date(2025, 10, 1)

ROOT = [
    Unit(unit_id="P", name="Tỉnh", kind=UnitKind.AREA, valid_from=LONG_AGO),
    Unit(unit_id="P-SO", name="Sở", kind=UnitKind.OFFICE, parent_id="P", valid_from=LONG_AGO),
    Unit(unit_id="P-CD", name="Công đoàn", kind=UnitKind.UNION, parent_id="P", valid_from=LONG_AGO),
]


def school(unit_id: str, *successors: str, **more: Any) -> Unit:
    heirs: dict[str, Any] = {"successor_id": successors[0]} if len(successors) == 1 else {"split_into": successors}
    common = {"unit_id": unit_id, "name": unit_id, "kind": UnitKind.SCHOOL, "parent_id": "P", "valid_from": LONG_AGO}
    return Unit.model_validate({**common, "levels": {Level.TH}, **heirs, **more})


def ended(unit_id: str, *successors: str, on: date = YESTERDAY, **more: Any) -> Unit:
    return school(unit_id, *successors, valid_to=on, **more)


def directory(*units: Unit, since: dict[str, date] | None = None) -> dict[str, Known]:
    by_id = {unit.unit_id: unit for unit in (*ROOT, *units)}
    place = paths(by_id)
    days = since or {}
    return {key: Known(unit, place[key], days.get(key, unit.valid_from), TOLD_SINCE) for key, unit in by_id.items()}


def item(position: int, *due: date | None, scope: Scope | None = None) -> Item:
    occurrences = tuple(Occurrence(key=str(day or ""), due_on=day) for day in due or (None,))
    due_rule = Due(occurrences=occurrences)
    return Item(position=position, text="x", kind=ItemKind.ONE_OFF, due=due_rule, scope=scope or Scope())


def plan(*items: Item) -> PlanDocument:
    parties = tuple(
        Party(role=role, name=unit_id, unit_id=unit_id)
        for role, unit_id in ((PartyRole.EDUCATION, "P-SO"), (PartyRole.UNION, "P-CD"))
    )
    return PlanDocument(kind=DocumentKind.JOINT_PLAN, title="Kế hoạch", period=Period(), parties=parties, items=items)


TWO = plan(item(1), item(2, BEFORE, AFTER))


def obligations(document: PlanDocument, units: dict[str, Known], days: Days) -> Obligations:
    return count(document, Directory(units, TODAY), days)


def test_without_any_change_each_unit_has_what_the_scope_says() -> None:
    document = plan(
        item(1, scope=Scope(levels=frozenset({Level.THCS}))), item(2, scope=Scope(audience=Audience.PARTIES))
    )
    found = obligations(document, directory(school("S1"), school("S2", levels={Level.TH, Level.THCS})), DAYS)
    assert found.units == {"P-CD": 1, "P-SO": 1, "S2": 1}
    assert (found.tasks, found.changed, found.undecided) == (3, (), ())


def test_what_the_successor_has_too_counts_once() -> None:
    found = obligations(TWO, directory(ended("S1", "S2"), school("S2")), DAYS)
    assert found.units == {"S2": 3}


def test_a_new_successor_has_what_the_old_one_had_and_a_joiner_what_still_falls_due() -> None:
    new = school("S2", valid_from=TODAY)
    assert obligations(TWO, directory(ended("S1", "S2"), new), DAYS).units == {"S2": 3}
    assert obligations(TWO, directory(new), DAYS).units == {"S2": 2}
    assert obligations(TWO, directory(school("S2", valid_from=TODAY + timedelta(days=1))), DAYS).units == {}
    assert obligations(TWO, directory(new), DAYS._replace(closed_on=YESTERDAY)).units == {}


def test_of_a_unit_that_changed_what_it_newly_gets_is_the_least() -> None:
    found = obligations(TWO, directory(school("S1"), since={"S1": TODAY}), DAYS)
    assert (found.units, found.changed) == ({"S1": 2}, ("S1",))


def test_what_the_directory_does_not_tell_in_its_order_is_the_least() -> None:
    on_the_day = directory(school("S1", levels={Level.THCS}), since={"S1": IN_FORCE})
    found = obligations(plan(item(1, scope=Scope(levels=frozenset({Level.TH})))), on_the_day, DAYS)
    assert (found.units, found.changed) == ({}, ("S1",))
    end_told_late = directory(ended("S1", on=IN_FORCE - timedelta(days=1)))
    found = obligations(TWO, end_told_late, DAYS)
    assert (found.units, found.changed) == ({}, ("S1",))
    seen_by_the_parties = DAYS._replace(sequence=TOLD_SINCE)
    for units in (on_the_day, end_told_late):
        assert obligations(TWO, units, seen_by_the_parties).changed == ()


def test_of_a_closed_plan_who_was_told_since_the_approval_may_have_come_too_late() -> None:
    closed = DAYS._replace(closed_on=YESTERDAY)
    units = directory(school("S1"), school("S2", valid_from=BEFORE))
    found = obligations(TWO, units, closed)
    assert (found.units, set(found.changed)) == ({}, {"P", "P-SO", "P-CD", "S1", "S2"})
    assert obligations(TWO, units, closed._replace(sequence=TOLD_SINCE)).units == {"S1": 3}


def test_what_a_split_leaves_waits_where_it_is() -> None:
    found = obligations(TWO, directory(ended("S1", "S2", "S3"), school("S2"), school("S3", valid_from=TODAY)), DAYS)
    assert found.units == {"S1": 3, "S2": 3, "S3": 2}
    assert found.undecided == ("S1", "S2", "S3")


def test_lines_of_successors_end_where_one_exists() -> None:
    early = date(2025, 9, 3)
    units = directory(
        ended("A", "B", on=early),
        ended("B", "C", "D"),
        ended("C", "E", on=YESTERDAY),
        ended("D", on=early),
        school("E"),
        ended("X", "Y", on=early),
        ended("Y", "Z", on=early),
        school("Z"),
    )
    assert {unit_id: stands_at(unit_id, units, TODAY) for unit_id in "ABCDEXYZ"} == {
        "A": "B",  # which existed on the day after, and was split later
        "B": "B",
        "C": "E",
        "D": "D",
        "E": "E",
        "X": "Z",
        "Y": "Z",
        "Z": "Z",
    }


def test_an_area_that_ended_lives_on_in_its_successors_for_joiners() -> None:
    old = Unit(
        unit_id="P-A",
        name="x",
        kind=UnitKind.AREA,
        parent_id="P",
        valid_from=LONG_AGO,
        valid_to=YESTERDAY,
        split_into=("P-X", "P-Y"),
    )
    areas = [
        Unit(unit_id=each, name="x", kind=UnitKind.AREA, parent_id="P", valid_from=TODAY) for each in ("P-X", "P-Y")
    ]
    new = [school(f"{each}-1", parent_id=each, valid_from=TODAY) for each in ("P-X", "P-Y", "P")]
    found = obligations(plan(item(1, scope=Scope(area=("P-A",)))), directory(old, *areas, *new), DAYS)
    assert found.units == {"P-X-1": 1, "P-Y-1": 1}
