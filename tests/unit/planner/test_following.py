"""The draft that carries items over into the next period."""

from datetime import date

from contracts.plans import DocumentKind, Due, Item, Occurrence, Period, PlanDocument
from services.planner.rules.following import following, next_period

SCHOOL_YEAR = Period(school_year="2024-2025", start=date(2024, 9, 5), end=date(2025, 5, 31), certain=True)


def item(position: int, rule: str, *days: date, key: str = "") -> Item:
    occurrences = tuple(Occurrence(key=key, due_on=day) for day in days) or (Occurrence(),)
    return Item(position=position, text=f"Nội dung {position}", due=Due(rule=rule, occurrences=occurrences))


DOCUMENT = PlanDocument(
    kind=DocumentKind.JOINT_PLAN,
    number="1/KH",
    date=date(2024, 9, 13),
    title="Kế hoạch năm học 2024-2025",
    period=SCHOOL_YEAR,
    items=(
        item(1, "none"),
        item(2, "day:11-20", date(2024, 11, 20)),
        item(3, "day:2025-03-08", date(2025, 3, 8)),
        item(4, "của-huyện", date(2025, 1, 5)),
    ),
)


def test_items_that_are_carried_over_fall_due_in_the_next_school_year() -> None:
    draft = following(DOCUMENT, {2, 1})
    assert [(each.position, each.text) for each in draft.items] == [(1, "Nội dung 1"), (2, "Nội dung 2")]
    assert draft.items[0].due.occurrences == (Occurrence(),)
    assert draft.items[1].due.date == date(2025, 11, 20)
    assert (draft.number, draft.date) == (None, None)
    assert draft.period == Period(school_year="2025-2026", start=date(2025, 9, 5), end=date(2026, 5, 31))
    assert [warning.code for warning in draft.warnings] == ["carried-over"]


def test_days_that_do_not_move_with_the_year_are_for_a_person_to_settle() -> None:
    draft = following(DOCUMENT, {3, 4})
    assert [each.due.occurrences[0].due_on for each in draft.items] == [date(2025, 3, 8), date(2025, 1, 5)]
    assert [warning.code for warning in draft.warnings] == ["carried-over", *["date-outside-period"] * 2]


def test_what_comes_after_no_year_is_unknown() -> None:
    assert next_period(Period()) == Period()
    calendar_year = Period(calendar_year=2024, start=date(2024, 1, 1), end=date(2024, 12, 31), certain=True)
    assert next_period(calendar_year) == Period(calendar_year=2025, start=date(2025, 1, 1), end=date(2025, 12, 31))
