"""Is everything where it belongs? Planner's scope against tracker's tasks against the topics.

The planner counts what each plan asks of each unit by now, one unit at a time in Python over its directory; the
tracker laid the plan over the units in SQL, moved and issued tasks as units ended and joined; the topics hold what was
announced, moved, revised and withdrawn. Three ways to the same numbers, unit by unit, also after amendments, mergers,
late joiners and a plan's end.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from contracts.base import Message
from contracts.tasks import RevisionCause, TasksIssued, TasksMoved, TasksRevised, TaskState
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
    """By the directory as it is today; a revoked plan asks for nothing."""
    earlier: int
    """Tasks of units that changed since the plan took effect: what they had before is in no directory."""
    held: int
    beyond: int
    """Finished tasks that it asks for no more, or asks of the unit's successor, which stay."""
    announced: int
    doubled: int
    astray: int
    """Units for which the books differ."""
    laid: bool
    """Whether the tracker has laid this version, or the plan's end, over all units."""

    @property
    def lost(self) -> int:
        """Tasks that one of the books lacks."""
        return max(0, self.expected + self.earlier - min(self.held, self.announced - self.beyond))

    @property
    def holds(self) -> bool:
        """Whether the three agree, in all and for each unit, and nothing was announced twice under another id."""
        agree = self.expected + self.earlier == self.held == self.announced - self.beyond
        return self.laid and agree and self.doubled == self.astray == 0


@dataclass
class Announced:
    """What the topics say of the tasks of all plans."""

    keys: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    """The tasks that were issued by plan, item, unit and occurrence: one each, else something is doubled."""
    moved: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By task, the unit to which it moved, as of the revision that was told last."""
    lapsed: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By task, whether it was withdrawn by no person, as of the revision that was told last."""

    def read(self, event: Message) -> None:
        """Take an event in; those of a task may come in any order."""
        if isinstance(event, TasksIssued):
            for task in event.tasks:
                key = (str(event.plan_id), str(task.item_id), event.unit_id, task.occurrence)
                self.keys.setdefault(key, set()).add(str(task.task_id))
        elif isinstance(event, TasksMoved):
            for moved in event.tasks:
                move = (moved.revision, event.to_unit_id)
                self.moved[str(moved.task_id)] = max(move, self.moved.get(str(moved.task_id), move))
        elif isinstance(event, TasksRevised) and event.cause in _LAPSING:
            for revised in event.tasks:
                lapsed = (revised.revision, revised.to_state is TaskState.WITHDRAWN)
                task_id = str(revised.task_id)
                self.lapsed[task_id] = max(lapsed, self.lapsed.get(task_id, lapsed))

    def live(self) -> dict[str, Counter[str]]:
        """By plan and unit, the tasks that stand there and were not withdrawn, but by a person."""
        live: dict[str, Counter[str]] = {}
        for (plan_id, _, unit_id, _), tasks in self.keys.items():
            for task_id in tasks:
                if not self.lapsed.get(task_id, (0, False))[1]:
                    live.setdefault(plan_id, Counter())[self.moved.get(task_id, (0, unit_id))[1]] += 1
        return live

    def doubled(self) -> Counter[str]:
        """By plan, the tasks beyond one for each natural key."""
        doubled: Counter[str] = Counter()
        for (plan_id, *_), tasks in self.keys.items():
            doubled[plan_id] += len(tasks) - 1
        return doubled


_LAPSING = (RevisionCause.PLAN_AMENDED, RevisionCause.PLAN_REVOKED, RevisionCause.UNIT_SUCCEEDED)


def reconcile(planner: Client, tracker: Client, kafka: KafkaSettings) -> list[PlanCount]:
    """Compare the books for every plan that is or was in force."""
    return list(compare(planner, tracker, announced_tasks(kafka)))


def compare(planner: Client, tracker: Client, announced: Announced) -> Iterator[PlanCount]:
    """Hold each plan's books against what was announced."""
    live, doubled = announced.live(), announced.doubled()
    for plan in chain.from_iterable(planner.pages("/v1/plans", state=state) for state in ONCE_APPROVED):
        plan_id = plan["lasting_id"]
        obligations = NOTHING if plan["state"] == "REVOKED" else planner.get(f"/v1/plans/{plan['plan_id']}/obligations")
        held = tracker.get(f"/v1/plans/{plan_id}/tasks-count")
        units = tracker.get(f"/v1/plans/{plan_id}/tasks-by-unit")
        ended = plan["state"] if plan["state"] != "APPROVED" else None
        told = live.get(plan_id, Counter())
        earlier, astray = by_unit(obligations, units, told)
        yield PlanCount(
            plan_id=plan_id,
            title=plan["title"],
            state=plan["state"],
            version=plan["version"],
            expected=obligations["tasks"],
            earlier=earlier,
            held=held["tasks"],
            beyond=held["beyond"],
            announced=told.total(),
            doubled=doubled[plan_id],
            astray=astray,
            laid=held["decomposed"] and (held["version"], held["ended"]) == (plan["version"], ended),
        )


NOTHING: dict[str, Any] = {"tasks": 0, "units": {}, "changed": [], "undecided": []}
"""What a revoked plan asks for."""


def by_unit(obligations: dict[str, Any], units: list[dict[str, Any]], told: Counter[str]) -> tuple[int, int]:
    """Hold a plan's books against each other unit by unit.

    Returns the tasks that units had before they changed, and the units for which the books differ. Units among whom
    an officer chooses who takes over count as one.
    """
    together = set(obligations["undecided"])
    expected, held = Counter[str](), Counter[str]()
    for unit_id, tasks in obligations["units"].items():
        expected["" if unit_id in together else unit_id] += tasks
    for unit in units:
        held["" if unit["unit_id"] in together else unit["unit_id"]] += unit["tasks"]
    changed = {"" if unit_id in together else unit_id for unit_id in obligations["changed"]}
    earlier = {unit_id: max(0, held[unit_id] - expected[unit_id]) for unit_id in changed}
    standing = Counter({unit["unit_id"]: unit["standing"] for unit in units})
    differing = {
        *(unit_id for unit_id in expected | held if expected[unit_id] + earlier.get(unit_id, 0) != held[unit_id]),
        *(unit_id for unit_id in standing | told if standing[unit_id] != told[unit_id]),
    }
    return sum(earlier.values()), len(differing)


def announced_tasks(kafka: KafkaSettings) -> Announced:
    """What `task-events` says, from its start."""
    announced = Announced()
    for message in read_topic(kafka, TASK_EVENTS.name):
        announced.read(envelope_of(message).data)
    return announced


def as_rows(counts: list[PlanCount]) -> list[dict[str, Any]]:
    """For printing."""
    return [asdict(count) | {"lost": count.lost, "holds": count.holds} for count in counts]
