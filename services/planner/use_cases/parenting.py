"""Links a plan to the plan above that its document names."""

from collections.abc import Iterable
from uuid import UUID

from contracts.plans import PlanDocument
from contracts.scope import Place
from services.kit.database import Transaction
from services.planner import store
from services.planner.rules.content import parties_of, party_ids
from services.planner.rules.parents import Candidate, parent_among, stands_above
from services.planner.store.plans import Plan
from services.planner.views import PlanView


async def find_parent(tx: Transaction, document: PlanDocument, owner_id: str) -> tuple[UUID | None, PlanDocument]:
    """The parent's lasting id, if it is found; and the document, with a warning if it names one that is not.

    The transaction sees the whole directory from here on, because a parent stands above the caller.
    """
    if document.parent is None:
        return None, document
    await store.units.see_whole_directory(tx)
    candidates = await store.versions.plans_in_force(tx)
    named = {unit_id for candidate in candidates for unit_id in candidate.unit_ids}
    places = await store.units.places(tx, {*named, owner_id, *party_ids(document)})
    lower = [places[owner_id], *parties_of(document, places)]
    found = parent_among(document.parent, candidates, lower, places)
    if isinstance(found, UUID):
        return found, document
    return None, document.model_copy(update={"warnings": (*document.warnings, found)})


async def above(tx: Transaction, plan: Plan | PlanView) -> list[Candidate]:
    """The numbered plans in force that stand above a plan: one of them may be its parent. Needs the whole directory."""
    candidates = [one for one in await store.versions.plans_in_force(tx) if one.lasting_id != plan.lasting_id]
    own = {plan.owner_id, *party_ids(plan.document)}
    places = await store.units.places(tx, own.union(*(candidate.unit_ids for candidate in candidates)))
    lower = _places(places, own)
    return [one for one in candidates if stands_above(_places(places, one.unit_ids), lower)]


def _places(places: dict[str, Place], unit_ids: Iterable[str]) -> list[Place]:
    return [places[unit_id] for unit_id in unit_ids if unit_id in places]
