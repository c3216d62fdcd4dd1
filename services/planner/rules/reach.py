"""Whom a plan reaches: units and tasks, item by item, by the meaning that the contracts give to a scope."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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


def by_path_above(places: Iterable[Place]) -> Mapping[str, Sequence[Place]]:
    """The places by the path of each unit above them, and by their own."""
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        path = ""
        for unit_id in place.path.rstrip("/").split("/"):
            path += f"{unit_id}/"
            found[path].append(place)
    return found


class Bound:
    """Whom the scopes of a plan bind on a day, among `places`; its parties without a unit bind nobody."""

    def __init__(self, document: PlanDocument, places: Mapping[str, Place], day: date) -> None:
        self._parties, self._places, self._day = parties_of(document, places), places, day
        self._found: dict[Scope, frozenset[str]] = {}
        self._areas: dict[tuple[str, ...], list[str]] = {}

    def is_bound(self, place: Place, scope: Scope) -> bool:
        """Whether the scope binds this unit. An area that is not known reaches nobody."""
        if scope.area not in self._areas:
            self._areas[scope.area] = [self._places[name].path for name in scope.area if name in self._places]
        areas = self._areas[scope.area]
        if scope.area and not areas:
            return False
        return reaches(scope, place, parties=self._parties, areas=areas, day=self._day)

    def by(self, scope: Scope) -> frozenset[str]:
        """All units that the scope binds: counted once for a rule, which many items share."""
        rule = scope.model_copy(update={"text": ""})
        if rule not in self._found:
            bound = (unit_id for unit_id, place in self._places.items() if self.is_bound(place, rule))
            self._found[rule] = frozenset(bound)
        return self._found[rule]


def reach(document: PlanDocument, places: Mapping[str, Place], day: date) -> Reach:
    """Count on that day. `places` are the named units and every school within the bounds."""
    bound = Bound(document, places, day)
    items = []
    for item in document.items:
        units, occurrences = len(bound.by(item.scope)), len(item.due.occurrences)
        items.append(ItemReach(position=item.position, units=units, occurrences=occurrences, tasks=units * occurrences))
    everyone: set[str] = set().union(*(bound.by(item.scope) for item in document.items))
    return Reach(units=len(everyone), tasks=sum(item.tasks for item in items), items=tuple(items))
