"""Keeping the notifier's view of units, plans and tasks, and raising the alerts that events give rise to.

The order between topics is not given: each record is kept as it comes, and joined on the morning.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from contracts.base import Message
from contracts.plans import PlanAmended, PlanApproved, PlanClosed, PlanRevoked
from contracts.tasks import TasksIssued, TasksMoved, TasksRevised, TaskStatusChanged
from contracts.units import UnitChanged
from services.kit.database import Transaction
from services.notifier import store
from services.notifier.rules import alerts_of
from services.notifier.store import ChangedTask

T = TypeVar("T")
MessageT = TypeVar("MessageT", bound=Message)


async def keep_units(tx: Transaction, events: Sequence[UnitChanged]) -> None:
    """Keep the present state of units and of the people in them."""
    await store.save_units(tx, _latest(events, lambda unit: unit.unit_id, lambda unit: unit.sequence))


async def keep_plans(tx: Transaction, events: Sequence[PlanApproved | PlanAmended]) -> None:
    """Keep the plans in force, each in its newest version, and raise their alerts."""
    await store.save_plans(tx, _latest(events, lambda plan: plan.plan_id, lambda plan: plan.version))
    await _raise_alerts(tx, events)


async def end_plans(tx: Transaction, events: Sequence[PlanRevoked | PlanClosed]) -> None:
    """Remember which plans have ended: what is still to be told of them no longer holds."""
    await store.end_plans(tx, [event.plan_id for event in events])


async def keep_tasks(tx: Transaction, events: Sequence[Message]) -> None:
    """Keep tasks as issued, as changed and where they moved, and raise the alerts of these and of deadlines."""
    await store.save_issued(tx, _of_kind(TasksIssued, events))
    changes = [change for event in events for change in _changes(event)]
    await store.save_changed(tx, _latest(changes, lambda change: change.task_id, lambda change: change.revision))
    await _raise_alerts(tx, events)


async def _raise_alerts(tx: Transaction, events: Sequence[Message]) -> None:
    alerts = [alert for event in events for alert in alerts_of(event)]
    if alerts:
        await store.raise_alerts(tx, alerts)


def _changes(event: Message) -> Iterator[ChangedTask]:
    """How the tasks that an event is about stand after it."""
    match event:
        case TaskStatusChanged():
            yield ChangedTask(
                event.task_id,
                event.plan_id,
                event.item_id,
                event.unit_id,
                due_on=event.due_on,
                state=event.to_state,
                revision=event.revision,
            )
        case TasksRevised():
            for task in event.tasks:
                yield ChangedTask(
                    task.task_id,
                    event.plan_id,
                    task.item_id,
                    event.unit_id,
                    due_on=task.due_on,
                    state=task.to_state,
                    revision=task.revision,
                )
        case TasksMoved():
            for moved in event.tasks:
                yield ChangedTask(
                    moved.task_id,
                    moved.plan_id,
                    moved.item_id,
                    event.to_unit_id,
                    due_on=moved.due_on,
                    state=moved.state,
                    revision=moved.revision,
                )


def _of_kind(kind: type[MessageT], events: Iterable[Message]) -> list[MessageT]:
    return [event for event in events if isinstance(event, kind)]


def _latest(events: Iterable[T], identity: Callable[[T], Hashable], order: Callable[[T], Any]) -> list[T]:
    """The last state of each: one statement can write a row only once."""
    return list({identity(event): event for event in sorted(events, key=order)}.values())
