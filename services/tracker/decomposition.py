"""Decomposes approved plans into tasks, a chunk of units per step, each step one transaction.

The work is one SQL statement (`issue_chunk`), whatever the plan's size: no row travels through Python, and
memory stays flat. A kill at any moment loses at most an uncommitted chunk, which the next step makes again.
"""

from collections.abc import Callable

from contracts.scope import jurisdiction
from services.kit.database import Database
from services.kit.logs import get_logger
from services.tracker import jobs, store

log = get_logger()

CHUNK = 20_000
"""Tasks per step at most, a single unit's apart. Half of it costs more commits, more delays the first tasks."""


async def step(database: Database, committed: Callable[[], None]) -> bool:
    """Issue the next chunk of one plan's tasks. Returns whether there was something to do.

    A plan waits until the directory has arrived as the signing parties saw it. `committed` is called when the
    chunk has.
    """
    async with database.transaction() as tx:
        job = await jobs.next_decomposition(tx)
        if job is None:
            return False
        parties = (await store.parties_of(tx, [job.plan_id])).get(job.plan_id, [])
        size = max(1, CHUNK // job.occurrences)
        issued = await jobs.issue_chunk(
            tx,
            job,
            parties=[party.unit_id for party in parties],
            jurisdictions=[jurisdiction(party.kind, party.path) for party in parties],
            size=size,
        )
        finished = issued.seen < size
        units, tasks = await jobs.advance_decomposition(tx, job.plan_id, issued, finished=finished)
    committed()
    if finished:
        log.info("decomposition.finished", plan_id=str(job.plan_id), count=tasks, outcome=f"{units} units")
    if finished and tasks == 0:
        log.error("decomposition.empty", plan_id=str(job.plan_id))
    return True
