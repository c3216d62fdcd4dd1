"""The states of a plan: which action leads from where to where, by whom, and whether it needs a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from contracts.plans import PartyRole, PlanState
from contracts.scope import jurisdiction
from contracts.units import Role, UnitKind


class Action(StrEnum):
    """What a person does with a plan."""

    REVIEW = "review"
    CO_SIGN = "co-sign"
    SIGN = "sign"
    REFUSE = "refuse"
    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"
    CLOSE = "close"


class Side(StrEnum):
    """On which side of the plan a person stands."""

    DESK = "desk"
    """Those who work on the plan for its owner."""
    PARTY = "party"
    """Those who sign it for a party."""


@dataclass(frozen=True)
class Transition:
    """Where an action leads, and who may do it."""

    to: PlanState
    by: Side = Side.DESK
    needs_reason: bool = False


_DRAFT, _IN_REVIEW, _CO_SIGNING = PlanState.DRAFT, PlanState.IN_REVIEW, PlanState.CO_SIGNING
_REJECTED = Transition(PlanState.REJECTED, needs_reason=True)

TRANSITIONS: dict[tuple[PlanState, Action], Transition] = {
    (_DRAFT, Action.REVIEW): Transition(_IN_REVIEW),
    (_DRAFT, Action.REJECT): _REJECTED,
    (_IN_REVIEW, Action.CO_SIGN): Transition(_CO_SIGNING),
    (_IN_REVIEW, Action.REJECT): _REJECTED,
    (_CO_SIGNING, Action.SIGN): Transition(_CO_SIGNING, by=Side.PARTY),
    (_CO_SIGNING, Action.REFUSE): Transition(_IN_REVIEW, by=Side.PARTY, needs_reason=True),
    (_CO_SIGNING, Action.APPROVE): Transition(PlanState.APPROVED),
    (_CO_SIGNING, Action.REJECT): _REJECTED,
    (PlanState.APPROVED, Action.CLOSE): Transition(PlanState.CLOSED),
    (PlanState.APPROVED, Action.REVOKE): Transition(PlanState.REVOKED, needs_reason=True),
}
"""All there is; what is not here is refused. CLOSED, REJECTED and REVOKED are final, and so is AMENDED, to which the
approval of the next version brings the one that was in force."""

EDITABLE = {_DRAFT: _DRAFT, _IN_REVIEW: _IN_REVIEW, _CO_SIGNING: _IN_REVIEW}
"""The states in which the desk may change the content, and where the plan stands afterwards."""

UNSIGNED = frozenset((_DRAFT, _IN_REVIEW))
"""States in which nobody has signed: whoever had before has not any more."""


@dataclass(frozen=True)
class Standing:
    """A person with the unit for which they act, as far as a plan's rules ask."""

    unit_id: str
    kind: UnitKind
    path: str
    roles: frozenset[Role]

    @property
    def within(self) -> str:
        """The path below which the person sees and acts."""
        return jurisdiction(self.kind, self.path)


def desk_role(person: Standing, *, owner_id: str, owner_kind: UnitKind, owner_path: str) -> Role | None:
    """The role by which the person works on plans of the owner; None if by none.

    A school's own plan is its principal's and union chair's; any other is the officers' of the unit that owns
    it. Officers of an education office work on every plan owned within their area.
    """
    if person.unit_id == owner_id:
        roles = (Role.PRINCIPAL, Role.UNION_CHAIR) if owner_kind is UnitKind.SCHOOL else (Role.OFFICER,)
        return next((role for role in roles if role in person.roles), None)
    answers_for_it = person.kind is UnitKind.OFFICE and owner_path.startswith(person.within)
    return Role.OFFICER if answers_for_it and Role.OFFICER in person.roles else None


SIGNING_ROLES = frozenset((Role.SIGNATORY, Role.PRINCIPAL, Role.UNION_CHAIR))
"""The roles that sign for some party, and can be delegated."""


def signing_role(party: PartyRole, kind: UnitKind) -> Role:
    """The role that signs for a party which is a unit of that kind.

    In a school the principal signs for education and the union chair for the union; everybody else has a
    signatory.
    """
    if kind is UnitKind.SCHOOL:
        return {PartyRole.EDUCATION: Role.PRINCIPAL, PartyRole.UNION: Role.UNION_CHAIR}.get(party, Role.SIGNATORY)
    return Role.SIGNATORY


def signable(
    parties: Collection[tuple[int, str | None, PartyRole]], signed: Collection[int], person: Standing
) -> dict[int, Role]:
    """The parties (position, unit, role) for which the person may sign now, with the role that lets them."""
    return {
        position: role
        for position, unit_id, party in parties
        if unit_id == person.unit_id
        and position not in signed
        and (role := signing_role(party, person.kind)) in person.roles
    }
