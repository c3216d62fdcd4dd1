"""Is everything where it belongs? Planner's scope against tracker's tasks against the topics.

The planner counted whom each plan reaches when it was approved, one unit at a time in Python; the tracker
decomposed it in SQL; the topics hold what was announced. Three ways to the same number.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from contracts.tasks import TasksIssued
from contracts.topics import TASK_EVENTS
from services.kit.settings import KafkaSettings
from services.ops.client import Client
from services.ops.topic_reader import envelope_of, read_topic


@dataclass(frozen=True)
class PlanCount:
    """One approved plan in three books: tasks expected, held and announced."""

    plan_id: str
    title: str
    expected: int
    held: int
    announced: int
    doubled: int

    @property
    def lost(self) -> int:
        """Tasks that one of the books lacks."""
        return max(0, self.expected - min(self.held, self.announced))

    @property
    def holds(self) -> bool:
        """Whether the three agree and nothing was announced twice under another id."""
        return self.expected == self.held == self.announced and self.doubled == 0


def reconcile(planner: Client, tracker: Client, kafka: KafkaSettings) -> list[PlanCount]:
    """Compare the books for every approved plan."""
    announced, doubled = announced_tasks(kafka)
    return [
        PlanCount(
            plan_id=plan["plan_id"],
            title=plan["title"],
            expected=planner.get(f"/v1/plans/{plan['plan_id']}")["reach"]["tasks"],
            held=tracker.get(f"/v1/plans/{plan['plan_id']}/tasks-count")["tasks"],
            announced=announced[plan["plan_id"]],
            doubled=doubled[plan["plan_id"]],
        )
        for plan in planner.pages("/v1/plans", state="APPROVED")
    ]


def announced_tasks(kafka: KafkaSettings) -> tuple[Counter[str], Counter[str]]:
    """Distinct tasks by plan in `TasksIssued`, and how many there are beyond one for each natural key."""
    seen: dict[tuple[str, str, str, str], set[str]] = {}
    for message in read_topic(kafka, TASK_EVENTS.name):
        envelope = envelope_of(message)
        if isinstance(envelope.data, TasksIssued):
            for task in envelope.data.tasks:
                key = (str(envelope.data.plan_id), str(task.item_id), envelope.data.unit_id, task.occurrence)
                seen.setdefault(key, set()).add(str(task.task_id))
    announced, doubled = Counter[str](), Counter[str]()
    for key, tasks in seen.items():
        announced[key[0]] += 1
        doubled[key[0]] += len(tasks) - 1
    return announced, doubled


def as_rows(counts: list[PlanCount]) -> list[dict[str, Any]]:
    """For printing."""
    return [asdict(count) | {"lost": count.lost, "holds": count.holds} for count in counts]
