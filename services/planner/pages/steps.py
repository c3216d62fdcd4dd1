"""Pages: accept warnings, sign or refuse, and take a plan's next step."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.kit.errors import Refusal
from services.planner import store
from services.planner.api.asking import Db
from services.planner.pages import words
from services.planner.pages.asked import Asked, Sent, Shown, render, seen, shown, text_of, to
from services.planner.pages.forms import asked_for
from services.planner.pages.stale import since
from services.planner.rules.following import following
from services.planner.rules.lifecycle import TRANSITIONS, Action
from services.planner.use_cases import plans
from services.planner.use_cases.reaching import preview_of
from services.planner.views import Accepting, Doing

router = APIRouter()


@router.post("/plans/{plan_id}/warnings")
async def accept_warnings(request: Request, database: Db, asking: Asked, plan_id: UUID, form: Sent) -> Response:
    """Accept the warnings that were ticked, with the reason."""
    names, reason = tuple(str(name) for name in form.getlist("warnings")), text_of(form, "reason")
    if not names or not reason:
        async with database.transaction(within=asking.within) as tx:
            view = await shown(tx, asking, plan_id)
        error = "Hãy ghi lý do." if names else "Hãy chọn cảnh báo cần chấp nhận."
        return _refused(request, view, 422, error, warnings=names, reason=reason)
    try:
        async with database.transaction(within=asking.within) as tx:
            accepting = asked_for(Accepting, warnings=names, reason=reason)
            await plans.accept(tx, asking, plan_id, accepting, seen(form))
    except Refusal as refusal:
        return await _told(request, database, asking, plan_id, form, refusal)
    return to(f"/plans/{plan_id}#warnings")


@router.get("/plans/{plan_id}/steps/{action}")
async def ask_for_step(request: Request, database: Db, asking: Asked, plan_id: UUID, action: Action) -> Response:
    """What the step does, with the reason or the party that it needs; of a signature, what is signed."""
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        reach = view.plan.reach or await preview_of(tx, view.plan)
    empty: dict[str, Any] = {"error": None, "reasons": (), "stale": None, "reason": "", "party": "", "carried": ()}
    return _step(request, view, action, reach=reach, **empty)


@router.post("/plans/{plan_id}/steps/{action}")
async def take_step(
    request: Request, database: Db, asking: Asked, plan_id: UUID, action: Action, form: Sent
) -> Response:
    """Take the step on the revision that the person saw."""
    reason, party, carried = text_of(form, "reason"), text_of(form, "party"), form.getlist("carry_over")
    try:
        doing = asked_for(Doing, reason=reason or None, party=party or None, carry_over=carried)
        async with database.transaction(within=asking.within) as tx:
            await plans.act(tx, asking, plan_id, action, doing, seen(form))
            following_id = await store.versions.following(tx, plan_id)
    except Refusal as refusal:
        async with database.transaction(within=asking.within) as tx:
            view = await shown(tx, asking, plan_id)
            reach = view.plan.reach or await preview_of(tx, view.plan)
            stale = await since(tx, view.plan, seen(form)) if refusal.code == "stale-revision" else None
        told = {"error": words.of_refusal(refusal), "reasons": refusal.more.get("reasons", ()), "stale": stale}
        status = refusal.kind.value
        typed = {"reason": reason, "party": party, "carried": tuple(map(str, carried))}
        return _step(request, view, action, status=status, reach=reach, **typed, **told)
    return to(f"/plans/{following_id or plan_id}")


def _step(request: Request, view: Shown, action: Action, *, status: int = 200, **more: Any) -> Response:
    step = TRANSITIONS.get((view.plan.state, action))
    needs_reason = step is not None and step.needs_reason
    possible = action in view.actions
    return render(
        request,
        "step.html.j2",
        status=status,
        view=view,
        plan=view.plan,
        action=action,
        needs_reason=needs_reason,
        possible=possible,
        next_document=following(view.plan.document, range(1, 1001)) if action is Action.CLOSE else None,
        **more,
    )


async def _told(request: Request, database: Any, asking: Any, plan_id: UUID, form: Any, refusal: Refusal) -> Response:
    async with database.transaction(within=asking.within) as tx:
        view = await shown(tx, asking, plan_id)
        stale = await since(tx, view.plan, seen(form)) if refusal.code == "stale-revision" else None
    reasons = refusal.more.get("reasons", ())
    return _refused(
        request,
        view,
        refusal.kind.value,
        words.of_refusal(refusal),
        reasons=reasons,
        stale=stale,
        warnings=tuple(str(name) for name in form.getlist("warnings")),
        reason=text_of(form, "reason"),
    )


def _refused(request: Request, view: Shown, status: int, error: str, **more: Any) -> Response:
    """The refusal, with the acceptance as it was typed, to be sent again."""
    return render(
        request, "refused.html.j2", status=status, view=view, error=error, **{"reasons": (), "stale": None, **more}
    )
