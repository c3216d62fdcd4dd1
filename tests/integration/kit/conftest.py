"""A small service on kit alone, in the planner's schema: it answers each submission with one event."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from faststream.kafka import KafkaBroker

from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.plans import PlanSubmissionRejected, PlanSubmitted, Reason
from contracts.topics import PLAN_ANSWERS, submissions_topic, topic_named
from contracts.wire import decode
from services.kit.broker import kafka_arguments, make_broker
from services.kit.consumer import Consumer
from services.kit.database import Database, Transaction
from services.kit.health import Health
from services.kit.inbox import Received
from services.kit.relay import Relay
from services.kit.settings import ConsumerSettings
from services.ops.kafka_admin import KafkaAdmin
from tests.conftest import KafkaSettingsOf, OpenDatabase
from tests.support.waiting import until


class Publisher:
    """A district's system with a topic of its own."""

    def __init__(self, producer: AIOKafkaProducer, unit: str) -> None:
        self._producer = producer
        self.unit = unit
        self.topic = submissions_topic(unit)

    def submission(self, name: str, **fields: Any) -> Envelope[PlanSubmitted]:
        """A submission of this unit."""
        data = PlanSubmitted(unit_id=self.unit, submission_id=name, text=fields.pop("text", "KẾ HOẠCH"))
        return Envelope[PlanSubmitted].of(data, subject=name, source=f"/units/{self.unit}").model_copy(update=fields)

    async def send(self, *records: Envelope[Any] | bytes, key: bytes | None = None) -> None:
        """Publish envelopes, or bytes that are none."""
        for record in records:
            value = record if isinstance(record, bytes) else record.to_bytes()
            record_key = key if isinstance(record, bytes) else record.subject.encode()
            await self._producer.send_and_wait(self.topic, value, key=record_key)


@pytest.fixture
async def publisher(kafka_settings: KafkaSettingsOf) -> AsyncIterator[Publisher]:
    """A publisher whose topic no other test uses."""
    unit = uuid4().hex[:12]
    admin = kafka_settings("admin")
    KafkaAdmin(admin).make_topics([unit])
    settings = kafka_settings(f"unit-{unit}")
    async with AIOKafkaProducer(
        **kafka_arguments(settings), enable_idempotence=True, max_request_size=4 * 1024 * 1024
    ) as producer:
        yield Publisher(producer, unit)


class Counting:
    """A use-case that remembers what it did in the planner's outbox, and fails as it is told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.poison: set[str] = set()
        self.gate: asyncio.Event | None = None
        self.in_hand = 0
        self.set_aside: list[str] = []

    def bid_farewell(self, tx: Transaction, letter: DeadLettered) -> None:
        """Remember why a record was set aside."""
        self.set_aside.append(letter.code)

    async def __call__(self, tx: Transaction, records: Sequence[Received]) -> None:
        """Answer each submission with one event; a poisonous one breaks the whole batch, a gate holds it."""
        self.in_hand = len(records)
        if self.gate is not None:
            await self.gate.wait()
        for record in records:
            data: PlanSubmitted = record.envelope.data
            if data.submission_id in self.poison:
                raise ValueError("poison")
            answer = PlanSubmissionRejected(
                unit_id=data.unit_id,
                submission_id=data.submission_id,
                reasons=(Reason(code="counted", message=record.envelope.id),),
            )
            tx.publish(
                PLAN_ANSWERS.of_unit(data.unit_id),
                Envelope[PlanSubmissionRejected].of(
                    answer, subject=data.submission_id, source="/planner", cause=record.envelope
                ),
            )
        self.seen += [record.envelope.data.submission_id for record in records]


@dataclass
class Process:
    """One running consumer with its relay, as a service's process has them."""

    consumer: Consumer
    counting: Counting
    health: Health


StartProcess = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start_process(open_database: OpenDatabase, kafka_settings: KafkaSettingsOf) -> AsyncIterator[StartProcess]:
    """`await start_process(topic)`: a consumer and a relay of the planner; stopped after the test."""
    stopping = asyncio.Event()
    brokers: list[KafkaBroker] = []
    relays: list[asyncio.Task[None]] = []
    kafka = kafka_settings("planner")
    databases: list[Database] = []

    async def start(*topics: str, **settings: int) -> Process:
        database = databases[0] if databases else await open_database("planner")
        databases.append(database)
        counting = Counting()
        relay = Relay(database, kafka, client_id="planner")
        consumer = Consumer(
            service="planner",
            topics=topics,
            database=database,
            settings=ConsumerSettings.model_validate(settings),
            use_case=counting,
            committed=relay.wake,
            set_aside=counting.bid_farewell,
        )
        broker = make_broker(kafka, client_id="planner")
        consumer.subscribe(broker, stopping)
        await broker.start()
        brokers.append(broker)
        relays.append(asyncio.create_task(relay.run(stopping)))
        return Process(consumer, counting, Health(database, [consumer], stalled_after=60))

    yield start
    stopping.set()
    for broker in brokers:
        await broker.stop()
    await asyncio.gather(*relays)


class Reader:
    """Reads a topic from where it ended when the test began."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.records: list[Any] = []

    async def take(self) -> list[Envelope[Any]]:
        """All envelopes since the test began, each id once: events are published at least once."""
        for records in (await self._consumer.getmany(timeout_ms=100)).values():
            self.records += records
        envelopes = [decode(record.topic, record.value, None) for record in self.records]
        return list({envelope.id: envelope for envelope in envelopes}.values())

    async def until(self, unit: str, count: int, what: str) -> list[Envelope[Any]]:
        """Wait for that many messages about one unit's submissions."""

        async def enough() -> list[Envelope[Any]] | None:
            found = [envelope for envelope in await self.take() if unit in envelope.model_dump_json()]
            return found if len(found) >= count else None

        return await until(enough, what)


@pytest.fixture
async def read_from_now(kafka_settings: KafkaSettingsOf) -> AsyncIterator[Callable[[str], Awaitable[Reader]]]:
    """`await read_from_now("plan-events")`."""
    consumers: list[AIOKafkaConsumer] = []

    async def start(topic: str) -> Reader:
        consumer = AIOKafkaConsumer(
            **kafka_arguments(kafka_settings("admin")), max_partition_fetch_bytes=8 * 1024 * 1024
        )
        await consumer.start()
        consumers.append(consumer)
        partitions = [TopicPartition(topic, number) for number in range(topic_named(topic).partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_end()
        for partition in partitions:
            await consumer.position(partition)
        return Reader(consumer)

    yield start
    for consumer in consumers:
        await consumer.stop()
