"""Publishing of the planner's messages."""

from typing import Any

from contracts.base import Message
from contracts.envelope import Envelope
from contracts.topics import Topic
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind


def publish(tx: Transaction, topic: Topic, data: Message, *, key: str, cause: Envelope[Any] | None = None) -> None:
    """Publish the message at the transaction's moment if and when it commits.

    Raises Refusal (422) for a message that the topic's readers would not take.
    """
    envelope: Envelope[Any] = Envelope[type(data)].of(  # type: ignore[misc]
        data, subject=key, source="/planner", cause=cause
    )
    value = envelope.model_copy(update={"time": tx.now}).to_bytes()
    if len(value) > topic.readable_bytes:
        detail = f"the message has {len(value)} bytes, at most {topic.readable_bytes} are taken"
        raise Refusal(RefusalKind.INVALID, "message-too-large", detail)
    tx.publish_raw(topic, key.encode(), value)
