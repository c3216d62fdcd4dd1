"""Typed functions around `sql/queries.sql` for what is queued and done in chunks: decompositions and sweeps."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from contracts.base import Message
from contracts.envelope import Envelope
from contracts.tasks import Milestone, RevisionCause, TaskState
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.tracker.model import Chunk, Job, Story, Sweep
from services.tracker.store import queries
from services.tracker.transitions import LAPSES, OPEN, UNFINISHED

# Decomposition


async def start_decomposition(
    tx: Transaction, plan_id: UUID, cause: Envelope[Message], *, new_version: bool, reason: str | None = None
) -> None:
    """Queue what becomes of the plan's tasks by its present version, or (not a new one) by its end."""
    await queries.start_decomposition(
        tx.connection,
        plan_id=plan_id,
        new_version=new_version,
        reason=reason,
        causation_id=cause.id,
        correlation_id=cause.correlationid or cause.id,
        traceparent=cause.traceparent,
    )


async def next_decomposition(tx: Transaction) -> Job | None:
    """Take a job that can be worked on into this transaction's hand."""
    row = await queries.next_decomposition(tx.connection, today=day_in_viet_nam(tx.now))
    if row is None:
        return None
    return Job(
        plan_id=row["plan_id"],
        version=row["version"],
        effective_on=row["effective_on"],
        ended=row["ended"],
        carried_over=tuple(row["carried_over"]),
        laying=row["laying"],
        reason=row["reason"],
        occurrences=row["occurrences"],
        after_unit=row["after_unit"],
        story=Story(row["causation_id"], row["correlation_id"], row["traceparent"]),
    )


async def issue_chunk(
    tx: Transaction, job: Job, *, parties: Sequence[str], jurisdictions: Sequence[str], size: int
) -> Chunk:
    """Issue the job's tasks to the next `size` units within the jurisdictions."""
    await queries.expect_many(tx.connection)
    row = await queries.issue_chunk(
        tx.connection,
        plan_id=job.plan_id,
        version=job.version,
        day=job.effective_on,
        after_unit=job.after_unit,
        parties=parties,
        jurisdictions=jurisdictions,
        size=size,
        now=tx.now,
        **job.story._asdict(),
    )
    return Chunk(row["seen"], row["last_unit"], row["units"], row["tasks"])


async def revise_chunk(
    tx: Transaction,
    job: Job,
    cause: RevisionCause,
    *,
    parties: Sequence[str],
    jurisdictions: Sequence[str],
    last_unit: str | None,
) -> tuple[int, int]:
    """Bring the tasks of the job's next units, up to the last one (None: all), to what the cause makes of them.

    Who is reached by no party or jurisdiction is asked for nothing. Returns the units told, and of how many tasks.
    """
    lapse = LAPSES[cause]
    await queries.expect_many(tx.connection)
    row = await queries.revise_chunk(
        tx.connection,
        plan_id=job.plan_id,
        after_unit=job.after_unit,
        last_unit=last_unit,
        version=job.version,
        day=job.effective_on,
        parties=parties,
        jurisdictions=jurisdictions,
        unfinished=sorted(UNFINISHED),
        lapsing=sorted(lapse.states),
        lapsed=lapse.to,
        issued=TaskState.ISSUED,
        carried=job.carried_over if cause is RevisionCause.PLAN_CLOSED else None,
        cause=cause,
        reason=job.reason,
        now=tx.now,
        **job.story._asdict(),
    )
    return row["units"], row["tasks"]


async def advance_decomposition(tx: Transaction, plan_id: UUID, chunk: Chunk, *, finished: bool) -> tuple[int, int]:
    """Remember how far the job is. Returns the units and tasks that it has made in all."""
    return await _advance(tx, queries.advance_decomposition, chunk, finished=finished, plan_id=plan_id)


# Sweeps


async def request_sweep(tx: Transaction, day: date) -> None:
    """Queue the sweep of a day, again where it is finished."""
    await queries.request_sweep(tx.connection, day=day, now=tx.now)


async def ensure_sweep(tx: Transaction, day: date) -> None:
    """Queue the sweep of a day unless it was queued before."""
    await queries.ensure_sweep(tx.connection, day=day, now=tx.now)


async def next_sweep(tx: Transaction) -> Sweep | None:
    """Take the oldest sweep that is not finished into this transaction's hand."""
    row = await queries.next_sweep(tx.connection)
    return row and Sweep(row["day"], row["after_unit"])


async def next_units(tx: Transaction, after_unit: str, size: int) -> Chunk:
    """The next units of the directory in the order of their ids, as a chunk that nobody was told of yet."""
    row = await queries.last_of_chunk(tx.connection, after_unit=after_unit, size=size)
    return Chunk(row["seen"], row["last_unit"])


async def due_dates(tx: Transaction, after_unit: str, last_unit: str, until: date) -> list[date]:
    """The deadlines up to a day that open tasks of these units have."""
    rows = queries.due_dates(tx.connection, after_unit=after_unit, last_unit=last_unit, until=until, open=sorted(OPEN))
    return [row["due_on"] async for row in rows]


async def reach_deadlines(
    tx: Transaction, sweep: Sweep, chunk: Chunk, reached: Mapping[date, tuple[Milestone, int]]
) -> Chunk:
    """Tell the units of the chunk of the milestones that each deadline has reached, once each."""
    row = await queries.reach_deadlines(
        tx.connection,
        day=sweep.day,
        after_unit=sweep.after_unit,
        last_unit=chunk.last_unit,
        open=sorted(OPEN),
        due_dates=list(reached),
        milestones=[milestone for milestone, _ in reached.values()],
        days=[days for _, days in reached.values()],
        correlation_id=f"sweep-{sweep.day}",
        now=tx.now,
    )
    return chunk._replace(units=row["units"], tasks=row["tasks"])


async def advance_sweep(tx: Transaction, day: date, chunk: Chunk, *, finished: bool) -> tuple[int, int]:
    """Remember how far the sweep is. Returns the units and tasks told of in all."""
    return await _advance(tx, queries.advance_sweep, chunk, finished=finished, day=day)


async def _advance(tx: Transaction, advance: Any, chunk: Chunk, *, finished: bool, **job: object) -> tuple[int, int]:
    """Run the query that adds a chunk to what a job, named by its key, has done."""
    row = await advance(
        tx.connection,
        last_unit=chunk.last_unit,
        units=chunk.units,
        tasks=chunk.tasks,
        finished=finished,
        now=tx.now,
        **job,
    )
    return row["units"], row["tasks"]
