"""Is the process alive (does it progress?) and ready (can it do its work?).

A connection that answers pings proves nothing: a consumer whose coordinator task has died answers them for
ever. Alive is: positions move while records wait, and no vital task has ended. Ready is: the database answers
and no consumer is held up. A broker that is away leaves it ready: people are answered, and the outbox keeps.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from services.kit import metrics
from services.kit.consumer import Consumer
from services.kit.database import Database

ANSWER_SECONDS = 2.0
"""Within which the database must answer."""


@dataclass
class Health:
    """Watches the consumers of a process. `check` is called every few seconds; `faults` is the answer."""

    database: Database
    consumers: Sequence[Consumer]
    stalled_after: float
    faults: list[str] = field(default_factory=list)
    """Why the process should be started anew; empty while it is alive."""
    lag: dict[str, int] = field(default_factory=dict)
    """Records that wait, by topic."""
    _database_answers: bool = True
    _question: "asyncio.Task[None] | None" = None
    _positions: dict[tuple[str, TopicPartition], tuple[int, float]] = field(default_factory=dict)

    @property
    def unready(self) -> list[str]:
        """Why the process cannot do all its work now; empty while it is ready."""
        reasons = [] if self._database_answers else ["the database does not answer"]
        reasons += [f"{consumer.group} waits for the database" for consumer in self.consumers if consumer.paused]
        reasons += [f"{topic} is halted" for consumer in self.consumers for topic in sorted(consumer.halted)]
        reasons += [f"{consumer.group} has not started" for consumer in self.consumers if consumer.kafka is None]
        return reasons

    async def check(self) -> None:
        """Ask the database, and look at every consumer's positions and coordination task."""
        self._database_answers = await self._ask_database()
        faults: list[str] = []
        lag: dict[str, int] = {}
        for consumer in self.consumers:
            kafka = consumer.kafka
            if kafka is None:
                continue
            task = getattr(kafka._coordinator, "_coordination_task", None)  # there is no public way to ask
            if task is not None and task.done():
                faults.append(f"{consumer.group} lost its coordinator task")
            for partition in kafka.assignment():
                position = await _position(kafka, partition)
                if position is None:
                    continue
                waiting = max(0, (kafka.highwater(partition) or 0) - position)
                lag[partition.topic] = lag.get(partition.topic, 0) + waiting
                if self._is_stalled(consumer, partition, position, waiting):
                    faults.append(f"{partition.topic}/{partition.partition} does not progress")
        for topic, count in lag.items():
            metrics.LAG.labels(topic).set(count)
        self.lag, self.faults = lag, faults

    async def _ask_database(self) -> bool:
        """Whether it answers in time. A question that is still open is not asked a second time: a database that
        hangs would take one connection of the pool after the other."""
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(self._ask())
        await asyncio.wait({self._question}, timeout=ANSWER_SECONDS)
        return self._question.done() and self._question.exception() is None

    async def _ask(self) -> None:
        async with self.database.connection() as connection:
            await connection.execute("SELECT")

    def _is_stalled(self, consumer: Consumer, partition: TopicPartition, position: int, waiting: int) -> bool:
        key = (consumer.group, partition)
        offset, since = self._positions.get(key, (-1, 0.0))
        if offset != position or waiting == 0 or consumer.paused or partition.topic in consumer.halted:
            self._positions[key] = (position, time.monotonic())
            return False
        return time.monotonic() - since > self.stalled_after


async def _position(kafka: AIOKafkaConsumer, partition: TopicPartition) -> int | None:
    """The next offset to be taken; none while it is not known (just assigned, or just lost)."""
    try:
        async with asyncio.timeout(1):
            position: int = await kafka.position(partition)
            return position
    except (TimeoutError, KafkaError):
        return None
