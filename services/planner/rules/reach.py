"""Whom a plan reaches: units and tasks, item by item, by the meaning that the contracts give to a scope."""

from collections.abc import Mapping
from datetime import date

from contracts.base import Contract
from contracts.plans import PlanDocument
from contracts.scope import Place, Scope, jurisdiction, reaches
from services.planner.rules.content import parties_of


class ItemReach(Contract):
    """One item: the units that it binds, how often it falls due, and the tasks that this makes."""

    position: int
    units: int
    occurrences: int
    tasks: int


class Reach(Contract):
    """A whole plan: the units that at least one item binds, and all tasks."""

    units: int
    tasks: int
    items: tuple[ItemReach, ...]
    sequence: int | None = None
    """The directory's last change when it was counted for the approval; none before."""


def bounds(document: PlanDocument, places: Mapping[str, Place]) -> list[str]:
    """The paths below which the plan can reach anybody: its parties' jurisdictions."""
    return [jurisdiction(party.kind, party.path) for party in parties_of(document, places)]


def reach(document: PlanDocument, places: Mapping[str, Place], day: date) -> Reach:
    """Count on that day. `places` are the named units and every school within the bounds; parties without a
    unit reach nobody."""
    parties = parties_of(document, places)
    bound: dict[Scope, set[str]] = {}
    items = []
    for item in document.items:
        scope = item.scope.model_copy(update={"text": ""})  # the rule alone, which many items share
        if scope not in bound:
            areas = [places[unit_id].path for unit_id in scope.area]
            bound[scope] = {
                place.unit_id
                for place in places.values()
                if reaches(scope, place, parties=parties, areas=areas, day=day)
            }
        units, occurrences = len(bound[scope]), len(item.due.occurrences)
        items.append(ItemReach(position=item.position, units=units, occurrences=occurrences, tasks=units * occurrences))
    everyone: set[str] = set().union(*bound.values())
    return Reach(units=len(everyone), tasks=sum(item.tasks for item in items), items=tuple(items))
