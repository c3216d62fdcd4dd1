"""Brings the tasks of plans to what they ask for, a chunk of units per step, each step one transaction.

The first version issues them. A later one, and the plan's end, lay over the units what holds by then: what is
missing is issued, what changed is told, what is asked for no more lapses. It goes by how the tasks stand and not by
what came before, so versions may follow each other while a job runs, which then begins anew.

The work is two SQL statements (`issue_chunk`, `revise_chunk`), whatever the plan's size: no row travels through
Python, and memory stays flat. A kill at any moment loses at most an uncommitted chunk, which the next step makes
again.
"""

from collections.abc import Callable, Iterator

from contracts.tasks import RevisionCause
from services.kit.clock import day_in_viet_nam
from services.kit.database import Database, Transaction
from services.kit.logs import get_logger
from services.tracker import deriving, inheritance, jobs, store
from services.tracker.model import Chunk, Job

log = get_logger()

CHUNK = 20_000
"""Tasks per step at most, a single unit's apart. Half of it costs more commits, more delays the first tasks."""


async def step(database: Database, committed: Callable[[], None]) -> bool:
    """Take one plan's next chunk. Returns whether there was something to do.

    A plan waits until the directory has arrived as the signing parties saw it. `committed` is called when the
    chunk has.
    """
    async with database.transaction() as tx:
        job = await jobs.next_decomposition(tx)
        if job is None:
            return False
        size = max(1, CHUNK // max(1, job.occurrences))
        chunk = await _lay(tx, job, size)
        finished = chunk.seen < size
        units, tasks = await jobs.advance_decomposition(tx, job.plan_id, chunk, finished=finished)
        if finished and job.ended is None:
            await deriving.answer(tx, job.plan_id)
            await inheritance.follow_decomposition(tx, job.plan_id, day_in_viet_nam(tx.now))
    committed()
    if finished:
        log.info("decomposition.finished", plan_id=str(job.plan_id), count=tasks, outcome=f"{units} units")
    if finished and tasks == 0 and job.ended is None:
        log.error("decomposition.empty", plan_id=str(job.plan_id))
    return True


async def _lay(tx: Transaction, job: Job, size: int) -> Chunk:
    """Issue and revise the tasks of the next units. Returns what was issued."""
    unit_ids, jurisdictions = await store.reach_of(tx, job.plan_id)
    if job.laying and job.ended != "REVOKED":
        chunk = await jobs.issue_chunk(tx, job, parties=unit_ids, jurisdictions=jurisdictions, size=size)
    else:
        chunk = await jobs.next_units(tx, job.after_unit, size)
    last_unit = chunk.last_unit if chunk.seen == size else None  # at the end also the units that it reaches no more
    for cause in _causes(job):
        ended = cause is not RevisionCause.PLAN_AMENDED  # it asks nobody for anything
        await jobs.revise_chunk(
            tx,
            job,
            cause,
            parties=() if ended else unit_ids,
            jurisdictions=() if ended else jurisdictions,
            last_unit=last_unit,
        )
    return chunk


def _causes(job: Job) -> Iterator[RevisionCause]:
    """Why tasks of the plan may have to change, in turn."""
    if job.ended == "REVOKED":
        yield RevisionCause.PLAN_REVOKED
        return
    if job.laying and job.version > 1:
        yield RevisionCause.PLAN_AMENDED
    if job.ended == "CLOSED":
        yield RevisionCause.PLAN_CLOSED
