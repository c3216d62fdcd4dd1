"""The state machine of a task: which action leads from which state to which, and who may do it.

Source: the table of states in `domain.md`. What it leaves open is decided here:

- open are ISSUED, ACKNOWLEDGED, IN_PROGRESS and RETURNED; a task is suspended, carried over or found not
  applicable from these. What waits in SUBMITTED is accepted, returned or withdrawn;
- `start` and `report-progress` lead from ACKNOWLEDGED and RETURNED to IN_PROGRESS, `submit` from there alone;
- where the principal and the union chair both answer for an item, the first `submit` is a confirmation, the
  second moves the task; progress reported in between asks for both again;
- a proposal that the task does not apply changes no state; it ends when the task is no longer open;
- COMPLETED work is not withdrawn; it can be reopened;
- what a plan asks for no more lapses without anybody's action (`LAPSES`): where it is amended or revoked, all that is
  not finished is withdrawn; where it is closed, what is open of the items that go on is carried over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from contracts.tasks import RevisionCause, TaskAction, TaskState
from contracts.units import Role, UnitKind

S, A = TaskState, TaskAction

OPEN = frozenset({S.ISSUED, S.ACKNOWLEDGED, S.IN_PROGRESS, S.RETURNED})
TERMINAL = frozenset({S.NOT_APPLICABLE, S.WITHDRAWN, S.CARRIED_OVER})
UNFINISHED = OPEN | {S.DECLINED, S.SUBMITTED, S.SUSPENDED}
"""Neither completed nor terminal."""


class Relation(StrEnum):
    """How the actor's unit stands to a task."""

    OWN = "own"
    """It is the task's unit."""
    ABOVE = "above"
    """It is an office or a union, not the task's unit, in whose area that stands."""
    PARTY = "party"
    """It signed the plan, or is an office or a union whose area contains that of a unit that did."""


Rights = Mapping[Relation, frozenset[Role]]

DOERS = frozenset({Role.PRINCIPAL, Role.UNION_CHAIR, Role.STAFF, Role.OFFICER, Role.SIGNATORY})
ANSWERABLE = frozenset({Role.PRINCIPAL, Role.UNION_CHAIR, Role.OFFICER, Role.SIGNATORY})
OFFICERS = frozenset({Role.OFFICER, Role.SIGNATORY})

BY_DOER: Rights = {Relation.OWN: DOERS}
BY_ANSWERABLE: Rights = {Relation.OWN: ANSWERABLE}
BY_ASSIGNER: Rights = {Relation.ABOVE: OFFICERS, Relation.PARTY: ANSWERABLE}
BY_PARTY: Rights = {Relation.PARTY: ANSWERABLE}


@dataclass(frozen=True)
class Rule:
    """One action: from which states, to which, by whom, and whether it needs a reason."""

    states: frozenset[TaskState]
    to: TaskState | None
    """None: where the task stands, or (resume) stood."""
    rights: Rights
    needs_reason: bool = False


RULES: Mapping[TaskAction, Rule] = {
    A.ACKNOWLEDGE: Rule(frozenset({S.ISSUED}), S.ACKNOWLEDGED, BY_DOER),
    A.DECLINE: Rule(frozenset({S.ISSUED}), S.DECLINED, BY_ANSWERABLE, needs_reason=True),
    A.REISSUE: Rule(frozenset({S.DECLINED}), S.ISSUED, BY_ASSIGNER),
    A.START: Rule(frozenset({S.ACKNOWLEDGED, S.RETURNED}), S.IN_PROGRESS, BY_DOER),
    A.REPORT_PROGRESS: Rule(frozenset({S.ACKNOWLEDGED, S.IN_PROGRESS, S.RETURNED}), S.IN_PROGRESS, BY_DOER),
    A.SUBMIT: Rule(frozenset({S.IN_PROGRESS}), S.SUBMITTED, BY_ANSWERABLE),
    A.ACCEPT: Rule(frozenset({S.SUBMITTED}), S.COMPLETED, BY_ASSIGNER),
    A.RETURN: Rule(frozenset({S.SUBMITTED}), S.RETURNED, BY_ASSIGNER, needs_reason=True),
    A.PROPOSE_NOT_APPLICABLE: Rule(OPEN, None, BY_ANSWERABLE, needs_reason=True),
    A.CONFIRM_NOT_APPLICABLE: Rule(OPEN, S.NOT_APPLICABLE, BY_PARTY),
    A.REFUSE_NOT_APPLICABLE: Rule(OPEN, None, BY_PARTY),
    A.SUSPEND: Rule(OPEN, S.SUSPENDED, BY_PARTY, needs_reason=True),
    A.RESUME: Rule(frozenset({S.SUSPENDED}), None, BY_PARTY),
    A.WITHDRAW: Rule(UNFINISHED, S.WITHDRAWN, BY_PARTY, needs_reason=True),
    A.REOPEN: Rule(frozenset({S.COMPLETED}), S.IN_PROGRESS, BY_PARTY, needs_reason=True),
    A.CARRY_OVER: Rule(OPEN, S.CARRIED_OVER, BY_PARTY, needs_reason=True),
}


class Lapse(NamedTuple):
    """What becomes of a task that its plan asks for no more, where it stands in one of these states."""

    states: frozenset[TaskState]
    to: TaskState


LAPSES: Mapping[RevisionCause, Lapse] = {
    RevisionCause.PLAN_AMENDED: Lapse(UNFINISHED, S.WITHDRAWN),
    RevisionCause.PLAN_REVOKED: Lapse(UNFINISHED, S.WITHDRAWN),
    RevisionCause.PLAN_CLOSED: Lapse(OPEN, S.CARRIED_OVER),
}

_REPORTS = frozenset({A.START, A.REPORT_PROGRESS, A.SUBMIT})
_OF_PROPOSAL = frozenset({A.CONFIRM_NOT_APPLICABLE, A.REFUSE_NOT_APPLICABLE})


class Standing(NamedTuple):
    """What of a task an action can change."""

    state: TaskState
    revision: int
    confirmed_by: Role | None = None
    """Who confirmed first, while a second confirmation is awaited."""
    not_applicable_proposed: bool = False
    suspended_from: TaskState | None = None
    submitted_at: datetime | None = None
    """The last submission; the accepted one once COMPLETED."""
    percent: int | None = None
    achieved: int | None = None
    """A number against the item's target."""


class Request(NamedTuple):
    """An action that someone in one or more roles asks for."""

    action: TaskAction
    roles: tuple[Role, ...]
    reason: str | None = None
    note: str | None = None
    percent: int | None = None
    achieved: int | None = None
    """A number against the item's target."""
    expected_revision: int | None = None


class Denied(Exception):
    """The action is refused; nothing changes. `code` is stable, the words are not."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def confirming(kind: UnitKind, accountable: frozenset[Role], *, has_union: bool) -> frozenset[Role]:
    """Whose submissions a task of such a unit needs, each of them; empty: anyone's who may submit suffices.

    In a school the principal, the union chair or both, as the item says; without a union, or where the item
    names neither, the principal.
    """
    if kind is not UnitKind.SCHOOL:
        return frozenset()
    possible = {Role.PRINCIPAL, Role.UNION_CHAIR} if has_union else {Role.PRINCIPAL}
    return frozenset(accountable & possible) or frozenset({Role.PRINCIPAL})


def decide(
    standing: Standing, request: Request, *, relations: frozenset[Relation], needed: frozenset[Role], now: datetime
) -> tuple[Role, Standing]:
    """The role in which the action is done and how the task stands after it.

    `relations` are the actor's to the task, `needed` is what `confirming` says of it. Raises Denied with one
    of the codes `stale-revision`, `not-entitled`, `wrong-role`, `wrong-state`, `reason-missing`,
    `progress-missing`, `already-confirmed`, `already-proposed`, `not-proposed`.
    """
    rule = RULES[request.action]
    if request.expected_revision not in (None, standing.revision):
        raise Denied("stale-revision", f"the task is at revision {standing.revision} by now")
    role = _entitled(rule, request, relations, needed)
    if standing.state not in rule.states:
        raise Denied("wrong-state", f"{request.action} is not possible in {standing.state}")
    if rule.needs_reason and not (request.reason or "").strip():
        raise Denied("reason-missing", f"{request.action} needs a reason")
    return role, _after(standing, request, rule.to, role, needed, now)


def _entitled(rule: Rule, request: Request, relations: frozenset[Relation], needed: frozenset[Role]) -> Role:
    related = [roles for relation, roles in rule.rights.items() if relation in relations]
    if not related:
        raise Denied("not-entitled", f"the unit stands in no relation to the task that allows {request.action}")
    for role in request.roles:
        if any(role in roles for roles in related) and not (
            request.action is A.SUBMIT and needed and role not in needed
        ):
            return role
    raise Denied("wrong-role", f"{request.action} is for others of the unit to do")


def _after(
    standing: Standing, request: Request, to: TaskState | None, role: Role, needed: frozenset[Role], now: datetime
) -> Standing:
    action = request.action
    after = standing._replace(revision=standing.revision + 1)
    if action in _OF_PROPOSAL and not standing.not_applicable_proposed:
        raise Denied("not-proposed", "nobody proposes that the task does not apply")
    if action in _REPORTS:
        after = _reported(after, request)
    if action is A.SUBMIT:
        return _submitted(after, role, needed, now)
    if action is A.PROPOSE_NOT_APPLICABLE:
        if standing.not_applicable_proposed:
            raise Denied("already-proposed", "a proposal already waits for its answer")
        return after._replace(not_applicable_proposed=True)
    if action is A.REFUSE_NOT_APPLICABLE:
        return after._replace(not_applicable_proposed=False)
    if action is A.SUSPEND:
        return after._replace(state=S.SUSPENDED, suspended_from=standing.state)
    if action is A.RESUME:
        assert standing.suspended_from is not None, "a suspended task remembers its state"
        return after._replace(state=standing.suspended_from, suspended_from=None)
    assert to is not None, f"{action} leads to a state"
    return _moved(after, to)


def _reported(standing: Standing, request: Request) -> Standing:
    reported = request.percent is not None or request.achieved is not None
    if request.action is A.REPORT_PROGRESS:
        if not reported and not (request.note or "").strip():
            raise Denied("progress-missing", "say how far it is: percent, count or a note")
        standing = standing._replace(confirmed_by=None)
    if not reported:
        return standing
    return standing._replace(
        percent=standing.percent if request.percent is None else request.percent,
        achieved=standing.achieved if request.achieved is None else request.achieved,
    )


def _submitted(standing: Standing, role: Role, needed: frozenset[Role], now: datetime) -> Standing:
    if role is standing.confirmed_by:
        raise Denied("already-confirmed", "this role has confirmed; the other one has not yet")
    if needed - {role, standing.confirmed_by}:
        return standing._replace(confirmed_by=role)
    return _moved(standing, S.SUBMITTED)._replace(submitted_at=now, confirmed_by=None)


def _moved(standing: Standing, to: TaskState) -> Standing:
    proposed = standing.not_applicable_proposed and to in OPEN
    return standing._replace(state=to, not_applicable_proposed=proposed, suspended_from=None)
