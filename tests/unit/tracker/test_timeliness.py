"""Deadlines are days and end with them in Viet Nam."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tasks import Milestone, TaskState, Timeliness
from services.tracker.timeliness import milestone, timeliness

S, T = TaskState, Timeliness
DUE = date(2025, 11, 20)
LAST_MOMENT = datetime(2025, 11, 20, 16, 59, 59, tzinfo=UTC)
TOO_LATE = LAST_MOMENT + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "due_on", "submitted_at", "today", "expected"),
    [
        (S.IN_PROGRESS, None, None, DUE, T.NO_DEADLINE),
        (S.COMPLETED, None, TOO_LATE, DUE, T.NO_DEADLINE),
        (S.ISSUED, DUE, None, date(2025, 11, 12), T.NOT_YET_DUE),
        (S.ISSUED, DUE, None, date(2025, 11, 13), T.DUE_SOON),
        (S.ISSUED, DUE, None, DUE, T.DUE_SOON),
        (S.ISSUED, DUE, None, date(2025, 11, 21), T.OVERDUE),
        (S.SUSPENDED, DUE, None, date(2025, 11, 21), T.OVERDUE),
        (S.RETURNED, DUE, LAST_MOMENT, date(2025, 11, 21), T.OVERDUE),
        (S.SUBMITTED, DUE, LAST_MOMENT, date(2025, 12, 1), T.NOT_YET_DUE),
        (S.SUBMITTED, DUE, TOO_LATE, date(2025, 12, 1), T.OVERDUE),
        (S.COMPLETED, DUE, LAST_MOMENT, date(2025, 12, 1), T.ON_TIME),
        (S.COMPLETED, DUE, TOO_LATE, date(2025, 12, 1), T.LATE),
        (S.NOT_APPLICABLE, DUE, None, date(2025, 12, 1), T.CLOSED),
        (S.WITHDRAWN, None, None, DUE, T.CLOSED),
        (S.CARRIED_OVER, DUE, TOO_LATE, DUE, T.CLOSED),
    ],
)
def test_timeliness(
    state: TaskState, due_on: date | None, submitted_at: datetime | None, today: date, expected: Timeliness
) -> None:
    assert timeliness(state, due_on, submitted_at, today) is expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (8, None),
        (7, (Milestone.DUE_SOON, 7)),
        (4, (Milestone.DUE_SOON, 7)),
        (3, (Milestone.DUE_SOON, 3)),
        (2, (Milestone.DUE_SOON, 3)),
        (1, (Milestone.DUE_SOON, 1)),
        (0, (Milestone.DUE_TODAY, 0)),
        (-1, (Milestone.OVERDUE, 1)),
        (-2, (Milestone.OVERDUE, 1)),
        (-3, (Milestone.OVERDUE, 3)),
        (-6, (Milestone.OVERDUE, 3)),
        (-7, (Milestone.OVERDUE, 7)),
        (-13, (Milestone.OVERDUE, 7)),
        (-14, (Milestone.OVERDUE, 14)),
        (-700, (Milestone.OVERDUE, 700)),
    ],
)
def test_milestones(left: int, expected: tuple[Milestone, int] | None) -> None:
    assert milestone(DUE, DUE - timedelta(days=left)) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-60, 30))
def test_a_milestone_once_reached_is_never_reached_before_it_is_true(due_on: date, left: int) -> None:
    reached = milestone(due_on, due_on - timedelta(days=left))
    if reached is None:
        assert left > 7
        return
    name, days = reached
    assert (left >= 0) == (name is not Milestone.OVERDUE)
    assert days >= left if name is Milestone.DUE_SOON else days <= -left
