"""From `PlanApproved` to all tasks committed and all `TasksIssued` on Kafka, against the bare necessities."""

from datetime import date, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from contracts.plans import PlanApproved
from contracts.topics import PLAN_EVENTS, TASK_EVENTS
from tests.bench.results import Result
from tests.bench.stage import REFERENCE_EVENTS, SCHOOLS, Ends, Records, Stage, record, timed
from tests.integration.tracker.world import item, plan

ITEMS = 20
ROUNDS = 5
MEBIBYTE = 1024 * 1024


async def measure(stage: Stage) -> list[Result]:
    """Rounds of ours and the reference by turns; the medians count."""
    ours, reference = [], []
    for _ in range(ROUNDS):
        approved = plan(*(item(place, date(2025, 10, 1) + timedelta(weeks=place)) for place in range(1, ITEMS + 1)))
        before = await stage.ends(TASK_EVENTS.name)
        ours.append(await timed(_ours(stage, approved, before)))
        issued = await stage.database.fetchval(
            "SELECT count(*) FROM tracker.tasks WHERE plan_id = $1", approved.plan_id
        )
        assert issued == SCHOOLS * ITEMS
        records = await stage.read(before)
        reference.append(await timed(_reference(stage, approved.plan_id, records)))
    seconds, bare = median(ours), median(reference)
    peak = _peak_memory(stage) / MEBIBYTE
    return [
        Result("fan-out of 70,000 tasks (s) / bare insert and produce (s)", seconds, bare, seconds / bare, "<= 1.5"),
        Result("tracker's peak memory (MiB) / 256 MiB", peak, 256, peak / 256, "<= 1"),
    ]


async def _ours(stage: Stage, approved: PlanApproved, before: Ends) -> None:
    await stage.send(PLAN_EVENTS.name, [record(approved, str(approved.plan_id), "/planner")])
    await stage.until_grown(TASK_EVENTS.name, before, SCHOOLS)


async def _reference(stage: Stage, plan_id: UUID, records: Records) -> None:
    await stage.database.execute(
        """
        INSERT INTO bench.tasks (plan_id, item_id, unit_id, occurrence, due_on)
        SELECT $2::uuid, item_id, units.id, key, due_on
        FROM units CROSS JOIN occurrences
        WHERE units.kind = 'school' AND plan_id = $1
        ORDER BY units.id, place
        """,
        plan_id,
        uuid4(),
    )
    await stage.send(REFERENCE_EVENTS, records)


def _peak_memory(stage: Stage) -> int:
    """The most bytes that the tracker's process ever held."""
    status = Path(f"/proc/{stage.tracker.pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
