"""Which other plans ask something of the same unit on the same day as this one."""

import asyncio
from uuid import UUID

from contracts.plans import PlanDocument, PlanState, Warning
from contracts.scope import Place, jurisdiction
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.planner import store
from services.planner.rules.content import unit_ids_named
from services.planner.rules.reach import bounds
from services.planner.rules.same_days import OtherPlan, named_days, same_date_warnings
from services.planner.store.plans import OnDays


async def compared(
    tx: Transaction,
    document: PlanDocument,
    owner_id: str,
    *,
    lasting_id: UUID | None = None,
    parent_id: UUID | None = None,
) -> PlanDocument:
    """The document with a warning of each day that another plan in force, or being signed, has by now too.

    From here on the transaction sees the whole directory, because other plans may stand above the caller.
    """
    warnings = tuple(warning for warning in document.warnings if warning.code != "same-date")
    if named_days(document):
        await store.units.see_whole_directory(tx)
        warnings += await _same_date_warnings(tx, document, owner_id, lasting_id, parent_id)
    return document.model_copy(update={"warnings": warnings})


async def _same_date_warnings(
    tx: Transaction, document: PlanDocument, owner_id: str, lasting_id: UUID | None, parent_id: UUID | None
) -> tuple[Warning, ...]:
    named = {owner_id, *unit_ids_named(document)}
    places = await store.units.places(tx, named)
    below = bounds(document, places)
    others = await store.plans.on_days(
        tx, named_days(document).keys(), below, lasting_id=lasting_id, parent_id=parent_id
    )
    if not others:
        return ()
    for other in others:
        named |= unit_ids_named(other.document).union(other.unit_ids)
    places = await store.units.places(tx, named, below=below)
    names = await store.units.unit_names(tx, {other.owner_id for other in others})
    owners_area = jurisdiction(places[owner_id].kind, places[owner_id].path)
    described = [
        OtherPlan(other.document, names[other.owner_id], _may_be_named(other, places, owners_area)) for other in others
    ]
    return await asyncio.to_thread(same_date_warnings, document, described, places, day_in_viet_nam(tx.now))


def _may_be_named(other: OnDays, places: dict[str, Place], owners_area: str) -> bool:
    seen = any(places[unit_id].path.startswith(owners_area) for unit_id in other.unit_ids if unit_id in places)
    return seen or other.state is PlanState.APPROVED
