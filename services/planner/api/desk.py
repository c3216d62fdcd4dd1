"""HTTP to use-case: what the desk does to a plan's content, and who may sign in whose place."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from services.kit.pages import PAGE_SIZE, Cursor, Page, PageSize, after, page
from services.planner import store
from services.planner.api.asking import LATEST, Asking, Db, Seen, edited, tagged
from services.planner.rules import editing
from services.planner.rules.editing import Content
from services.planner.use_cases import delegation, plans
from services.planner.use_cases.delegation import Delegating
from services.planner.views import Accepting, Delegation, Moving, NewItem, PlanChange, PlanStanding, Splitting

router = APIRouter()


@router.patch("/plans/{plan_id}", tags=["plans"])
async def edit_plan(
    database: Db, asking: Asking, response: Response, plan_id: UUID, change: PlanChange, revision: Seen
) -> PlanStanding:
    """Change the document's fields and those of its items."""
    return tagged(response, await edited(database, asking, plan_id, plans.changing(change), revision))


@router.post("/plans/{plan_id}/items", tags=["plans"])
async def add_item(
    database: Db, asking: Asking, response: Response, plan_id: UUID, item: NewItem, revision: Seen
) -> PlanStanding:
    """Add an item."""

    def edit(content: Content) -> Content:
        return editing.add_item(content, item.position or len(content.item_ids) + 1, item.fields)

    return tagged(response, await edited(database, asking, plan_id, edit, revision))


@router.delete("/plans/{plan_id}/items/{item_id}", tags=["plans"])
async def remove_item(
    database: Db, asking: Asking, response: Response, plan_id: UUID, item_id: UUID, revision: Seen
) -> PlanStanding:
    """Take an item out."""
    edit = partial(editing.remove_item, item_id=item_id)
    return tagged(response, await edited(database, asking, plan_id, edit, revision))


@router.post("/plans/{plan_id}/items/{item_id}/split", tags=["plans"])
async def split_item(
    database: Db, asking: Asking, response: Response, plan_id: UUID, item_id: UUID, splitting: Splitting, revision: Seen
) -> PlanStanding:
    """Make several items of one."""
    edit = partial(editing.split_item, item_id=item_id, texts=splitting.texts)
    return tagged(response, await edited(database, asking, plan_id, edit, revision))


@router.post("/plans/{plan_id}/items/{item_id}/merge", tags=["plans"])
async def merge_items(
    database: Db, asking: Asking, response: Response, plan_id: UUID, item_id: UUID, revision: Seen
) -> PlanStanding:
    """Make one item of this one and the next."""
    edit = partial(editing.merge_items, item_id=item_id)
    return tagged(response, await edited(database, asking, plan_id, edit, revision))


@router.post("/plans/{plan_id}/items/{item_id}/move", tags=["plans"])
async def move_item(
    database: Db, asking: Asking, response: Response, plan_id: UUID, item_id: UUID, moving: Moving, revision: Seen
) -> PlanStanding:
    """Put an item at another position."""
    edit = partial(editing.move_item, item_id=item_id, position=moving.position)
    return tagged(response, await edited(database, asking, plan_id, edit, revision))


@router.post("/plans/{plan_id}/warnings/accept", tags=["plans"])
async def accept_warnings(
    database: Db, asking: Asking, response: Response, plan_id: UUID, accepting: Accepting, revision: Seen
) -> PlanStanding:
    """Accept warnings as they are, with a reason."""
    async with database.transaction(within=asking.within) as tx:
        return tagged(response, await plans.accept(tx, asking, plan_id, accepting, revision))


@router.post("/delegations", tags=["delegations"], status_code=201)
async def give_delegation(database: Db, asking: Asking, delegating: Delegating) -> Delegation:
    """Let a person of the caller's unit sign in the caller's place, from one day to another."""
    async with database.transaction(within=asking.within) as tx:
        return await delegation.delegate(tx, asking, delegating)


@router.get("/delegations", tags=["delegations"])
async def list_delegations(
    database: Db, asking: Asking, cursor: Cursor = None, limit: PageSize = PAGE_SIZE
) -> Page[Delegation]:
    """The delegations in units within the caller's area, the latest first."""
    (before,) = after(cursor, (LATEST,))
    async with database.transaction(within=asking.within) as tx:
        found = await store.delegations.page(tx, within=asking.within, before=before, at_most=limit + 1)
    return page(found, limit, lambda given: (given.delegation_id,))


@router.post("/delegations/{delegation_id}/withdraw", tags=["delegations"])
async def withdraw_delegation(database: Db, asking: Asking, delegation_id: UUID) -> Delegation:
    """End a delegation; what was signed by it stays signed."""
    async with database.transaction(within=asking.within) as tx:
        return await delegation.withdraw(tx, asking, delegation_id)
