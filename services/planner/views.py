"""What the HTTP API answers with, and what it takes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Contract, Text, UnitId
from contracts.plans import ItemKind, Party, PlanDocument, PlanState
from contracts.scope import Scope
from contracts.units import PersonInRole, Role
from services.kit.requests import RequestBody
from services.planner.directory import Tally, Unit
from services.planner.reach import Reach


class UnitView(Unit):
    """A unit with its place in the tree and the number of its last change."""

    sequence: int
    path: str


class UnitWithPeople(UnitView):
    """A unit with those who hold, held or will hold a role in it."""

    people: tuple[PersonInRole, ...]


class ImportReport(Contract):
    """What an import did, or would do."""

    units: Tally
    people: Tally
    sequence: int
    """The number of the directory's last change."""


class Signature(Contract):
    """A party's signature. `party` is its position in the document, from 1."""

    party: int
    unit_id: UnitId
    role: Role
    person_id: str
    content_sha256: str
    signed_at: datetime


class Step(Contract):
    """One line of a plan's history. A plan that a unit's system submitted has no person in its first."""

    revision: int
    action: str
    from_state: PlanState | None = None
    to_state: PlanState
    unit_id: UnitId
    person_id: str | None = None
    role: Role | None = None
    reason: str | None = None
    content_sha256: str
    at: datetime


class PlanSummary(Contract):
    """A plan in a list."""

    plan_id: UUID
    owner_id: UnitId
    state: PlanState
    version: int
    revision: int
    title: str
    number: str | None
    items: int
    updated_at: datetime


class PlanView(Contract):
    """A whole plan."""

    plan_id: UUID
    owner_id: UnitId
    state: PlanState
    version: int
    revision: int
    document: PlanDocument
    item_ids: tuple[UUID, ...]
    """The lasting ids of the document's items, in their order."""
    content_sha256: str
    """The hash of the content as it stands: what a signature given now fixes."""
    source_name: str | None
    source_sha256: str
    reach: Reach | None
    """Whom it reached when it was approved."""
    signatures: tuple[Signature, ...]
    history: tuple[Step, ...]
    created_at: datetime
    updated_at: datetime


class PlanStanding(Contract):
    """Where a plan stands after a step."""

    plan_id: UUID
    state: PlanState
    revision: int


class ItemChange(RequestBody):
    """What to change of one item; what is absent stays."""

    position: int = Field(ge=1)
    kind: ItemKind | None = None
    scope: Scope | None = None
    accountable: Annotated[tuple[Role, ...], Field(min_length=1, max_length=4)] | None = None
    due: Annotated[str, StringConstraints(max_length=60)] | None = None
    """A due rule of `services/planner/calendar.py`; its dates follow from the plan's period."""


class PlanChange(RequestBody):
    """What to change of a plan; what is absent stays. `parties` replaces them all."""

    parties: Annotated[tuple[Party, ...], Field(max_length=10)] | None = None
    items: Annotated[tuple[ItemChange, ...], Field(max_length=1000)] = ()


class Doing(RequestBody):
    """The particulars of an action."""

    reason: Text | None = None
    party: int | None = Field(default=None, ge=1)
    """The party for which to sign, where the person may do so for several. A refusal is of the whole plan."""
