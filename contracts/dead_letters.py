"""Dead letters: records that no service could use, kept whole with their reason and provenance."""

from pydantic import Base64Bytes, Field

from contracts.base import Contract, Instant, Message


class Header(Contract):
    """A header of the record."""

    key: str
    value: Base64Bytes


class DeadLettered(Message):
    """A record that was set aside. Key: the record's key, or its topic where it had none."""

    service: str
    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    recorded_at: Instant
    """The record's own time stamp in Kafka."""
    code: str
    """Why: `not-json`, `schema`, `too-large`, … as `contracts.wire` and the services' READMEs list them."""
    detail: str = Field(max_length=2000)
    """What is wrong where, without the record's content."""
    record_key: Base64Bytes | None = None
    record_value: Base64Bytes | None = None
    headers: tuple[Header, ...] = ()
