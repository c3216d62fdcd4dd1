"""What brings a plan into force and what ends it: approving a version, revoking the plan, closing it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from contracts.base import Message
from contracts.content import content_sha256
from contracts.envelope import Envelope
from contracts.plans import (
    AmendedItem,
    ApprovedItem,
    PlanAmended,
    PlanApproved,
    PlanClosed,
    PlanRevoked,
    PlanState,
    SignedParty,
)
from contracts.topics import PLAN_EVENTS
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.rules.difference import difference, lasting, versioned
from services.planner.rules.following import following
from services.planner.store.plans import Author, Lineage, Plan
from services.planner.use_cases.reaching import reach_today
from services.planner.views import Signature


async def settle(tx: Transaction, plan: Plan) -> Plan:
    """The version as its parties will sign it: what only moved to another day is known by the key that it had."""
    before = await store.plans.lock(tx, plan.amends_id, within="/") if plan.amends_id else None
    if before is None:
        return plan
    items = lasting(*(versioned(version.item_ids, version.document.items) for version in (before, plan)))
    document = plan.document.model_copy(update={"items": tuple(items.values())})
    return replace(plan, document=document, content_sha256=content_sha256(document))


async def approve(tx: Transaction, plan: Plan, by: Author) -> None:
    """Publish the version as in force, in the place of the one that it amends, and keep whom it reaches.

    Needs the whole directory. Raises Refusal: 409 `not-all-signed`, `not-in-force`; 422 `message-too-large`.
    """
    signatures = {signature.party: signature for signature in await store.plans.signatures(tx, plan.plan_id)}
    for position, party in enumerate(plan.document.parties, start=1):
        signature = signatures.get(position)
        if signature is None or signature.content_sha256 != plan.content_sha256:
            raise Refusal(RefusalKind.CONFLICT, "not-all-signed", f"{party.name} has not signed this content")
    sequence = await store.units.hold_directory(tx)
    said = _said(plan, signatures, sequence, tx)
    if plan.amends_id is None:
        _publish(tx, plan, PlanApproved.model_validate(said))
    else:
        before = await _replaced(tx, plan.amends_id, by)
        old, new = (versioned(version.item_ids, version.document.items) for version in (before, plan))
        changes = [AmendedItem.model_validate(dict(item)) for item in difference(old, new)]
        reason = await store.versions.first_reason(tx, plan.plan_id)
        _publish(tx, plan, PlanAmended.model_validate({**said, "changes": changes, "reason": reason}))
    reached = await reach_today(tx, plan.document)
    await store.plans.save_reach(tx, plan.plan_id, reached.model_copy(update={"sequence": sequence}))


def revoke(tx: Transaction, plan: Plan, reason: str) -> None:
    """Publish that the plan is no longer in force."""
    _publish(tx, plan, PlanRevoked(plan_id=plan.lasting_id, version=plan.version, reason=reason, revoked_at=tx.now))


async def close(tx: Transaction, plan: Plan, carried_over: Sequence[UUID], by: Author) -> None:
    """Publish that the plan's time is over, and draft the plan that takes over these items.

    Raises Refusal: 422 `item-unknown`.
    """
    if unknown := set(carried_over) - set(plan.item_ids):
        raise Refusal(RefusalKind.INVALID, "item-unknown", f"the plan has no item {unknown.pop()}")
    closed = PlanClosed(
        plan_id=plan.lasting_id,
        version=plan.version,
        carried_over=tuple(item_id for item_id in plan.item_ids if item_id in carried_over),
        following_id=await _draft_following(tx, plan, carried_over, by) if carried_over else None,
        closed_at=tx.now,
    )
    _publish(tx, plan, closed)


async def _draft_following(tx: Transaction, plan: Plan, carried_over: Sequence[UUID], by: Author) -> UUID:
    items = versioned(plan.item_ids, plan.document.items)
    document = following(plan.document, [items[item_id].position for item_id in carried_over])
    source = await store.plans.source(tx, plan.plan_id, within="/")
    assert source is not None, "whoever closes a plan sees it"
    source = replace(source, sha256=content_sha256(document))
    return await store.plans.add(
        tx,
        document,
        item_ids=[uuid4() for _ in document.items],
        source=source,
        state=PlanState.DRAFT,
        by=by,
        lineage=Lineage(owner_id=plan.owner_id, follows_id=plan.plan_id, action="carry-over"),
    )


async def _replaced(tx: Transaction, plan_id: UUID, by: Author) -> Plan:
    """The version in force, which is so no longer."""
    before = await store.plans.lock(tx, plan_id, within="/")
    if before is None or before.state is not PlanState.APPROVED:
        raise Refusal(RefusalKind.CONFLICT, "not-in-force", "the version that this one amends is no longer in force")
    after = replace(before, state=PlanState.AMENDED, revision=before.revision + 1)
    await store.plans.save_step(tx, before, after, "amend", by, None)
    return before


def _publish(tx: Transaction, plan: Plan, message: Message) -> None:
    envelope = Envelope[type(message)].of(message, subject=str(plan.lasting_id), source="/planner")  # type: ignore[misc]
    tx.publish(PLAN_EVENTS, envelope)


def _said(plan: Plan, signatures: Mapping[int, Signature], sequence: int, tx: Transaction) -> dict[str, Any]:
    """What is published of a version that is in force."""
    document = plan.document
    return {
        "plan_id": plan.lasting_id,
        "version": plan.version,
        "kind": document.kind,
        "number": document.number,
        "title": document.title,
        "period": document.period,
        "parties": tuple(
            SignedParty(
                unit_id=signatures[position].unit_id,
                role=party.role,
                name=party.name,
                signed_by=signatures[position].person_id,
                signed_at=signatures[position].signed_at,
            )
            for position, party in enumerate(document.parties, start=1)
        ),
        "items": tuple(
            ApprovedItem(
                item_id=item_id,
                position=item.position,
                section=item.section,
                heading=item.heading,
                text=item.text,
                kind=item.kind,
                accountable=item.accountable,
                targets=item.targets,
                scope=item.scope,
                occurrences=item.due.occurrences,
            )
            for item_id, item in zip(plan.item_ids, document.items, strict=True)
        ),
        "content_sha256": plan.content_sha256,
        "directory_sequence": sequence,
        "effective_on": day_in_viet_nam(tx.now),
        "approved_at": tx.now,
        "parent_id": plan.parent_id,
    }
