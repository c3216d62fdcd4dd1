"""Runs what reads a stranger's file in a process of its own, with limits: the service goes on, whatever it does."""

import asyncio
import resource
import sys

from services.kit.logs import get_logger

log = get_logger()

MEMORY_BYTES = 512 * 1024 * 1024
"""Of address space for one file."""

AT_A_LIMIT = 3
"""With this exit code the process says that the memory, or the stack, was too small."""

_PLACES = asyncio.Semaphore(2)
"""So many files are read at once; others wait."""


class TooComplex(Exception):
    """The process reached a limit."""


async def run(module: str, *arguments: str, raw: bytes, seconds: float, memory: int = MEMORY_BYTES) -> bytes:
    """What `python -m MODULE ARGUMENTS` writes when it is given `raw`; the module begins with `limit_memory`.

    Raises TooComplex at a limit, RuntimeError for a fault of the module's own.
    """
    async with _PLACES:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, str(memory), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": ":".join(sys.path)},  # and none of the service's secrets
        )
        try:
            async with asyncio.timeout(seconds):
                answer, complaint = await process.communicate(raw)
        except TimeoutError:
            raise TooComplex from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode == AT_A_LIMIT or (process.returncode or 0) < 0:  # or a library's end by a signal
        raise TooComplex
    if process.returncode:
        log.error("reader.failed", exception=complaint.decode(errors="replace"))
        raise RuntimeError("the reader failed")
    return answer


def limit_memory() -> list[str]:
    """In that process, first of all: hold it to its memory. Returns the other arguments."""
    limit, *arguments = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(limit), int(limit)))
    return arguments
