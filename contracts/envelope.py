"""The CloudEvents 1.0 envelope in structured JSON mode, in which every record crosses Kafka.

Beside the required attributes it carries the correlation id (the whole story), the causation id (the
message that led to this one) and the W3C trace context, all as CloudEvents extension attributes.
"""

from typing import Annotated, Generic, Literal, Self, TypeVar
from uuid import uuid4

from pydantic import SerializeAsAny, StringConstraints

from contracts.base import Contract, Instant, Message, utc_now

DataT_co = TypeVar("DataT_co", bound=Message, covariant=True)
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Envelope(Contract, Generic[DataT_co]):
    """One event or command with its provenance."""

    specversion: Literal["1.0"]
    id: Identifier
    """Stable over every re-delivery: consumers act on an id once."""
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """Who says so, as a URI reference: `/planner`, `/units/79-760`."""
    type: str
    """`vn.phoihop.<Name>.v<version>`."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """The record's key: the plan, unit, school or recipient within which order is kept."""
    time: Instant
    """When it happened, or was asked for."""
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: Identifier | None = None
    causationid: Identifier | None = None
    traceparent: Annotated[str, StringConstraints(max_length=100)] | None = None
    tracestate: Annotated[str, StringConstraints(max_length=512)] | None = None
    data: SerializeAsAny[DataT_co]  # else an Envelope[Message] would write none of its message's fields

    @classmethod
    def of(cls, data: Message, *, subject: str, source: str, cause: "Envelope[Message] | None" = None) -> Self:
        """Wrap `data` with a new id, now; with `cause`, the story and the trace of that message go on.

        The fields have no defaults: a record without an id would be another event at every delivery.
        """
        story: dict[str, str | None] = {}
        if cause is not None:
            story = {
                "correlationid": cause.correlationid or cause.id,
                "causationid": cause.id,
                "traceparent": cause.traceparent,
                "tracestate": cause.tracestate,
            }
        return cls.model_validate(
            {
                "specversion": "1.0",
                "id": str(uuid4()),
                "source": source,
                "type": data.type_name(),
                "subject": subject,
                "time": utc_now(),
                "data": data,
                **story,
            }
        )

    def to_bytes(self) -> bytes:
        """The record's value: JSON in UTF-8, absent extensions left out."""
        return self.model_dump_json(exclude_none=True).encode()
