"""Schools merge while the tracker is killed again and again: each task ends once, in its place, and is told so."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.topics import PLAN_EVENTS, TASK_EVENTS, UNIT_DIRECTORY
from contracts.units import Level, Ownership, UnitKind
from deploy.local.stack import Stack
from services.kit.clock import SystemClock, day_in_viet_nam
from tests.bench.stage import SCHOOLS, Records, Stage, record, schools, stage, until
from tests.integration.tracker.world import item, plan, unit

ITEMS = 20
KILLS = 3
PUBLIC: dict[str, Any] = {"levels": {Level.TH}, "ownership": Ownership.PUBLIC, "has_union": True}


@pytest.fixture
async def made(stack: Stack, tmp_path: Path) -> AsyncIterator[Stage]:
    """A tracker with a province of 3,500 schools."""
    async with stage(stack, tmp_path) as ready:
        yield ready


def mergers(today: date) -> tuple[Records, list[str]]:
    """Every fourth school ends into its neighbour, the one after that into a new school. Also the schools that end."""
    ended, changes, sequence = [], [], 100_000
    last_day = today - timedelta(days=1)
    for number, school in enumerate(schools()):
        if number % 4 > 1 or number + 4 >= SCHOOLS:
            continue
        heir = schools()[number + 2] if number % 4 == 0 else f"{school}-MOI"
        end = unit(school, UnitKind.SCHOOL, school[:4], sequence, **PUBLIC, valid_to=last_day, successor_id=heir)
        changes.append(record(end, school, "/planner"))
        if number % 4 == 1:
            new = unit(heir, UnitKind.SCHOOL, school[:4], sequence + 1, **PUBLIC | {"valid_from": today})
            changes.append(record(new, heir, "/planner"))
        ended.append(school)
        sequence += 2
    return changes, ended


async def test_a_merger_in_mid_flow_moves_every_task_once_also_when_the_tracker_is_killed(made: Stage) -> None:
    before = await made.ends(TASK_EVENTS.name)
    approved = plan(*(item(place, date(2025, 10, 1)) for place in range(1, ITEMS + 1)))
    await made.send(PLAN_EVENTS.name, [record(approved, str(approved.plan_id), "/planner")])
    changes, ended = mergers(day_in_viet_nam(SystemClock().now()))
    await made.send(UNIT_DIRECTORY.name, changes)

    async def settled() -> int:
        query = "SELECT count(*) FROM tracker.successions WHERE settled_at IS NOT NULL AND tasks >= 0"
        return int(await made.database.fetchval(query))

    async def done() -> bool:
        open_jobs = "SELECT count(*) FROM tracker.successions WHERE settled_at IS NULL"
        decomposed = "SELECT count(*) FROM tracker.decompositions WHERE finished_at IS NOT NULL"
        waiting = "SELECT count(*) FROM tracker.outbox"
        jobs, plans, records = [await made.database.fetchval(query) for query in (open_jobs, decomposed, waiting)]
        return bool(plans == 1 and jobs == 0 and records == 0 and await settled() == len(ended))

    for kill in range(KILLS):
        moved = "SELECT count(*) FROM tracker.task_events WHERE action IN ('move', 'withdraw')"
        floor = kill * 5000

        async def is_under_way(query: str = moved, floor: int = floor) -> bool:
            return bool(await made.database.fetchval(query) > floor)

        await until(is_under_way)
        await asyncio.to_thread(made.services.kill, "tracker")
        await asyncio.to_thread(made.services.restart, "tracker")
    await until(done)

    held = {
        str(row["id"]): (row["unit_id"], row["state"], row["revision"])
        for row in await made.database.fetch("SELECT id, unit_id, state, revision FROM tracker.tasks")
    }
    assert len(held) == SCHOOLS * ITEMS
    assert not [unit_id for unit_id, state, _ in held.values() if unit_id in ended and state != "WITHDRAWN"]
    assert told(await made.read(before)) == held


def told(records: Records) -> dict[str, tuple[str, str, int]]:
    """Where each task is and how it stands, by what was published alone. Asserts that each change was told once."""
    tasks: dict[str, tuple[str, str, int]] = {}
    seen: dict[tuple[str, int, str], str] = {}
    for key, value in records:
        envelope = json.loads(value)
        data, kind = envelope["data"], envelope["type"].split(".")[2]
        for task in data["tasks"]:
            revision = task.get("revision", 1)
            # A move is told under both keys; a relay that died may tell an event again.
            place = (task["task_id"], revision, key)
            assert seen.setdefault(place, envelope["id"]) == envelope["id"], (key, kind)
            unit_id = data["to_unit_id"] if kind == "TasksMoved" else data["unit_id"]
            state = {"TasksIssued": "ISSUED"}.get(kind) or task.get("to_state") or task["state"]
            if revision >= tasks.get(task["task_id"], ("", "", 0))[2]:
                tasks[task["task_id"]] = (unit_id, state, revision)
    return tasks
