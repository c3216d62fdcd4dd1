"""The pool and the one transaction in which inbox mark, state, event and outbox rows commit together."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from contracts.envelope import Envelope
from contracts.topics import Topic
from services.kit.backoff import Backoff
from services.kit.clock import Clock
from services.kit.errors import Refusal, RefusalKind, is_not_now
from services.kit.logs import get_logger
from services.kit.settings import DatabaseSettings
from services.kit.sql import messaging

log = get_logger()

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"

EVERYTHING = "/"
"""The path under which row-level security shows all rows: for consumers and workers, never for a caller."""


@dataclass
class Outgoing:
    """Records that a transaction will publish when it commits."""

    topics: list[str] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Transaction:
    """One open transaction. `now` is its moment by the service's clock."""

    connection: Connection
    now: datetime
    outgoing: Outgoing = field(default_factory=Outgoing)

    def publish(self, topic: Topic, envelope: Envelope[Any]) -> None:
        """Publish the message on the topic if and when this transaction commits, as of its moment.

        Raises Refusal (422) when the record is larger than its readers take.
        """
        dated = envelope.model_copy(update={"time": self.now})
        self.publish_raw(topic, dated.subject.encode(), dated.to_bytes())

    def publish_raw(self, topic: Topic, key: bytes, value: bytes) -> None:
        """The same for a record that is already bytes."""
        if len(value) > topic.readable_bytes:
            detail = f"the message has {len(value)} bytes, {topic.name} takes at most {topic.readable_bytes}"
            raise Refusal(RefusalKind.INVALID, "message-too-large", detail)
        self.outgoing.topics.append(topic.name)
        self.outgoing.keys.append(key)
        self.outgoing.values.append(value)

    async def flush(self) -> None:
        """Write the outbox rows; called once, just before the commit."""
        if self.outgoing.topics:
            await messaging.add_outgoing(
                self.connection,
                added_at=self.now,
                topics=self.outgoing.topics,
                keys=self.outgoing.keys,
                values=self.outgoing.values,
            )


class Database:
    """A service's pool. Every connection has time-outs and the service's schema as its search path."""

    def __init__(self, settings: DatabaseSettings, schema: str, clock: Clock) -> None:
        self._settings = settings
        self._schema = schema
        self._clock = clock
        self._pool: asyncpg.Pool[Any] | None = None

    @property
    def clock(self) -> Clock:
        """The clock that gives each transaction its moment."""
        return self._clock

    async def open(self, backoff: Backoff) -> None:
        """Connect, waiting and saying so for as long as the database is away."""
        while self._pool is None:
            try:
                self._pool = await asyncpg.create_pool(
                    min_size=1,
                    max_size=self._settings.pool_size,
                    command_timeout=self._settings.command_timeout,
                    max_inactive_connection_lifetime=60,
                    **self._arguments(),
                )
            except Exception as error:
                if not is_not_now(error):
                    raise
                log.warning("database.away", error_type=type(error).__name__)
                await backoff.pause()

    async def close(self) -> None:
        """Close the pool; connections in use are given five seconds, then cut."""
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await pool.close()

    async def connect(self) -> "asyncpg.Connection[Any]":
        """One connection outside the pool, for what must hold a session: leadership, listening."""
        arguments = self._arguments() | {"command_timeout": self._settings.command_timeout}
        connection: asyncpg.Connection[Any] = await asyncpg.connect(**arguments)
        return connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A pooled connection without a transaction, which sees no protected row."""
        assert self._pool is not None, "the database is not open"
        async with self._pool.acquire(timeout=self._settings.acquire_timeout) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, *, within: str = EVERYTHING) -> AsyncIterator[Transaction]:
        """Open a transaction; commit when the block ends, with its outbox rows, or roll back.

        `within` is the path below which row-level security shows rows; requests of people give their own.
        """
        async with self.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('phoihop.within', $1, true)", within)
            transaction = Transaction(connection, self._clock.now())
            yield transaction
            await transaction.flush()

    def _arguments(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "host": settings.host,
            "port": settings.port,
            "database": settings.name,
            "user": settings.user,
            "password": settings.password.get_secret_value(),
            "ssl": ssl.create_default_context(cafile=str(settings.ca_file)) if settings.ca_file else False,
            "timeout": settings.acquire_timeout,
            "server_settings": {
                "application_name": f"phoihop-{self._schema}",
                "search_path": self._schema,
                "timezone": "UTC",
                "statement_timeout": str(int(settings.command_timeout * 1000)),
                "lock_timeout": "20s",
                "idle_in_transaction_session_timeout": "60s",
                "jit": "off",
            },
        }
