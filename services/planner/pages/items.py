"""Pages: one item's form, and splitting, merging, moving, adding and removing items."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from contracts.plans import Item, Period
from services.kit.database import Database
from services.kit.errors import Refusal, RefusalKind
from services.planner.api.asking import Db, edited
from services.planner.pages import forms, naming, words
from services.planner.pages.asked import Asked, Sent, Shown, render, seen, shown, text_of, to
from services.planner.pages.naming import Units
from services.planner.pages.stale import since
from services.planner.rules import editing
from services.planner.rules.calendar import occurrences
from services.planner.rules.editing import Content
from services.planner.use_cases.caller import Caller

router = APIRouter()

_BLANK = Item(position=1, text="-").model_copy(update={"text": ""})


@router.get("/plans/{plan_id}/items/new")
async def ask_for_item(request: Request, database: Db, asking: Asked, plan_id: UUID, position: int = 1) -> Response:
    """The form for an item to add at the position."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        units = await naming.offered(tx, asking.within, naming.AREAS, view.names)
    return _form(request, view, units, None, {**forms.item_as_typed(_BLANK, units), "position": position})


@router.post("/plans/{plan_id}/items/new")
async def add_item(request: Request, database: Db, asking: Asked, plan_id: UUID, form: Sent) -> Response:
    """Add the item, and go to it."""
    position = int(text_of(form, "position")) if text_of(form, "position").isdecimal() else 1
    asked = (request, database, asking, plan_id, None)
    if "preview" in form:
        return await _again(asked, form)
    try:
        _, known = await _known(database, asking, plan_id)
        fields = forms.item_of(form, None, known).fields
        edit = partial(editing.add_item, position=position, fields=fields)
        await edited(database, asking, plan_id, edit, seen(form))
    except (forms.BadForm, Refusal) as error:
        return await _again(asked, form, error)
    return to(f"/plans/{plan_id}#position-{position}")


@router.get("/plans/{plan_id}/items/{item_id}")
async def show_item(request: Request, database: Db, asking: Asked, plan_id: UUID, item_id: UUID) -> Response:
    """One item's form."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        units = await naming.offered(tx, asking.within, naming.AREAS, view.names)
    return _form(request, view, units, item_id, forms.item_as_typed(_item(view, item_id), units))


@router.post("/plans/{plan_id}/items/{item_id}")
async def change_item(
    request: Request, database: Db, asking: Asked, plan_id: UUID, item_id: UUID, form: Sent
) -> Response:
    """Change the item as the form says, and go back to it."""
    asked = (request, database, asking, plan_id, item_id)
    if "preview" in form:
        return await _again(asked, form)
    view, known = await _known(database, asking, plan_id)
    try:
        fields = forms.item_of(form, _item(view, item_id), known).fields
        edit = partial(editing.change_item, item_id=item_id, fields=fields)
        await edited(database, asking, plan_id, edit, seen(form))
    except (forms.BadForm, Refusal) as error:
        return await _again(asked, form, error)
    return to(f"/plans/{plan_id}#item-{item_id}")


@router.get("/plans/{plan_id}/items/{item_id}/split")
async def ask_where_to_split(request: Request, database: Db, asking: Asked, plan_id: UUID, item_id: UUID) -> Response:
    """The item's text, in which a person puts line ends."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
    item = _item(view, item_id)
    return render(
        request, "split.html.j2", view=view, item=item, item_id=item_id, text=item.text, revision=view.plan.revision
    )


@router.post("/plans/{plan_id}/items/{item_id}/split")
async def split_item(
    request: Request, database: Db, asking: Asked, plan_id: UUID, item_id: UUID, form: Sent
) -> Response:
    """Make an item of each line."""
    text = text_of(form, "text")
    try:
        edit = partial(editing.split_item, item_id=item_id, texts=text.split("\n"))
        await edited(database, asking, plan_id, edit, seen(form))
    except Refusal as refusal:
        async with database.transaction(within=asking.within) as tx:
            view = await shown(tx, asking, plan_id)
        return render(
            request,
            "split.html.j2",
            status=refusal.kind.value,
            view=view,
            item=_item(view, item_id),
            item_id=item_id,
            text=text,
            revision=view.plan.revision,
            error=words.of_refusal(refusal),
        )
    return to(f"/plans/{plan_id}#item-{item_id}")


@router.post("/plans/{plan_id}/items/{item_id}/{what}")
async def rearrange(
    request: Request, database: Db, asking: Asked, plan_id: UUID, item_id: UUID, what: str, form: Sent
) -> Response:
    """Merge the item with the next, put it one place up or down, or take it out."""
    edit = {
        "merge": partial(editing.merge_items, item_id=item_id),
        "up": partial(_moved, item_id=item_id, by=-1),
        "down": partial(_moved, item_id=item_id, by=1),
        "remove": partial(editing.remove_item, item_id=item_id),
    }.get(what)
    if edit is None:
        raise Refusal(RefusalKind.NOT_FOUND, "action-unknown", f"there is no action {what}")
    try:
        await edited(database, asking, plan_id, edit, seen(form))
    except Refusal as refusal:
        async with database.transaction(within=asking.within) as tx:
            view = await shown(tx, asking, plan_id)
            stale = await since(tx, view.plan, seen(form), item_id) if refusal.code == "stale-revision" else None
        status = refusal.kind.value
        error = words.of_refusal(refusal)
        return render(request, "refused.html.j2", status=status, view=view, error=error, reasons=(), stale=stale)
    return to(f"/plans/{plan_id}" + ("" if what == "remove" else f"#item-{item_id}"))


def _moved(content: Content, item_id: UUID, by: int) -> Content:
    return editing.move_item(content, item_id, content.index(item_id) + 1 + by)


async def _known(database: Database, asking: Caller, plan_id: UUID) -> tuple[Shown, Units]:
    """The plan, and all units that a form may name."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        return view, await naming.known(tx, asking.within, view.names)


async def _again(
    asked: tuple[Request, Database, Caller, UUID, UUID | None],
    form: FormData,
    error: forms.BadForm | Refusal | None = None,
) -> Response:
    """The form once more: what was typed, what is wrong with it and what others have changed, or when it falls due."""
    request, database, asking, plan_id, item_id = asked
    typed = {**forms.typed_item(form), "position": text_of(form, "position")}
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        units = await naming.offered(tx, asking.within, naming.AREAS, view.names)
        stale = await since(tx, view.plan, seen(form), item_id)
    if error is None:
        more = _previewed(form, view.plan.document.period)
        return _form(request, view, units, item_id, typed, revision=seen(form), **more)
    if isinstance(error, forms.BadForm):
        return _form(request, view, units, item_id, typed, status=422, errors=error.errors, revision=seen(form))
    field = str(error.more.get("field", ""))
    told = words.of_refusal(error)
    errors = {field: told} if field in typed else {}
    more = {"error": told, "reasons": error.more.get("reasons", ())}
    if error.code == "stale-revision":
        more["stale"] = stale
    return _form(request, view, units, item_id, typed, status=error.kind.value, errors=errors, **more)


def _previewed(form: FormData, period: Period) -> dict[str, Any]:
    """The days that the form's due rule gives, or what is wrong with it."""
    try:
        return {"days": occurrences(forms.rule_of(form), period)}
    except forms.BadForm as bad:
        return {"status": 422, "errors": bad.errors}
    except ValueError:
        return {"status": 422, "errors": {"due": words.REFUSALS["due-rule-unknown"]}}


def _form(
    request: Request,
    view: Shown,
    units: Units,
    item_id: UUID | None,
    typed: dict[str, Any],
    *,
    status: int = 200,
    revision: int | None = None,
    **more: Any,
) -> Response:
    item = _item(view, item_id) if item_id else None
    return render(
        request,
        "item.html.j2",
        status=status,
        view=view,
        units=units,
        item=item,
        item_id=item_id,
        typed=typed,
        revision=revision or view.plan.revision,
        warnings=[one for one in view.plan.warnings if item and one.lines == item.lines],
        **{"errors": {}, "error": None, "reasons": (), "stale": None, "days": None, **more},
    )


def _item(view: Shown, item_id: UUID) -> Item:
    if item_id not in view.plan.item_ids:
        raise Refusal(RefusalKind.NOT_FOUND, "item-unknown", f"the plan has no item {item_id}")
    return view.plan.document.items[view.plan.item_ids.index(item_id)]
