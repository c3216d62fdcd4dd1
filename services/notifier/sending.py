"""Sending digests as mail: claimed before, settled after, each with a Message-ID of its own for ever.

A crash between the server's acceptance and our mark sends the mail again, once the claim's lease has passed,
under the same Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from typing import Any
from uuid import UUID

from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.topics import dead_letters_of
from services.kit.database import Database, Transaction
from services.kit.errors import NotNow
from services.kit.logs import get_logger
from services.notifier import letters, store
from services.notifier.mornings import envelope_of
from services.notifier.settings import SmtpSettings
from services.notifier.smtp import Mail, MailChannel
from services.notifier.store import Claim, DigestState, Outcome

log = get_logger()

DEAD_LETTER_TOPIC = "smtp"
"""What a dead letter names as its topic when a mail, not a record, could not be used."""


class Sending:
    """The worker's step, and the channel that it keeps open while there is mail."""

    def __init__(self, database: Database, settings: SmtpSettings) -> None:
        self._database = database
        self._settings = settings
        self._channel = MailChannel(settings)
        self._sender = Address(letters.SENDER_NAME, addr_spec=settings.sender)

    async def step(self) -> bool:
        """Send some digests. Returns whether there were any. Raises NotNow when the mail server is away."""
        async with self._database.transaction() as tx:
            claims = await store.claim_digests(tx, at_most=self._settings.mails_per_step, lease=self._settings.lease)
            ids = [claim.digest_id for claim in claims]
            lines = await store.digest_lines(tx, ids, at_most=letters.LINES_PER_RULE)
        if not claims:
            await self._channel.close()
            return False
        made = [self._compose(claim, lines[claim.digest_id], tx.now) for claim in claims]
        outcomes = [outcome for outcome in made if isinstance(outcome, Outcome)]
        outcomes += await self._channel.send([mail for mail in made if isinstance(mail, Mail)])
        async with self._database.transaction() as tx:
            await settle(tx, outcomes)
        if any(not outcome.is_tried for outcome in outcomes):
            raise NotNow("the mail server is away")
        return True

    def _compose(self, claim: Claim, lines: Sequence[Any], now: datetime) -> Mail | Outcome:
        if claim.email is None:
            return Outcome(claim, DigestState.NO_ADDRESS, reason="no-address")
        try:
            message = letters.compose(
                claim.digest_id, claim.morning, lines, address=claim.email, sender=self._sender, at=now
            )
        except letters.InvalidAddress:
            return Outcome(claim, DigestState.REFUSED, reason="address-invalid")
        return Mail(claim, claim.email, message)


async def settle(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Record what became of claims, say so, and set aside what was refused."""
    changed = await store.settle_digests(tx, outcomes)
    ours = [outcome for outcome in outcomes if outcome.claim.digest_id in changed]
    for outcome in ours:
        if outcome.state in (DigestState.REFUSED, DigestState.NO_ADDRESS):
            log.warning(
                "digest.undeliverable", unit_id=outcome.claim.unit_id, code=outcome.reason, status=outcome.smtp_code
            )
    sent = sum(outcome.state is DigestState.SENT for outcome in ours)
    put_off = sum(outcome.state is DigestState.PENDING for outcome in ours)
    if sent:
        log.info("digests.sent", count=sent)
    if put_off:
        log.warning("digests.put_off", count=put_off)
    await _set_aside(tx, {o.claim.digest_id: o for o in ours if o.state is DigestState.REFUSED})


async def _set_aside(tx: Transaction, refused: dict[UUID, Outcome]) -> None:
    """Publish what each refused mail told as a dead letter: the digest's `AlertRaised`, without the address."""
    topic = dead_letters_of("notifier")
    for digest in await store.digest_contents(tx, list(refused)):
        outcome = refused[digest.digest_id]
        letter = DeadLettered.model_construct(
            service="notifier",
            topic=DEAD_LETTER_TOPIC,
            partition=0,
            offset=0,
            recorded_at=tx.now,
            code=outcome.reason,
            detail=f"the mail server answered {outcome.smtp_code}" if outcome.smtp_code else "not an address",
            record_key=digest.recipient.encode(),
            record_value=envelope_of(digest).to_bytes(),
        )
        tx.publish(topic, Envelope[DeadLettered].of(letter, subject=digest.recipient, source="/notifier"))
