"""What a plan asks of each unit by now: units have ended, merged and joined since it was approved.

An obligation is an occurrence of an item in the unit that has to do it today. What a unit that ended had to do is its
successor's, once, whether the successor had the same to do or not. The tracker arrives at the same number by moving
tasks and issuing others; this counts in the directory alone, so that the reconciliation can hold both together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from contracts.base import Contract, UnitId
from contracts.plans import Item, PlanDocument
from contracts.scope import Audience, Place, Scope, jurisdiction, reaches
from services.planner.rules.content import parties_of
from services.planner.rules.directory import Known


class Obligations(Contract):
    """How many obligations each unit has of a plan in force."""

    day: date
    tasks: int
    units: dict[UnitId, int]
    changed: tuple[UnitId, ...]
    """Units that stand otherwise than when the plan was approved, or that took over from such: what they had to do
    before is in no directory, so their number is the least. Of a closed plan, all that the directory was told of since
    the approval, because it does not say whether that was before the close."""
    undecided: tuple[UnitId, ...]
    """Units that ended without one successor, and those among whom an officer chooses: known only together."""


class Days(NamedTuple):
    """When the plan was approved, by which change of the directory; today; and when it was closed, if it was."""

    effective_on: date
    sequence: int
    today: date
    closed_on: date | None = None


def obligations(document: PlanDocument, units: Mapping[str, Known], days: Days) -> Obligations:
    """Count by the whole directory as it is today."""
    directory = _Directory(units, document, days)
    rules: dict[Scope, list[Item]] = defaultdict(list)
    for item in document.items:
        rules[item.scope.model_copy(update={"text": ""})].append(item)
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for scope, items in rules.items():
        for unit_id, since in chain(directory.bound(scope), directory.joined(scope)):
            found[directory.stands[unit_id]].update(_asked(items, since))
    counts = {unit_id: len(keys) for unit_id, keys in sorted(found.items()) if keys}
    undecided = {unit_id for unit_id in counts if not place_of(units[unit_id]).exists_on(days.today)}
    return Obligations(
        day=days.today,
        tasks=sum(counts.values()),
        units=counts,
        changed=tuple(sorted({directory.stands[unit_id] for unit_id in directory.changed})),
        undecided=tuple(sorted(undecided.union(*(leaves(unit_id, units, days.today) for unit_id in undecided)))),
    )


def _asked(items: Iterable[Item], since: date | None) -> Iterator[tuple[int, str]]:
    """What items ask of a unit: everything, or what has no deadline and what falls due from a day on."""
    for item in items:
        for each in item.due.occurrences:
            if since is None or each.due_on is None or each.due_on >= since:
                yield item.position, each.key


class _Directory:
    """The units as one plan sees them."""

    def __init__(self, units: Mapping[str, Known], document: PlanDocument, days: Days) -> None:
        self._units, self._days = units, days
        self._places = {unit_id: place_of(known) for unit_id, known in units.items()}
        self._parties = parties_of(document, self._places)
        self._heirs = [self._places[unit_id] for unit_id in self._open(map(_area_of, self._parties))]
        self.stands = {unit_id: stands_at(unit_id, units, days.today) for unit_id in units}
        self.changed = {unit_id for unit_id, known in units.items() if self._changed(known)}

    def _changed(self, known: Known) -> bool:
        """Whether what it had before is known no more: it was told after the approval, of a unit that existed then, or
        of an end before that day. On the day of the approval itself, the directory does not say which was first."""
        unit, in_force = known.unit, self._days
        if known.sequence <= in_force.sequence:
            return False
        if in_force.closed_on is not None or (unit.valid_to is not None and unit.valid_to < in_force.effective_on):
            return True
        return unit.valid_from <= in_force.effective_on <= known.since != unit.valid_from

    def bound(self, scope: Scope) -> Iterator[tuple[str, None]]:
        """Whom the rule bound when the plan took effect, as far as they stand so until today."""
        areas = [self._places[unit_id].path for unit_id in scope.area if unit_id in self._places]
        if scope.area and not areas:
            return
        for unit_id, place in self._places.items():
            day = self._days.effective_on
            if unit_id not in self.changed and reaches(scope, place, parties=self._parties, areas=areas, day=day):
                yield unit_id, None

    def joined(self, scope: Scope) -> Iterator[tuple[str, date]]:
        """The schools that the rule has come to bind since, each with the day; parties and areas that ended live on
        in the areas that took over."""
        areas = [self._places[unit_id].path for unit_id in self._open(scope.area)]
        if scope.audience is not Audience.SCHOOLS or (scope.area and not areas) or self._days.closed_on:
            return
        for unit_id, (_, _, since, _) in self._units.items():
            first_day = self._days.effective_on
            came = first_day < since or (first_day == since and unit_id in self.changed)
            place = self._places[unit_id]
            if (
                came
                and since <= self._days.today
                and reaches(scope, place, parties=self._heirs, areas=areas, day=since)
            ):
                yield unit_id, since

    def _open(self, unit_ids: Iterable[str]) -> set[str]:
        """The units that exist today among what has become of these."""
        today = self._days.today
        found: set[str] = set().union(*(leaves(unit_id, self._units, today) for unit_id in unit_ids))
        return {unit_id for unit_id in found if self._places[unit_id].exists_on(today)}


def _area_of(party: Place) -> str:
    """The unit for which a party answers: the area of an office or a union, itself otherwise."""
    return jurisdiction(party.kind, party.path).rstrip("/").rpartition("/")[2]


def leaves(unit_id: str, units: Mapping[str, Known], day: date) -> set[str]:
    """What has become of a unit by that day: itself, or the last ones in its lines of successors."""
    found, seen, waiting = set(), set(), [unit_id]
    while waiting:
        current = waiting.pop()
        if current in seen or current not in units:
            continue
        seen.add(current)
        unit = units[current].unit
        if unit.valid_to is None or day <= unit.valid_to or not unit.successors:
            found.add(current)
        else:
            waiting += unit.successors
    return found


def stands_at(unit_id: str, units: Mapping[str, Known], today: date) -> str:
    """The unit that has to do today what this one had: each hands over on the day after its last to the only one
    that exists then; where there is none or several, it waits."""
    while True:
        last_day = units[unit_id].unit.valid_to
        if last_day is None or today <= last_day:
            return unit_id
        for day in (today, last_day + timedelta(days=1)):
            heirs = leaves(unit_id, units, day)
            if len(heirs) == 1 and (heir := heirs.pop()) != unit_id and place_of(units[heir]).exists_on(day):
                break
        else:
            return unit_id
        unit_id = heir


def without_heir(units: Mapping[str, Known], within: str, today: date) -> dict[str, tuple[str, ...]]:
    """Units below the path that ended and handed over to nobody, each with the open units that may take over."""
    found = {}
    for unit_id, known in units.items():
        ended = known.unit.valid_to is not None and known.unit.valid_to < today
        if ended and known.path.startswith(within) and stands_at(unit_id, units, today) == unit_id:
            heirs = leaves(unit_id, units, today)
            found[unit_id] = tuple(sorted(heir for heir in heirs if place_of(units[heir]).exists_on(today)))
    return found


def place_of(known: Known) -> Place:
    """What scope rules look at."""
    unit = known.unit
    return Place(
        unit_id=unit.unit_id,
        kind=unit.kind,
        path=known.path,
        levels=unit.levels,
        ownership=unit.ownership,
        has_union=unit.has_union,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )
