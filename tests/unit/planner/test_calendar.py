"""Due rules against days that a calendar on the wall shows."""

from datetime import date

import pytest

from contracts.plans import Occurrence, Period
from services.planner.rules.calendar import SchoolYear, occurrences

YEAR = Period(school_year="2025-2026", start=date(2025, 9, 5), end=date(2026, 5, 31), certain=True)
CALENDAR = Period(calendar_year=2025, start=date(2025, 1, 1), end=date(2025, 12, 31), certain=True)
SPAN = Period(start=date(2025, 1, 1), end=date(2027, 12, 31), certain=True)


def days(rule: str, period: Period = YEAR) -> list[str]:
    return [each.due_on.isoformat() for each in occurrences(rule, period) if each.due_on]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("none", []),
        ("day:11-20", ["2025-11-20"]),
        ("day:10-20,03-08", ["2025-10-20", "2026-03-08"]),
        ("day:2027-01-02", ["2027-01-02"]),
        ("before:04-15", ["2026-04-14"]),
        ("before:2026-03-01", ["2026-02-28"]),
        ("lunar:01-01", ["2026-02-17"]),
        ("lunar:08-15", ["2025-10-06"]),
        ("before-lunar:01-01", ["2026-02-16"]),
        ("lunar:03-10", ["2026-04-26"]),
        ("month:02", ["2026-02-28"]),
        ("month:2025-12", ["2025-12-31"]),
        ("span:01-05/01-25", ["2026-01-25"]),
        ("span:2025-12-20/2026-01-10", ["2026-01-10"]),
        ("span:09/10", ["2025-10-31"]),
        ("span:2025-11/2026-02", ["2026-02-28"]),
        ("workdays:5:2025-09-12", ["2025-09-19"]),
        ("workdays:1:2026-02-13", ["2026-02-23"]),
        ("quarter:4", ["2025-12-31"]),
        ("quarter:1", ["2026-03-31"]),
        ("quarter:2026-1", ["2026-03-31"]),
        ("term:1:start", ["2025-09-30"]),
        ("term:1:end", ["2026-01-17"]),
        ("term:2:start", ["2026-01-31"]),
        ("term:2:end", ["2026-05-31"]),
        ("year:start", ["2025-09-30"]),
        ("year:end", ["2026-05-31"]),
        ("quarterly", ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]),
        ("half-yearly", ["2025-12-31", "2026-06-30"]),
        ("termly", ["2026-01-17", "2026-05-31"]),
        ("yearly", ["2026-05-31"]),
        ("day:11-20+lunar:01-01", ["2025-11-20", "2026-02-17"]),
        ("day:11-20+day:11-20", ["2025-11-20"]),
    ],
)
def test_rules_in_a_school_year(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


def test_every_month_of_teaching_has_its_key() -> None:
    found = occurrences("monthly:31", YEAR)
    assert [each.key for each in found] == [f"2025-{month:02}" for month in range(9, 13)] + [
        f"2026-{month:02}" for month in range(1, 6)
    ]
    assert found[5] == Occurrence(key="2026-02", due_on=date(2026, 2, 28))


def test_keys_tell_occurrences_apart_and_a_single_day_needs_none() -> None:
    assert occurrences("day:11-20", YEAR) == (Occurrence(due_on=date(2025, 11, 20)),)
    assert [each.key for each in occurrences("day:10-20,11-20", YEAR)] == ["2025-10-20", "2025-11-20"]
    assert [each.key for each in occurrences("quarterly", CALENDAR)] == [f"2025-Q{quarter}" for quarter in range(1, 5)]
    assert [each.key for each in occurrences("termly", YEAR)] == ["2025-2026-HK1", "2025-2026-HK2"]


def test_a_rule_falls_due_in_each_year_of_a_longer_period() -> None:
    assert days("day:11-20", SPAN) == ["2025-11-20", "2026-11-20", "2027-11-20"]
    assert days("lunar:01-01", SPAN) == ["2025-01-29", "2026-02-17", "2027-02-06"]


def test_without_a_period_only_a_day_with_its_year_is_known() -> None:
    assert days("day:11-20+monthly+lunar:01-01", Period()) == []
    assert days("day:2025-11-20", Period()) == ["2025-11-20"]


def test_a_long_period_gives_as_many_days_as_the_contract_takes() -> None:
    decade = Period(start=date(2020, 1, 1), end=date(2029, 12, 31))
    assert len(occurrences("monthly", decade)) == 60


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "soon",
        "day:",
        "day:13-01",
        "quarter:5",
        "term:3:end",
        "year",
        "none:1",
        "day:11-20+",
        "span:01-05",
        "workdays:0:2025-09-12",
        "workdays:5:09-12",
        "day:04-31",
        "day:02-30",
        "before:2026-06-31",
        "day:11-20,2025-02-31",
        "day:2026-02-29",
        "before:0001-01-01",
        "workdays:5:2026-02-29",
        "span:2026-02-29/2026-03-05",
        "span:2026-05-25/2026-05-24",
        "span:2026-05/2026-01",
    ],
)
def test_an_unknown_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="unknown due rule"):
        occurrences(rule, YEAR)


def test_the_last_days_of_short_months() -> None:
    assert days("day:02-29", YEAR) == ["2026-02-28"]
    assert days("day:2028-02-29", YEAR) == ["2028-02-29"]
    assert days("span:2026-05-25/2026-05-25", YEAR) == ["2026-05-25"]
    assert days("span:11-01/01-25", YEAR) == ["2026-01-25"]


def test_the_ministrys_frame_moves_the_end_of_term_1() -> None:
    assert SchoolYear(2022).term_1_end == date(2023, 1, 14)
    assert SchoolYear(2025).term_1_end == date(2026, 1, 17)
