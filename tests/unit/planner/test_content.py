"""What a plan may not hold, and whom it reaches."""

from datetime import date
from typing import Any

import pytest

from contracts.plans import DocumentKind, Due, Item, Occurrence, Party, PartyRole, Period, PlanDocument
from contracts.scope import Audience, Place, Scope
from contracts.units import Level, UnitKind
from services.planner.rules.calendar import occurrences
from services.planner.rules.content import MAX_ITEMS, due_faults, faults, gaps
from services.planner.rules.reach import bounds, reach

DAY = date(2025, 9, 5)


def place(path: str, kind: UnitKind = UnitKind.SCHOOL, valid_to: date | None = None) -> Place:
    levels = frozenset({Level.TH}) if kind is UnitKind.SCHOOL else frozenset[Level]()
    return Place(path.split("/")[-2], kind, path, levels, None, False, date(2020, 1, 1), valid_to)


PLACES = {
    place.unit_id: place
    for place in (
        place("P/D/", UnitKind.AREA),
        place("P/D/O/", UnitKind.OFFICE),
        place("P/D/U/", UnitKind.UNION),
        place("P/D/S1/"),
        place("P/D/S2/"),
        place("P/D/S3/", valid_to=date(2025, 6, 30)),
        place("P/E/S4/"),
    )
}
ITEM = Item(position=1, text="Tuyên truyền")
OFFICE = Party(name="Phòng", role=PartyRole.EDUCATION, unit_id="O")
UNION = Party(name="Công đoàn", role=PartyRole.UNION, unit_id="U")


def document(*items: Item, parties: tuple[Party, ...] = (OFFICE, UNION)) -> PlanDocument:
    return PlanDocument(kind=DocumentKind.PLAN, title="Kế hoạch", parties=parties, items=items)


def codes_of(found: PlanDocument) -> list[tuple[str, str | None]]:
    return [(reason.code, reason.field) for reason in faults(found, PLACES)]


def test_a_sound_plan_has_no_faults_and_no_gaps() -> None:
    assert codes_of(document(ITEM)) == []
    assert list(gaps(document(ITEM))) == []


def test_an_area_must_exist_and_lie_below_a_party() -> None:
    def within(*area: str) -> PlanDocument:
        return document(ITEM.model_copy(update={"scope": Scope(area=area)}))

    assert codes_of(within("D", "S1")) == []
    assert codes_of(within("S4", "X")) == [
        ("area-outside", "items.1.scope.area"),
        ("unit-unknown", "items.1.scope.area"),
    ]


def test_a_party_must_exist() -> None:
    ghost = Party(name="?", role=PartyRole.OTHER, unit_id="X")
    assert codes_of(document(ITEM, parties=(OFFICE, ghost))) == [("unit-unknown", "parties.2.unit_id")]


def test_items_are_numbered_from_one_and_not_too_many() -> None:
    assert codes_of(document(ITEM, ITEM)) == [("positions", "items")]
    many = document(*(Item(position=position, text="x") for position in range(1, MAX_ITEMS + 2)))
    assert codes_of(many) == [("too-many-items", "items")]


def test_what_lacks_before_signing_is_named() -> None:
    unknown = Party(name="?", role=PartyRole.OTHER)
    lacking = document(ITEM.model_copy(update={"accountable": ()}), parties=(unknown,))
    assert [reason.code for reason in gaps(lacking)] == ["too-few-parties", "party-without-unit", "nobody-accountable"]
    assert [reason.code for reason in gaps(document())] == ["no-items"]


def test_reach_counts_units_and_tasks_by_item() -> None:
    quarterly = Due(rule="quarterly", occurrences=(Occurrence(key="Q1"), Occurrence(key="Q2")))
    plan = document(
        ITEM,
        Item(position=2, text="b", due=quarterly, scope=Scope(area=("S1",))),
        Item(position=3, text="c", scope=Scope(audience=Audience.PARTIES)),
    )
    found = reach(plan, PLACES, DAY)
    assert [(item.units, item.occurrences, item.tasks) for item in found.items] == [(2, 1, 2), (1, 2, 2), (2, 1, 2)]
    assert (found.units, found.tasks) == (4, 6)


def test_parties_bound_the_reach() -> None:
    assert bounds(document(ITEM), PLACES) == ["P/D/", "P/D/"]
    assert reach(document(ITEM, parties=()), PLACES, DAY).units == 0


YEAR = Period(school_year="2025-2026", start=date(2025, 9, 5), end=date(2026, 5, 31))


def in_period(period: Period, due: Due | None = None, day: date | None = None) -> PlanDocument:
    """A plan of one item."""
    item = ITEM.model_copy(update={"due": due or Due()})
    return document(item).model_copy(update={"period": period, "date": day})


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ({"start": date(2026, 1, 1), "end": date(2025, 1, 1)}, [("period-reversed", "period.end")]),
        ({"school_year": "2025-2030"}, [("school-year-impossible", "period.school_year")]),
        ({"school_year": "0000-0001"}, [("school-year-impossible", "period.school_year")]),
        ({"start": date(2026, 1, 1), "end": date(2026, 1, 1)}, []),
        ({"start": date(2026, 1, 1)}, []),
    ],
)
def test_a_period_does_not_contradict_itself(period: dict[str, Any], found: list[tuple[str, str]]) -> None:
    plan = in_period(Period(**period))
    assert codes_of(plan) == found
    assert list(due_faults(plan)) == []
    assert list(gaps(plan)) == []


@pytest.mark.parametrize("text", ["", "   ", "\n\u00a0"])
def test_an_item_has_words(text: str) -> None:
    assert codes_of(document(ITEM.model_copy(update={"text": text}))) == [("text-blank", "items.1.text")]


def test_a_document_is_not_dated_after_its_period() -> None:
    assert [gap.code for gap in gaps(in_period(YEAR, day=date(2026, 8, 1)))] == ["date-after-period"]
    assert list(gaps(in_period(YEAR, day=date(2026, 7, 31)))) == []
    assert list(gaps(in_period(YEAR, day=date(2025, 7, 1)))) == []
    assert list(gaps(in_period(Period(), day=date(2026, 8, 1)))) == []


@pytest.mark.parametrize("rule", ["none", "day:11-20", "day:10-20,11-20", "monthly", "termly", "lunar:08-15"])
@pytest.mark.parametrize("period", [YEAR, Period()])
def test_days_are_those_of_the_rule_with_keys_of_ones_own(rule: str, period: Period) -> None:
    days = [each.due_on for each in occurrences(rule, period)]
    own = tuple(Occurrence(key=f"lan-{place}", due_on=day) for place, day in enumerate(days))
    assert list(due_faults(in_period(period, Due(rule=rule, date=days[0], occurrences=own)))) == []


def on(*days: date, key: str | None = None) -> tuple[Occurrence, ...]:
    return tuple(Occurrence(key=f"{day}" if key is None else key, due_on=day) for day in days)


@pytest.mark.parametrize(
    ("due", "found"),
    [
        ({"rule": "some-day"}, [("due-rule-unknown", "rule")]),
        ({"rule": "day:2025-02-31"}, [("due-rule-unknown", "rule")]),
        (
            {"rule": "day:2025-06-10", "date": date(2030, 1, 1), "occurrences": on(date(2030, 1, 1))},
            [("due-mismatch", "date"), ("due-mismatch", "occurrences")],
        ),
        ({"rule": "day:11-20"}, [("due-mismatch", "date"), ("due-mismatch", "occurrences")]),
        ({"rule": "day:11-20", "occurrences": on(date(2025, 11, 20))}, [("due-mismatch", "date")]),
        ({"rule": "day:11-20", "date": date(2025, 11, 20)}, [("due-mismatch", "occurrences")]),
        ({"date": date(2025, 11, 20)}, [("due-mismatch", "date")]),
        ({"occurrences": on(date(2025, 11, 20))}, [("due-mismatch", "occurrences")]),
        (
            {"rule": "termly", "date": date(2026, 1, 17), "occurrences": on(date(2026, 1, 17))},
            [("due-mismatch", "occurrences")],
        ),
        (
            {
                "rule": "termly",
                "date": date(2026, 1, 17),
                "occurrences": on(date(2026, 1, 17), date(2026, 5, 31), key="x"),
            },
            [("key-repeated", "occurrences")],
        ),
    ],
)
def test_other_days_than_the_rule_gives_are_a_fault(due: dict[str, Any], found: list[tuple[str, str]]) -> None:
    reasons = [(reason.code, reason.field) for reason in due_faults(in_period(YEAR, Due(**due)))]
    assert reasons == [(code, f"items.1.due.{field}") for code, field in found]
