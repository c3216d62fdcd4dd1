"""The outbox relay: publishes in order, one leader per schema, and forgets what the broker acknowledged.

A crash between the acknowledgement and the removal publishes the same event ids again; consumers know them.
"""

import asyncio
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import OutOfOrderSequenceNumber

from services.kit import metrics
from services.kit.backoff import Backoff, wait_for
from services.kit.broker import kafka_arguments
from services.kit.database import Connection, Database
from services.kit.logs import get_logger
from services.kit.settings import KafkaSettings
from services.kit.sql import messaging

log = get_logger()

PAGE = 2000
IDLE_SECONDS = 0.1
FOLLOW_SECONDS = 2.0


class BrokenProducer(RuntimeError):
    """The idempotent producer lost its sequence and cannot recover: the process must start anew."""


class Relay:
    """Moves rows from the outbox to Kafka, for as long as `run` runs."""

    def __init__(self, database: Database, kafka: KafkaSettings, *, client_id: str) -> None:
        self._database = database
        self._kafka = kafka
        self._client_id = client_id
        self._more = asyncio.Event()

    def wake(self) -> None:
        """Say that a transaction of this process has just queued something."""
        self._more.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Publish until `stopping`, waiting for the broker and the database as long as they are away.

        Raises BrokenProducer, after which only a new process helps.
        """
        backoff = Backoff(stopping)
        while not stopping.is_set():
            try:
                await self._session(stopping, backoff)
            except BrokenProducer:
                raise
            except Exception as error:  # whatever it is, the rows stay: nothing is lost by trying again
                log.warning("outbox.waiting", error_type=type(error).__name__, reason=_reason(error))
                await backoff.pause()

    async def _session(self, stopping: asyncio.Event, backoff: Backoff) -> None:
        """One connection and one producer, until something breaks."""
        connection = await self._database.connect()
        try:
            while not await messaging.try_lead(connection):
                if await wait_for(stopping, FOLLOW_SECONDS):
                    return
            producer = AIOKafkaProducer(
                **kafka_arguments(self._kafka),
                client_id=f"{self._client_id}-relay",
                enable_idempotence=True,
                max_request_size=8 * 1024 * 1024,
                max_batch_size=256 * 1024,
                linger_ms=2,
                request_timeout_ms=20_000,
            )
            try:
                await producer.start()
                while not stopping.is_set():
                    self._more.clear()
                    if await self._publish_page(connection, producer) == 0:
                        await wait_for(self._more, IDLE_SECONDS)
                    backoff.reset()
            finally:
                await producer.stop()
        finally:
            await _close(connection)

    async def _publish_page(self, connection: Connection, producer: AIOKafkaProducer) -> int:
        """Publish and remove one page. Returns how many records it held."""
        rows: list[Any] = [row async for row in messaging.outgoing_page(connection, at_most=PAGE)]
        if not rows:
            metrics.WAITING.set(0)
            return 0
        metrics.WAITING.set(await messaging.oldest_outgoing(connection) or 0)
        try:
            sent = [await producer.send(row["topic"], row["value"], key=row["key"]) for row in rows]
            await asyncio.gather(*sent)
        except OutOfOrderSequenceNumber as error:
            raise BrokenProducer from error
        await messaging.remove_outgoing(connection, ids=[row["id"] for row in rows])
        for row in rows:
            metrics.RELAYED.labels(row["topic"]).inc()
        return len(rows)


async def _close(connection: "asyncpg.Connection[Any]") -> None:
    try:
        await connection.close(timeout=5)
    except Exception:
        connection.terminate()


def _reason(error: Exception) -> str:
    """What a library said, without the text of a statement or a record."""
    return str(error).partition("\n")[0][:200]
