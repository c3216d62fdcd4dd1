"""Typed functions around the named queries of submissions."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from contracts.plans import PlanDocument, PlanSubmissionAccepted
from services.kit.database import Transaction
from services.planner.store.plans import Plan
from services.planner.store.queries import q


@dataclass(frozen=True)
class Submission:
    """One version of a submission: the hash of what it held, the plan's version that it became, and the answer."""

    unit_id: str
    submission_id: str
    version: int
    content_sha256: str
    plan_id: UUID
    answer: PlanSubmissionAccepted | None
    """None: it was given before it was kept."""


def _submission(row: asyncpg.Record) -> Submission:
    answer = PlanSubmissionAccepted.model_validate_json(row["answer"]) if row["answer"] else None
    return Submission(**{**dict(row), "answer": answer})


async def submissions(tx: Transaction, unit_id: str, submission_id: str) -> list[Submission]:
    """What the unit has submitted under that name, the latest version first."""
    rows = q.submissions(tx.connection, unit_id=unit_id, submission_id=submission_id)
    return [_submission(row) async for row in rows]


async def submission_of(tx: Transaction, plan: Plan) -> Submission | None:
    """The latest submission that became this version of the plan; else the latest that became another one of it."""
    row = await q.submission_of(tx.connection, plan_id=plan.plan_id, lasting_id=plan.lasting_id)
    return _submission(row) if row else None


async def add_submission(tx: Transaction, submission: Submission) -> None:
    """Remember which plan the submission became."""
    answer = submission.answer.model_dump_json() if submission.answer else None
    await q.add_submission(tx.connection, **{**vars(submission), "answer": answer})


async def plan_of_number(tx: Transaction, owner_id: str, document: PlanDocument) -> UUID | None:
    """The lasting id of the owner's plan with this document's number, of the same year."""
    year = document.date.year if document.date else None
    found: UUID | None = await q.plan_of_number(tx.connection, owner_id=owner_id, number=document.number, year=year)
    return found
