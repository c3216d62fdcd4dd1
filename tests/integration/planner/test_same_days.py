"""A day that a plan in force, or one that is being signed, has too: told at the desk, settled or accepted."""

from uuid import uuid4

from contracts.units import Role
from services.kit.database import Database
from services.planner.store.queries import q
from tests.integration.planner.province import PARTIES, PLAN, Cast, Person

OURS = PLAN.replace("trước ngày 20/11/2025", "ngày 15/11/2025")
ABOVE = [
    {"name": "Sở Giáo dục và Đào tạo", "role": "education", "unit_id": "AH-SGD"},
    {"name": "Công đoàn ngành", "role": "union", "unit_id": "AH-CDN"},
]


async def of_the_province(cast: Cast, *steps: str, text: str = OURS) -> str:
    """The id of the department's plan for the whole province, after these of: review, co-sign, sign, approve."""
    officer = cast.person("dept-officer", "AH-SGD", Role.OFFICER)
    signers = [cast.person("dept-head", "AH-SGD", Role.SIGNATORY), cast.person("union-head", "AH-CDN", Role.SIGNATORY)]
    text = text.replace("215/KHLT-PGDĐT-LĐLĐ", "77/KHLT-SGDĐT-CĐN")
    plan_id: str = (await officer.upload(text)).json()["plan_id"]
    assert (await officer.edit(plan_id, 1, parties=ABOVE)).is_success
    for step in steps:
        for person in signers if step == "sign" else [officer]:
            answer = await person.act(plan_id, step)
            assert answer.is_success, answer.text
    return plan_id


async def of_the_district(cast: Cast, text: str = OURS) -> str:
    """The id of the district's plan with a day of its own, in review."""
    plan_id: str = (await cast.officer.upload(text)).json()["plan_id"]
    assert (await cast.officer.edit(plan_id, 1, parties=PARTIES)).is_success
    assert (await cast.officer.act(plan_id, "review")).is_success
    return plan_id


async def same_dates(person: Person, plan_id: str) -> list[str]:
    """What the person reads of days that other plans have too."""
    plan = (await person.get(f"/plans/{plan_id}")).json()
    return [warning["words"] for warning in plan["warnings"] if warning["code"] == "same-date"]


TOLD = "Trùng ngày với kế hoạch khác: 15/11/2025, kế hoạch số 77/KHLT-SGDĐT-CĐN của Sở Giáo dục và Đào tạo."


async def test_an_officer_is_told_accepts_with_a_reason_and_sends_the_plan(cast: Cast) -> None:
    plan_id = await of_the_district(cast)
    assert await same_dates(cast.officer, plan_id) == []
    above = await of_the_province(cast, "review", "co-sign", "sign", "approve")
    assert (await cast.officer.get(f"/plans/{above}")).status_code == 404
    assert await same_dates(cast.officer, plan_id) == [TOLD]
    refused = await cast.officer.act(plan_id, "co-sign")
    [reason] = refused.json()["reasons"]
    assert (refused.status_code, reason["code"]) == (422, "warning-open")
    assert TOLD in reason["message"]
    assert (await cast.officer.accept(plan_id, "Hai hoạt động buổi sáng và buổi chiều")).is_success
    assert (await cast.officer.act(plan_id, "co-sign")).is_success
    plan = (await cast.chair.get(f"/plans/{plan_id}")).json()
    [warning] = [each for each in plan["warnings"] if each["code"] == "same-date"]
    assert (warning["words"], warning["accepted"]["reason"]) == (TOLD, "Hai hoạt động buổi sáng và buổi chiều")


async def test_another_day_settles_it_and_another_clash_needs_another_word(cast: Cast) -> None:
    await of_the_province(cast, "review", "co-sign", "sign", "approve")
    plan_id = await of_the_district(cast)
    assert (await cast.officer.accept(plan_id)).is_success
    [_, item_id, _] = await cast.officer.item_ids(plan_id)
    await cast.officer.edit(plan_id, 4, items=[{"item_id": item_id, "due": "day:11-16"}])
    assert await same_dates(cast.officer, plan_id) == []
    sixteenth = OURS.replace("15/11/2025", "16/11/2025")
    await of_the_province(cast, "review", text=sixteenth)
    assert await same_dates(cast.officer, plan_id) == []  # nobody has sent that one to be signed
    await of_the_province(cast, "review", "co-sign", text=sixteenth + "\n")
    assert len(await same_dates(cast.officer, plan_id)) == 1
    assert (await cast.officer.act(plan_id, "co-sign")).status_code == 422


async def test_of_a_plan_above_that_is_not_in_force_the_day_alone_is_told(cast: Cast) -> None:
    plan_id = await of_the_district(cast)
    await of_the_province(cast, "review", "co-sign")
    for person in (cast.officer, cast.person("dept-officer", "AH-SGD", Role.OFFICER)):
        [told] = await same_dates(person, plan_id)
        assert told.endswith("15/11/2025, một kế hoạch đang chờ ký ngoài phạm vi của đơn vị.")


async def test_the_province_is_told_of_a_districts_plan_by_its_number(cast: Cast) -> None:
    plan_id = await of_the_district(cast)
    assert (await cast.officer.act(plan_id, "co-sign")).is_success
    above = await of_the_province(cast, "review")
    [told] = await same_dates(cast.person("dept-officer", "AH-SGD", Role.OFFICER), above)
    assert "số 215/KHLT-PGDĐT-LĐLĐ của Phòng Giáo dục Phước Lộc" in told


async def test_neither_its_own_versions_nor_its_parent_nor_a_neighbour_meets_a_plan(cast: Cast) -> None:
    above = await of_the_province(cast, "review", "co-sign", "sign", "approve")
    plan_id = await of_the_district(cast)
    headers = {**cast.officer.headers, "If-Match": '"3"'}
    linked = await cast.client.put(f"/v1/plans/{plan_id}/parent", json={"parent_id": above}, headers=headers)
    assert linked.is_success, linked.text
    assert await same_dates(cast.officer, plan_id) == []
    for person, action in (
        (cast.officer, "co-sign"),
        (cast.head, "sign"),
        (cast.chair, "sign"),
        (cast.officer, "approve"),
    ):
        assert (await person.act(plan_id, action)).is_success
    amendment = await cast.client.post(f"/v1/plans/{plan_id}/amendment", headers=cast.officer.headers)
    assert await same_dates(cast.officer, amendment.json()["plan_id"]) == []
    again = await cast.client.post(f"/v1/plans/{above}/amendment", headers=_dept(cast).headers)
    assert await same_dates(_dept(cast), again.json()["plan_id"]) == []
    beside = (await cast.neighbour.upload(OURS)).json()["plan_id"]
    neighbours = [{**PARTIES[0], "unit_id": "AH-TK-PGD"}]
    assert (await cast.neighbour.edit(beside, 1, parties=neighbours)).is_success
    assert len(await same_dates(cast.neighbour, beside)) == 1  # the province's, which binds its schools too


def _dept(cast: Cast) -> Person:
    return cast.person("dept-officer", "AH-SGD", Role.OFFICER)


async def test_plans_that_have_ended_are_not_looked_at(database: Database) -> None:
    async with database.transaction(within="AH/AH-PL/") as tx:
        await tx.connection.execute("SET LOCAL enable_seqscan = off")
        explain = f"EXPLAIN {q.plans_on_days.sql}"
        rows = await tx.connection.fetch(explain, ["2025-11-15"], uuid4(), None, ["AH/AH-PL/"])
    assert any("plans_to_compare" in row[0] for row in rows), rows
