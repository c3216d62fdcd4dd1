"""Kafka and Postgres for demo and tests: what a stack is, and the one of plain processes.

>>> with LocalStack(Path("var/demo/stack")) as stack:
...     print(stack.kafka_bootstrap, stack.kafka_admin, stack.postgres_dsn)
...     stack.postgres.kill()
...     stack.postgres.start()
"""

import atexit
import fcntl
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from deploy.local.kafka import ADMIN, LocalKafka
from deploy.local.postgres import LocalPostgres, dsn
from deploy.local.settings import Settings, StackError


class Server(Protocol):
    """One part of a stack. Its port and its data survive stop() and kill().

    All methods block, start() until the server answers a real request, and raise StackError. In a coroutine
    call them through asyncio.to_thread.
    """

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class Stack:
    """Both servers, listening on 127.0.0.1 only; a context manager that starts and stops them.

    `directory` keeps ports, passwords and logs; one process at a time may use it. Nothing outlives the process
    that started it.
    """

    kafka: Server
    postgres: Server

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self.settings = Settings.of(self.directory)
        self._lock = (self.directory / "lock").open("w")

    @property
    def kafka_bootstrap(self) -> str:
        """host:port; clients log in with SASL_PLAINTEXT and SCRAM-SHA-512."""
        return f"127.0.0.1:{self.settings.kafka_port}"

    @property
    def kafka_admin(self) -> tuple[str, str]:
        """Name and password of the super user; others may do only what an ACL allows."""
        return ADMIN, self.settings.kafka_password

    @property
    def postgres_dsn(self) -> str:
        """Connection string of the superuser to the database `postgres`, over TCP with a password."""
        return dsn(self.settings)

    def start(self) -> None:
        """Start what does not run yet and return when both answer.

        Raises StackError when one does not, or when another process uses the directory.
        """
        self._take_lock()
        atexit.register(self.stop)
        self.postgres.start()
        self.kafka.start()

    def stop(self) -> None:
        """Stop both; harmless when they do not run."""
        self.kafka.stop()
        self.postgres.stop()
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_lock(self, timeout: float = 15) -> None:
        """Waits, because what a killed run left behind takes some seconds to end and keeps the lock till then."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StackError(f"{self.directory} is in use by another process") from None
            time.sleep(0.1)


class LocalStack(Stack):
    """Both as child processes; their data stay in the directory for the next start."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        lock = self._lock.fileno()
        self.kafka = LocalKafka(self.directory / "kafka", self.settings, lock=lock)
        self.postgres = LocalPostgres(self.directory / "postgres", self.settings, lock=lock)
