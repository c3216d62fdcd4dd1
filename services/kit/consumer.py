"""Batch consumption: one transaction a batch, exact commits, and a batch that fails is split.

Where FastStream's defaults lose messages: the acknowledgement is manual and this module commits the exact
offsets after the database has; on "not now" it seeks back, so that a later commit cannot pass a record.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from contracts.dead_letters import DeadLettered
from contracts.wire import InvalidRecord, decode
from services.kit import dead_letters, inbox, metrics
from services.kit.backoff import Backoff
from services.kit.database import Database, Transaction
from services.kit.errors import NeverValid, NotNow, is_not_now
from services.kit.inbox import Received
from services.kit.logs import get_logger
from services.kit.settings import ConsumerSettings

log = get_logger()

UseCase = Callable[[Transaction, Sequence[Received]], Awaitable[None]]
Farewell = Callable[[Transaction, DeadLettered], None]
"""What else is done in the transaction that sets a record aside."""
Record: TypeAlias = ConsumerRecord
Place: TypeAlias = tuple[str, int, int]
"""Topic, partition and offset."""


class Consumer:
    """One consumer group of a service on some topics, with one use-case behind it.

    The use-case gets the fresh records of a batch, in order per key, inside the open transaction. It may
    raise NeverValid (the record is set aside) and anything else (tried again, then set aside). `set_aside` is called
    within the transaction that sets a record aside, once for each.
    """

    def __init__(  # noqa: PLR0913  the runtime alone calls it, by name
        self,
        *,
        service: str,
        topics: Sequence[str] = (),
        pattern: str | None = None,
        database: Database,
        settings: ConsumerSettings,
        use_case: UseCase,
        committed: Callable[[], None],
        set_aside: Farewell | None = None,
    ) -> None:
        self.group = f"{service}.{topics[0] if topics else (pattern or '').strip('-.*')}"
        self.paused = False
        self.halted: set[str] = set()
        self._service = service
        self._topics = topics
        self._pattern = pattern
        self._database = database
        self._settings = settings
        self._use_case = use_case
        self._committed = committed
        self._farewell = set_aside
        self._backoff = Backoff(asyncio.Event())
        self._in_a_row: dict[str, int] = {}
        self.working = asyncio.Lock()
        self._subscriber: Any = None

    @property
    def kafka(self) -> AIOKafkaConsumer | None:
        """The running aiokafka consumer, once there is one."""
        return self._subscriber.consumer if self._subscriber else None

    def subscribe(self, broker: KafkaBroker, stopping: asyncio.Event) -> None:
        """Hang the consumer on the broker, to start with it."""
        self._backoff = Backoff(stopping)
        self._subscriber = broker.subscriber(
            *self._topics,
            pattern=self._pattern,
            group_id=self.group,
            batch=True,
            max_records=self._settings.max_records,
            batch_timeout_ms=self._settings.wait_milliseconds,
            fetch_max_wait_ms=100,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            max_poll_interval_ms=10 * 60 * 1000,
            session_timeout_ms=self._settings.session_milliseconds,
            heartbeat_interval_ms=self._settings.session_milliseconds // 5,
            rebalance_timeout_ms=60_000,
            listener=_Drain(self),
            parser=self._parse,
            decoder=_undecoded,
        )
        self._subscriber(self._take)

    async def _parse(self, records: tuple[Record, ...]) -> KafkaMessage:
        """The batch as it is. FastStream's own parser fails on a header that is not UTF-8, past any handler."""
        return KafkaMessage(raw_message=records, body=b"", consumer=self._subscriber.consumer)

    async def _take(self, message: KafkaMessage) -> None:
        records: tuple[Record, ...] = message.raw_message
        kafka: AIOKafkaConsumer = message.consumer
        started = time.monotonic()
        try:
            async with self.working:
                await self._process(records)
        except Exception as error:
            self._seek_back(kafka, records)
            self._pause(error)
            await self._backoff.pause()
            return
        self._resume()
        await self._commit(kafka, records)
        self._halt_hopeless_topics(kafka)
        metrics.BATCHES.labels(self.group).observe(time.monotonic() - started)

    async def _process(self, records: Sequence[Record]) -> None:
        """Commit the batch to the database, whole or in halves, until the poisonous record stands alone."""
        try:
            await self._attempt(records)
        except Exception as error:
            if is_not_now(error):
                raise NotNow(type(error).__name__) from error
            if len(records) == 1:
                await self._last_attempts(records[0], error)
                return
            middle = len(records) // 2
            await self._process(records[:middle])
            await self._process(records[middle:])

    async def _attempt(self, records: Sequence[Record]) -> None:
        readable, refused = self._read(records)
        async with self._database.transaction() as tx:
            fresh, reused = await inbox.mark(tx, readable)
            for received in reused:
                refused[_place(received)] = NeverValid("event-id-reused", "another record had this id before")
            if fresh:
                await self._use_case(tx, fresh)
            for record in records:
                if reason := refused.get(_place(record)):
                    await self._set_aside(tx, record, reason)
        self._committed()
        self._count(records, refused.keys(), len(fresh))

    def _read(self, records: Sequence[Record]) -> tuple[list[Received], dict[Place, NeverValid]]:
        readable: list[Received] = []
        refused: dict[Place, NeverValid] = {}
        for record in records:
            try:
                envelope = decode(record.topic, record.value, record.key)
            except InvalidRecord as error:
                refused[_place(record)] = NeverValid(error.code, error.detail)
            else:
                digest = inbox.digest_of(record.value)
                readable.append(Received(record.topic, record.partition, record.offset, envelope, digest))
        return readable, refused

    async def _set_aside(self, tx: Transaction, record: Record, reason: NeverValid) -> None:
        letter = await dead_letters.set_aside(tx, self._service, record, reason)
        if letter is not None and self._farewell is not None:
            self._farewell(tx, letter)

    async def _last_attempts(self, record: Record, error: Exception) -> None:
        """Try a record that fails by itself a few times more, then set it aside."""
        for attempt in range(2, self._settings.attempts + 1):
            if isinstance(error, NeverValid):
                break
            log.warning("record.failed", topic=record.topic, attempt=attempt, error_type=type(error).__name__)
            try:
                return await self._attempt([record])
            except Exception as again:
                if is_not_now(again):
                    raise NotNow(type(again).__name__) from again
                error = again
        if not isinstance(error, NeverValid):
            log.error("record.unprocessable", topic=record.topic, offset=record.offset, exc_info=error)
            error = NeverValid("failed", type(error).__name__)
        async with self._database.transaction() as tx:
            await self._set_aside(tx, record, error)
        self._committed()
        self._count([record], {_place(record)}, 0)
        return None

    def _count(self, records: Sequence[Record], dead: Collection[Place], fresh: int) -> None:
        for record in records:
            is_dead = _place(record) in dead
            self._in_a_row[record.topic] = self._in_a_row.get(record.topic, 0) + 1 if is_dead else 0
            if is_dead:
                metrics.RECORDS.labels(record.topic, "dead-letter").inc()
        if records:
            metrics.RECORDS.labels(records[0].topic, "done").inc(fresh)
            metrics.RECORDS.labels(records[0].topic, "repeated").inc(len(records) - len(dead) - fresh)

    async def _commit(self, kafka: AIOKafkaConsumer, records: Sequence[Record]) -> None:
        offsets = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
        try:
            await kafka.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            log.info("consumer.partitions_lost", group=self.group)  # their next owner meets our inbox
        except KafkaError as error:
            # The work is done and marked in the inbox; the next batch's commit, or a redelivery, covers it.
            log.warning("consumer.commit_failed", group=self.group, error_type=type(error).__name__)

    def _seek_back(self, kafka: AIOKafkaConsumer, records: Sequence[Record]) -> None:
        for record in reversed(records):
            try:
                kafka.seek(TopicPartition(record.topic, record.partition), record.offset)
            except IllegalStateError:
                continue  # no longer ours

    def _pause(self, error: Exception) -> None:
        if not self.paused:
            log.warning("consumer.paused", group=self.group, error_type=str(error) or type(error).__name__)
        self.paused = True
        metrics.PAUSED.labels(self.group).set(1)

    def _resume(self) -> None:
        if self.paused:
            log.info("consumer.resumed", group=self.group)
        self.paused = False
        self._backoff.reset()
        metrics.PAUSED.labels(self.group).set(0)

    def _halt_hopeless_topics(self, kafka: AIOKafkaConsumer) -> None:
        """Stop taking from a topic of which too many records in a row were set aside: that is a fault of ours
        or of its publisher, and more dead letters help nobody. Other topics go on."""
        for topic, count in self._in_a_row.items():
            if count >= self._settings.dead_letters_in_a_row:
                if topic not in self.halted:
                    log.critical("consumer.halted", group=self.group, topic=topic, count=count)
                self.halted.add(topic)
                metrics.HALTED.labels(topic).set(1)
                kafka.pause(*(partition for partition in kafka.assignment() if partition.topic == topic))

    async def report_gaps(self, assigned: set[TopicPartition]) -> None:
        """Say when records were deleted before this group consumed them: never a silent jump."""
        kafka = self.kafka
        if kafka is None or not assigned:
            return
        starts = await kafka.beginning_offsets(assigned)
        for partition in assigned:
            committed = await kafka.committed(partition)
            if committed is not None and committed < starts[partition]:
                missed = starts[partition] - committed
                metrics.GAP.labels(partition.topic).inc(missed)
                log.error("consumer.gap", topic=partition.topic, partition=partition.partition, missed=missed)


class _Drain(ConsumerRebalanceListener):
    """Lets the batch in hand commit before its partitions go to another process."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        async with self._consumer.working:
            pass

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        try:
            await self._consumer.report_gaps(assigned)
        except KafkaError as error:
            log.warning("consumer.gap_unknown", group=self._consumer.group, error_type=type(error).__name__)


def _place(record: Record | Received) -> Place:
    return record.topic, record.partition, record.offset


async def _undecoded(message: KafkaMessage) -> bytes:
    return b""
