"""Reads a document in a process of its own, with limits: whatever the text does, the service goes on.

`python -m services.planner.files.reader FORM` is that process: a text or a file on standard input, JSON (of a page, its
picture) on standard output.
"""

import asyncio
import json
import sys
from typing import Any

from contracts.plans import PlanDocument
from services.planner.documents import Contents, contents_of, page_picture, recognised
from services.planner.documents.pages import DPI
from services.planner.files import confined, tools
from services.planner.reading import UnreadableDocument, read_plan

RECOGNITION_SECONDS = 180
"""For all pages of a scan, which take one or two each."""

_REFUSAL = b'{"code"'
_SLOW_PLACES = asyncio.Semaphore(1)
"""Conversions and scans wait for each other, and nobody else for them."""


async def read(text: str) -> PlanDocument:
    """The document that the text is. Raises as `read_file`."""
    return (await _read("text", text.encode()))[1]


async def read_file(raw: bytes) -> tuple[str, PlanDocument]:
    """The text of a file of any kind that `documents` knows, and the document that it is.

    An old Word document is read through LibreOffice, a scan through Tesseract, where they are installed. Raises
    UnreadableDocument, also (`too-complex`) at a limit; RuntimeError for a fault of the reader's own.
    """
    try:
        return await _read("file", raw)
    except UnreadableDocument as refused:
        if refused.code not in _WITH_TOOLS:
            raise
        try:
            async with _SLOW_PLACES:
                form, made = await _WITH_TOOLS[refused.code](raw)
        except confined.TooComplex:
            raise _too_complex() from None
        if made is None:
            raise
    return await _read(form, made)


async def _converted(raw: bytes) -> tuple[str, bytes | None]:
    made = await tools.as_opendocument(raw)
    if made == b"":
        raise UnreadableDocument("broken", "LibreOffice cannot open the document")
    return "file", made


async def _recognised(raw: bytes) -> tuple[str, bytes | None]:
    pages: list[str] = []
    try:
        async with asyncio.timeout(RECOGNITION_SECONDS):
            while picture := await _answer(f"page {len(pages) + 1}", raw):
                words = await tools.words_of(picture, DPI)
                if words is None:
                    return "scan", None
                pages.append(words)
    except TimeoutError:
        raise UnreadableDocument("too-complex", f"recognising takes more than {RECOGNITION_SECONDS} s") from None
    return "scan", json.dumps(pages).encode()


_WITH_TOOLS = {"needs-libreoffice": _converted, "needs-tesseract": _recognised}


async def _read(form: str, raw: bytes) -> tuple[str, PlanDocument]:
    found: dict[str, Any] = json.loads(await _answer(form, raw))
    return found["text"], PlanDocument.model_validate(found["document"])


async def _answer(form: str, raw: bytes) -> bytes:
    """What the process answers. Raises UnreadableDocument, and RuntimeError for a fault of its own."""
    try:
        answer = await confined.run("services.planner.files.reader", *form.split(), raw=raw, limits=confined.STEP)
    except confined.TooComplex:
        raise _too_complex() from None
    if answer.startswith(_REFUSAL):
        raise UnreadableDocument(**json.loads(answer))
    return answer


def _too_complex() -> UnreadableDocument:
    step = confined.STEP
    limits = f"{step.cpu_seconds} s of CPU, {step.wait_seconds} s or {step.memory_bytes // 1024**2} MiB"
    return UnreadableDocument("too-complex", f"reading the document takes more than {limits}")


def _main(form: str, *arguments: str) -> int:
    raw = sys.stdin.buffer.read()
    try:
        match form:
            case "text":
                answer = _document(Contents(raw.decode()))
            case "file":
                answer = _document(contents_of(raw))
            case "scan":
                answer = _document(recognised(json.loads(raw)))
            case "page":
                answer = page_picture(raw, int(*arguments)) or b""
            case _:
                raise ValueError(form)
    except (MemoryError, RecursionError):
        return confined.AT_A_LIMIT
    except UnreadableDocument as error:
        answer = json.dumps({"code": error.code, "message": error.message, "line": error.line}).encode()
    sys.stdout.buffer.write(answer)
    return 0


def _document(contents: Contents) -> bytes:
    document = read_plan(contents.text)
    document = document.model_copy(update={"warnings": (*contents.warnings, *document.warnings)})
    answer: dict[str, Any] = {"text": contents.text, "document": document.model_dump(mode="json")}
    return json.dumps(answer).encode()


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
