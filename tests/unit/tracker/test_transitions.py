"""The state machine: every rule of its table, and what holds for all of them."""

from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tasks import TaskAction, TaskState
from contracts.units import Role, UnitKind
from services.tracker.transitions import (
    OPEN,
    RULES,
    TERMINAL,
    Denied,
    Relation,
    Request,
    Standing,
    confirming,
    decide,
)

A, S = TaskAction, TaskState
NOW = datetime(2025, 11, 20, 3, tzinfo=UTC)
ALL_ROLES = tuple(Role)
EVERY_RELATION = frozenset(Relation)
PRINCIPAL = frozenset({Role.PRINCIPAL})
BOTH = frozenset({Role.PRINCIPAL, Role.UNION_CHAIR})

DOMAIN = {
    (S.ISSUED, A.ACKNOWLEDGE): S.ACKNOWLEDGED,
    (S.ISSUED, A.DECLINE): S.DECLINED,
    (S.DECLINED, A.REISSUE): S.ISSUED,
    (S.DECLINED, A.WITHDRAW): S.WITHDRAWN,
    (S.ACKNOWLEDGED, A.START): S.IN_PROGRESS,
    (S.ACKNOWLEDGED, A.REPORT_PROGRESS): S.IN_PROGRESS,
    (S.IN_PROGRESS, A.REPORT_PROGRESS): S.IN_PROGRESS,
    (S.IN_PROGRESS, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.ACCEPT): S.COMPLETED,
    (S.SUBMITTED, A.RETURN): S.RETURNED,
    (S.SUBMITTED, A.WITHDRAW): S.WITHDRAWN,
    (S.RETURNED, A.START): S.IN_PROGRESS,
    (S.RETURNED, A.REPORT_PROGRESS): S.IN_PROGRESS,
    (S.SUSPENDED, A.WITHDRAW): S.WITHDRAWN,
    (S.SUSPENDED, A.RESUME): S.RETURNED,  # where `_standing` comes from
    (S.COMPLETED, A.REOPEN): S.IN_PROGRESS,
    **{(state, A.SUSPEND): S.SUSPENDED for state in OPEN},
    **{(state, A.WITHDRAW): S.WITHDRAWN for state in OPEN},
    **{(state, A.CARRY_OVER): S.CARRIED_OVER for state in OPEN},
    **{(state, A.PROPOSE_NOT_APPLICABLE): state for state in OPEN},
    **{(state, A.CONFIRM_NOT_APPLICABLE): S.NOT_APPLICABLE for state in OPEN},
    **{(state, A.REFUSE_NOT_APPLICABLE): state for state in OPEN},
}
"""The table of `domain.md`, written out: anything else is refused."""


def _standing(state: TaskState, **more: object) -> Standing:
    suspended_from = S.RETURNED if state is S.SUSPENDED else None
    return Standing(state=state, revision=3, suspended_from=suspended_from)._replace(**more)  # type: ignore[arg-type]


def _do(
    standing: Standing,
    action: TaskAction,
    *roles: Role,
    relations: frozenset[Relation] = EVERY_RELATION,
    needed: frozenset[Role] = PRINCIPAL,
    **more: object,
) -> Standing:
    request = Request(action, roles or ALL_ROLES, reason="vì mưa bão", note="đang làm")
    request = request._replace(**more)  # type: ignore[arg-type]
    return decide(standing, request, relations=relations, needed=needed, now=NOW)[1]


def _code(standing: Standing, action: TaskAction, *roles: Role, **more: object) -> str:
    with pytest.raises(Denied) as denied:
        _do(standing, action, *roles, **more)  # type: ignore[arg-type]
    return denied.value.code


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("action", TaskAction)
def test_each_action_leads_where_the_domain_says_and_nowhere_else(state: TaskState, action: TaskAction) -> None:
    proposed = action in (A.CONFIRM_NOT_APPLICABLE, A.REFUSE_NOT_APPLICABLE)
    standing = _standing(state, not_applicable_proposed=proposed)
    if (state, action) in DOMAIN:
        after = _do(standing, action)
        assert (after.state, after.revision) == (DOMAIN[state, action], standing.revision + 1)
    else:
        assert _code(standing, action) == "wrong-state"


def test_every_state_is_reached_and_the_terminal_ones_are_never_left() -> None:
    reached, waiting = {S.ISSUED}, deque([_standing(S.ISSUED)])
    while waiting:
        standing = waiting.popleft()
        for action in TaskAction:
            try:
                after = _do(standing, action)
            except Denied:
                continue
            assert standing.state not in TERMINAL
            if after.state not in reached or after.not_applicable_proposed != standing.not_applicable_proposed:
                reached.add(after.state)
                if after.state != standing.state or not standing.not_applicable_proposed:
                    waiting.append(after)
    assert reached == set(TaskState)


SCHOOL_SIDE = {A.ACKNOWLEDGE, A.DECLINE, A.START, A.REPORT_PROGRESS, A.SUBMIT, A.PROPOSE_NOT_APPLICABLE}
ASSIGNER_SIDE = {A.REISSUE, A.ACCEPT, A.RETURN}


@pytest.mark.parametrize("action", TaskAction)
@pytest.mark.parametrize("role", Role)
def test_who_may_do_what_by_relation(action: TaskAction, role: Role) -> None:
    officer = role in (Role.OFFICER, Role.SIGNATORY)
    head = role in (Role.PRINCIPAL, Role.UNION_CHAIR)
    if action in SCHOOL_SIDE:
        staff_may = action in (A.ACKNOWLEDGE, A.START, A.REPORT_PROGRESS)
        allowed = {Relation.OWN: officer or head or (role is Role.STAFF and staff_may)}
    elif action in ASSIGNER_SIDE:
        allowed = {Relation.ABOVE: officer, Relation.PARTY: officer or head}
    else:
        allowed = {Relation.PARTY: officer or head}
    state = next(state for state in TaskState if (state, action) in DOMAIN)
    standing = _standing(
        state, not_applicable_proposed="not-applicable" in action and action is not A.PROPOSE_NOT_APPLICABLE
    )
    for size in range(len(Relation) + 1):
        for relations in combinations(Relation, size):
            given_relations = frozenset(relations)
            if any(allowed.get(relation) for relation in relations):
                _do(standing, action, role, relations=given_relations, needed=frozenset())
            else:
                related = any(relation in allowed for relation in relations)
                code = _code(standing, action, role, relations=given_relations, needed=frozenset())
                assert code == ("wrong-role" if related else "not-entitled")


NEEDS_REASON = {A.DECLINE, A.RETURN, A.REOPEN, A.SUSPEND, A.WITHDRAW, A.PROPOSE_NOT_APPLICABLE, A.CARRY_OVER}


@pytest.mark.parametrize("action", TaskAction)
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_some_actions_need_a_reason(action: TaskAction, reason: str | None) -> None:
    state = next(state for state in TaskState if (state, action) in DOMAIN)
    standing = _standing(state, not_applicable_proposed=action in (A.CONFIRM_NOT_APPLICABLE, A.REFUSE_NOT_APPLICABLE))
    if action in NEEDS_REASON:
        assert _code(standing, action, reason=reason) == "reason-missing"
    else:
        _do(standing, action, reason=reason)


def test_where_both_answer_both_confirm() -> None:
    standing = _standing(S.IN_PROGRESS)
    first = _do(standing, A.SUBMIT, Role.UNION_CHAIR, needed=BOTH)
    assert (first.state, first.confirmed_by, first.submitted_at) == (S.IN_PROGRESS, Role.UNION_CHAIR, None)
    assert _code(first, A.SUBMIT, Role.UNION_CHAIR, needed=BOTH) == "already-confirmed"
    second = _do(first, A.SUBMIT, Role.PRINCIPAL, needed=BOTH)
    assert (second.state, second.confirmed_by, second.submitted_at) == (S.SUBMITTED, None, NOW)
    assert second.revision == standing.revision + 2


def test_progress_reported_between_two_confirmations_asks_for_both_again() -> None:
    first = _do(_standing(S.IN_PROGRESS), A.SUBMIT, Role.PRINCIPAL, needed=BOTH)
    changed = _do(first, A.REPORT_PROGRESS, Role.STAFF, percent=40, needed=BOTH)
    assert changed.confirmed_by is None
    assert _do(changed, A.SUBMIT, Role.UNION_CHAIR, needed=BOTH).state is S.IN_PROGRESS


def test_who_does_not_answer_for_an_item_cannot_submit_it() -> None:
    standing = _standing(S.IN_PROGRESS)
    assert _code(standing, A.SUBMIT, Role.UNION_CHAIR, needed=PRINCIPAL) == "wrong-role"
    assert _do(standing, A.SUBMIT, Role.UNION_CHAIR, Role.PRINCIPAL, needed=PRINCIPAL).state is S.SUBMITTED


@pytest.mark.parametrize(
    ("kind", "accountable", "has_union", "expected"),
    [
        (UnitKind.SCHOOL, BOTH, True, BOTH),
        (UnitKind.SCHOOL, BOTH, False, PRINCIPAL),
        (UnitKind.SCHOOL, {Role.UNION_CHAIR}, True, {Role.UNION_CHAIR}),
        (UnitKind.SCHOOL, {Role.UNION_CHAIR}, False, PRINCIPAL),
        (UnitKind.SCHOOL, {Role.OFFICER}, True, PRINCIPAL),
        (UnitKind.OFFICE, BOTH, False, set()),
    ],
)
def test_whose_confirmation_a_task_needs(
    kind: UnitKind, accountable: set[Role], has_union: bool, expected: set[Role]
) -> None:
    assert confirming(kind, frozenset(accountable), has_union=has_union) == expected


def test_a_suspended_task_comes_back_to_where_it_was() -> None:
    for state in OPEN:
        suspended = _do(_standing(state), A.SUSPEND)
        resumed = _do(suspended, A.RESUME)
        assert (resumed.state, resumed.suspended_from) == (state, None)


def test_a_proposal_waits_for_one_answer_and_ends_with_the_open_task() -> None:
    proposed = _do(_standing(S.IN_PROGRESS), A.PROPOSE_NOT_APPLICABLE)
    assert _code(proposed, A.PROPOSE_NOT_APPLICABLE) == "already-proposed"
    assert _do(proposed, A.REFUSE_NOT_APPLICABLE).not_applicable_proposed is False
    assert _do(proposed, A.REPORT_PROGRESS).not_applicable_proposed is True
    assert _do(_do(proposed, A.SUSPEND), A.RESUME).not_applicable_proposed is True
    assert _do(proposed, A.SUBMIT).not_applicable_proposed is False
    assert _code(_standing(S.IN_PROGRESS), A.CONFIRM_NOT_APPLICABLE) == "not-proposed"


def test_what_was_reported_stays_until_something_else_is() -> None:
    first = _do(_standing(S.IN_PROGRESS), A.REPORT_PROGRESS, percent=40, achieved=2)
    second = _do(first, A.REPORT_PROGRESS, percent=60)
    assert (second.percent, second.achieved) == (60, 2)
    assert _do(second, A.SUSPEND, percent=1).percent == 60
    assert _code(second, A.REPORT_PROGRESS, note=" ") == "progress-missing"


def test_a_stale_revision_is_refused_before_anything_else() -> None:
    standing = _standing(S.COMPLETED)
    assert _code(standing, A.ACKNOWLEDGE, expected_revision=2) == "stale-revision"
    assert _do(standing, A.REOPEN, expected_revision=3).state is S.IN_PROGRESS


@given(st.lists(st.tuples(st.sampled_from(TaskAction), st.sampled_from(Role), st.sampled_from(Relation)), max_size=40))
def test_no_sequence_of_actions_breaks_what_always_holds(asked: list[tuple[TaskAction, Role, Relation]]) -> None:
    standing, now = Standing(S.ISSUED, 1), NOW
    for action, role, relation in asked:
        now += timedelta(hours=1)
        request = Request(action, (role,), reason="lý do", percent=10)
        try:
            done_as, after = decide(standing, request, relations=frozenset({relation}), needed=BOTH, now=now)
        except Denied:
            continue
        assert done_as is role
        assert role in RULES[action].rights[relation]
        assert after.revision == standing.revision + 1
        assert (after.state is S.SUSPENDED) == (after.suspended_from is not None)
        assert not after.not_applicable_proposed or after.state in OPEN | {S.SUSPENDED}
        assert after.state not in (S.SUBMITTED, S.COMPLETED) or after.submitted_at is not None
        standing = after
