"""The directory of organisation units, as the planner publishes it on `unit-directory`.

Units form one tree of areas: a province holds its offices, its unions, its districts or communes and the
schools attached to it; a district or commune holds its own offices, unions and schools; a school holds
teams. An office or a union answers for the area that it stands in (its *jurisdiction*), any other unit
for itself and what is below it.
"""

from datetime import date
from enum import StrEnum

from pydantic import Field

from contracts.base import Contract, Distinct, Email, Message, Name, PersonId, UnitId


class UnitKind(StrEnum):
    """What a unit is in the tree."""

    AREA = "area"
    """A province, district or commune."""
    OFFICE = "office"
    """An education department or office (Sở, Phòng GDĐT), or a commune's department of culture."""
    UNION = "union"
    """An education union or a labour federation above the schools (Công đoàn ngành, LĐLĐ)."""
    SCHOOL = "school"
    TEAM = "team"
    """A team within a school (tổ)."""


class Level(StrEnum):
    """Levels of schooling. A multi-level school (TH&THCS) has several."""

    MN = "MN"
    """Mầm non: kindergarten."""
    TH = "TH"
    """Tiểu học: grades 1 to 5."""
    THCS = "THCS"
    """Trung học cơ sở: grades 6 to 9."""
    THPT = "THPT"
    """Trung học phổ thông: grades 10 to 12."""
    GDTX = "GDTX"
    """Giáo dục thường xuyên: continuing education."""


class Ownership(StrEnum):
    """Who founded the school."""

    PUBLIC = "public"
    NON_PUBLIC = "non-public"


class Role(StrEnum):
    """What a person does in a unit, or (operator) for the service."""

    PRINCIPAL = "principal"
    UNION_CHAIR = "union-chair"
    STAFF = "staff"
    OFFICER = "officer"
    SIGNATORY = "signatory"
    """Signs plans for an office or a union; in a school the principal and the union chair do."""
    OPERATOR = "operator"


class PersonInRole(Contract):
    """A person who holds a role in a unit for a time. The address is personal data: it stays out of logs."""

    person_id: PersonId
    name: Name
    role: Role
    email: Email | None = None
    valid_from: date
    valid_to: date | None = None
    """The last day on which the person holds the role; none while open."""


class UnitChanged(Message):
    """The whole present state of one unit. The topic is compacted: the last record of a unit counts."""

    unit_id: UnitId
    sequence: int = Field(ge=1)
    """Rises by one with every change in the whole directory; what a plan's `directory_sequence` refers to."""
    name: Name
    kind: UnitKind
    parent_id: UnitId | None = None
    """The unit above; none for the province alone. It was published before its children."""
    levels: Distinct[Level] = frozenset()
    ownership: Ownership | None = None
    has_union: bool = False
    """Whether a school has a grassroots union."""
    valid_from: date
    valid_to: date | None = None
    """The last day on which the unit exists; none while open."""
    successor_id: UnitId | None = None
    """The one unit that takes over (a merger, a new name); what is open follows to it on the day after the last."""
    split_into: tuple[UnitId, ...] = Field(default=(), max_length=100)
    """The units that share what it did, where there are several: which takes over a task, a person decides."""
    since: date | None = None
    """The first day on which it stands so: with this kind, place, levels, ownership and union. None: `valid_from`.

    What falls due from that day on is asked of it by plans in force, also if they did not reach it before.
    """
    people: tuple[PersonInRole, ...] = ()

    @property
    def successors(self) -> tuple[UnitId, ...]:
        """The units that take over, one or several."""
        return self.split_into or ((self.successor_id,) if self.successor_id else ())
