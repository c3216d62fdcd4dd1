"""Whatever happens to units and a plan, and however its events reach the tracker: the planner's books agree with it."""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from contracts.units import UnitChanged
from services.ops.reconcile import Announced, by_unit
from services.tracker import decomposition, succession, views
from tests.integration.tracker.history import DAY, Office, agree, happen
from tests.integration.tracker.test_amendments import arrive
from tests.integration.tracker.world import World, nobody
from tests.support.clock import FixedClock


@given(rng=st.randoms(use_true_random=True))
@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # what is noted is short; a smaller story takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_books_agree_whatever_happens_and_in_whatever_order_it_arrives(
    empty: World, clock: FixedClock, rng: Random
) -> None:
    office = await begin(empty)
    first = rng.randint(0, 1)
    for number in range(rng.randint(2, 5)):
        if number == first:
            office.approve(agree(office, rng))
        else:
            note(f"{office.today} {happen(office, rng)}")
    await deliver(empty, clock, office, rng)
    await settle_all(empty)

    assert office.in_force is not None
    plan_id = office.in_force.plan_id
    announced = Announced()
    for envelope in await empty.published():
        announced.read(envelope.data)
    told = announced.live().get(str(plan_id), Counter())
    async with empty.database.transaction() as tx:
        units = [unit.model_dump() for unit in await views.unit_counts(tx, f"{office.id('P')}/", plan_id)]
    asked = office.asks().model_dump(mode="json")
    note(f"asked {asked}\nheld {units}\ntold {told}\n{office.in_force.items}")
    assert by_unit(asked, units, told)[1] == 0
    assert announced.doubled().total() == 0


async def begin(empty: World) -> Office:
    """A directory that has arrived. What an earlier example left is over."""
    await empty.rows("UPDATE plans SET ended = 'CLOSED'")
    await empty.rows("UPDATE decompositions SET finished_at = now()")
    await empty.rows("DELETE FROM joinings")
    await empty.rows("DELETE FROM successions")
    await empty.rows("DELETE FROM outbox")
    [(sequence,)] = await empty.rows("SELECT sequence FROM directory")
    office = Office(sequence)
    await empty.take_directory(*(change for _, change in office.directory))
    office.directory.clear()
    return office


async def deliver(empty: World, clock: FixedClock, office: Office, rng: Random) -> None:
    """Each topic in its order, beside each other in any; the workers come to do something now and then.

    In the end it is three days later.
    """
    topics: list[list[tuple[date, Any]]] = [[*office.directory], [*office.events]]
    today = office.today if rng.random() < 0.3 else date.min  # nothing arrived for long
    while any(topics):
        day, event = rng.choice([topic for topic in topics if topic]).pop(0)
        today = max(today, day)
        clock.moment = morning(today)
        note(f"{today} arrives {event!r}"[:300])
        if isinstance(event, UnitChanged):
            await empty.take_directory(event)
        else:
            await arrive(empty, event)
        for worker in rng.choices([decomposition, succession], k=rng.randint(0, 2)):
            await worker.step(empty.database, nobody)
    office.today = max(today, office.today) + 3 * DAY
    clock.moment = morning(office.today)


async def settle_all(empty: World) -> None:
    """Run the workers until nothing is left today."""
    while await decomposition.step(empty.database, nobody) or await succession.step(empty.database, nobody):
        pass


def morning(day: date) -> datetime:
    """Eight in Viet Nam."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
