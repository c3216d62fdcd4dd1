"""Takes over what the planner publishes of a plan, and queues what becomes of its tasks."""

from contracts.envelope import Envelope
from contracts.plans import PlanClosed, PlanRevoked
from services.kit.database import Transaction
from services.kit.logs import get_logger
from services.tracker import deriving, inheritance, jobs, store
from services.tracker.store import PlanInForce

log = get_logger()


async def take_over(tx: Transaction, in_force: Envelope[PlanInForce]) -> None:
    """Store the plan as approved or amended, and queue its decomposition. What is known, or older, changes nothing."""
    plan = in_force.data
    if not await store.store_plan(tx, plan):
        log.info("plan.known", plan_id=str(plan.plan_id))
        return
    reason = getattr(plan, "reason", None)
    await jobs.start_decomposition(tx, plan.plan_id, in_force, new_version=True, reason=reason)
    await inheritance.follow_first(tx, plan.plan_id)
    if plan.parent_id is not None:
        await deriving.answer(tx, plan.parent_id, derived_id=plan.plan_id)
    log.info("plan.taken_over", plan_id=str(plan.plan_id), count=len(plan.items))


async def end(tx: Transaction, event: Envelope[PlanRevoked | PlanClosed]) -> None:
    """Remember that the plan is no longer in force, and queue what becomes of its tasks."""
    plan = event.data
    if isinstance(plan, PlanRevoked):
        reason, known = plan.reason, not await store.end_plan(tx, plan.plan_id, "REVOKED")
    else:
        reason, known = None, not await store.end_plan(tx, plan.plan_id, "CLOSED", plan.carried_over)
    if known:
        log.info("plan.known", plan_id=str(plan.plan_id))
        return
    await jobs.start_decomposition(tx, plan.plan_id, event, new_version=False, reason=reason)
    log.info("plan.ended", plan_id=str(plan.plan_id), code=type(plan).__name__)
