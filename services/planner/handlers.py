"""From records to use-cases."""

from collections.abc import Sequence

from contracts.topics import PLAN_SUBMISSIONS, submissions_topic
from services.kit.database import Transaction
from services.kit.errors import NeverValid
from services.kit.inbox import Received
from services.planner import submissions

SUBMISSION_TOPICS = f"{PLAN_SUBMISSIONS.name}.*"


async def take_submissions(tx: Transaction, records: Sequence[Received]) -> None:
    """Take the submissions in turn: a unit's system sends few.

    Raises NeverValid (`wrong-unit`) for a record that claims another unit than the topic's, whose system
    alone can write there.
    """
    for record in records:
        if record.topic != submissions_topic(record.envelope.data.unit_id):
            raise NeverValid("wrong-unit", "the record claims another unit than its topic's")
    for record in records:
        await submissions.take(tx, record.envelope)
