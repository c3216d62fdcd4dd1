"""Use-case: units that ended and handed over to nobody, for an officer to decide."""

import asyncio

from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.planner import store
from services.planner.rules.obligations import Directory, obligations, without_heir
from services.planner.rules.reach import bounds
from services.planner.use_cases.caller import Caller
from services.planner.use_cases.reaching import days_of
from services.planner.use_cases.seeing import seen
from services.planner.views import Asked, PlanView, WaitingUnit


async def waiting_units(tx: Transaction, caller: Caller) -> list[WaitingUnit]:
    """The units below the caller that ended and handed over to nobody, if a plan in force that the caller may see has
    asked something of them. What of it is still open, and who takes it over, the tracker knows alone.

    The transaction sees the whole directory from here on, because who takes over may stand beside the caller.
    """
    today = day_in_viet_nam(tx.now)
    await store.units.see_whole_directory(tx)
    units = await store.units.ended(tx)
    directory = await asyncio.to_thread(Directory, units, today)
    heirs = without_heir(units, caller.within, today)
    asked: dict[str, list[Asked]] = {unit_id: [] for unit_id in heirs}
    paths = [units[unit_id].path for unit_id in heirs]
    for plan_id in await store.versions.in_force_over(tx, paths, within=caller.within):
        plan = await seen(tx, caller, plan_id)
        counts = await asyncio.to_thread(_counts, plan, directory)
        for unit_id in heirs.keys() & counts.keys():
            counted = Asked(
                plan_id=plan_id, number=plan.document.number, title=plan.document.title, tasks=counts[unit_id]
            )
            asked[unit_id].append(counted)
    return [
        WaitingUnit(
            unit_id=unit_id,
            name=units[unit_id].unit.name,
            valid_to=units[unit_id].unit.valid_to or today,
            heirs=heirs[unit_id],
            asked=tuple(plans),
        )
        for unit_id, plans in sorted(asked.items())
        if plans
    ]


def _counts(plan: PlanView, directory: Directory) -> dict[str, int]:
    """What the plan has asked of each unit; of one that has changed since, 0 where what it had is in no directory."""
    found = obligations(plan.document, directory, days_of(plan))
    below = tuple(bounds(plan.document, directory.places))
    changed = (unit_id for unit_id in found.changed if directory.places[unit_id].path.startswith(below))
    return {**dict.fromkeys(changed, 0), **found.units}
