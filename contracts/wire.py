"""From a record's bytes to a message: the one place that decides whether a record can be read.

Codes of `InvalidRecord`: `too-large`, `not-utf8`, `not-json`, `forbidden-character`, `unknown-type`,
`schema`, `wrong-key`.
"""

import json
from collections.abc import Iterable
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, create_model

from contracts.base import Message
from contracts.envelope import Envelope
from contracts.topics import TOPICS, topic_named


class InvalidRecord(ValueError):
    """The record can never be read as it is. `detail` says where, without the record's content."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def decode(topic: str, value: bytes | None, key: bytes | None = None) -> Envelope[Any]:
    """Read a record of `topic`.

    `key` is compared with the envelope's subject where it is given. Raises InvalidRecord, and KeyError
    for a topic that the contracts do not know.
    """
    if value is None:
        raise InvalidRecord("schema", "the record has no value")
    row = topic_named(topic)
    if len(value) > row.readable_bytes:
        raise InvalidRecord("too-large", f"{len(value)} bytes, at most {row.readable_bytes}")
    refuse_forbidden_characters(value)
    try:
        envelope: Envelope[Any] = _reader(row.name).validate_json(value)
    except ValidationError as error:
        raise _invalid(error) from None
    if key is not None and key != envelope.subject.encode():
        raise InvalidRecord("wrong-key", "the record's key is not the envelope's subject")
    return envelope


def refuse_forbidden_characters(value: bytes) -> None:
    """Refuse what a database cannot hold: bytes that are no UTF-8, U+0000, and lone surrogates.

    JSON parsers accept UTF-16 and the last two in silence. Raises InvalidRecord.
    """
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRecord("not-utf8", f"byte {error.start} is not UTF-8") from None
    if "\x00" in text:
        raise InvalidRecord("forbidden-character", "the text holds U+0000")
    if "\\u" not in text:
        return
    try:
        written = json.dumps(json.loads(text), ensure_ascii=False)
        written.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidRecord("forbidden-character", "the text holds a lone surrogate") from None
    except (ValueError, RecursionError):
        raise InvalidRecord("not-json", "the value is not JSON") from None
    if "\\u0000" in written.replace("\\\\", ""):
        raise InvalidRecord("forbidden-character", "the text holds U+0000")


def readable(messages: Iterable[type[Message]]) -> Any:
    """The type of an envelope of one of `messages`, told apart by its `type`."""
    envelopes = [_envelope_of(message) for message in messages]
    if len(envelopes) == 1:
        return envelopes[0]
    return Annotated[reduce(or_, envelopes), Field(discriminator="type")]


@cache
def _envelope_of(message: type[Message]) -> Any:
    only: Any = Literal[message.type_name()]
    base: Any = Envelope[message]  # type: ignore[valid-type]
    return create_model(f"{message.__name__}Envelope", __base__=base, type=(only, ...))


@cache
def _reader(topic: str) -> TypeAdapter[Any]:
    return TypeAdapter(readable(next(row.messages for row in TOPICS if row.name == topic)))


_OTHER_TYPE = (("union_tag_invalid", ()), ("literal_error", ("type",)))
"""How Pydantic names a `type` that is none of the topic's: on a topic of several messages, and of one."""


def _invalid(error: ValidationError) -> InvalidRecord:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return InvalidRecord("not-json", "the value is not JSON")
    if any((fault["type"], fault["loc"]) in _OTHER_TYPE for fault in faults):
        return InvalidRecord("unknown-type", "no message of this type and version belongs on this topic")
    places = ", ".join(f"{'.'.join(map(str, fault['loc']))} ({fault['type']})" for fault in faults[:10])
    return InvalidRecord("schema", places)
