"""Pages: the document's own fields, and the file that it was read from."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.kit.errors import Refusal
from services.planner import api
from services.planner.api.asking import Db, edited
from services.planner.pages import forms, naming, words
from services.planner.pages.asked import Asked, Sent, Shown, render, seen, shown, to
from services.planner.pages.naming import Units
from services.planner.pages.stale import since
from services.planner.use_cases import plans

router = APIRouter()


@router.get("/plans/{plan_id}/document")
async def show_document(request: Request, database: Db, asking: Asked, plan_id: UUID) -> Response:
    """The form of the document's own fields."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        units = await naming.offered(tx, asking.within, naming.BODIES, view.names)
    return _form(request, view, units, forms.document_as_typed(view.plan.document, units))


@router.post("/plans/{plan_id}/document")
async def change_document(request: Request, database: Db, asking: Asked, plan_id: UUID, form: Sent) -> Response:
    """Change the document as the form says."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        units = await naming.offered(tx, asking.within, naming.BODIES, view.names)
        known = await naming.known(tx, asking.within, view.names)
        stale = await since(tx, view.plan, seen(form))
    typed = forms.typed_document(form)
    try:
        change = plans.changing(forms.document_of(form, view.plan.document, known))
        await edited(database, asking, plan_id, change, seen(form))
    except forms.BadForm as bad:
        return _form(request, view, units, typed, status=422, errors=bad.errors)
    except Refusal as refusal:
        more: dict[str, Any] = {"error": words.of_refusal(refusal), "reasons": refusal.more.get("reasons", ())}
        if refusal.code == "stale-revision":
            more["stale"] = stale
        return _form(request, view, units, typed, status=refusal.kind.value, **more)
    return to(f"/plans/{plan_id}")


@router.get("/plans/{plan_id}/file")
async def give_file(database: Db, asking: Asked, plan_id: UUID) -> Response:
    """The file as it was handed in."""
    return await api.plans.show_source(database, asking, plan_id)


def _form(
    request: Request, view: Shown, units: Units, typed: dict[str, Any], *, status: int = 200, **more: Any
) -> Response:
    empty: dict[str, Any] = {"errors": {}, "error": None, "reasons": (), "stale": None}
    return render(request, "document.html.j2", status=status, view=view, units=units, typed=typed, **{**empty, **more})
