"""The life of a service's process: what `app.py` wires is started in order, watched, and stopped in order.

Start: database (waiting), schema check, relay, workers, broker (waiting), HTTP. Stop on SIGTERM: HTTP ends
its requests, consumers finish their batch, workers their step, the relay its page, then the pool closes.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from aiokafka.errors import KafkaError
from fastapi import APIRouter, FastAPI
from faststream.kafka import KafkaBroker

from services.kit.auth import TokenVerifier
from services.kit.backoff import Backoff, wait_for
from services.kit.broker import make_broker
from services.kit.clock import Clock, FileClock, SystemClock
from services.kit.consumer import Consumer, Farewell, UseCase
from services.kit.database import Database
from services.kit.health import Health
from services.kit.http import make_api
from services.kit.logs import configure, get_logger
from services.kit.relay import Relay
from services.kit.schema import require_current
from services.kit.settings import Settings
from services.kit.sign_on import open_pages
from services.kit.worker import Step, Worker

log = get_logger()

CHECK_SECONDS = 5.0


class Runtime:
    """The shared parts of one service's process, and what `app.py` hangs on them."""

    def __init__(self, service: str, settings: Settings) -> None:
        configure(service, settings.version, settings.log_level)
        self.service = service
        self.settings = settings
        self.clock: Clock = FileClock(settings.clock_file) if settings.clock_file else SystemClock()
        self.database = Database(settings.database, service, self.clock)
        self.relay = Relay(self.database, settings.kafka, client_id=service)
        self.stopping = asyncio.Event()
        self.broken = asyncio.Event()
        self._consumers: list[Consumer] = []
        self._workers: list[Worker] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.health = Health(self.database, self._consumers, settings.consumer.stalled_after)

    def consume(
        self, *topics: str, use_case: UseCase, pattern: str | None = None, set_aside: Farewell | None = None
    ) -> None:
        """Give every fresh record of the topics to the use-case, in batches, one transaction each."""
        consumer = Consumer(
            service=self.service,
            topics=topics,
            pattern=pattern,
            database=self.database,
            settings=self.settings.consumer,
            use_case=use_case,
            committed=self.committed,
            set_aside=set_aside,
        )
        self._consumers.append(consumer)

    def work(self, name: str, step: Step, *, idle: float = 1.0) -> Worker:
        """Repeat a step in the background."""
        worker = Worker(name, step, idle=idle)
        self._workers.append(worker)
        return worker

    def committed(self) -> None:
        """Say that a transaction has committed: the relay and the workers may have something to do."""
        self.relay.wake()
        for worker in self._workers:
            worker.wake()

    def api(self, *routers: APIRouter, pages: Sequence[APIRouter] = ()) -> FastAPI:
        """The HTTP application, which runs all the rest within its life; its pages only with settings for sign-on."""
        tokens = TokenVerifier(self.settings.tokens)
        api = make_api(
            f"Phối hợp: {self.service}",
            self.settings.version,
            routers=routers,
            tokens=tokens,
            health=self.health,
            lifespan=self._life,
        )
        api.state.database = self.database
        api.state.committed = self.committed
        api.state.broken = self.broken
        if self.settings.sign_on is not None:
            open_pages(
                api,
                self.service,
                self.settings.sign_on,
                routers=pages,
                tokens=tokens,
                database=self.database,
                clock=SystemClock(),
            )
        return api

    @asynccontextmanager
    async def _life(self, app: FastAPI) -> AsyncIterator[None]:
        backoff = Backoff(self.stopping, longest=5)
        await self.database.open(backoff)
        await require_current(self.database, self.service)
        self._start(self.relay.run, *(worker.run for worker in self._workers))
        broker = make_broker(self.settings.kafka, client_id=self.service)
        for consumer in self._consumers:
            consumer.subscribe(broker, self.stopping)
        await self._start_broker(broker, backoff)
        self._start(self._watch)
        log.info("service.started")
        try:
            yield
        finally:
            self.stopping.set()
            await broker.stop()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.database.close()
            log.info("service.stopped")

    def _start(self, *runs: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        for run in runs:
            task = asyncio.ensure_future(run(self.stopping))
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def _start_broker(self, broker: KafkaBroker, backoff: Backoff) -> None:
        while True:
            try:
                return await broker.start()
            except (KafkaError, OSError) as error:
                log.warning("broker.away", error_type=type(error).__name__)
                await broker.stop()
                await backoff.pause()

    async def _watch(self, stopping: asyncio.Event) -> None:
        while not await wait_for(stopping, CHECK_SECONDS):
            await self.health.check()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A vital task that fails takes the process with it: whoever runs us starts a new one."""
        if self.stopping.is_set() or task.cancelled() or task.exception() is None:
            return
        log.critical("service.broken", exc_info=task.exception())
        self.broken.set()
        os.kill(os.getpid(), signal.SIGTERM)


class _Server(uvicorn.Server):
    """Stops in order at SIGTERM, also while it still waits for the database or the broker.

    uvicorn's own handlers would wait for the end of the start, and raise the signal again after the stop: a
    service that ended in order would look killed.
    """

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        loop, serving = asyncio.get_running_loop(), asyncio.current_task()
        assert serving is not None

        def stop(number: signal.Signals) -> None:
            if self.started:
                self.handle_exit(number, None)
            else:
                serving.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop, number)
        yield


def serve(api: FastAPI, settings: Settings) -> None:
    """Run the application until SIGTERM.

    Raises SystemExit: 3 when it could not start, 1 when a vital task failed.
    """
    server = _Server(
        uvicorn.Config(
            api,
            host=settings.http.host,
            port=settings.http.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=20,
            server_header=False,
        )
    )
    with suppress(asyncio.CancelledError):  # stopped while it was starting
        server.run()
    if api.state.broken.is_set():
        raise SystemExit(1)
