"""Districts end on 30 June and communes begin on 1 July: their plans go on with whoever has succeeded them."""

from datetime import UTC, date, datetime

import pytest

from contracts.units import Role
from services.kit.database import Database
from services.planner import store
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PARTIES, PEOPLE, UNITS, Cast, Person
from tests.support.clock import FixedClock

HEADER = UNITS.partition("\n")[0] + "\n"
BEFORE, AFTER = datetime(2025, 6, 20, 3, tzinfo=UTC), datetime(2025, 6, 30, 17, tzinfo=UTC)  # 1 July in Viet Nam

ONE_COMMUNE = """\
AH-PL,Huyện Phước Lộc,area,AH,,,no,2000-01-01,2025-06-30,AH-X1
AH-PL-PGD,Phòng Giáo dục Phước Lộc,office,AH-PL,,,no,2000-01-01,2025-06-30,AH-X1-VH
AH-PL-LDLD,Liên đoàn Lao động Phước Lộc,union,AH-PL,,,no,2000-01-01,2025-06-30,AH-X1-CD
AH-X1,Xã Phước Lộc,area,AH,,,no,2025-07-01,,
AH-X1-VH,Phòng Văn hóa - Xã hội Phước Lộc,office,AH-X1,,,no,2025-07-01,,
AH-X1-CD,Công đoàn xã Phước Lộc,union,AH-X1,,,no,2025-07-01,,
AH-X2,Xã Phước An,area,AH,,,no,2025-07-01,,
AH-X2-VH,Phòng Văn hóa - Xã hội Phước An,office,AH-X2,,,no,2025-07-01,,
"""
TWO_COMMUNES = ONE_COMMUNE.replace("30,AH-X1\n", "30,AH-X1;AH-X2\n").replace("30,AH-X1-VH\n", "30,AH-X1-VH;AH-X2-VH\n")
SCHOOLS = """\
AH-PL-TH1,Trường Tiểu học Phước Lộc 1,school,AH-X1,TH,public,yes,2000-01-01,,
AH-PL-LC1,Trường liên cấp Phước Lộc,school,AH-X2,TH;THCS,non-public,no,2000-01-01,,
"""
IN_ONE = SCHOOLS.replace("AH-X2", "AH-X1")
COMMUNES_PEOPLE = (
    PEOPLE
    + """\
commune-officer,AH-X1-VH,officer,Người 12,,2025-07-01,
commune-head,AH-X1-VH,signatory,Người 13,,2025-07-01,
commune-chair,AH-X1-CD,signatory,Người 14,,2025-07-01,
"""
)


@pytest.fixture(autouse=True)
def _in_june(cast: Cast, clock: FixedClock) -> None:
    clock.moment = BEFORE


def commune(cast: Cast) -> Person:
    """The officer of the commune that the schools came to."""
    return cast.person("commune-officer", "AH-X1-VH", Role.OFFICER)


def other_commune(cast: Cast) -> Person:
    """An officer of the other commune."""
    return cast.person("x", "AH-X2-VH", Role.OFFICER)


def province(cast: Cast) -> Person:
    """The department's officer."""
    return cast.person("dept-officer", "AH-SGD", Role.OFFICER)


async def reform(cast: Cast, clock: FixedClock, units: str, schools: str) -> None:
    """What is to come is imported in June; the schools move on the day."""
    answer = await cast.operator.import_files(HEADER + units, COMMUNES_PEOPLE)
    assert answer.is_success, answer.text
    clock.moment = AFTER
    answer = await cast.operator.import_files(HEADER + schools)
    assert answer.is_success, answer.text


async def codes(person: Person, plan_id: str, action: str, **doing: object) -> tuple[int, str]:
    """How a step was answered."""
    answer = await person.act(plan_id, action, **doing)
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


async def test_the_one_successor_sees_the_plans_and_closes_them(
    cast: Cast, clock: FixedClock, published: Published
) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    other = await cast.plan("review", "co-sign", "sign", "approve")
    await reform(cast, clock, ONE_COMMUNE, IN_ONE)
    assert {plan["plan_id"] for plan in (await commune(cast).get("/plans")).json()["entries"]} == {plan_id, other}
    assert (await cast.person("commune-chair", "AH-X1-CD", Role.SIGNATORY).get(f"/plans/{plan_id}")).is_success
    assert (await other_commune(cast).get(f"/plans/{plan_id}")).status_code == 404
    assert (await cast.neighbour.get(f"/plans/{plan_id}")).status_code == 404
    assert (await cast.officer.get("/plans")).json()["code"] == "unit-closed"
    assert await codes(commune(cast), plan_id, "close") == (200, "CLOSED")
    assert await codes(province(cast), other, "revoke", reason="Theo cấp mới") == (200, "REVOKED")
    ends = [event.data for event in await published()][-2:]
    assert [str(end.plan_id) for end in ends] == [plan_id, other]


async def test_a_successor_acts_from_the_day_after_the_last(cast: Cast, clock: FixedClock) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    into_neighbour = ONE_COMMUNE.replace("2025-06-30,AH-X1-VH", "2025-06-30,AH-TK-PGD").replace(
        "2025-06-30,AH-X1\n", "2025-06-30,AH-TK\n"
    )
    assert (await cast.operator.import_files(HEADER + into_neighbour)).is_success
    assert (await cast.neighbour.get(f"/plans/{plan_id}")).is_success
    assert await codes(cast.neighbour, plan_id, "close") == (403, "not-entitled")
    clock.moment = AFTER
    assert await codes(cast.neighbour, plan_id, "close") == (200, "CLOSED")


async def test_after_a_split_all_see_the_plan_and_the_office_above_decides(cast: Cast, clock: FixedClock) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    await reform(cast, clock, TWO_COMMUNES, SCHOOLS)
    for person in (commune(cast), other_commune(cast)):
        assert (await person.get(f"/plans/{plan_id}")).is_success
        assert await codes(person, plan_id, "close") == (403, "not-entitled")
    assert await codes(province(cast), plan_id, "close") == (200, "CLOSED")


async def test_what_schools_have_stays_theirs_and_the_successor_has_the_parties_tasks(
    cast: Cast, clock: FixedClock
) -> None:
    plan_id = await cast.plan()
    first = (await cast.officer.item_ids(plan_id))[0]
    parties = {"item_id": first, "scope": {"audience": "parties"}}
    assert (await cast.officer.edit(plan_id, 2, items=[parties])).is_success
    for person, action in (
        (cast.officer, "review"),
        (cast.officer, "co-sign"),
        (cast.head, "sign"),
        (cast.chair, "sign"),
    ):
        assert (await person.act(plan_id, action)).is_success
    assert (await cast.officer.act(plan_id, "approve")).is_success
    report = (await cast.operator.import_files(HEADER + ONE_COMMUNE, dry_run=True)).json()
    [move] = report["moves"]
    assert {unit["unit_id"]: (unit["before"], unit["after"]) for unit in move["units"]} == {
        "AH-PL-PGD": (1, 0),
        "AH-PL-LDLD": (1, 0),
        "AH-X1-VH": (0, 1),
        "AH-X1-CD": (0, 1),
    }
    await reform(cast, clock, ONE_COMMUNE, IN_ONE)
    obliged = (await commune(cast).get(f"/plans/{plan_id}/obligations")).json()
    assert obliged["units"] == {"AH-PL-LC1": 2, "AH-PL-TH1": 2, "AH-X1-CD": 1, "AH-X1-VH": 1}
    assert obliged["changed"] == ["AH-PL-LC1", "AH-PL-TH1"]
    assert obliged["undecided"] == []


async def test_a_school_moves_on_the_day_on_which_its_commune_begins_and_not_before(
    cast: Cast, clock: FixedClock
) -> None:
    early = await cast.operator.import_files(HEADER + ONE_COMMUNE + IN_ONE)
    assert [(row["line"], row["field"], row["code"]) for row in early.json()["rows"]] == [
        (10, "parent_id", "parent-to-come"),
        (11, "parent_id", "parent-to-come"),
    ]
    clock.moment = AFTER
    assert (await cast.operator.import_files(HEADER + ONE_COMMUNE + IN_ONE)).is_success


async def test_an_amendment_of_an_inherited_plan_is_signed_by_the_new_parties(
    cast: Cast, clock: FixedClock, published: Published
) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    await reform(cast, clock, ONE_COMMUNE, IN_ONE)
    amendment = await cast.client.post(f"/v1/plans/{plan_id}/amendment", headers=commune(cast).headers)
    new_id = amendment.json()["plan_id"]
    assert (await commune(cast).act(new_id, "review")).is_success
    refused = await commune(cast).act(new_id, "co-sign")
    assert [(reason["code"], reason["field"]) for reason in refused.json()["reasons"]] == [
        ("unit-closed", "parties.1.unit_id"),
        ("unit-closed", "parties.2.unit_id"),
    ]
    units = {"education": "AH-X1-VH", "union": "AH-X1-CD"}
    parties = [{**party, "unit_id": units[party["role"]]} for party in PARTIES]
    assert (await commune(cast).edit(new_id, 2, parties=parties)).is_success
    for person, action in (
        (commune(cast), "co-sign"),
        (cast.person("commune-head", "AH-X1-VH", Role.SIGNATORY), "sign"),
        (cast.person("commune-chair", "AH-X1-CD", Role.SIGNATORY), "sign"),
        (commune(cast), "approve"),
    ):
        answer = await person.act(new_id, action)
        assert answer.is_success, answer.text
    amended = (await published())[-1].data
    assert (str(amended.plan_id), amended.version) == (plan_id, 2)
    assert (await commune(cast).get(f"/plans/{new_id}")).json()["reach"]["units"] == 2


async def test_what_waits_for_signatures_is_not_approved_for_parties_that_have_ended(
    cast: Cast, clock: FixedClock
) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign")
    await reform(cast, clock, ONE_COMMUNE, IN_ONE)
    refused = await commune(cast).act(plan_id, "approve")
    assert {reason["code"] for reason in refused.json()["reasons"]} == {"unit-closed"}


async def test_a_delegation_ends_with_its_unit(cast: Cast, clock: FixedClock) -> None:
    days = {"valid_from": "2025-06-20", "valid_to": "2025-12-31"}
    assert (await cast.head.post("/delegations", deputy_id="officer", **days)).status_code == 201
    await reform(cast, clock, ONE_COMMUNE, IN_ONE)
    assert (await cast.officer.get("/delegations")).json()["code"] == "unit-closed"
    assert (await commune(cast).get("/delegations")).json()["entries"] == []
    assert len((await province(cast).get("/delegations")).json()["entries"]) == 1


async def test_another_successor_takes_the_place_of_one_that_was_named_wrongly(
    cast: Cast, clock: FixedClock, database: Database
) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    await reform(cast, clock, ONE_COMMUNE, IN_ONE)
    right = ONE_COMMUNE.replace("30,AH-X1-VH", "30,AH-X2-VH").replace("30,AH-X1-CD", "30,AH-CDN")
    assert (await cast.operator.import_files(HEADER + right)).is_success
    assert (await commune(cast).get(f"/plans/{plan_id}")).status_code == 404
    assert await codes(other_commune(cast), plan_id, "close") == (200, "CLOSED")
    async with database.transaction() as tx:
        line = await store.units.line_of_successors(tx, "AH-PL-PGD")
    assert {unit_id: known.unit.valid_to for unit_id, known in line.items()} == {
        "AH-PL-PGD": date(2025, 6, 30),
        "AH-X2-VH": None,
    }
