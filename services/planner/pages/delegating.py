"""Pages: who signs in whose place."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Database
from services.kit.errors import Refusal
from services.kit.pages import PAGE_SIZE, Cursor, after, page
from services.planner import store
from services.planner.api.asking import LATEST, Db
from services.planner.pages import words
from services.planner.pages.asked import Asked, Sent, render, text_of, to
from services.planner.rules.lifecycle import SIGNING_ROLES
from services.planner.use_cases import delegation
from services.planner.use_cases.caller import Caller
from services.planner.use_cases.delegation import Delegating

router = APIRouter()

_FIELDS = ("deputy_id", "role", "valid_from", "valid_to")


@router.get("/delegations")
async def show_delegations(request: Request, database: Db, asking: Asked, cursor: Cursor = None) -> Response:
    """The delegations of the person's area, and the form for one of their own."""
    return await _page(request, database, asking, {}, {}, cursor=cursor)


@router.post("/delegations")
async def delegate(request: Request, database: Db, asking: Asked, form: Sent) -> Response:
    """Let a person of one's unit sign in one's place."""
    typed = {name: text_of(form, name) for name in _FIELDS}
    try:
        delegating = Delegating.model_validate({name: value or None for name, value in typed.items()})
        async with database.transaction(within=asking.within) as tx:
            await delegation.delegate(tx, asking, delegating)
    except ValidationError as error:
        errors = {str(fault["loc"][0]): "Hãy điền đủ và đúng." for fault in error.errors()}
        return await _page(request, database, asking, typed, errors, status=422)
    except Refusal as refusal:
        errors = {str(refusal.more.get("field", "")): words.of_refusal(refusal)}
        return await _page(request, database, asking, typed, errors, status=refusal.kind.value)
    return to("/delegations")


@router.post("/delegations/{delegation_id}/withdraw")
async def withdraw(request: Request, database: Db, asking: Asked, delegation_id: UUID, form: Sent) -> Response:
    """End a delegation."""
    try:
        async with database.transaction(within=asking.within) as tx:
            await delegation.withdraw(tx, asking, delegation_id)
    except Refusal as refusal:
        return await _page(request, database, asking, {}, {"": words.of_refusal(refusal)}, status=refusal.kind.value)
    return to("/delegations")


async def _page(
    request: Request,
    database: Database,
    asking: Caller,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
    cursor: str | None = None,
) -> Response:
    (before,) = after(cursor, (LATEST,))
    async with database.transaction(within=asking.within) as tx:
        today = day_in_viet_nam(tx.now)
        found = await store.delegations.page(tx, within=asking.within, before=before, at_most=PAGE_SIZE + 1)
        people = await store.units.people_of(tx, {asking.unit_id, *(given.unit_id for given in found)})
        units = await store.units.unit_names(tx, {given.unit_id for given in found})
        held = await store.units.roles_held(tx, asking.person_id, asking.unit_id, today)
    colleagues = {one.person_id: one.name for one in people if one.unit_id == asking.unit_id}
    colleagues.pop(asking.person_id, None)
    return render(
        request,
        "delegations.html.j2",
        status=status,
        given=page(found, PAGE_SIZE, lambda given: (given.delegation_id,)),
        units=units,
        names={one.person_id: one.name for one in people},
        colleagues=colleagues,
        roles=[role for role in Role if role in asking.roles & held & SIGNING_ROLES],
        asking=asking,
        today=today,
        typed=typed,
        errors=errors,
    )
