"""What a district's system hands in, and the answers that it gets."""

import base64
from datetime import date, datetime
from typing import Any

import pytest

from contracts.content import content_sha256
from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.plans import (
    Item,
    Period,
    PlanAmended,
    PlanApproved,
    PlanDocument,
    PlanSubmissionAccepted,
    PlanSubmissionDecided,
    PlanSubmissionRejected,
    PlanSubmitted,
)
from contracts.scope import Scope
from services.kit.database import Database
from services.kit.errors import NeverValid
from services.kit.inbox import Received
from services.planner import store
from services.planner.handlers import answer_set_aside, take_submissions
from services.planner.reading import read_plan
from services.planner.rules.calendar import occurrences
from services.planner.rules.following import next_period
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PARTIES, PLAN, Cast
from tests.support.clock import FixedClock

UNIT = "AH-PL-PGD"
READ = read_plan(PLAN)
DOCUMENT = PlanDocument.model_validate(READ.model_dump() | {"parties": PARTIES})


def submission(unit_id: str = UNIT, topic_unit: str | None = None, **fields: Any) -> Received:
    """A record of a unit's system; the plan's text if no other content is given."""
    if not fields.keys() & {"text", "file", "document"}:
        fields["text"] = PLAN
    data = PlanSubmitted.model_validate({"unit_id": unit_id, "submission_id": "khlt-2025", **fields})
    envelope = Envelope[PlanSubmitted].of(data, subject=data.submission_id, source=f"/units/{unit_id}")
    return Received(f"plan-submissions-{topic_unit or unit_id}", 0, 0, envelope)


def signatures_of(document: PlanDocument, signers: tuple[str, ...] = ("head", "chair")) -> list[dict[str, Any]]:
    """These persons' signatures for its parties, given on the day before the test's."""
    return [
        {
            "party": party,
            "person_id": person_id,
            "signed_at": datetime.fromisoformat("2025-09-04T09:00:00+07:00"),
            "content_sha256": content_sha256(document),
        }
        for party, person_id in enumerate(signers, start=1)
    ]


def signed(document: PlanDocument = DOCUMENT, signers: tuple[str, ...] = ("head", "chair"), **more: Any) -> Received:
    """The document with these persons' signatures."""
    return submission(document=document, signatures=signatures_of(document, signers), **more)


def with_signature(number: int, **fields: Any) -> Received:
    """The signed document, with other values in its number-th signature."""
    signatures = signatures_of(DOCUMENT)
    signatures[number - 1] |= fields
    return submission(document=DOCUMENT, signatures=signatures)


def changed(**fields: Any) -> PlanDocument:
    """The document with other values of these fields."""
    return PlanDocument.model_validate(DOCUMENT.model_dump() | fields)


async def hand_in(database: Database, published: Published, record: Received) -> Any:
    """The one answer to the submission."""
    before = len(await published())
    async with database.transaction() as tx:
        await take_submissions(tx, [record])
    [answer] = [event for event in (await published())[before:] if event.source == "/planner" and event.causationid]
    assert answer.causationid == record.envelope.id
    submitted = record.envelope.data
    assert (answer.data.unit_id, answer.data.version) == (submitted.unit_id, submitted.version)
    assert answer.subject == answer.data.submission_id == submitted.submission_id
    return answer.data


def codes(reasons: Any) -> list[tuple[str, str | None]]:
    """Code and field of each reason."""
    return [(reason.code, reason.field) for reason in reasons]


async def approvals(published: Published) -> list[PlanApproved]:
    """What was published as approved."""
    return [event.data for event in await published() if isinstance(event.data, PlanApproved)]


async def test_a_text_comes_to_the_desk(cast: Cast, database: Database, published: Published) -> None:
    answer = await hand_in(database, published, submission())
    assert isinstance(answer, PlanSubmissionAccepted)
    assert (answer.items, answer.approved, answer.notes) == (3, False, ())
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert (plan["state"], plan["owner_id"]) == ("IN_REVIEW", UNIT)
    first = plan["history"][0]
    assert (first["action"], first["unit_id"], first["person_id"]) == ("submit", UNIT, None)


async def test_a_file_comes_to_the_desk(cast: Cast, database: Database, published: Published) -> None:
    answer = await hand_in(database, published, submission(file=base64.b64encode(PLAN.encode())))
    assert isinstance(answer, PlanSubmissionAccepted)
    broken = submission(submission_id="other", file=base64.b64encode(b"PK\x03\x04 no archive"))
    assert codes((await hand_in(database, published, broken)).reasons) == [("broken", "file")]


async def test_the_same_again_is_the_same_plan_and_other_content_is_refused(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, submission())
    assert await hand_in(database, published, submission()) == first
    assert len((await cast.officer.get("/plans")).json()["entries"]) == 1
    other = await hand_in(database, published, submission(text=PLAN + "\n"))
    assert isinstance(other, PlanSubmissionRejected)
    assert codes(other.reasons) == [("already-submitted", "version")]


async def test_a_rejected_submission_may_be_mended_under_its_name(
    cast: Cast, database: Database, published: Published
) -> None:
    rejected = await hand_in(database, published, submission(text="Không phải kế hoạch"))
    assert codes(rejected.reasons) == [("no-plan", "text")]
    assert isinstance(await hand_in(database, published, submission()), PlanSubmissionAccepted)


async def test_a_structured_plan_is_taken_as_it_is(cast: Cast, database: Database, published: Published) -> None:
    answer = await hand_in(database, published, submission(document=DOCUMENT))
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert PlanDocument.model_validate(plan["document"]) == DOCUMENT


AREA_ABOVE = Item(position=1, text="x", scope=Scope(area=("AH-TK",)))
OTHER_DAY = Item.model_validate(
    {
        "position": 1,
        "text": "x",
        "due": {"rule": "day:2025-06-10", "date": "2030-01-01", "occurrences": [{"due_on": "2030-01-01"}]},
    }
)
RULE = Item.model_validate({"position": 1, "text": "x", "due": {"rule": "some-day"}})


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"items": ()}, [("no-items", "items")]),
        ({"parties": [{**PARTIES[0], "unit_id": "NO"}]}, [("unit-unknown", "parties.1.unit_id")]),
        ({"parties": [PARTIES[0], {**PARTIES[1], "unit_id": "AH-CDN"}]}, [("party-outside", "parties.2.unit_id")]),
        ({"parties": [{**PARTIES[0], "unit_id": "AH-TK-PGD"}]}, [("party-outside", "parties.1.unit_id")]),
        ({"items": [AREA_ABOVE]}, [("area-outside", "items.1.scope.area")]),
        ({"items": [RULE]}, [("due-rule-unknown", "items.1.due.rule")]),
        (
            {"items": [OTHER_DAY]},
            [("due-mismatch", "items.1.due.date"), ("due-mismatch", "items.1.due.occurrences")],
        ),
        ({"items": [Item(position=1, text="   ")]}, [("text-blank", "items.1.text")]),
        ({"period": {"start": "2026-01-01", "end": "2025-01-01"}}, [("period-reversed", "period.end")]),
    ],
)
async def test_what_can_be_in_no_plan_of_the_unit_is_refused_by_field_signed_or_not(
    cast: Cast, database: Database, published: Published, change: dict[str, Any], reasons: list[tuple[str, str]]
) -> None:
    for record in (submission(document=changed(**change)), signed(changed(**change))):
        answer = await hand_in(database, published, record)
        assert isinstance(answer, PlanSubmissionRejected)
        assert codes(answer.reasons) == reasons
    assert (await cast.officer.get("/plans")).json()["entries"] == []
    assert await approvals(published) == []


@pytest.mark.parametrize(("unit_id", "code"), [("AH-XX", "unit-unknown"), ("AH-PL-CU", "unit-closed")])
async def test_a_unit_that_is_not_there_today_is_told_so(
    cast: Cast, database: Database, published: Published, unit_id: str, code: str
) -> None:
    answer = await hand_in(database, published, submission(unit_id))
    assert codes(answer.reasons) == [(code, "unit_id")]


async def test_a_plan_signed_by_all_parties_is_approved(cast: Cast, database: Database, published: Published) -> None:
    answer = await hand_in(database, published, signed())
    assert (answer.approved, answer.notes) == (True, ())
    [approved] = await approvals(published)
    assert approved.content_sha256 == content_sha256(DOCUMENT)
    assert [(party.unit_id, party.signed_by, party.signed_at.isoformat()) for party in approved.parties] == [
        (UNIT, "head", "2025-09-04T02:00:00+00:00"),
        ("AH-PL-LDLD", "chair", "2025-09-04T02:00:00+00:00"),
    ]
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert (plan["state"], plan["reach"]["units"]) == ("APPROVED", 2)
    steps = [(step["action"], step["person_id"], step["role"]) for step in plan["history"]]
    assert steps == [
        ("submit", None, None),
        ("sign", "head", "signatory"),
        ("sign", "chair", "signatory"),
        ("approve", None, None),
    ]
    assert await hand_in(database, published, signed()) == answer
    assert len(await approvals(published)) == 1


async def test_a_signed_plan_dated_after_its_period_comes_to_the_desk(
    cast: Cast, database: Database, published: Published
) -> None:
    answer = await hand_in(database, published, signed(changed(date=date(2035, 1, 1))))
    assert (answer.approved, codes(answer.notes)) == (False, [("date-after-period", "date")])
    assert await approvals(published) == []


OTHER_HASH = content_sha256(changed(title="Kế hoạch khác"))


TOO_EARLY, TOO_LATE = datetime.fromisoformat("2024-08-01T00:00:00Z"), datetime.fromisoformat("2025-09-05T01:06:00Z")


@pytest.mark.parametrize(
    ("record", "notes"),
    [
        (signed(signers=("head",)), [("not-all-signed", "parties.2")]),
        (signed(signers=("head", "principal")), [("signer-not-entitled", "signatures.2.person_id")]),
        (signed(signers=("former-head", "chair")), [("signer-not-entitled", "signatures.1.person_id")]),
        (signed(signers=("officer", "chair")), [("signer-not-entitled", "signatures.1.person_id")]),
        (with_signature(2, content_sha256=OTHER_HASH), [("content-differs", "signatures.2.content_sha256")]),
        (with_signature(1, signed_at=TOO_LATE), [("signed-in-future", "signatures.1.signed_at")]),
        (with_signature(1, signed_at=TOO_EARLY), [("signed-long-ago", "signatures.1.signed_at")]),
        (
            with_signature(2, party=3),
            [("party-unknown", "signatures.2.party"), ("not-all-signed", "parties.2")],
        ),
        (
            with_signature(2, party=1),
            [
                ("signer-not-entitled", "signatures.2.person_id"),
                ("not-all-signed", "parties.2"),
                ("party-signed-twice", "signatures.1.party"),
                ("party-signed-twice", "signatures.2.party"),
            ],
        ),
        (signed(changed(parties=PARTIES[:1]), ("head",)), [("too-few-parties", "parties")]),
        (signed(READ), [("party-without-unit", "parties.1.unit_id"), ("party-without-unit", "parties.2.unit_id")]),
        (submission(text=PLAN, signatures=signatures_of(READ)), [("not-structured", "signatures")]),
    ],
)
async def test_a_claim_that_does_not_hold_comes_to_the_desk_with_its_reasons(
    cast: Cast, database: Database, published: Published, record: Received, notes: list[tuple[str, str]]
) -> None:
    answer = await hand_in(database, published, record)
    assert isinstance(answer, PlanSubmissionAccepted)
    assert (answer.approved, codes(answer.notes)[: len(notes)]) == (False, notes)
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert (plan["state"], plan["signatures"]) == ("IN_REVIEW", [])
    assert await approvals(published) == []


OPEN = {"code": "item-cut-off", "message": "the item ends in mid-sentence", "lines": [20, 20]}
NOTE = {"code": "unbalanced-quotes", "message": "one of “ ” is not closed", "about": "“ ”", "lines": [22, 22]}


async def test_a_warning_that_keeps_an_officers_plan_from_signatures_keeps_a_signed_one_from_its_approval(
    cast: Cast, database: Database, published: Published
) -> None:
    answer = await hand_in(database, published, signed(changed(warnings=[OPEN, NOTE])))
    assert (answer.approved, [note.code for note in answer.notes]) == (False, ["warning-open"])
    assert "Câu dừng giữa chừng" in answer.notes[0].message
    assert (await cast.officer.get(f"/plans/{answer.plan_id}")).json()["state"] == "IN_REVIEW"
    refused = await cast.officer.act(answer.plan_id, "co-sign")
    assert [(reason["code"], reason["field"]) for reason in refused.json()["reasons"]] == codes(answer.notes)
    assert await approvals(published) == []

    assert (await cast.officer.accept(answer.plan_id, "Đúng văn bản gốc")).is_success
    again = await hand_in(database, published, signed(changed(warnings=[OPEN, NOTE]), version=2))
    assert (again.approved, again.notes) == (True, ())


async def test_a_parent_that_is_not_found_and_a_day_of_another_plan_are_for_a_person_too(
    cast: Cast, database: Database, published: Published
) -> None:
    days = {"rule": "day:11-15", "occurrences": [{"key": "", "due_on": "2025-11-15"}], "date": "2025-11-15"}
    items = [{**item.model_dump(), "due": days} for item in DOCUMENT.items[:1]]
    first = await hand_in(database, published, signed(changed(items=items, warnings=[])))
    assert first.approved
    second = changed(items=items, number="216/KHLT", parent={"number": "632/KHLT"}, warnings=[])
    answer = await hand_in(database, published, signed(second, submission_id="another"))
    assert [note.code for note in answer.notes] == ["warning-open", "warning-open"]
    assert "632/KHLT" in answer.notes[0].message
    assert "15/11/2025, kế hoạch số 215/KHLT-PGDĐT-LĐLĐ của Phòng Giáo dục Phước Lộc" in answer.notes[1].message
    assert len(await approvals(published)) == 1


async def test_more_tasks_than_a_province_gives_out_are_seen_by_a_person_first(
    cast: Cast, database: Database, published: Published
) -> None:
    period = Period(start=date(2026, 1, 1), end=date(2030, 12, 31))
    days = occurrences("monthly", period)
    due = {"rule": "monthly", "date": days[0].due_on, "occurrences": days}
    items = [{"position": number, "text": "Báo cáo", "due": due} for number in range(1, 1001)]
    answer = await hand_in(database, published, signed(changed(items=items, period=period)))
    assert (answer.approved, codes(answer.notes)) == (False, [("too-many-tasks", "items")])


async def test_the_same_again_is_answered_as_the_first_time_notes_and_all(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, signed(signers=("head",)))
    assert [note.code for note in first.notes] == ["not-all-signed"]
    assert await hand_in(database, published, signed(signers=("head",))) == first
    for person, action in (
        (cast.officer, "co-sign"),
        (cast.head, "sign"),
        (cast.chair, "sign"),
        (cast.officer, "approve"),
    ):
        assert (await person.act(first.plan_id, action)).is_success
    assert await hand_in(database, published, signed(signers=("head",))) == first


async def test_nobody_signs_for_two_parties(cast: Cast, database: Database, published: Published) -> None:
    both = [PARTIES[0], {**PARTIES[1], "unit_id": UNIT}]
    answer = await hand_in(database, published, signed(changed(parties=both), ("head", "head")))
    assert codes(answer.notes) == [("one-person-one-party", f"signatures.{number}.person_id") for number in (1, 2)]


async def test_a_deputy_signs_by_a_delegation_for_that_day_alone(
    cast: Cast, database: Database, published: Published
) -> None:
    by_deputy = signed(signers=("officer", "chair"))
    refused = await hand_in(database, published, by_deputy)
    assert codes(refused.notes) == [("signer-not-entitled", "signatures.1.person_id")]
    async with database.transaction() as tx:
        await store.delegations.add(
            tx,
            unit_id=UNIT,
            role="signatory",
            given_by="head",
            deputy_id="officer",
            valid_from=date(2025, 9, 4),
            valid_to=date(2025, 9, 4),
        )
    answer = await hand_in(database, published, signed(signers=("officer", "chair"), version=2))
    assert (answer.approved, answer.notes) == (True, ())
    [approved] = await approvals(published)
    assert approved.parties[0].signed_by == "officer"
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert [signature["on_behalf_of"] for signature in plan["signatures"]] == ["head", None]


async def test_a_later_version_replaces_what_lies_at_the_desk_and_an_earlier_one_is_refused(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, submission())
    second = await hand_in(database, published, signed(version=3))
    assert (second.plan_id, second.approved) == (first.plan_id, True)
    plan = (await cast.officer.get(f"/plans/{first.plan_id}")).json()
    assert [step["action"] for step in plan["history"]] == ["submit", "submit", "sign", "sign", "approve"]
    assert len(plan["item_ids"]) == len(plan["document"]["items"])
    outdated = await hand_in(database, published, signed(version=2))
    assert codes(outdated.reasons) == [("version-outdated", "version")]


async def test_a_later_version_of_the_same_content_changes_nothing(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, signed())
    again = await hand_in(database, published, signed(version=2))
    assert (again.plan_id, again.approved) == (first.plan_id, True)
    assert len(await approvals(published)) == 1


FOURTH = Item(position=4, text="Tổ chức hội nghị sơ kết công tác phối hợp.")
FIFTH = Item(position=5, text="Báo cáo tổng kết cuối năm học.")
AMENDED = changed(items=[*DOCUMENT.items, FOURTH])


async def test_a_later_signed_version_amends_the_plan_in_force(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, signed())
    second = await hand_in(database, published, signed(AMENDED, version=2))
    assert (second.plan_id, second.approved, second.notes) == (first.plan_id, True, ())
    [approved] = await approvals(published)
    [amended] = [event.data for event in await published() if isinstance(event.data, PlanAmended)]
    assert (amended.plan_id, amended.version) == (approved.plan_id, 2)
    assert [change.change for change in amended.changes] == ["kept", "kept", "kept", "new"]
    assert [item.item_id for item in amended.items][:3] == [item.item_id for item in approved.items]
    assert await hand_in(database, published, signed(version=1)) == first


async def test_a_later_version_without_signatures_is_an_amendment_at_the_desk(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, signed())
    second = await hand_in(database, published, submission(document=AMENDED, version=2))
    third = await hand_in(database, published, submission(document=changed(items=[*AMENDED.items, FIFTH]), version=3))
    signed_at_last = await hand_in(database, published, signed(AMENDED, version=4))
    answers = (first, second, third, signed_at_last)
    assert [(answer.plan_id, answer.approved) for answer in answers] == [
        (first.plan_id, approved) for approved in (True, False, False, True)
    ]
    [amended] = [event.data for event in await published() if isinstance(event.data, PlanAmended)]
    assert [change.change for change in amended.changes] == ["kept", "kept", "kept", "new"]


async def test_what_a_person_must_settle_of_an_amendment_is_no_districts_to_approve(
    cast: Cast, database: Database, published: Published
) -> None:
    await hand_in(database, published, signed())
    items = [item.model_dump() for item in DOCUMENT.items]
    items[0]["text"] = items[0]["text"].replace("Đảng, chính sách pháp luật của Nhà nước", "các cấp")
    moved = [{"key": "2025-12-24", "due_on": "2025-12-24"}]
    items[1]["due"] = {"rule": "before:2025-12-25", "date": "2025-12-24", "occurrences": moved}
    answer = await hand_in(database, published, signed(changed(items=items), version=2))
    assert (answer.approved, codes(answer.notes)) == (
        False,
        [("item-match-unsure", "items.1"), ("deadline-moved", "items.2.due.occurrences")],
    )


async def test_while_the_desk_amends_a_plan_a_later_version_must_wait(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, signed())
    officer = cast.officer.headers
    answer = await cast.client.post(f"/v1/plans/{first.plan_id}/amendment", headers=officer)
    assert answer.is_success, answer.text
    refused = await hand_in(database, published, signed(AMENDED, version=2))
    assert codes(refused.reasons) == [("already-amended", "version")]
    before = len(await published())
    assert (await cast.officer.act(answer.json()["plan_id"], "reject", reason="Thôi")).is_success
    assert len(await published()) == before  # what only the desk drafted is nothing that the unit knows
    assert (await hand_in(database, published, signed(AMENDED, version=2))).approved


async def test_a_number_is_one_plans_under_whatever_name_it_is_submitted(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, signed())
    same = await hand_in(database, published, signed(submission_id="the-same"))
    assert (same.plan_id, same.approved) == (first.plan_id, True)
    other = await hand_in(database, published, signed(changed(title="Kế hoạch khác"), submission_id="another"))
    assert codes(other.reasons) == [("number-taken", "number")]
    next_year = changed(title="Kế hoạch khác", date="2026-09-16", period=next_period(DOCUMENT.period))
    assert (await hand_in(database, published, signed(next_year, submission_id="another"))).approved
    assert len(await approvals(published)) == 2


async def test_signatures_for_a_plan_that_lies_at_the_desk_under_its_number_approve_it(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, submission(document=DOCUMENT))
    answer = await hand_in(database, published, signed(submission_id="from another system"))
    assert (answer.plan_id, answer.approved) == (first.plan_id, True)


async def test_what_the_desk_decides_is_told(cast: Cast, database: Database, published: Published) -> None:
    accepted = await hand_in(database, published, submission(document=DOCUMENT))
    before = len(await published())
    for person, action, doing in (
        (cast.officer, "co-sign", {}),
        (cast.head, "refuse", {"reason": "Thiếu chỉ tiêu"}),
        (cast.officer, "co-sign", {}),
        (cast.head, "sign", {}),
        (cast.chair, "sign", {}),
        (cast.officer, "approve", {}),
        (cast.officer, "revoke", {"reason": "Thay bằng kế hoạch khác"}),
    ):
        assert (await person.act(accepted.plan_id, action, **doing)).is_success
    decided = [event for event in (await published())[before:] if isinstance(event.data, PlanSubmissionDecided)]
    assert [(event.data.state, event.data.reason) for event in decided] == [
        ("IN_REVIEW", "Thiếu chỉ tiêu"),
        ("APPROVED", None),
        ("REVOKED", "Thay bằng kế hoạch khác"),
    ]
    assert {(event.subject, event.data.version, event.data.plan_id, event.data.plan_version) for event in decided} == {
        ("khlt-2025", 1, accepted.plan_id, 1)
    }
    ended = await hand_in(database, published, submission(document=changed(title="Kế hoạch khác"), version=2))
    assert codes(ended.reasons) == [("plan-ended", "submission_id")]


async def test_after_a_rejection_at_the_desk_a_later_version_is_a_new_plan(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, submission())
    assert (await cast.officer.act(first.plan_id, "reject", reason="Sai mẫu")).is_success
    second = await hand_in(database, published, signed(version=2))
    assert (second.plan_id != first.plan_id, second.approved) == (True, True)


async def test_a_plan_that_the_desk_drafted_tells_no_unit(cast: Cast, published: Published) -> None:
    await cast.plan("review", "co-sign", "sign", "approve")
    assert not any(isinstance(event.data, PlanSubmissionDecided) for event in await published())


async def test_a_plan_whose_approval_nobody_could_read_is_never_valid(cast: Cast, database: Database) -> None:
    items = tuple(Item(position=position, text="x" * 1000) for position in range(1, 1001))
    with pytest.raises(NeverValid, match="message-too-large"):
        async with database.transaction() as tx:
            await take_submissions(tx, [signed(changed(items=items))])
    assert (await cast.officer.get("/plans")).json()["entries"] == []


async def test_a_record_on_a_neighbours_topic_is_never_valid(cast: Cast, database: Database) -> None:
    with pytest.raises(NeverValid, match="wrong-unit"):
        async with database.transaction() as tx:
            await take_submissions(tx, [submission(UNIT, topic_unit="AH-TK-PGD")])


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (b"khlt-2025", submission().envelope.to_bytes(), ("khlt-2025", "khlt-2025", True)),
        (b"khlt-2025", b"{", ("khlt-2025", "khlt-2025", False)),
        (b"\xff" * 200, b"{", ("\ufffd" * 100, "\ufffd" * 100, False)),
        (None, b"{", ("", f"plan-submissions-{UNIT}", False)),
        (None, None, ("", f"plan-submissions-{UNIT}", False)),
    ],
)
async def test_a_record_that_is_set_aside_has_an_answer_as_well(
    database: Database,
    published: Published,
    clock: FixedClock,
    key: bytes | None,
    value: bytes | None,
    expected: tuple[str, str, bool],
) -> None:
    letter = DeadLettered.model_construct(
        service="planner",
        topic=f"plan-submissions-{UNIT}",
        partition=0,
        offset=7,
        recorded_at=clock.now(),
        code="schema",
        detail="data.unit_id (missing)",
        record_key=key,
        record_value=value,
        headers=(),
    )
    async with database.transaction() as tx:
        answer_set_aside(tx, letter)
    [answer] = await published()
    assert codes(answer.data.reasons) == [("schema", None)]
    assert "data.unit_id (missing)" in answer.data.reasons[0].message
    assert (answer.data.submission_id, answer.subject, answer.causationid is not None) == expected
