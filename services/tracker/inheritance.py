"""Typed functions around `sql/succession.sql`: units that end, those that wait for a decision, and late joiners."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from contracts.tasks import TaskState
from contracts.units import Role
from services.kit.database import Transaction
from services.kit.sql import load_queries
from services.tracker import store
from services.tracker.model import Story
from services.tracker.transitions import TERMINAL

queries = load_queries(Path(__file__).parent / "sql" / "succession.sql")

CLOSED = sorted({TaskState.COMPLETED, *TERMINAL})
"""The states of tasks that stay where they are; what is done stays where it was done."""


class Ended(NamedTuple):
    """A unit that ended, and the one unit that takes over; none: a person must say which."""

    unit_id: str
    heir_id: str | None
    heir_name: str | None


class Mover(NamedTuple):
    """The person who hands tasks over, with their reason."""

    person_id: str
    unit_id: str
    role: Role
    reason: str


class Moving(NamedTuple):
    """From which unit to which tasks move; without `by`, because the directory says so."""

    unit_id: str
    heir_id: str
    heir_name: str
    by: Mover | None = None


class Followed(NamedTuple):
    """What a step did: of `seen` tasks so many moved; the others were withdrawn."""

    seen: int
    moved: int
    withdrawn: int


class Joining(NamedTuple):
    """A batch of schools that joined, with the next plan for them; none: they have all."""

    joining_id: int
    unit_ids: list[str]
    plan_id: UUID | None
    version: int
    effective_on: date
    story: Story


# Jobs


async def queue(tx: Transaction, changed: Sequence[str], new: Sequence[str], today: date) -> None:
    """Queue what follows from changes of these units, of which some are new."""
    await queries.queue_successions(tx.connection, changed=changed)
    await queries.queue_joinings(tx.connection, changed=changed, new=new, today=today)


async def requeue(tx: Transaction, unit_ids: Sequence[str]) -> None:
    """Look again at those of the units that have ended."""
    await queries.requeue_successions(tx.connection, unit_ids=unit_ids)


async def follow_first(tx: Transaction, plan_id: UUID) -> None:
    """Before a later version of a plan is laid: look at units that ended and that an earlier one gave tasks."""
    await queries.requeue_successions_of_plan(tx.connection, plan_id=plan_id)


async def follow_decomposition(tx: Transaction, plan_id: UUID, today: date) -> None:
    """After a plan was decomposed: look at units that ended or joined since it took effect."""
    await queries.requeue_successions_of_plan(tx.connection, plan_id=plan_id)
    await queries.queue_joinings_of_plan(tx.connection, plan_id=plan_id, today=today)


async def one_at_a_time(tx: Transaction) -> bool:
    """Whether this transaction alone may move tasks and give them to joiners, until it ends."""
    return bool(await queries.one_at_a_time(tx.connection))


# Succession


async def next_succession(tx: Transaction, today: date) -> Ended | None:
    """The unit whose end is due the longest and not settled."""
    row = await queries.next_succession(tx.connection, today=today)
    return row and Ended(row["unit_id"], row["heir_id"], row["heir_name"])


async def wait_for_successor(tx: Transaction, unit_id: str, today: date) -> None:
    """Look at the unit again tomorrow, or when the directory changes."""
    await queries.wait_for_successor(tx.connection, unit_id=unit_id, today=today)


async def inherit(tx: Transaction, unit_id: str, heir_id: str) -> None:
    """Let the successor see what the unit has done."""
    await queries.inherit(tx.connection, unit_id=unit_id, heir_id=heir_id)


async def follow_chunk(
    tx: Transaction, moving: Moving, today: date, *, size: int, task_ids: Sequence[UUID] | None = None
) -> Followed:
    """Move the next open tasks, at most `size` (of `task_ids`, where given)."""
    by = moving.by
    row = await queries.follow_chunk(
        tx.connection,
        unit_id=moving.unit_id,
        heir_id=moving.heir_id,
        closed=CLOSED,
        task_ids=task_ids,
        size=size,
        reason=by and by.reason,
        doubled_reason=f"Đơn vị {moving.heir_name} đã có nhiệm vụ này.",
        again_reason="Nhiệm vụ tiếp nhận từ đơn vị đã kết thúc.",
        person_id=by and by.person_id,
        actor_unit_id=by and by.unit_id,
        role=by and by.role,
        door="http" if by else "directory",
        today=today,
        now=tx.now,
    )
    return Followed(**dict(row))


async def advance_succession(tx: Transaction, unit_id: str, tasks: int, *, finished: bool) -> None:
    """Remember how far a succession is."""
    await queries.advance_succession(tx.connection, unit_id=unit_id, tasks=tasks, finished=finished, now=tx.now)


# Late joiners


async def next_joining(tx: Transaction, today: date) -> Joining | None:
    """The batch that is due the longest."""
    row = await queries.next_joining(tx.connection, today=today)
    if row is None:
        return None
    story = Story(row["causation_id"], row["correlation_id"], row["traceparent"])
    return Joining(row["id"], row["unit_ids"], row["plan_id"], row["version"], row["effective_on"], story)


async def issue_to_joiners(tx: Transaction, batch: Joining, today: date) -> int:
    """Give the batch what its plan still asks of it. Returns how many tasks that made."""
    assert batch.plan_id is not None
    parties, signed_for = await store.reach_of(tx, batch.plan_id)
    rows = queries.jurisdictions_today(tx.connection, plan_id=batch.plan_id, today=today)
    row = await queries.issue_to_joiners(
        tx.connection,
        plan_id=batch.plan_id,
        version=batch.version,
        effective_on=batch.effective_on,
        unit_ids=batch.unit_ids,
        parties=parties,
        signed_for=signed_for,
        jurisdictions=[row["path"] async for row in rows],
        today=today,
        now=tx.now,
        **batch.story._asdict(),
    )
    return int(row["tasks"])


async def advance_joining(tx: Transaction, joining_id: int, plan_id: UUID) -> None:
    """Remember up to which plan the batch has what it is asked."""
    await queries.advance_joining(tx.connection, id=joining_id, plan_id=plan_id)


async def end_joining(tx: Transaction, joining_id: int) -> None:
    """The batch has everything."""
    await queries.end_joining(tx.connection, id=joining_id)


# What people ask


async def unit_in_directory(tx: Transaction, unit_id: str, today: date, *, within: str) -> Any:
    """A unit below the path, with `is_open` for today; none where there is none."""
    return await queries.unit_in_directory(tx.connection, unit_id=unit_id, today=today, within=within)


async def waiting_units(tx: Transaction, today: date, *, within: str, after: str, at_most: int) -> list[Any]:
    """Units below the path that ended and have open tasks, by id."""
    rows = queries.waiting_units(tx.connection, today=today, within=within, after=after, at_most=at_most, closed=CLOSED)
    return [row async for row in rows]


async def open_tasks_of(tx: Transaction, unit_ids: Sequence[str], *, within: str) -> list[Any]:
    """How many open tasks those of the units have that stand below the path."""
    rows = queries.open_tasks_of(tx.connection, unit_ids=unit_ids, within=within, closed=CLOSED)
    return [row async for row in rows]
