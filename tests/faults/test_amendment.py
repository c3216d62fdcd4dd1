"""The tracker killed amid an amendment of a whole province's plan: in the end the books agree."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.demo.desk import Desk
from deploy.demo.province import PersonRow
from deploy.demo.world import World, running
from services.ops.client import Client
from services.ops.reconcile import PlanCount, reconcile

PROVINCIAL = Path(__file__).parents[2] / "samples/chuong-trinh-tinh.txt"
SCHOOLS = 570
"""With nine months each, its items make some 70,000 tasks: several chunks, in whose midst to kill."""


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
    """How far the tracker's job is: the last unit, and whether it is done."""

    async def ask() -> Any:
        connection = await asyncpg.connect(world.services.owner_dsn)
        try:
            return await connection.fetchrow("SELECT after_unit, finished_at FROM tracker.decompositions")
        finally:
            await connection.close()

    row = asyncio.run(ask())
    return row["after_unit"], row["finished_at"] is not None


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


@pytest.mark.timeout(900)
def test_an_amendment_of_70_000_tasks_with_the_tracker_killed_amid_it(world: World) -> None:
    desk = Desk(world.province, lambda person: person_client(world, person))
    plan = desk.take_in(PROVINCIAL)
    client = person_client(world, plan.officer)
    item_ids = client.get(f"/v1/plans/{plan.plan_id}")["item_ids"]
    for_all = {"scope": {}, "accountable": ["principal"]}
    edit(client, plan.plan_id, [{"item_id": each, "due": "monthly:20", **for_all} for each in item_ids])
    desk.approve(plan)
    first = books(world, 1)
    assert first.expected > 70_000

    plan.plan_id = client.call("POST", f"/v1/plans/{plan.plan_id}/amendment", data={"reason": "lùi hạn"})["plan_id"]
    *kept, dropped = item_ids
    edit(client, plan.plan_id, [{"item_id": each, "due": "monthly:25"} for each in kept])
    revision = client.get(f"/v1/plans/{plan.plan_id}")["revision"]
    client.call("DELETE", f"/v1/plans/{plan.plan_id}/items/{dropped}", headers={"If-Match": f'"{revision}"'})
    desk.approve(plan)
    assert kill_amid(world) > 0

    second = books(world, 2)
    assert second.expected == first.expected - first.expected // len(item_ids)
    assert (second.lost, second.doubled, second.beyond) == (0, 0, 0)
