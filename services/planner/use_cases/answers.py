"""What a unit's system is told of its submissions, on the topic that it alone reads."""

from collections.abc import Sequence

from contracts.base import Message
from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.plans import (
    PlanState,
    PlanSubmissionAccepted,
    PlanSubmissionDecided,
    PlanSubmissionRejected,
    PlanSubmitted,
    Reason,
)
from contracts.topics import PLAN_ANSWERS, PLAN_SUBMISSIONS
from contracts.wire import InvalidRecord, decode
from services.kit.database import Transaction
from services.kit.logs import get_logger
from services.planner import store
from services.planner.rules.lifecycle import Action
from services.planner.store.plans import Plan

log = get_logger()

Answer = PlanSubmissionAccepted | PlanSubmissionRejected | PlanSubmissionDecided

MAX_REASONS = 100
"""More are not listed: the answer stays small."""

IN_FORCE_OR_ENDED = frozenset((PlanState.APPROVED, PlanState.CLOSED, PlanState.REVOKED))
"""What a unit is told of every version of a plan that it submitted, also of one that the desk amended."""


def accepted(handed: PlanSubmitted, plan: Plan, notes: Sequence[Reason]) -> PlanSubmissionAccepted:
    """The submission is this plan; `notes` say why it was not approved as it is."""
    return PlanSubmissionAccepted(
        unit_id=handed.unit_id,
        submission_id=handed.submission_id,
        version=handed.version,
        plan_id=plan.lasting_id,
        items=len(plan.document.items),
        approved=plan.state in (PlanState.APPROVED, PlanState.AMENDED),
        notes=tuple(notes[:MAX_REASONS]),
    )


def accept(tx: Transaction, cause: Envelope[PlanSubmitted], answer: PlanSubmissionAccepted) -> None:
    """Tell the unit that its submission is a plan."""
    _publish(tx, answer, answer.submission_id, cause)
    outcome = "approved" if answer.approved else "at-desk"
    log.info("submission.accepted", unit_id=answer.unit_id, plan_id=str(answer.plan_id), outcome=outcome)


def reject(tx: Transaction, cause: Envelope[PlanSubmitted], reasons: Sequence[Reason]) -> None:
    """The submission cannot become a plan."""
    handed = cause.data
    answer = PlanSubmissionRejected(
        unit_id=handed.unit_id,
        submission_id=handed.submission_id,
        version=handed.version,
        reasons=tuple(reasons[:MAX_REASONS]),
    )
    _publish(tx, answer, handed.submission_id, cause)
    log.info("submission.rejected", unit_id=handed.unit_id, code=reasons[0].code, count=len(reasons))


def reject_set_aside(tx: Transaction, letter: DeadLettered) -> None:
    """A record of a unit's system was set aside: its operators have the letter, the unit has the reason."""
    cause = _readable(letter)
    answer = PlanSubmissionRejected(
        unit_id=letter.topic.removeprefix(PLAN_SUBMISSIONS.name),
        submission_id=cause.data.submission_id if cause else (letter.record_key or b"").decode(errors="replace")[:100],
        version=cause.data.version if cause else 1,
        reasons=(Reason(code=letter.code, message=f"Không nhận được bản ghi {letter.offset}: {letter.detail}."),),
    )
    _publish(tx, answer, answer.submission_id or letter.topic, cause)


def _readable(letter: DeadLettered) -> Envelope[PlanSubmitted] | None:
    try:
        return decode(letter.topic, letter.record_value)
    except InvalidRecord:
        return None


async def tell_decision(tx: Transaction, plan: Plan, action: str, reason: str | None) -> None:
    """Tell the unit that submitted the plan, if one did, that it is in force, has ended, or came back."""
    came_back = plan.state is PlanState.REJECTED or action == Action.REFUSE
    if not came_back and plan.state not in IN_FORCE_OR_ENDED:
        return
    submission = await store.submissions.submission_of(tx, plan)
    if submission is None or (came_back and submission.plan_id != plan.plan_id):
        return
    answer = PlanSubmissionDecided(
        unit_id=submission.unit_id,
        submission_id=submission.submission_id,
        version=submission.version,
        plan_id=plan.lasting_id,
        plan_version=plan.version,
        state=plan.state,
        reason=reason,
        decided_at=tx.now,
    )
    _publish(tx, answer, submission.submission_id)


def _publish(tx: Transaction, answer: Answer, key: str, cause: Envelope[PlanSubmitted] | None = None) -> None:
    envelope = Envelope[Message].of(answer, subject=key, source="/planner", cause=cause)
    tx.publish(PLAN_ANSWERS.of_unit(answer.unit_id), envelope)
