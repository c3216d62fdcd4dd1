"""New versions of plans in force, their end, and the plans above and after them, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.plans import Change, PlanAmended, PlanApproved, PlanClosed, PlanRevoked
from services.kit.database import Database
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PLAN, Cast, Person

NEW_TEXT = PLAN.replace("20/11/2025", "25/11/2025").replace(
    "- Phát động phong trào thi đua “Dạy tốt, học tốt” trong các nhà trường.", "- Tổ chức hội thao ngành giáo dục."
)


async def amend(cast: Cast, plan_id: str, document: str | None = None, by: Person | None = None) -> Any:
    person = by or cast.officer
    files = {"file": ("moi.txt", document.encode(), "text/plain")} if document else None
    return await person.client.post(
        f"/v1/plans/{plan_id}/amendment", files=files, data={"reason": "đổi hạn"}, headers=person.headers
    )


async def put(person: Person, path: str, revision: int, **body: Any) -> Any:
    headers = {**person.headers, "If-Match": f'"{revision}"'}
    return await person.client.put(f"/v1{path}", json=body, headers=headers)


async def link(person: Person, plan_id: str, item_id: str, revision: int, *, continues: str | None) -> Any:
    return await put(person, f"/plans/{plan_id}/items/{item_id}/continues", revision, continues=continues)


async def approve(cast: Cast, plan_id: str) -> None:
    for person, step in (
        (cast.officer, "review"),
        (cast.officer, "co-sign"),
        (cast.head, "sign"),
        (cast.chair, "sign"),
        (cast.officer, "approve"),
    ):
        answer = await person.act(plan_id, step)
        assert answer.is_success, answer.text


async def test_an_amendment_edited_in_place_replaces_the_version_in_force(cast: Cast, published: Published) -> None:
    first = await cast.plan("review", "co-sign", "sign", "approve")
    answer = await amend(cast, first)
    assert answer.status_code == 201, answer.text
    second = answer.json()["plan_id"]
    assert answer.headers["location"] == f"/v1/plans/{second}"
    item_id = (await cast.officer.get(f"/plans/{second}")).json()["item_ids"][1]
    assert (await cast.officer.edit(second, 1, items=[{"item_id": item_id, "due": "day:2025-11-25"}])).is_success

    in_force = (await cast.officer.get(f"/plans/{first}")).json()
    assert in_force["state"] == "APPROVED"
    await approve(cast, second)

    before, after = [(await cast.officer.get(f"/plans/{plan_id}")).json() for plan_id in (first, second)]
    assert (before["state"], after["state"]) == ("AMENDED", "APPROVED")
    assert before["history"][-1]["action"] == "amend"
    assert before["reach"] == in_force["reach"]
    assert before["signatures"] == in_force["signatures"]
    assert (after["lasting_id"], after["version"], after["amends_id"]) == (first, 2, first)
    assert after["item_ids"] == before["item_ids"]
    assert [(one["version"], one["state"]) for one in after["versions"]] == [(1, "AMENDED"), (2, "APPROVED")]

    approved, amended = (await published())[-2:]
    assert isinstance(approved.data, PlanApproved)
    assert isinstance(amended.data, PlanAmended)
    assert str(amended.data.plan_id) == first == amended.subject
    assert (amended.data.version, amended.data.reason) == (2, "đổi hạn")
    assert [(one.change, one.fields) for one in amended.data.changes] == [
        (Change.KEPT, ()),
        (Change.CHANGED, ("due",)),
        (Change.KEPT, ()),
    ]
    assert amended.data.items[1].occurrences[0].key == approved.data.items[1].occurrences[0].key


async def test_an_amendment_from_a_new_document_continues_the_items_that_it_finds_again(cast: Cast) -> None:
    first = await cast.plan("review", "co-sign", "sign", "approve")
    second = (await amend(cast, first, NEW_TEXT)).json()["plan_id"]
    difference = (await cast.officer.get(f"/plans/{second}/difference")).json()
    assert [(one["change"], one["before"], one["after"]) for one in difference] == [
        ("kept", 1, 1),
        ("changed", 2, 2),
        ("new", None, 3),
        ("withdrawn", 3, None),
    ]
    assert set(difference[1]["fields"]) == {"text", "due"}


async def test_what_may_be_the_same_duty_is_for_a_person_to_say(cast: Cast) -> None:
    first = await cast.plan("review", "co-sign", "sign", "approve")
    words = "- Phát động phong trào thi đua “Dạy tốt, học tốt” trong các nhà trường."
    document = PLAN.replace(words, "- Phát động phong trào thi đua “Dạy tốt, học tốt” và hội thao toàn ngành hằng năm.")
    second = (await amend(cast, first, document.replace("1. Công tác tuyên truyền\n", ""))).json()["plan_id"]
    plan = (await cast.officer.get(f"/plans/{second}")).json()
    [warning] = [each for each in plan["document"]["warnings"] if each["code"] == "item-match-unsure"]
    [item] = [each for each in plan["document"]["items"] if each["lines"] == warning["lines"]]
    index = item["position"] - 1
    before = (await cast.officer.get(f"/plans/{first}")).json()["item_ids"]

    answer = await link(cast.officer, second, plan["item_ids"][index], 1, continues=before[2])
    assert answer.json() == {"plan_id": second, "state": "DRAFT", "revision": 2}
    linked = (await cast.officer.get(f"/plans/{second}")).json()
    assert linked["item_ids"][index] == before[2]
    assert linked["history"][-1]["action"] == "relink"
    assert "item-match-unsure" not in {each["code"] for each in linked["document"]["warnings"]}

    taken = await link(cast.officer, second, linked["item_ids"][0], 2, continues=before[2])
    assert (taken.status_code, taken.json()["code"]) == (409, "already-continued")
    for item_id, continues in ((str(uuid4()), before[0]), (before[2], str(uuid4()))):
        answer = await link(cast.officer, second, item_id, 2, continues=continues)
        assert (answer.status_code, answer.json()["code"]) == (422, "item-unknown")
    assert (await link(cast.officer, second, before[2], 2, continues=None)).is_success
    apart = (await cast.officer.get(f"/plans/{second}")).json()
    assert apart["item_ids"][index] not in before


async def test_a_rejected_amendment_leaves_the_version_in_force_untouched(cast: Cast, published: Published) -> None:
    first = await cast.plan("review", "co-sign", "sign", "approve")
    before = (await cast.officer.get(f"/plans/{first}")).json()
    events = len(await published())
    second = (await amend(cast, first)).json()["plan_id"]
    again = await amend(cast, first)
    assert (again.status_code, again.json()["code"], again.json()["plan_id"]) == (409, "already-amended", second)
    assert (await cast.officer.act(second, "reject", reason="chưa cần")).is_success
    after = (await cast.officer.get(f"/plans/{first}")).json()
    assert {**after, "versions": before["versions"]} == before
    assert len(await published()) == events
    third = (await amend(cast, first)).json()["plan_id"]
    assert (await cast.officer.get(f"/plans/{third}")).json()["version"] == 3


async def test_an_amendment_of_a_plan_that_has_ended_is_not_approved(cast: Cast, published: Published) -> None:
    first = await cast.plan("review", "co-sign", "sign", "approve")
    second = (await amend(cast, first)).json()["plan_id"]
    for person, step in (
        (cast.officer, "review"),
        (cast.officer, "co-sign"),
        (cast.head, "sign"),
        (cast.chair, "sign"),
    ):
        assert (await person.act(second, step)).is_success
    assert (await cast.officer.act(first, "revoke", reason="không còn phù hợp")).is_success
    revoked = (await published())[-1]
    assert isinstance(revoked.data, PlanRevoked)
    assert (str(revoked.data.plan_id), revoked.data.reason) == (first, "không còn phù hợp")
    answer = await cast.officer.act(second, "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-in-force")


async def test_only_the_desk_amends_and_only_what_is_in_force(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    for person, status in ((cast.head, 403), (cast.neighbour, 404)):
        assert (await amend(cast, plan_id, by=person)).status_code == status
    draft = await cast.plan()
    answer = await amend(cast, draft)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
    answer = await cast.officer.get(f"/plans/{draft}/difference")
    assert (answer.status_code, answer.json()["code"]) == (409, "no-version-before")


async def test_a_relinked_item_needs_new_signatures(cast: Cast) -> None:
    first = await cast.plan("review", "co-sign", "sign", "approve")
    second = (await amend(cast, first)).json()["plan_id"]
    for person, step in ((cast.officer, "review"), (cast.officer, "co-sign"), (cast.head, "sign")):
        standing = (await person.act(second, step)).json()
    item_id = (await cast.officer.get(f"/plans/{second}")).json()["item_ids"][0]
    answer = await link(cast.officer, second, item_id, standing["revision"], continues=None)
    assert answer.json()["state"] == "IN_REVIEW"
    assert (await cast.officer.get(f"/plans/{second}")).json()["signatures"] == []


async def test_a_close_carries_items_over_into_a_draft_of_the_next_year(cast: Cast, published: Published) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    item_ids = (await cast.officer.get(f"/plans/{plan_id}")).json()["item_ids"]
    unknown = await cast.officer.act(plan_id, "close", carry_over=[str(uuid4())])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "item-unknown")
    assert (await cast.officer.act(plan_id, "close", carry_over=[item_ids[2], item_ids[0]])).is_success
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    closed = (await published())[-1].data
    assert isinstance(closed, PlanClosed)
    assert [str(item_id) for item_id in closed.carried_over] == [plan["item_ids"][0], plan["item_ids"][2]]
    draft = (await cast.officer.get(f"/plans/{closed.following_id}")).json()
    assert (draft["state"], draft["follows_id"], draft["version"]) == ("DRAFT", plan_id, 1)
    assert draft["document"]["period"]["school_year"] == "2026-2027"
    assert [item["text"] for item in draft["document"]["items"]] == [
        plan["document"]["items"][index]["text"] for index in (0, 2)
    ]
    assert not set(draft["item_ids"]) & set(plan["item_ids"])
    assert draft["document"]["parties"] == plan["document"]["parties"]


async def test_a_close_without_items_drafts_nothing(cast: Cast, published: Published, database: Database) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    assert (await cast.officer.act(plan_id, "close")).is_success
    closed = (await published())[-1].data
    assert (closed.carried_over, closed.following_id) == ((), None)
    async with database.transaction() as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM plans") == 1


OF_SCHOOL = """\
TRƯỜNG TIỂU HỌC PHƯỚC LỘC 1
Số: 12/KH-TH

KẾ HOẠCH
Phối hợp giữa nhà trường và công đoàn
Năm học 2025-2026

Thực hiện Kế hoạch liên tịch số {number} của Phòng Giáo dục và Đào tạo;

II. NỘI DUNG PHỐI HỢP
- Tuyên truyền chủ trương của Đảng đến đoàn viên.
"""


@pytest.mark.parametrize("number", ["215/KHLT-PGDĐT-LĐLĐ", "216/KHLT-PGDĐT-LĐLĐ"])
async def test_a_plan_is_linked_to_the_one_above_that_it_names(cast: Cast, number: str) -> None:
    parent = await cast.plan("review", "co-sign", "sign", "approve")
    found = number.startswith("215")
    child = (await cast.principal.upload(OF_SCHOOL.format(number=number))).json()["plan_id"]
    plan = (await cast.principal.get(f"/plans/{child}")).json()
    assert plan["document"]["parent"]["number"] == number
    assert plan["parent_id"] == (parent if found else None)
    assert ("parent-not-found" in {each["code"] for each in plan["document"]["warnings"]}) is not found

    for parent_id, status in ((child, 422), (parent, 200)):
        answer = await put(cast.principal, f"/plans/{child}/parent", 1, parent_id=parent_id)
        assert answer.status_code == status, answer.text
    plan = (await cast.principal.get(f"/plans/{child}")).json()
    assert plan["parent_id"] == parent
    assert not any(each["code"].startswith("parent-") for each in plan["document"]["warnings"])


async def test_the_approval_names_the_plan_above(cast: Cast, published: Published) -> None:
    parent = await cast.plan("review", "co-sign", "sign", "approve")
    child = (await cast.principal.upload(OF_SCHOOL.format(number="215/KHLT-PGDĐT-LĐLĐ"))).json()["plan_id"]
    parties = [
        {"name": "Trường", "role": "education", "unit_id": "AH-PL-TH1"},
        {"name": "Công đoàn trường", "role": "union", "unit_id": "AH-PL-TH1"},
    ]
    assert (await cast.principal.edit(child, 1, parties=parties)).is_success
    assert (await cast.principal.accept(child)).is_success
    for person, step in (
        (cast.principal, "review"),
        (cast.principal, "co-sign"),
        (cast.principal, "sign"),
        (cast.union_chair, "sign"),
        (cast.principal, "approve"),
    ):
        answer = await person.act(child, step)
        assert answer.is_success, answer.text
    approved = (await published())[-1].data
    assert (str(approved.plan_id), str(approved.parent_id)) == (child, parent)
