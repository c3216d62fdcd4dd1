"""Mornings: what is told to whom is fixed at once, then put into digests, a chunk of recipients at a time.

Every step is one transaction that leaves the morning further on: interrupted anywhere, it goes on there.
"""

from datetime import date, time

from contracts.alerts import AlertRaised
from contracts.envelope import Envelope
from contracts.topics import ALERT_EVENTS
from services.kit.clock import VIET_NAM, day_in_viet_nam
from services.kit.database import Transaction
from services.kit.logs import get_logger
from services.kit.requests import refuse_day_to_come
from services.notifier import store
from services.notifier.store import Morning

log = get_logger()

DIGEST_HOUR = time(7)
RECIPIENTS_PER_STEP = 250
VACANT_POSTS_TOLD = 50
"""So many vacant posts of a morning are logged one by one; the rest are counted."""


async def request(tx: Transaction, day: date) -> None:
    """Ask for a day's digests. Raises Refusal for a day that has not come."""
    refuse_day_to_come(day, tx.now)
    await store.request_morning(tx, day)


async def request_today(tx: Transaction) -> None:
    """Ask for today's digests once it is seven in the morning in Viet Nam."""
    if tx.now.astimezone(VIET_NAM).time() >= DIGEST_HOUR:
        await store.request_morning(tx, day_in_viet_nam(tx.now))


async def plan_next(tx: Transaction) -> bool:
    """Bring the oldest unplanned morning one step further. Returns whether there was one."""
    morning = await store.next_morning(tx)
    if morning is None:
        return False
    if morning.is_opened:
        await _add_digests(tx, morning)
    else:
        await _open(tx, morning)
    return True


async def _open(tx: Transaction, morning: Morning) -> None:
    """Fix which alerts the morning tells, and to whom. What comes later waits for the next."""
    await store.expect_many_rows(tx)
    await store.announce_to_offices(tx)
    await store.follow_tasks(tx)
    cancelled = await store.cancel_alerts(tx, morning.day)
    vacant = await store.tell_recipients(tx, morning.day)
    await store.begin_planning(tx, morning.day, cancelled=cancelled)
    log.info("morning.opened", day=str(morning.day))
    for post in vacant[:VACANT_POSTS_TOLD]:
        outcome = "told-above" if post.office_id else "nobody"
        log.warning("post.vacant", unit_id=post.unit_id, reason=",".join(post.roles), outcome=outcome)
    if vacant:
        log.warning("morning.vacant_posts", day=str(morning.day), count=len(vacant))


async def _add_digests(tx: Transaction, morning: Morning) -> None:
    ids = await store.add_digests(tx, morning, at_most=RECIPIENTS_PER_STEP)
    for digest in await store.digest_contents(tx, ids):
        tx.publish(ALERT_EVENTS, envelope_of(digest))
    if not ids:
        log.info("morning.planned", day=str(morning.day))


def envelope_of(digest: AlertRaised) -> Envelope[AlertRaised]:
    """The event of a digest, under the digest's own id."""
    envelope = Envelope[AlertRaised].of(digest, subject=digest.recipient, source="/notifier")
    return envelope.model_copy(update={"id": str(digest.digest_id)})
