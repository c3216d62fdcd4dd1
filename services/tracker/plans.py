"""Takes over an approved plan and queues its decomposition."""

from contracts.envelope import Envelope
from contracts.plans import PlanApproved
from services.kit.database import Transaction
from services.kit.logs import get_logger
from services.tracker import jobs, store

log = get_logger()


async def take_over(tx: Transaction, approved: Envelope[PlanApproved]) -> None:
    """Store the plan and queue its decomposition; a version that is known, or older, changes nothing."""
    plan = approved.data
    if not await store.store_plan(tx, plan):
        log.info("plan.known", plan_id=str(plan.plan_id))
        return
    await jobs.start_decomposition(tx, approved)
    log.info("plan.taken_over", plan_id=str(plan.plan_id), count=len(plan.items))
