"""Use-case: whom a plan would reach if it were approved now."""

import asyncio
from uuid import UUID

from contracts.plans import PlanDocument
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.caller import Caller
from services.planner.content import unit_ids_named
from services.planner.reach import Reach, bounds, reach


async def preview(tx: Transaction, caller: Caller, plan_id: UUID) -> Reach:
    """Whom the plan would reach. Raises Refusal (404)."""
    plan = await store.plan(tx, plan_id, within=caller.within)
    if plan is None:
        raise Refusal(RefusalKind.NOT_FOUND, "plan-unknown", f"there is no plan {plan_id} for you")
    await store.see_whole_directory(tx)
    return await reach_today(tx, plan.document)


async def reach_today(tx: Transaction, document: PlanDocument) -> Reach:
    """Count in the directory, all of which the transaction must see."""
    named = unit_ids_named(document)
    below = bounds(document, await store.places(tx, named))
    places = await store.places(tx, named, below=below)
    return await asyncio.to_thread(reach, document, places, day_in_viet_nam(tx.now))
