"""Who is told what, and until when it holds: one table of data, and the alerts that an event gives rise to.

The table is all there is to change when a rule changes; a new one has its name in `contracts.alerts`. Its rows
stand in the order in which a digest tells them, the most pressing first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from uuid import UUID

from contracts.alerts import AlertRule
from contracts.base import Message
from contracts.plans import PlanAmended, PlanApproved, PlanState
from contracts.tasks import (
    Milestone,
    RevisionCause,
    TaskDeadlineReached,
    TasksIssued,
    TasksMoved,
    TasksRevised,
    TaskState,
    TaskStatusChanged,
)
from contracts.units import Role, UnitKind

LEADERS: dict[UnitKind, tuple[Role, ...]] = {
    UnitKind.AREA: (Role.OFFICER, Role.SIGNATORY),
    UnitKind.OFFICE: (Role.OFFICER, Role.SIGNATORY),
    UnitKind.UNION: (Role.OFFICER, Role.SIGNATORY, Role.UNION_CHAIR),
    UnitKind.SCHOOL: (Role.PRINCIPAL, Role.UNION_CHAIR),
    UnitKind.TEAM: (Role.PRINCIPAL, Role.UNION_CHAIR),
}
"""Who is told what concerns a unit as a whole."""


class Audience(StrEnum):
    """Whom a rule tells."""

    ACCOUNTABLE = "accountable"
    """In a school, each role that is accountable for the item; elsewhere the unit's leaders."""
    OFFICES = "offices"
    """The leaders of the signing units, and of each office below them that has a bound school."""


class Against(IntEnum):
    """Where the morning stands against the due date: the sign of the difference in days."""

    BEFORE = -1
    ON_THE_DAY = 0
    AFTER = 1


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    name: AlertRule
    trigger: PlanState | TaskState | Milestone | RevisionCause
    """The state that is entered, the milestone that is reached, or why tasks changed without anybody's action."""
    audience: Audience
    heading: str
    """What a digest calls it after a number: `3 nhiệm vụ quá hạn`."""
    while_in: frozenset[TaskState] = frozenset()
    """The states of the task in which there is still something to tell; none for a plan."""
    against: Against | None = None
    """For a deadline: where the morning must stand against it. The due date must be the same, too."""
    days: tuple[int, ...] = ()
    """Days left or over at which it is told; empty: always."""
    then_weekly: bool = False
    """After the last of `days`, every seventh day."""
    optional: bool = False
    """Whether a recipient may switch it off."""

    def tells(self, days: int) -> bool:
        """Whether a milestone with so many days left or over is told."""
        weekly = self.then_weekly and days > self.days[-1] and days % 7 == 0
        return not self.days or days in self.days or weekly


WITH_THE_UNIT = frozenset({TaskState.ISSUED, TaskState.ACKNOWLEDGED, TaskState.IN_PROGRESS, TaskState.RETURNED})
"""The unit has something to do. What is submitted or declined waits for the assigner."""

NOT_DONE = WITH_THE_UNIT | {TaskState.DECLINED, TaskState.SUBMITTED, TaskState.SUSPENDED}

RULES: tuple[Rule, ...] = (
    Rule(
        AlertRule.OVERDUE,
        Milestone.OVERDUE,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ quá hạn",
        while_in=WITH_THE_UNIT,
        against=Against.AFTER,
        days=(1, 3, 7),
        then_weekly=True,
    ),
    Rule(
        AlertRule.DUE_TODAY,
        Milestone.DUE_TODAY,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ đến hạn hôm nay",
        while_in=WITH_THE_UNIT,
        against=Against.ON_THE_DAY,
    ),
    Rule(
        AlertRule.RETURNED,
        TaskState.RETURNED,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ bị trả lại",
        while_in=frozenset({TaskState.RETURNED, TaskState.IN_PROGRESS}),
    ),
    Rule(
        AlertRule.DUE_SOON,
        Milestone.DUE_SOON,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ sắp đến hạn",
        while_in=WITH_THE_UNIT,
        against=Against.BEFORE,
        days=(7, 3, 1),
        optional=True,
    ),
    Rule(
        AlertRule.PLAN_AMENDED,
        RevisionCause.PLAN_AMENDED,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ thay đổi theo kế hoạch sửa đổi",
        while_in=NOT_DONE | {TaskState.WITHDRAWN},
    ),
    Rule(
        AlertRule.PLAN_REVOKED,
        RevisionCause.PLAN_REVOKED,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ được thu hồi cùng kế hoạch",
        while_in=frozenset({TaskState.WITHDRAWN}),
    ),
    Rule(
        AlertRule.ASSIGNED,
        TaskState.ISSUED,
        Audience.ACCOUNTABLE,
        heading="nhiệm vụ mới được giao",
        while_in=WITH_THE_UNIT,
    ),
    Rule(
        AlertRule.PLAN_APPROVED,
        PlanState.APPROVED,
        Audience.OFFICES,
        heading="kế hoạch phối hợp mới hoặc sửa đổi có hiệu lực",
        optional=True,
    ),
)

_BY_TRIGGER: dict[str, Rule] = {rule.trigger: rule for rule in RULES}


@dataclass(frozen=True)
class Alert:
    """An occasion to tell a unit something, whoever answers for the unit on the morning when it is told.

    Rule, task (or else plan), unit and occasion identify it: the same occasion is told once.
    """

    rule: AlertRule
    plan_id: UUID
    unit_id: str
    occasion: str
    """The plan's version, the task's revision, or the due date with the days left or over."""
    task_id: UUID | None = None
    due_on: date | None = None
    """For a deadline: the date that the milestone was about."""
    not_before: date | None = None
    """The first morning on which it may be told; none: the next one."""


def alerts_of(event: Message) -> Iterator[Alert]:
    """The alerts that an event gives rise to; none for what no rule is about."""
    match event:
        case PlanApproved() | PlanAmended():
            yield from _of_plan(event)
        case TasksIssued():
            yield from _of_issue(event)
        case TaskStatusChanged():
            yield from _of_change(event)
        case TasksRevised():
            yield from _of_revision(event)
        case TasksMoved():
            yield from _of_move(event)
        case TaskDeadlineReached():
            yield from _of_deadline(event)


def _of_plan(event: PlanApproved | PlanAmended) -> Iterator[Alert]:
    rule = _BY_TRIGGER[PlanState.APPROVED]
    for unit_id in dict.fromkeys(party.unit_id for party in event.parties):
        yield Alert(rule.name, event.plan_id, unit_id, occasion=str(event.version))


def _of_issue(event: TasksIssued) -> Iterator[Alert]:
    rule = _BY_TRIGGER[TaskState.ISSUED]
    for task in event.tasks:
        yield Alert(rule.name, event.plan_id, event.unit_id, occasion="1", task_id=task.task_id)


def _of_change(event: TaskStatusChanged) -> Iterator[Alert]:
    rule = _BY_TRIGGER.get(event.to_state)
    if rule is not None and event.from_state != event.to_state:
        yield Alert(rule.name, event.plan_id, event.unit_id, occasion=str(event.revision), task_id=event.task_id)


def _of_revision(event: TasksRevised) -> Iterator[Alert]:
    rule = _BY_TRIGGER.get(event.cause)
    if rule is not None:
        for task in event.tasks:
            yield Alert(rule.name, event.plan_id, event.unit_id, occasion=str(task.revision), task_id=task.task_id)


def _of_move(event: TasksMoved) -> Iterator[Alert]:
    rule = _BY_TRIGGER[TaskState.ISSUED]
    for task in event.tasks:
        yield Alert(rule.name, task.plan_id, event.to_unit_id, occasion=str(task.revision), task_id=task.task_id)


def _of_deadline(event: TaskDeadlineReached) -> Iterator[Alert]:
    for reached in event.tasks:
        rule = _BY_TRIGGER[reached.milestone]
        if rule.tells(reached.days):
            yield Alert(
                rule.name,
                reached.plan_id,
                event.unit_id,
                occasion=f"{reached.due_on}:{reached.days}",
                task_id=reached.task_id,
                due_on=reached.due_on,
                not_before=event.on,
            )
