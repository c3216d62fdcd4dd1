"""Use-cases: whom a plan would reach if it were approved now, and what one in force asks of each unit by now."""

import asyncio
from datetime import date
from uuid import UUID

from contracts.plans import PlanDocument, PlanState
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.rules.content import unit_ids_named
from services.planner.rules.obligations import Days, Directory, Obligations, obligations
from services.planner.rules.reach import Reach, bounds, reach
from services.planner.use_cases.caller import Caller
from services.planner.use_cases.seeing import seen
from services.planner.views import PlanView


async def preview(tx: Transaction, caller: Caller, plan_id: UUID) -> Reach:
    """Whom the plan would reach. Raises Refusal (404)."""
    plan = await seen(tx, caller, plan_id)
    await store.units.see_whole_directory(tx)
    return await preview_of(tx, plan)


async def by_now(tx: Transaction, caller: Caller, plan_id: UUID) -> Obligations:
    """What a plan that is or was in force asks of each unit by now, for the reconciliation.

    Raises Refusal: 404; 409 `not-in-force` for a version that never was.
    """
    plan = await seen(tx, caller, plan_id)
    in_force, today = days_of(plan), day_in_viet_nam(tx.now)
    await store.units.see_whole_directory(tx)
    units = await store.units.all_units(tx)
    return await asyncio.to_thread(lambda: obligations(plan.document, Directory(units, today), in_force))


def days_of(plan: PlanView) -> Days:
    """The days that count for a version that is or was in force. Raises Refusal (409 `not-in-force`)."""
    days = {step.to_state: day_in_viet_nam(step.at) for step in reversed(plan.history)}  # of the first such step
    if PlanState.APPROVED not in days:
        raise Refusal(RefusalKind.CONFLICT, "not-in-force", "this version has not been approved")
    sequence = plan.reach.sequence if plan.reach else None
    return Days(days[PlanState.APPROVED], sequence or 0, days.get(PlanState.CLOSED))


async def preview_of(tx: Transaction, plan: PlanView) -> Reach:
    """Whom a plan that the caller sees would reach. Needs the whole directory.

    Pages show it at each view, and a count in a large province takes longer than the page: it is kept as long as
    neither the plan nor the directory nor the day is another.
    """
    key = (plan.plan_id, plan.revision, await store.units.sequence(tx), day_in_viet_nam(tx.now))
    if key not in _kept:
        _kept[key] = await reach_today(tx, plan.document)
        while len(_kept) > MOST_KEPT:
            del _kept[next(iter(_kept))]
    return _kept[key]


MOST_KEPT = 64
"""Plans that a handful of desks have open."""
_kept: dict[tuple[UUID, int, int, date], Reach] = {}


async def reach_today(tx: Transaction, document: PlanDocument) -> Reach:
    """Count in the directory, all of which the transaction must see."""
    named = unit_ids_named(document)
    below = bounds(document, await store.units.places(tx, named))
    places = await store.units.places(tx, named, below=below)
    return await asyncio.to_thread(reach, document, places, day_in_viet_nam(tx.now))
