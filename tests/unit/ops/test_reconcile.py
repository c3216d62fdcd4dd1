"""What the topics say of tasks, and when a plan's books agree."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tasks import IssuedTask, RevisedTask, RevisionCause, TasksIssued, TasksRevised, TaskState
from services.ops.reconcile import Announced, PlanCount

PLAN, ITEM, TASK = (UUID(int=number) for number in (1, 2, 3))
S = TaskState
AGREED = PlanCount("p", "Kế hoạch", "APPROVED", 2, expected=9, held=9, beyond=1, announced=10, doubled=0, laid=True)


def issued(task_id: UUID = TASK, unit_id: str = "S1") -> TasksIssued:
    tasks = (IssuedTask(task_id=task_id, item_id=ITEM, position=1),)
    return TasksIssued(plan_id=PLAN, plan_version=1, unit_id=unit_id, tasks=tasks)


def revised(revision: int, to: TaskState, cause: RevisionCause = RevisionCause.PLAN_AMENDED) -> TasksRevised:
    task = RevisedTask(task_id=TASK, item_id=ITEM, revision=revision, from_state=S.ISSUED, to_state=to)
    moment = datetime(2025, 9, 5, tzinfo=UTC)
    return TasksRevised(plan_id=PLAN, plan_version=2, unit_id="S1", cause=cause, tasks=(task,), at=moment)


def live(*events: TasksIssued | TasksRevised) -> int:
    announced = Announced()
    for event in events:
        announced.read(event)
    return announced.live()[str(PLAN)]


def test_a_task_counts_until_its_plan_withdraws_it() -> None:
    assert live(issued()) == 1
    assert live(issued(), revised(2, S.ISSUED)) == 1
    assert live(issued(), revised(2, S.WITHDRAWN)) == 0
    assert live(issued(), revised(2, S.WITHDRAWN, RevisionCause.PLAN_REVOKED)) == 0
    assert live(issued(), revised(2, S.CARRIED_OVER, RevisionCause.PLAN_CLOSED)) == 1


@given(st.permutations([issued(), revised(2, S.WITHDRAWN), revised(3, S.ISSUED), revised(4, S.WITHDRAWN)]))
def test_what_was_told_last_counts_in_whatever_order_it_is_read(events: list[TasksIssued | TasksRevised]) -> None:
    assert live(*events) == 0
    assert live(*events, revised(5, S.ISSUED)) == 1


def test_another_id_for_the_same_task_is_doubled() -> None:
    announced = Announced()
    for event in (issued(), issued(), issued(UUID(int=9)), issued(UUID(int=10), "S2")):
        announced.read(event)
    assert announced.doubled()[str(PLAN)] == 1


def test_books_that_agree_hold() -> None:
    assert AGREED.holds
    assert AGREED.lost == 0


@pytest.mark.parametrize(
    "change", [{"expected": 8}, {"held": 8}, {"beyond": 0}, {"announced": 9}, {"doubled": 1}, {"laid": False}]
)
def test_books_that_differ_in_anything_do_not(change: dict[str, int]) -> None:
    assert not PlanCount(**{**AGREED.__dict__, **change}).holds
