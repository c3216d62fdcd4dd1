"""The tracker killed amid an amendment of a whole province's plan and a merger of schools: the books agree."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contracts.units import Ownership, Role
from deploy.demo.desk import Desk
from deploy.demo.province import MadeProvince, PersonRow, UnitRow
from deploy.demo.world import World, running
from services.ops.client import Client
from services.ops.reconcile import PlanCount, reconcile

PROVINCIAL = Path(__file__).parents[2] / "samples/chuong-trinh-tinh.txt"
SCHOOLS = 570
"""With nine months each, its items make some 70,000 tasks: several chunks, in whose midst to kill."""
SCHOOLS_OPEN = SCHOOLS - 1
"""One of them ended before the year."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Real processes on a stack of their own."""
    with running(tmp_path_factory.mktemp("amendment"), schools=SCHOOLS) as world:
        yield world


def person_client(world: World, person: PersonRow) -> Client:
    return world.client("planner", person)


def edit(client: Client, plan_id: str, items: list[dict[str, Any]]) -> None:
    revision = client.get(f"/v1/plans/{plan_id}")["revision"]
    client.call("PATCH", f"/v1/plans/{plan_id}", json={"items": items}, headers={"If-Match": f'"{revision}"'})


def laying(world: World) -> tuple[str, bool]:
    """How far the tracker's job of the second version is: the last unit, and whether it is done."""

    async def ask() -> Any:
        connection = await asyncpg.connect(world.services.owner_dsn)
        try:
            return await connection.fetchrow(
                "SELECT after_unit, finished_at FROM tracker.decompositions JOIN tracker.plans ON plans.id = plan_id"
                " WHERE version = 2"
            )
        finally:
            await connection.close()

    row = asyncio.run(ask())
    return (row["after_unit"], row["finished_at"] is not None) if row else ("", False)


def kill_amid(world: World) -> int:
    """Kill the tracker each time that it has come further, until it is done. Returns how often that was."""
    kills, upto = 0, ""

    def further() -> bool:
        after_unit, done = laying(world)
        return done or after_unit > upto

    while True:
        world.wait("the tracker comes further", further)
        after_unit, done = laying(world)
        if done:
            return kills
        world.services.kill("tracker")
        kills, upto = kills + 1, after_unit
        world.services.restart("tracker")


def books(world: World, version: int) -> PlanCount:
    """The plan's books once the tracker has laid this version over all units, and its events are out."""
    counted: list[PlanCount] = []

    def agree() -> bool:
        kafka = world.services.kafka_settings("admin")
        counted[:] = reconcile(world.operator("planner"), world.operator("tracker"), kafka)
        return counted[0].version == version and counted[0].holds

    world.wait("the books agree", agree)
    [count] = counted
    return count


def change_units(world: World, folder: Path, *rows: UnitRow) -> None:
    """Import these lines as the operator does."""
    units, _ = MadeProvince([*rows], world.province.people).write(folder)
    files = {"units": ("units.csv", units.read_bytes(), "text/csv")}
    world.operator("planner").call("POST", "/v1/units/import", files=files)


def begin(world: World, school: UnitRow) -> str:
    """The school's principal takes note of a task. Returns its id."""
    client = world.client("tracker", world.province.person(school.unit_id, Role.PRINCIPAL))
    task_id = next(iter(client.pages("/v1/tasks", unit_id=school.unit_id)))["task_id"]
    client.call("POST", f"/v1/tasks/{task_id}/actions", json={"action": "acknowledge"})
    return str(task_id)


@pytest.mark.timeout(900)
def test_an_amendment_of_70_000_tasks_and_a_merger_with_the_tracker_killed_amid_them(
    world: World, tmp_path: Path
) -> None:
    desk = Desk(world.province, lambda person: person_client(world, person))
    plan = desk.take_in(PROVINCIAL)
    client = person_client(world, plan.officer)
    item_ids = client.get(f"/v1/plans/{plan.plan_id}")["item_ids"]
    for_all = {"scope": {}, "accountable": ["principal"]}
    edit(client, plan.plan_id, [{"item_id": each, "due": "monthly:20", **for_all} for each in item_ids])
    desk.approve(plan)
    first = books(world, 1)
    assert first.expected > 70_000

    public = [unit for unit in world.province.units if unit.ownership == Ownership.PUBLIC and not unit.valid_to]
    one, two, three, four, *_ = public
    begun = begin(world, one)
    world.set_time(date(2022, 9, 20), 8)
    merged = replace(one, unit_id=f"{one.unit_id}-moi", name="Trường mới", valid_from="2022-09-20")
    ends = [
        replace(old, valid_to="2022-09-19", successor_id=heir.unit_id)
        for old, heir in ((one, merged), (two, merged), (three, four))
    ]
    plan.plan_id = client.call("POST", f"/v1/plans/{plan.plan_id}/amendment", data={"reason": "lùi hạn"})["plan_id"]
    *kept, dropped = item_ids
    edit(client, plan.plan_id, [{"item_id": each, "due": "monthly:25"} for each in kept])
    revision = client.get(f"/v1/plans/{plan.plan_id}")["revision"]
    client.call("DELETE", f"/v1/plans/{plan.plan_id}/items/{dropped}", headers={"If-Match": f'"{revision}"'})
    change_units(world, tmp_path, merged, *ends)
    desk.approve(plan)
    assert kill_amid(world) > 0

    second = books(world, 2)
    each = first.expected // SCHOOLS_OPEN // len(item_ids) * len(kept)
    assert second.expected == (SCHOOLS_OPEN - 2) * each  # three ended, one began
    assert (second.earlier, second.lost, second.doubled, second.beyond) == (0, 0, 0, 0)
    task = world.operator("tracker").get(f"/v1/tasks/{begun}")
    assert (task["unit_id"], task["state"]) == (merged.unit_id, "ACKNOWLEDGED")

    world.set_time(date(2022, 9, 26), 8)
    joiner = replace(merged, unit_id=f"{one.unit_id}-sau", valid_from="2022-09-26")
    change_units(world, tmp_path, joiner)
    tracker = world.operator("tracker")
    count = f"/v1/plans/{second.plan_id}/tasks-count"
    world.wait("the joiner has tasks", lambda: bool(tracker.get(count)["tasks"] > second.held))
    third = books(world, 2)
    assert (third.expected, third.beyond) == (second.expected + each, 0)  # nothing has fallen due so far
