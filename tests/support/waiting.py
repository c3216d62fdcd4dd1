"""Waiting for a condition, never for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.kit.backoff import wait_for

T = TypeVar("T")

_NEVER = asyncio.Event()


async def until(condition: Callable[[], Awaitable[T | None]], what: str, *, seconds: float = 30) -> T:
    """Ask again and again until the answer is true. Raises AssertionError that says what did not happen."""
    end = time.monotonic() + seconds
    while True:
        answer = await condition()
        if answer:
            return answer
        assert time.monotonic() < end, f"did not happen within {seconds} s: {what}"
        await wait_for(_NEVER, 0.05)
