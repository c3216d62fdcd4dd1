"""HTTP to use-case."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Header, Request, Response, UploadFile

from contracts.plans import PlanDocument, PlanState
from contracts.units import PersonInRole, Role, UnitKind
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.errors import Refusal, RefusalKind
from services.kit.http import Authenticated
from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize, after, page
from services.planner import caller, plans, reaching, reader, store
from services.planner.caller import Caller
from services.planner.importing import import_directory
from services.planner.lifecycle import Action
from services.planner.reach import Reach
from services.planner.reading import UnreadableDocument
from services.planner.store import Source
from services.planner.views import (
    Doing,
    ImportReport,
    PlanChange,
    PlanStanding,
    PlanSummary,
    PlanView,
    UnitView,
    UnitWithPeople,
)

router = APIRouter()


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Db = Annotated[Database, Depends(_database)]


async def _identified(database: Db, principal: Authenticated) -> Caller:
    return await caller.identify(database, principal)


async def _revision(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None:
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdecimal():
        raise Refusal(RefusalKind.INVALID, "if-match-invalid", 'If-Match is the revision in quotes: "3"')
    return int(text)


Asking = Annotated[Caller, Depends(_identified)]
Revision = Annotated[int | None, Depends(_revision)]


@router.post("/units/import", tags=["units"])
async def import_units(
    database: Db,
    principal: Authenticated,
    units: Annotated[UploadFile, File()],
    people: Annotated[UploadFile | None, File()] = None,
    dry_run: bool = False,
) -> ImportReport:
    """Lay files of units and people over the directory: all rows, or none and a list of the faults."""
    await _may_import(database, principal)
    unit_rows = await units.read()
    person_rows = await people.read() if people else None
    async with database.transaction() as tx:
        return await import_directory(tx, unit_rows, person_rows, dry_run=dry_run)


async def _may_import(database: Database, principal: Principal) -> None:
    """Operators, whose unit need not be known yet, and officers of an office that answers for the whole tree."""
    if Role.OPERATOR in principal.roles:
        return
    principal.require(Role.OFFICER)
    asking = await caller.identify(database, principal)
    if asking.kind is not UnitKind.OFFICE or asking.within.count("/") != 1:
        raise Refusal(RefusalKind.FORBIDDEN, "not-entitled", "this is for the office at the root and for operators")


@router.get("/units", tags=["units"])
async def list_units(
    database: Db, asking: Asking, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
) -> Page[UnitView]:
    """The units within the caller's area, by id."""
    (unit_id,) = after(cursor, ("",))
    async with database.transaction(within=asking.within) as tx:
        found = await store.units_page(tx, within=asking.within, after=unit_id, at_most=limit + 1)
    return page(found, limit, lambda unit: (unit.unit_id,))


@router.get("/units/{unit_id}", tags=["units"])
async def show_unit(database: Db, asking: Asking, unit_id: str) -> UnitWithPeople:
    """One unit with its people."""
    async with database.transaction(within=asking.within) as tx:
        unit = await store.unit(tx, unit_id, within=asking.within)
        if unit is None:
            raise Refusal(RefusalKind.NOT_FOUND, "unit-unknown", f"there is no unit {unit_id} for you")
        people = await store.people_of(tx, [unit_id])
    return UnitWithPeople(**dict(unit), people=tuple(PersonInRole(**dict(person)) for person in people))


@router.post("/plans", tags=["plans"], status_code=201)
async def upload(database: Db, asking: Asking, response: Response, file: Annotated[UploadFile, File()]) -> PlanStanding:
    """Read a document into a draft of the caller's unit."""
    plans.may_draft(asking)
    text, document = await _read(await file.read())
    source = Source(_printable(file.filename or ""), text, hashlib.sha256(text.encode()).hexdigest())
    async with database.transaction(within=asking.within) as tx:
        standing = await plans.draft(tx, asking, document, source)
    response.headers["Location"] = f"/v1/plans/{standing.plan_id}"
    return _tagged(response, standing)


def _printable(name: str) -> str | None:
    """A file's name without what no database keeps and no eye sees."""
    return "".join(character for character in name if character.isprintable())[:255] or None


async def _read(raw: bytes) -> tuple[str, PlanDocument]:
    try:
        return await reader.read_file(raw)
    except UnreadableDocument as error:
        kind = {
            "too-large": RefusalKind.TOO_LARGE,
            "not-text": RefusalKind.UNSUPPORTED,
            "unsupported-format": RefusalKind.UNSUPPORTED,
        }.get(error.code)
        line = {"line": error.line} if error.line else {}
        raise Refusal(kind or RefusalKind.INVALID, error.code, error.message, **line) from None


@router.get("/plans", tags=["plans"])
async def list_plans(
    database: Db, asking: Asking, state: PlanState | None = None, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
) -> Page[PlanSummary]:
    """The plans that concern a unit within the caller's area, the latest first."""
    (before,) = after(cursor, (UUID(int=2**128 - 1),))
    async with database.transaction(within=asking.within) as tx:
        found = await store.plans_page(tx, within=asking.within, state=state, before=before, at_most=limit + 1)
    return page(found, limit, lambda plan: (plan.plan_id,))


@router.get("/plans/{plan_id}", tags=["plans"])
async def show_plan(database: Db, asking: Asking, response: Response, plan_id: UUID) -> PlanView:
    """A plan with its document, signatures and history. Its revision is the ETag."""
    async with database.transaction(within=asking.within) as tx:
        plan = await store.plan(tx, plan_id, within=asking.within)
    if plan is None:
        raise Refusal(RefusalKind.NOT_FOUND, "plan-unknown", f"there is no plan {plan_id} for you")
    response.headers["ETag"] = f'"{plan.revision}"'
    return plan


@router.patch("/plans/{plan_id}", tags=["plans"])
async def edit_plan(
    database: Db, asking: Asking, response: Response, plan_id: UUID, change: PlanChange, revision: Revision
) -> PlanStanding:
    """Change parties and items. Signatures that were given fall, and the plan returns to the review."""
    if revision is None:
        raise Refusal(RefusalKind.INVALID, "if-match-missing", 'send the revision that you saw: If-Match: "3"')
    async with database.transaction(within=asking.within) as tx:
        return _tagged(response, await plans.edit(tx, asking, plan_id, change, revision))


@router.get("/plans/{plan_id}/reach", tags=["plans"])
async def show_reach(database: Db, asking: Asking, plan_id: UUID) -> Reach:
    """Whom the plan would reach if it were approved now."""
    async with database.transaction(within=asking.within) as tx:
        return await reaching.preview(tx, asking, plan_id)


@router.post("/plans/{plan_id}/{action}", tags=["plans"])
async def act_on_plan(
    database: Db,
    asking: Asking,
    response: Response,
    plan_id: UUID,
    action: Action,
    revision: Revision,
    doing: Doing | None = None,
) -> PlanStanding:
    """Take the plan's next step. `refuse`, `reject` and `revoke` need a reason."""
    async with database.transaction(within=asking.within) as tx:
        return _tagged(response, await plans.act(tx, asking, plan_id, action, doing or Doing(), revision))


def _tagged(response: Response, standing: PlanStanding) -> PlanStanding:
    response.headers["ETag"] = f'"{standing.revision}"'
    return standing
