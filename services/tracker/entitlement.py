"""How a unit stands to a task: who may act follows from it (`transitions.RULES`)."""

from collections.abc import Collection
from typing import NamedTuple

from contracts.scope import jurisdiction
from contracts.units import UnitKind
from services.tracker.transitions import Relation

_AUTHORITIES = (UnitKind.OFFICE, UnitKind.UNION)


class Unit(NamedTuple):
    """Where a unit stands in the tree of areas."""

    unit_id: str
    kind: UnitKind
    path: str
    """The identifiers from the root, each followed by a slash."""

    @property
    def jurisdiction(self) -> str:
        """The path of what the unit answers for."""
        return jurisdiction(self.kind, self.path)


def relations(actor: Unit, unit_id: str, unit_path: str, parties: Collection[Unit]) -> frozenset[Relation]:
    """The actor's relations to a task of the unit under a plan of these parties; none for units below or beside."""
    found = {Relation.OWN} if actor.unit_id == unit_id else set()
    area = actor.jurisdiction
    if not unit_path.startswith(area):
        return frozenset(found)
    authority = actor.kind in _AUTHORITIES
    if authority and actor.unit_id != unit_id:
        found.add(Relation.ABOVE)
    for party in parties:
        if actor.unit_id == party.unit_id or (authority and party.jurisdiction.startswith(area)):
            found.add(Relation.PARTY)
    return frozenset(found)
