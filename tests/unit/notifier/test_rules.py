"""The table of rules, and the alerts that events give rise to."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.alerts import AlertRule
from contracts.tasks import (
    Actor,
    IssuedTask,
    Milestone,
    ReachedDeadline,
    RevisedTask,
    RevisionCause,
    TaskAction,
    TaskCommandRejected,
    TaskDeadlineReached,
    TasksIssued,
    TasksRevised,
    TaskState,
    TaskStatusChanged,
)
from contracts.units import Role, UnitKind
from services.notifier.rules import LEADERS, RULES, Alert, alerts_of

PLAN = UUID(int=1)
MOMENT = datetime(2025, 9, 5, tzinfo=UTC)

days_of_year = st.dates(date(2024, 1, 1), date(2026, 12, 31))
deadlines = st.builds(
    ReachedDeadline,
    task_id=st.uuids(),
    plan_id=st.just(PLAN),
    due_on=days_of_year,
    milestone=st.sampled_from(Milestone),
    days=st.integers(0, 60),
)


def change(from_state: TaskState, to_state: TaskState, revision: int = 2) -> TaskStatusChanged:
    return TaskStatusChanged(
        task_id=UUID(int=2),
        plan_id=PLAN,
        item_id=UUID(int=3),
        unit_id="S1",
        revision=revision,
        action=TaskAction.RETURN,
        from_state=from_state,
        to_state=to_state,
        actor=Actor(person_id="a", unit_id="D1-PGD", role=Role.OFFICER),
        at=MOMENT,
    )


def test_every_alert_rule_has_one_row_and_every_kind_of_unit_its_leaders() -> None:
    assert sorted(rule.name for rule in RULES) == sorted(AlertRule)
    assert len({rule.trigger for rule in RULES}) == len(RULES)
    assert LEADERS.keys() == set(UnitKind)


def test_a_rule_about_deadlines_says_when_the_morning_must_be() -> None:
    for rule in RULES:
        assert (rule.against is not None) == isinstance(rule.trigger, Milestone)


@given(st.lists(deadlines, min_size=1), days_of_year)
def test_a_deadline_is_told_on_its_days_and_not_before(reached: list[ReachedDeadline], on: date) -> None:
    told_days = {
        Milestone.DUE_SOON: {1, 3, 7},
        Milestone.DUE_TODAY: set(range(61)),
        Milestone.OVERDUE: {1, 3, 7, 14, 21, 28, 35, 42, 49, 56},
    }
    alerts = list(alerts_of(TaskDeadlineReached(unit_id="S1", on=on, tasks=tuple(reached))))

    expected = [deadline for deadline in reached if deadline.days in told_days[deadline.milestone]]
    assert [(alert.task_id, str(alert.rule), alert.due_on) for alert in alerts] == [
        (deadline.task_id, str(deadline.milestone), deadline.due_on) for deadline in expected
    ]
    assert {alert.not_before for alert in alerts} <= {on}
    assert {alert.unit_id for alert in alerts} <= {"S1"}


@given(deadlines, deadlines)
def test_two_deadlines_are_one_occasion_only_if_they_are_the_same(one: ReachedDeadline, other: ReachedDeadline) -> None:
    other = other.model_copy(update={"task_id": one.task_id, "milestone": one.milestone})

    def identity(deadline: ReachedDeadline) -> list[tuple[object, ...]]:
        event = TaskDeadlineReached(unit_id="S1", on=date(2025, 1, 1), tasks=(deadline,))
        return [(alert.rule, alert.task_id, alert.unit_id, alert.occasion) for alert in alerts_of(event)]

    is_same = (one.due_on, one.days) == (other.due_on, other.days)
    assert (identity(one) == identity(other)) is is_same or not identity(one) or not identity(other)


@given(st.sets(st.uuids(), min_size=1))
def test_each_issued_task_is_assigned_once(task_ids: set[UUID]) -> None:
    tasks = tuple(IssuedTask(task_id=task_id, item_id=UUID(int=3), position=1) for task_id in sorted(task_ids))
    alerts = list(alerts_of(TasksIssued(plan_id=PLAN, plan_version=1, unit_id="S1", tasks=tasks)))
    assert alerts == [Alert(AlertRule.ASSIGNED, PLAN, "S1", "1", task_id=task.task_id) for task in tasks]


@pytest.mark.parametrize("from_state", TaskState)
@pytest.mark.parametrize("to_state", TaskState)
def test_a_change_is_told_where_the_task_comes_back_to_the_unit(from_state: TaskState, to_state: TaskState) -> None:
    rules = {TaskState.RETURNED: AlertRule.RETURNED, TaskState.ISSUED: AlertRule.ASSIGNED}
    expected = [rules[to_state]] if to_state in rules and from_state is not to_state else []
    assert [alert.rule for alert in alerts_of(change(from_state, to_state))] == expected


def test_a_second_return_is_another_occasion() -> None:
    first, second = (
        next(alerts_of(change(TaskState.SUBMITTED, TaskState.RETURNED, revision))).occasion for revision in (4, 7)
    )
    assert first != second


@pytest.mark.parametrize("cause", RevisionCause)
def test_tasks_that_change_with_their_plan_are_told_once_each(cause: RevisionCause) -> None:
    tasks = tuple(
        RevisedTask(
            task_id=UUID(int=number),
            item_id=UUID(int=3),
            revision=number,
            from_state=TaskState.ISSUED,
            to_state=TaskState.WITHDRAWN,
        )
        for number in (2, 5)
    )
    event = TasksRevised(plan_id=PLAN, plan_version=2, unit_id="S1", cause=cause, tasks=tasks, at=MOMENT)
    told = {RevisionCause.PLAN_AMENDED: AlertRule.PLAN_AMENDED, RevisionCause.PLAN_REVOKED: AlertRule.PLAN_REVOKED}
    expected = [
        Alert(told[cause], PLAN, "S1", str(task.revision), task_id=task.task_id) for task in tasks if cause in told
    ]
    assert list(alerts_of(event)) == expected


def test_a_refused_command_is_told_nobody() -> None:
    rejected = TaskCommandRejected(
        command_id="1", task_id=PLAN, unit_id="S1", action=TaskAction.START, code="wrong-state", detail=""
    )
    assert list(alerts_of(rejected)) == []
