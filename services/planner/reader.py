"""Reads a document in a process of its own, with limits: whatever the text does, the service goes on.

`python -m services.planner.reader BYTES FORM` is that process: a text or a file on standard input, JSON on standard
output.
"""

import json
import sys
from typing import Any

from contracts.plans import PlanDocument
from services.planner import confined
from services.planner.documents import text_of
from services.planner.reading import UnreadableDocument, read_plan

WAIT_SECONDS = 20
"""For one document, which takes some hundredths of a second and half of one to start the process."""
MEMORY_BYTES = confined.MEMORY_BYTES
"""Of address space for one document."""


async def read(text: str) -> PlanDocument:
    """The document that the text is. Raises as `read_file`."""
    return (await _read("text", text.encode()))[1]


async def read_file(raw: bytes) -> tuple[str, PlanDocument]:
    """The text of a file of any kind that `documents` knows, and the document that it is.

    Raises UnreadableDocument, also (`too-complex`) at a limit; RuntimeError for a fault of the reader's own.
    """
    return await _read("file", raw)


async def _read(form: str, raw: bytes) -> tuple[str, PlanDocument]:
    try:
        answer = await confined.run("services.planner.reader", form, raw=raw, seconds=WAIT_SECONDS, memory=MEMORY_BYTES)
    except confined.TooComplex:
        raise _too_complex() from None
    found: dict[str, Any] = json.loads(answer)
    if "code" in found:
        raise UnreadableDocument(**found)
    return found["text"], PlanDocument.model_validate(found["document"])


def _too_complex() -> UnreadableDocument:
    limits = f"{WAIT_SECONDS} s or {MEMORY_BYTES // 1024**2} MiB"
    return UnreadableDocument("too-complex", f"reading the document takes more than {limits}")


def _main() -> None:
    [form] = confined.limit_memory()
    try:
        raw = sys.stdin.buffer.read()
        text = text_of(raw) if form == "file" else raw.decode()
        answer = json.dumps({"text": text, "document": read_plan(text).model_dump(mode="json")})
    except (MemoryError, RecursionError):
        sys.exit(confined.AT_A_LIMIT)
    except UnreadableDocument as error:
        answer = json.dumps({"code": error.code, "message": error.message, "line": error.line})
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    _main()
