"""Page: units that ended and handed over to nobody, for an officer to decide."""

from fastapi import APIRouter, Request, Response

from services.planner import store
from services.planner.api.asking import Db
from services.planner.pages.asked import Asked, render
from services.planner.use_cases.waiting import waiting_units

router = APIRouter()


@router.get("/units/waiting")
async def show_waiting_units(request: Request, database: Db, asking: Asked) -> Response:
    """The units of the person's area that wait, with who may take over and what plans have given them."""
    async with database.transaction(within=asking.within) as tx:
        found = await waiting_units(tx, asking)
        names = await store.units.unit_names(tx, {heir for unit in found for heir in unit.heirs})
    return render(request, "waiting.html.j2", found=found, names=names)
