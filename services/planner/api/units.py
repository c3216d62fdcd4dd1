"""HTTP to use-case: the directory."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Response, UploadFile

from contracts.units import PersonInRole, Role, UnitKind
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.errors import Refusal, RefusalKind
from services.kit.http import Authenticated
from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize, after, page
from services.planner import store
from services.planner.api.asking import Asking, Db
from services.planner.use_cases import caller
from services.planner.use_cases.import_reports import as_csv
from services.planner.use_cases.importing import import_directory
from services.planner.views import (
    ImportReport,
    UnitView,
    UnitWithPeople,
)

router = APIRouter()


@router.post("/units/import", tags=["units"], response_model=ImportReport)
async def import_units(
    database: Db,
    principal: Authenticated,
    units: Annotated[UploadFile, File()],
    people: Annotated[UploadFile | None, File()] = None,
    dry_run: bool = False,
    report: Literal["csv"] | None = None,
) -> Any:
    """Lay files of units and people over the directory: all rows, or none and a list of the faults.

    With `report=csv` the answer is a table with a line for each row.
    """
    await _may_import(database, principal)
    unit_rows = await units.read()
    person_rows = await people.read() if people else None
    async with database.transaction() as tx:
        done = await import_directory(tx, unit_rows, person_rows, dry_run=dry_run)
    if report is None:
        return done.report
    headers = {"Content-Disposition": 'attachment; filename="import.csv"'}
    return Response(as_csv(done.rows), media_type="text/csv; charset=utf-8", headers=headers)


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
        found = await store.units.page(tx, within=asking.within, after=unit_id, at_most=limit + 1)
    return page(found, limit, lambda unit: (unit.unit_id,))


@router.get("/units/{unit_id}", tags=["units"])
async def show_unit(database: Db, asking: Asking, unit_id: str) -> UnitWithPeople:
    """One unit with its people."""
    async with database.transaction(within=asking.within) as tx:
        unit = await store.units.view(tx, unit_id, within=asking.within)
        if unit is None:
            raise Refusal(RefusalKind.NOT_FOUND, "unit-unknown", f"there is no unit {unit_id} for you")
        people = await store.units.people_of(tx, [unit_id])
    return UnitWithPeople(**dict(unit), people=tuple(PersonInRole(**dict(person)) for person in people))
