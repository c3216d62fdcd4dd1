"""Tasks that follow to a unit's successor: who hears of them, once, and that nobody who left does."""

from datetime import timedelta
from itertools import permutations

import pytest

from contracts.tasks import Milestone, TaskState
from contracts.units import Role, UnitChanged, UnitKind
from services.kit.database import Database
from tests.integration.notifier.world import (
    MONDAY,
    PROVINCE,
    changed,
    hold_morning,
    ids,
    issued,
    moved,
    person,
    plan,
    reached,
    rows,
    tell,
    told,
    unit,
)

TUESDAY = MONDAY + timedelta(days=1)
SUNDAY = MONDAY - timedelta(days=1)

MERGER: tuple[UnitChanged, ...] = (
    unit(
        "S1",
        UnitKind.SCHOOL,
        "D1",
        person("ht1", Role.PRINCIPAL),
        person("ct1", Role.UNION_CHAIR),
        sequence=2,
        valid_to=SUNDAY,
        successor_id="S3",
    ),
    unit("S3", UnitKind.SCHOOL, "D1", person("ht3", Role.PRINCIPAL), valid_from=MONDAY, has_union=False),
)
"""The first school has become another one, whose directory does not say that its people left."""


@pytest.fixture
async def merged(database: Database) -> Database:
    """The notifier with the small province, in which the first school has a successor."""
    await tell(database, units=[*PROVINCE, *MERGER], plans=[plan()])
    return database


async def test_what_was_pending_and_what_moved_is_told_to_the_successor_once(merged: Database) -> None:
    [task] = ids(1)
    await tell(merged, tasks=[issued("S1", task, due_on=TUESDAY)])
    await tell(merged, tasks=[reached("S1", MONDAY, (task, TUESDAY, Milestone.DUE_SOON, 1))])
    await tell(merged, tasks=[moved("S1", "S3", task, due_on=TUESDAY)])
    await hold_morning(merged, MONDAY)
    heard = await told(merged, MONDAY)
    assert heard["ht3"] == ["assigned", "due-soon"]
    assert not heard.keys() & {"ht1", "ct1"}
    await hold_morning(merged, TUESDAY)
    assert await told(merged, TUESDAY) == {}


async def test_what_the_old_unit_was_told_is_not_told_again(database: Database) -> None:
    [task] = ids(1)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", task, due_on=TUESDAY)])
    await tell(database, tasks=[reached("S1", MONDAY, (task, TUESDAY, Milestone.DUE_SOON, 1))])
    await hold_morning(database, MONDAY)
    assert "due-soon" in (await told(database, MONDAY))["ht1"]
    await tell(database, units=MERGER, tasks=[moved("S1", "S3", task, due_on=TUESDAY)])
    await hold_morning(database, TUESDAY)
    assert await told(database, TUESDAY) == {"ht3": ["assigned"]}


async def test_events_of_both_units_may_come_in_any_order(merged: Database) -> None:
    for order in permutations(range(3)):
        [task] = ids(1)
        events = [
            issued("S1", task),
            moved("S1", "S3", task, revision=3, state=TaskState.ACKNOWLEDGED),
            changed("S3", task, TaskState.IN_PROGRESS, revision=4),
        ]
        for place in order:
            await tell(merged, tasks=[events[place]])
        [row] = await rows(merged, "SELECT unit_id, state, revision FROM tasks WHERE id = $1", task)
        assert tuple(row) == ("S3", "IN_PROGRESS", 4)


async def test_a_deadline_told_under_the_old_key_after_the_move_reaches_the_successor(merged: Database) -> None:
    [task] = ids(1)
    await tell(merged, tasks=[issued("S1", task, due_on=TUESDAY), moved("S1", "S3", task, due_on=TUESDAY)])
    await tell(merged, tasks=[reached("S1", MONDAY, (task, TUESDAY, Milestone.DUE_SOON, 1))])
    await tell(merged, tasks=[reached("S3", MONDAY, (task, TUESDAY, Milestone.DUE_SOON, 1))])
    await hold_morning(merged, MONDAY)
    assert (await told(merged, MONDAY))["ht3"].count("due-soon") == 1
    reasons = await rows(merged, "SELECT reason FROM alerts WHERE state = 'CANCELLED' ORDER BY reason")
    assert [row["reason"] for row in reasons] == ["followed", "superseded"]


async def test_what_waits_under_a_unit_that_ended_is_heard_by_the_office_above(merged: Database) -> None:
    [task] = ids(1)
    await tell(merged, tasks=[issued("S1", task, due_on=TUESDAY)])
    await hold_morning(merged, MONDAY)
    heard = await told(merged, MONDAY)
    assert "assigned" in heard["pgd1"]
    assert not heard.keys() & {"ht1", "ct1", "ht3"}
