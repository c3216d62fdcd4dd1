"""HTTP to use-case: plans, from the upload to their end."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from contracts.plans import PlanState
from services.kit.errors import Refusal, RefusalKind
from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize, after, page
from services.planner import store
from services.planner.api.asking import LATEST, Asking, Db, Revision, Seen, tagged
from services.planner.api.uploads import uploaded
from services.planner.rules.difference import ItemDifference
from services.planner.rules.lifecycle import Action
from services.planner.rules.obligations import Obligations
from services.planner.rules.reach import Reach
from services.planner.use_cases import amending, plans, reaching
from services.planner.views import (
    Doing,
    ItemLink,
    ParentLink,
    PlanStanding,
    PlanSummary,
    PlanView,
)

router = APIRouter()


@router.post("/plans", tags=["plans"], status_code=201)
async def upload(database: Db, asking: Asking, response: Response, file: Annotated[UploadFile, File()]) -> PlanStanding:
    """Read a document into a draft of the caller's unit."""
    plans.may_draft(asking)
    document, source = await uploaded(file)
    async with database.transaction(within=asking.within) as tx:
        standing = await plans.draft(tx, asking, document, source)
    response.headers["Location"] = f"/v1/plans/{standing.plan_id}"
    return tagged(response, standing)


@router.get("/plans", tags=["plans"])
async def list_plans(
    database: Db, asking: Asking, state: PlanState | None = None, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
) -> Page[PlanSummary]:
    """The plans that concern a unit within the caller's area, the latest first."""
    (before,) = after(cursor, (LATEST,))
    async with database.transaction(within=asking.within) as tx:
        found = await store.plans.page(tx, within=asking.within, state=state, before=before, at_most=limit + 1)
    return page(found, limit, lambda plan: (plan.plan_id,))


@router.get("/plans/{plan_id}", tags=["plans"])
async def show_plan(database: Db, asking: Asking, response: Response, plan_id: UUID) -> PlanView:
    """A plan with its document, signatures and history. Its revision is the ETag."""
    async with database.transaction(within=asking.within) as tx:
        plan = await plans.show(tx, asking, plan_id)
    response.headers["ETag"] = f'"{plan.revision}"'
    return plan


@router.get("/plans/{plan_id}/source", tags=["plans"])
async def show_source(database: Db, asking: Asking, plan_id: UUID) -> Response:
    """The file that the plan was read from, as it was handed in, or the text that a system submitted."""
    async with database.transaction(within=asking.within) as tx:
        source = await store.plans.source(tx, plan_id, within=asking.within)
    if source is None or (source.file is None and source.text is None):
        raise Refusal(RefusalKind.NOT_FOUND, "source-unknown", f"there is no source of the plan {plan_id} for you")
    name = quote(source.name or f"{plan_id}.txt", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",  # a stranger's file: to be kept, never shown in our place
    }
    raw = (source.text or "").encode() if source.file is None else source.file
    return Response(raw, media_type="application/octet-stream", headers=headers)


@router.get("/plans/{plan_id}/reach", tags=["plans"])
async def show_reach(database: Db, asking: Asking, plan_id: UUID) -> Reach:
    """Whom the plan would reach if it were approved now."""
    async with database.transaction(within=asking.within) as tx:
        return await reaching.preview(tx, asking, plan_id)


@router.get("/plans/{plan_id}/obligations", tags=["plans"])
async def show_obligations(database: Db, asking: Asking, plan_id: UUID) -> Obligations:
    """What a plan that is or was in force asks of each unit by now, after units have ended, merged and joined."""
    async with database.transaction(within=asking.within) as tx:
        return await reaching.by_now(tx, asking, plan_id)


@router.get("/plans/{plan_id}/difference", tags=["plans"])
async def show_difference(database: Db, asking: Asking, plan_id: UUID) -> tuple[ItemDifference, ...]:
    """What a version does to each item of the version that it amends."""
    async with database.transaction(within=asking.within) as tx:
        return await amending.show_difference(tx, asking, plan_id)


@router.post("/plans/{plan_id}/amendment", tags=["plans"], status_code=201)
async def amend_plan(
    database: Db,
    asking: Asking,
    response: Response,
    plan_id: UUID,
    file: Annotated[UploadFile | None, File()] = None,
    reason: Annotated[str | None, Form(max_length=20_000)] = None,
) -> PlanStanding:
    """Draft the next version of a plan in force: from a new document, or as it stands, to be edited."""
    read = await uploaded(file) if file else None
    async with database.transaction(within=asking.within) as tx:
        standing = await amending.amend(tx, asking, plan_id, read, reason)
    response.headers["Location"] = f"/v1/plans/{standing.plan_id}"
    return tagged(response, standing)


@router.put("/plans/{plan_id}/items/{item_id}/continues", tags=["plans"])
async def relink_item(
    database: Db, asking: Asking, response: Response, plan_id: UUID, item_id: UUID, link: ItemLink, revision: Seen
) -> PlanStanding:
    """Say which item of the version before an item continues; none: it is new. Signatures that were given fall."""
    async with database.transaction(within=asking.within) as tx:
        return tagged(response, await amending.relink(tx, asking, plan_id, item_id, link.continues, revision))


@router.put("/plans/{plan_id}/parent", tags=["plans"])
async def set_parent(
    database: Db, asking: Asking, response: Response, plan_id: UUID, link: ParentLink, revision: Seen
) -> PlanStanding:
    """Say which plan in force stands above; none: none that is known here. Signatures that were given fall."""
    async with database.transaction(within=asking.within) as tx:
        return tagged(response, await amending.set_parent(tx, asking, plan_id, link.parent_id, revision))


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
        return tagged(response, await plans.act(tx, asking, plan_id, action, doing or Doing(), revision))
