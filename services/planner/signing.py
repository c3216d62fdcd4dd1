"""Signing for a party, and what must hold of a plan before anybody can."""

from collections.abc import Iterable
from dataclasses import replace

from contracts.plans import Reason
from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import content, store
from services.planner.caller import Caller
from services.planner.lifecycle import signable
from services.planner.store import Author, Plan


async def signatory(tx: Transaction, caller: Caller, plan: Plan) -> Author:
    """The caller as one who may sign for a party, whether or not it has signed. Raises Refusal (403)."""
    roles = await _signable(tx, caller, plan, ())
    return Author(caller.unit_id, caller.person_id, next(iter(roles.values())))


async def sign(tx: Transaction, caller: Caller, plan: Plan, party: int | None) -> Author:
    """Sign the content as it stands, for the party at this position or for the only one possible.

    Raises Refusal: 403 `not-entitled`, 409 `one-person-one-party`, 422 `party-ambiguous`.
    """
    signed = await store.signatures(tx, plan.plan_id)
    if any(signature.person_id == caller.person_id for signature in signed):
        detail = "you have signed this plan already; nobody signs it for two parties"
        raise Refusal(RefusalKind.CONFLICT, "one-person-one-party", detail)
    roles = await _signable(tx, caller, plan, [signature.party for signature in signed])
    if party is None and len(roles) > 1:
        detail = f"say for which party you sign: one of {', '.join(map(str, roles))}"
        raise Refusal(RefusalKind.INVALID, "party-ambiguous", detail)
    position = party or next(iter(roles))
    if position not in roles:
        raise _not_entitled()
    author = Author(caller.unit_id, caller.person_id, roles[position])
    await store.add_signature(tx, plan, position, author, tx.now)
    return author


async def require_complete(tx: Transaction, plan: Plan) -> None:
    """Raise Refusal (422) with reasons where the plan cannot be signed yet. Needs the whole directory."""
    places = await store.places(tx, content.unit_ids_named(plan.document))
    refuse_for([*content.faults(plan.document, places), *content.gaps(plan.document)])


def refuse_for(reasons: Iterable[Reason]) -> None:
    """Raise Refusal (422) if there are reasons."""
    if listed := [reason.model_dump() for reason in reasons]:
        detail = f"{len(listed)} things in the plan do not hold"
        raise Refusal(RefusalKind.INVALID, "plan-incomplete", detail, reasons=listed)


async def _signable(tx: Transaction, caller: Caller, plan: Plan, signed: Iterable[int]) -> dict[int, Role]:
    """The parties for which the caller may sign, by token and by today's directory. Raises Refusal (403)."""
    held = await store.roles_held(tx, caller.person_id, caller.unit_id, day_in_viet_nam(tx.now))
    parties = [(position, party.unit_id, party.role) for position, party in enumerate(plan.document.parties, start=1)]
    roles = signable(parties, list(signed), replace(caller, roles=caller.roles & held))
    if not roles:
        raise _not_entitled()
    return roles


def _not_entitled() -> Refusal:
    detail = "this is for those who sign for a party, by their token and by the directory today"
    return Refusal(RefusalKind.FORBIDDEN, "not-entitled", detail)
