"""Growing pauses that a stop can interrupt."""

import asyncio
import random


class Backoff:
    """Pauses of 0.2 s, doubling to 15 s, each shortened by up to a half by chance; `reset` after a success."""

    def __init__(self, stopping: asyncio.Event, *, first: float = 0.2, longest: float = 15.0) -> None:
        self._stopping = stopping
        self._first = first
        self._longest = longest
        self._next = first

    def reset(self) -> None:
        """Begin with the shortest pause again."""
        self._next = self._first

    async def pause(self) -> None:
        """Wait, or return at once when the service stops."""
        pause = self._next * (0.5 + random.random() / 2)  # noqa: S311  spreading load needs no secrecy
        self._next = min(self._next * 2, self._longest)
        await wait_for(self._stopping, pause)


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, at most that long. Returns whether it was set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
