"""A small province, its plan and its tasks, as events; and what the notifier's tables say of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.plans import ApprovedItem, DocumentKind, ItemKind, PartyRole, Period, PlanApproved, SignedParty
from contracts.scope import Scope
from contracts.tasks import (
    Actor,
    IssuedTask,
    Milestone,
    MovedTask,
    ReachedDeadline,
    TaskAction,
    TaskDeadlineReached,
    TasksIssued,
    TasksMoved,
    TaskState,
    TaskStatusChanged,
)
from contracts.units import Level, PersonInRole, Role, UnitChanged, UnitKind
from services.kit.database import Database
from services.notifier import mornings, view

NOW = datetime(2025, 9, 5, 1, 0, tzinfo=UTC)
MONDAY = date(2025, 9, 1)
ITEM = UUID(int=1)
PLAN = UUID(int=100)


def person(person_id: str, role: Role, *, since: date = date(2020, 1, 1), until: date | None = None) -> PersonInRole:
    return PersonInRole(
        person_id=person_id,
        name=f"Người {person_id}",
        role=role,
        email=f"{person_id}@truong.example",
        valid_from=since,
        valid_to=until,
    )


def unit(
    unit_id: str, kind: UnitKind, parent: str | None, *people: PersonInRole, sequence: int = 1, **more: Any
) -> UnitChanged:
    fields: dict[str, Any] = {
        "unit_id": unit_id,
        "sequence": sequence,
        "name": f"Đơn vị {unit_id}",
        "kind": kind,
        "parent_id": parent,
        "valid_from": date(2000, 1, 1),
        "people": people,
    }
    if kind is UnitKind.SCHOOL:
        fields |= {"levels": frozenset({Level.TH}), "has_union": True}
    return UnitChanged.model_validate(fields | more)


PROVINCE: tuple[UnitChanged, ...] = (
    unit("P", UnitKind.AREA, None),
    unit("P-SO", UnitKind.OFFICE, "P", person("so", Role.OFFICER)),
    unit("P-CD", UnitKind.UNION, "P", person("cd", Role.SIGNATORY)),
    unit("D1", UnitKind.AREA, "P"),
    unit("D1-PGD", UnitKind.OFFICE, "D1", person("pgd1", Role.OFFICER), person("tp1", Role.SIGNATORY)),
    unit("D2", UnitKind.AREA, "P"),
    unit("D2-PGD", UnitKind.OFFICE, "D2", person("pgd2", Role.OFFICER)),
    unit("S1", UnitKind.SCHOOL, "D1", person("ht1", Role.PRINCIPAL), person("ct1", Role.UNION_CHAIR)),
    unit("S2", UnitKind.SCHOOL, "D1", person("ht2", Role.PRINCIPAL), has_union=False),
)
"""Two districts, of which only the first has schools; the second school has no union."""


def plan(
    *accountable: Role, version: int = 1, title: str = "Kế hoạch liên tịch", text: str = "Nói chuyện"
) -> PlanApproved:
    parties = [("P-SO", PartyRole.EDUCATION), ("P-CD", PartyRole.UNION)]
    return PlanApproved(
        plan_id=PLAN,
        version=version,
        kind=DocumentKind.JOINT_PLAN,
        number="957/KHLT",
        title=title,
        period=Period(),
        parties=tuple(
            SignedParty(unit_id=unit_id, role=role, name=unit_id, signed_by=f"{unit_id}-ký", signed_at=NOW)
            for unit_id, role in parties
        ),
        items=(
            ApprovedItem(
                item_id=ITEM,
                position=3,
                text=text,
                kind=ItemKind.STANDING,
                accountable=accountable or (Role.PRINCIPAL, Role.UNION_CHAIR),
                scope=Scope(),
                occurrences=({"key": ""},),
            ),
        ),
        content_sha256="0" * 64,
        directory_sequence=1,
        effective_on=MONDAY,
        approved_at=NOW,
    )


def issued(unit_id: str, *task_ids: UUID, due_on: date | None = None) -> TasksIssued:
    tasks = tuple(IssuedTask(task_id=task_id, item_id=ITEM, position=3, due_on=due_on) for task_id in task_ids)
    return TasksIssued(plan_id=PLAN, plan_version=1, unit_id=unit_id, tasks=tasks)


def changed(
    unit_id: str,
    task_id: UUID,
    to_state: TaskState,
    *,
    revision: int = 2,
    due_on: date | None = None,
    from_state: TaskState = TaskState.ISSUED,
) -> TaskStatusChanged:
    return TaskStatusChanged(
        task_id=task_id,
        plan_id=PLAN,
        item_id=ITEM,
        unit_id=unit_id,
        revision=revision,
        action=TaskAction.START,
        from_state=from_state,
        to_state=to_state,
        actor=Actor(person_id="ai-do", unit_id=unit_id, role=Role.PRINCIPAL),
        due_on=due_on,
        at=NOW,
    )


def moved(
    from_unit: str, to_unit: str, *task_ids: UUID, revision: int = 2, state: TaskState = TaskState.ISSUED, **more: Any
) -> TasksMoved:
    tasks = tuple(
        MovedTask(task_id=task_id, plan_id=PLAN, item_id=ITEM, revision=revision, state=state, **more)
        for task_id in task_ids
    )
    return TasksMoved(from_unit_id=from_unit, to_unit_id=to_unit, on=MONDAY, tasks=tasks)


def reached(unit_id: str, on: date, *deadlines: tuple[UUID, date, Milestone, int]) -> TaskDeadlineReached:
    tasks = tuple(
        ReachedDeadline(task_id=task_id, plan_id=PLAN, due_on=due_on, milestone=milestone, days=days)
        for task_id, due_on, milestone, days in deadlines
    )
    return TaskDeadlineReached(unit_id=unit_id, on=on, tasks=tasks)


async def tell(
    database: Database,
    *,
    units: Sequence[UnitChanged] = (),
    plans: Sequence[PlanApproved] = (),
    tasks: Sequence[Any] = (),
) -> None:
    """Give the notifier events, one topic after the other."""
    async with database.transaction() as tx:
        await view.keep_units(tx, units)
        await view.keep_plans(tx, plans)
        await view.keep_tasks(tx, tasks)


async def hold_morning(database: Database, day: date) -> None:
    """Ask for the day's digests and plan them to the end."""
    async with database.transaction() as tx:
        await mornings.request(tx, day)
    while True:
        async with database.transaction() as tx:
            if not await mornings.plan_next(tx):
                return


async def rows(database: Database, query: str, *arguments: Any) -> list[Any]:
    """What the service itself sees."""
    async with database.transaction() as tx:
        return await tx.connection.fetch(query, *arguments)


async def told(database: Database, day: date) -> dict[str, list[str]]:
    """Of a morning: each recipient with the rules of their entries."""
    entries = await rows(
        database,
        "SELECT recipient, rule FROM digest_entries JOIN alerts ON alerts.id = alert_id"
        " WHERE digest_entries.morning = $1 ORDER BY recipient, rule",
        day,
    )
    heard: dict[str, list[str]] = {}
    for entry in entries:
        heard.setdefault(entry["recipient"], []).append(entry["rule"])
    return heard


def ids(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]
