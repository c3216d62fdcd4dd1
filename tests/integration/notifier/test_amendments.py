"""Plans that change and end: what the view holds, and what a morning tells."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from contracts.plans import AmendedItem, Change, PlanAmended, PlanClosed, PlanRevoked
from contracts.tasks import Milestone, RevisedTask, RevisionCause, TasksRevised, TaskState
from services.kit.database import Database
from services.notifier import view
from tests.conftest import OpenDatabase
from tests.integration.notifier.world import (
    ITEM,
    MONDAY,
    NOW,
    PLAN,
    PROVINCE,
    changed,
    hold_morning,
    ids,
    issued,
    plan,
    reached,
    rows,
    tell,
    told,
)

S = TaskState
DAY, LATER = date(2025, 9, 8), date(2025, 9, 12)


@pytest.fixture
async def database(open_database: OpenDatabase) -> Database:
    """The notifier's database, with its province."""
    database = await open_database("notifier")
    await tell(database, units=PROVINCE)
    return database


def revised(
    task_id: UUID,
    to_state: TaskState,
    cause: RevisionCause = RevisionCause.PLAN_AMENDED,
    *,
    due_on: date | None = None,
    revision: int = 2,
) -> TasksRevised:
    task = RevisedTask(
        task_id=task_id, item_id=ITEM, revision=revision, from_state=S.ISSUED, to_state=to_state, due_on=due_on
    )
    return TasksRevised(plan_id=PLAN, plan_version=2, unit_id="S1", cause=cause, tasks=(task,), at=NOW)


def amended(text: str) -> PlanAmended:
    changes = (AmendedItem(item_id=ITEM, change=Change.CHANGED, fields=("text",)),)
    return PlanAmended.model_validate({**plan(version=2, text=text).model_dump(), "changes": changes})


async def task_of(database: Database, task_id: UUID) -> tuple[str, date | None, int]:
    [row] = await rows(database, "SELECT state, due_on, revision FROM tasks WHERE id = $1", task_id)
    return tuple(row)


async def cancelled(database: Database) -> dict[str, str]:
    found = await rows(database, "SELECT rule, reason FROM alerts WHERE state = 'CANCELLED'")
    return {row["rule"]: row["reason"] for row in found}


async def test_an_amendment_moves_what_is_to_be_told(database: Database) -> None:
    [task] = ids(1)
    await tell(database, plans=[plan()], tasks=[issued("S1", task, due_on=DAY)])
    await hold_morning(database, MONDAY)
    soon = reached("S1", DAY - timedelta(3), (task, DAY, Milestone.DUE_SOON, 3))
    await tell(database, plans=[], tasks=[soon, revised(task, S.ISSUED, due_on=LATER)])
    async with database.transaction() as tx:
        await view.keep_plans(tx, [amended("Nói chuyện chuyên đề")])
    assert await task_of(database, task) == ("ISSUED", LATER, 2)
    await hold_morning(database, DAY - timedelta(3))
    morning = await told(database, DAY - timedelta(3))
    assert morning["ht1"] == morning["ct1"] == ["plan-amended"]
    assert morning["so"] == ["plan-approved"]
    assert await cancelled(database) == {"due-soon": "moved"}
    [item] = await rows(database, "SELECT version, text FROM items")
    assert tuple(item) == (2, "Nói chuyện chuyên đề")


async def test_a_withdrawn_task_is_told_as_such_and_nothing_else_of_it(database: Database) -> None:
    [task] = ids(1)
    await tell(database, plans=[plan()], tasks=[issued("S1", task), revised(task, S.WITHDRAWN)])
    await hold_morning(database, MONDAY)
    assert (await told(database, MONDAY))["ht1"] == ["plan-amended"]
    assert await cancelled(database) == {"assigned": "closed"}


async def test_the_view_keeps_the_newest_of_what_people_and_plans_do(database: Database) -> None:
    [task] = ids(1)
    acknowledged = changed("S1", task, S.ACKNOWLEDGED, revision=2)
    await tell(database, tasks=[issued("S1", task), revised(task, S.WITHDRAWN, revision=3), acknowledged])
    assert await task_of(database, task) == ("WITHDRAWN", None, 3)
    await tell(database, tasks=[acknowledged])
    assert await task_of(database, task) == ("WITHDRAWN", None, 3)


async def test_of_a_revoked_plan_only_that_is_told(database: Database) -> None:
    first, second = ids(2)
    await tell(database, plans=[plan()], tasks=[issued("S1", first), issued("S1", second)])
    revoked = PlanRevoked(plan_id=PLAN, version=1, reason="thay thế", revoked_at=NOW)
    async with database.transaction() as tx:
        await view.end_plans(tx, [revoked])
    await tell(database, tasks=[revised(first, S.WITHDRAWN, RevisionCause.PLAN_REVOKED)])
    await hold_morning(database, MONDAY)
    assert await told(database, MONDAY) == {"ht1": ["plan-revoked"], "ct1": ["plan-revoked"]}
    assert await cancelled(database) == {"assigned": "ended", "plan-approved": "ended"}


async def test_of_a_closed_plan_nothing_more_is_told(database: Database) -> None:
    [task] = ids(1)
    await tell(database, plans=[plan()], tasks=[issued("S1", task, due_on=DAY)])
    async with database.transaction() as tx:
        await view.end_plans(tx, [PlanClosed(plan_id=PLAN, version=1, closed_at=NOW)])
    await tell(database, tasks=[revised(task, S.CARRIED_OVER, RevisionCause.PLAN_CLOSED, due_on=DAY)])
    await hold_morning(database, MONDAY)
    assert await told(database, MONDAY) == {}
    assert await task_of(database, task) == ("CARRIED_OVER", DAY, 2)
