"""Is everything where it belongs? Planner's scope against tracker's tasks against the topics.

The planner counted whom each version of a plan reaches when it was approved, one unit at a time in Python; the
tracker laid it over the units in SQL; the topics hold what was announced, revised and withdrawn. Three ways to the
same number, also after amendments and a plan's end.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from contracts.base import Message
from contracts.tasks import RevisionCause, TasksIssued, TasksRevised, TaskState
from contracts.topics import TASK_EVENTS
from services.kit.settings import KafkaSettings
from services.ops.client import Client
from services.ops.topic_reader import envelope_of, read_topic

ONCE_APPROVED = ("APPROVED", "CLOSED", "REVOKED")
"""The versions that stand for a plan: one that was amended has its successor."""


@dataclass(frozen=True)
class PlanCount:
    """One plan in three books: tasks that it asks for, as expected, held and announced."""

    plan_id: str
    title: str
    state: str
    version: int
    expected: int
    held: int
    beyond: int
    """Finished tasks that it asks for no more, which stay."""
    announced: int
    doubled: int
    laid: bool
    """Whether the tracker has laid this version, or the plan's end, over all units."""

    @property
    def lost(self) -> int:
        """Tasks that one of the books lacks."""
        return max(0, self.expected - min(self.held, self.announced - self.beyond))

    @property
    def holds(self) -> bool:
        """Whether the three agree and nothing was announced twice under another id."""
        return self.laid and self.expected == self.held == self.announced - self.beyond and self.doubled == 0


@dataclass
class Announced:
    """What the topics say of the tasks of all plans."""

    keys: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    """The tasks that were issued by plan, item, unit and occurrence: one each, else something is doubled."""
    lapsed: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By task, whether its plan withdrew it, as of the revision that was told last."""

    def read(self, event: Message) -> None:
        """Take an event in; those of a task may come in any order."""
        if isinstance(event, TasksIssued):
            for task in event.tasks:
                key = (str(event.plan_id), str(task.item_id), event.unit_id, task.occurrence)
                self.keys.setdefault(key, set()).add(str(task.task_id))
        elif isinstance(event, TasksRevised) and event.cause in _LAPSING:
            for revised in event.tasks:
                lapsed = (revised.revision, revised.to_state is TaskState.WITHDRAWN)
                task_id = str(revised.task_id)
                self.lapsed[task_id] = max(lapsed, self.lapsed.get(task_id, lapsed))

    def live(self) -> Counter[str]:
        """By plan, the tasks that it has not withdrawn."""
        return Counter(
            plan_id
            for (plan_id, *_), tasks in self.keys.items()
            for task_id in tasks
            if not self.lapsed.get(task_id, (0, False))[1]
        )

    def doubled(self) -> Counter[str]:
        """By plan, the tasks beyond one for each natural key."""
        doubled: Counter[str] = Counter()
        for (plan_id, *_), tasks in self.keys.items():
            doubled[plan_id] += len(tasks) - 1
        return doubled


_LAPSING = (RevisionCause.PLAN_AMENDED, RevisionCause.PLAN_REVOKED)


def reconcile(planner: Client, tracker: Client, kafka: KafkaSettings) -> list[PlanCount]:
    """Compare the books for every plan that is or was in force."""
    return list(compare(planner, tracker, announced_tasks(kafka)))


def compare(planner: Client, tracker: Client, announced: Announced) -> Iterator[PlanCount]:
    """Hold each plan's books against what was announced."""
    live, doubled = announced.live(), announced.doubled()
    for plan in chain.from_iterable(planner.pages("/v1/plans", state=state) for state in ONCE_APPROVED):
        plan_id = plan["lasting_id"]
        reach = planner.get(f"/v1/plans/{plan['plan_id']}")["reach"]
        held = tracker.get(f"/v1/plans/{plan_id}/tasks-count")
        ended = plan["state"] if plan["state"] != "APPROVED" else None
        yield PlanCount(
            plan_id=plan_id,
            title=plan["title"],
            state=plan["state"],
            version=plan["version"],
            expected=0 if plan["state"] == "REVOKED" else reach["tasks"],
            held=held["tasks"],
            beyond=held["beyond"],
            announced=live[plan_id],
            doubled=doubled[plan_id],
            laid=held["decomposed"] and (held["version"], held["ended"]) == (plan["version"], ended),
        )


def announced_tasks(kafka: KafkaSettings) -> Announced:
    """What `task-events` says, from its start."""
    announced = Announced()
    for message in read_topic(kafka, TASK_EVENTS.name):
        announced.read(envelope_of(message).data)
    return announced


def as_rows(counts: list[PlanCount]) -> list[dict[str, Any]]:
    """For printing."""
    return [asdict(count) | {"lost": count.lost, "holds": count.holds} for count in counts]
