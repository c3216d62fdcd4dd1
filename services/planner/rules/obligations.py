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
from services.planner.rules.reach import by_path_above


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
    """When the plan was approved, by which change of the directory; and when it was closed, if it was."""

    effective_on: date
    sequence: int
    closed_on: date | None = None


Asked = dict[str, set[tuple[int, str]]]
"""What units are asked: the position of an item and the key of an occurrence."""


class Directory:
    """All units as they are on a day, for as many plans as there are."""

    def __init__(self, units: Mapping[str, Known], today: date) -> None:
        self.units, self.today = units, today
        self.places = {unit_id: place_of(known) for unit_id, known in units.items()}
        self.stands = {unit_id: stands_at(unit_id, units, today) for unit_id in units}
        self._below = by_path_above(self.places.values())

    def within(self, parties: Iterable[Place]) -> dict[str, Place]:
        """Whom these parties can bind: themselves, and all within their jurisdictions."""
        found = {party.unit_id: party for party in parties}
        for path in {jurisdiction(party.kind, party.path) for party in parties}:
            found |= {place.unit_id: place for place in self._below.get(path, ())}
        return found

    def open_among(self, unit_ids: Iterable[str]) -> set[str]:
        """The units that exist today among what has become of these."""
        found: set[str] = set().union(*(leaves(unit_id, self.units, self.today) for unit_id in unit_ids))
        return {unit_id for unit_id in found if self.places[unit_id].exists_on(self.today)}

    def by_now(self, asked: Asked) -> Asked:
        """What was asked of units, at those that have to do it today."""
        found: Asked = defaultdict(set)
        for unit_id, keys in asked.items():
            found[self.stands[unit_id]] |= keys
        return found

    def undecided(self, unit_ids: Iterable[str]) -> set[str]:
        """Those that ended without one successor, with the ones among whom an officer chooses."""
        ended = {unit_id for unit_id in unit_ids if not self.places[unit_id].exists_on(self.today)}
        return ended.union(*(leaves(unit_id, self.units, self.today) for unit_id in ended))


def obligations(document: PlanDocument, directory: Directory, days: Days) -> Obligations:
    """Count by the whole directory as it is today."""
    found = directory.by_now(asked(document, directory, days))
    counts = {unit_id: len(keys) for unit_id, keys in sorted(found.items()) if keys}
    changed = {directory.stands[unit_id] for unit_id, known in directory.units.items() if _has_changed(known, days)}
    return Obligations(
        day=directory.today,
        tasks=sum(counts.values()),
        units=counts,
        changed=tuple(sorted(changed)),
        undecided=tuple(sorted(directory.undecided(counts))),
    )


def asked(document: PlanDocument, directory: Directory, days: Days) -> Asked:
    """What each unit was asked, under its own name, also if it has ended since."""
    seen = _Seen(directory, document, days)
    rules: dict[Scope, list[Item]] = defaultdict(list)
    for item in document.items:
        rules[item.scope.model_copy(update={"text": ""})].append(item)
    found: Asked = defaultdict(set)
    for scope, items in rules.items():
        for unit_id, since in chain(seen.bound(scope), seen.joined(scope)):
            found[unit_id].update(_asked(items, since))
    return found


def _asked(items: Iterable[Item], since: date | None) -> Iterator[tuple[int, str]]:
    """What items ask of a unit: everything, or what has no deadline and what falls due from a day on."""
    for item in items:
        for each in item.due.occurrences:
            if since is None or each.due_on is None or each.due_on >= since:
                yield item.position, each.key


def _has_changed(known: Known, days: Days) -> bool:
    """Whether what it had before is known no more: it was told after the approval, of a unit that existed then, or of
    an end before that day. On the day of the approval itself, the directory does not say which was first."""
    unit = known.unit
    if known.sequence <= days.sequence:
        return False
    if days.closed_on is not None or unit.ended_before(days.effective_on):
        return True
    return unit.valid_from <= days.effective_on <= known.since != unit.valid_from


class _Seen:
    """The directory as one plan sees it."""

    def __init__(self, directory: Directory, document: PlanDocument, days: Days) -> None:
        self._directory, self._days = directory, days
        self._parties = parties_of(document, directory.places)
        self._near = directory.within(self._parties)
        self._heirs = [directory.places[unit_id] for unit_id in directory.open_among(map(_area_of, self._parties))]
        self._near_heirs = directory.within(self._heirs)

    def bound(self, scope: Scope) -> Iterator[tuple[str, None]]:
        """Whom the rule bound when the plan took effect, as far as they stand so until today."""
        places, day = self._directory.places, self._days.effective_on
        areas = [places[unit_id].path for unit_id in scope.area if unit_id in places]
        if scope.area and not areas:
            return
        for unit_id, place in self._near.items():
            if not _has_changed(self._directory.units[unit_id], self._days) and reaches(
                scope, place, parties=self._parties, areas=areas, day=day
            ):
                yield unit_id, None

    def joined(self, scope: Scope) -> Iterator[tuple[str, date]]:
        """The schools that the rule has come to bind since, each with the day; parties and areas that ended live on
        in the areas that took over."""
        areas = [self._directory.places[unit_id].path for unit_id in self._directory.open_among(scope.area)]
        if scope.audience is not Audience.SCHOOLS or (scope.area and not areas) or self._days.closed_on:
            return
        first_day = self._days.effective_on
        for unit_id, place in self._near_heirs.items():
            known = self._directory.units[unit_id]
            came = first_day < known.since or (first_day == known.since and _has_changed(known, self._days))
            if (
                came
                and known.since <= self._directory.today
                and reaches(scope, place, parties=self._heirs, areas=areas, day=known.since)
            ):
                yield unit_id, known.since


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
        if not unit.ended_before(day) or not unit.successors:
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
            if len(heirs) == 1 and (heir := heirs.pop()) != unit_id and units[heir].unit.exists_on(day):
                break
        else:
            return unit_id
        unit_id = heir


def without_heir(units: Mapping[str, Known], within: str, today: date) -> dict[str, tuple[str, ...]]:
    """Units below the path that ended and handed over to nobody, each with the open units that may take over."""
    found = {}
    for unit_id, known in units.items():
        if (
            known.unit.ended_before(today)
            and known.path.startswith(within)
            and stands_at(unit_id, units, today) == unit_id
        ):
            heirs = leaves(unit_id, units, today)
            found[unit_id] = tuple(sorted(heir for heir in heirs if units[heir].unit.exists_on(today)))
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
