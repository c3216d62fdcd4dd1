"""What the topics say of tasks, and when a plan's books agree."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tasks import (
    IssuedTask,
    MovedTask,
    RevisedTask,
    RevisionCause,
    TasksIssued,
    TasksMoved,
    TasksRevised,
    TaskState,
)
from services.ops.reconcile import NOTHING, Announced, PlanCount, by_unit

PLAN, ITEM, TASK = (UUID(int=number) for number in (1, 2, 3))
S = TaskState
AGREED = PlanCount(
    plan_id="p",
    title="Kế hoạch",
    state="APPROVED",
    version=2,
    expected=7,
    earlier=2,
    held=9,
    beyond=1,
    announced=10,
    doubled=0,
    astray=0,
    laid=True,
)


def issued(task_id: UUID = TASK, unit_id: str = "S1") -> TasksIssued:
    tasks = (IssuedTask(task_id=task_id, item_id=ITEM, position=1),)
    return TasksIssued(plan_id=PLAN, plan_version=1, unit_id=unit_id, tasks=tasks)


def revised(revision: int, to: TaskState, cause: RevisionCause = RevisionCause.PLAN_AMENDED) -> TasksRevised:
    task = RevisedTask(task_id=TASK, item_id=ITEM, revision=revision, from_state=S.ISSUED, to_state=to)
    moment = datetime(2025, 9, 5, tzinfo=UTC)
    return TasksRevised(plan_id=PLAN, plan_version=2, unit_id="S1", cause=cause, tasks=(task,), at=moment)


def moved(revision: int, to_unit_id: str) -> TasksMoved:
    task = MovedTask(task_id=TASK, plan_id=PLAN, item_id=ITEM, revision=revision, state=S.ISSUED)
    return TasksMoved(from_unit_id="S1", to_unit_id=to_unit_id, on=date(2025, 9, 5), tasks=(task,))


def live(*events: TasksIssued | TasksMoved | TasksRevised) -> dict[str, int]:
    announced = Announced()
    for event in events:
        announced.read(event)
    return dict(announced.live().get(str(PLAN), {}))


def test_a_task_counts_until_its_plan_or_its_units_end_withdraws_it() -> None:
    assert live(issued()) == {"S1": 1}
    assert live(issued(), revised(2, S.ISSUED)) == {"S1": 1}
    assert live(issued(), revised(2, S.WITHDRAWN)) == {}
    assert live(issued(), revised(2, S.WITHDRAWN, RevisionCause.PLAN_REVOKED)) == {}
    assert live(issued(), revised(2, S.WITHDRAWN, RevisionCause.UNIT_SUCCEEDED)) == {}
    assert live(issued(), revised(2, S.CARRIED_OVER, RevisionCause.PLAN_CLOSED)) == {"S1": 1}


EVENTS = [issued(), revised(2, S.WITHDRAWN), revised(3, S.ISSUED), moved(4, "S2"), moved(5, "S3"), moved(5, "S3")]


@given(st.permutations(EVENTS))
def test_what_was_told_last_counts_in_whatever_order_it_is_read(
    events: list[TasksIssued | TasksMoved | TasksRevised],
) -> None:
    assert live(*events) == {"S3": 1}
    assert live(*events, revised(6, S.WITHDRAWN)) == {}


def obligations(units: dict[str, int], **more: list[str]) -> dict[str, Any]:
    return {**NOTHING, "units": units, **more}


def unit(unit_id: str, tasks: int, standing: int | None = None) -> dict[str, Any]:
    return {"unit_id": unit_id, "tasks": tasks, "standing": tasks if standing is None else standing}


def test_books_are_compared_unit_by_unit() -> None:
    assert by_unit(obligations({"S1": 2, "S2": 1}), [unit("S1", 2), unit("S2", 1)], Counter(S1=2, S2=1)) == (0, 0)
    assert by_unit(obligations({"S1": 2, "S2": 1}), [unit("S1", 1), unit("S2", 2)], Counter(S1=1, S2=2)) == (0, 2)
    assert by_unit(obligations({"S1": 1}), [unit("S1", 1)], Counter(S2=1)) == (0, 2)
    assert by_unit(obligations({"S2": 1}), [unit("S1", 0, 1), unit("S2", 1, 0)], Counter(S1=1)) == (0, 0)


def test_what_a_changed_unit_had_before_is_no_fault_but_what_it_lacks_is() -> None:
    changed = obligations({"S1": 2}, changed=["S1"])
    assert by_unit(changed, [unit("S1", 5)], Counter(S1=5)) == (3, 0)
    assert by_unit(changed, [unit("S1", 1)], Counter(S1=1)) == (0, 1)


def test_units_among_whom_an_officer_chooses_are_known_only_together() -> None:
    split = obligations({"S1": 3, "S2": 1}, undecided=["S1", "S2", "S3"])
    assert by_unit(split, [unit("S2", 2), unit("S3", 2)], Counter(S2=2, S3=2)) == (0, 0)
    assert by_unit(split, [unit("S2", 1), unit("S3", 2)], Counter(S2=1, S3=2)) == (0, 1)


def test_another_id_for_the_same_task_is_doubled() -> None:
    announced = Announced()
    for event in (issued(), issued(), issued(UUID(int=9)), issued(UUID(int=10), "S2")):
        announced.read(event)
    assert announced.doubled()[str(PLAN)] == 1


def test_books_that_agree_hold() -> None:
    assert AGREED.holds
    assert AGREED.lost == 0


@pytest.mark.parametrize(
    "change",
    [
        {"expected": 8},
        {"earlier": 0},
        {"held": 8},
        {"beyond": 0},
        {"announced": 9},
        {"doubled": 1},
        {"astray": 1},
        {"laid": False},
    ],
)
def test_books_that_differ_in_anything_do_not(change: dict[str, int]) -> None:
    assert not PlanCount(**{**AGREED.__dict__, **change}).holds
