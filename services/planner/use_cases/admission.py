"""Whether what a unit's system hands in can be a plan of that unit: reading it, and what keeps it out."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.content import content_sha256
from contracts.plans import PlanDocument, PlanSubmitted, Reason
from contracts.scope import Place, jurisdiction
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.planner import store
from services.planner.files import reader
from services.planner.reading import UnreadableDocument
from services.planner.rules import content, wording
from services.planner.store.plans import Author, Source


class Rejected(Exception):
    """The submission cannot become a plan. Nothing was written when it is raised."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__()
        self.reasons = reasons


@dataclass(frozen=True)
class HandedIn:
    """A submission that can become a plan, with the units that it names."""

    submitted: PlanSubmitted
    source: Source
    document: PlanDocument
    places: Mapping[str, Place]

    @property
    def author(self) -> Author:
        """The unit's system."""
        return Author(self.submitted.unit_id)

    @property
    def content_sha256(self) -> str:
        """What a signature of the document fixes."""
        return content_sha256(self.document)


async def admit(tx: Transaction, submitted: PlanSubmitted, sha256: str) -> HandedIn:
    """The document, if it can be a plan of this unit. `sha256` is of what was handed in. Raises Rejected."""
    within = await _jurisdiction(tx, submitted.unit_id)
    text, document = await _read(submitted)
    places = await store.units.places(tx, content.unit_ids_named(document))
    reasons = [
        *content.faults(document, places, within=within),
        *(gap for gap in content.gaps(document) if gap.code == "no-items"),
        *content.due_faults(document),
    ]
    if reasons:
        raise Rejected(*reasons)
    return HandedIn(submitted, Source(None, text, sha256, submitted.file), document, places)


async def _jurisdiction(tx: Transaction, unit_id: str) -> str:
    """The path of what the unit answers for. Raises Rejected."""
    unit = await store.units.view(tx, unit_id, within="/")
    if unit is None:
        message = f"Không có đơn vị {unit_id} trong danh mục."
        raise Rejected(Reason(code="unit-unknown", field="unit_id", message=message))
    today = day_in_viet_nam(tx.now)
    if not unit.exists_on(today):
        message = f"Đơn vị {unit_id} không hoạt động vào ngày này."
        raise Rejected(Reason(code="unit-closed", field="unit_id", message=message))
    return jurisdiction(unit.kind, unit.path)


async def _read(submitted: PlanSubmitted) -> tuple[str | None, PlanDocument]:
    try:
        if submitted.file is not None:
            return await reader.read_file(submitted.file)
        return submitted.text, submitted.document or await reader.read(submitted.text or "")
    except UnreadableDocument as error:
        field = "text" if submitted.file is None else "file"
        raise Rejected(Reason(code=error.code, field=field, message=wording.of_unreadable(error))) from None
