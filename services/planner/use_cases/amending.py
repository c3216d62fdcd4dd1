"""Use-cases of the desk with a plan's lineage: a new version, which item continues which, which plan stands above."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from contracts.plans import Item, PlanDocument, PlanState, Warning
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.logs import get_logger
from services.planner import store
from services.planner.rules.difference import ItemDifference, difference, lasting, versioned
from services.planner.rules.lifecycle import EDITABLE
from services.planner.rules.matching import match
from services.planner.store.plans import Author, Lineage, Plan, Source
from services.planner.use_cases import parenting, plans
from services.planner.use_cases.caller import Caller
from services.planner.use_cases.seeing import seen
from services.planner.views import PlanStanding, PlanView

log = get_logger()

Read = tuple[PlanDocument, Source]
"""What was read of a new document, and the document itself."""


async def amend(tx: Transaction, caller: Caller, plan_id: UUID, read: Read | None, reason: str | None) -> PlanStanding:
    """Draft the next version of a plan in force: from a new document, else as it stands, to be edited in place.

    The version in force stays so until the new one is approved. Raises Refusal: 404; 403; 409 `wrong-state`,
    `already-amended` with the `plan_id` of the version that is in hand.
    """
    plan = await plans.locked(tx, caller, plan_id, None)
    if plan.state is not PlanState.APPROVED:
        raise plans.wrong_state(plan, "amend")
    author = await plans.at_desk(tx, caller, plan)
    new_id = await draft(tx, plan, read, state=PlanState.DRAFT, by=author, reason=reason)
    return PlanStanding(plan_id=new_id, state=PlanState.DRAFT, revision=1)


async def draft(
    tx: Transaction, plan: Plan, read: Read | None, *, state: PlanState, by: Author, reason: str | None = None
) -> UUID:
    """Keep the next version of a plan that this transaction holds. Returns its id.

    Items of a new document that are surely the same duty as one in force keep its lasting id; one that may be has
    a warning. Raises Refusal (409 `already-amended`).
    """
    version, in_hand = await store.versions.next_version(tx, plan.lasting_id)
    if in_hand is not None:
        detail = "a new version of this plan is in hand"
        raise Refusal(RefusalKind.CONFLICT, "already-amended", detail, plan_id=str(in_hand))
    document, source = read or (plan.document, await store.plans.source(tx, plan.plan_id, within="/"))
    assert source is not None, "whoever holds a plan sees it"
    item_ids, parent_id = plan.item_ids, plan.parent_id
    if read is not None:
        item_ids, unsure = await asyncio.to_thread(continued, plan, document.items)
        document = document.model_copy(update={"warnings": (*document.warnings, *unsure)})
        if document.parent is not None:
            parent_id, document = await parenting.find_parent(tx, document, plan.owner_id)
    lineage = Lineage(
        owner_id=plan.owner_id,
        lasting_id=plan.lasting_id,
        version=version,
        amends_id=plan.plan_id,
        parent_id=parent_id,
        action="amend",
        reason=reason,
    )
    new_id = await store.plans.add(tx, document, item_ids=item_ids, source=source, state=state, by=by, lineage=lineage)
    log.info("plan.drafted", plan_id=str(new_id), unit_id=by.unit_id, count=len(item_ids))
    return new_id


def continued(plan: Plan, items: Sequence[Item]) -> tuple[tuple[UUID, ...], tuple[Warning, ...]]:
    """The lasting ids of a new document's items, and a warning for each that a person should look at."""
    item_ids, warnings = [], []
    for item, found in zip(items, match(plan.document.items, items), strict=True):
        if found is not None and found.sure:
            item_ids.append(plan.item_ids[found.before])
            continue
        item_ids.append(uuid4())
        if found is not None:
            position = plan.document.items[found.before].position
            message = f"perhaps item {position} of the version in force; taken as new"
            warnings.append(Warning(code="item-match-unsure", message=message, about=str(position), lines=item.lines))
    return tuple(item_ids), tuple(warnings)


async def relink(
    tx: Transaction, caller: Caller, plan_id: UUID, item_id: UUID, continues: UUID | None, revision: int
) -> PlanStanding:
    """Say which item of the version before an item continues; None: it is new. Signatures that were given fall.

    Raises Refusal: 404; 403; 409 `wrong-state`, `stale-revision`, `no-version-before`, `already-continued`;
    422 `item-unknown`.
    """
    plan, author = await _editable(tx, caller, plan_id, revision)
    before = await _before(tx, plan)
    for unknown in {item_id} - {*plan.item_ids} | {continues} - {None, *before.item_ids}:
        raise Refusal(RefusalKind.INVALID, "item-unknown", f"there is no item {unknown}")
    if continues in {*plan.item_ids} - {item_id}:
        raise Refusal(RefusalKind.CONFLICT, "already-continued", f"an item continues {continues} already")
    index = plan.item_ids.index(item_id)
    own_id = uuid4() if item_id in before.item_ids else item_id
    item_ids = (*plan.item_ids[:index], continues or own_id, *plan.item_ids[index + 1 :])
    doubt = ("item-match-unsure", plan.document.items[index].lines)
    document = _without_warnings(plan.document, lambda warning: (warning.code, warning.lines) == doubt)
    after = replace(plan, item_ids=item_ids, document=document, state=EDITABLE[plan.state])
    return await plans.take(tx, plan, after, "relink", author)


async def set_parent(
    tx: Transaction, caller: Caller, plan_id: UUID, parent_id: UUID | None, revision: int
) -> PlanStanding:
    """Say which plan (by its lasting id) stands above this one; None: none here. Signatures that were given fall.

    Raises Refusal: 404; 403; 409 `wrong-state`, `stale-revision`; 422 `parent-unsuitable`.
    """
    plan, author = await _editable(tx, caller, plan_id, revision)
    if parent_id is not None and parent_id not in {each.lasting_id for each in await parenting.above(tx, plan)}:
        detail = "the plan above is one in force, of a unit that stands above this plan's"
        raise Refusal(RefusalKind.INVALID, "parent-unsuitable", detail)
    document = _without_warnings(plan.document, lambda warning: warning.code.startswith("parent-"))
    after = replace(plan, parent_id=parent_id, document=document, state=EDITABLE[plan.state])
    return await plans.take(tx, plan, after, "set-parent", author)


async def show_difference(tx: Transaction, caller: Caller, plan_id: UUID) -> tuple[ItemDifference, ...]:
    """What a version does to each item of the one that it amends. Raises Refusal: 404; 409 `no-version-before`."""
    return (await compared(tx, await seen(tx, caller, plan_id)))[1]


async def compared(tx: Transaction, after: PlanView) -> tuple[PlanView, tuple[ItemDifference, ...]]:
    """The version that one which the caller sees amends, and what it does to each item.

    Raises Refusal (409 `no-version-before`).
    """
    before = await _before(tx, after)
    items = versioned(before.item_ids, before.document.items)
    return before, difference(items, lasting(items, versioned(after.item_ids, after.document.items)))


async def _editable(tx: Transaction, caller: Caller, plan_id: UUID, revision: int) -> tuple[Plan, Author]:
    plan = await plans.locked(tx, caller, plan_id, revision)
    if plan.state not in EDITABLE:
        raise plans.wrong_state(plan, "change")
    return plan, await plans.at_desk(tx, caller, plan)


async def _before(tx: Transaction, plan: Plan | PlanView) -> PlanView:
    """The version that this one amends, which whoever is concerned with this one may see."""
    await store.units.see_whole_directory(tx)
    before = await store.plans.view(tx, plan.amends_id, within="/") if plan.amends_id else None
    if before is None:
        raise Refusal(RefusalKind.CONFLICT, "no-version-before", "this is the plan's first version")
    return before


def _without_warnings(document: PlanDocument, settled: Callable[[Warning], bool]) -> PlanDocument:
    left = tuple(warning for warning in document.warnings if not settled(warning))
    return document.model_copy(update={"warnings": left})
