"""From records to use-cases."""

from collections.abc import Sequence

from contracts.dead_letters import DeadLettered
from contracts.topics import PLAN_SUBMISSIONS, submissions_topic
from services.kit.database import Transaction
from services.kit.errors import NeverValid, Refusal
from services.kit.inbox import Received
from services.planner.use_cases import answers, submissions

SUBMISSION_TOPICS = f"{PLAN_SUBMISSIONS.name}.*"


async def take_submissions(tx: Transaction, records: Sequence[Received]) -> None:
    """Take the submissions in turn: a unit's system sends few.

    Raises NeverValid: `wrong-unit` for a record that claims another unit than the topic's, whose system alone can
    write there; the code of a Refusal.
    """
    for record in records:
        if record.topic != submissions_topic(record.envelope.data.unit_id):
            raise NeverValid("wrong-unit", "the record claims another unit than its topic's")
    for record in records:
        try:
            await submissions.take(tx, record.envelope)
        except Refusal as refusal:
            raise NeverValid(refusal.code, refusal.detail) from None


def answer_set_aside(tx: Transaction, letter: DeadLettered) -> None:
    """What a unit's system sent and could not be used has an answer too."""
    answers.reject_set_aside(tx, letter)
