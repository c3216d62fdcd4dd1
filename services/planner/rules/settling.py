"""Which warnings of a plan still stand: some go away by an edit, some a person accepts with a reason."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from contracts.base import Contract, PersonId, Text, UnitId
from contracts.plans import Lines, PlanDocument, Reason, Warning
from contracts.units import Role
from services.planner.reading.warnings import body_warnings, time_warnings
from services.planner.rules import wording

NOTES = frozenset({"signature-missing", "unknown-recipient", "unbalanced-quotes", "unbalanced-marks"})
"""Warnings of form alone, which change nothing of who does what until when: nobody has to accept them."""


class Acceptance(Contract):
    """Who accepted a warning as it is, in which step of the plan, and why."""

    warning_id: str
    revision: int
    unit_id: UnitId
    person_id: PersonId
    role: Role
    reason: Text
    at: datetime


class StandingWarning(Contract):
    """A warning of the plan as it stands."""

    warning_id: str
    code: str
    message: str
    words: str
    """The warning in Vietnamese."""
    lines: Lines | None
    note: bool
    """It can stay as it is without anybody's word."""
    accepted: Acceptance | None = None

    @property
    def is_open(self) -> bool:
        """It keeps the plan from the signatures."""
        return not self.note and self.accepted is None


def warning_id(warning: Warning) -> str:
    """The name of a warning in its plan: the same as long as it says the same of the same lines."""
    said = f"{warning.code}\n{warning.about or warning.message}\n{warning.lines}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def standing(document: PlanDocument, accepted: Mapping[str, Acceptance]) -> tuple[StandingWarning, ...]:
    """The document's warnings, each once, with who has accepted it."""
    return tuple(
        StandingWarning(
            warning_id=name,
            code=warning.code,
            message=warning.message,
            words=wording.of_warning(warning),
            lines=warning.lines,
            note=warning.code in NOTES,
            accepted=accepted.get(name),
        )
        for name, warning in {warning_id(warning): warning for warning in document.warnings}.items()
    )


def open_reasons(warnings: tuple[StandingWarning, ...]) -> Iterator[Reason]:
    """The warnings that keep a plan from the signatures."""
    for warning in warnings:
        if warning.is_open:
            message = f"Cảnh báo chưa được xử lý hoặc chấp nhận: {warning.words}"
            yield Reason(code="warning-open", field=f"warnings.{warning.warning_id}", message=message)


def rechecked(before: PlanDocument, after: PlanDocument) -> PlanDocument:
    """`after`, an edit of `before`, with the warnings that it has now.

    What the checks found before and find no more is settled, what they find only now is new. A warning that no
    check can repeat without the text, such as `no-scope`, stays until it is accepted.
    """
    found, finds = ({warning_id(each): each for each in _checks(document)} for document in (before, after))
    kept = [
        warning
        for warning in before.warnings
        if (warning_id(warning) not in found or warning_id(warning) in finds) and not _is_mended(warning, after)
    ]
    new = [warning for name, warning in finds.items() if name not in found]
    return after.model_copy(update={"warnings": (*kept, *new)})


def _checks(document: PlanDocument) -> Iterator[Warning]:
    """The reader's checks of what can be edited."""
    yield from time_warnings(document.period, document.items)
    yield from body_warnings(document.items, document.duties)


def _is_mended(warning: Warning, document: PlanDocument) -> bool:
    mended = _MENDED.get(warning.code)
    return mended is not None and mended(warning, document)


_MENDED: Mapping[str, Callable[[Warning, PlanDocument], bool]] = {
    "number-blank": lambda _, document: bool(document.number),
    "no-number": lambda _, document: bool(document.number),
    "date-missing": lambda _, document: document.date is not None,
    "no-parties": lambda _, document: bool(document.parties),
    "signature-missing": lambda warning, document: all(
        party.signer or party.signer_title or party.name != warning.about for party in document.parties
    ),
    "unknown-recipient": lambda warning, document: all(
        recipient.unit or recipient.name[:500] != warning.about for recipient in document.recipients
    ),
}
"""When a field that a person fills in settles a warning."""
