"""Mornings on a real database: whom alerts reach, what is cancelled, and that nobody is told twice."""

import itertools
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from contracts.alerts import AlertRaised
from contracts.envelope import Envelope
from contracts.tasks import Milestone, TaskState
from contracts.units import Role, UnitKind
from services.kit.clock import VIET_NAM
from services.kit.database import Database
from services.kit.errors import Refusal
from services.notifier import mornings
from tests.integration.notifier.world import (
    MONDAY,
    PROVINCE,
    changed,
    hold_morning,
    ids,
    issued,
    person,
    plan,
    reached,
    rows,
    tell,
    told,
    unit,
)
from tests.support.clock import FixedClock

TUESDAY = MONDAY + timedelta(days=1)


async def published(database: Database) -> list[AlertRaised]:
    values = await rows(database, "SELECT value FROM outbox WHERE topic = 'alert-events' ORDER BY id")
    return [Envelope[AlertRaised].model_validate_json(row["value"]).data for row in values]


async def test_a_new_plan_is_told_to_offices_and_its_tasks_to_those_accountable(database: Database) -> None:
    one, two = ids(2)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", one), issued("S2", two)])

    await hold_morning(database, MONDAY)

    assert await told(database, MONDAY) == {
        "so": ["plan-approved"],
        "cd": ["plan-approved"],
        "pgd1": ["plan-approved"],
        "tp1": ["plan-approved"],
        "ht1": ["assigned"],
        "ct1": ["assigned"],
        "ht2": ["assigned"],
    }


async def test_each_recipient_has_one_event_with_every_entry(database: Database) -> None:
    tasks = ids(3)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", *tasks, due_on=TUESDAY)])
    await tell(database, tasks=[reached("S1", MONDAY, (tasks[1], TUESDAY, Milestone.DUE_SOON, 1))])

    await hold_morning(database, MONDAY)

    digests = {digest.recipient: digest for digest in await published(database)}
    principal = digests["ht1"]
    assert (principal.role, principal.unit_id, principal.morning) == (Role.PRINCIPAL, "S1", MONDAY)
    assert [(entry.rule, entry.task_id, entry.days) for entry in principal.entries] == [
        ("due-soon", tasks[1], 1),
        *[("assigned", task, None) for task in tasks],
    ]
    sent = {row["id"]: row["recipient"] for row in await rows(database, "SELECT id, recipient FROM digests")}
    assert sent == {digest.digest_id: digest.recipient for digest in digests.values()}


async def test_events_may_come_in_any_order_between_topics(database: Database) -> None:
    one, two = ids(2)
    events: dict[str, list[object]] = {
        "units": list(reversed(PROVINCE)),
        "plans": [plan()],
        "tasks": [issued("S1", one), issued("S2", two)],
    }
    await tell(database, tasks=events["tasks"])
    await hold_morning(database, MONDAY)
    await tell(database, plans=[plan()])
    await hold_morning(database, TUESDAY)
    assert await told(database, MONDAY) == await told(database, TUESDAY) == {}

    for one_unit in reversed(PROVINCE):
        await tell(database, units=[one_unit])
    wednesday = MONDAY + timedelta(days=2)
    await hold_morning(database, wednesday)

    heard = await told(database, wednesday)
    assert heard.keys() == {"so", "cd", "pgd1", "tp1", "ht1", "ct1", "ht2"}


async def test_nobody_is_told_the_same_twice(database: Database) -> None:
    events = [issued("S1", *ids(2))]
    await tell(database, units=PROVINCE, plans=[plan()], tasks=events)
    await hold_morning(database, MONDAY)
    before = await told(database, MONDAY)

    await tell(database, units=PROVINCE, plans=[plan()], tasks=events)
    await hold_morning(database, MONDAY)
    await hold_morning(database, TUESDAY)

    assert await told(database, MONDAY) == before
    assert await told(database, TUESDAY) == {}


async def test_what_comes_after_the_morning_waits_for_the_next(database: Database) -> None:
    await tell(database, units=PROVINCE, plans=[plan()])
    await hold_morning(database, MONDAY)
    await tell(database, tasks=[issued("S1", *ids(1))])
    await hold_morning(database, MONDAY)

    assert "ht1" not in await told(database, MONDAY)
    await hold_morning(database, TUESDAY)
    assert (await told(database, TUESDAY))["ht1"] == ["assigned"]


async def test_a_deadline_is_not_told_before_its_day(database: Database) -> None:
    [task] = ids(1)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", task, due_on=TUESDAY)])
    await tell(database, tasks=[reached("S1", TUESDAY, (task, TUESDAY, Milestone.DUE_TODAY, 0))])

    await hold_morning(database, MONDAY)
    await hold_morning(database, TUESDAY)

    assert (await told(database, MONDAY))["ht1"] == ["assigned"]
    assert (await told(database, TUESDAY))["ht1"] == ["due-today"]


CASES = list(
    itertools.product(
        TaskState,
        ((Milestone.DUE_SOON, 7), (Milestone.DUE_SOON, 1), (Milestone.DUE_TODAY, 0), (Milestone.OVERDUE, 3)),
        (-8, -1, 0, 2),
        (False, True),
    )
)


def is_still_true(state: TaskState, milestone: Milestone, late: int, is_moved: bool) -> bool:
    """The rule for deadlines, in other words than the table's."""
    if is_moved or state not in {"ISSUED", "ACKNOWLEDGED", "IN_PROGRESS", "RETURNED"}:
        return False
    return milestone == ("due-soon" if late < 0 else "overdue" if late > 0 else "due-today")


async def test_only_deadlines_that_still_hold_are_told(database: Database) -> None:
    """Every state, milestone and distance of the morning from the due date, with and without a moved deadline."""
    morning = date(2025, 8, 20)
    expected: set[tuple[UUID, str]] = set()
    events: list[object] = []
    for (state, (milestone, days), late, is_moved), task in zip(CASES, ids(len(CASES)), strict=True):
        due_on = morning - timedelta(days=late)
        now_due = due_on + timedelta(days=30) if is_moved else due_on
        swept = morning - timedelta(days=10)
        events += [
            reached("S2", swept, (task, due_on, milestone, days)),
            changed("S2", task, state, due_on=now_due, from_state=state),
        ]
        if is_still_true(state, milestone, late, is_moved):
            expected.add((task, milestone))
    await tell(database, units=PROVINCE, plans=[plan()], tasks=events)

    await hold_morning(database, morning)

    entries = await rows(
        database,
        "SELECT task_id, rule FROM digest_entries JOIN alerts ON alerts.id = alert_id WHERE recipient = 'ht2'",
    )
    assert {(row["task_id"], row["rule"]) for row in entries} == expected
    [counts] = await rows(database, "SELECT count(*) FILTER (WHERE state = 'PENDING') AS waiting FROM alerts")
    assert counts["waiting"] == 0


async def test_of_two_alerts_of_a_rule_for_a_task_only_the_later_is_told(database: Database) -> None:
    [task] = ids(1)
    due_on = MONDAY - timedelta(days=3)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S2", task, due_on=due_on)])
    await tell(database, tasks=[reached("S2", MONDAY - timedelta(days=2), (task, due_on, Milestone.OVERDUE, 1))])
    await tell(database, tasks=[reached("S2", MONDAY, (task, due_on, Milestone.OVERDUE, 3))])

    await hold_morning(database, MONDAY)

    assert (await told(database, MONDAY))["ht2"] == ["assigned", "overdue"]
    [row] = await rows(database, "SELECT occasion FROM alerts WHERE reason = 'superseded'")
    assert row["occasion"] == f"{due_on}:1"


@pytest.mark.parametrize(
    ("state", "is_told"),
    [(TaskState.RETURNED, True), (TaskState.IN_PROGRESS, True), (TaskState.SUBMITTED, False)],
)
async def test_returned_work_is_told_until_it_is_submitted(database: Database, state: TaskState, is_told: bool) -> None:
    [task] = ids(1)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S2", task)])
    await hold_morning(database, MONDAY)
    await tell(database, tasks=[changed("S2", task, TaskState.RETURNED, revision=4, from_state=TaskState.SUBMITTED)])
    if state is not TaskState.RETURNED:
        await tell(database, tasks=[changed("S2", task, state, revision=5, from_state=TaskState.RETURNED)])

    await hold_morning(database, TUESDAY)

    assert ("ht2" in await told(database, TUESDAY)) is is_told


async def test_an_older_state_of_a_task_changes_nothing(database: Database) -> None:
    [task] = ids(1)
    await tell(database, tasks=[changed("S2", task, TaskState.COMPLETED, revision=5)])
    await tell(database, tasks=[issued("S2", task), changed("S2", task, TaskState.ACKNOWLEDGED, revision=2)])

    [row] = await rows(database, "SELECT state, revision FROM tasks")
    assert (row["state"], row["revision"]) == ("COMPLETED", 5)


async def test_who_left_is_not_told_and_the_office_above_hears_instead(database: Database) -> None:
    left = person("ht1", Role.PRINCIPAL, until=MONDAY - timedelta(days=1))
    to_come = person("ht1-moi", Role.PRINCIPAL, since=TUESDAY)
    school = unit("S1", UnitKind.SCHOOL, "D1", left, to_come, sequence=2, has_union=False)
    await tell(database, units=[*PROVINCE, school], plans=[plan()], tasks=[issued("S1", *ids(1))])

    await hold_morning(database, MONDAY)

    heard = await told(database, MONDAY)
    assert "ht1" not in heard
    assert "ht1-moi" not in heard
    assert heard["pgd1"] == ["assigned", "plan-approved"]

    await tell(database, tasks=[issued("S1", *ids(1))])
    await hold_morning(database, TUESDAY)
    assert await told(database, TUESDAY) == {"ht1-moi": ["assigned"]}


async def test_where_the_office_above_is_empty_the_next_one_hears(database: Database) -> None:
    school = unit("S1", UnitKind.SCHOOL, "D1", person("ht1", Role.PRINCIPAL), sequence=2)
    office = unit("D1-PGD", UnitKind.OFFICE, "D1", sequence=2)
    await tell(database, units=[*PROVINCE, school, office], plans=[plan()])
    await hold_morning(database, MONDAY)
    await tell(database, tasks=[issued("S1", *ids(1))])

    await hold_morning(database, TUESDAY)

    heard = await told(database, TUESDAY)
    assert heard["ht1"] == ["assigned"]
    assert "assigned" in heard["so"], "the union chair's post is vacant, and so is the district office"


@pytest.mark.parametrize("accountable", [(), (Role.UNION_CHAIR,), (Role.PRINCIPAL, Role.UNION_CHAIR)])
async def test_without_a_union_the_principal_answers(database: Database, accountable: tuple[Role, ...]) -> None:
    approved = plan()
    item = approved.items[0].model_copy(update={"accountable": accountable})
    approved = approved.model_copy(update={"items": (item,)})
    await tell(database, units=PROVINCE, plans=[approved], tasks=[issued("S2", *ids(1))])

    await hold_morning(database, MONDAY)

    assert [who for who, rules in (await told(database, MONDAY)).items() if "assigned" in rules] == ["ht2"]


async def test_an_alert_that_nobody_can_be_told_waits(database: Database) -> None:
    alone = [unit("P", UnitKind.AREA, None), unit("S9", UnitKind.SCHOOL, "P")]
    await tell(database, units=alone, plans=[plan(Role.PRINCIPAL)], tasks=[issued("S9", *ids(1))])
    await hold_morning(database, MONDAY)
    assert await told(database, MONDAY) == {}

    await tell(database, units=[unit("S9", UnitKind.SCHOOL, "P", person("ht9", Role.PRINCIPAL), sequence=2)])
    await hold_morning(database, TUESDAY)
    assert await told(database, TUESDAY) == {"ht9": ["assigned"]}


async def test_a_task_of_a_signing_body_is_told_to_its_leaders(database: Database) -> None:
    await tell(database, units=PROVINCE, plans=[plan()])
    await hold_morning(database, MONDAY)
    await tell(database, tasks=[issued("P-CD", *ids(1))])

    await hold_morning(database, TUESDAY)

    assert (await told(database, TUESDAY))["cd"] == ["assigned"]


async def test_a_person_in_two_posts_has_one_digest(database: Database) -> None:
    both = person("hai-vai", Role.PRINCIPAL)
    units = [
        *PROVINCE,
        unit("S1", UnitKind.SCHOOL, "D1", both, person("hai-vai", Role.UNION_CHAIR), sequence=2),
        unit("S2", UnitKind.SCHOOL, "D1", both, sequence=2, has_union=False),
    ]
    await tell(database, units=units, plans=[plan()], tasks=[issued("S1", *ids(1)), issued("S2", *ids(1))])

    await hold_morning(database, MONDAY)

    assert (await told(database, MONDAY))["hai-vai"] == ["assigned", "assigned"]
    mine = [digest for digest in await published(database) if digest.recipient == "hai-vai"]
    assert [(digest.role, digest.unit_id) for digest in mine] == [(Role.PRINCIPAL, "S1")]


async def test_planning_goes_on_where_it_was_interrupted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mornings, "RECIPIENTS_PER_STEP", 2)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", *ids(1))])
    async with database.transaction() as tx:
        await mornings.request(tx, MONDAY)
    for _ in range(2):
        async with database.transaction() as tx:
            await mornings.plan_next(tx)
    with pytest.raises(ZeroDivisionError):
        await interrupted_step(database)
    assert len(await published(database)) == 2

    await hold_morning(database, MONDAY)

    recipients = [digest.recipient for digest in await published(database)]
    assert recipients == sorted(await told(database, MONDAY))


async def interrupted_step(database: Database) -> None:
    async with database.transaction() as tx:
        await mornings.plan_next(tx)
        raise ZeroDivisionError


async def test_a_day_to_come_is_refused(database: Database, clock: FixedClock) -> None:
    today = clock.now().astimezone(VIET_NAM).date()
    async with database.transaction() as tx:
        with pytest.raises(Refusal, match="day-to-come"):
            await mornings.request(tx, today + timedelta(days=1))


@pytest.mark.parametrize(("hour", "minute", "is_asked"), [(6, 59, False), (7, 0, True), (23, 59, True)])
async def test_the_day_is_asked_for_at_seven_in_viet_nam(
    database: Database, clock: FixedClock, hour: int, minute: int, is_asked: bool
) -> None:
    clock.moment = datetime(2025, 9, 8, hour, minute, tzinfo=VIET_NAM)
    async with database.transaction() as tx:
        await mornings.request_today(tx)
    asked = [row["day"] for row in await rows(database, "SELECT day FROM mornings")]
    assert asked == [date(2025, 9, 8)] * is_asked


async def test_a_digest_that_is_too_long_for_an_event_is_cut(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifier.store.ENTRIES_PER_DIGEST", 3)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S2", *ids(5))])

    await hold_morning(database, MONDAY)

    lengths = {digest.recipient: len(digest.entries) for digest in await published(database)}
    assert lengths["ht2"] == 3
    assert len((await told(database, MONDAY))["ht2"]) == 5


async def test_a_unit_that_moves_takes_those_below_it_along(database: Database) -> None:
    await tell(database, units=PROVINCE)
    await tell(database, units=[unit("D1", UnitKind.AREA, "D2", sequence=2)])
    paths = {row["id"]: row["path"] for row in await rows(database, "SELECT id, path FROM units")}
    assert paths["S1"] == "P/D2/D1/S1/"

    await tell(database, units=[unit("D1", UnitKind.AREA, "P", sequence=1)])
    [row] = await rows(database, "SELECT path FROM units WHERE id = 'S1'")
    assert row["path"] == "P/D2/D1/S1/", "an older state changes nothing"
