"""Insert or stop: each record is acted on once, however often it arrives."""

import hashlib
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
    digest: bytes = b""
    """Of the record's value: it tells a delivery made again from another event under a known id."""

    @property
    def identity(self) -> tuple[str, str]:
        """What the inbox knows it by."""
        return self.topic, self.envelope.id


def digest_of(value: bytes) -> bytes:
    """The digest by which records of one id are compared."""
    return hashlib.blake2b(value, digest_size=16).digest()


async def mark(tx: Transaction, records: Sequence[Received]) -> tuple[list[Received], list[Received]]:
    """Remember the records in this transaction; return, each in their order:

    those not seen before, of which an id that stands twice in `records` comes back once; and those whose id is known
    for a record with other content.
    """
    if not records:
        return [], []
    unknown = await _mark(tx, [(*record.identity, record.digest) for record in records])
    fresh, known = [], []
    for record in records:
        if record.identity in unknown:
            unknown.remove(record.identity)
            fresh.append(record)
        else:
            known.append(record)
    return fresh, await _of_other_content(tx, known)


async def mark_once(tx: Transaction, topic: str, identity: str) -> bool:
    """Remember one identity that is not an event's id. Returns whether it was new."""
    return bool(await _mark(tx, [(topic, identity, None)]))


async def _mark(tx: Transaction, records: Sequence[tuple[str, str, bytes | None]]) -> set[tuple[str, str]]:
    topics, event_ids, digests = zip(*records, strict=True)
    rows = messaging.mark_received(
        tx.connection, received_at=tx.now, topics=topics, event_ids=event_ids, digests=digests
    )
    return {(row["topic"], row["event_id"]) async for row in rows}


async def _of_other_content(tx: Transaction, known: Sequence[Received]) -> list[Received]:
    if not known:
        return []
    topics, event_ids = zip(*(record.identity for record in known), strict=True)
    rows = messaging.digests_of(tx.connection, topics=topics, event_ids=event_ids)
    digests = {(row["topic"], row["event_id"]): row["digest"] async for row in rows}
    return [record for record in known if digests[record.identity] not in (None, record.digest)]
