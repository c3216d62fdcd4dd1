"""HTTP: every answer and every action within the caller's own path."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import Field

from contracts.base import Text, UnitId
from contracts.tasks import TaskAction
from contracts.units import Role
from services.kit import inbox
from services.kit.auth import Principal
from services.kit.clock import day_in_viet_nam
from services.kit.database import EVERYTHING, Database, Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.http import Authenticated
from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize
from services.kit.requests import RequestBody
from services.tracker import store, succession, sweeps, views
from services.tracker.changes import change_tasks
from services.tracker.inheritance import Mover
from services.tracker.model import Command
from services.tracker.transitions import Denied
from services.tracker.transitions import Request as Asked

router = APIRouter()

_STATUS = {
    "task-unknown": RefusalKind.NOT_FOUND,
    "not-entitled": RefusalKind.FORBIDDEN,
    "wrong-role": RefusalKind.FORBIDDEN,
    "reason-missing": RefusalKind.INVALID,
    "progress-missing": RefusalKind.INVALID,
}
"""How HTTP names a denial; all others are conflicts with how the task stands."""


class Action(RequestBody):
    """What somebody wants to do with a task."""

    action: TaskAction
    reason: Text | None = None
    note: Text | None = None
    percent: int | None = Field(default=None, ge=0, le=100, strict=True)
    count: int | None = Field(default=None, ge=0, le=1_000_000, strict=True)


class SweepRequest(RequestBody):
    """The day to sweep."""

    day: date


class UnitList(RequestBody):
    """Units to be asked about."""

    unit_ids: Annotated[list[UnitId], Field(max_length=10_000)]


class HandOver(RequestBody):
    """Who takes over what a unit that ended has left open. Without `task_ids`: everything."""

    to_unit_id: UnitId
    task_ids: Annotated[list[UUID], Field(min_length=1, max_length=succession.CHUNK)] | None = None
    reason: Text


@dataclass(frozen=True)
class Caller:
    """Who asks, and the path below which they see and act."""

    principal: Principal
    path: str
    database: Database
    committed: Callable[[], None]

    @asynccontextmanager
    async def transaction(self, within: str | None = None) -> AsyncIterator[Transaction]:
        """The request's one transaction, within the caller's path unless the service itself must act."""
        async with self.database.transaction(within=within or self.path) as tx:
            yield tx
        self.committed()


async def _caller(request: Request, principal: Authenticated) -> Caller:
    database: Database = request.app.state.database
    async with database.transaction(within="") as tx:
        units = await store.units_by_id(tx, [principal.unit_id], day_in_viet_nam(tx.now))
    if principal.unit_id not in units:
        raise Refusal(RefusalKind.FORBIDDEN, "unit-unknown", "the directory does not know your unit, or it has ended")
    path = units[principal.unit_id].jurisdiction
    return Caller(principal, path, database, request.app.state.committed)


Called = Annotated[Caller, Depends(_caller)]


@router.get("/tasks")
async def list_tasks(caller: Called, wanted: Annotated[views.Wanted, Query()]) -> Page[views.Task]:
    """Tasks in the order of their units, a page at a time."""
    async with caller.transaction() as tx:
        return await views.task_page(tx, caller.path, wanted)


@router.get("/tasks/{task_id}")
async def get_task(task_id: UUID, caller: Called) -> views.TaskDetail:
    """One task with the words that it comes from and its history."""
    async with caller.transaction() as tx:
        return await views.task_detail(tx, caller.path, task_id)


@router.post("/tasks/{task_id}/actions")
async def act(
    task_id: UUID,
    action: Action,
    caller: Called,
    if_match: Annotated[str | None, Header(max_length=20)] = None,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=100)] = None,
) -> views.TaskDetail:
    """Do something with a task; answered by how it stands then.

    `If-Match`: the revision that the person saw. `Idempotency-Key`: a request that is made again under the same
    key, because its answer was lost, changes nothing more.
    """
    asked = Asked(
        action=action.action,
        roles=tuple(sorted(caller.principal.roles)),
        reason=action.reason,
        note=action.note,
        percent=action.percent,
        achieved=action.count,
        expected_revision=_revision(if_match),
    )
    command = Command(task_id, None, caller.principal.person_id, caller.principal.unit_id, asked)
    async with caller.transaction() as tx:
        if idempotency_key and not await inbox.mark_once(tx, "http", f"{command.person_id}/{idempotency_key}"):
            return await views.task_detail(tx, caller.path, task_id)
        [outcome] = await change_tasks(tx, [command], door="http")
        if isinstance(outcome, Denied):
            raise Refusal(_STATUS.get(outcome.code, RefusalKind.CONFLICT), outcome.code, outcome.detail)
        return await views.task_detail(tx, caller.path, task_id)


@router.get("/progress")
async def get_progress(caller: Called, by: views.By, plan_id: UUID | None = None) -> views.Progress:
    """Tasks by state and timeliness as they stand today."""
    async with caller.transaction() as tx:
        return await views.progress(tx, caller.path, plan_id=plan_id, by=by)


@router.get("/plans/{plan_id}/tasks-count")
async def count_tasks(plan_id: UUID, caller: Called) -> views.PlanCount:
    """What a plan came to, for the reconciliation."""
    caller.principal.require(Role.OPERATOR, Role.OFFICER, Role.SIGNATORY)
    async with caller.transaction() as tx:
        return await views.plan_count(tx, caller.path, plan_id)


@router.get("/plans/{plan_id}/tasks-by-unit")
async def count_tasks_by_unit(plan_id: UUID, caller: Called) -> list[views.UnitCount]:
    """The same unit by unit."""
    caller.principal.require(Role.OPERATOR, Role.OFFICER, Role.SIGNATORY)
    async with caller.transaction() as tx:
        return await views.unit_counts(tx, caller.path, plan_id)


@router.post("/units/open-tasks")
async def count_open_tasks(asked: UnitList, caller: Called) -> list[views.OpenTasks]:
    """How many open tasks these units have; units without any are left out."""
    caller.principal.require(Role.OPERATOR, Role.OFFICER, Role.SIGNATORY)
    async with caller.transaction() as tx:
        return await views.open_tasks(tx, caller.path, asked.unit_ids)


@router.get("/units/waiting")
async def list_waiting_units(
    caller: Called, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
) -> Page[views.WaitingUnit]:
    """Units that ended with open tasks which follow to nobody, because there is no successor or several."""
    caller.principal.require(Role.OPERATOR, Role.OFFICER, Role.SIGNATORY)
    async with caller.transaction() as tx:
        return await views.waiting_page(tx, caller.path, cursor, limit)


@router.post("/units/{unit_id}/hand-over")
async def hand_over(unit_id: UnitId, asked: HandOver, caller: Called) -> views.HandedOver:
    """Decide who takes over what a unit that ended has left open, at most 2,000 tasks at once."""
    role = min(caller.principal.roles & set(succession.MOVERS), default=None)
    if role is None:
        caller.principal.require(*succession.MOVERS)
    assert role is not None
    by = Mover(caller.principal.person_id, caller.principal.unit_id, role, asked.reason)
    async with caller.transaction() as tx:
        moved = await succession.hand_over(
            tx, unit_id, asked.to_unit_id, within=caller.path, task_ids=asked.task_ids, by=by
        )
    return views.HandedOver(moved=moved)


@router.post("/sweeps", status_code=202)
async def request_sweep(sweep: SweepRequest, caller: Called) -> views.SweepStatus:
    """Queue the sweep of a day's deadlines, for all units."""
    caller.principal.require(Role.OPERATOR)
    async with caller.transaction(EVERYTHING) as tx:
        await sweeps.request(tx, sweep.day)
        return await views.sweep_status(tx, sweep.day)


@router.get("/sweeps/{day}")
async def get_sweep(day: date, caller: Called) -> views.SweepStatus:
    """How far the sweep of a day is."""
    caller.principal.require(Role.OPERATOR)
    async with caller.transaction(EVERYTHING) as tx:
        return await views.sweep_status(tx, day)


def _revision(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    try:
        return int(if_match.removeprefix("W/").strip('"'))
    except ValueError:
        raise Refusal(RefusalKind.INVALID, "if-match-invalid", "If-Match takes a task's revision") from None
