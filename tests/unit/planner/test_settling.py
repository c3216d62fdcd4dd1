"""Which warnings go away by an edit, which come, and which keep a plan from the signatures."""

from datetime import UTC, date, datetime

import pytest

from contracts.plans import DocumentKind, Due, Item, Occurrence, Party, PartyRole, Period, PlanDocument, Warning
from contracts.units import Role
from services.planner.reading.warnings import body_warnings, time_warnings
from services.planner.rules.settling import Acceptance, open_reasons, rechecked, standing, warning_id

PERIOD = Period(school_year="2025-2026", certain=True)
LATE = Due(rule="day:2027-01-01", date=date(2027, 1, 1), occurrences=(Occurrence(due_on=date(2027, 1, 1)),))
ITEMS = (
    Item(position=1, text="Tổ chức hội nghị và", lines=(3, 3)),
    Item(position=2, text="Báo cáo năm 2027", due=LATE, lines=(4, 4)),
    Item(position=3, text="Báo cáo năm 2027", lines=(5, 5)),
)
NO_SCOPE = Warning(code="no-scope", message="nobody is named")


def read(*more: Warning, **fields: object) -> PlanDocument:
    """A document as the reader gives it, with the warnings of its checks and some of its text."""
    document = PlanDocument(kind=DocumentKind.PLAN, title="Kế hoạch", period=PERIOD, items=ITEMS)
    document = document.model_copy(update=fields)
    found = (*time_warnings(document.period, document.items), *body_warnings(document.items, ()), *more)
    return document.model_copy(update={"warnings": found})


def codes(document: PlanDocument) -> list[str]:
    return sorted(warning.code for warning in document.warnings)


def with_item(document: PlanDocument, position: int, **fields: object) -> PlanDocument:
    items = [item.model_copy(update=fields) if item.position == position else item for item in document.items]
    return document.model_copy(update={"items": tuple(items)})


def test_an_edit_settles_what_it_mends_and_nothing_else() -> None:
    before = read(NO_SCOPE)
    assert codes(before) == ["date-outside-period", "duplicate-item", "item-cut-off", "no-scope"]
    after = rechecked(before, with_item(before, 1, text="Tổ chức hội nghị và hội thảo."))
    assert codes(after) == ["date-outside-period", "duplicate-item", "no-scope"]
    after = rechecked(after, with_item(after, 3, text="Báo cáo khác"))
    after = rechecked(after, with_item(after, 2, due=Due()))
    assert codes(after) == ["no-scope"]


def test_an_edit_brings_its_own_warnings() -> None:
    before = read()
    earlier = before.model_copy(update={"period": Period(school_year="2022-2023", certain=True)})
    assert codes(rechecked(before, earlier)).count("date-outside-period") == 1
    after = rechecked(before, with_item(before, 3, text="Thăm hỏi, tặng quà cho", due=LATE))
    assert codes(after) == ["date-outside-period", "date-outside-period", "item-cut-off", "item-cut-off"]


@pytest.mark.parametrize(
    ("warning", "fields"),
    [
        (Warning(code="number-blank", message="x", lines=(1, 1)), {"number": "12/KH"}),
        (Warning(code="no-number", message="x"), {"number": "12/KH"}),
        (Warning(code="date-missing", message="x"), {"date": date(2025, 9, 5)}),
        (Warning(code="no-parties", message="x"), {"parties": (Party(name="Phòng", role=PartyRole.EDUCATION),)}),
        (
            Warning(code="signature-missing", message="x", about="Phòng"),
            {"parties": (Party(name="Phòng", role=PartyRole.EDUCATION, signer_title="Trưởng phòng"),)},
        ),
    ],
)
def test_a_field_that_is_filled_in_settles_its_warning(warning: Warning, fields: dict[str, object]) -> None:
    party = Party(name="Phòng", role=PartyRole.EDUCATION)
    parties = () if warning.code == "no-parties" else (party,)
    before = read(warning, items=(), parties=parties)
    assert rechecked(before, before.model_copy(update={"title": "Khác"})).warnings == (warning,)
    assert rechecked(before, before.model_copy(update=fields)).warnings == ()


def test_a_period_that_a_person_is_certain_of_is_unclear_no_more() -> None:
    before = read(items=(), period=Period(school_year="2025-2026"))
    assert codes(before) == ["period-unclear"]
    assert codes(rechecked(before, before.model_copy(update={"period": PERIOD}))) == []


def test_only_what_is_neither_a_note_nor_accepted_keeps_a_plan_from_the_signatures() -> None:
    note = Warning(code="unbalanced-quotes", message="x", lines=(3, 3))
    document = read(NO_SCOPE, note, items=())
    [reason] = open_reasons(standing(document, {}))
    assert (reason.code, reason.field) == ("warning-open", f"warnings.{warning_id(NO_SCOPE)}")
    acceptance = Acceptance(
        warning_id=warning_id(NO_SCOPE),
        revision=2,
        unit_id="O",
        person_id="p",
        role=Role.OFFICER,
        reason="Mọi trường",
        at=datetime(2025, 9, 5, tzinfo=UTC),
    )
    accepted = standing(document, {acceptance.warning_id: acceptance})
    assert list(open_reasons(accepted)) == []
    assert [warning.accepted for warning in accepted] == [acceptance, None]


def test_a_warning_that_says_something_else_is_another_one() -> None:
    one = Warning(code="date-outside-period", message="x", about="Ngày 01/01/2027", lines=(4, 4))
    assert warning_id(one) != warning_id(one.model_copy(update={"about": "Ngày 02/01/2027"}))
    assert warning_id(one) != warning_id(one.model_copy(update={"lines": (5, 5)}))
    assert warning_id(one) == warning_id(one.model_copy(update={"message": "the same in other words"}))
