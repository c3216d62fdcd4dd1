"""Insert or stop: each record is acted on once, however often it arrives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.envelope import Envelope
from services.kit.database import Transaction
from services.kit.sql import messaging


@dataclass(frozen=True)
class Received:
    """A record that could be read, with where it stood."""

    topic: str
    partition: int
    offset: int
    envelope: Envelope[Any]


async def mark(tx: Transaction, records: Sequence[Received]) -> list[Received]:
    """Remember the records in this transaction; return those not seen before, in their order.

    An id that stands twice in `records` comes back once.
    """
    if not records:
        return []
    unknown = {
        (row["topic"], row["event_id"])
        for row in await _mark(tx, [(record.topic, record.envelope.id) for record in records])
    }
    fresh = []
    for record in records:
        identity = (record.topic, record.envelope.id)
        if identity in unknown:
            unknown.remove(identity)
            fresh.append(record)
    return fresh


async def mark_once(tx: Transaction, topic: str, identity: str) -> bool:
    """Remember one identity that is not an event's id. Returns whether it was new."""
    return bool(await _mark(tx, [(topic, identity)]))


async def _mark(tx: Transaction, identities: list[tuple[str, str]]) -> list[Any]:
    return [
        row
        async for row in messaging.mark_received(
            tx.connection,
            received_at=tx.now,
            topics=[topic for topic, _ in identities],
            event_ids=[identity for _, identity in identities],
        )
    ]
