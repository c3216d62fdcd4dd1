"""Plans: what a document says (`PlanDocument`), and what is published of it."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Base64Bytes, Field, FiniteFloat, StringConstraints, model_validator

from contracts.base import Code, Contract, Instant, Message, Name, PersonId, Text, UnitId
from contracts.scope import Scope
from contracts.units import Role

Lines = tuple[int, int]
"""First and last line of the source, counted from 1: where a derived field comes from."""

NO_LINES: Lines = (0, 0)
"""Of what stands in no source: a person added it."""


class DocumentKind(StrEnum):
    """Kinds of document, by the name that stands above the title."""

    JOINT_PLAN = "joint-plan"
    PROGRAMME = "programme"
    PLAN = "plan"
    REGULATION = "regulation"
    RESOLUTION = "resolution"
    CONCLUSION = "conclusion"
    INSTRUCTION = "instruction"
    GUIDANCE = "guidance"
    OTHER = "other"


class PartyRole(StrEnum):
    """On whose behalf a party signs."""

    EDUCATION = "education"
    UNION = "union"
    PARTY_CELL = "party-cell"
    HEALTH = "health"
    YOUTH = "youth"
    OTHER = "other"


class ItemKind(StrEnum):
    """How a coordination item is done."""

    ONE_OFF = "one-off"
    RECURRING = "recurring"
    STANDING = "standing"
    ON_REQUEST = "on-request"
    TARGET = "target"
    DERIVE_PLAN = "derive-plan"
    REVIEW = "review"
    AWARD = "award"


class PlanState(StrEnum):
    """Where a version of a plan stands: DRAFT → IN_REVIEW → CO_SIGNING → APPROVED → CLOSED, or REJECTED, REVOKED.

    A version in force that a later one replaces is AMENDED.
    """

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    CO_SIGNING = "CO_SIGNING"
    APPROVED = "APPROVED"
    AMENDED = "AMENDED"
    CLOSED = "CLOSED"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


class Party(Contract):
    """A co-signatory (bên ký liên tịch) as the document names it."""

    name: Name
    role: PartyRole
    signer: Name | None = None
    signer_title: Name | None = None
    unit_id: UnitId | None = None
    """The directory's unit, once a person has said which one it is."""


class LegalBasis(Contract):
    """One document that the plan rests on (căn cứ)."""

    number: Text | None = None
    date: dt.date | None = None
    issuer: Text | None = None
    text: Text


class ParentPlan(Contract):
    """The plan above, which this one carries out."""

    number: Text
    date: dt.date | None = None
    issuer: Text | None = None


class Period(Contract):
    """The time for which the plan holds. `certain` is False where the words allow another reading."""

    school_year: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4}$")] | None = None
    calendar_year: int | None = Field(default=None, ge=2000, le=2100)
    start: dt.date | None = None
    end: dt.date | None = None
    certain: bool = False


class Occurrence(Contract):
    """One time that an item falls due. `key` tells the occurrences of one item apart: `2024-Q4`."""

    key: Annotated[str, StringConstraints(max_length=20)] = ""
    due_on: dt.date | None = None
    """The day with whose end the deadline ends, in Viet Nam; none: no deadline."""


class Due(Contract):
    """When an item falls due: a rule, and the dates it gives in the plan's period."""

    rule: Annotated[str, StringConstraints(max_length=60)] = "none"
    """`none`, or the rule's name with its arguments, as the planner's README lists them."""
    date: dt.date | None = None
    """The first day on which it falls due; none: no deadline."""
    occurrences: tuple[Occurrence, ...] = Field(default=(Occurrence(),), min_length=1, max_length=60)
    text: Text = ""


class Target(Contract):
    """A number that the item asks for (chỉ tiêu): 100 of `%`, 3 of `giáo viên`."""

    value: FiniteFloat
    unit: Name


class Origin(Contract):
    """Where a derived field comes from: its name, the words, their lines. Several of one field each gave a part of it.

    Names are paths, members of a list counted from 1: `due`, `scope.levels`, `targets.2`, `parties.1.signer`. What no
    words gave, a default, has no origin.
    """

    field: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    text: Text
    lines: Lines


class Item(Contract):
    """A coordination item (nội dung phối hợp), verbatim, with what was derived from its words."""

    position: int = Field(ge=1)
    section: Text = ""
    """The number of its section as printed: `II.1`."""
    heading: Text = ""
    text: Text
    kind: ItemKind = ItemKind.STANDING
    due: Due = Due()
    targets: tuple[Target, ...] = ()
    lead: tuple[Name, ...] = ()
    cooperating: tuple[Name, ...] = ()
    directing: tuple[Name, ...] = ()
    accountable: tuple[Role, ...] = (Role.PRINCIPAL,)
    """Who answers for it in a school; where both the principal and the union chair do, both confirm."""
    scope: Scope = Scope()
    parts: tuple[Text, ...] = ()
    lines: Lines = (1, 1)
    origins: tuple[Origin, ...] = ()
    """What each derived field was read from; a person's change of a field removes its origin."""


class Duty(Contract):
    """A line of the implementation part (tổ chức thực hiện)."""

    who: Text
    text: Text
    lines: Lines


class Recipient(Contract):
    """A line of the recipients' list (nơi nhận)."""

    name: Text
    unit: UnitId | None = None


class Warning(Contract):
    """Something that a person should look at before the plan is signed."""

    code: Code
    message: Text
    about: Text = ""
    """What in particular: the date, the body, the other line; "" where the code says all."""
    lines: Lines | None = None


class PlanDocument(Contract):
    """What was read of a document. Nothing in it is guessed: what is not certain has a warning."""

    kind: DocumentKind
    number: Text | None = None
    date: dt.date | None = None
    place: Text | None = None
    title: Text
    parties: tuple[Party, ...] = ()
    parent: ParentPlan | None = None
    period: Period = Period()
    legal_bases: tuple[LegalBasis, ...] = ()
    items: tuple[Item, ...] = ()
    duties: tuple[Duty, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    warnings: tuple[Warning, ...] = ()
    origins: tuple[Origin, ...] = ()
    """What the fields of the document itself were read from; those of an item stand with the item."""


class ApprovedItem(Contract):
    """An item as approved: what the tracker decomposes. `item_id` stays the same over amendments."""

    item_id: UUID
    position: int = Field(ge=1)
    section: Text = ""
    heading: Text = ""
    text: Text
    kind: ItemKind
    accountable: tuple[Role, ...]
    targets: tuple[Target, ...] = ()
    scope: Scope
    occurrences: tuple[Occurrence, ...] = Field(min_length=1, max_length=60)


class SignedParty(Contract):
    """A party with the unit that it is in the directory and the person who signed for it."""

    unit_id: UnitId
    role: PartyRole
    name: Name
    signed_by: PersonId
    signed_at: Instant


class _PlanInForce(Message):
    """What all parties have signed, as the tracker decomposes it."""

    plan_id: UUID
    version: int = Field(ge=1)
    kind: DocumentKind
    number: Text | None = None
    title: Text
    period: Period
    parties: tuple[SignedParty, ...] = Field(min_length=1)
    items: tuple[ApprovedItem, ...] = Field(min_length=1, max_length=1000)
    content_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Hash of the content that the parties signed."""
    directory_sequence: int = Field(ge=0)
    """The directory as the parties saw it: decompose once every change up to this one has arrived."""
    effective_on: dt.date
    """The day of the approval in Viet Nam; units that exist on it are bound."""
    approved_at: Instant
    parent_id: UUID | None = None
    """The plan above that this one carries out, where it is known here; its derived-plan items are answered by it."""


class PlanApproved(_PlanInForce):
    """All parties have signed and the plan is in force. Key: the plan."""


class Change(StrEnum):
    """What an amendment does to an item."""

    KEPT = "kept"
    CHANGED = "changed"
    NEW = "new"
    WITHDRAWN = "withdrawn"


class AmendedItem(Contract):
    """What an amendment does to one item, known by its lasting id; a withdrawn one is in `items` no more."""

    item_id: UUID
    change: Change
    fields: tuple[Code, ...] = ()
    """Of a changed item, what differs: `text`, `kind`, `accountable`, `targets`, `scope`, `due`."""


class PlanAmended(_PlanInForce):
    """All parties have signed a new version of a plan in force, which replaces the one before. Key: the plan."""

    version: int = Field(ge=2)
    changes: tuple[AmendedItem, ...] = Field(min_length=1, max_length=2000)
    """Every item of both versions, once."""
    reason: Text | None = None


class PlanRevoked(Message):
    """The plan is no longer in force; what was not finished is withdrawn. Key: the plan."""

    plan_id: UUID
    version: int = Field(ge=1)
    reason: Text
    revoked_at: Instant


class PlanClosed(Message):
    """The plan's time is over. Key: the plan."""

    plan_id: UUID
    version: int = Field(ge=1)
    carried_over: tuple[UUID, ...] = Field(default=(), max_length=1000)
    """Items that a following plan takes over: what is open of them is carried over."""
    following_id: UUID | None = None
    """The draft that takes them over."""
    closed_at: Instant


class SubmittedSignature(Contract):
    """A signature that a district's system recorded, for the party at `party` (its position, from 1)."""

    party: int = Field(ge=1)
    person_id: PersonId
    signed_at: Instant
    content_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of the content signed: `contracts.content.content_sha256` of `document`."""


class PlanSubmitted(Message):
    """A district's system hands in a plan: as the document's text, as its file, or as structured content.

    The unit is the topic's (`plan-submissions-<unit>`): a record that claims another is quarantined.
    """

    unit_id: UnitId
    submission_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """The district's own name for this plan; also the record's key."""
    version: int = Field(default=1, ge=1, le=1000)
    """Which version of that plan; a later one amends it once it is in force."""
    signatures: tuple[SubmittedSignature, ...] = Field(default=(), max_length=10)
    """With all parties' signatures and a structured `document`, the plan asks to be approved as it is."""
    text: Annotated[str, StringConstraints(min_length=1, max_length=500_000)] | None = None
    file: Annotated[Base64Bytes, Field(min_length=1)] | None = None
    """A Word, PDF or text file, in base64. What kind it is, its content says."""
    document: PlanDocument | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(form is not None for form in (self.text, self.file, self.document)) != 1:
            raise ValueError("give one of text, file and document")
        return self


class Reason(Contract):
    """Why something was refused: a stable code, the field if one is at fault, and words."""

    code: str
    field: str | None = None
    message: str


class PlanSubmissionAccepted(Message):
    """The submission is a plan here: at the desk, or approved as its signatures asked. Key: the submission."""

    unit_id: UnitId
    submission_id: str
    version: int = 1
    plan_id: UUID
    items: int = Field(ge=0)
    approved: bool = False
    notes: tuple[Reason, ...] = ()
    """Why it was not approved as it is, where its signatures asked for that."""


class PlanSubmissionRejected(Message):
    """The submission cannot become a plan; nothing was kept but this answer. Key: the submission."""

    unit_id: UnitId
    submission_id: str
    """Of a record that could not be read: its key; empty if it had none."""
    version: int = 1
    reasons: tuple[Reason, ...] = Field(min_length=1)


class PlanSubmissionDecided(Message):
    """What people decided on a plan that was submitted. Key: the submission."""

    unit_id: UnitId
    submission_id: str
    version: int
    """Of the submission."""
    plan_id: UUID
    plan_version: int = Field(ge=1)
    """Of the plan, as its events have it: a version that the office drafted has no submission of its own."""
    state: PlanState
    """APPROVED, REJECTED, CLOSED, REVOKED; IN_REVIEW after a party refused to sign."""
    reason: Text | None = None
    decided_at: Instant
