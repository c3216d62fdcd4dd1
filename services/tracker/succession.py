"""Units that end and units that join: what is open follows to the successor, what is in force reaches late joiners.

One process at a time, in chunks of one transaction each: a kill at any moment loses an uncommitted chunk, which is
made again. What follows goes first, so that a new successor is given only what did not follow to it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Database, Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.logs import get_logger
from services.tracker import inheritance
from services.tracker.inheritance import Mover, Moving

log = get_logger()

CHUNK = 2000
"""Tasks per step."""


async def step(database: Database, committed: Callable[[], None]) -> bool:
    """Do the next piece that is due today. Returns whether there was something to do.

    `committed` is called when a transaction has.
    """
    async with database.transaction() as tx:
        today = day_in_viet_nam(tx.now)
        if not await inheritance.one_at_a_time(tx):
            return False
        if not (await _follow_next(tx, today) or await _join_next(tx, today)):
            return False
    committed()
    return True


async def _follow_next(tx: Transaction, today: date) -> bool:
    """Move the next tasks of the unit that ended first. Returns whether there was one."""
    ended = await inheritance.next_succession(tx, today)
    if ended is None:
        return False
    if ended.heir_id is None:
        await inheritance.wait_for_successor(tx, ended.unit_id, today)
        return True
    await inheritance.inherit(tx, ended.unit_id, ended.heir_id)
    assert ended.heir_name is not None
    moving = Moving(ended.unit_id, ended.heir_id, ended.heir_name)
    followed = await inheritance.follow_chunk(tx, moving, today, size=CHUNK)
    finished = followed.seen < CHUNK
    await inheritance.advance_succession(tx, ended.unit_id, followed.moved, finished=finished)
    await inheritance.requeue(tx, [ended.heir_id])  # which may have ended, too
    if finished:
        log.info("succession.settled", unit_id=ended.unit_id, outcome=ended.heir_id, count=followed.moved)
    return True


async def _join_next(tx: Transaction, today: date) -> bool:
    """Give the next batch of joiners what one plan asks of them. Returns whether there was a batch."""
    batch = await inheritance.next_joining(tx, today)
    if batch is None:
        return False
    if batch.plan_id is None:
        await inheritance.end_joining(tx, batch.joining_id)
        return True
    tasks = await inheritance.issue_to_joiners(tx, batch, today)
    await inheritance.advance_joining(tx, batch.joining_id, batch.plan_id)
    if tasks:
        await inheritance.requeue(tx, batch.unit_ids)  # of one that has ended meanwhile, they follow
        log.info("joiners.issued", plan_id=str(batch.plan_id), count=tasks)
    return True


async def hand_over(
    tx: Transaction, unit_id: str, to_unit_id: str, *, within: str, task_ids: Sequence[UUID] | None, by: Mover
) -> int:
    """A person decides who takes over what is open of a unit that ended. Returns how many tasks moved.

    Both units stand within the person's path. Raises Refusal: 404 `unit-unknown`; 409 `unit-open`, `unit-closed`.
    """
    today = day_in_viet_nam(tx.now)
    ended = await inheritance.unit_in_directory(tx, unit_id, today, within=within)
    heir = await inheritance.unit_in_directory(tx, to_unit_id, today, within=within)
    if ended is None or heir is None:
        raise Refusal(RefusalKind.NOT_FOUND, "unit-unknown", "there is no such unit within your area")
    if ended["valid_to"] is None or ended["valid_to"] >= today:
        raise Refusal(RefusalKind.CONFLICT, "unit-open", f"{unit_id} has not ended: its tasks stay with it")
    if not heir["is_open"]:
        raise Refusal(RefusalKind.CONFLICT, "unit-closed", f"{to_unit_id} does not exist today")
    followed = await inheritance.follow_chunk(
        tx, Moving(unit_id, to_unit_id, heir["name"], by), today, size=CHUNK, task_ids=task_ids
    )
    return followed.moved


MOVERS = (Role.OFFICER, Role.SIGNATORY)
"""Who may hand over what a unit left."""
