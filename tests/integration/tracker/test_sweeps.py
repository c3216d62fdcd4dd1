"""The deadline sweep."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.tasks import Milestone, TaskDeadlineReached, TaskState
from services.tracker import jobs, sweeps
from services.tracker.timeliness import timeliness
from services.tracker.transitions import OPEN
from tests.integration.tracker.world import OPEN_SCHOOLS, SCHOOL, World, finish, item, nobody
from tests.support.clock import FixedClock

DUE = date(2025, 11, 20)
_END_OF_DUE = datetime(2025, 11, 20, 17, tzinfo=UTC)


async def sweep(world: World, day: date) -> list[TaskDeadlineReached]:
    """Ask for a day's sweep; what is published of it."""
    async with world.database.transaction() as tx:
        await jobs.request_sweep(tx, day)
    await finish(lambda: sweeps.step(world.database, nobody, daily=False))
    return [envelope.data for envelope in await world.published()]


@pytest.fixture
async def due(world: World) -> World:
    """Two items per school that fall due on one day, and one without a deadline."""
    await world.approve(item(1, DUE), item(2, DUE), item(3))
    await world.published()
    return world


async def test_each_unit_is_told_once_of_all_that_it_reached(due: World) -> None:
    told = await sweep(due, DUE - timedelta(days=7))
    assert sorted(event.unit_id for event in told) == sorted(OPEN_SCHOOLS)
    ids = await due.rows("SELECT id, plan_id FROM tasks WHERE unit_id = $1 AND due_on IS NOT NULL", SCHOOL)
    [own] = [event for event in told if event.unit_id == SCHOOL]
    assert own.on == DUE - timedelta(days=7)
    assert {(task.task_id, task.plan_id) for task in own.tasks} == set(ids)
    assert {(task.due_on, task.milestone, task.days) for task in own.tasks} == {(DUE, Milestone.DUE_SOON, 7)}
    assert await sweep(due, DUE - timedelta(days=7)) == []
    assert await due.rows("SELECT units, tasks FROM sweeps") == [(4, 8)]


async def test_a_morning_that_was_missed_is_made_up_for(due: World) -> None:
    assert (await sweep(due, DUE - timedelta(days=9))) == []
    days = [left for left in range(6, -16, -1) if await sweep(due, DUE - timedelta(days=left))]
    assert days == [6, 3, 1, 0, -1, -3, -7, -14]


async def test_only_open_tasks_are_told_of(due: World) -> None:
    for weeks, state in enumerate(TaskState):
        await due.rows("UPDATE tasks SET state = $1", state)
        assert bool(await sweep(due, DUE + timedelta(weeks=weeks))) == (state in OPEN), state


async def test_a_moved_deadline_begins_anew(due: World) -> None:
    await sweep(due, DUE)
    await due.rows("UPDATE tasks SET due_on = due_on + 30")
    told = await sweep(due, DUE + timedelta(days=30))
    assert {task.due_on for event in told for task in event.tasks} == {DUE + timedelta(days=30)}


async def test_a_task_issued_after_the_sweep_is_found_by_the_next_of_that_day(due: World) -> None:
    await sweep(due, DUE)
    late = await due.approve(item(9, DUE), parties=[SCHOOL])
    await due.published()
    [told] = await sweep(due, DUE)
    assert [task.plan_id for task in told.tasks] == [late.plan_id]


async def test_a_sweep_that_dies_at_every_step_tells_everyone_once(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(sweeps, "CHUNK", 3)
    async with due.database.transaction() as tx:
        await jobs.request_sweep(tx, DUE)
    while (await due.rows("SELECT finished_at FROM sweeps")) == [(None,)]:
        with monkeypatch.context() as patch:
            patch.setattr(jobs, "advance_sweep", dies)
            with pytest.raises(ConnectionError):
                await sweeps.step(due.database, nobody, daily=False)
        assert await sweeps.step(due.database, nobody, daily=False)
    assert sorted(envelope.subject for envelope in await due.published()) == sorted(OPEN_SCHOOLS)


async def test_the_day_is_swept_by_itself_once_the_morning_has_come(due: World, clock: FixedClock) -> None:
    clock.moment = datetime(2025, 11, 19, 21, 59, tzinfo=UTC)  # 4:59 of the 20th in Viet Nam
    assert await finish(lambda: sweeps.step(due.database, nobody, daily=True)) == 0
    clock.moment += timedelta(minutes=1)
    assert await finish(lambda: sweeps.step(due.database, nobody, daily=False)) == 0
    assert await finish(lambda: sweeps.step(due.database, nobody, daily=True)) == 1
    assert len(await due.published()) == len(OPEN_SCHOOLS)
    clock.moment += timedelta(hours=3)
    assert await finish(lambda: sweeps.step(due.database, nobody, daily=True)) == 0


@given(
    state=st.sampled_from(TaskState),
    due_on=st.sampled_from([DUE, DUE, DUE, None]),
    submitted_at=st.integers(-30 * 60, 30 * 60).map(lambda minutes: _END_OF_DUE + timedelta(minutes=minutes)),
    today=st.integers(-9, 2).map(lambda days: DUE + timedelta(days=days)),
)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_timeliness_in_sql_is_the_rule_in_python(
    empty: World, state: TaskState, due_on: date | None, submitted_at: datetime, today: date
) -> None:
    [(answer,)] = await empty.rows("SELECT timeliness($1, $2, $3, $4)", state, due_on, submitted_at, today)
    assert answer == timeliness(state, due_on, submitted_at, today)
