"""Pages: a plan's history, what its content was at a revision, and what changed between two."""

from itertools import pairwise
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.api.asking import Db
from services.planner.pages.asked import Asked, Shown, render, shown
from services.planner.rules.difference import changed_document_fields, difference, edited_fields, versioned
from services.planner.rules.editing import Content

router = APIRouter()


@router.get("/plans/{plan_id}/history")
async def show_history(request: Request, database: Db, asking: Asked, plan_id: UUID) -> Response:
    """Every step of a plan, with who took it and why."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
    changing = {
        after.revision
        for before, after in pairwise(view.plan.history)
        if before.content_sha256 != after.content_sha256 or after.action == "relink"
    }
    return render(request, "history.html.j2", view=view, plan=view.plan, changing=changing)


@router.get("/plans/{plan_id}/history/{revision}")
async def show_revision(request: Request, database: Db, asking: Asked, plan_id: UUID, revision: int) -> Response:
    """The content as it was at a revision."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        content = await _content(tx, view, revision)
    step = view.plan.history[revision - 1]
    return render(request, "revision.html.j2", view=view, document=content.document, step=step)


@router.get("/plans/{plan_id}/changes")
async def show_changes(
    request: Request, database: Db, asking: Asked, plan_id: UUID, before: int, after: int
) -> Response:
    """What changed in the document and in each item between two revisions."""
    revisions = sorted((before, after))
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        then, now = [await _content(tx, view, revision) for revision in revisions]
    old, new = (versioned(content.item_ids, content.document.items) for content in (then, now))
    return render(
        request,
        "changes.html.j2",
        view=view,
        steps=[view.plan.history[revision - 1] for revision in revisions],
        then=then.document,
        now=now.document,
        fields=changed_document_fields(then.document, now.document),
        found=difference(old, new, edited_fields),
    )


async def _content(tx: Transaction, view: Shown, revision: int) -> Content:
    within = 0 < revision <= view.plan.revision
    content = await store.plans.content_at(tx, view.plan.plan_id, revision) if within else None
    if content is None:
        raise Refusal(RefusalKind.NOT_FOUND, "revision-unknown", f"the plan has no revision {revision}")
    return content
