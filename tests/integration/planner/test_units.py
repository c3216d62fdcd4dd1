"""The directory: imports, what they publish, and who sees it."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from contracts.units import Role
from services.kit.database import Database
from services.planner import store
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PEOPLE, UNITS, Cast
from tests.support.clock import FixedClock
from tests.support.workbooks import workbook

HEADER = UNITS.partition("\n")[0] + "\n"


async def test_an_import_publishes_every_unit_parents_first(nobody: Cast, published: Published) -> None:
    answer = await nobody.operator.import_files(UNITS, PEOPLE)
    assert answer.json() == {
        "units": {"new": 12, "changed": 0, "unchanged": 0},
        "people": {"new": 9, "changed": 0, "unchanged": 0},
        "sequence": 12,
        "rows": [
            {"file": "units", "first": 2, "last": 13, "outcome": "new", "fields": []},
            {"file": "people", "first": 2, "last": 10, "outcome": "new", "fields": []},
        ],
        "ending": [{"unit_id": "AH-PL-CU", "name": "Trường cũ", "valid_to": "2025-06-30", "successors": ["AH-PL-TH1"]}],
        "moves_by": None,
        "moves": [],
    }
    changes = [envelope.data for envelope in await published()]
    assert [change.sequence for change in changes] == list(range(1, 13))
    seen: set[str | None] = {None}
    for change in changes:
        assert change.parent_id in seen
        seen.add(change.unit_id)
    [office] = [change for change in changes if change.unit_id == "AH-PL-PGD"]
    assert {(person.person_id, person.role) for person in office.people} == {
        ("officer", "officer"),
        ("head", "signatory"),
        ("former-head", "signatory"),
    }


async def test_the_same_files_again_change_and_publish_nothing(cast: Cast, published: Published) -> None:
    answer = await cast.operator.import_files(UNITS, PEOPLE)
    assert answer.json() == {
        "units": {"new": 0, "changed": 0, "unchanged": 12},
        "people": {"new": 0, "changed": 0, "unchanged": 9},
        "sequence": 12,
        "rows": [
            {"file": "units", "first": 2, "last": 13, "outcome": "unchanged", "fields": []},
            {"file": "people", "first": 2, "last": 10, "outcome": "unchanged", "fields": []},
        ],
        "ending": [],
        "moves_by": None,
        "moves": [],
    }
    assert len(await published()) == 12


async def test_only_what_changed_is_published_and_absent_units_stay(cast: Cast, published: Published) -> None:
    rows = "AH,Tỉnh An Hải mới,area,,,,no,2000-01-01,,\nAH-TK,Huyện Tân Khê,area,AH,,,no,2000-01-01,,\n"
    people = "person_id,unit_id,role,name,email,valid_from,valid_to\nnew,AH-TK-MN1,principal,Mới,,2025-09-01,\n"
    answer = await cast.operator.import_files(HEADER + rows, people)
    assert answer.json() == {
        "units": {"new": 0, "changed": 1, "unchanged": 1},
        "people": {"new": 1, "changed": 0, "unchanged": 0},
        "sequence": 14,
        "rows": [
            {"file": "units", "first": 2, "last": 2, "outcome": "changed", "fields": ["name"]},
            {"file": "units", "first": 3, "last": 3, "outcome": "unchanged", "fields": []},
            {"file": "people", "first": 2, "last": 2, "outcome": "new", "fields": []},
        ],
        "ending": [],
        "moves_by": None,
        "moves": [],
    }
    changes = [envelope.data for envelope in await published()][12:]
    assert [(change.sequence, change.unit_id) for change in changes] == [(13, "AH"), (14, "AH-TK-MN1")]
    assert [person.person_id for person in changes[1].people] == ["new"]


async def test_a_dry_run_tells_and_does_nothing(nobody: Cast, published: Published) -> None:
    answer = await nobody.operator.import_files(UNITS, dry_run=True)
    assert answer.json()["units"] == {"new": 12, "changed": 0, "unchanged": 0}
    assert await published() == []
    assert (await nobody.operator.import_files(UNITS)).json()["units"]["new"] == 12


MERGED = (
    "AH-PL-LC1,Trường liên cấp Phước Lộc,school,AH-PL,TH;THCS,non-public,no,2000-01-01,2025-09-30,AH-PL-TH1\n"
    "AH-PL-MN9,Mầm non mới,school,AH-PL,MN,public,yes,2025-10-01,,\n"
    "AH-TK-MN1,Mầm non Tân Khê,school,AH-TK,MN,public,yes,2000-01-01,2025-09-20,\n"
)


async def test_a_dry_run_tells_what_would_move_of_plans_in_force(
    cast: Cast, clock: FixedClock, published: Published
) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    before = len(await published())
    report = (await cast.operator.import_files(HEADER + MERGED, dry_run=True)).json()
    assert report["moves_by"] == "2025-10-01"
    [move] = report["moves"]
    assert (move["plan_id"], move["number"], move["before"], move["after"]) == (
        plan_id,
        "215/KHLT-PGDĐT-LĐLĐ",
        6,
        6,
    )
    assert move["units"] == [
        {"unit_id": "AH-PL-LC1", "before": 3, "after": 0},
        {"unit_id": "AH-PL-MN9", "before": 0, "after": 3},
    ]
    assert (move["changed"], move["undecided"]) == (2, [])
    assert len(await published()) == before
    assert (await cast.operator.import_files(HEADER + MERGED)).json()["moves"] == []
    clock.moment = datetime(2025, 10, 1, 3, 0, tzinfo=UTC)
    obliged = (await cast.officer.get(f"/plans/{plan_id}/obligations")).json()
    assert obliged["units"] == {"AH-PL-TH1": 3, "AH-PL-MN9": 3}


async def test_a_dry_run_that_changes_names_and_people_moves_nothing(cast: Cast) -> None:
    await cast.plan("review", "co-sign", "sign", "approve")
    renamed = UNITS.replace("Trường Tiểu học Phước Lộc 1", "Trường Tiểu học Lê Lợi")
    report = (await cast.operator.import_files(renamed, PEOPLE, dry_run=True)).json()
    assert (report["units"]["changed"], report["moves_by"], report["moves"]) == (1, None, [])


async def test_a_workbook_is_imported_like_files_with_a_report_of_each_row(nobody: Cast, published: Published) -> None:
    book = workbook(units=UNITS, people=PEOPLE)
    answer = await nobody.operator.import_files(book, report="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[:2] == ["Tệp,Dòng,Mã,Kết quả,Cột thay đổi", "đơn vị,2,AH,mới,"]
    assert lines[-1] == "nhân sự,10,AH-PL-TH1 union-chair union-chair 2020-01-01,mới,"
    assert len(lines) == 1 + 12 + 9
    by_files = await nobody.operator.import_files(UNITS, PEOPLE)
    assert by_files.json()["units"] == {"new": 0, "changed": 0, "unchanged": 12}
    assert by_files.json()["people"] == {"new": 0, "changed": 0, "unchanged": 9}
    assert len(await published()) == 12


async def test_the_end_of_a_unit_is_published_before_its_new_successor(cast: Cast, published: Published) -> None:
    rows = (
        "AH-NEW,Trường mới,school,AH,TH,public,yes,2025-09-10,,\n"
        "AH-PL-TH1,Trường Tiểu học Phước Lộc 1,school,AH-PL,TH,public,yes,2000-01-01,2025-09-09,AH-NEW\n"
        "AH-PL-LC1,Trường liên cấp Phước Lộc,school,AH-PL,TH;THCS,non-public,no,2000-01-01,9/9/2025,AH-NEW; AH-TK-MN1\n"
    )
    answer = await cast.operator.import_files(HEADER + rows)
    assert [(unit["unit_id"], unit["successors"]) for unit in answer.json()["ending"]] == [
        ("AH-PL-LC1", ["AH-NEW", "AH-TK-MN1"]),
        ("AH-PL-TH1", ["AH-NEW"]),
    ]
    changes = [envelope.data for envelope in await published()][12:]
    assert [(change.unit_id, change.successor_id, change.split_into) for change in changes] == [
        ("AH-PL-LC1", None, ("AH-NEW", "AH-TK-MN1")),
        ("AH-PL-TH1", "AH-NEW", ()),
        ("AH-NEW", None, ()),
    ]
    assert (await cast.officer.get("/units/AH-PL-LC1")).json()["split_into"] == ["AH-NEW", "AH-TK-MN1"]


async def test_a_moved_unit_takes_those_below_along(cast: Cast) -> None:
    await cast.operator.import_files(HEADER + "AH-PL,Phước Lộc,area,AH-TK,,,no,2000-01-01,,\n")
    school = (await cast.neighbour.get("/units/AH-PL-TH1")).json()
    assert school["path"] == "AH/AH-TK/AH-PL/AH-PL-TH1/"


async def test_a_file_with_faults_imports_nothing_and_names_them_all(cast: Cast, published: Published) -> None:
    rows = "AH-X,Mới,area,AH,,,no,2000-01-01,,\nAH-Y,,area,AH,,,no,2000-01-01,,\nAH-Z,Mới,area,NO,,,no,2000-01-01,,\n"
    people = "person_id,unit_id,role,name,email,valid_from,valid_to\np,AH-GONE,staff,P,,2025-09-01,\n"
    answer = await cast.operator.import_files(HEADER + rows, people)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "rows-at-fault"
    assert [(row["file"], row["line"], row["field"], row["code"]) for row in answer.json()["rows"]] == [
        ("units", 3, "name", "missing"),
        ("units", 4, "parent_id", "parent-unknown"),
        ("people", 2, "unit_id", "unit-unknown"),
    ]
    assert len(await published()) == 12
    assert (await cast.person("x", "AH-SGD", Role.STAFF).get("/units/AH-X")).status_code == 404


async def test_only_operators_and_the_root_offices_officers_import(cast: Cast) -> None:
    assert (await cast.person("dept-officer", "AH-SGD", Role.OFFICER).import_files(UNITS)).is_success
    for person in (
        cast.officer,
        cast.person("x", "AH-SGD", Role.SIGNATORY),
        cast.person("x", "AH-CDN", Role.OFFICER),
        cast.person("x", "OPS", Role.OFFICER),
    ):
        assert (await person.import_files(UNITS)).status_code == 403


async def test_everybody_sees_their_own_area_page_by_page(cast: Cast) -> None:
    first = (await cast.officer.get("/units", limit=4)).json()
    second = (await cast.officer.get("/units", limit=4, cursor=first["cursor"])).json()
    found = [unit["unit_id"] for unit in first["entries"] + second["entries"]]
    assert found == ["AH-PL", "AH-PL-CU", "AH-PL-LC1", "AH-PL-LDLD", "AH-PL-PGD", "AH-PL-TH1"]
    assert second["cursor"] is None
    principal = cast.person("principal", "AH-PL-TH1", Role.PRINCIPAL)
    assert [unit["unit_id"] for unit in (await principal.get("/units")).json()["entries"]] == ["AH-PL-TH1"]


async def test_a_unit_is_shown_with_its_people_to_those_above_it_alone(cast: Cast) -> None:
    unit = (await cast.officer.get("/units/AH-PL-TH1")).json()
    assert (unit["path"], unit["levels"]) == ("AH/AH-PL/AH-PL-TH1/", ["TH"])
    assert [person["person_id"] for person in unit["people"]] == ["principal", "union-chair"]
    assert (await cast.neighbour.get("/units/AH-PL-TH1")).status_code == 404


async def test_a_token_of_an_unknown_or_closed_unit_gets_nothing(cast: Cast) -> None:
    for unit_id, code in (("NO", "unit-unknown"), ("AH-PL-CU", "unit-closed")):
        answer = await cast.person("x", unit_id, Role.OFFICER).get("/units")
        assert (answer.status_code, answer.json()["code"]) == (403, code)


async def test_row_level_security_hides_what_no_filter_does(cast: Cast, database: Database) -> None:
    await cast.plan("review", "co-sign", "sign")
    async with database.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO submissions (unit_id, submission_id, content_sha256, plan_id) "
            "SELECT owner_id, 's', content_sha256, id FROM plans"
        )
    for table in ("units", "people", "plans", "signatures", "plan_history", "submissions"):
        count = f"SELECT count(*) FROM {table}"
        async with database.transaction(within="AH/AH-PL/") as tx:
            inside = await tx.connection.fetchval(count)
        async with database.transaction(within="AH/AH-TK/AH-TK-MN1/") as tx:
            beside = await tx.connection.fetchval(count)
        async with database.connection() as connection:
            unset = await connection.fetchval(count)
        assert inside > 0, table
        assert (beside, unset) == (1 if table == "units" else 0, 0), table


async def test_the_services_role_cannot_rewrite_what_happened(database: Database) -> None:
    async with database.connection() as connection:
        for statement in (
            "UPDATE plan_history SET reason = 'x'",
            "DELETE FROM plan_history",
            "DELETE FROM plans",
            "ALTER TABLE plans DISABLE ROW LEVEL SECURITY",
            "SET row_security = off; SELECT * FROM plans",
        ):
            with pytest.raises(
                asyncpg.InsufficientPrivilegeError,
                match=r"permission denied|must be owner|row-level security",
            ):
                await connection.execute(statement)


async def test_the_queries_filters_hold_without_row_level_security(cast: Cast, database: Database) -> None:
    plan_id = UUID(await cast.plan())
    beside = "AH/AH-TK/"
    async with database.transaction() as tx:
        assert await store.plans.view(tx, plan_id, within=beside) is None
        assert await store.plans.lock(tx, plan_id, within=beside) is None
        assert await store.plans.page(tx, within=beside, state=None, before=UUID(int=2**128 - 1), at_most=10) == []
        assert await store.units.view(tx, "AH-PL", within=beside) is None
        units = await store.units.page(tx, within=beside, after="", at_most=100)
    assert [unit.unit_id for unit in units] == ["AH-TK", "AH-TK-MN1", "AH-TK-PGD"]


async def test_imports_at_the_same_time_number_their_changes_one_after_the_other(
    cast: Cast, published: Published
) -> None:
    files = [f"{HEADER}AH-{name},{name},area,AH,,,no,2000-01-01,,\n" for name in "BCDEF"]
    answers = await asyncio.gather(*(cast.operator.import_files(file) for file in files))
    assert sorted(answer.json()["sequence"] for answer in answers) == [13, 14, 15, 16, 17]
    assert [envelope.data.sequence for envelope in await published()] == list(range(1, 18))
