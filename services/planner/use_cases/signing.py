"""Signing for a party, and what must hold of a plan before anybody can."""

from collections.abc import Iterable
from dataclasses import replace

from contracts.plans import Reason
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.rules import content
from services.planner.rules.lifecycle import signable
from services.planner.store.plans import Author, Plan
from services.planner.use_cases.caller import Caller
from services.planner.views import PlanView


async def signatory(tx: Transaction, caller: Caller, plan: Plan) -> Author:
    """The caller as one who may sign for a party, or its signatory's deputy, whether or not it has signed.

    Raises Refusal (403).
    """
    return next(iter((await _signable(tx, caller, plan, ())).values()))


async def sign(tx: Transaction, caller: Caller, plan: Plan, party: int | None) -> Author:
    """Sign the content as it stands, for the party at this position or for the only one possible.

    Raises Refusal: 403 `not-entitled`, 409 `one-person-one-party`, 422 `party-ambiguous`.
    """
    signed = await store.plans.signatures(tx, plan.plan_id)
    have_signed = {person for one in signed for person in (one.person_id, one.on_behalf_of)}
    if caller.person_id in have_signed:
        raise _signed_already()
    possible = await _signable(tx, caller, plan, [signature.party for signature in signed])
    if party is None and len(possible) > 1:
        detail = f"say for which party you sign: one of {', '.join(map(str, possible))}"
        raise Refusal(RefusalKind.INVALID, "party-ambiguous", detail)
    position = party or next(iter(possible))
    if position not in possible:
        raise _not_entitled()
    author = possible[position]
    if author.on_behalf_of is not None and author.on_behalf_of in have_signed:
        raise _signed_already()
    await store.plans.add_signature(tx, plan, position, author, tx.now)
    return author


async def require_complete(tx: Transaction, plan: Plan) -> None:
    """Raise Refusal (422) with reasons where the plan cannot be signed yet. Needs the whole directory."""
    places = await store.units.places(tx, content.unit_ids_named(plan.document))
    today = day_in_viet_nam(tx.now)
    refuse_for(
        [
            *content.faults(plan.document, places),
            *content.gaps(plan.document),
            *content.closed(plan.document, places, today),
        ]
    )


def refuse_for(reasons: Iterable[Reason]) -> None:
    """Raise Refusal (422) if there are reasons."""
    if listed := [reason.model_dump() for reason in reasons]:
        detail = f"{len(listed)} things in the plan do not hold"
        raise Refusal(RefusalKind.INVALID, "plan-incomplete", detail, reasons=listed)


async def authors(
    tx: Transaction, caller: Caller, plan: Plan | PlanView, signed: Iterable[int] = ()
) -> dict[int, Author]:
    """The parties, less those that have signed, for which the caller may sign: by token and by today's directory,
    or by delegation."""
    today = day_in_viet_nam(tx.now)
    own = caller.roles & await store.units.roles_held(tx, caller.person_id, caller.unit_id, today)
    given = {each.role: each for each in await store.delegations.given_to(tx, caller.person_id, caller.unit_id, today)}
    parties = [(position, party.unit_id, party.role) for position, party in enumerate(plan.document.parties, start=1)]
    roles = signable(parties, list(signed), replace(caller, roles=own | given.keys()))
    return {
        position: Author(caller.unit_id, caller.person_id, role, None if role in own else given[role])
        for position, role in roles.items()
    }


async def _signable(tx: Transaction, caller: Caller, plan: Plan, signed: Iterable[int]) -> dict[int, Author]:
    """The same. Raises Refusal (403) where there is none."""
    found = await authors(tx, caller, plan, signed)
    if not found:
        raise _not_entitled()
    return found


def _signed_already() -> Refusal:
    detail = "you, or whom you stand for, have signed this plan already; nobody signs it for two parties"
    return Refusal(RefusalKind.CONFLICT, "one-person-one-party", detail)


def _not_entitled() -> Refusal:
    detail = "this is for those who sign for a party, by their token and the directory today, and their deputies"
    return Refusal(RefusalKind.FORBIDDEN, "not-entitled", detail)
