"""Plans from the document to the approval, over HTTP."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.content import content_sha256
from contracts.plans import PlanApproved, PlanDocument
from contracts.units import Role
from services.kit.database import Database, Transaction
from services.planner import store
from services.planner.rules.reach import Reach
from services.planner.use_cases import reaching
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PARTIES, UNITS, Cast
from tests.support.clock import FixedClock

NOBODY = str(UUID(int=0))


async def test_a_plan_goes_from_text_to_approved(cast: Cast, published: Published) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")

    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert plan["state"] == "APPROVED"
    actions = [step["action"] for step in plan["history"]]
    assert actions == ["draft", "edit", "review", "co-sign", "sign", "sign", "approve"]
    assert [step["revision"] for step in plan["history"]] == list(range(1, 8))
    assert [signature["person_id"] for signature in plan["signatures"]] == ["head", "chair"]
    assert {signature["content_sha256"] for signature in plan["signatures"]} == {plan["content_sha256"]}

    *directory, approved = await published()
    assert isinstance(approved.data, PlanApproved)
    assert str(approved.data.plan_id) == plan_id == approved.subject
    assert [str(item.item_id) for item in approved.data.items] == plan["item_ids"]
    assert [item.text for item in approved.data.items] == [item["text"] for item in plan["document"]["items"]]
    assert approved.data.directory_sequence == directory[-1].data.sequence == 12
    assert str(approved.data.effective_on) == "2025-09-05"
    assert [party.signed_by for party in approved.data.parties] == ["head", "chair"]


async def test_an_upload_is_read_into_a_draft(cast: Cast) -> None:
    answer = await cast.officer.upload()
    assert answer.status_code == 201
    plan = (await cast.officer.get(answer.headers["location"].removeprefix("/v1"))).json()
    assert (plan["state"], plan["owner_id"], plan["revision"]) == ("DRAFT", "AH-PL-PGD", 1)
    assert plan["source_name"] == "plan.txt"
    assert plan["document"]["number"] == "215/KHLT-PGDĐT-LĐLĐ"
    assert [item["text"] for item in plan["document"]["items"]] == [
        "Tuyên truyền chủ trương của Đảng, chính sách pháp luật của Nhà nước đến đoàn viên.",
        "Báo cáo kết quả đợt 1 trước ngày 20/11/2025.",
        "Phát động phong trào thi đua “Dạy tốt, học tốt” trong các nhà trường.",
    ]
    assert plan["document"]["items"][1]["due"]["date"] == "2025-11-19"
    assert len(set(plan["item_ids"])) == 3


async def test_the_same_file_is_not_drafted_twice(cast: Cast) -> None:
    first = (await cast.officer.upload()).json()
    again = await cast.officer.upload()
    assert (again.status_code, again.json()["code"]) == (409, "already-imported")
    assert again.json()["plan_id"] == first["plan_id"]
    assert (await cast.officer.act(first["plan_id"], "review")).is_success
    assert (await cast.officer.act(first["plan_id"], "reject", reason="bản nháp cũ")).is_success
    assert (await cast.officer.upload()).status_code == 201


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        (b"hello", 422, "no-plan"),
        (b"", 422, "no-text"),
        (b"%PDF-1.7\xff\xfe", 422, "broken"),
        (b"Ph\xff\xfe", 415, "not-text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 415, "unsupported-format"),
        (b"KE HOACH\0", 422, "null-character"),
        (b"x" * 2_000_001, 413, "too-large"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_reason(
    cast: Cast, document: bytes, status: int, code: str
) -> None:
    answer = await cast.officer.upload(document)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await cast.officer.get("/plans")).json()["entries"] == []


async def test_officers_and_a_schools_own_heads_upload_and_nobody_else(cast: Cast) -> None:
    for unit_id, role, status in (
        ("AH-PL-TH1", Role.PRINCIPAL, 201),
        ("AH-PL-TH1", Role.UNION_CHAIR, 409),  # the principal has handed it in
        ("AH-PL-TH1", Role.STAFF, 403),
        ("AH-PL-TH1", Role.OFFICER, 403),
        ("AH-PL-LDLD", Role.OFFICER, 201),
        ("AH-PL-PGD", Role.SIGNATORY, 403),
    ):
        assert (await cast.person("x", unit_id, role).upload()).status_code == status


async def test_plans_are_listed_to_those_whom_they_concern(cast: Cast) -> None:
    first, second = await cast.plan(), await cast.plan("review")
    page = (await cast.chair.get("/plans", limit=1)).json()
    assert [plan["plan_id"] for plan in page["entries"]] == [second]
    assert page["entries"][0]["items"] == 3
    rest = (await cast.chair.get("/plans", limit=1, cursor=page["cursor"])).json()
    assert [plan["plan_id"] for plan in rest["entries"]] == [first]
    drafts = (await cast.person("x", "AH-SGD", Role.STAFF).get("/plans", state="DRAFT")).json()
    assert [plan["plan_id"] for plan in drafts["entries"]] == [first]
    for stranger in (cast.neighbour, cast.person("x", "AH-PL-TH1", Role.PRINCIPAL)):
        assert (await stranger.get("/plans")).json() == {"entries": [], "cursor": None}
        assert (await stranger.get(f"/plans/{first}")).status_code == 404
        assert (await stranger.act(first, "review")).status_code == 404


async def test_an_edit_changes_items_and_their_dates_follow_the_rule(cast: Cast) -> None:
    plan_id = await cast.plan()
    change = {
        "item_id": (await cast.officer.item_ids(plan_id))[0],
        "kind": "recurring",
        "scope": {"levels": ["THCS"], "with_union": False, "area": ["AH-PL"]},
        "accountable": ["principal", "union-chair"],
        "due": "termly",
    }
    assert (await cast.officer.edit(plan_id, 2, items=[change])).json()["revision"] == 3
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    item = plan["document"]["items"][0]
    assert (item["kind"], item["accountable"]) == ("recurring", ["principal", "union-chair"])
    assert [each["due_on"] for each in item["due"]["occurrences"]] == ["2026-01-17", "2026-05-31"]
    assert item["text"].startswith("Tuyên truyền")
    reach = (await cast.officer.get(f"/plans/{plan_id}/reach")).json()
    assert reach == {
        "sequence": None,
        "units": 2,
        "tasks": 6,
        "items": [
            {"position": 1, "units": 1, "occurrences": 2, "tasks": 2},
            {"position": 2, "units": 2, "occurrences": 1, "tasks": 2},
            {"position": 3, "units": 2, "occurrences": 1, "tasks": 2},
        ],
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item_id": NOBODY, "kind": "review"}, "item-unknown"),
        ({"due": "someday"}, "due-rule-unknown"),
        ({"scope": {"area": ["AH-TK"]}}, "plan-incomplete"),
        ({"scope": {"area": ["NO"]}}, "plan-incomplete"),
        ({"accountable": []}, "invalid-request"),
        ({"text": " "}, "invalid-request"),
        ({"text": None}, "invalid-request"),
        ({"lines": [1, 2]}, "invalid-request"),
    ],
)
async def test_an_edit_that_cannot_be_is_refused(cast: Cast, change: dict[str, object], code: str) -> None:
    plan_id = await cast.plan()
    item = {"item_id": (await cast.officer.item_ids(plan_id))[0], **change}
    answer = await cast.officer.edit(plan_id, 2, items=[item])
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["revision"] == 2


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ({"start": "2026-01-01", "end": "2025-01-01"}, "period-reversed"),
        ({"school_year": "2025-2030"}, "school-year-impossible"),
        ({"school_year": "0000-0001"}, "school-year-impossible"),
    ],
)
async def test_a_period_that_contradicts_itself_is_refused(cast: Cast, period: dict[str, str], code: str) -> None:
    plan_id = await cast.plan()
    answer = await cast.officer.edit(plan_id, 2, period=period)
    assert (answer.status_code, answer.json()["code"]) == (422, "plan-incomplete")
    assert [reason["code"] for reason in answer.json()["reasons"]] == [code]
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["revision"] == 2


async def test_a_party_that_is_no_unit_is_refused(cast: Cast) -> None:
    plan_id = await cast.plan()
    answer = await cast.officer.edit(plan_id, 2, parties=[{"name": "?", "role": "other", "unit_id": "NO"}])
    assert (answer.status_code, answer.json()["reasons"][0]["field"]) == (422, "parties.1.unit_id")


async def test_items_are_split_merged_moved_added_and_removed(cast: Cast) -> None:
    plan_id = await cast.plan()
    first, second, third = await cast.officer.item_ids(plan_id)
    texts = ["Tuyên truyền chủ trương của Đảng,", "chính sách pháp luật của Nhà nước đến đoàn viên."]
    assert (await cast.officer.on_item(plan_id, f"/{first}/split", 2, texts=texts)).json()["revision"] == 3
    assert (await cast.officer.on_item(plan_id, f"/{third}/move", 3, position=1)).is_success
    assert (await cast.officer.on_item(plan_id, f"/{first}/merge", 4)).is_success
    assert (await cast.officer.on_item(plan_id, "", 5, text="Nội dung bổ sung", due="termly", position=2)).is_success
    assert (await cast.officer.on_item(plan_id, f"/{second}", 6, method="DELETE")).is_success
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert [item["text"].split()[0] for item in plan["document"]["items"]] == ["Phát", "Nội", "Tuyên"]
    assert [item["position"] for item in plan["document"]["items"]] == [1, 2, 3]
    assert (plan["item_ids"][0], plan["item_ids"][2]) == (third, first)
    assert plan["document"]["items"][1]["due"]["date"] == "2026-01-17"
    assert [step["action"] for step in plan["history"]] == ["draft"] + ["edit"] * 6


async def test_another_period_gives_other_days_and_header_fields_change(cast: Cast) -> None:
    plan_id = await cast.plan()
    await cast.officer.edit(plan_id, 2, items=[{"item_id": (await cast.officer.item_ids(plan_id))[0], "due": "termly"}])
    header = {"number": "216/KHLT", "date": None, "period": {"school_year": "2026-2027", "certain": True}}
    recipients = [{"name": "Các trường", "unit": "AH-PL"}]
    assert (await cast.officer.edit(plan_id, 3, **header, recipients=recipients)).is_success
    document = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]
    assert (document["number"], document["date"], document["recipients"]) == ("216/KHLT", None, recipients)
    assert document["title"].startswith("KẾ HOẠCH LIÊN TỊCH")
    assert document["items"][0]["due"]["date"] == "2027-01-17"


async def test_the_file_stays_and_those_concerned_have_it(cast: Cast) -> None:
    plan_id = await cast.plan()
    answer = await cast.chair.get(f"/plans/{plan_id}/source")
    assert answer.content.decode().startswith("LIÊN ĐOÀN LAO ĐỘNG")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''plan.txt"
    assert (await cast.neighbour.get(f"/plans/{plan_id}/source")).status_code == 404


async def test_the_content_of_every_revision_stays(cast: Cast, database: Database) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign")
    signed = (await cast.officer.get(f"/plans/{plan_id}")).json()
    item_id = signed["item_ids"][0]
    await cast.officer.edit(plan_id, 6, items=[{"item_id": item_id, "text": "Khác"}])
    async with database.transaction() as tx:
        then, now = [await store.plans.content_at(tx, UUID(plan_id), revision) for revision in (6, 7)]
    assert then is not None
    assert now is not None
    assert content_sha256(then.document) == signed["content_sha256"]
    assert now.document.items[0].text == "Khác"


async def test_an_edit_names_the_revision_that_was_seen(cast: Cast) -> None:
    plan_id = await cast.plan()
    stale = await cast.officer.edit(plan_id, 1, parties=[])
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-revision")
    blind = await cast.client.patch(f"/v1/plans/{plan_id}", json={}, headers=cast.officer.headers)
    assert (blind.status_code, blind.json()["code"]) == (422, "if-match-missing")


async def test_an_edit_that_changes_nothing_voids_nothing(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign")
    item_id = (await cast.officer.item_ids(plan_id))[0]
    answer = await cast.officer.edit(plan_id, 6, items=[{"item_id": item_id, "accountable": ["principal"]}])
    assert answer.json() == {"plan_id": plan_id, "state": "CO_SIGNING", "revision": 6}


async def test_a_change_after_signing_needs_new_signatures(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign")
    item_id = (await cast.officer.item_ids(plan_id))[0]
    edited = await cast.officer.edit(plan_id, 6, items=[{"item_id": item_id, "kind": "review"}])
    assert edited.json() == {"plan_id": plan_id, "state": "IN_REVIEW", "revision": 7}
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["signatures"] == []
    assert (await cast.officer.act(plan_id, "approve")).json()["code"] == "wrong-state"
    for person, action in ((cast.officer, "co-sign"), (cast.head, "sign")):
        assert (await person.act(plan_id, action)).is_success
    assert (await cast.officer.act(plan_id, "approve")).json()["code"] == "not-all-signed"
    assert (await cast.chair.act(plan_id, "sign")).is_success
    assert (await cast.officer.act(plan_id, "approve")).is_success


async def test_a_refusal_returns_the_plan_with_its_reason(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign")
    await cast.head.act(plan_id, "sign")
    assert (await cast.chair.act(plan_id, "refuse", reason="  ")).json()["code"] == "reason-missing"
    assert (await cast.chair.act(plan_id, "refuse", reason="Chưa thống nhất mục 2")).json()["state"] == "IN_REVIEW"
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert plan["signatures"] == []
    last = plan["history"][-1]
    assert (last["action"], last["person_id"], last["role"]) == ("refuse", "chair", "signatory")
    assert last["reason"] == "Chưa thống nhất mục 2"


async def test_signing_needs_unit_role_and_directory(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign")
    for stranger in (
        cast.officer,
        cast.person("head", "AH-PL-PGD", Role.OFFICER),  # in the directory, not in the token
        cast.person("officer", "AH-PL-PGD", Role.SIGNATORY),  # in the token, not in the directory
        cast.person("former-head", "AH-PL-PGD", Role.SIGNATORY),  # no longer
        cast.person("head", "AH-PL-LDLD", Role.SIGNATORY),  # of another unit
        cast.person("dept-head", "AH-SGD", Role.SIGNATORY),  # above, but no party
    ):
        answer = await stranger.act(plan_id, "sign")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-entitled")
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["signatures"] == []


async def test_nobody_signs_for_two_parties(cast: Cast, database: Database) -> None:
    plan_id = (await cast.officer.upload()).json()["plan_id"]
    twice = [PARTIES[0], {**PARTIES[0], "name": "Chi bộ", "role": "party-cell"}]
    await cast.officer.edit(plan_id, 1, parties=twice)
    await cast.officer.act(plan_id, "review")
    await cast.officer.act(plan_id, "co-sign")
    assert (await cast.head.act(plan_id, "sign")).json()["code"] == "party-ambiguous"
    assert (await cast.head.act(plan_id, "sign", party=3)).status_code == 403
    assert (await cast.head.act(plan_id, "sign", party=2)).is_success
    answer = await cast.head.act(plan_id, "sign", party=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "one-person-one-party")
    async with database.transaction() as tx:
        with pytest.raises(Exception, match="one_person_one_party"):
            await tx.connection.execute(
                "INSERT INTO signatures SELECT plan_id, 1, unit_id, role, person_id, content_sha256, signed_at "
                "FROM signatures"
            )


async def test_a_schools_own_plan_is_signed_by_principal_and_union_chair(cast: Cast) -> None:
    principal = cast.person("principal", "AH-PL-TH1", Role.PRINCIPAL)
    union_chair = cast.person("union-chair", "AH-PL-TH1", Role.UNION_CHAIR)
    plan_id = (await principal.upload()).json()["plan_id"]
    parties = [{"name": "Trường", "role": "education", "unit_id": "AH-PL-TH1"}]
    parties.append({"name": "Công đoàn", "role": "union", "unit_id": "AH-PL-TH1"})
    assert (await union_chair.edit(plan_id, 1, parties=parties)).is_success
    assert (await principal.get(f"/plans/{plan_id}/reach")).json()["units"] == 1
    for person, action in (
        (principal, "review"),
        (principal, "co-sign"),
        (principal, "sign"),
        (union_chair, "sign"),
        (principal, "approve"),
    ):
        answer = await person.act(plan_id, action)
        assert answer.is_success, answer.text


async def test_co_signing_needs_a_complete_plan(cast: Cast) -> None:
    plan_id = (await cast.officer.upload()).json()["plan_id"]
    await cast.officer.edit(plan_id, 1, parties=[{"name": "Phòng", "role": "education"}])
    await cast.officer.act(plan_id, "review")
    answer = await cast.officer.act(plan_id, "co-sign")
    assert (answer.status_code, answer.json()["code"]) == (422, "plan-incomplete")
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["too-few-parties", "party-without-unit"]


async def test_a_reach_is_counted_anew_for_another_plan_directory_or_day_alone(
    cast: Cast, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = 0
    count = reaching.reach_today

    async def counted(tx: Transaction, document: PlanDocument) -> Reach:
        nonlocal counts
        counts += 1
        return await count(tx, document)

    monkeypatch.setattr(reaching, "reach_today", counted)
    plan_id, other_id = await cast.plan(), await cast.plan()
    header = UNITS.splitlines()[0]
    joins = f"{header}\nAH-PL-TH9,Trường mới,school,AH-PL,TH,public,yes,2000-01-01,2025-09-30,\n"

    async def units(of: str) -> int:
        first, again = [(await cast.officer.get(f"/plans/{of}/reach")).json() for _ in range(2)]
        assert first == again
        found: int = first["units"]
        return found

    assert (await units(plan_id), counts) == (2, 1)
    item_ids = await cast.officer.item_ids(plan_id)
    scope = {"levels": ["THCS"]}
    await cast.officer.edit(plan_id, 2, items=[{"item_id": item_id, "scope": scope} for item_id in item_ids])
    assert (await units(plan_id), counts) == (1, 2)
    assert (await units(other_id), counts) == (2, 3)
    assert (await cast.operator.import_files(joins)).is_success
    assert (await units(other_id), counts) == (3, 4)
    clock.moment = datetime(2025, 10, 1, 1, 0, tzinfo=UTC)
    assert (await units(other_id), counts) == (2, 5)


async def test_only_the_desk_moves_a_plan(cast: Cast) -> None:
    plan_id = await cast.plan()
    for person in (cast.chair, cast.head, cast.person("x", "AH-PL-LDLD", Role.OFFICER)):
        assert (await person.act(plan_id, "review")).json()["code"] == "not-entitled"
        assert (await person.edit(plan_id, 2, parties=[])).json()["code"] == "not-entitled"
    assert (await cast.person("dept-officer", "AH-SGD", Role.OFFICER).act(plan_id, "review")).is_success


async def test_the_approval_keeps_whom_it_reached_then(cast: Cast, clock: FixedClock) -> None:
    clock.moment = datetime(2025, 6, 29, 20, 0, tzinfo=UTC)  # 30 June in Viet Nam, the old school's last day
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    clock.moment = datetime(2025, 6, 30, 20, 0, tzinfo=UTC)
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert (plan["reach"]["units"], plan["reach"]["tasks"]) == (3, 9)
    assert (await cast.officer.get(f"/plans/{plan_id}/reach")).json()["units"] == 2


async def test_a_plan_ends_closed_revoked_or_rejected(cast: Cast) -> None:
    for steps, action, doing, state in (
        (("review", "co-sign", "sign", "approve"), "close", {}, "CLOSED"),
        (("review", "co-sign", "sign", "approve"), "revoke", {"reason": "Sai căn cứ"}, "REVOKED"),
        (("review",), "reject", {"reason": "Trùng"}, "REJECTED"),
    ):
        plan_id = await cast.plan(*steps)
        assert (await cast.officer.act(plan_id, action, **doing)).json()["state"] == state
        again = await cast.officer.act(plan_id, action, **doing)
        assert (again.status_code, again.json()["code"]) == (409, "wrong-state")


async def test_a_step_on_an_old_revision_is_refused(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign")
    headers = {**cast.head.headers, "If-Match": '"3"'}
    answer = await cast.client.post(f"/v1/plans/{plan_id}/sign", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale-revision")
    headers["If-Match"] = "three"
    answer = await cast.client.post(f"/v1/plans/{plan_id}/sign", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "if-match-invalid")


async def test_no_request_without_a_good_token_gets_in(cast: Cast) -> None:
    expired = cast.tokens.header("officer", "AH-PL-PGD", Role.OFFICER, exp=1)
    for headers in ({}, {"Authorization": "Bearer x"}, expired):
        for method, path in (("GET", "/plans"), ("GET", "/units"), ("POST", "/plans"), ("POST", "/units/import")):
            answer = await cast.client.request(method, f"/v1{path}", headers=headers)
            assert answer.status_code == 401


async def test_a_signature_on_other_content_does_not_count(cast: Cast, database: Database) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign")
    async with database.transaction() as tx:
        await tx.connection.execute("UPDATE plans SET content_sha256 = repeat('0', 64)")
    answer = await cast.officer.act(plan_id, "approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-all-signed")
