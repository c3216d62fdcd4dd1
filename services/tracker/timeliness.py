"""A task against its deadline on a given day: derived, never stored.

Source: `domain.md`. A deadline is a day and ends with it in Viet Nam; what counts is when the submission
that was accepted was made. A submission that waits for its acceptance stops the clock. A suspension does
not: it hides the task from the sweep, and people see both axes.

The SQL function `timeliness` of the first migration says the same for many tasks at once.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.tasks import Milestone, TaskState, Timeliness

SOON = 7
"""Days before the deadline from which on it is soon."""

CLOSED = frozenset({TaskState.NOT_APPLICABLE, TaskState.WITHDRAWN, TaskState.CARRIED_OVER})

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


def timeliness(state: TaskState, due_on: date | None, submitted_at: datetime | None, today: date) -> Timeliness:
    """The second axis of a task on `today` (in Viet Nam). `submitted_at` is the last submission's moment."""
    if state in CLOSED:
        return Timeliness.CLOSED
    if due_on is None:
        return Timeliness.NO_DEADLINE
    if state in (TaskState.COMPLETED, TaskState.SUBMITTED) and submitted_at is not None:
        in_time = submitted_at.astimezone(_VIET_NAM).date() <= due_on
        if state is TaskState.COMPLETED:
            return Timeliness.ON_TIME if in_time else Timeliness.LATE
        return Timeliness.NOT_YET_DUE if in_time else Timeliness.OVERDUE
    if today > due_on:
        return Timeliness.OVERDUE
    return Timeliness.DUE_SOON if (due_on - today).days <= SOON else Timeliness.NOT_YET_DUE


def milestone(due_on: date, today: date) -> tuple[Milestone, int] | None:
    """What a sweep of `today` tells of a deadline: the milestone passed last, with its days left or over.

    Soon at 7, 3 and 1 days, then the day itself, then 1, 3 and 7 days over and every 7 more. Between two of
    them the earlier one holds: a morning that was missed is made up for on the next.
    """
    left = (due_on - today).days
    if left > SOON:
        return None
    if left > 0:
        return Milestone.DUE_SOON, next(days for days in (1, 3, 7) if left <= days)
    if left == 0:
        return Milestone.DUE_TODAY, 0
    over = -left
    return Milestone.OVERDUE, over // 7 * 7 or (3 if over >= 3 else 1)
