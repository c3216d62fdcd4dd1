"""The demo's own book, kept from the topics alone: what was issued, what became of each command, who was told.

It knows nothing of the services' tables, so what it adds up can be held against theirs.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, KafkaError, TopicPartition

from contracts.alerts import AlertRaised
from contracts.envelope import Envelope
from contracts.plans import ApprovedItem, PlanAmended, PlanApproved
from contracts.tasks import (
    RevisionCause,
    TaskCommandRejected,
    TaskDeadlineReached,
    TasksIssued,
    TasksMoved,
    TasksRevised,
    TaskState,
    TaskStatusChanged,
)
from contracts.topics import ALERT_EVENTS, PLAN_EVENTS, TASK_EVENTS
from contracts.wire import decode
from services.kit.settings import KafkaSettings
from services.ops.kafka_admin import librdkafka_arguments
from services.ops.reconcile import Announced

PATIENCE_SECONDS = 90.0
"""How long nothing at all may arrive before the demo stops waiting and counts what is missing as lost."""


@dataclass
class Task:
    """A task as its events tell it."""

    task_id: str
    plan_id: str
    item_id: str
    unit_id: str
    position: int
    occurrence: str
    due_on: date | None
    state: TaskState = TaskState.ISSUED
    revision: int = 1

    @property
    def name(self) -> str:
        """What the task is in every run, unlike its identifier."""
        return f"{self.unit_id}/{self.position}/{self.occurrence}"


@dataclass
class Book:
    """Everything that the events have said so far."""

    plans: dict[str, PlanApproved | PlanAmended] = field(default_factory=dict)
    items: dict[str, ApprovedItem] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    outcomes: dict[str, set[str]] = field(default_factory=dict)
    """Event ids of what answered each command; more than one is a doubled outcome."""
    rejected: dict[str, str] = field(default_factory=dict)
    """Why a command was refused, by command."""
    announced: Counter[str] = field(default_factory=Counter)
    """How many `TasksIssued` events of different ids name a task, by task. A plan and unit with very many tasks
    has several events; each task stands in one of them."""
    live: Announced = field(default_factory=Announced)
    """The same, as the reconciliation keeps it: where tasks stand after moves and revisions."""
    changes: Counter[str] = field(default_factory=Counter)
    """What became of plans and tasks beside people's doing."""
    swept: Counter[date] = field(default_factory=Counter)
    """`TaskDeadlineReached` events by morning."""
    digests: dict[str, AlertRaised] = field(default_factory=dict)
    repeated: int = 0
    """Events that came again under the same id, as "at least once" allows."""

    def tasks_of(self, plan_id: str) -> list[Task]:
        """A plan's tasks, in the same order in every run."""
        return sorted((task for task in self.tasks.values() if task.plan_id == plan_id), key=lambda task: task.name)


class Ledger:
    """Reads the topics as the portal does, from their start."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self.book = Book()
        self._seen: set[str] = set()
        self._consumer = Consumer(
            {
                **librdkafka_arguments(kafka),
                "group.id": f"portal.demo-{uuid4()}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,
            }
        )
        self._consumer.subscribe([topic.name for topic in (PLAN_EVENTS, TASK_EVENTS, ALERT_EVENTS)])

    def read_until(self, done: Callable[[Book], bool], tick: Callable[[], None] = lambda: None) -> bool:
        """Read until the book says so. False when nothing has arrived for a long time."""
        quiet_since = time.monotonic()
        while not done(self.book):
            messages = self._consumer.consume(2000, timeout=0.2)
            for message in messages:
                self._read(message)
            tick()
            if messages:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > PATIENCE_SECONDS:
                return False
        return True

    def read_rest(self) -> None:
        """Read everything that the topics hold now, so that late doubles are seen too."""
        ends = {
            (partition.topic, partition.partition): self._consumer.get_watermark_offsets(partition, timeout=30)[1]
            for partition in self._consumer.assignment()
        }

        def caught_up(_: Book) -> bool:
            positions = self._consumer.position([TopicPartition(topic, number) for topic, number in ends])
            return all(max(place.offset, 0) >= ends[(place.topic, place.partition)] for place in positions)

        self.read_until(caught_up)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()

    def _read(self, message: Any) -> None:
        error = message.error()
        if error is not None:
            if error.code() != KafkaError._PARTITION_EOF and not error.retriable():
                raise RuntimeError(error.str())
            return
        envelope = decode(message.topic(), message.value(), message.key())
        if envelope.id in self._seen:
            self.book.repeated += 1
            return
        self._seen.add(envelope.id)
        self._enter(envelope)

    def _enter(self, envelope: Envelope[Any]) -> None:
        book, data = self.book, envelope.data
        book.live.read(data)
        match data:
            case PlanApproved() | PlanAmended():
                book.changes["plans amended"] += isinstance(data, PlanAmended)
                book.plans[str(data.plan_id)] = data
                book.items |= {str(item.item_id): item for item in data.items}
            case TasksIssued():
                book.announced.update(str(task.task_id) for task in data.tasks)
                self._issue(data)
            case TasksRevised():
                self._revise(data)
            case TasksMoved():
                self._move(data)
            case TaskStatusChanged():
                self._change(envelope.causationid, envelope.id, data)
            case TaskCommandRejected():
                book.outcomes.setdefault(data.command_id, set()).add(envelope.id)
                book.rejected[data.command_id] = data.code
            case TaskDeadlineReached():
                book.swept[data.on] += 1
            case AlertRaised():
                book.digests[str(data.digest_id)] = data

    def _issue(self, issued: TasksIssued) -> None:
        for task in issued.tasks:
            self.book.tasks[str(task.task_id)] = Task(
                task_id=str(task.task_id),
                plan_id=str(issued.plan_id),
                item_id=str(task.item_id),
                unit_id=issued.unit_id,
                position=task.position,
                occurrence=task.occurrence,
                due_on=task.due_on,
            )

    def _revise(self, revised: TasksRevised) -> None:
        for told in revised.tasks:
            what = "withdrawn" if told.to_state is TaskState.WITHDRAWN else "revised"
            why = "a merger" if revised.cause is RevisionCause.UNIT_SUCCEEDED else "an amendment"
            self.book.changes[f"tasks {what} by {why}"] += 1
            task = self.book.tasks[str(told.task_id)]
            if told.revision > task.revision:
                task.state, task.revision, task.due_on = told.to_state, told.revision, told.due_on

    def _move(self, moved: TasksMoved) -> None:
        """Where tasks are now; it is told under both units' keys."""
        for told in moved.tasks:
            task = self.book.tasks[str(told.task_id)]
            if told.revision > task.revision:
                self.book.changes["tasks moved by a merger"] += 1
                task.unit_id, task.revision = moved.to_unit_id, told.revision

    def _change(self, cause: str | None, event_id: str, change: TaskStatusChanged) -> None:
        if cause is not None:
            self.book.outcomes.setdefault(cause, set()).add(event_id)
        task = self.book.tasks[str(change.task_id)]
        if change.revision > task.revision:
            task.state, task.revision, task.due_on = change.to_state, change.revision, change.due_on
