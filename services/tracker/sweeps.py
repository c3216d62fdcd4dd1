"""Sweeps the deadlines of a day, a chunk of units per step, each step one transaction.

What was told is marked, so a sweep can be asked for again, and a kill at any moment tells nothing twice.
"""

from collections.abc import Callable
from datetime import date, timedelta

from services.kit.clock import VIET_NAM, day_in_viet_nam
from services.kit.database import Database, Transaction
from services.kit.logs import get_logger
from services.kit.requests import refuse_day_to_come
from services.tracker import jobs
from services.tracker.timeliness import SOON, milestone

log = get_logger()

CHUNK = 500
"""Units per step."""

MORNING = 5
"""The hour in Viet Nam from which on the day is swept by itself."""


async def request(tx: Transaction, day: date) -> None:
    """Queue the sweep of a day. Raises Refusal for a day that has not come."""
    refuse_day_to_come(day, tx.now)
    await jobs.request_sweep(tx, day)


async def step(database: Database, committed: Callable[[], None], *, daily: bool) -> bool:
    """Sweep the next chunk of the oldest day that is queued. Returns whether there was something to do.

    `committed` is called when a transaction has. With `daily`, today is queued by itself once the morning has come.
    """
    async with database.transaction() as tx:
        if daily and tx.now.astimezone(VIET_NAM).hour >= MORNING:
            await jobs.ensure_sweep(tx, day_in_viet_nam(tx.now))
        job = await jobs.next_sweep(tx)
        if job is None:
            return False
        chunk = await jobs.next_units(tx, job.after_unit, CHUNK)
        if chunk.last_unit is not None:
            until = job.day + timedelta(days=SOON)
            due_dates = await jobs.due_dates(tx, job.after_unit, chunk.last_unit, until)
            told = {due_on: reached for due_on in due_dates if (reached := milestone(due_on, job.day))}
            chunk = await jobs.reach_deadlines(tx, job, chunk, told)
        finished = chunk.seen < CHUNK
        units, tasks = await jobs.advance_sweep(tx, job.day, chunk, finished=finished)
    committed()
    if finished:
        log.info("sweep.finished", day=job.day.isoformat(), count=tasks, outcome=f"{units} units")
    return True
