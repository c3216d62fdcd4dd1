"""From records to use-cases."""

from collections.abc import Sequence

from contracts.envelope import Envelope
from contracts.plans import PlanAmended, PlanApproved, PlanClosed, PlanRevoked
from contracts.tasks import ChangeTask, TaskCommandRejected
from contracts.topics import TASK_EVENTS
from services.kit.database import Transaction
from services.kit.inbox import Received
from services.tracker import changes, directory, plans
from services.tracker.model import Command, Story
from services.tracker.transitions import Denied, Request


async def take_directory(tx: Transaction, records: Sequence[Received]) -> None:
    """`unit-directory`: every record is a unit's whole present state."""
    await directory.take_over(tx, [record.envelope.data for record in records])


async def take_plans(tx: Transaction, records: Sequence[Received]) -> None:
    """`plan-events`: plans in force and their end."""
    for record in records:
        match record.envelope.data:
            case PlanApproved() | PlanAmended():
                await plans.take_over(tx, record.envelope)
            case PlanRevoked() | PlanClosed():
                await plans.end(tx, record.envelope)


async def take_commands(tx: Transaction, records: Sequence[Received]) -> None:
    """`task-commands`: each is answered by `TaskStatusChanged` or `TaskCommandRejected`."""
    envelopes = [record.envelope for record in records]
    outcomes = await changes.change_tasks(tx, [_command(envelope) for envelope in envelopes], door="kafka")
    for envelope, outcome in zip(envelopes, outcomes, strict=True):
        if isinstance(outcome, Denied):
            tx.publish(TASK_EVENTS, _rejection(envelope, outcome))


def _command(envelope: Envelope[ChangeTask]) -> Command:
    data = envelope.data
    request = Request(
        action=data.action,
        roles=(data.actor.role,),
        reason=data.reason,
        note=data.note,
        percent=data.percent,
        achieved=data.count,
        expected_revision=data.expected_revision,
    )
    story = Story(envelope.id, envelope.correlationid or envelope.id, envelope.traceparent)
    return Command(data.task_id, data.unit_id, data.actor.person_id, data.actor.unit_id, request, story)


def _rejection(envelope: Envelope[ChangeTask], denied: Denied) -> Envelope[TaskCommandRejected]:
    data = envelope.data
    rejected = TaskCommandRejected(
        command_id=envelope.id,
        task_id=data.task_id,
        unit_id=data.unit_id,
        action=data.action,
        code=denied.code,
        detail=denied.detail,
    )
    return Envelope[TaskCommandRejected].of(rejected, subject=data.unit_id, source="/tracker", cause=envelope)
