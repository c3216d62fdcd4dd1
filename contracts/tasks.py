"""Tasks: one coordination item in one unit, and everything that happens to it."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Code, Contract, Instant, Message, PersonId, Text, UnitId
from contracts.units import Role


class TaskState(StrEnum):
    """Where a task stands. Timeliness is a second axis (`Timeliness`), derived and never stored."""

    ISSUED = "ISSUED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DECLINED = "DECLINED"
    IN_PROGRESS = "IN_PROGRESS"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    COMPLETED = "COMPLETED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"
    CARRIED_OVER = "CARRIED_OVER"


class Timeliness(StrEnum):
    """A task's state against its deadline, on a given day in Viet Nam."""

    NO_DEADLINE = "no-deadline"
    NOT_YET_DUE = "not-yet-due"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    ON_TIME = "completed-on-time"
    LATE = "completed-late"
    CLOSED = "closed-without-completion"
    """Not applicable, withdrawn or carried over: no longer measured."""


class TaskAction(StrEnum):
    """What a person can do with a task. `services/tracker/transitions.py` says from where, to where, by whom."""

    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    REISSUE = "reissue"
    START = "start"
    REPORT_PROGRESS = "report-progress"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    PROPOSE_NOT_APPLICABLE = "propose-not-applicable"
    CONFIRM_NOT_APPLICABLE = "confirm-not-applicable"
    REFUSE_NOT_APPLICABLE = "refuse-not-applicable"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    CARRY_OVER = "carry-over"


class Actor(Contract):
    """The person on whose behalf something is done, in which role, for which unit."""

    person_id: PersonId
    unit_id: UnitId
    role: Role


class ChangeTask(Message):
    """Command: do `action` with a task. Key: the school. Answered by `TaskStatusChanged` or a rejection."""

    task_id: UUID
    unit_id: UnitId
    """The unit that has the task; a task of another unit is refused."""
    action: TaskAction
    actor: Actor
    reason: Text | None = None
    note: Text | None = None
    percent: int | None = Field(default=None, ge=0, le=100)
    count: int | None = Field(default=None, ge=0, le=1_000_000)
    """A number against the item's target: 2 (of 3 teachers)."""
    expected_revision: int | None = Field(default=None, ge=1)
    """Refuse if the task has changed since the revision that the person saw."""


class IssuedTask(Contract):
    """One task within `TasksIssued`."""

    task_id: UUID
    item_id: UUID
    position: int
    occurrence: str = ""
    due_on: date | None = None


class TasksIssued(Message):
    """All tasks of one plan for one unit. Key: the unit."""

    plan_id: UUID
    plan_version: int
    unit_id: UnitId
    tasks: tuple[IssuedTask, ...] = Field(min_length=1)


class TaskStatusChanged(Message):
    """A person's action took effect. Key: the unit. `revision` rises by one with every change of a task."""

    task_id: UUID
    plan_id: UUID
    item_id: UUID
    unit_id: UnitId
    revision: int = Field(ge=2)
    """Issuing was revision 1."""
    action: TaskAction
    from_state: TaskState
    to_state: TaskState
    actor: Actor
    reason: Text | None = None
    note: Text | None = None
    percent: int | None = None
    count: int | None = None
    due_on: date | None = None
    at: Instant


class RevisionCause(StrEnum):
    """Why tasks changed without a person's action on them."""

    PLAN_AMENDED = "plan-amended"
    PLAN_REVOKED = "plan-revoked"
    PLAN_CLOSED = "plan-closed"
    UNIT_SUCCEEDED = "unit-succeeded"


class RevisedTask(Contract):
    """One task within `TasksRevised`, as it stands now."""

    task_id: UUID
    item_id: UUID
    occurrence: str = ""
    revision: int = Field(ge=2)
    from_state: TaskState
    to_state: TaskState
    due_on: date | None = None


class TasksRevised(Message):
    """Tasks of one plan and unit that changed together without a person's action on each. Key: the unit.

    An amendment withdraws tasks, or changes what they ask for in the state in which they stand.
    """

    plan_id: UUID
    plan_version: int
    unit_id: UnitId
    cause: RevisionCause
    reason: Text | None = None
    tasks: tuple[RevisedTask, ...] = Field(min_length=1)
    at: Instant


class MovedTask(Contract):
    """One task within `TasksMoved`: the same task, under another unit since."""

    task_id: UUID
    plan_id: UUID
    item_id: UUID
    occurrence: str = ""
    revision: int = Field(ge=2)
    state: TaskState
    due_on: date | None = None


class TasksMoved(Message):
    """Tasks of a unit that ended follow to its successor. Published as two events, one under the key of each unit."""

    from_unit_id: UnitId
    to_unit_id: UnitId
    on: date
    tasks: tuple[MovedTask, ...] = Field(min_length=1)


class TaskCommandRejected(Message):
    """A command was refused; nothing changed. Key: the unit that the command named."""

    command_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    task_id: UUID
    unit_id: UnitId
    action: TaskAction
    code: Code
    detail: str


class Milestone(StrEnum):
    """What a deadline sweep notices."""

    DUE_SOON = "due-soon"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"


class ReachedDeadline(Contract):
    """One task within `TaskDeadlineReached`."""

    task_id: UUID
    plan_id: UUID
    due_on: date
    milestone: Milestone
    days: int = Field(ge=0)
    """Days left (7, 3, 1) or days over (1, 3, 7, then weekly); 0 on the day itself."""


class TaskDeadlineReached(Message):
    """All tasks of one unit that reached a milestone on a morning. Key: the unit. Once per milestone and due date."""

    unit_id: UnitId
    on: date
    tasks: tuple[ReachedDeadline, ...] = Field(min_length=1)
