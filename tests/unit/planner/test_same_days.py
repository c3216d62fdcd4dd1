"""Two plans that ask something of one unit on one day, and what may be told of the other."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plans import DocumentKind, Item, Party, PartyRole, Period, PlanDocument, Warning
from contracts.scope import Audience, Place, Scope, reaches
from contracts.units import Level, Ownership, UnitKind
from services.planner.rules import calendar
from services.planner.rules.same_days import MAX_NAMED, OtherPlan, named_days, same_date_warnings

PERIOD, TODAY = Period(school_year="2025-2026", certain=True), date(2025, 9, 5)


def place(path: str, kind: UnitKind = UnitKind.SCHOOL, level: Level = Level.TH, until: date | None = None) -> Place:
    unit_id = path.rstrip("/").rpartition("/")[2]
    public, levels = Ownership.PUBLIC, frozenset({level} if kind is UnitKind.SCHOOL else ())
    return Place(unit_id, kind, path, levels, public, True, date(2000, 1, 1), until)


PLACES = {
    each.unit_id: each
    for each in (
        place("P/SO/", UnitKind.OFFICE),
        place("P/A/A-PGD/", UnitKind.OFFICE),
        place("P/A/A-LDLD/", UnitKind.UNION),
        place("P/A/A-TH/"),
        place("P/A/A-MN/", level=Level.MN),
        place("P/A/A-CU/", level=Level.THCS, until=date(2025, 6, 30)),
        place("P/B/B-PGD/", UnitKind.OFFICE),
        place("P/B/B-TH/"),
    )
}


def plan(*rules: str, of: str = "A-PGD", number: str | None = "1/KH", **scope: Any) -> PlanDocument:
    items = tuple(
        Item.model_validate(
            {
                "position": position,
                "text": "Việc không được kể",
                "scope": Scope(**scope),
                "lines": (position, position),
                "due": {"rule": rule, "occurrences": calendar.occurrences(rule, PERIOD)},
            }
        )
        for position, rule in enumerate(rules, start=1)
    )
    parties = (Party(name=of, role=PartyRole.EDUCATION, unit_id=of),)
    return PlanDocument(
        kind=DocumentKind.PLAN, title="Tên mật", number=number, period=PERIOD, parties=parties, items=items
    )


def other(document: PlanDocument, *, may_be_named: bool = True) -> OtherPlan:
    return OtherPlan(document, "Sở Giáo dục", may_be_named)


def found(document: PlanDocument, *others: OtherPlan) -> tuple[Warning, ...]:
    return same_date_warnings(document, others, PLACES, TODAY)


def test_a_day_that_both_plans_name_is_told_with_number_owner_and_day() -> None:
    ours, theirs = plan("none", "day:11-15"), plan("day:2025-11-15+termly", of="SO", number="99/KHLT")
    [warning] = found(ours, other(theirs))
    assert (warning.code, warning.lines) == ("same-date", (2, 2))
    assert warning.about == "15/11/2025, kế hoạch số 99/KHLT của Sở Giáo dục"


@pytest.mark.parametrize("rule", ["day:11-20", "before:2025-11-15", "term:1:end", "quarter:4", "none"])
def test_a_day_that_is_everybodys_or_a_deadline_is_none(rule: str) -> None:
    assert found(plan(rule), other(plan(rule))) == ()


def test_occurrences_that_no_longer_follow_the_rule_count_as_they_are() -> None:
    document = plan("day:11-15")
    due = document.items[0].due.model_copy(update={"occurrences": calendar.occurrences("day:11-16", PERIOD)})
    moved = document.model_copy(update={"items": (document.items[0].model_copy(update={"due": due}),)})
    assert named_days(moved) == {}


def test_only_plans_that_bind_a_unit_in_common_meet() -> None:
    day = "day:11-15"
    ours = plan(day, levels={Level.TH})
    assert found(ours, other(plan(day, of="B-PGD"))) == ()
    assert found(ours, other(plan(day, of="SO", levels={Level.MN}))) == ()
    assert found(ours, other(plan(day, of="SO", area=("B-TH",)))) == ()
    assert found(ours, other(plan(day, of="SO", area=("GONE",)))) == ()
    assert found(plan(day, levels={Level.THCS}), other(plan(day, of="SO"))) == ()  # whose only school has ended
    assert len(found(ours, other(plan(day, of="A-TH")))) == 1
    assert len(found(ours, other(plan(day, of="SO")))) == 1
    bodies = {"audience": Audience.PARTIES}
    assert found(ours, other(plan(day, of="A-PGD", **bodies))) == ()
    assert len(found(plan(day, **bodies), other(plan(day, of="A-PGD", **bodies)))) == 1


def test_nothing_of_the_other_plans_content_is_told() -> None:
    for number, named, about in (
        (None, True, "15/11/2025, kế hoạch chưa có số của Sở Giáo dục"),
        ("7/KH-MAT", False, "15/11/2025, một kế hoạch đang chờ ký ngoài phạm vi của đơn vị"),
    ):
        [warning] = found(plan("day:11-15"), other(plan("day:11-15", of="SO", number=number), may_be_named=named))
        assert warning.about == about
        assert not any(word in warning.message for word in ("mật", "kể", "7/KH-MAT"))


def test_so_many_that_nobody_reads_them_are_counted() -> None:
    others = [other(plan("day:11-15", number=f"{number}/KH")) for number in range(MAX_NAMED + 3)]
    warnings = found(plan("day:11-15"), *others)
    assert len(warnings) == MAX_NAMED + 1
    assert warnings[-1].about == "còn 3 trường hợp khác"


_SCOPES = st.fixed_dictionaries(
    {
        "levels": st.frozensets(st.sampled_from([Level.TH, Level.MN]), max_size=1),
        "area": st.sampled_from([(), ("A-TH",), ("B-TH", "A-MN")]),
    }
)


@given(st.sampled_from(["SO", "A-PGD", "B-PGD", "A-TH"]), st.sampled_from(["SO", "A-PGD", "B-TH"]), _SCOPES, _SCOPES)
def test_two_plans_meet_if_and_only_if_some_unit_has_both_tasks(
    owner: str, their_owner: str, scope: dict[str, Any], their_scope: dict[str, Any]
) -> None:
    ours, theirs = plan("day:11-15", of=owner, **scope), plan("day:11-15", of=their_owner, **their_scope)
    both = [each for each in PLACES.values() if binds(ours, each) and binds(theirs, each)]
    assert bool(found(ours, other(theirs))) == bool(both)


def binds(document: PlanDocument, unit: Place) -> bool:
    """By the meaning of the contracts, one unit at a time."""
    scope, parties = document.items[0].scope, [PLACES[document.parties[0].unit_id or ""]]
    return reaches(scope, unit, parties=parties, areas=[PLACES[name].path for name in scope.area], day=TODAY)
