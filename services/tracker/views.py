"""What people read, always below a path: the forms of the HTTP answers and the queries behind them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Json

from contracts.base import UnitId
from contracts.plans import Target
from contracts.tasks import TaskState, Timeliness
from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize, after, page
from services.kit.requests import RequestBody
from services.tracker import inheritance
from services.tracker.store import queries
from services.tracker.timeliness import timeliness


class Task(BaseModel):
    """A task as it stands. `count` is a number against the item's target."""

    task_id: UUID
    plan_id: UUID
    item_id: UUID
    unit_id: str
    occurrence: str
    due_on: date | None
    state: TaskState
    timeliness: Timeliness
    revision: int
    percent: int | None
    count: int | None
    confirmed_by: Role | None
    """Who has confirmed while the other of principal and union chair has not."""
    not_applicable_proposed: bool
    submitted_at: datetime | None


class HistoryEntry(BaseModel):
    """One thing that happened to a task."""

    revision: int
    action: str
    """`issue`, an action of a person, `move` to the unit that took over, or (no person) a cause: `plan-amended`."""
    from_state: TaskState | None
    to_state: TaskState
    person_id: str | None
    actor_unit_id: str | None
    role: Role | None
    reason: str | None
    note: str | None
    percent: int | None
    count: int | None
    at: datetime
    door: str | None


class TaskDetail(Task):
    """A task with the words that it comes from and what happened to it."""

    asked: bool
    """Whether its plan, in the version in force, still asks for it."""
    derived_id: UUID | None
    """The unit's own plan that answers it."""
    unit_name: str
    plan_number: str | None
    plan_title: str
    position: int
    heading: str
    text: str
    kind: str
    accountable: list[Role]
    targets: Json[list[Target]]
    history: list[HistoryEntry]


class Count(BaseModel):
    """How many tasks stand so."""

    state: TaskState
    timeliness: Timeliness
    tasks: int


class Group(BaseModel):
    """The tasks of one plan, item, area or combination of levels (`TH&THCS`)."""

    key: str
    tasks: int
    counts: list[Count]


class Progress(BaseModel):
    """Tasks by state and timeliness on a day."""

    day: date
    by: str
    groups: list[Group]


class ItemCount(BaseModel):
    """What an item came to."""

    item_id: UUID
    position: int
    units: int
    tasks: int
    """That the plan asks for."""
    beyond: int
    """That it asks for no more, and that stay because they were finished."""


class UnitCount(BaseModel):
    """What a unit has of a plan."""

    unit_id: str
    tasks: int
    """That it is asked for, what its predecessors did of it included."""
    standing: int
    """That stand under its own name, finished ones that are asked for no more included."""


class PlanCount(BaseModel):
    """What a plan came to. `decomposed` is false while its tasks are still being made, or changed."""

    plan_id: UUID
    version: int
    ended: Literal["REVOKED", "CLOSED"] | None
    """None: it is in force."""
    decomposed: bool
    units: int
    tasks: int
    beyond: int
    items: list[ItemCount]


class SweepStatus(BaseModel):
    """How far the sweep of a day is, and how many units it has told of how many tasks."""

    day: date
    done: bool
    units: int
    tasks: int


class OpenTasks(BaseModel):
    """How many open tasks a unit has, and of how many plans."""

    unit_id: str
    tasks: int
    plans: int


class WaitingUnit(BaseModel):
    """A unit that ended with open tasks which follow to nobody by themselves."""

    unit_id: str
    name: str
    valid_to: date
    successors: list[str]
    """Among whom a person chooses; empty: the directory names none."""
    tasks: int


class HandedOver(BaseModel):
    """How many tasks moved. Those that the other unit has already were withdrawn."""

    moved: int


By = Literal["plan", "item", "area", "level"]


class Wanted(RequestBody):
    """Which tasks of a list are wanted, from where on, and how many at once. None does not restrict."""

    state: TaskState | None = None
    plan_id: UUID | None = None
    unit_id: UnitId | None = None
    due_before: date | None = None
    timeliness: Timeliness | None = None
    cursor: Cursor = None
    limit: PageSize = PAGE_SIZE


async def task_page(tx: Transaction, within: str, wanted: Wanted) -> Page[Task]:
    """The next tasks below the path. Raises Refusal for a cursor that no page gave."""
    today = day_in_viet_nam(tx.now)
    after_unit, after_task = after(wanted.cursor, ("", UUID(int=0)))
    rows = queries.task_page(
        tx.connection,
        within=within,
        today=today,
        after_unit=after_unit,
        after_task=after_task,
        at_most=wanted.limit + 1,
        **wanted.model_dump(exclude={"cursor", "limit"}),
    )
    tasks = [Task(**_task(row, today)) async for row in rows]
    return page(tasks, wanted.limit, lambda task: (task.unit_id, task.task_id))


async def task_detail(tx: Transaction, within: str, task_id: UUID) -> TaskDetail:
    """One task below the path. Raises Refusal where there is none."""
    row = await queries.task_by_id(tx.connection, within=within, task_id=task_id)
    if row is None:
        raise Refusal(RefusalKind.NOT_FOUND, "task-unknown", "there is no such task")
    history = [_counted(entry) async for entry in queries.history_of(tx.connection, task_id=task_id)]
    return TaskDetail.model_validate(_task(row, day_in_viet_nam(tx.now)) | {"history": history})


async def progress(tx: Transaction, within: str, *, plan_id: UUID | None, by: By) -> Progress:
    """The tasks below the path, counted as they stand today."""
    today = day_in_viet_nam(tx.now)
    rows = [row async for row in queries.progress(tx.connection, within=within, today=today, plan_id=plan_id, by=by)]
    groups = []
    for key, members in groupby(rows, key=lambda row: row["key"]):
        counts = [Count(state=row["state"], timeliness=row["timeliness"], tasks=row["tasks"]) for row in members]
        groups.append(Group(key=key, tasks=sum(count.tasks for count in counts), counts=counts))
    return Progress(day=today, by=by, groups=groups)


async def unit_counts(tx: Transaction, within: str, plan_id: UUID) -> list[UnitCount]:
    """What each unit below the path has of a plan; units without any are left out."""
    rows = queries.tasks_of_units(tx.connection, within=within, plan_id=plan_id)
    return [UnitCount(**row) async for row in rows]


async def plan_count(tx: Transaction, within: str, plan_id: UUID) -> PlanCount:
    """What a plan came to below the path. Raises Refusal for a plan that has not arrived."""
    plan = await queries.plan_with_job(tx.connection, plan_id=plan_id)
    if plan is None:
        raise Refusal(RefusalKind.NOT_FOUND, "plan-unknown", "there is no such plan")
    rows = queries.tasks_of_items(tx.connection, within=within, plan_id=plan_id)
    items = [ItemCount(**row) async for row in rows]
    return PlanCount(
        plan_id=plan_id,
        version=plan["version"],
        ended=plan["ended"],
        decomposed=plan["decomposed"],
        units=await queries.units_of_plan(tx.connection, within=within, plan_id=plan_id),
        tasks=sum(item.tasks for item in items),
        beyond=sum(item.beyond for item in items),
        items=items,
    )


async def open_tasks(tx: Transaction, within: str, unit_ids: Sequence[str]) -> list[OpenTasks]:
    """The open tasks of those of the units that have any and stand below the path."""
    return [OpenTasks(**row) for row in await inheritance.open_tasks_of(tx, unit_ids, within=within)]


async def waiting_page(tx: Transaction, within: str, cursor: str | None, limit: int) -> Page[WaitingUnit]:
    """The next units below the path whose open tasks wait for a person. Raises Refusal for a cursor of no page."""
    (unit_id,) = after(cursor, ("",))
    rows = await inheritance.waiting_units(tx, day_in_viet_nam(tx.now), within=within, after=unit_id, at_most=limit + 1)
    return page([WaitingUnit(**row) for row in rows], limit, lambda unit: (unit.unit_id,))


async def sweep_status(tx: Transaction, day: date) -> SweepStatus:
    """How far the sweep of a day is. Raises Refusal where none was asked for."""
    row = await queries.sweep_of_day(tx.connection, day=day)
    if row is None:
        raise Refusal(RefusalKind.NOT_FOUND, "sweep-unknown", "no sweep of this day was asked for")
    return SweepStatus(day=day, done=row["finished_at"] is not None, units=row["units"], tasks=row["tasks"])


def _counted(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row in the contracts' terms: `count` is a method of tuples, so inside it is `achieved`."""
    return {("count" if name == "achieved" else name): value for name, value in row.items()}


def _task(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    standing = timeliness(TaskState(row["state"]), row["due_on"], row["submitted_at"], today)
    return _counted(row) | {"timeliness": standing}
