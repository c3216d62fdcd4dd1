"""`change_tasks` on a real database, behind the `task-commands` door."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.envelope import Envelope
from contracts.tasks import Actor, ChangeTask, TaskAction, TaskCommandRejected, TaskState, TaskStatusChanged
from contracts.units import Role, UnitKind
from services.kit.inbox import Received
from services.tracker import handlers
from services.tracker.changes import change_tasks
from services.tracker.model import Command
from services.tracker.transitions import Denied, Request, Standing
from tests.integration.tracker.world import (
    DISTRICT_OFFICE,
    OFFICE,
    OTHER,
    SCHOOL,
    SECOND,
    World,
    item,
    person,
    province,
    unit,
)
from tests.support.clock import FixedClock

A = TaskAction
PRINCIPAL = Actor(person_id=f"{SCHOOL}-principal", unit_id=SCHOOL, role=Role.PRINCIPAL)
CHAIR = Actor(person_id=f"{SCHOOL}-chair", unit_id=SCHOOL, role=Role.UNION_CHAIR)
OFFICER = Actor(person_id="so-officer", unit_id=OFFICE, role=Role.OFFICER)


def command(task_id: UUID, action: TaskAction, actor: Actor = PRINCIPAL, unit_id: str = SCHOOL, **more: Any) -> Any:
    """A command as a record holds it."""
    data = ChangeTask(task_id=task_id, unit_id=unit_id, action=action, actor=actor, **more)
    return Envelope[ChangeTask].of(data, subject=unit_id, source="/portal")


async def take(world: World, *envelopes: Any) -> list[Any]:
    """Hand the commands over in one batch; what is published of them."""
    records = [Received("task-commands", 0, offset, envelope) for offset, envelope in enumerate(envelopes)]
    async with world.database.transaction() as tx:
        await handlers.take_commands(tx, records)
    return await world.published()


@pytest.fixture
async def task_id(world: World) -> UUID:
    """The task of the school for an item whose principal answers for it."""
    await world.approve(item(1))
    await world.published()
    return await world.task(SCHOOL)


async def test_a_batch_sees_its_own_effects_and_publishes_them_in_order(
    world: World, task_id: UUID, clock: FixedClock
) -> None:
    envelopes = [
        command(task_id, A.ACKNOWLEDGE),
        command(task_id, A.REPORT_PROGRESS, percent=50, count=2, note='đã "xong" một nửa\n'),
        command(task_id, A.SUBMIT),
        command(task_id, A.ACCEPT, OFFICER),
    ]
    published = await take(world, *envelopes)

    assert [type(envelope.data) for envelope in published] == [TaskStatusChanged] * 4
    first, progress, _, last = (envelope.data for envelope in published)
    assert [envelope.data.revision for envelope in published] == [2, 3, 4, 5]
    assert [envelope.causationid for envelope in published] == [envelope.id for envelope in envelopes]
    assert len({envelope.id for envelope in published}) == 4
    assert (first.from_state, first.to_state, first.percent) == (TaskState.ISSUED, TaskState.ACKNOWLEDGED, None)
    [(plan_id, item_id)] = await world.rows("SELECT plan_id, item_id FROM tasks WHERE id = $1", task_id)
    assert progress == TaskStatusChanged(
        task_id=task_id,
        plan_id=plan_id,
        item_id=item_id,
        unit_id=SCHOOL,
        revision=3,
        action=A.REPORT_PROGRESS,
        from_state=TaskState.ACKNOWLEDGED,
        to_state=TaskState.IN_PROGRESS,
        actor=PRINCIPAL,
        note='đã "xong" một nửa\n',
        percent=50,
        count=2,
        at=clock.now(),
    )
    assert (last.to_state, last.actor, last.count) == (TaskState.COMPLETED, OFFICER, 2)
    assert await world.rows(
        "SELECT state, revision, submitted_at, percent, achieved FROM tasks WHERE id = $1", task_id
    ) == [("COMPLETED", 5, clock.now(), 50, 2)]
    assert await world.rows(
        "SELECT revision, action, person_id, actor_unit_id, role, note, at, door FROM task_events ORDER BY revision"
    ) == [
        (2, "acknowledge", PRINCIPAL.person_id, SCHOOL, "principal", None, clock.now(), "kafka"),
        (3, "report-progress", PRINCIPAL.person_id, SCHOOL, "principal", progress.note, clock.now(), "kafka"),
        (4, "submit", PRINCIPAL.person_id, SCHOOL, "principal", None, clock.now(), "kafka"),
        (5, "accept", "so-officer", OFFICE, "officer", None, clock.now(), "kafka"),
    ]


async def test_a_refused_command_is_answered_and_delays_no_other(world: World, task_id: UUID) -> None:
    second = await world.task(SECOND)
    stranger = Actor(person_id="x", unit_id="P-Z-1", role=Role.PRINCIPAL)
    impostor = Actor(person_id="x", unit_id=SCHOOL, role=Role.PRINCIPAL)
    beside = Actor(person_id="x", unit_id=SECOND, role=Role.PRINCIPAL)
    refused = {
        "task-unknown": command(uuid4(), A.ACKNOWLEDGE),
        "wrong-unit": command(second, A.ACKNOWLEDGE),
        "actor-unknown": command(task_id, A.ACKNOWLEDGE, stranger),
        "not-in-role": command(task_id, A.ACKNOWLEDGE, impostor),
        "not-entitled": command(task_id, A.ACKNOWLEDGE, beside),
        "wrong-role": command(task_id, A.DECLINE, PRINCIPAL.model_copy(update={"role": Role.STAFF}), reason="bận"),
        "wrong-state": command(task_id, A.SUBMIT),
        "reason-missing": command(task_id, A.DECLINE),
        "stale-revision": command(task_id, A.ACKNOWLEDGE, expected_revision=9),
    }
    published = await take(world, *refused.values(), command(task_id, A.ACKNOWLEDGE))
    answers = {envelope.causationid: envelope.data for envelope in published}
    for code, envelope in refused.items():
        answer = answers.pop(envelope.id)
        assert isinstance(answer, TaskCommandRejected)
        assert (answer.code, answer.command_id, answer.task_id) == (code, envelope.id, envelope.data.task_id)
    [changed] = answers.values()
    assert changed.revision == 2


async def test_both_heads_of_a_school_confirm_where_both_answer(world: World, task_id: UUID) -> None:
    await world.approve(item(7, accountable=(Role.PRINCIPAL, Role.UNION_CHAIR)))
    await world.published()
    both = await world.task(SCHOOL, 7)
    published = await take(
        world,
        command(both, A.ACKNOWLEDGE),
        command(both, A.START),
        command(both, A.SUBMIT, CHAIR),
    )
    assert published[-1].data.to_state is TaskState.IN_PROGRESS
    assert await world.rows("SELECT confirmed_by FROM tasks WHERE id = $1", both) == [("union-chair",)]
    [again, submitted] = await take(world, command(both, A.SUBMIT, CHAIR), command(both, A.SUBMIT))
    assert {type(again.data), type(submitted.data)} == {TaskCommandRejected, TaskStatusChanged}
    assert await world.rows("SELECT state, confirmed_by FROM tasks WHERE id = $1", both) == [("SUBMITTED", None)]


async def test_a_person_who_left_the_role_acts_no_more(world: World, task_id: UUID, clock: FixedClock) -> None:
    new = person("new-principal", Role.PRINCIPAL)
    leaving = person(PRINCIPAL.person_id, Role.PRINCIPAL).model_copy(update={"valid_to": clock.now().date()})
    sequence = len(province()) + 1
    await world.take_directory(unit(SCHOOL, UnitKind.SCHOOL, "P-A", sequence, people=(leaving, new)))
    [accepted] = await take(world, command(task_id, A.ACKNOWLEDGE))
    assert isinstance(accepted.data, TaskStatusChanged)
    clock.moment += timedelta(days=1)
    [refused] = await take(world, command(task_id, A.START))
    assert refused.data.code == "not-in-role"


async def test_where_the_directory_knows_nobody_the_portal_is_believed(world: World, task_id: UUID) -> None:
    someone = Actor(person_id="someone", unit_id=OTHER, role=Role.PRINCIPAL)
    [accepted] = await take(world, command(await world.task(OTHER), A.ACKNOWLEDGE, someone, OTHER))
    assert accepted.data.actor == someone


async def test_a_district_accepts_but_only_a_party_withdraws(world: World, task_id: UUID) -> None:
    district = Actor(person_id="pgd-officer", unit_id=DISTRICT_OFFICE, role=Role.OFFICER)
    await take(world, command(task_id, A.ACKNOWLEDGE), command(task_id, A.START), command(task_id, A.SUBMIT))
    [refused] = await take(world, command(task_id, A.WITHDRAW, district, reason="trùng"))
    assert refused.data.code == "not-entitled"
    [accepted] = await take(world, command(task_id, A.ACCEPT, district))
    assert accepted.data.to_state is TaskState.COMPLETED


async def test_a_school_assigns_by_its_own_plan(world: World) -> None:
    await world.approve(item(1), parties=[SCHOOL])
    own = await world.task(SCHOOL)
    await take(world, command(own, A.ACKNOWLEDGE), command(own, A.START), command(own, A.SUBMIT))
    [completed] = await take(world, command(own, A.ACCEPT, CHAIR))
    assert completed.data.to_state is TaskState.COMPLETED


async def test_over_http_the_token_has_proved_the_role(world: World, task_id: UUID) -> None:
    asked = Command(task_id, None, "not-in-the-directory", SCHOOL, Request(A.ACKNOWLEDGE, (Role.STAFF, Role.PRINCIPAL)))
    async with world.database.transaction() as tx:
        [outcome] = await change_tasks(tx, [asked], door="http")
    assert isinstance(outcome, Standing)
    assert await world.rows("SELECT role, door FROM task_events") == [("staff", "http")]


async def test_nothing_is_written_for_a_batch_of_refusals(world: World) -> None:
    asked = Command(uuid4(), None, "p", SCHOOL, Request(A.ACKNOWLEDGE, (Role.PRINCIPAL,)))
    async with world.database.transaction() as tx:
        [outcome] = await change_tasks(tx, [asked], door="kafka")
    assert isinstance(outcome, Denied)
    assert await world.rows("SELECT count(*) FROM outbox") == [(0,)]
