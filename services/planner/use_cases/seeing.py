"""The plans that a caller sees."""

from uuid import UUID

from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.use_cases.caller import Caller
from services.planner.views import PlanView


async def seen(tx: Transaction, caller: Caller, plan_id: UUID) -> PlanView:
    """The plan as it is kept, if the caller may see it. Raises Refusal (404)."""
    plan = await store.plans.view(tx, plan_id, within=caller.within)
    if plan is None:
        raise unknown(plan_id)
    return plan


def unknown(plan_id: UUID) -> Refusal:
    """There is no such plan, or none for the caller."""
    return Refusal(RefusalKind.NOT_FOUND, "plan-unknown", f"there is no plan {plan_id} for you")
