"""Whom a coordination item binds: the scope rule and what it means.

`reaches` is the meaning of the rule, one unit at a time. The tracker asks the same question of all units
at once in SQL; the reconciliation compares both.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from contracts.base import Contract, Distinct, Text, UnitId
from contracts.units import Level, Ownership, UnitKind

GRADES: dict[Level, range] = {
    Level.MN: range(0),
    Level.TH: range(1, 6),
    Level.THCS: range(6, 10),
    Level.THPT: range(10, 13),
    Level.GDTX: range(10, 13),
}
"""The grades (lớp) that each level teaches."""


class Audience(StrEnum):
    """Which kind of unit an item binds."""

    SCHOOLS = "schools"
    PARTIES = "parties"
    """The signing bodies alone: hosting the yearly review in turn, telling each other of changes."""


class Scope(Contract):
    """A rule over units. An empty collection or None does not restrict; `area` empty: all below the parties."""

    audience: Audience = Audience.SCHOOLS
    levels: Distinct[Level] = frozenset()
    grades: Distinct[Annotated[int, Field(ge=1, le=12)]] = frozenset()
    ownership: Ownership | None = None
    with_union: bool | None = None
    area: tuple[UnitId, ...] = ()
    """Units below which the item applies (an area, or a school itself)."""
    text: Text = ""
    """The words of the document that the rule comes from."""

    def levels_bound(self) -> frozenset[Level]:
        """The levels that `levels` and `grades` leave; all levels when neither restricts."""
        return _levels_bound(self.levels, self.grades)


@lru_cache(maxsize=1024)
def _levels_bound(levels: frozenset[Level], grades: frozenset[int]) -> frozenset[Level]:
    """The same of a rule that is asked of thousands of units."""
    bound = levels or frozenset(Level)
    if grades:
        bound = frozenset(level for level in bound if any(grade in GRADES[level] for grade in grades))
    return bound


@dataclass(frozen=True)
class Place:
    """What a scope rule needs to know of a unit."""

    unit_id: str
    kind: UnitKind
    path: str
    """The unit's identifiers from the root, each followed by a slash: `79/79-760/79-760-001/`."""
    levels: frozenset[Level]
    ownership: Ownership | None
    has_union: bool
    valid_from: date
    valid_to: date | None

    def exists_on(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def jurisdiction(kind: UnitKind, path: str) -> str:
    """The path of what a unit answers for: an office or union for its area, another unit for itself.

    An office that stands in no area answers for itself alone: the empty path would be everybody's beginning.
    """
    if kind in (UnitKind.OFFICE, UnitKind.UNION):
        return path[: path.rstrip("/").rfind("/") + 1] or path
    return path


def reaches(scope: Scope, place: Place, *, parties: Collection[Place], areas: Collection[str], day: date) -> bool:
    """Whether an item with this scope binds the unit.

    `parties` are the signing units, `areas` the paths of `scope.area`, `day` the day of the approval.
    A unit is bound only below the jurisdiction of a party: nobody reaches beside or above itself.
    """
    if not place.exists_on(day):
        return False
    if scope.audience is Audience.PARTIES:
        return any(party.unit_id == place.unit_id for party in parties)
    within = any(place.path.startswith(jurisdiction(party.kind, party.path)) for party in parties)
    inside = not areas or any(place.path.startswith(area) for area in areas)
    restricted = bool(scope.levels or scope.grades)
    return (
        place.kind is UnitKind.SCHOOL
        and within
        and inside
        and (not restricted or bool(place.levels & scope.levels_bound()))
        and scope.ownership in (None, place.ownership)
        and scope.with_union in (None, place.has_union)
    )
