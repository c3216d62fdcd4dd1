"""From an approved plan to tasks and `TasksIssued`."""

import asyncio
from datetime import date

import pytest

from contracts.plans import Occurrence
from contracts.scope import Audience, Scope
from contracts.tasks import IssuedTask, TasksIssued
from contracts.units import Ownership, UnitKind
from services.tracker import decomposition, jobs
from tests.integration.tracker.world import (
    OFFICE,
    OPEN_SCHOOLS,
    OTHER,
    PRIVATE,
    SCHOOL,
    UNION,
    World,
    item,
    nobody,
    plan,
    schools_scope,
    unit,
)
from tests.support.clock import FixedClock


async def test_each_school_in_scope_gets_each_occurrence_of_each_item(world: World, clock: FixedClock) -> None:
    approved = plan(
        item(1, date(2025, 11, 20)),
        item(2, date(2025, 12, 31), date(2026, 3, 31)),
        item(3, scope=schools_scope(ownership=Ownership.NON_PUBLIC)),
        item(4, scope=Scope(audience=Audience.PARTIES)),
    )
    cause = await world.take_plan(approved)
    await world.decompose()

    envelopes = await world.published()
    assert {envelope.subject: len(envelope.data.tasks) for envelope in envelopes} == (
        dict.fromkeys(OPEN_SCHOOLS, 3) | {PRIVATE: 4, OFFICE: 1, UNION: 1}
    )
    rows = await world.rows("SELECT unit_id, id, item_id, occurrence, due_on FROM tasks ORDER BY id")
    positions = {each.item_id: each.position for each in approved.items}
    for envelope in envelopes:
        assert envelope.data == TasksIssued(
            plan_id=approved.plan_id,
            plan_version=1,
            unit_id=envelope.subject,
            tasks=tuple(
                IssuedTask(
                    task_id=task_id,
                    item_id=item_id,
                    position=positions[item_id],
                    occurrence=occurrence,
                    due_on=due_on,
                )
                for unit_id, task_id, item_id, occurrence, due_on in rows
                if unit_id == envelope.subject
            ),
        )
        assert (envelope.causationid, envelope.correlationid) == (cause.id, cause.id)
        assert (envelope.source, envelope.time) == ("/tracker", clock.now())
    history = await world.rows("SELECT unit_id, tasks FROM issuances")
    assert dict(history) == {envelope.subject: len(envelope.data.tasks) for envelope in envelopes}


async def test_chunks_end_where_the_units_do_and_leave_out_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decomposition, "CHUNK", 2)
    await world.take_plan(plan(item(1)))
    assert await world.decompose() > 2
    assert await world.rows("SELECT unit_id FROM tasks ORDER BY id") == [(school,) for school in sorted(OPEN_SCHOOLS)]


async def test_a_chunk_that_was_not_committed_is_made_again_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decomposition, "CHUNK", 2)
    await world.take_plan(plan(item(1)))
    assert await decomposition.step(world.database, nobody)

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "advance_decomposition", dies)
        with pytest.raises(ConnectionError):
            await decomposition.step(world.database, nobody)
    await world.decompose()

    assert sorted(envelope.subject for envelope in await world.published()) == sorted(OPEN_SCHOOLS)
    assert await world.rows("SELECT tasks, finished_at IS NOT NULL FROM decompositions") == [(4, True)]


async def test_a_plan_waits_for_the_directory_that_its_parties_saw(world: World) -> None:
    [(sequence,)] = await world.rows("SELECT sequence FROM directory")
    await world.take_plan(plan(item(1), directory_sequence=sequence + 1))
    assert await world.decompose() == 0
    await world.take_directory(unit("P", UnitKind.AREA, None, sequence + 1, name="Tên mới"))
    assert await world.decompose() > 0
    assert len(await world.published()) == len(OPEN_SCHOOLS)


async def test_a_repeated_plan_changes_nothing(world: World) -> None:
    approved = await world.approve(item(1))
    await world.published()
    await world.take_plan(approved)
    assert await world.decompose() == 0
    assert await world.published() == []


async def test_an_area_that_the_directory_does_not_know_reaches_nobody(world: World) -> None:
    await world.approve(item(1, scope=schools_scope(area=("P-NOWHERE",))))
    assert await world.published() == []


async def test_more_tasks_than_fit_one_record_are_published_in_several(world: World) -> None:
    many = tuple(Occurrence(key=f"{number:03}") for number in range(60))
    await world.approve(*(item(position, occurrences=many) for position in range(1, 51)), parties=[SCHOOL])
    envelopes = await world.published()
    assert [len(envelope.data.tasks) for envelope in envelopes] == [2000, 1000]
    keys = [(task.position, task.occurrence) for envelope in envelopes for task in envelope.data.tasks]
    assert keys == sorted(keys)


async def test_a_party_reaches_neither_beside_nor_above_itself(world: World) -> None:
    await world.approve(item(1, scope=schools_scope(area=("P", OTHER))), parties=["P-A-PGD"])
    assert {envelope.subject for envelope in await world.published()} == set(OPEN_SCHOOLS) - {OTHER}


async def test_two_workers_share_the_plans_and_double_nothing(world: World) -> None:
    for _ in range(4):
        await world.take_plan(plan(item(1)))
    await asyncio.gather(world.decompose(), world.decompose())
    await world.decompose()
    assert len(await world.published()) == 4 * len(OPEN_SCHOOLS)
