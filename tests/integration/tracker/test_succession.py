"""Units that end, merge, split and join: what follows, what is given, and who sees it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from contracts.tasks import RevisionCause, TaskAction, TasksIssued, TasksMoved, TasksRevised, TaskState
from contracts.units import Level, Ownership, Role, UnitChanged, UnitKind
from services.kit.auth import TokenVerifier
from services.kit.health import Health
from services.kit.http import make_api
from services.tracker import api, decomposition, inheritance, succession, views
from services.tracker.changes import change_tasks
from services.tracker.model import Command
from services.tracker.transitions import Denied, Request, Standing
from tests.integration.tracker.test_amendments import amended, arrive, moved
from tests.integration.tracker.world import (
    DISTRICT_OFFICE,
    OFFICE,
    OTHER,
    OTHER_OFFICE,
    PRIVATE,
    SCHOOL,
    SECOND,
    World,
    finish,
    item,
    nobody,
    plan,
    schools_scope,
    unit,
)
from tests.support.clock import FixedClock
from tests.support.tokens import TestTokens

PUBLIC: dict[str, Any] = {"levels": {Level.TH}, "ownership": Ownership.PUBLIC, "has_union": True}
YESTERDAY, TODAY, TOMORROW = date(2025, 9, 4), date(2025, 9, 5), date(2025, 9, 6)


def at(day: date) -> datetime:
    """Eight in the morning in Viet Nam."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def school(unit_id: str, sequence: int, parent_id: str = "P-A", **more: Any) -> UnitChanged:
    return unit(unit_id, UnitKind.SCHOOL, parent_id, sequence, **{**PUBLIC, **more})


def ended(unit_id: str, sequence: int, *successors: str, on: date = YESTERDAY, **more: Any) -> UnitChanged:
    """The school's last day, and its successors."""
    after: dict[str, Any] = {"successor_id": successors[0]} if len(successors) == 1 else {"split_into": successors}
    return school(unit_id, sequence, valid_to=on, **after, **more)


async def settle(world: World) -> int:
    """Run the worker until nothing is left today."""
    return await finish(lambda: succession.step(world.database, nobody))


async def do(
    world: World, task_id: Any, action: TaskAction, unit_id: str, role: Role, **more: Any
) -> Standing | Denied:
    asked = Request(action=action, roles=(role,), **more)
    async with world.database.transaction() as tx:
        [outcome] = await change_tasks(tx, [Command(task_id, None, f"{unit_id}-x", unit_id, asked)], door="http")
    return outcome


async def tasks_of(world: World, unit_id: str) -> dict[int, str]:
    """States by the items' positions."""
    query = "SELECT position, state FROM tasks JOIN items USING (plan_id, item_id) WHERE unit_id = $1"
    return dict(await world.rows(query, unit_id))


async def test_open_tasks_follow_to_the_successor_with_their_history(world: World) -> None:
    await world.approve(item(1, date(2025, 11, 20)), item(2))
    done, going = await world.task(SCHOOL, 1), await world.task(SCHOOL, 2)
    for action in (TaskAction.ACKNOWLEDGE, TaskAction.START, TaskAction.SUBMIT):
        await do(world, done, action, SCHOOL, Role.PRINCIPAL)
    await do(world, done, TaskAction.ACCEPT, OFFICE, Role.OFFICER)
    await do(world, going, TaskAction.ACKNOWLEDGE, SCHOOL, Role.PRINCIPAL)
    await world.published()

    await world.take_directory(ended(SCHOOL, 20, "P-C"), school("P-C", 21, valid_from=TODAY))
    await settle(world)
    assert await tasks_of(world, SCHOOL) == {1: "COMPLETED"}
    assert (await tasks_of(world, "P-C"))[2] == "ACKNOWLEDGED"
    assert await world.task("P-C", 2) == going
    envelopes = await world.published()
    moved = [envelope for envelope in envelopes if isinstance(envelope.data, TasksMoved)]
    assert [envelope.subject for envelope in moved] == [SCHOOL, "P-C"]
    assert moved[0].id != moved[1].id  # a reader refuses another record under an id that it knows
    assert moved[0].data == moved[1].data
    [task] = moved[0].data.tasks
    assert (task.task_id, task.revision, task.state) == (going, 3, TaskState.ACKNOWLEDGED)
    assert (moved[0].data.from_unit_id, moved[0].data.to_unit_id, moved[0].data.on) == (SCHOOL, "P-C", TODAY)

    async with world.database.transaction(within="P/P-A/P-C/") as tx:
        rows = await tx.connection.fetch("SELECT revision, action FROM task_events WHERE task_id = $1", going)
        assert sorted(map(tuple, rows)) == [(1, "issue"), (2, "acknowledge"), (3, "move")]
        assert await tx.connection.fetchval("SELECT state FROM tasks WHERE id = $1", done) == "COMPLETED"
    async with world.database.transaction(within=f"P/P-A/{SECOND}/") as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM task_events") == 0


async def test_what_the_successor_has_itself_is_withdrawn_at_the_follower(world: World) -> None:
    approved = await world.approve(item(1), item(2, scope=schools_scope(levels={Level.TH, Level.THCS})))
    await world.published()
    await world.take_directory(ended(SCHOOL, 20, SECOND))
    await settle(world)
    assert await tasks_of(world, SCHOOL) == {1: "WITHDRAWN", 2: "WITHDRAWN"}
    assert await tasks_of(world, SECOND) == {1: "ISSUED", 2: "ISSUED"}
    [envelope] = await world.published()
    revised = envelope.data
    assert isinstance(revised, TasksRevised)
    assert (envelope.subject, revised.unit_id, revised.plan_id) == (SCHOOL, SCHOOL, approved.plan_id)
    assert revised.cause is RevisionCause.UNIT_SUCCEEDED
    assert SECOND in (revised.reason or "")
    assert {(task.from_state, task.to_state) for task in revised.tasks} == {(TaskState.ISSUED, TaskState.WITHDRAWN)}


async def test_the_books_count_what_units_have_once_and_say_where_it_stands(world: World) -> None:
    approved = await world.approve(item(1), item(2))
    done = await world.task(SCHOOL, 1)
    for action in (TaskAction.ACKNOWLEDGE, TaskAction.START, TaskAction.SUBMIT):
        await do(world, done, action, SCHOOL, Role.PRINCIPAL)
    await do(world, done, TaskAction.ACCEPT, OFFICE, Role.OFFICER)
    await world.take_directory(ended(SCHOOL, 20, SECOND))
    await settle(world)
    async with world.database.transaction() as tx:
        count = await views.plan_count(tx, "P/", approved.plan_id)
        units = await views.unit_counts(tx, "P/", approved.plan_id)
    assert (count.tasks, count.beyond, count.units) == (6, 1, 3)
    assert {(unit.unit_id, unit.tasks, unit.standing) for unit in units} == {
        (SCHOOL, 0, 1),
        (SECOND, 2, 2),
        (PRIVATE, 2, 2),
        (OTHER, 2, 2),
    }


async def test_an_end_in_the_future_waits_for_its_day_and_is_done_once(world: World, clock: FixedClock) -> None:
    await world.approve(item(1))
    await world.published()
    await world.take_directory(ended(SCHOOL, 20, "P-C", on=TODAY), school("P-C", 21, valid_from=TOMORROW))
    await settle(world)
    assert await world.published() == []
    clock.moment = at(TOMORROW)
    await settle(world)
    assert await tasks_of(world, "P-C") == {1: "ISSUED"}
    assert Counter(type(envelope.data) for envelope in await world.published()) == {TasksMoved: 2}
    assert await settle(world) == 0


async def test_the_order_in_which_ends_and_plans_arrive_does_not_matter(world: World) -> None:
    for number, order in enumerate(permutations(range(3))):
        old, middle, new = (f"P-A-{name}{number}" for name in "OMN")
        await world.take_directory(school(old, 20))
        approved = plan(item(1), parties=["P-A"])
        await world.take_plan(approved)
        units = [
            ended(old, 21, middle, on=date(2025, 9, 2)),
            ended(middle, 22, new, valid_from=date(2025, 9, 3), on=date(2025, 9, 3)),
            school(new, 23, valid_from=date(2025, 9, 4)),
        ]
        for place in order:
            await world.take_directory(units[place])
            await settle(world)
        await world.decompose()
        await settle(world)
        found = await world.rows("SELECT unit_id, state FROM tasks WHERE plan_id = $1", approved.plan_id)
        assert [(unit_id, state) for unit_id, state in found if unit_id in (old, middle, new)] == [(new, "ISSUED")], (
            order
        )


async def test_a_chunk_that_was_not_committed_is_made_again_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(succession, "CHUNK", 2)
    await world.approve(*(item(position) for position in range(1, 6)))
    await world.published()
    await world.take_directory(ended(SCHOOL, 20, "P-C"), school("P-C", 21, valid_from=TODAY))
    assert await succession.step(world.database, nobody)

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(inheritance, "advance_succession", dies)
        with pytest.raises(ConnectionError):
            await succession.step(world.database, nobody)
    await settle(world)
    moved = [envelope for envelope in await world.published() if envelope.subject == "P-C"]
    assert sum(len(envelope.data.tasks) for envelope in moved) == 5
    assert await tasks_of(world, "P-C") == dict.fromkeys(range(1, 6), "ISSUED")
    assert await world.rows("SELECT tasks FROM successions WHERE unit_id = $1", SCHOOL) == [(5,)]


async def test_a_task_that_is_reopened_after_the_end_follows_too(world: World) -> None:
    await world.approve(item(1, scope=schools_scope(levels={Level.TH})))
    task_id = await world.task(SCHOOL)
    for action in (TaskAction.ACKNOWLEDGE, TaskAction.START, TaskAction.SUBMIT):
        await do(world, task_id, action, SCHOOL, Role.PRINCIPAL)
    await do(world, task_id, TaskAction.ACCEPT, OFFICE, Role.OFFICER)
    await world.take_directory(ended(SCHOOL, 20, "P-C"), school("P-C", 21, valid_from=TODAY, levels={Level.MN}))
    await settle(world)
    assert not isinstance(await do(world, task_id, TaskAction.REOPEN, OFFICE, Role.OFFICER, reason="x"), Denied)
    await settle(world)
    assert await world.task("P-C") == task_id


async def test_a_late_joiner_gets_what_stands_and_what_still_runs(world: World, clock: FixedClock) -> None:
    await world.approve(
        item(1),
        item(2, date(2025, 9, 5), date(2025, 9, 6), date(2025, 9, 30)),
        item(3, scope=schools_scope(levels={Level.THPT})),
        item(4, scope=schools_scope(area=("P-B",))),
    )
    await world.published()
    await world.take_directory(school("P-C", 20, valid_from=TOMORROW))
    await settle(world)
    assert await world.published() == []
    clock.moment = at(TOMORROW)
    await settle(world)
    [envelope] = await world.published()
    assert isinstance(envelope.data, TasksIssued)
    got = [(task.position, task.occurrence) for task in envelope.data.tasks]
    assert got == [(1, ""), (2, "2025-09-06"), (2, "2025-09-30")]
    await world.take_directory(school("P-C", 21, valid_from=TOMORROW, name="Tên khác"))
    await settle(world)
    assert await world.published() == []


async def test_a_school_that_newly_comes_into_scope_gets_what_falls_due_since_then(world: World) -> None:
    await world.approve(item(1, date(2025, 9, 4), date(2025, 9, 9), scope=schools_scope(with_union=False)), item(2))
    await world.published()
    await world.take_directory(school(SCHOOL, 20, has_union=False, since=TODAY))
    await settle(world)
    [envelope] = await world.published()
    assert [(task.position, task.occurrence) for task in envelope.data.tasks] == [(1, "2025-09-09")]


async def test_a_school_that_joined_before_the_plan_arrived_is_not_forgotten(world: World) -> None:
    await world.take_directory(school("P-C", 20, valid_from=YESTERDAY))
    await settle(world)
    await world.approve(item(1, date(2025, 9, 3)), item(2, date(2025, 9, 4)), effective_on=date(2025, 9, 1))
    await settle(world)
    assert await tasks_of(world, "P-C") == {2: "ISSUED"}


async def test_a_school_that_was_there_from_the_start_and_is_told_of_late_gets_everything(world: World) -> None:
    await world.approve(item(1, date(2025, 8, 1), date(2025, 9, 3)), item(2, scope=schools_scope(area=("P-B",))))
    await world.published()
    await world.take_directory(school("P-C", 20, valid_from=date(2025, 8, 20)))
    await settle(world)
    [envelope] = await world.published()
    got = [(task.position, task.occurrence) for task in envelope.data.tasks]
    assert got == [(1, "2025-08-01"), (1, "2025-09-03")]


async def test_a_school_that_comes_amid_the_fan_out_is_not_passed_by(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decomposition, "CHUNK", 2)
    await world.approve(item(1), parties=["P-B"])
    await world.take_plan(plan(item(1)))
    for _ in ("P", "P-A", SCHOOL):
        assert await decomposition.step(world.database, nobody)
    await world.take_directory(school("P-A-0", 20, valid_from=date(2025, 8, 20)))  # before those that were reached
    await settle(world)
    assert await tasks_of(world, "P-A-0") == {}
    await world.decompose()
    await settle(world)
    assert await tasks_of(world, "P-A-0") == {1: "ISSUED"}


async def test_a_school_that_joined_and_ended_before_anybody_looked_leaves_what_it_was_asked(world: World) -> None:
    await world.approve(item(1, date(2025, 9, 2), date(2025, 9, 4)), item(2, scope=schools_scope(levels={Level.MN})))
    await world.take_directory(
        school("P-C", 20, valid_from=date(2025, 9, 3)),
        ended("P-C", 21, "P-D", valid_from=date(2025, 9, 3)),
        school("P-D", 22, valid_from=TODAY, levels={Level.MN}),
    )
    await settle(world)
    query = "SELECT position, occurrence FROM tasks JOIN items USING (plan_id, item_id) WHERE unit_id = 'P-D'"
    assert sorted(await world.rows(query)) == [(1, "2025-09-04"), (2, "")]
    before = await world.rows("SELECT id, unit_id, revision FROM tasks ORDER BY id")
    await world.take_directory(ended("P-C", 23, "P-D", valid_from=date(2025, 9, 3), name="Tên khác"))
    await settle(world)
    assert await world.rows("SELECT id, unit_id, revision FROM tasks ORDER BY id") == before


async def test_who_took_over_and_ended_before_anybody_looked_has_what_followed(world: World) -> None:
    await world.approve(item(1, scope=schools_scope(area=(SCHOOL,))))
    task_id = await world.task(SCHOOL)
    await world.take_directory(
        ended("P-C", 20, valid_from=date(2025, 9, 2)), ended(SCHOOL, 21, "P-C", on=date(2025, 9, 1))
    )
    await settle(world)
    assert await world.task("P-C") == task_id
    await world.take_directory(
        ended("P-C", 22, "P-D", valid_from=date(2025, 9, 2)), school("P-D", 23, valid_from=TODAY)
    )
    await settle(world)
    assert await world.task("P-D") == task_id


async def test_an_area_without_a_successor_asks_nothing_of_who_joins(world: World) -> None:
    await world.approve(item(1, scope=schools_scope(area=("P-A",))), parties=[OFFICE])
    await world.published()
    await world.take_directory(
        unit("P-A", UnitKind.AREA, "P", 20, valid_to=YESTERDAY), school("P-C", 21, valid_from=TODAY)
    )
    await settle(world)
    assert await world.published() == []


async def test_a_new_successor_gets_of_its_own_only_what_did_not_follow(world: World) -> None:
    await world.approve(item(1), item(2, scope=schools_scope(levels={Level.THCS})))
    await world.published()
    merged = school("P-C", 22, valid_from=TODAY, levels={Level.TH, Level.THCS})
    await world.take_directory(ended(SCHOOL, 20, "P-C"), ended(SECOND, 21, "P-C"), merged)
    kept, doubled = await world.task(SCHOOL, 1), await world.task(SECOND, 1)
    await settle(world)
    assert {await world.task("P-C", 1), await world.task("P-C", 2)} >= {kept}
    assert await tasks_of(world, "P-C") == {1: "ISSUED", 2: "ISSUED"}
    assert await world.rows("SELECT unit_id, state FROM tasks WHERE id = $1", doubled) == [(SECOND, "WITHDRAWN")]
    assert await world.rows("SELECT count(*) FROM tasks WHERE unit_id = 'P-C'") == [(2,)]


@pytest.mark.parametrize("first", ["amendment", "succession"])
@pytest.mark.parametrize("in_force", [YESTERDAY, TODAY], ids=["merger-after", "merger-before"])
async def test_what_follows_and_what_an_amendment_changes_do_not_disturb_each_other(
    world: World, first: str, in_force: date
) -> None:
    approved = await world.approve(item(1, date(2025, 11, 20)), item(2))
    going = await world.task(SCHOOL, 1)
    await do(world, going, TaskAction.ACKNOWLEDGE, SCHOOL, Role.PRINCIPAL)
    await world.take_directory(ended(SCHOOL, 20, "P-C"), school("P-C", 21, valid_from=TODAY))
    kept = moved(approved.items[0], date(2025, 11, 25))
    await arrive(world, amended(approved, kept, effective_on=in_force))
    for _ in range(2):
        for worker in (world.decompose, lambda: settle(world))[:: 1 if first == "amendment" else -1]:
            await worker()
    assert await world.task("P-C", 1) == going
    query = "SELECT unit_id, state, due_on FROM tasks WHERE asked AND unit_id IN ($1, 'P-C')"
    held = await world.rows(query, SCHOOL)
    assert held == [("P-C", "ACKNOWLEDGED", date(2025, 11, 25))]
    async with world.database.transaction() as tx:
        count = await views.plan_count(tx, "P/", approved.plan_id)
    assert (count.tasks, count.beyond, count.decomposed) == (4, 0, True)


def reform() -> list[UnitChanged]:
    """Of district P-A two communes are made on 5 September: its schools, its offices and its area go over."""
    sequence = 30
    changes: list[UnitChanged] = []

    def tell(unit_id: str, kind: UnitKind, parent_id: str | None, **more: Any) -> None:
        changes.append(unit(unit_id, kind, parent_id, sequence + len(changes), **more))

    tell("P-A", UnitKind.AREA, "P", valid_to=YESTERDAY, split_into=("P-X", "P-Y"))
    tell(DISTRICT_OFFICE, UnitKind.OFFICE, "P-A", valid_to=YESTERDAY, split_into=("P-X-VH", "P-Y-VH"))
    for commune in ("P-X", "P-Y"):
        tell(commune, UnitKind.AREA, "P", valid_from=TODAY)
        tell(f"{commune}-VH", UnitKind.OFFICE, commune, valid_from=TODAY)
    changes.append(school(SCHOOL, sequence + 7, "P-X", since=TODAY))
    changes.append(school(SECOND, sequence + 8, "P-Y", since=TODAY, levels={Level.TH, Level.THCS}))
    changes.append(school("P-X-9", sequence + 9, "P-X", valid_from=TODAY))
    return changes


async def test_after_districts_became_communes_tasks_rights_and_scopes_go_on(world: World) -> None:
    await world.approve(item(1, scope=schools_scope(area=("P-A",))), parties=[DISTRICT_OFFICE])
    first, second = await world.task(SCHOOL), await world.task(SECOND)
    await world.published()
    await world.take_directory(*reform())
    await settle(world)

    assert (await world.task(SCHOOL), await world.task(SECOND)) == (first, second)
    [joined] = await world.published()
    assert joined.subject == "P-X-9"
    async with world.database.transaction(within="P/P-X/") as tx:
        rows = await tx.connection.fetch("SELECT unit_id FROM tasks ORDER BY unit_id")
    assert [row["unit_id"] for row in rows] == [SCHOOL, "P-X-9"]

    suspend = TaskAction.SUSPEND
    old = await do(world, first, suspend, DISTRICT_OFFICE, Role.OFFICER, reason="x")
    beside = await do(world, first, suspend, "P-Y-VH", Role.OFFICER, reason="x")
    assert isinstance(old, Denied)
    assert old.code == "actor-unknown"
    assert isinstance(beside, Denied)
    assert beside.code == "not-entitled"
    assert isinstance(await do(world, first, suspend, "P-X-VH", Role.OFFICER, reason="x"), Standing)
    assert isinstance(await do(world, second, suspend, OFFICE, Role.OFFICER, reason="x"), Standing)


@asynccontextmanager
async def asking(world: World, tokens: TestTokens) -> AsyncIterator[Any]:
    """`await ask(method, path, unit, role, json)` at the tracker's API."""

    @asynccontextmanager
    async def nothing(_: FastAPI) -> AsyncIterator[None]:
        yield

    health = Health(world.database, (), stalled_after=60)
    app = make_api(
        "tracker", "0", routers=[api.router], tokens=TokenVerifier(tokens.settings), health=health, lifespan=nothing
    )
    app.state.database, app.state.committed = world.database, nobody
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tracker") as http:

        async def ask(method: str, path: str, unit_id: str, role: Role, **more: Any) -> httpx.Response:
            return await http.request(method, f"/v1{path}", headers=tokens.header("p", unit_id, role), **more)

        yield ask


async def test_what_a_split_leaves_waits_for_an_officer_and_goes_where_they_say(
    world: World, tokens: TestTokens
) -> None:
    await world.approve(*(item(position, scope=schools_scope(area=(SCHOOL,))) for position in (1, 2)))
    await world.take_directory(ended(SCHOOL, 20, "P-C", SECOND), school("P-C", 21, valid_from=TODAY, levels={Level.MN}))
    await settle(world)
    await world.published()
    tasks = [str(await world.task(SCHOOL, position)) for position in (1, 2)]
    async with asking(world, tokens) as ask:
        waiting = (await ask("GET", "/units/waiting", DISTRICT_OFFICE, Role.OFFICER)).json()["entries"]
        assert [(each["unit_id"], each["successors"], each["tasks"]) for each in waiting] == [
            (SCHOOL, ["P-C", SECOND], 2)
        ]
        assert (await ask("GET", "/units/waiting", OTHER_OFFICE, Role.OFFICER)).json()["entries"] == []
        counts = await ask("POST", "/units/open-tasks", OFFICE, Role.OFFICER, json={"unit_ids": [SCHOOL, "NO"]})
        assert counts.json() == [{"unit_id": SCHOOL, "tasks": 2, "plans": 1}]

        path, body = f"/units/{SCHOOL}/hand-over", {"to_unit_id": SECOND, "task_ids": tasks[:1], "reason": "Theo QĐ 1"}
        for unit_id, role, changed, status, code in (
            (OTHER_OFFICE, Role.OFFICER, {}, 404, "unit-unknown"),
            (SECOND, Role.PRINCIPAL, {}, 403, "role-missing"),
            (DISTRICT_OFFICE, Role.OFFICER, {"to_unit_id": OTHER}, 404, "unit-unknown"),
        ):
            refused = await ask("POST", path, unit_id, role, json={**body, **changed})
            assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        refused = await ask(
            "POST", f"/units/{SECOND}/hand-over", DISTRICT_OFFICE, Role.OFFICER, json={**body, "to_unit_id": "P-C"}
        )
        assert refused.json()["code"] == "unit-open"
        moved = await ask("POST", path, DISTRICT_OFFICE, Role.OFFICER, json=body)
        assert moved.json() == {"moved": 1}, moved.text
        detail = (await ask("GET", f"/tasks/{tasks[0]}", SECOND, Role.PRINCIPAL)).json()
        assert [(entry["action"], entry["person_id"], entry["reason"]) for entry in detail["history"]] == [
            ("issue", None, None),
            ("move", "p", "Theo QĐ 1"),
        ]
        [left] = (await ask("GET", "/units/waiting", DISTRICT_OFFICE, Role.OFFICER)).json()["entries"]
        assert left["tasks"] == 1


async def test_the_successor_reads_what_was_done_before_it(world: World, tokens: TestTokens) -> None:
    await world.approve(item(1))
    task_id = await world.task(SCHOOL)
    await world.rows("UPDATE tasks SET state = 'COMPLETED' WHERE id = $1", task_id)
    await world.take_directory(ended(SCHOOL, 20, "P-C"), school("P-C", 21, valid_from=TODAY))
    await settle(world)
    async with asking(world, tokens) as ask:
        assert (await ask("GET", f"/tasks/{task_id}", "P-C", Role.PRINCIPAL)).json()["state"] == "COMPLETED"
        listed = (await ask("GET", "/tasks", "P-C", Role.PRINCIPAL)).json()["entries"]
        assert (SCHOOL, "COMPLETED") in {(task["unit_id"], task["state"]) for task in listed}
        assert (await ask("GET", f"/tasks/{task_id}", SECOND, Role.PRINCIPAL)).status_code == 404
        closed = await ask("GET", "/tasks", SCHOOL, Role.PRINCIPAL)
        assert (closed.status_code, closed.json()["code"]) == (403, "unit-unknown")


async def test_two_processes_move_each_task_once(world: World) -> None:
    await world.approve(item(1), item(2))
    await world.published()
    await world.take_directory(ended(SCHOOL, 20, "P-C"), ended(SECOND, 21, "P-C"), school("P-C", 22, valid_from=TODAY))
    await asyncio.gather(settle(world), settle(world))
    await settle(world)
    moved = [envelope.data for envelope in await world.published() if isinstance(envelope.data, TasksMoved)]
    assert Counter(task.task_id for data in moved for task in data.tasks).most_common(1)[0][1] == 2
    assert sum(len(data.tasks) for data in moved) == 4


async def test_after_a_merger_amid_several_plans_the_successors_list_has_each_open_task_once(
    world: World, tokens: TestTokens
) -> None:
    for_one, for_other = schools_scope(area=(SCHOOL,)), schools_scope(levels={Level.THCS})
    first = await world.approve(item(1, date(2025, 11, 20)), item(2, scope=for_one), title="Kế hoạch một")
    second = await world.approve(item(3), item(4, scope=for_other), title="Kế hoạch hai")
    done, going, doubled = await world.task(SCHOOL, 3), await world.task(SCHOOL, 1), await world.task(SECOND, 1)
    for action in (TaskAction.ACKNOWLEDGE, TaskAction.START, TaskAction.SUBMIT):
        await do(world, done, action, SCHOOL, Role.PRINCIPAL)
    await do(world, done, TaskAction.ACCEPT, OFFICE, Role.OFFICER)
    for task_id, unit_id in ((going, SCHOOL), (doubled, SECOND)):
        await do(world, task_id, TaskAction.ACKNOWLEDGE, unit_id, Role.PRINCIPAL)
    await do(world, doubled, TaskAction.REPORT_PROGRESS, SECOND, Role.PRINCIPAL, percent=40, note="đã làm")
    heir = school("P-C", 22, valid_from=TODAY, levels={Level.TH, Level.THCS})
    await world.take_directory(ended(SCHOOL, 20, "P-C"), ended(SECOND, 21, "P-C"), heir)
    await settle(world)

    async with asking(world, tokens) as ask:
        listed = (await ask("GET", "/tasks", "P-C", Role.PRINCIPAL)).json()["entries"]
        own = {(task["plan_id"], task["item_id"]): task for task in listed if task["unit_id"] == "P-C"}
        asked = {(str(each.plan_id), str(one.item_id)) for each in (first, second) for one in each.items}
        assert set(own) == asked
        assert len([task for task in listed if task["unit_id"] == "P-C"]) == len(asked)
        closed = {task["task_id"]: (task["unit_id"], task["state"]) for task in listed if task["unit_id"] != "P-C"}
        assert closed == {str(done): (SCHOOL, "COMPLETED"), str(doubled): (SECOND, "WITHDRAWN")}
        kept = (await ask("GET", f"/tasks/{going}", "P-C", Role.PRINCIPAL)).json()
        assert [each["action"] for each in kept["history"]] == ["issue", "acknowledge", "move"]
        lapsed = (await ask("GET", f"/tasks/{doubled}", "P-C", Role.PRINCIPAL)).json()
        *_, reported, withdrawn = lapsed["history"]
        assert (reported["percent"], reported["note"]) == (40, "đã làm")
        assert "P-C" in withdrawn["reason"]


async def test_what_had_lapsed_at_the_successor_is_asked_for_there_again(world: World) -> None:
    old = item(1, date(2025, 11, 20))
    first = await world.approve(old)
    scope = schools_scope(area=(SCHOOL,))
    await arrive(world, amended(first, moved(old, date(2025, 11, 25)).model_copy(update={"scope": scope})))
    await world.decompose()
    task_id = await world.task(SECOND)
    await world.published()
    await world.take_directory(ended(SCHOOL, 20, SECOND))
    await settle(world)
    query = "SELECT unit_id, state, due_on, asked FROM tasks WHERE unit_id IN ($1, $2) ORDER BY unit_id"
    assert await world.rows(query, SCHOOL, SECOND) == [
        (SCHOOL, "WITHDRAWN", date(2025, 11, 25), False),
        (SECOND, "ISSUED", date(2025, 11, 25), True),
    ]
    told = {envelope.subject: envelope.data for envelope in await world.published()}
    assert {unit_id: (data.cause, data.tasks[0].to_state) for unit_id, data in told.items()} == {
        SCHOOL: (RevisionCause.UNIT_SUCCEEDED, TaskState.WITHDRAWN),
        SECOND: (RevisionCause.UNIT_SUCCEEDED, TaskState.ISSUED),
    }
    history = await world.rows("SELECT revision, action FROM task_events WHERE task_id = $1 ORDER BY 1", task_id)
    assert history == [(2, "plan-amended"), (3, "reissue")]


async def test_what_a_person_withdrew_at_the_successor_stays_so(world: World) -> None:
    await world.approve(item(1))
    await do(world, await world.task(SECOND), TaskAction.WITHDRAW, OFFICE, Role.OFFICER, reason="x")
    await world.take_directory(ended(SCHOOL, 20, SECOND))
    await settle(world)
    assert (await tasks_of(world, SCHOOL), await tasks_of(world, SECOND)) == ({1: "WITHDRAWN"}, {1: "WITHDRAWN"})
