"""Use-cases of people with plans: draft one, edit it, and take its next step."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

from contracts.content import content_sha256
from contracts.plans import PlanDocument, PlanState
from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.logs import get_logger
from services.planner import store
from services.planner.rules import content, editing
from services.planner.rules.editing import Content
from services.planner.rules.lifecycle import EDITABLE, TRANSITIONS, UNSIGNED, Action, Side, Transition, desk_role
from services.planner.rules.obligations import stands_at
from services.planner.rules.settling import open_reasons, rechecked, standing, warning_id
from services.planner.store.plans import Author, Lineage, Plan, Source
from services.planner.use_cases import answers, in_force, signing
from services.planner.use_cases.caller import Caller
from services.planner.use_cases.comparing import compared
from services.planner.use_cases.parenting import find_parent
from services.planner.use_cases.seeing import seen, unknown
from services.planner.views import Accepting, Doing, PlanChange, PlanStanding, PlanView

log = get_logger()


def may_draft(caller: Caller) -> Role:
    """The role in which the caller drafts plans for their unit. Raises Refusal (403) if there is none."""
    role = desk_role(caller, owner_id=caller.unit_id, owner_kind=caller.kind, owner_path=caller.path)
    if role is None:
        detail = "this is for officers, and for a school's principal and union chair"
        raise Refusal(RefusalKind.FORBIDDEN, "not-entitled", detail)
    return role


async def draft(tx: Transaction, caller: Caller, document: PlanDocument, source: Source) -> PlanStanding:
    """Keep a document that was read as a draft of the caller's unit.

    Raises Refusal: 403; 409 `already-imported`, with the `plan_id`, for a file that the unit has at hand already.
    """
    author = Author(caller.unit_id, caller.person_id, may_draft(caller))
    known = await store.plans.live_plan_of_source(tx, caller.unit_id, source.sha256)
    if known is not None:
        detail = "your unit has drafted a plan from this very file"
        raise Refusal(RefusalKind.CONFLICT, "already-imported", detail, plan_id=str(known))
    state = PlanState.DRAFT
    item_ids = [uuid4() for _ in document.items]
    parent_id, document = await find_parent(tx, document, author.unit_id)
    lineage = Lineage(parent_id=parent_id)
    plan_id = await store.plans.add(
        tx, document, item_ids=item_ids, source=source, state=state, by=author, lineage=lineage
    )
    log.info("plan.drafted", plan_id=str(plan_id), unit_id=caller.unit_id, count=len(item_ids))
    return PlanStanding(plan_id=plan_id, state=state, revision=1)


Edit = Callable[[Content], Content]
"""What a person does to the content, by the functions of `editing`."""


def changing(change: PlanChange) -> Edit:
    """The edit that gives fields of the document and of its items new values."""

    def edited(content: Content) -> Content:
        content = editing.change_document(content, change.fields)
        for item in change.items:
            content = editing.change_item(content, item.item_id, item.fields)
        return content

    return edited


async def edit(tx: Transaction, caller: Caller, plan_id: UUID, change: Edit, revision: int) -> PlanStanding:
    """Change the content. Signatures that were given fall, and the plan returns to the review.

    Raises Refusal: 404; 409 `wrong-state`, `stale-revision`; 403; 422 with the code of CannotEdit,
    `plan-incomplete` with `reasons`.
    """
    plan = await locked(tx, caller, plan_id, revision)
    if plan.state not in EDITABLE:
        raise wrong_state(plan, "change")
    author = await at_desk(tx, caller, plan)
    edited = _edited(plan, change)
    if edited.content_sha256 == plan.content_sha256 and edited.item_ids == plan.item_ids:
        return _standing(plan)
    document = await _compared(tx, edited)
    signing.refuse_for(content.faults(document, await store.units.places(tx, content.unit_ids_named(document))))
    after = replace(edited, document=document, state=EDITABLE[plan.state])
    return await take(tx, plan, after, "edit", author)


def _edited(plan: Plan, change: Edit) -> Plan:
    try:
        edited = change(plan.content)
    except editing.CannotEdit as error:
        raise Refusal(RefusalKind.INVALID, error.code, error.detail, field=error.field) from None
    document, sha256 = rechecked(plan.document, edited.document), content_sha256(edited.document)
    return replace(plan, document=document, item_ids=edited.item_ids, content_sha256=sha256)


async def accept(tx: Transaction, caller: Caller, plan_id: UUID, accepting: Accepting, revision: int) -> PlanStanding:
    """Accept warnings as they are, with a reason: a step of the plan's history that leaves its content alone.

    Raises Refusal: 404; 409 `wrong-state`, `stale-revision`; 403; 422 `warning-unknown`.
    """
    plan = await locked(tx, caller, plan_id, revision)
    if plan.state not in UNSIGNED:
        raise wrong_state(plan, "acceptance of warnings")
    author = await at_desk(tx, caller, plan)
    document = await _compared(tx, plan)
    if unknown := set(accepting.warnings) - {warning_id(warning) for warning in document.warnings}:
        detail = f"the plan has no warning {min(unknown)}"
        raise Refusal(RefusalKind.INVALID, "warning-unknown", detail)
    accepted = await take(tx, plan, replace(plan, document=document), "accept", author, accepting.reason)
    await store.plans.accept_warnings(tx, accepted, accepting.warnings, author, accepting.reason)
    return accepted


async def act(
    tx: Transaction, caller: Caller, plan_id: UUID, action: Action, doing: Doing, revision: int | None
) -> PlanStanding:
    """Take the plan's next step, with all that belongs to it.

    Raises Refusal: 404; 409 `wrong-state`, `stale-revision`, `not-all-signed`, `one-person-one-party`,
    `not-in-force`; 403; 422 `reason-missing`, `party-ambiguous`, `plan-incomplete` with `reasons`, `item-unknown`,
    `message-too-large`.
    """
    plan = await locked(tx, caller, plan_id, revision)
    transition = _transition(plan, action, doing.reason)
    if transition.by is Side.DESK:
        author = await at_desk(tx, caller, plan)
    elif action is Action.SIGN:
        author = await signing.sign(tx, caller, plan, doing.party)
    else:
        author = await signing.signatory(tx, caller, plan)
    if transition.to in (PlanState.CO_SIGNING, PlanState.APPROVED):
        await store.units.see_whole_directory(tx)
        await signing.require_complete(tx, plan)
    after = replace(plan, state=transition.to)
    match action:
        case Action.REVIEW:
            after = replace(after, document=await _compared(tx, plan))
        case Action.CO_SIGN:
            after = await in_force.settle(tx, replace(after, document=await _without_open_warnings(tx, plan)))
        case Action.APPROVE:
            await in_force.approve(tx, plan, author)
        case Action.REVOKE:
            in_force.revoke(tx, plan, doing.reason or "")
        case Action.CLOSE:
            await in_force.close(tx, plan, doing.carry_over, author)
    await answers.tell_decision(tx, after, action, doing.reason)
    return await take(tx, plan, after, action, author, doing.reason)


async def _compared(tx: Transaction, plan: Plan | PlanView) -> PlanDocument:
    """The document with the warnings of other plans as they are by now."""
    return await compared(tx, plan.document, plan.owner_id, lasting_id=plan.lasting_id, parent_id=plan.parent_id)


async def _without_open_warnings(tx: Transaction, plan: Plan) -> PlanDocument:
    """The document as it goes to be signed. Raises Refusal (422) with the warnings that nobody settled or accepted."""
    await store.plans.send_one_at_a_time(tx)
    document = await _compared(tx, plan)
    signing.refuse_for(open_reasons(standing(document, await store.plans.acceptances(tx, plan.plan_id))))
    return document


async def show(tx: Transaction, caller: Caller, plan_id: UUID) -> PlanView:
    """The whole plan, before it is signed with the warnings of other plans as they are by now. Raises Refusal (404)."""
    plan = await seen(tx, caller, plan_id)
    if plan.state not in UNSIGNED:
        return plan
    document = await _compared(tx, plan)
    warnings = standing(document, await store.plans.acceptances(tx, plan_id))
    return plan.model_copy(update={"document": document, "warnings": warnings})


async def locked(tx: Transaction, caller: Caller, plan_id: UUID, revision: int | None) -> Plan:
    """The plan as the caller saw it; nobody else changes it now. Raises Refusal: 404, 409 `stale-revision`."""
    plan = await store.plans.lock(tx, plan_id, within=caller.within)
    if plan is None:
        raise unknown(plan_id)
    if revision not in (None, plan.revision):
        raise Refusal(RefusalKind.CONFLICT, "stale-revision", f"the plan is at revision {plan.revision} by now")
    return plan


def _transition(plan: Plan, action: Action, reason: str | None) -> Transition:
    transition = TRANSITIONS.get((plan.state, action))
    if transition is None:
        raise wrong_state(plan, action)
    if transition.needs_reason and not (reason or "").strip():
        raise Refusal(RefusalKind.INVALID, "reason-missing", f"give a reason for {action}")
    return transition


async def at_desk(tx: Transaction, caller: Caller, plan: Plan | PlanView) -> Author:
    """The caller, who sees the plan, as one who works on it for its owner, or for the one that has succeeded it.

    From here on the transaction sees the whole directory: where the owner stands, and who took over from it. Raises
    Refusal (403).
    """
    await store.units.see_whole_directory(tx)
    line = await store.units.line_of_successors(tx, plan.owner_id)
    owner = line[stands_at(plan.owner_id, line, day_in_viet_nam(tx.now))]
    role = desk_role(caller, owner_id=owner.unit.unit_id, owner_kind=owner.unit.kind, owner_path=owner.path)
    if role is None:
        detail = "this is for those who work on the plan for its owner"
        raise Refusal(RefusalKind.FORBIDDEN, "not-entitled", detail)
    return Author(caller.unit_id, caller.person_id, role)


async def take(
    tx: Transaction, before: Plan, after: Plan, action: str, by: Author, reason: str | None = None
) -> PlanStanding:
    """Keep the plan as it is after a step, one revision on, and the step in its history."""
    after = replace(after, revision=before.revision + 1)
    if after.state in UNSIGNED:
        await store.plans.void_signatures(tx, after.plan_id)
    await store.plans.save_step(tx, before, after, action, by, reason)
    log.info("plan.moved", plan_id=str(after.plan_id), unit_id=by.unit_id, code=action, outcome=after.state)
    return _standing(after)


def wrong_state(plan: Plan, action: str) -> Refusal:
    """The plan stands where the action is not possible."""
    return Refusal(RefusalKind.CONFLICT, "wrong-state", f"a plan in {plan.state} takes no {action}")


def _standing(plan: Plan) -> PlanStanding:
    return PlanStanding(plan_id=plan.plan_id, state=plan.state, revision=plan.revision)
