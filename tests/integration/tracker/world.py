"""A small province and plans for it, fed to the tracker as its consumers would."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Envelope
from contracts.plans import (
    ApprovedItem,
    DocumentKind,
    ItemKind,
    Occurrence,
    PartyRole,
    Period,
    PlanApproved,
    SignedParty,
)
from contracts.scope import Audience, Scope
from contracts.units import Level, Ownership, PersonInRole, Role, UnitChanged, UnitKind
from contracts.wire import decode
from services.kit.database import Database
from services.kit.worker import Step
from services.tracker import decomposition, directory, plans

OFFICE, UNION = "P-SO", "P-CD"
DISTRICT_OFFICE, OTHER_OFFICE = "P-A-PGD", "P-B-PGD"
SCHOOL, SECOND, PRIVATE, OTHER, CLOSED = "P-A-1", "P-A-2", "P-A-3", "P-B-1", "P-B-9"
OPEN_SCHOOLS = [SCHOOL, SECOND, PRIVATE, OTHER]

_LONG_AGO = date(2020, 1, 1)


def unit(unit_id: str, kind: UnitKind, parent_id: str | None, sequence: int, **more: Any) -> UnitChanged:
    """A unit that has existed for long."""
    return UnitChanged.model_validate(
        {
            "unit_id": unit_id,
            "sequence": sequence,
            "name": f"Đơn vị {unit_id}",
            "kind": kind,
            "parent_id": parent_id,
            "valid_from": _LONG_AGO,
            **more,
        }
    )


def person(person_id: str, role: Role) -> PersonInRole:
    """Somebody who has held the role for long."""
    return PersonInRole(person_id=person_id, name="Người thử", role=role, valid_from=_LONG_AGO)


def school_people(unit_id: str) -> tuple[PersonInRole, ...]:
    """The three of a school, named after it."""
    return (
        person(f"{unit_id}-principal", Role.PRINCIPAL),
        person(f"{unit_id}-chair", Role.UNION_CHAIR),
        person(f"{unit_id}-staff", Role.STAFF),
    )


def province() -> list[UnitChanged]:
    """Two districts with offices; four open schools, one of them private and without a union, one closed."""
    public: dict[str, Any] = {"levels": {Level.TH}, "ownership": Ownership.PUBLIC, "has_union": True}
    units: list[tuple[str, UnitKind, str | None, dict[str, Any]]] = [
        ("P", UnitKind.AREA, None, {}),
        (OFFICE, UnitKind.OFFICE, "P", {"people": (person("so-officer", Role.OFFICER),)}),
        (UNION, UnitKind.UNION, "P", {"people": (person("cd-officer", Role.OFFICER),)}),
        ("P-A", UnitKind.AREA, "P", {}),
        (DISTRICT_OFFICE, UnitKind.OFFICE, "P-A", {"people": (person("pgd-officer", Role.OFFICER),)}),
        ("P-B", UnitKind.AREA, "P", {}),
        (OTHER_OFFICE, UnitKind.OFFICE, "P-B", {}),
        (SCHOOL, UnitKind.SCHOOL, "P-A", {**public, "people": school_people(SCHOOL)}),
        (SECOND, UnitKind.SCHOOL, "P-A", {**public, "levels": {Level.TH, Level.THCS}}),
        (PRIVATE, UnitKind.SCHOOL, "P-A", {"levels": {Level.MN}, "ownership": Ownership.NON_PUBLIC}),
        (OTHER, UnitKind.SCHOOL, "P-B", public),
        (CLOSED, UnitKind.SCHOOL, "P-B", {**public, "valid_to": date(2025, 6, 30)}),
    ]
    return [
        unit(unit_id, kind, parent, sequence, **more) for sequence, (unit_id, kind, parent, more) in enumerate(units, 1)
    ]


def item(position: int, *due: date | None, scope: Scope | None = None, **more: Any) -> ApprovedItem:
    """An item that falls due on each of these days; with none, one without a deadline."""
    occurrences = tuple(Occurrence(key=str(day or ""), due_on=day) for day in due or (None,))
    return ApprovedItem.model_validate(
        {
            "item_id": uuid4(),
            "position": position,
            "text": f"Nội dung phối hợp số {position}",
            "kind": ItemKind.ONE_OFF,
            "accountable": (Role.PRINCIPAL,),
            "scope": scope or Scope(),
            "occurrences": occurrences,
            **more,
        }
    )


def plan(*items: ApprovedItem, parties: Iterable[str] = (OFFICE, UNION), **more: Any) -> PlanApproved:
    """A plan that these units have signed."""
    signed = datetime(2025, 9, 1, 3, tzinfo=UTC)
    return PlanApproved.model_validate(
        {
            "plan_id": uuid4(),
            "version": 1,
            "kind": DocumentKind.JOINT_PLAN,
            "number": "1/KH",
            "title": "Kế hoạch thử",
            "period": Period(),
            "parties": tuple(
                SignedParty(unit_id=unit_id, role=PartyRole.EDUCATION, name=unit_id, signed_by="x", signed_at=signed)
                for unit_id in parties
            ),
            "items": items,
            "content_sha256": "0" * 64,
            "directory_sequence": 1,
            "effective_on": date(2025, 9, 1),
            "approved_at": signed,
            **more,
        }
    )


def nobody() -> None:
    """Nobody waits for the commit."""


async def finish(step: Step) -> int:
    """Repeat the step until nothing is left. Returns how often it found something to do."""
    steps = 0
    while await step():
        steps += 1
    return steps


@dataclass
class World:
    """The tracker's database with what was fed to it."""

    database: Database

    async def take_directory(self, *changes: UnitChanged) -> None:
        """As from `unit-directory`."""
        async with self.database.transaction() as tx:
            await directory.take_over(tx, changes)

    async def take_plan(self, approved: PlanApproved) -> Envelope[PlanApproved]:
        """As from `plan-events`."""
        envelope = Envelope[PlanApproved].of(approved, subject=str(approved.plan_id), source="/planner")
        async with self.database.transaction() as tx:
            await plans.take_over(tx, envelope)
        return envelope

    async def decompose(self) -> int:
        """Run the worker until nothing is left."""
        return await finish(lambda: decomposition.step(self.database, nobody))

    async def approve(self, *items: ApprovedItem, **more: Any) -> PlanApproved:
        """A plan that is taken over and decomposed."""
        approved = plan(*items, **more)
        await self.take_plan(approved)
        await self.decompose()
        return approved

    async def rows(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What the service sees."""
        async with self.database.transaction() as tx:
            return [tuple(row) for row in await tx.connection.fetch(query, *arguments)]

    async def task(self, unit_id: str, position: int = 1) -> UUID:
        """The task of a unit for an item, by the item's position."""
        query = "SELECT id FROM tasks JOIN items USING (plan_id, item_id) WHERE unit_id = $1 AND position = $2"
        [(task_id,)] = await self.rows(query, unit_id, position)
        return UUID(str(task_id))

    async def published(self) -> list[Envelope[Any]]:
        """What waits in the outbox, read as a consumer would; then forgotten."""
        rows = await self.rows("SELECT topic, key, value FROM outbox ORDER BY id")
        await self.rows("DELETE FROM outbox")
        return [await asyncio.to_thread(decode, topic, value, key) for topic, key, value in rows]


def schools_scope(**rule: Any) -> Scope:
    """A rule for schools."""
    return Scope.model_validate({"audience": Audience.SCHOOLS, **rule})
