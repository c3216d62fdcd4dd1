"""Reads a document in a process of its own, with limits: whatever the text does, the service goes on.

`python -m services.planner.reader FORM BYTES` is that process: a text or a file on standard input, JSON on standard
output.
"""

import asyncio
import json
import resource
import sys
from typing import Any

from contracts.plans import PlanDocument
from services.kit.logs import get_logger
from services.planner.documents import text_of
from services.planner.reading import UnreadableDocument, read_plan

log = get_logger()

WAIT_SECONDS = 20
"""For one document, which takes some hundredths of a second and half of one to start the process."""
MEMORY_BYTES = 512 * 1024 * 1024
"""Of address space for one document."""

_AT_A_LIMIT = 3
_PLACES = asyncio.Semaphore(2)
"""So many documents are read at once; others wait."""


async def read(text: str) -> PlanDocument:
    """The document that the text is. Raises as `read_file`."""
    return (await _read("text", text.encode()))[1]


async def read_file(raw: bytes) -> tuple[str, PlanDocument]:
    """The text of a file of any kind that `documents` knows, and the document that it is.

    Raises UnreadableDocument, also (`too-complex`) at a limit; RuntimeError for a fault of the reader's own.
    """
    return await _read("file", raw)


async def _read(form: str, raw: bytes) -> tuple[str, PlanDocument]:
    async with _PLACES:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.planner.reader", form, str(MEMORY_BYTES)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": ":".join(sys.path)},  # and none of the service's secrets
        )
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                answer, complaint = await process.communicate(raw)
        except TimeoutError:
            raise _too_complex() from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode == _AT_A_LIMIT or (process.returncode or 0) < 0:  # or a library's end by a signal
        raise _too_complex()
    if process.returncode:
        log.error("reader.failed", exception=complaint.decode(errors="replace"))
        raise RuntimeError("the reader failed")
    found: dict[str, Any] = json.loads(answer)
    if "code" in found:
        raise UnreadableDocument(**found)
    return found["text"], PlanDocument.model_validate(found["document"])


def _too_complex() -> UnreadableDocument:
    limits = f"{WAIT_SECONDS} s or {MEMORY_BYTES // 1024**2} MiB"
    return UnreadableDocument("too-complex", f"reading the document takes more than {limits}")


def _main() -> None:
    form, limit = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        raw = sys.stdin.buffer.read()
        text = text_of(raw) if form == "file" else raw.decode()
        answer = json.dumps({"text": text, "document": read_plan(text).model_dump(mode="json")})
    except (MemoryError, RecursionError):
        sys.exit(_AT_A_LIMIT)
    except UnreadableDocument as error:
        answer = json.dumps({"code": error.code, "message": error.message, "line": error.line})
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    _main()
