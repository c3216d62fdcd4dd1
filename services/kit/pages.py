"""Lists that come in pages: one form and one kind of cursor in every API."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from services.kit.errors import Refusal, RefusalKind

Entry = TypeVar("Entry")
Cursor = Annotated[str | None, Field(max_length=200, description="From the page before; none begins at the start.")]
PageSize = Annotated[int, Field(ge=1, le=500)]
PAGE_SIZE = 50
"""Entries of a page unless the caller asks for another number."""


class Page(BaseModel, Generic[Entry]):
    """Some entries of a list. `cursor` brings the next page; null: these were the last."""

    entries: list[Entry]
    cursor: str | None


def page(found: Sequence[Entry], size: int, position: Callable[[Entry], tuple[object, ...]]) -> Page[Entry]:
    """A page of at most `size` entries out of up to `size + 1`: the one too many says that there are more.

    `position` is the entry's place in the order of the list, of strings, integers and UUIDs.
    """
    entries = list(found[:size])
    more = len(found) > size
    return Page(entries=entries, cursor=_encode(position(entries[-1])) if more else None)


def after(cursor: str | None, start: tuple[Any, ...]) -> tuple[Any, ...]:
    """The place after which a page begins: `start`, or what the cursor says, of the same types.

    Raises Refusal for a cursor that no page gave.
    """
    if cursor is None:
        return start
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor))
        return tuple(_as(type(first), part) for first, part in zip(start, parts, strict=True))
    except (binascii.Error, TypeError, ValueError):
        raise Refusal(RefusalKind.INVALID, "cursor-invalid", "no page of this list gave this cursor") from None


def _encode(position: tuple[object, ...]) -> str:
    parts = [str(part) if isinstance(part, UUID) else part for part in position]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


def _as(kind: type, part: object) -> object:
    """A part as the list's order has it. Raises ValueError or TypeError for anything that no database holds."""
    if kind is UUID and isinstance(part, str):
        return UUID(part)
    if kind is int and type(part) is int and abs(part) < 2**63:
        return part
    if kind is str and isinstance(part, str) and part.isprintable():
        return part
    raise ValueError(part)
