"""Reads a document in a process of its own, with limits: whatever the text does, the service goes on.

`python -m services.planner.reader` is that process: text on standard input, JSON on standard output.
"""

import asyncio
import json
import resource
import sys
from typing import Any

from contracts.plans import PlanDocument
from services.kit.logs import get_logger
from services.planner.reading import UnreadableDocument, read_plan

log = get_logger()

SECONDS = 10
"""Of processor time for one document, for which an ordinary one takes some hundredths; twice that to wait."""
MEMORY_BYTES = 512 * 1024 * 1024

_TOO_COMPLEX = UnreadableDocument(
    "too-complex", f"reading it takes more than {SECONDS} s or {MEMORY_BYTES // 1024**2} MiB"
)
_PLACES = asyncio.Semaphore(2)
"""So many documents are read at once; others wait."""


async def read(text: str) -> PlanDocument:
    """The document that the text is. Raises UnreadableDocument, also (`too-complex`) at a limit."""
    async with _PLACES:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.planner.reader"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": ":".join(sys.path)},
        )
        try:
            async with asyncio.timeout(2 * SECONDS):
                answer, complaint = await process.communicate(text.encode())
        except TimeoutError:
            raise _TOO_COMPLEX from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode and process.returncode < 0:
        raise _TOO_COMPLEX
    if process.returncode:
        log.error("reader.failed", exception=complaint.decode(errors="replace"))
        raise RuntimeError("the reader failed")
    found: dict[str, Any] = json.loads(answer)
    if "code" in found:
        raise UnreadableDocument(**found)
    return PlanDocument.model_validate(found)


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        answer = read_plan(sys.stdin.buffer.read().decode()).model_dump_json()
    except MemoryError:
        answer = _refusal(_TOO_COMPLEX)
    except UnreadableDocument as error:
        answer = _refusal(error)
    sys.stdout.write(answer)


def _refusal(error: UnreadableDocument) -> str:
    return json.dumps({"code": error.code, "message": error.message, "line": error.line})


if __name__ == "__main__":
    _main()
