"""A file that a person hands in, over the API or on a page."""

import hashlib

from starlette.datastructures import UploadFile

from contracts.plans import PlanDocument
from services.kit.errors import Refusal, RefusalKind
from services.planner.files import reader
from services.planner.reading import UnreadableDocument
from services.planner.store.plans import Source
from services.planner.use_cases.amending import Read

ACCEPTED = ".doc,.docx,.odt,.pdf,.txt,.md,.png,.jpg,.jpeg,.tif,.tiff"
"""The kinds of files that a form offers to choose."""


async def uploaded(file: UploadFile) -> Read:
    """What the file says, and the file itself. Raises Refusal with the code of UnreadableDocument."""
    raw = await file.read()
    text, document = await _read(raw)
    return document, Source(_printable(file.filename or ""), text, hashlib.sha256(text.encode()).hexdigest(), raw)


def _printable(name: str) -> str | None:
    """A file's name without what no database keeps and no eye sees."""
    return "".join(character for character in name if character.isprintable())[:255] or None


async def _read(raw: bytes) -> tuple[str, PlanDocument]:
    try:
        return await reader.read_file(raw)
    except UnreadableDocument as error:
        kind = {
            "too-large": RefusalKind.TOO_LARGE,
            "not-text": RefusalKind.UNSUPPORTED,
            "unsupported-format": RefusalKind.UNSUPPORTED,
            "needs-libreoffice": RefusalKind.UNSUPPORTED,
            "needs-tesseract": RefusalKind.UNSUPPORTED,
        }.get(error.code)
        line = {"line": error.line} if error.line else {}
        raise Refusal(kind or RefusalKind.INVALID, error.code, error.message, **line) from None
