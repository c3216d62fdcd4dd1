"""Runs what reads a stranger's file in a process of its own, with limits: the service goes on, whatever it does."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.kit.logs import get_logger

log = get_logger()

AT_A_LIMIT = 3
"""With this exit code a module of ours says that the memory, or the stack, was too small."""

_PLACES = asyncio.Semaphore(2)
"""So many files are read at once; others wait."""


@dataclass(frozen=True)
class Limits:
    """What a process may take, of seconds of CPU and on the clock, and bytes of address space."""

    cpu_seconds: int
    wait_seconds: float
    memory_bytes: int


STEP = Limits(cpu_seconds=4, wait_seconds=20, memory_bytes=512 * 1024 * 1024)
"""Of one step of reading a document: that takes some hundredths and half a second to start, a page of a scan one. The
clock is for a machine that has other work."""


class TooComplex(Exception):
    """The process reached a limit, or ended by a signal."""


@dataclass(frozen=True)
class Outcome:
    """What a program left: its exit code and what it wrote."""

    code: int
    output: bytes
    complaint: bytes


async def run(module: str, *arguments: str, raw: bytes, limits: Limits) -> bytes:
    """What `python -m MODULE ARGUMENTS` writes when it is given `raw`.

    Raises TooComplex at a limit, RuntimeError for a fault of the module's own.
    """
    command = (sys.executable, "-m", module, *arguments)
    async with _PLACES:
        outcome = await program(*command, given=raw, limits=limits, path=":".join(sys.path))
    if outcome.code == AT_A_LIMIT:
        raise TooComplex
    if outcome.code:
        log.error("reader.failed", exception=outcome.complaint.decode(errors="replace"))
        raise RuntimeError("the reader failed")
    return outcome.output


async def program(
    *command: str, given: bytes = b"", limits: Limits, folder: Path | None = None, path: str = ""
) -> Outcome:
    """Run a program to its end, `given` on its standard input. Raises TooComplex at a limit.

    It has none of the service's secrets: its environment is made here, with `folder` as its home and `path` for Python.
    `prlimit` is util-linux's, which every Debian has.
    """
    process = await asyncio.create_subprocess_exec(
        *("prlimit", f"--cpu={limits.cpu_seconds}", f"--as={limits.memory_bytes}", "--core=0", *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={
            "PATH": os.defpath,
            "HOME": str(folder or "/"),
            "PYTHONPATH": path,
            "OMP_THREAD_LIMIT": "1",  # Tesseract is no faster with more
        },
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.wait_seconds):
            output, complaint = await process.communicate(given)
    except TimeoutError:
        with suppress(ProcessLookupError):  # what it started may go on without it, and keep its output open
            os.killpg(process.pid, signal.SIGKILL)
        raise TooComplex from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    code = process.returncode or 0
    if code < 0 or code > 128:  # so a shell says that its program ended by a signal
        raise TooComplex
    return Outcome(code, output, complaint)
