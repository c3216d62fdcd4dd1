"""Pages: a new version of a plan, what it does to each item of the one before, and which plan stands above."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile

from services.kit.database import Database, Transaction
from services.kit.errors import Refusal
from services.planner import store
from services.planner.api.asking import Db
from services.planner.api.uploads import ACCEPTED, uploaded
from services.planner.pages import words
from services.planner.pages.asked import Asked, Sent, Shown, render, seen, shown, text_of, to
from services.planner.pages.forms import asked_for
from services.planner.pages.stale import since
from services.planner.rules.parents import folded
from services.planner.use_cases import amending, parenting
from services.planner.use_cases.caller import Caller
from services.planner.views import Doing, ItemLink, ParentLink

router = APIRouter()

MOST_PARENTS = 50


@router.get("/plans/{plan_id}/amendment")
async def ask_for_amendment(request: Request, database: Db, asking: Asked, plan_id: UUID) -> Response:
    """The form for a new version: from a new document, or from the plan as it stands."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
    return _amendment(request, view)


@router.post("/plans/{plan_id}/amendment")
async def amend(request: Request, database: Db, asking: Asked, plan_id: UUID, form: Sent) -> Response:
    """Draft the next version of a plan in force, and go to it."""
    file, reason = form.get("file"), text_of(form, "reason")
    try:
        doing = asked_for(Doing, reason=reason or None)
        read = await uploaded(file) if isinstance(file, UploadFile) and file.filename else None
        async with database.transaction(within=asking.within) as tx:
            standing = await amending.amend(tx, asking, plan_id, read, doing.reason)
    except Refusal as refusal:
        async with database.transaction(within=asking.within) as tx:
            view = await shown(tx, asking, plan_id)
        return _amendment(request, view, refusal, reason=reason)
    return to(f"/plans/{standing.plan_id}")


def _amendment(request: Request, view: Shown, refusal: Refusal | None = None, reason: str = "") -> Response:
    return render(
        request,
        "amendment.html.j2",
        status=refusal.kind.value if refusal else 200,
        view=view,
        accepted=ACCEPTED,
        reason=reason,
        error=words.of_refusal(refusal) if refusal else None,
        at_file=refusal is not None and words.is_of_file(refusal),
        in_hand=refusal.more.get("plan_id") if refusal else None,
    )


@router.get("/plans/{plan_id}/difference")
async def show_difference(request: Request, database: Db, asking: Asked, plan_id: UUID) -> Response:
    """What a version does to each item of the one before, and which item continues which."""
    return await _difference(request, database, asking, plan_id)


@router.post("/plans/{plan_id}/items/{item_id}/continues")
async def relink(request: Request, database: Db, asking: Asked, plan_id: UUID, item_id: UUID, form: Sent) -> Response:
    """Say which item of the version before the item continues, or that it is new."""
    try:
        link = asked_for(ItemLink, continues=text_of(form, "continues") or None)
        async with database.transaction(within=asking.within) as tx:
            await amending.relink(tx, asking, plan_id, item_id, link.continues, seen(form))
    except Refusal as refusal:
        return await _difference(request, database, asking, plan_id, refusal, form)
    return to(f"/plans/{plan_id}/difference#position-{text_of(form, 'position')}")


async def _difference(
    request: Request,
    database: Database,
    asking: Caller,
    plan_id: UUID,
    refusal: Refusal | None = None,
    form: FormData | None = None,
) -> Response:
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        before, found = await amending.compared(tx, view.plan)
        more = await _told(tx, view, refusal, form)
    return render(request, "difference.html.j2", view=view, plan=view.plan, before=before, found=found, **more)


@router.get("/plans/{plan_id}/parent")
async def ask_for_parent(request: Request, database: Db, asking: Asked, plan_id: UUID, q: str = "") -> Response:
    """The plans in force that stand above, found by number and title, of which a person chooses the parent."""
    return await _parents(request, database, asking, plan_id, q)


@router.post("/plans/{plan_id}/parent")
async def set_parent(request: Request, database: Db, asking: Asked, plan_id: UUID, form: Sent) -> Response:
    """Say which plan stands above, or that none is known here."""
    try:
        link = asked_for(ParentLink, parent_id=None if form.get("parent_id") == "none" else text_of(form, "parent_id"))
        async with database.transaction(within=asking.within) as tx:
            await amending.set_parent(tx, asking, plan_id, link.parent_id, seen(form))
    except Refusal as refusal:
        return await _parents(request, database, asking, plan_id, text_of(form, "q"), refusal, form)
    return to(f"/plans/{plan_id}")


async def _parents(
    request: Request,
    database: Database,
    asking: Caller,
    plan_id: UUID,
    wanted: str,
    refusal: Refusal | None = None,
    form: FormData | None = None,
) -> Response:
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        found = await parenting.above(tx, view.plan)
        names = await store.units.unit_names(tx, {unit_id for one in found for unit_id in one.unit_ids})
        more = await _told(tx, view, refusal, form)
    wanted_words = folded(wanted)
    found = [one for one in found if wanted_words in folded(one.number) or wanted_words in folded(one.title)]
    return render(
        request,
        "parent.html.j2",
        view=view,
        plan=view.plan,
        found=found[:MOST_PARENTS],
        left_off=len(found) - MOST_PARENTS,
        names=names,
        wanted=wanted,
        **more,
    )


async def _told(tx: Transaction, view: Shown, refusal: Refusal | None, form: FormData | None) -> dict[str, Any]:
    """Why a form was refused, and what others have done since it was opened."""
    if refusal is None or form is None:
        return {"status": 200, "error": None, "stale": None}
    stale = await since(tx, view.plan, seen(form)) if refusal.code == "stale-revision" else None
    return {"status": refusal.kind.value, "error": words.of_refusal(refusal), "stale": stale}
