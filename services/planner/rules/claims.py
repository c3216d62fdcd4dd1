"""Whether the signatures that a unit's system recorded approve a plan as it is: every objection by its field."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.content import content_sha256
from contracts.plans import PlanDocument, Reason, SubmittedSignature
from contracts.scope import Place
from contracts.units import Role
from services.planner.rules.content import gaps
from services.planner.rules.difference import lasting, versioned
from services.planner.rules.editing import Content
from services.planner.rules.lifecycle import signing_role
from services.planner.rules.matching import match
from services.planner.rules.reach import Reach

OLDEST = timedelta(days=366)
"""A signature of longer ago than a school year is no answer to the plan as it is today."""
CLOCKS_DIFFER = timedelta(minutes=5)
MAX_TASKS = 100_000
"""More than the plan of a whole province makes (3,500 schools, some 20 items): a person sees the number first."""


def objections(
    document: PlanDocument,
    signatures: Sequence[SubmittedSignature],
    held: Sequence[Mapping[Role, str | None]],
    places: Mapping[str, Place],
    now: datetime,
) -> Iterator[Reason]:
    """Why the plan is not approved as it was submitted; nothing if it is.

    `held` are the roles that the signer of each signature held in the party's unit on the day of signing, with the
    person for whom they stand, if they do; `places` the units that the document names, as far as they exist.
    """
    yield from gaps(document)
    sha256 = content_sha256(document)
    for number, signature in enumerate(signatures, start=1):
        field = f"signatures.{number}"
        if signature.party > len(document.parties):
            message = f"Kế hoạch không có bên ký thứ {signature.party}."
            yield Reason(code="party-unknown", field=f"{field}.party", message=message)
        elif _role(document, signature, places) not in held[number - 1]:
            message = f"Theo danh mục, {signature.person_id} không có thẩm quyền ký cho bên này vào ngày ký."
            yield Reason(code="signer-not-entitled", field=f"{field}.person_id", message=message)
        if signature.content_sha256 != sha256:
            message = "Chữ ký không phải cho nội dung này: mã băm khác."
            yield Reason(code="content-differs", field=f"{field}.content_sha256", message=message)
        if signature.signed_at > now + CLOCKS_DIFFER:
            yield Reason(code="signed-in-future", field=f"{field}.signed_at", message="Thời điểm ký chưa đến.")
        if signature.signed_at < now - OLDEST:
            message = f"Chữ ký đã quá {OLDEST.days} ngày."
            yield Reason(code="signed-long-ago", field=f"{field}.signed_at", message=message)
    persons = [
        _persons(signature, roles.get(role) if (role := _role(document, signature, places)) else None)
        for signature, roles in zip(signatures, held, strict=True)
    ]
    yield from _miscounted(document, signatures, persons)


def too_many_tasks(reach: Reach) -> Iterator[Reason]:
    """Whether the plan makes more tasks than are given out unseen."""
    if reach.tasks > MAX_TASKS:
        message = f"Kế hoạch giao {reach.tasks} nhiệm vụ, quá {MAX_TASKS}: cần có người xem trước khi ban hành."
        yield Reason(code="too-many-tasks", field="items", message=message)


def objections_to_amendment(base: Content, document: PlanDocument, item_ids: Sequence[UUID]) -> Iterator[Reason]:
    """Why the document does not replace the version in force as it was submitted.

    Which item continues which must be certain, and a deadline that only moved must keep its key, because both are
    settled before people sign. `item_ids` are the lasting ids that the document's items have.
    """
    for item, found in zip(document.items, match(base.document.items, document.items), strict=True):
        if found is not None and not found.sure:
            position = base.document.items[found.before].position
            message = f"Chưa rõ đây là nội dung mới hay là nội dung {position} của phiên bản đang có hiệu lực."
            yield Reason(code="item-match-unsure", field=f"items.{item.position}", message=message)
    settled = lasting(versioned(base.item_ids, base.document.items), versioned(item_ids, document.items))
    for item, as_settled in zip(document.items, settled.values(), strict=True):
        if as_settled != item:
            message = "Thời hạn chỉ chuyển sang ngày khác: giữ nguyên key của phiên bản đang có hiệu lực."
            yield Reason(code="deadline-moved", field=f"items.{item.position}.due.occurrences", message=message)


def _role(document: PlanDocument, signature: SubmittedSignature, places: Mapping[str, Place]) -> Role | None:
    """The role that signs for the party; none where there is no such party, or its unit is not known."""
    for party in document.parties[signature.party - 1 : signature.party]:
        if place := places.get(party.unit_id or ""):
            return signing_role(party.role, place.kind)
    return None


def _persons(signature: SubmittedSignature, on_behalf_of: str | None) -> set[str]:
    return {signature.person_id, on_behalf_of} if on_behalf_of else {signature.person_id}


def _miscounted(
    document: PlanDocument, signatures: Sequence[SubmittedSignature], persons: Sequence[Collection[str]]
) -> Iterator[Reason]:
    """Parties without a signature, or with several; persons who sign, or are stood for, for several parties."""
    by_party = Counter(signature.party for signature in signatures)
    by_person = Counter(person for each in persons for person in each)
    for number, party in enumerate(document.parties, start=1):
        if not by_party[number]:
            message = f"Bên ký “{party.name}” chưa ký."
            yield Reason(code="not-all-signed", field=f"parties.{number}", message=message)
    for number, signature in enumerate(signatures, start=1):
        if by_party[signature.party] > 1:
            message = f"Bên ký thứ {signature.party} có nhiều chữ ký."
            yield Reason(code="party-signed-twice", field=f"signatures.{number}.party", message=message)
        elif any(by_person[person] > 1 for person in persons[number - 1]):
            message = "Một người không ký cho hai bên."
            yield Reason(code="one-person-one-party", field=f"signatures.{number}.person_id", message=message)
