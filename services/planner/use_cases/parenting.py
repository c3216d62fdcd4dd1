"""Links a plan to the plan above that its document names."""

from collections.abc import Sequence
from uuid import UUID

from contracts.plans import PlanDocument
from contracts.scope import Place
from services.kit.database import Transaction
from services.planner import store
from services.planner.rules.content import parties_of
from services.planner.rules.parents import parent_among, stands_above


async def find_parent(tx: Transaction, document: PlanDocument, owner_id: str) -> tuple[UUID | None, PlanDocument]:
    """The parent's lasting id, if it is found; and the document, with a warning if it names one that is not.

    The transaction sees the whole directory from here on, because a parent stands above the caller.
    """
    if document.parent is None:
        return None, document
    await store.units.see_whole_directory(tx)
    candidates = await store.versions.plans_in_force(tx)
    named = {unit_id for candidate in candidates for unit_id in candidate.unit_ids}
    places = await store.units.places(tx, {*named, owner_id, *_party_ids(document)})
    lower = [places[owner_id], *parties_of(document, places)]
    found = parent_among(document.parent, candidates, lower, places)
    if isinstance(found, UUID):
        return found, document
    return None, document.model_copy(update={"warnings": (*document.warnings, found)})


async def may_be_parent(tx: Transaction, lasting_id: UUID, document: PlanDocument, owner_id: str) -> bool:
    """Whether the plan is in force and stands above. Needs the whole directory."""
    candidates = [plan for plan in await store.versions.plans_in_force(tx) if plan.lasting_id == lasting_id]
    if not candidates:
        return False
    places = await store.units.places(tx, {*candidates[0].unit_ids, owner_id, *_party_ids(document)})
    upper = _places(places, candidates[0].unit_ids)
    return stands_above(upper, _places(places, [owner_id, *_party_ids(document)]))


def _party_ids(document: PlanDocument) -> list[str]:
    return [party.unit_id for party in document.parties if party.unit_id is not None]


def _places(places: dict[str, Place], unit_ids: Sequence[str]) -> list[Place]:
    return [places[unit_id] for unit_id in unit_ids if unit_id in places]
