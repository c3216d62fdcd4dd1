"""What the HTTP API answers with, and what it takes."""

import datetime as dt
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Contract, Name, PersonId, Text, UnitId
from contracts.plans import DocumentKind, Duty, ItemKind, Party, Period, PlanDocument, PlanState, Recipient, Target
from contracts.scope import Scope
from contracts.units import PersonInRole, Role
from services.kit.requests import RequestBody
from services.planner.rules.directory import Outcome, Unit
from services.planner.rules.moves import PlanMove
from services.planner.rules.reach import Reach
from services.planner.rules.settling import StandingWarning


class UnitView(Unit):
    """A unit with its place in the tree and the number of its last change."""

    sequence: int
    path: str


class UnitWithPeople(UnitView):
    """A unit with those who hold, held or will hold a role in it."""

    people: tuple[PersonInRole, ...]


class Tally(Contract):
    """How many rows are new, changed or as they were."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class Rows(Contract):
    """Rows of a file, one below the other, that do the same; `fields` are those that changed ones change."""

    file: str
    first: int
    last: int
    outcome: Outcome
    fields: tuple[str, ...] = ()


class Ending(Contract):
    """A unit whose end, or whose successors, the import changes."""

    unit_id: UnitId
    name: str
    valid_to: dt.date
    successors: tuple[UnitId, ...]


class ImportReport(Contract):
    """What an import did, or would do, row by row."""

    units: Tally
    people: Tally
    sequence: int
    """The number of the directory's last change."""
    rows: tuple[Rows, ...]
    """Every row that holds something, the file of units first."""
    ending: tuple[Ending, ...]
    """Units that end, by id. What is open follows to one successor; of several, or none, a person decides."""
    moves_by: dt.date | None = None
    """Of a dry run: the day by which all that the import says will have happened, as of which `moves` counts."""
    moves: tuple[PlanMove, ...] = ()
    """Of a dry run: the plans in force that will ask units for less or for more."""


class Signature(Contract):
    """A party's signature. `party` is its position in the document, from 1."""

    party: int
    unit_id: UnitId
    role: Role
    person_id: str
    on_behalf_of: str | None = None
    """In whose place a deputy signed."""
    delegation_id: UUID | None = None
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
    on_behalf_of: str | None = None
    """In whose place a deputy acted."""
    reason: str | None = None
    content_sha256: str
    at: datetime


class Delegation(Contract):
    """Who may sign in whose place, both days included, unless it was withdrawn."""

    delegation_id: UUID
    unit_id: UnitId
    role: Role
    given_by: PersonId
    deputy_id: PersonId
    valid_from: date
    valid_to: date
    given_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: PersonId | None = None


class PlanSummary(Contract):
    """A version of a plan in a list."""

    plan_id: UUID
    lasting_id: UUID
    owner_id: UnitId
    state: PlanState
    version: int
    revision: int
    title: str
    number: str | None
    items: int
    updated_at: datetime


class PlanVersion(Contract):
    """One of a plan's versions."""

    plan_id: UUID
    version: int
    state: PlanState
    updated_at: datetime


class Relative(Contract):
    """A plan to which another is linked."""

    relation: Literal["parent", "follows", "followed-by"]
    plan_id: UUID
    state: PlanState
    number: str | None
    title: str
    seen: bool
    """Whether the caller may see it."""


class Asked(Contract):
    """How many tasks a plan in force has given a unit, those that are done among them: at least so many."""

    plan_id: UUID
    number: str | None
    title: str
    tasks: int


class WaitingUnit(Contract):
    """A unit that ended and handed over to nobody, with what plans in force have given it."""

    unit_id: UnitId
    name: str
    valid_to: dt.date
    heirs: tuple[UnitId, ...]
    """The units among whom a person chooses; none: no unit took over."""
    asked: tuple[Asked, ...]


class PlanView(Contract):
    """A whole version of a plan."""

    plan_id: UUID
    lasting_id: UUID
    """The first version's `plan_id`: what events and the other services call the plan in all its versions."""
    amends_id: UUID | None
    """The version that this one replaces once it is approved."""
    parent_id: UUID | None
    """The plan above that it carries out, by its lasting id."""
    follows_id: UUID | None
    """The closed plan of which it carries items over."""
    versions: tuple[PlanVersion, ...]
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
    source_kept: bool
    """Whether the file or text that it came from can be had."""
    reach: Reach | None
    """Whom it reached when it was approved."""
    warnings: tuple[StandingWarning, ...]
    """The document's warnings, with who has accepted them."""
    signatures: tuple[Signature, ...]
    history: tuple[Step, ...]
    created_at: datetime
    updated_at: datetime


class PlanStanding(Contract):
    """Where a plan stands after a step."""

    plan_id: UUID
    state: PlanState
    revision: int


Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"\S")]
Rule = Annotated[str, StringConstraints(max_length=60)]
"""A due rule of `services/planner/rules/calendar.py`; its dates follow from the plan's period."""
Names = Annotated[tuple[Name, ...], Field(max_length=50)]


class Change(RequestBody):
    """Fields to change; what is absent stays. The values that stand here for an absent field are never used."""

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that the request names."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class ItemFields(Change):
    """What can be said of an item."""

    section: Text = ""
    heading: Text = ""
    text: Words = "-"
    kind: ItemKind = ItemKind.STANDING
    due: Rule = "none"
    targets: Annotated[tuple[Target, ...], Field(max_length=50)] = ()
    scope: Scope = Scope()
    accountable: Annotated[tuple[Role, ...], Field(min_length=1, max_length=4)] = (Role.PRINCIPAL,)
    lead: Names = ()
    cooperating: Names = ()
    directing: Names = ()


class ItemChange(ItemFields):
    """What to change of one item."""

    item_id: UUID

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that the request names, without the item's name."""
        return {name: value for name, value in super().fields.items() if name != "item_id"}


class NewItem(ItemFields):
    """An item to add, at its position, from 1; without one, at the end."""

    text: Words
    position: int | None = Field(default=None, ge=1)

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the item."""
        return {name: value for name, value in super().fields.items() if name != "position"}


class PlanChange(Change):
    """What to change of a plan. Lists replace the whole list; of `items` those named change, each as it says."""

    kind: DocumentKind = DocumentKind.PLAN
    number: Text | None = None
    date: dt.date | None = None
    place: Text | None = None
    title: Words = "-"
    period: Period = Period()
    parties: Annotated[tuple[Party, ...], Field(max_length=10)] = ()
    duties: Annotated[tuple[Duty, ...], Field(max_length=1000)] = ()
    recipients: Annotated[tuple[Recipient, ...], Field(max_length=1000)] = ()
    items: Annotated[tuple[ItemChange, ...], Field(max_length=1000)] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the document itself."""
        return {name: value for name, value in super().fields.items() if name != "items"}


class Splitting(RequestBody):
    """The texts into which to split an item, which together are its text."""

    texts: Annotated[tuple[Text, ...], Field(max_length=100)]


class Moving(RequestBody):
    """Where to put an item, from 1."""

    position: int = Field(ge=1)


class Accepting(RequestBody):
    """Warnings to accept as they are, by their ids, and why."""

    warnings: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]
    reason: Words


class Doing(RequestBody):
    """The particulars of an action."""

    reason: Text | None = None
    party: int | None = Field(default=None, ge=1)
    """The party for which to sign, where the person may do so for several. A refusal is of the whole plan."""
    carry_over: Annotated[tuple[UUID, ...], Field(max_length=1000)] = ()
    """At the close: the items that a following plan takes over."""


class ItemLink(RequestBody):
    """Which item of the version before an item continues; none: it is new."""

    continues: UUID | None


class ParentLink(RequestBody):
    """Which plan stands above, by its lasting id; none: none that is known here."""

    parent_id: UUID | None
