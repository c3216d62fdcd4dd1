"""Setting a record aside: whole, with its reason and provenance, in the transaction that skips it."""

from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from contracts.dead_letters import DeadLettered, Header
from contracts.envelope import Envelope
from contracts.topics import dead_letters_of
from services.kit import inbox
from services.kit.database import Transaction
from services.kit.errors import NeverValid
from services.kit.logs import get_logger

log = get_logger()


async def set_aside(
    tx: Transaction, service: str, record: "ConsumerRecord[Any, Any]", reason: NeverValid
) -> DeadLettered | None:
    """Publish the record on the service's dead-letter topic, once for each place in its topic.

    Returns the letter, or nothing where there is one already. The time stamp belongs to the identity: a topic that was
    made anew begins again at offset 0.
    """
    place = f"dead-letter {record.partition}@{record.offset}@{record.timestamp}"
    if not await inbox.mark_once(tx, record.topic, place):
        return None
    letter = DeadLettered.model_construct(
        service=service,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        recorded_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        code=reason.code,
        detail=reason.detail[:2000],
        record_key=record.key,
        record_value=record.value,
        headers=tuple(Header.model_construct(key=key, value=value or b"") for key, value in record.headers),
    )
    topic = dead_letters_of(service)
    tx.publish_raw(
        topic,
        record.key or record.topic.encode(),
        Envelope[DeadLettered].of(letter, subject=_subject(record), source=f"/{service}").to_bytes(),
    )
    log.error(
        "record.set_aside",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        code=reason.code,
        reason=reason.detail,
    )
    return letter


def _subject(record: "ConsumerRecord[Any, Any]") -> str:
    """The record's key where it is a readable text, else the name of its topic."""
    key = (record.key or b"").decode(errors="replace")[:100]
    return key if key and key.isprintable() else str(record.topic)
