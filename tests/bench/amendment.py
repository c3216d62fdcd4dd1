"""An amendment that touches every task of a plan for a whole province, against the plan's first fan-out."""

from datetime import date, timedelta
from statistics import median

from contracts.plans import AmendedItem, ApprovedItem, Change, Occurrence, PlanAmended, PlanApproved
from contracts.topics import PLAN_EVENTS, TASK_EVENTS
from tests.bench.results import Result
from tests.bench.stage import SCHOOLS, Stage, record, timed
from tests.integration.tracker.world import item, plan

ITEMS = 20
ROUNDS = 3


async def measure(stage: Stage) -> list[Result]:
    """Rounds of a plan and its amendment, which gives each of 70,000 tasks another day; the medians count."""
    first, second = [], []
    for _ in range(ROUNDS):
        approved = plan(*(item(place, date(2025, 10, 1) + timedelta(weeks=place)) for place in range(1, ITEMS + 1)))
        first.append(await timed(_laid(stage, approved)))
        amended = _amended(approved)
        second.append(await timed(_laid(stage, amended)))
        revised = await stage.database.fetchval(
            "SELECT count(*) FROM tracker.tasks WHERE plan_id = $1 AND revision = 2 AND version = 2", approved.plan_id
        )
        assert revised == SCHOOLS * ITEMS
    ours, reference = median(second), median(first)
    return [
        Result("amendment of 70,000 tasks (s) / their first fan-out (s)", ours, reference, ours / reference, "<= 1")
    ]


async def _laid(stage: Stage, event: PlanApproved | PlanAmended) -> None:
    """Publish it, and wait until each school has been told on Kafka."""
    before = await stage.ends(TASK_EVENTS.name)
    await stage.send(PLAN_EVENTS.name, [record(event, str(event.plan_id), "/planner")])
    await stage.until_grown(TASK_EVENTS.name, before, SCHOOLS)


def _amended(approved: PlanApproved) -> PlanAmended:
    items = [_moved(each) for each in approved.items]
    changes = [AmendedItem(item_id=each.item_id, change=Change.CHANGED, fields=("due",)) for each in items]
    return PlanAmended.model_validate({**approved.model_dump(), "version": 2, "items": items, "changes": changes})


def _moved(old: ApprovedItem) -> ApprovedItem:
    occurrences = tuple(
        Occurrence(key=each.key, due_on=each.due_on and each.due_on + timedelta(days=3)) for each in old.occurrences
    )
    return old.model_copy(update={"occurrences": occurrences})
