"""The notifier's HTTP API: thin, from the request to the use-case or the report."""

import datetime as dt
from uuid import UUID

from fastapi import APIRouter

from contracts.scope import jurisdiction
from contracts.units import Role, UnitKind
from services.kit.auth import Principal
from services.kit.database import EVERYTHING, Database
from services.kit.errors import Refusal, RefusalKind
from services.kit.http import Authenticated
from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize, after, page
from services.kit.requests import RequestBody
from services.notifier import mornings, reports, store
from services.notifier.reports import Delivery, MorningReport, Summary, ToldAlert

_LATEST = 2**63 - 1


class MorningRequest(RequestBody):
    """A day in Viet Nam whose digests are asked for."""

    day: dt.date


def make_router(database: Database) -> APIRouter:
    """The routes below `/v1`."""
    router = APIRouter()

    @router.post("/mornings", status_code=202)
    async def request_morning(body: MorningRequest, caller: Authenticated) -> MorningReport:
        """Ask for a day's digests; they are planned and sent in the background. Asked again, nothing changes."""
        caller.require(Role.OPERATOR)
        async with database.transaction() as tx:
            await mornings.request(tx, body.day)
        return await _morning(database, body.day)

    @router.get("/mornings/{day}")
    async def morning(day: dt.date, caller: Authenticated) -> MorningReport:
        """How far a morning has come."""
        caller.require(Role.OPERATOR)
        return await _morning(database, day)

    @router.get("/summary")
    async def summary(caller: Authenticated) -> Summary:
        """Alerts, digests and mornings, counted."""
        caller.require(Role.OPERATOR)
        async with database.transaction() as tx:
            return await reports.summary(tx)

    @router.get("/alerts")
    async def alerts(caller: Authenticated, cursor: Cursor = None, limit: PageSize = PAGE_SIZE) -> Page[ToldAlert]:
        """What the caller was told, the latest first."""
        (before,) = after(cursor, (_LATEST,))
        within = await _path_of(database, caller)
        async with database.transaction(within=within) as tx:
            told = await reports.alerts_told(tx, caller.person_id, within=within, before=before, at_most=limit + 1)
        return page(told, limit, lambda alert: (alert.id,))

    @router.get("/digests")
    async def digests(
        day: dt.date, caller: Authenticated, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
    ) -> Page[Delivery]:
        """The delivery log of a morning."""
        caller.require(Role.OPERATOR, Role.OFFICER)
        (digest_id,) = after(cursor, (UUID(int=0),))
        is_operator = Role.OPERATOR in caller.roles
        within = EVERYTHING if is_operator else await _path_of(database, caller)
        async with database.transaction(within=within) as tx:
            log = await reports.deliveries(tx, day, within=within, after=digest_id, at_most=limit + 1)
        return page(log, limit, lambda digest: (digest.id,))

    return router


async def _morning(database: Database, day: dt.date) -> MorningReport:
    async with database.transaction() as tx:
        report = await reports.morning(tx, day)
    if report is None:
        raise Refusal(RefusalKind.NOT_FOUND, "morning-unknown", "nobody asked for this day's digests")
    return report


async def _path_of(database: Database, caller: Principal) -> str:
    """The path that the caller's unit answers for. Raises Refusal (403) when the directory has no such unit."""
    async with database.transaction() as tx:
        unit = await store.unit_of_caller(tx, caller.unit_id)
    if unit is None:
        raise Refusal(RefusalKind.FORBIDDEN, "unit-unknown", "the directory has no such unit")
    kind, path = unit
    return jurisdiction(UnitKind(kind), path)
