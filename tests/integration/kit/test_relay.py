"""The outbox reaches Kafka in order per key, whoever relays and whatever goes away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from contracts.base import utc_now
from contracts.envelope import Envelope
from contracts.plans import PlanRevoked
from contracts.topics import PLAN_EVENTS
from deploy.local.stack import Stack
from services.kit.database import Database
from services.kit.errors import Refusal
from services.kit.relay import Relay
from tests.conftest import KafkaSettingsOf, OpenDatabase
from tests.integration.kit.conftest import Reader

ReadFromNow = Callable[[str], Awaitable[Reader]]


def event(test: str, key: str, number: int) -> Envelope[PlanRevoked]:
    """The number-th event of a key in one test."""
    data = PlanRevoked(plan_id=uuid4(), version=1, reason=f"{test} {number}", revoked_at=utc_now())
    return Envelope[PlanRevoked].of(data, subject=key, source="/planner")


@asynccontextmanager
async def relaying(*relays: Relay) -> AsyncIterator[None]:
    """Run relays for a while."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(relay.run(stopping)) for relay in relays]
    yield
    stopping.set()
    await asyncio.gather(*tasks)


def numbers_by_key(events: list[Envelope[Any]]) -> dict[str, list[int]]:
    """What arrived for each key, in the order of arrival."""
    found: dict[str, list[int]] = {}
    for envelope in events:
        found.setdefault(envelope.subject, []).append(int(envelope.data.reason.split()[1]))
    return found


async def queue(database: Database, unit: str, numbers: range) -> None:
    """One transaction for each number, with an event of every key."""
    for number in numbers:
        async with database.transaction() as tx:
            for key in "abcdefg":
                tx.publish(PLAN_EVENTS, event(unit, key, number))


async def queue_and_fail(database: Database, unit: str) -> None:
    """A transaction that breaks after it has queued an event."""
    async with database.transaction() as tx:
        tx.publish(PLAN_EVENTS, event(unit, "a", 1))
        raise RuntimeError


async def test_order_is_kept_per_key_over_an_outage_and_a_second_relay(
    open_database: OpenDatabase, kafka_settings: KafkaSettingsOf, read_from_now: ReadFromNow, stack: Stack
) -> None:
    database, reader, unit = await open_database("planner"), await read_from_now("plan-events"), uuid4().hex[:12]
    first, second = (Relay(database, kafka_settings("planner"), client_id=f"relay-{number}") for number in range(2))
    async with relaying(first, second):
        await queue(database, unit, range(20))
        await asyncio.to_thread(stack.kafka.stop)
        await queue(database, unit, range(20, 40))
        await asyncio.to_thread(stack.kafka.start)
        events = await reader.until(unit, 7 * 40, "all events")
    assert numbers_by_key(events) == {key: list(range(40)) for key in "abcdefg"}
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_transaction_that_fails_publishes_nothing(
    open_database: OpenDatabase, kafka_settings: KafkaSettingsOf, read_from_now: ReadFromNow
) -> None:
    database, reader, unit = await open_database("planner"), await read_from_now("plan-events"), uuid4().hex[:12]
    with pytest.raises(RuntimeError):
        await queue_and_fail(database, unit)
    async with relaying(Relay(database, kafka_settings("planner"), client_id="relay")):
        await queue(database, unit, range(2, 3))
        events = await reader.until(unit, 7, "the events of the other transaction")
    assert numbers_by_key(events)["a"] == [2]


async def test_an_event_that_no_topic_takes_is_refused_before_it_is_queued(open_database: OpenDatabase) -> None:
    database = await open_database("planner")
    async with database.transaction() as tx:
        with pytest.raises(Refusal, match="message-too-large"):
            tx.publish_raw(PLAN_EVENTS, b"key", b"x" * PLAN_EVENTS.max_bytes)
