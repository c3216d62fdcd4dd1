"""The topics as data: key, owner, who reads and writes, how long kept, and what may be on them.

The operator's command makes topics and access rules from this table, the documentation and the schemas
are written from it, and each consumer decodes by it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from contracts.alerts import AlertRaised
from contracts.base import Message, UnitId
from contracts.dead_letters import DeadLettered
from contracts.plans import (
    PlanAmended,
    PlanApproved,
    PlanClosed,
    PlanRevoked,
    PlanSubmissionAccepted,
    PlanSubmissionDecided,
    PlanSubmissionRejected,
    PlanSubmitted,
)
from contracts.tasks import (
    ChangeTask,
    TaskCommandRejected,
    TaskDeadlineReached,
    TasksIssued,
    TasksMoved,
    TasksRevised,
    TaskStatusChanged,
)
from contracts.units import UnitChanged

MAX_RECORD_BYTES = 1024 * 1024
"""A larger record is refused by its consumer. The broker takes more, so that it can be answered."""

MAX_DEAD_LETTER_BYTES = 8 * MAX_RECORD_BYTES
"""A dead letter holds the largest record that the broker takes, in base64, and its provenance."""

FOR_EVER = None

UNIT = "the unit that the name ends with"
"""Stands for a principal, `unit-<unit>`, on the topics of one unit each."""


@dataclass(frozen=True)
class Topic:
    """One topic. The owner alone writes; `owner` and `readers` are Kafka principals."""

    name: str
    key: str
    owner: str
    messages: tuple[type[Message], ...]
    readers: tuple[str, ...] = ()
    retention: timedelta | None = FOR_EVER
    compacted: bool = False
    partitions: int = 12
    max_bytes: int = 4 * MAX_RECORD_BYTES
    """The broker's limit."""
    readable_bytes: int = MAX_RECORD_BYTES
    """The consumers' limit."""
    per_unit: bool = False
    """The name is a prefix; each publishing unit has its own topic behind it."""

    def of_unit(self, unit_id: UnitId) -> Self:
        """The topic of one unit, where each has its own."""
        return replace(self, name=f"{self.name}{unit_id}", per_unit=False)

    @property
    def config(self) -> dict[str, str]:
        """The broker's settings for the topic."""
        milliseconds = -1 if self.retention is None else int(self.retention.total_seconds() * 1000)
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(milliseconds),
            "retention.bytes": "-1",
            "max.message.bytes": str(self.max_bytes),
        }


PLAN_SUBMISSIONS = Topic(
    "plan-submissions-",
    key="submission",
    owner=UNIT,
    messages=(PlanSubmitted,),
    readers=("planner",),
    retention=timedelta(days=30),
    partitions=1,
    per_unit=True,
)
PLAN_ANSWERS = Topic(
    "plan-answers-",
    key="submission",
    owner="planner",
    messages=(PlanSubmissionAccepted, PlanSubmissionRejected, PlanSubmissionDecided),
    readers=(UNIT,),
    retention=timedelta(days=90),
    partitions=1,
    per_unit=True,
)
PLAN_EVENTS = Topic(
    "plan-events",
    key="plan",
    owner="planner",
    messages=(PlanApproved, PlanAmended, PlanRevoked, PlanClosed),
    readers=("tracker", "notifier", "portal"),
    partitions=3,
)
# One partition: a plan refers to the directory by sequence, so its changes need one order among them all.
UNIT_DIRECTORY = Topic(
    "unit-directory",
    key="unit",
    owner="planner",
    messages=(UnitChanged,),
    readers=("tracker", "notifier"),
    compacted=True,
    partitions=1,
)
TASK_COMMANDS = Topic(
    "task-commands",
    key="school",
    owner="portal",
    messages=(ChangeTask,),
    readers=("tracker",),
    retention=timedelta(days=30),
)
TASK_EVENTS = Topic(
    "task-events",
    key="school",
    owner="tracker",
    messages=(TasksIssued, TaskStatusChanged, TasksRevised, TasksMoved, TaskCommandRejected, TaskDeadlineReached),
    readers=("notifier", "portal"),
)
ALERT_EVENTS = Topic(
    "alert-events",
    key="recipient",
    owner="notifier",
    messages=(AlertRaised,),
    readers=("portal",),
    retention=timedelta(days=90),
)


def dead_letters_of(service: str) -> Topic:
    """The topic to which a service sets aside what it cannot use."""
    return Topic(
        f"{service}-dead-letters",
        key="of the message",
        owner=service,
        messages=(DeadLettered,),
        retention=timedelta(days=90),
        partitions=1,
        max_bytes=MAX_DEAD_LETTER_BYTES,
        readable_bytes=MAX_DEAD_LETTER_BYTES,
    )


SERVICES = ("planner", "tracker", "notifier")

TOPICS: tuple[Topic, ...] = (
    PLAN_SUBMISSIONS,
    PLAN_ANSWERS,
    PLAN_EVENTS,
    UNIT_DIRECTORY,
    TASK_COMMANDS,
    TASK_EVENTS,
    ALERT_EVENTS,
    *(dead_letters_of(service) for service in SERVICES),
)


def submissions_topic(unit_id: UnitId) -> str:
    """The topic to which one unit's system alone may write."""
    return PLAN_SUBMISSIONS.of_unit(unit_id).name


def answers_topic(unit_id: UnitId) -> str:
    """The topic which one unit's system alone may read: what became of its submissions."""
    return PLAN_ANSWERS.of_unit(unit_id).name


def topic_named(name: str) -> Topic:
    """The topic's row in the table. Raises KeyError for a name that is not in it."""
    for topic in TOPICS:
        if topic.name == name or (topic.per_unit and name.startswith(topic.name) and name != topic.name):
            return topic
    raise KeyError(name)
