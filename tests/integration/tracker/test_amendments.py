"""Plans that change and end, and what becomes of their tasks."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.envelope import Envelope
from contracts.plans import (
    AmendedItem,
    ApprovedItem,
    Change,
    ItemKind,
    Occurrence,
    PartyRole,
    PlanAmended,
    PlanApproved,
    PlanClosed,
    PlanRevoked,
    SignedParty,
)
from contracts.tasks import Actor, RevisionCause, TasksIssued, TasksRevised, TaskState, TaskStatusChanged
from contracts.units import Level, Role, UnitKind
from services.tracker import decomposition, jobs, plans, succession
from tests.integration.tracker.test_changes import OFFICER, A, command, take
from tests.integration.tracker.world import (
    CLOSED,
    OFFICE,
    OPEN_SCHOOLS,
    OTHER,
    SCHOOL,
    SECOND,
    UNION,
    World,
    finish,
    item,
    nobody,
    plan,
    schools_scope,
    unit,
)
from tests.support.clock import FixedClock

S = TaskState
DAY, LATER = date(2025, 11, 20), date(2025, 11, 25)


def amended(before: PlanApproved | PlanAmended, *items: ApprovedItem, **more: Any) -> PlanAmended:
    """The next version, with these items. What `changes` says is for people; the tracker goes by the items."""
    changes = (AmendedItem(item_id=uuid4(), change=Change.KEPT),)
    said = {**before.model_dump(), "version": before.version + 1, "items": items, "changes": changes, **more}
    return PlanAmended.model_validate(said)


def moved(old: ApprovedItem, *due: date) -> ApprovedItem:
    """The item, due on other days under the same keys."""
    occurrences = tuple(Occurrence(key=each.key, due_on=day) for each, day in zip(old.occurrences, due, strict=True))
    return old.model_copy(update={"occurrences": occurrences})


async def arrive(world: World, event: Any) -> None:
    envelope: Envelope[Any] = Envelope.of(event, subject=str(event.plan_id), source="/planner")
    async with world.database.transaction() as tx:
        if isinstance(event, PlanRevoked | PlanClosed):
            await plans.end(tx, envelope)
        else:
            await plans.take_over(tx, envelope)


async def amend(world: World, before: PlanApproved | PlanAmended, *items: ApprovedItem, **more: Any) -> PlanAmended:
    event = amended(before, *items, **more)
    await arrive(world, event)
    await world.decompose()
    return event


async def bring(world: World, unit_id: str, state: TaskState, position: int = 1) -> UUID:
    """The unit's task, brought to the state by its principal and the office."""
    task_id = await world.task(unit_id, position)
    principal = Actor(person_id=f"{unit_id}-principal", unit_id=unit_id, role=Role.PRINCIPAL)
    steps = {S.SUBMITTED: 3, S.COMPLETED: 4}[state]
    for action in (A.ACKNOWLEDGE, A.START, A.SUBMIT, A.ACCEPT)[:steps]:
        await take(world, command(task_id, action, OFFICER if action is A.ACCEPT else principal, unit_id))
    return task_id


async def states(world: World, position: int = 1) -> dict[str, str]:
    query = "SELECT unit_id, state FROM tasks JOIN items USING (plan_id, item_id) WHERE position = $1"
    return dict(await world.rows(query, position))


async def test_an_item_that_falls_due_on_another_day_is_told_and_what_is_done_stays(
    world: World, clock: FixedClock
) -> None:
    old = item(1, DAY)
    first = await world.approve(old)
    done = await bring(world, SCHOOL, S.COMPLETED)
    await world.published()
    event = await amend(world, first, moved(old, LATER), reason="lùi hạn")

    envelopes = await world.published()
    assert {type(envelope.data) for envelope in envelopes} == {TasksRevised}
    assert {envelope.subject for envelope in envelopes} == set(OPEN_SCHOOLS) - {SCHOOL}
    for envelope in envelopes:
        assert (envelope.data.cause, envelope.data.plan_version, envelope.data.reason, envelope.data.at) == (
            RevisionCause.PLAN_AMENDED,
            event.version,
            "lùi hạn",
            clock.now(),
        )
        [task] = envelope.data.tasks
        assert (task.from_state, task.to_state, task.due_on, task.revision) == (S.ISSUED, S.ISSUED, LATER, 2)
    days = dict(await world.rows("SELECT unit_id, due_on FROM tasks"))
    assert days == dict.fromkeys(OPEN_SCHOOLS, LATER) | {SCHOOL: DAY}
    history = await world.rows("SELECT action, person_id, door, reason FROM task_events WHERE door = 'plan'")
    assert history == [("plan-amended", None, "plan", "lùi hạn")] * (len(OPEN_SCHOOLS) - 1)
    assert await world.rows("SELECT state FROM tasks WHERE id = $1", done) == [("COMPLETED",)]


async def test_items_are_kept_withdrawn_and_issued(world: World) -> None:
    kept, dropped, added = item(1), item(2), item(3)
    first = await world.approve(kept, dropped)
    await bring(world, SCHOOL, S.COMPLETED, position=2)
    await bring(world, OTHER, S.SUBMITTED, position=2)
    await world.published()
    await amend(world, first, kept, added)

    assert await states(world, 2) == dict.fromkeys(OPEN_SCHOOLS, "WITHDRAWN") | {SCHOOL: "COMPLETED"}
    assert set((await states(world, 1)).values()) == set((await states(world, 3)).values()) == {"ISSUED"}
    events = [envelope.data for envelope in await world.published()]
    revised = [task for event in events if isinstance(event, TasksRevised) for task in event.tasks]
    issued = [task for event in events if isinstance(event, TasksIssued) for task in event.tasks]
    assert {(task.item_id, task.to_state) for task in revised} == {(dropped.item_id, S.WITHDRAWN)}
    assert {task.item_id for task in issued} == {added.item_id}
    assert (len(revised), len(issued)) == (len(OPEN_SCHOOLS) - 1, len(OPEN_SCHOOLS))
    books = await world.rows("SELECT count(*) FILTER (WHERE asked), count(*) FILTER (WHERE NOT asked) FROM tasks")
    assert books == [(2 * len(OPEN_SCHOOLS), len(OPEN_SCHOOLS))]


async def test_words_that_change_are_told_once_and_headings_are_not(world: World) -> None:
    old = item(1)
    first = await world.approve(old)
    await world.published()
    second = await amend(world, first, old.model_copy(update={"heading": "Khác", "position": 2}))
    assert await world.published() == []
    third = await amend(world, second, old.model_copy(update={"text": "Nội dung khác"}))
    assert len(await world.published()) == len(OPEN_SCHOOLS)
    await amend(world, third, old.model_copy(update={"text": "Nội dung khác"}), number="2/KH")
    assert await world.published() == []


async def test_a_scope_that_changes_withdraws_from_some_and_binds_others(world: World) -> None:
    old = item(1, scope=schools_scope(levels={Level.MN}))
    first = await world.approve(old)
    [(withdrawn,)] = await world.rows("SELECT unit_id FROM tasks")
    await world.published()
    second = await amend(world, first, old.model_copy(update={"scope": schools_scope(levels={Level.THCS})}))
    assert await states(world) == {withdrawn: "WITHDRAWN", SECOND: "ISSUED"}
    await world.published()

    await amend(world, second, old)
    assert await states(world) == {withdrawn: "ISSUED", SECOND: "WITHDRAWN"}
    told = {(task.from_state, task.to_state) for each in await world.published() for task in each.data.tasks}
    assert told == {(S.WITHDRAWN, S.ISSUED), (S.ISSUED, S.WITHDRAWN)}


async def test_a_unit_that_was_closed_and_a_party_that_left_are_asked_no_more(world: World) -> None:
    old = item(1)
    of_parties = item(2, scope=schools_scope(audience="parties"))
    first = await world.approve(old, of_parties)
    [(sequence,)] = await world.rows("SELECT sequence FROM directory")
    await world.take_directory(unit(OTHER, UnitKind.SCHOOL, "P-B", sequence + 1, valid_to=date(2025, 9, 2)))
    await finish(lambda: succession.step(world.database, nobody))
    parties = tuple(party for party in first.parties if party.unit_id != UNION)
    await amend(world, first, old, of_parties, parties=parties, effective_on=date(2025, 9, 3))
    assert await states(world, 1) == dict.fromkeys(OPEN_SCHOOLS, "ISSUED") | {OTHER: "WITHDRAWN"}
    assert await states(world, 2) == {OFFICE: "ISSUED", UNION: "WITHDRAWN"}
    assert CLOSED not in await states(world, 1)


async def test_an_amendment_amid_the_first_fan_out_comes_to_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decomposition, "CHUNK", 2)
    kept, dropped, added = item(1, DAY), item(2), item(3)
    first = plan(kept, dropped)
    await world.take_plan(first)
    for _ in ("P", "P-A", SCHOOL, SECOND):
        assert await decomposition.step(world.database, nobody)
    second = amended(first, moved(kept, LATER), added)
    await arrive(world, second)
    for _ in ("P", "P-A", SCHOOL):
        assert await decomposition.step(world.database, nobody)
    await arrive(world, amended(second, moved(kept, LATER), added.model_copy(update={"text": "Khác"})))
    await arrive(world, second)
    await world.decompose()

    live = await world.rows("SELECT unit_id, item_id, due_on FROM tasks WHERE asked ORDER BY unit_id, item_id")
    assert live == sorted(
        (unit_id, each.item_id, due) for unit_id in OPEN_SCHOOLS for each, due in ((kept, LATER), (added, None))
    )
    assert await states(world, 2) == dict.fromkeys((SCHOOL, SECOND), "WITHDRAWN")
    revisions = await world.rows(
        "SELECT tasks.revision, count(task_events) + 1 FROM tasks LEFT JOIN task_events ON task_id = id GROUP BY id"
    )
    assert all(revision == entries for revision, entries in revisions)
    assert max(revision for revision, _ in revisions) == 2


async def test_a_chunk_that_was_not_committed_is_revised_again_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = item(1, DAY)
    first = await world.approve(old)
    await world.published()
    await arrive(world, amended(first, moved(old, LATER)))

    async def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "advance_decomposition", dies)
        with pytest.raises(ConnectionError):
            await decomposition.step(world.database, nobody)
    await world.decompose()
    assert sorted(envelope.subject for envelope in await world.published()) == sorted(OPEN_SCHOOLS)
    await world.rows("UPDATE decompositions SET finished_at = NULL, after_unit = ''")
    await world.decompose()
    assert await world.published() == []


async def test_a_revoked_plan_withdraws_what_is_not_finished_and_is_swept_no_more(world: World) -> None:
    first = await world.approve(item(1, DAY), item(2))
    await bring(world, SCHOOL, S.COMPLETED)
    await bring(world, SECOND, S.SUBMITTED)
    await world.published()
    revoked = PlanRevoked(plan_id=first.plan_id, version=1, reason="thay thế", revoked_at=first.approved_at)
    await arrive(world, revoked)
    await arrive(world, revoked)
    await world.decompose()
    assert await states(world) == dict.fromkeys(OPEN_SCHOOLS, "WITHDRAWN") | {SCHOOL: "COMPLETED"}
    envelopes = await world.published()
    assert {(each.data.cause, each.data.reason) for each in envelopes} == {(RevisionCause.PLAN_REVOKED, "thay thế")}
    assert sum(len(each.data.tasks) for each in envelopes) == 2 * len(OPEN_SCHOOLS) - 1
    await arrive(world, amended(first, item(3)))
    await world.decompose()
    assert await world.published() == []


async def test_a_closed_plan_carries_over_what_is_open_of_its_items(world: World) -> None:
    carried, other = item(1, DAY), item(2)
    first = await world.approve(carried, other)
    await bring(world, SCHOOL, S.COMPLETED)
    await world.published()
    closed = PlanClosed(plan_id=first.plan_id, version=1, carried_over=(carried.item_id,), closed_at=first.approved_at)
    await arrive(world, closed)
    await world.decompose()
    assert await states(world, 1) == dict.fromkeys(OPEN_SCHOOLS, "CARRIED_OVER") | {SCHOOL: "COMPLETED"}
    assert set((await states(world, 2)).values()) == {"ISSUED"}
    envelopes = await world.published()
    assert {each.data.cause for each in envelopes} == {RevisionCause.PLAN_CLOSED}
    assert await world.rows("SELECT DISTINCT asked FROM tasks") == [(True,)]


async def test_a_plan_closed_amid_its_fan_out_still_reaches_everybody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decomposition, "CHUNK", 2)
    first = plan(item(1), item(2))
    await world.take_plan(first)
    assert await decomposition.step(world.database, nobody)
    carried = (first.items[0].item_id,)
    await arrive(world, PlanClosed(plan_id=first.plan_id, version=1, carried_over=carried, closed_at=first.approved_at))
    await world.decompose()
    assert await states(world, 1) == dict.fromkeys(OPEN_SCHOOLS, "CARRIED_OVER")
    assert await states(world, 2) == dict.fromkeys(OPEN_SCHOOLS, "ISSUED")


def own_plan(unit_id: str, parent_id: UUID) -> PlanApproved:
    """A school's own plan, signed by its principal and its union chair."""
    said = plan(item(1), parties=[unit_id], parent_id=parent_id, number="12/KH", title="Kế hoạch của trường")
    parties = tuple(
        SignedParty(unit_id=unit_id, role=role, name="x", signed_by=f"{unit_id}-{who}", signed_at=said.approved_at)
        for role, who in ((PartyRole.EDUCATION, "principal"), (PartyRole.UNION, "chair"))
    )
    return said.model_copy(update={"parties": parties})


async def derived(world: World, plan_id: UUID) -> list[tuple[Any, ...]]:
    return await world.rows(
        "SELECT unit_id, state, derived_id FROM tasks WHERE plan_id = $1 AND derived_id IS NOT NULL", plan_id
    )


async def test_a_units_own_plan_answers_its_task_to_make_one(world: World) -> None:
    both = ("principal", "union-chair")
    parent = await world.approve(item(1, kind=ItemKind.DERIVE_PLAN, accountable=both), item(2))
    await world.published()
    child = own_plan(SCHOOL, parent.plan_id)
    await world.take_plan(child)
    await world.take_plan(child)

    assert await derived(world, parent.plan_id) == [(SCHOOL, "SUBMITTED", child.plan_id)]
    changes = [each.data for each in await world.published() if isinstance(each.data, TaskStatusChanged)]
    assert [(change.action, change.actor.person_id) for change in changes] == [
        (A.ACKNOWLEDGE, f"{SCHOOL}-principal"),
        (A.START, f"{SCHOOL}-principal"),
        (A.SUBMIT, f"{SCHOOL}-principal"),
        (A.SUBMIT, f"{SCHOOL}-chair"),
    ]
    assert {change.note for change in changes} == {"12/KH Kế hoạch của trường"}


async def test_a_plan_that_comes_before_its_parents_tasks_answers_them_when_they_are_there(world: World) -> None:
    parent = plan(item(1, kind=ItemKind.DERIVE_PLAN))
    child = own_plan(SCHOOL, parent.plan_id)
    await world.take_plan(child)
    await world.take_plan(parent)
    await world.decompose()
    assert await derived(world, parent.plan_id) == [(SCHOOL, "SUBMITTED", child.plan_id)]


async def test_a_returned_answer_is_submitted_again_by_the_next_version_alone(world: World) -> None:
    parent = await world.approve(item(1, kind=ItemKind.DERIVE_PLAN))
    child = own_plan(SCHOOL, parent.plan_id)
    await world.take_plan(child)
    await world.decompose()
    [(task_id,)] = await world.rows("SELECT id FROM tasks WHERE plan_id = $1 AND unit_id = $2", parent.plan_id, SCHOOL)
    await take(world, command(task_id, A.RETURN, OFFICER, reason="thiếu"))
    await world.rows("UPDATE decompositions SET finished_at = NULL, after_unit = ''")
    await world.decompose()
    assert await derived(world, parent.plan_id) == [(SCHOOL, "RETURNED", child.plan_id)]
    await amend(world, child, *child.items, parties=child.parties)
    assert await derived(world, parent.plan_id) == [(SCHOOL, "SUBMITTED", child.plan_id)]
