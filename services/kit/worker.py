"""Background work in small committed steps: each step does a bounded piece and says whether more waits."""

import asyncio
from collections.abc import Awaitable, Callable

from services.kit import metrics
from services.kit.backoff import Backoff, wait_for
from services.kit.errors import is_not_now
from services.kit.logs import get_logger

log = get_logger()

Step = Callable[[], Awaitable[bool]]


class Worker:
    """Repeats a step: at once while it says that more waits, else after `idle` seconds or when woken.

    A step must leave nothing half done when it fails: it is simply tried again after a growing pause.
    """

    def __init__(self, name: str, step: Step, *, idle: float = 1.0) -> None:
        self.name = name
        self._step = step
        self._idle = idle
        self._more = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something to do."""
        self._more.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`; a step in hand is finished."""
        backoff = Backoff(stopping)
        while not stopping.is_set():
            self._more.clear()
            try:
                more = await self._step()
            except Exception as error:
                metrics.WORKER_FAILURES.labels(self.name).inc()
                log.error(
                    "worker.failed",
                    worker=self.name,
                    error_type=type(error).__name__,
                    exc_info=None if is_not_now(error) else error,
                )
                await backoff.pause()
                continue
            backoff.reset()
            if not more:
                await self._wait(stopping)

    async def _wait(self, stopping: asyncio.Event) -> None:
        stop = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait(
                {stop, woken := asyncio.ensure_future(wait_for(self._more, self._idle))},
                return_when=asyncio.FIRST_COMPLETED,
            )
            woken.cancel()
        finally:
            stop.cancel()
