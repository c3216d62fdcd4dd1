"""Pages: the list of plans, a document that comes in, and the desk itself: the document beside its items."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile

from contracts.plans import PlanState
from services.kit.errors import Refusal
from services.kit.pages import PAGE_SIZE, Cursor, after, page
from services.planner import store
from services.planner.api import uploads
from services.planner.api.asking import LATEST, Db
from services.planner.pages import words
from services.planner.pages.asked import Asked, render, shown, to
from services.planner.use_cases import plans
from services.planner.use_cases.caller import Caller
from services.planner.use_cases.reaching import preview_of

router = APIRouter()


@router.get("/")
async def list_plans(
    request: Request, database: Db, asking: Asked, state: PlanState | None = None, cursor: Cursor = None
) -> Response:
    """The plans that concern the person's area, the latest first."""
    (before,) = after(cursor, (LATEST,))
    async with database.transaction(within=asking.within) as tx:
        found = await store.plans.page(tx, within=asking.within, state=state, before=before, at_most=PAGE_SIZE + 1)
    listed = page(found, PAGE_SIZE, lambda plan: (plan.plan_id,))
    return render(request, "plans.html.j2", plans=listed, state=state, may_draft=_may_draft(asking))


def _may_draft(asking: Caller) -> bool:
    try:
        plans.may_draft(asking)
    except Refusal:
        return False
    return True


@router.get("/plans/new")
async def ask_for_file(request: Request, asking: Asked) -> Response:
    """The form for a document."""
    plans.may_draft(asking)
    return render(request, "upload.html.j2", accepted=uploads.ACCEPTED, error=None, plan_id=None)


@router.post("/plans/new")
async def take_file(request: Request, database: Db, asking: Asked, file: Annotated[UploadFile, File()]) -> Response:
    """Read the document into a draft, and go to it."""
    plans.may_draft(asking)
    try:
        document, source = await uploads.uploaded(file)
        async with database.transaction(within=asking.within) as tx:
            standing = await plans.draft(tx, asking, document, source)
    except Refusal as refusal:
        error, known = words.of_refusal(refusal), refusal.more.get("plan_id")
        status = refusal.kind.value
        return render(request, "upload.html.j2", status=status, accepted=uploads.ACCEPTED, error=error, plan_id=known)
    return to(f"/plans/{standing.plan_id}")


@router.get("/plans/{plan_id}")
async def show_plan(request: Request, database: Db, asking: Asked, plan_id: UUID) -> Response:
    """The desk: the document's lines beside its items, warnings in their place, and whom it reaches."""
    async with database.transaction(within=asking.within) as tx:
        source = await store.plans.source(tx, plan_id, within=asking.within)
        view = await shown(tx, asking, plan_id)
        reach = view.plan.reach or await preview_of(tx, view.plan)
        relatives = await store.versions.relatives(tx, view.plan, within=asking.within)
    lines = re.split(r"\r\n|\r|\n", source.text) if source and source.text else []
    pairs = list(zip(view.plan.item_ids, view.plan.document.items, reach.items, strict=True))
    of_line = {
        line: item_id for item_id, item, _ in reversed(pairs) for line in range(item.lines[0], item.lines[1] + 1)
    }
    return render(
        request,
        "plan.html.j2",
        view=view,
        plan=view.plan,
        pairs=pairs,
        reach=reach,
        lines=list(enumerate(lines, start=1)),
        of_line=of_line,
        placed=_placed(view.plan.warnings, of_line),
        editable=view.editable,
        relatives={each.relation: each for each in relatives},
    )


def _placed(warnings: object, of_line: dict[int, UUID]) -> dict[UUID | None, list[object]]:
    """The warnings by the item that stands on their first line; None: of the document itself."""
    found: dict[UUID | None, list[object]] = {}
    assert isinstance(warnings, tuple)
    for warning in warnings:
        found.setdefault(of_line.get(warning.lines[0]) if warning.lines else None, []).append(warning)
    return found
