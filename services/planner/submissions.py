"""Use-case: a unit's system hands in a plan; it comes to the desk, or goes back with reasons."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Envelope
from contracts.plans import (
    PlanDocument,
    PlanState,
    PlanSubmissionAccepted,
    PlanSubmissionRejected,
    PlanSubmitted,
    Reason,
)
from contracts.topics import PLAN_EVENTS
from services.kit.database import Transaction
from services.kit.logs import get_logger
from services.planner import content, reader, store, wording
from services.planner.parenting import find_parent
from services.planner.reading import UnreadableDocument
from services.planner.store import Author, Lineage, Source

log = get_logger()

MAX_REASONS = 100
"""More are not listed: the answer stays small."""


async def take(tx: Transaction, cause: Envelope[PlanSubmitted]) -> None:
    """Answer one submission on `plan-events`.

    The same content under the same name again is accepted again, as the same plan.
    """
    submitted = cause.data
    sha256 = _sha256(submitted)
    earlier = await store.submission(tx, submitted.unit_id, submitted.submission_id)
    if earlier is not None and earlier.content_sha256 == sha256:
        plan = await store.plan(tx, earlier.plan_id, within="/")
        assert plan is not None, "a submission refers to its plan"
        _accept(tx, cause, plan.plan_id, len(plan.document.items))
    elif earlier is not None:
        message = "Đã có kế hoạch khác được gửi với mã này."
        _reject(tx, cause, [Reason(code="already-submitted", field="submission_id", message=message)])
    elif reasons := await _unknown_unit(tx, submitted.unit_id):
        _reject(tx, cause, reasons)
    else:
        await _take_new(tx, cause, sha256)


async def _take_new(tx: Transaction, cause: Envelope[PlanSubmitted], sha256: str) -> None:
    submitted = cause.data
    try:
        document = submitted.document or await reader.read(submitted.text or "")
    except UnreadableDocument as error:
        return _reject(tx, cause, [Reason(code=error.code, field="text", message=wording.of_unreadable(error))])
    if reasons := await _reasons_against(tx, document):
        return _reject(tx, cause, reasons)
    parent_id, document = await find_parent(tx, document, submitted.unit_id)
    plan_id = await store.add_plan(
        tx,
        document,
        item_ids=[uuid4() for _ in document.items],
        source=Source(None, submitted.text, sha256),
        state=PlanState.IN_REVIEW,
        by=Author(submitted.unit_id),
        lineage=Lineage(parent_id=parent_id),
    )
    await store.add_submission(tx, submitted.unit_id, submitted.submission_id, sha256=sha256, plan_id=plan_id)
    _accept(tx, cause, plan_id, len(document.items))
    return None


async def _unknown_unit(tx: Transaction, unit_id: str) -> list[Reason]:
    if await store.unit(tx, unit_id, within="/") is not None:
        return []
    return [Reason(code="unit-unknown", field="unit_id", message=f"Không có đơn vị {unit_id} trong danh mục.")]


async def _reasons_against(tx: Transaction, document: PlanDocument) -> Sequence[Reason]:
    """What keeps the document from the desk; what the desk can still mend does not."""
    places = await store.places(tx, content.unit_ids_named(document))
    return [
        *content.faults(document, places),
        *(gap for gap in content.gaps(document) if gap.code == "no-items"),
    ]


def _accept(tx: Transaction, cause: Envelope[Any], plan_id: UUID, items: int) -> None:
    submitted = cause.data
    answer = PlanSubmissionAccepted(
        unit_id=submitted.unit_id, submission_id=submitted.submission_id, plan_id=plan_id, items=items
    )
    tx.publish(
        PLAN_EVENTS,
        Envelope[PlanSubmissionAccepted].of(answer, subject=str(plan_id), source="/planner", cause=cause),
    )
    log.info("submission.accepted", unit_id=submitted.unit_id, plan_id=str(plan_id), count=items)


def _reject(tx: Transaction, cause: Envelope[Any], reasons: Sequence[Reason]) -> None:
    submitted = cause.data
    answer = PlanSubmissionRejected(
        unit_id=submitted.unit_id, submission_id=submitted.submission_id, reasons=tuple(reasons[:MAX_REASONS])
    )
    tx.publish(
        PLAN_EVENTS,
        Envelope[PlanSubmissionRejected].of(answer, subject=submitted.submission_id, source="/planner", cause=cause),
    )
    log.info("submission.rejected", unit_id=submitted.unit_id, code=reasons[0].code, count=len(reasons))


def _sha256(submitted: PlanSubmitted) -> str:
    """Of what was handed in; fields that later versions add and this one lacks do not count."""
    handed_in = submitted.model_dump_json(include={"text", "document"}, exclude_defaults=True)
    return hashlib.sha256(handed_in.encode()).hexdigest()
