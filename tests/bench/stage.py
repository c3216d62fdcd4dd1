"""What the measurements stand on: one broker, one database, the tracker as a process, a province in it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.base import Message
from contracts.envelope import Envelope
from contracts.topics import TASK_COMMANDS, TASK_EVENTS, UNIT_DIRECTORY
from contracts.units import Level, Ownership, UnitKind
from deploy.local.services import LocalServices
from deploy.local.stack import Stack
from services.kit.backoff import wait_for
from services.kit.broker import kafka_arguments
from services.kit.settings import KafkaSettings
from tests.integration.tracker.world import OFFICE, UNION, school_people, unit

SCHOOLS = 3500
DISTRICTS = 30
REFERENCE_EVENTS = "bench-events"
REFERENCE_COMMANDS = ("bench-one_at_a_time", "bench-raw_copy")
PATIENCE = 300.0

Records = list[tuple[str, bytes]]
"""Keys and values."""

Ends = dict[TopicPartition, int]


@dataclass
class Stage:
    """The means of a measurement."""

    services: LocalServices
    kafka: KafkaSettings
    """The administrator's, for whom no access rule counts."""
    database: "asyncpg.Connection[Any]"
    """The owner's, with the schemas `bench` and `tracker` as its search path."""
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer

    @property
    def tracker(self) -> psutil.Process:
        """The tracker's process."""
        pid = self.services.processes["tracker"].pid
        assert pid is not None, "the tracker has ended"
        return psutil.Process(pid)

    async def send(self, topic: str, records: Records) -> None:
        """Produce keys and values as fast as one producer can, and wait for all acknowledgements."""
        sent = [await self.producer.send(topic, value, key=key.encode()) for key, value in records]
        await asyncio.gather(*sent)

    async def ends(self, topic: str) -> Ends:
        """Where the topic's partitions end."""
        partitions = await self.producer.partitions_for(topic)
        ends: Ends = await self.consumer.end_offsets([TopicPartition(topic, partition) for partition in partitions])
        return ends

    async def until_grown(self, topic: str, before: Ends, count: int) -> None:
        """Wait until the topic holds `count` records more. Raises AssertionError for more than that."""

        async def grown() -> bool:
            now = await self.consumer.end_offsets(list(before))
            growth = sum(now.values()) - sum(before.values())
            assert growth <= count, f"{growth} records on {topic} instead of {count}"
            return bool(growth == count)

        await until(grown)

    async def read(self, before: Ends) -> Records:
        """The records since then, as keys and values."""
        ends = await self.consumer.end_offsets(list(before))
        self.consumer.assign(list(before))
        for partition, offset in before.items():
            self.consumer.seek(partition, offset)
        records: Records = []
        while len(records) < sum(ends.values()) - sum(before.values()):
            for batch in (await self.consumer.getmany(timeout_ms=500)).values():
                records += [(record.key.decode(), record.value) for record in batch]
        return records


_NEVER = asyncio.Event()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask every few milliseconds. Raises TimeoutError in the end."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await wait_for(_NEVER, 0.01)


async def timed(work: Awaitable[object]) -> float:
    """Seconds that the work takes."""
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


def record(message: Message, key: str, source: str) -> tuple[str, bytes]:
    """A message as a record's key and value."""
    return key, Envelope[Any].of(message, subject=key, source=source).to_bytes()


@asynccontextmanager
async def stage(stack: Stack, directory: Path) -> AsyncIterator[Stage]:
    """Start the tracker and give it a province of 3,500 schools."""
    services = LocalServices(stack, directory, {"PHOIHOP_DAILY_SWEEP": "false", "PHOIHOP_LOG_LEVEL": "WARNING"})
    await asyncio.to_thread(services.prepare)
    tracker = services.processes["tracker"]
    settings = services.kafka_settings(stack.kafka_admin[0])
    admin = kafka_arguments(settings)
    await _make_topics(admin)
    database = await asyncpg.connect(services.owner_dsn)
    producer = AIOKafkaProducer(**admin, enable_idempotence=True, max_batch_size=256 * 1024, linger_ms=2)
    consumer = AIOKafkaConsumer(**admin, auto_offset_reset="earliest", max_partition_fetch_bytes=8 * 1024 * 1024)
    try:
        await asyncio.to_thread(tracker.start, services.is_ready("tracker"))
        await producer.start()
        await consumer.start()
        await database.execute(_REFERENCE_TABLES)
        made = Stage(services, settings, database, producer, consumer)
        await _load_province(made)
        yield made
    finally:
        await consumer.stop()
        await producer.stop()
        await database.close()
        await asyncio.to_thread(tracker.stop)


_REFERENCE_TABLES = """
CREATE SCHEMA bench;
CREATE TABLE bench.tasks (LIKE tracker.tasks INCLUDING ALL);
CREATE TABLE bench.task_events (LIKE tracker.task_events INCLUDING ALL);
CREATE TABLE bench.inbox (LIKE tracker.inbox INCLUDING ALL);
CREATE TABLE bench.copied (event_id text, task_id text, unit_id text, action text,
                           person_id text, actor_unit_id text, role text, note text);
SET search_path TO bench, tracker;
"""


async def _make_topics(admin: dict[str, Any]) -> None:
    client = AIOKafkaAdminClient(**admin)
    await client.start()
    try:
        await client.create_topics(
            [
                NewTopic(REFERENCE_EVENTS, TASK_EVENTS.partitions, 1),
                *(NewTopic(name, TASK_COMMANDS.partitions, 1) for name in REFERENCE_COMMANDS),
            ]
        )
    finally:
        await client.close()


def schools() -> Sequence[str]:
    """The identifiers of all schools."""
    return [f"P-{number % DISTRICTS:02}-{number:04}" for number in range(SCHOOLS)]


async def _load_province(made: Stage) -> None:
    units = [("P", UnitKind.AREA, None), (OFFICE, UnitKind.OFFICE, "P"), (UNION, UnitKind.UNION, "P")]
    units += [(f"P-{number:02}", UnitKind.AREA, "P") for number in range(DISTRICTS)]
    units += [(school, UnitKind.SCHOOL, school[:4]) for school in schools()]
    changes = []
    for sequence, (unit_id, kind, parent_id) in enumerate(units, 1):
        more: dict[str, Any] = {}
        if kind is UnitKind.SCHOOL:
            more = {"levels": {Level.TH}, "ownership": Ownership.PUBLIC, "has_union": True}
            more["people"] = school_people(unit_id)
        changes.append(record(unit(unit_id, kind, parent_id, sequence, **more), unit_id, "/planner"))
    await made.send(UNIT_DIRECTORY.name, changes)

    async def arrived() -> bool:
        return bool(await made.database.fetchval("SELECT sequence FROM directory") == len(units))

    await until(arrived)
