"""Warnings that a person settles or accepts, and deputies who sign, over HTTP."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.units import Role
from services.kit.database import Database
from tests.integration.planner.province import PEOPLE as OTHERS
from tests.integration.planner.province import PLAN, UNITS, Cast
from tests.support.clock import FixedClock

PEOPLE = OTHERS + "deputy,AH-PL-PGD,staff,Người 11,,2020-01-01,\n"
UNCLEAR = PLAN.replace("Số: 215/KHLT-PGDĐT-LĐLĐ", "Số:      /KHLT-PGDĐT-LĐLĐ").replace("đến đoàn viên.", "đến các")


@pytest.fixture(autouse=True)
async def _with_a_deputy(cast: Cast) -> None:
    assert (await cast.operator.import_files(UNITS, PEOPLE)).is_success


async def unclear(cast: Cast) -> str:
    """A plan at revision 2 without a number, and with an item that ends in mid-sentence."""
    plan_id: str = (await cast.officer.upload(UNCLEAR)).json()["plan_id"]
    units = {"education": "AH-PL-PGD", "union": "AH-PL-LDLD"}
    parties = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["parties"]
    await cast.officer.edit(plan_id, 1, parties=[{**party, "unit_id": units[party["role"]]} for party in parties])
    return plan_id


async def test_a_plan_with_open_warnings_is_not_sent_to_be_signed(cast: Cast) -> None:
    plan_id = await unclear(cast)
    await cast.officer.act(plan_id, "review")
    refused = await cast.officer.act(plan_id, "co-sign")
    assert (refused.status_code, refused.json()["code"]) == (422, "plan-incomplete")
    assert {reason["code"] for reason in refused.json()["reasons"]} == {"warning-open"}
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    opened = [warning["code"] for warning in plan["warnings"] if not warning["note"]]
    assert sorted(opened) == ["item-cut-off", "number-blank"]
    assert len(refused.json()["reasons"]) == 2

    text = "Tuyên truyền chủ trương của Đảng đến các đoàn viên."
    await cast.officer.edit(plan_id, 3, items=[{"item_id": plan["item_ids"][0], "text": text}])
    assert (await cast.officer.accept(plan_id, "Số sẽ cấp khi ban hành")).json()["revision"] == 5
    assert (await cast.officer.act(plan_id, "co-sign")).is_success
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    [accepted] = [warning["accepted"] for warning in plan["warnings"] if not warning["note"]]
    assert (accepted["person_id"], accepted["role"], accepted["revision"]) == ("officer", "officer", 5)
    assert accepted["reason"] == "Số sẽ cấp khi ban hành"
    step = plan["history"][4]
    assert (step["action"], step["reason"], step["content_sha256"]) == (
        "accept",
        "Số sẽ cấp khi ban hành",
        plan["history"][3]["content_sha256"],
    )


async def test_warnings_are_accepted_by_the_desk_with_a_reason_before_anybody_signs(cast: Cast) -> None:
    plan_id = await unclear(cast)
    [warning, *_] = (await cast.officer.get(f"/plans/{plan_id}")).json()["warnings"]
    path, good = f"/v1/plans/{plan_id}/warnings/accept", {"warnings": [warning["warning_id"]], "reason": "Đã rõ"}
    for person, what, status, code in (
        (cast.chair, good, 403, "not-entitled"),
        (cast.neighbour, good, 404, "plan-unknown"),
        (cast.officer, {**good, "warnings": ["0"]}, 422, "warning-unknown"),
        (cast.officer, {**good, "reason": " "}, 422, "invalid-request"),
        (cast.officer, {**good, "warnings": []}, 422, "invalid-request"),
    ):
        answer = await cast.client.post(path, json=what, headers={**person.headers, "If-Match": '"2"'})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    blind = await cast.client.post(path, json=good, headers=cast.officer.headers)
    assert (blind.status_code, blind.json()["code"]) == (422, "if-match-missing")
    signing = await cast.plan("review", "co-sign")
    headers = {**cast.officer.headers, "If-Match": '"4"'}
    late = await cast.client.post(f"/v1/plans/{signing}/warnings/accept", json=good, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "wrong-state")


SEPTEMBER = {"deputy_id": "deputy", "valid_from": "2025-09-05", "valid_to": "2025-09-30"}


async def test_a_deputy_signs_from_the_first_day_to_the_last(cast: Cast, clock: FixedClock) -> None:
    plan_id = await cast.plan("review", "co-sign")
    assert (await cast.deputy.act(plan_id, "sign")).json()["code"] == "not-entitled"
    given = await cast.head.post("/delegations", **SEPTEMBER)
    assert given.status_code == 201, given.text
    clock.moment = datetime(2025, 9, 30, 17, 0, tzinfo=UTC)  # 1 October in Viet Nam
    assert (await cast.deputy.act(plan_id, "sign")).json()["code"] == "not-entitled"
    clock.moment = datetime(2025, 9, 30, 16, 0, tzinfo=UTC)
    assert (await cast.deputy.act(plan_id, "refuse", reason="Chưa rõ mục 1")).is_success
    assert (await cast.officer.act(plan_id, "co-sign")).is_success
    assert (await cast.deputy.act(plan_id, "sign")).is_success
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    [signature] = plan["signatures"]
    assert (signature["person_id"], signature["on_behalf_of"], signature["role"]) == ("deputy", "head", "signatory")
    assert signature["delegation_id"] == given.json()["delegation_id"]
    assert [step["on_behalf_of"] for step in plan["history"][-3:]] == ["head", None, "head"]


async def test_nobody_signs_for_two_parties_through_a_deputy(cast: Cast) -> None:
    plan_id = (await cast.officer.upload()).json()["plan_id"]
    parties = [{"name": name, "role": "education", "unit_id": "AH-PL-PGD"} for name in ("Phòng", "Chi bộ")]
    await cast.officer.edit(plan_id, 1, parties=parties)
    await cast.officer.act(plan_id, "review")
    await cast.officer.act(plan_id, "co-sign")
    await cast.head.post("/delegations", **SEPTEMBER)
    assert (await cast.head.act(plan_id, "sign", party=1)).is_success
    answer = await cast.deputy.act(plan_id, "sign", party=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "one-person-one-party")


async def test_a_delegation_ends_when_it_is_withdrawn_or_its_people_leave(cast: Cast) -> None:
    plan_id = await cast.plan("review", "co-sign")
    first = (await cast.head.post("/delegations", **SEPTEMBER)).json()["delegation_id"]
    for stranger, status in ((cast.chair, 403), (cast.deputy, 403), (cast.neighbour, 404)):
        assert (await stranger.post(f"/delegations/{first}/withdraw")).status_code == status
    withdrawn = (await cast.head.post(f"/delegations/{first}/withdraw")).json()
    assert withdrawn["withdrawn_by"] == "head"
    assert (await cast.head.post(f"/delegations/{first}/withdraw")).json()["code"] == "withdrawn"
    assert (await cast.deputy.act(plan_id, "sign")).status_code == 403
    await cast.head.post("/delegations", **SEPTEMBER)
    for leaves in ("head,AH-PL-PGD,signatory", "deputy,AH-PL-PGD,staff"):
        row = next(line for line in PEOPLE.splitlines() if line.startswith(leaves))
        gone = PEOPLE.replace(row, f"{row}2025-09-04")
        assert (await cast.operator.import_files(UNITS, gone)).is_success
        assert (await cast.deputy.act(plan_id, "sign")).status_code == 403
        assert (await cast.operator.import_files(UNITS, PEOPLE)).is_success
    assert (await cast.deputy.act(plan_id, "sign")).is_success


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"deputy_id": "head"}, 422, "deputy-oneself"),
        ({"deputy_id": "chair"}, 422, "deputy-unknown"),
        ({"valid_to": "2025-09-04"}, 422, "period-reversed"),
        ({"valid_from": "2025-08-01", "valid_to": "2025-08-31"}, 422, "day-past"),
        ({"role": "principal"}, 403, "not-entitled"),
    ],
)
async def test_a_delegation_that_cannot_be_is_refused(
    cast: Cast, change: dict[str, str], status: int, code: str
) -> None:
    answer = await cast.head.post("/delegations", **{**SEPTEMBER, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_only_who_signs_delegates_and_a_deputy_does_not_pass_it_on(cast: Cast) -> None:
    principal = cast.person("principal", "AH-PL-TH1", Role.PRINCIPAL)
    assert (await principal.post("/delegations", **{**SEPTEMBER, "deputy_id": "union-chair"})).status_code == 201
    assert (await cast.head.post("/delegations", **SEPTEMBER)).status_code == 201
    for person in (cast.officer, cast.deputy, cast.person("officer", "AH-PL-PGD", Role.SIGNATORY)):
        answer = await person.post("/delegations", **{**SEPTEMBER, "deputy_id": "former-head"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-entitled")


async def test_delegations_are_seen_within_ones_area(cast: Cast) -> None:
    given = (await cast.head.post("/delegations", **SEPTEMBER)).json()
    for person, seen in (
        (cast.deputy, [given]),
        (cast.person("x", "AH-SGD", Role.OFFICER), [given]),
        (cast.neighbour, []),
        (cast.person("principal", "AH-PL-TH1", Role.PRINCIPAL), []),
    ):
        assert (await person.get("/delegations")).json()["entries"] == seen


async def test_what_was_given_is_not_rewritten(cast: Cast, database: Database) -> None:
    given = UUID((await cast.head.post("/delegations", **SEPTEMBER)).json()["delegation_id"])
    async with database.transaction() as tx:
        with pytest.raises(Exception, match="permission denied"):
            await tx.connection.execute("UPDATE delegations SET valid_to = '2030-01-01' WHERE id = $1", given)
