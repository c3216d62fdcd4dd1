"""Use-cases: who signs for a unit lets a deputy sign in their place, from one day to another."""

from datetime import date
from uuid import UUID

from contracts.base import PersonId
from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.logs import get_logger
from services.kit.requests import RequestBody
from services.planner import store
from services.planner.rules.lifecycle import SIGNING_ROLES
from services.planner.use_cases.caller import Caller
from services.planner.views import Delegation

log = get_logger()


class Delegating(RequestBody):
    """Who is to sign in the caller's place, in which of their roles, from which day to which, both included."""

    deputy_id: PersonId
    role: Role | None = None
    """Needed by a person who signs in several roles."""
    valid_from: date
    valid_to: date


async def delegate(tx: Transaction, caller: Caller, delegating: Delegating) -> Delegation:
    """Let a person of the caller's unit sign in the caller's place. A deputy cannot pass it on.

    Raises Refusal: 403; 422 `role-ambiguous`, `period-reversed`, `day-past`, `deputy-oneself`, `deputy-unknown`.
    """
    role = await _own_role(tx, caller, delegating.role)
    if delegating.valid_to < delegating.valid_from:
        raise Refusal(RefusalKind.INVALID, "period-reversed", "the last day lies before the first", field="valid_to")
    if delegating.valid_to < day_in_viet_nam(tx.now):
        raise Refusal(RefusalKind.INVALID, "day-past", "the last day is over", field="valid_to")
    if delegating.deputy_id == caller.person_id:
        raise Refusal(RefusalKind.INVALID, "deputy-oneself", "nobody is their own deputy", field="deputy_id")
    if not await store.units.roles_held(tx, delegating.deputy_id, caller.unit_id, delegating.valid_from):
        detail = "the directory has no such person in your unit on the first day"
        raise Refusal(RefusalKind.INVALID, "deputy-unknown", detail, field="deputy_id")
    given = await store.delegations.add(
        tx,
        unit_id=caller.unit_id,
        role=role,
        given_by=caller.person_id,
        deputy_id=delegating.deputy_id,
        valid_from=delegating.valid_from,
        valid_to=delegating.valid_to,
    )
    log.info("delegation.given", unit_id=caller.unit_id)
    return given


async def withdraw(tx: Transaction, caller: Caller, delegation_id: UUID) -> Delegation:
    """End a delegation now: by whoever gave it, or holds its role by now. What was signed by it stays signed.

    Raises Refusal: 404; 403; 409 `withdrawn`.
    """
    given = await store.delegations.lock(tx, delegation_id)
    if given is None:
        raise Refusal(RefusalKind.NOT_FOUND, "delegation-unknown", f"there is no delegation {delegation_id} for you")
    if given.unit_id != caller.unit_id:
        raise _not_entitled()
    if given.given_by != caller.person_id:
        await _own_role(tx, caller, given.role)
    if given.withdrawn_at is not None:
        raise Refusal(RefusalKind.CONFLICT, "withdrawn", "the delegation is withdrawn already")
    log.info("delegation.withdrawn", unit_id=given.unit_id)
    return await store.delegations.withdraw(tx, delegation_id, caller.person_id)


async def _own_role(tx: Transaction, caller: Caller, wanted: Role | None) -> Role:
    """The role in which the caller signs, by token and by today's directory."""
    held = await store.units.roles_held(tx, caller.person_id, caller.unit_id, day_in_viet_nam(tx.now))
    roles = caller.roles & held & SIGNING_ROLES
    if not roles or wanted not in (None, *roles):
        raise _not_entitled()
    if wanted is None and len(roles) > 1:
        detail = f"say in which role: one of {', '.join(sorted(roles))}"
        raise Refusal(RefusalKind.INVALID, "role-ambiguous", detail, field="role")
    return wanted or next(iter(roles))


def _not_entitled() -> Refusal:
    detail = "this is for those who sign for the unit, by their token and by the directory today"
    return Refusal(RefusalKind.FORBIDDEN, "not-entitled", detail)
