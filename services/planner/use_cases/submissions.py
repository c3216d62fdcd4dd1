"""Use-case: a unit's system hands in a plan; it is approved as signed there, comes to the desk, or goes back."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from contracts.envelope import Envelope
from contracts.plans import (
    PlanDocument,
    PlanState,
    PlanSubmissionAccepted,
    PlanSubmitted,
    Reason,
    SubmittedSignature,
)
from contracts.units import Role
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.planner import store
from services.planner.rules.claims import objections, objections_to_amendment, too_many_tasks
from services.planner.rules.content import closed
from services.planner.rules.lifecycle import EDITABLE, Action, signing_role
from services.planner.rules.settling import open_reasons, standing
from services.planner.store.plans import Author, Lineage, Plan
from services.planner.store.submissions import Submission
from services.planner.use_cases import amending, answers, in_force, plans
from services.planner.use_cases.admission import HandedIn, Rejected, admit
from services.planner.use_cases.comparing import compared
from services.planner.use_cases.parenting import find_parent
from services.planner.use_cases.reaching import reach_today


async def take(tx: Transaction, cause: Envelope[PlanSubmitted]) -> None:
    """Answer one submission on the topic of answers of its unit.

    The same content under the same name and version again is answered as the first time. Raises Refusal, after
    which nothing may be kept, where the plan in force would be larger than its readers take.
    """
    try:
        answer = await _accepted(tx, cause.data)
    except Rejected as rejected:
        answers.reject(tx, cause, rejected.reasons)
    else:
        answers.accept(tx, cause, answer)


async def _accepted(tx: Transaction, handed: PlanSubmitted) -> PlanSubmissionAccepted:
    """The plan that the submission is, and why it was not approved if it asked for that. Raises Rejected."""
    sha256 = _sha256(handed)
    earlier = await store.submissions.submissions(tx, handed.unit_id, handed.submission_id)
    if known := _known(handed, sha256, earlier):
        return known.answer or answers.accepted(handed, await _locked(tx, known.plan_id), ())
    handed_in = await admit(tx, handed, sha256)
    before = await _before(tx, handed_in, earlier)
    notes = await _objections(tx, handed_in, before) if handed.signatures else ()
    signed = bool(handed.signatures) and not notes
    if before is not None and _says_the_same(before, handed_in, signed=signed):
        plan = before
    else:
        plan = await _keep(tx, handed_in, before, PlanState.CO_SIGNING if signed else PlanState.IN_REVIEW)
        plan = await _approve(tx, handed_in, plan) if signed else plan
    answer = answers.accepted(handed, plan, notes)
    submission = Submission(handed.unit_id, handed.submission_id, handed.version, sha256, plan.plan_id, answer)
    await store.submissions.add_submission(tx, submission)
    return answer


def _known(handed: PlanSubmitted, sha256: str, earlier: Sequence[Submission]) -> Submission | None:
    """The submission of this very content under this name and version, if there was one. Raises Rejected."""
    same = next((one for one in earlier if one.version == handed.version), None)
    if same is not None and same.content_sha256 != sha256:
        message = f"Đã có nội dung khác được gửi với mã này, phiên bản {handed.version}."
        raise Rejected(Reason(code="already-submitted", field="version", message=message))
    if same is None and earlier and handed.version < earlier[0].version:
        message = f"Đã nhận phiên bản {earlier[0].version} của kế hoạch này."
        raise Rejected(Reason(code="version-outdated", field="version", message=message))
    return same


async def _before(tx: Transaction, handed_in: HandedIn, earlier: Sequence[Submission]) -> Plan | None:
    """The plan, in its latest version, that earlier submissions became or that has the document's number.

    Raises Rejected where the number is another plan's, or where the desk amends the plan.
    """
    before = None
    if earlier:
        before = await _latest(tx, (await _locked(tx, earlier[0].plan_id)).lasting_id)
    if before is not None and before.amends_id is not None and before.state in EDITABLE:
        submission = await store.submissions.submission_of(tx, before)
        if submission is None or submission.plan_id != before.plan_id:
            message = "Cơ quan đang soạn bản sửa đổi của kế hoạch này."
            raise Rejected(Reason(code="already-amended", field="version", message=message))
    document = handed_in.document
    if not (document.number or "")[:1].isdigit():  # none, or left blank
        return before
    lasting_id = await store.submissions.plan_of_number(tx, handed_in.submitted.unit_id, document)
    if lasting_id is None or (before is not None and lasting_id == before.lasting_id):
        return before
    twin = await _latest(tx, lasting_id)
    if before is not None or twin is None or twin.content_sha256 != handed_in.content_sha256:
        message = f"Đơn vị đã có kế hoạch khác mang số {document.number} trong năm này."
        raise Rejected(Reason(code="number-taken", field="number", message=message))
    return twin


def _says_the_same(before: Plan, handed_in: HandedIn, *, signed: bool) -> bool:
    """Whether nothing is to be done: the plan has this content, and signatures would not take it further."""
    if before.content_sha256 != handed_in.content_sha256:
        return False
    return before.state is PlanState.APPROVED or (before.state in EDITABLE and not signed)


async def _objections(tx: Transaction, handed_in: HandedIn, before: Plan | None) -> Sequence[Reason]:
    handed, document = handed_in.submitted, handed_in.document
    if handed.document is None:
        message = "Chỉ kế hoạch gửi ở dạng có cấu trúc (document) mới có thể kèm chữ ký."
        return [Reason(code="not-structured", field="signatures", message=message)]
    authors = [await _authors(tx, document, signature) for signature in handed.signatures]
    held = [{role: author.on_behalf_of for role, author in by_role.items()} for by_role in authors]
    found = [
        *closed(document, handed_in.places, day_in_viet_nam(tx.now)),
        *objections(document, handed.signatures, held, handed_in.places, tx.now),
    ]
    if (base := await _replaced(tx, before)) is not None:
        item_ids, _ = amending.continued(base, document.items)
        found += objections_to_amendment(base.content, document, item_ids)
    return [*found, *await _for_a_person(tx, handed_in, before)]


async def _for_a_person(tx: Transaction, handed_in: HandedIn, before: Plan | None) -> list[Reason]:
    """What nobody has looked at: warnings that keep an officer's plan from the signatures too, tasks by the hundred
    thousand."""
    unit_id, lasting_id = handed_in.submitted.unit_id, before.lasting_id if before else None
    await store.plans.send_one_at_a_time(tx)
    parent_id, document = await find_parent(tx, handed_in.document, unit_id)
    document = await compared(tx, document, unit_id, lasting_id=lasting_id, parent_id=parent_id)
    at_desk = before is not None and before.state in EDITABLE
    acceptances = await store.plans.acceptances(tx, before.plan_id) if before and at_desk else {}
    reached = await reach_today(tx, document)
    return [*open_reasons(standing(document, acceptances)), *too_many_tasks(reached)]


async def _authors(tx: Transaction, document: PlanDocument, signature: SubmittedSignature) -> dict[Role, Author]:
    """The signer in each role that they held on the day of signing in the party's unit, or had by delegation."""
    person_id, day = signature.person_id, day_in_viet_nam(signature.signed_at)
    for party in document.parties[signature.party - 1 : signature.party]:
        if party.unit_id is not None:
            own = await store.units.roles_held(tx, person_id, party.unit_id, day)
            given = await store.delegations.given_to(tx, person_id, party.unit_id, day)
            by_delegation = {each.role: Author(party.unit_id, person_id, each.role, each) for each in given}
            return by_delegation | {role: Author(party.unit_id, person_id, role) for role in own}
    return {}


async def _replaced(tx: Transaction, before: Plan | None) -> Plan | None:
    """The version in force that the next one would replace, if there is one."""
    if before is None or before.state is PlanState.APPROVED:
        return before
    return await _locked(tx, before.amends_id) if before.amends_id else None


async def _keep(tx: Transaction, handed_in: HandedIn, before: Plan | None, state: PlanState) -> Plan:
    """A new plan, a new version of one in force, or the next content of one at the desk. Raises Rejected."""
    source, author = handed_in.source, handed_in.author
    if before is None:
        parent_id, document = await find_parent(tx, handed_in.document, author.unit_id)
        item_ids, lineage = [uuid4() for _ in document.items], Lineage(parent_id=parent_id)
        plan_id = await store.plans.add(
            tx, document, item_ids=item_ids, source=source, state=state, by=author, lineage=lineage
        )
    elif before.state is PlanState.APPROVED:
        plan_id = await amending.draft(tx, before, (handed_in.document, source), state=state, by=author)
    elif before.state in EDITABLE:
        return await _rewrite(tx, handed_in, before, state)
    else:
        message = "Kế hoạch này đã kết thúc hoặc bị thu hồi."
        raise Rejected(Reason(code="plan-ended", field="submission_id", message=message))
    return await _locked(tx, plan_id)


async def _rewrite(tx: Transaction, handed_in: HandedIn, before: Plan, state: PlanState) -> Plan:
    """Put the new content in the place of what lies at the desk."""
    author = handed_in.author
    parent_id, document = await find_parent(tx, handed_in.document, author.unit_id)
    item_ids = tuple(uuid4() for _ in document.items)
    if (base := await _replaced(tx, before)) is not None:
        item_ids, unsure = amending.continued(base, document.items)
        document = document.model_copy(update={"warnings": (*document.warnings, *unsure)})
    await store.plans.save_source(tx, before.plan_id, handed_in.source)
    await store.plans.void_signatures(tx, before.plan_id)
    after = replace(before, document=document, content_sha256=handed_in.content_sha256, item_ids=item_ids)
    return await _stepped(tx, before, replace(after, parent_id=parent_id, state=state), "submit", author)


async def _approve(tx: Transaction, handed_in: HandedIn, plan: Plan) -> Plan:
    """Keep the signatures as they were given, and approve. Raises Refusal (`message-too-large`)."""
    for signature in handed_in.submitted.signatures:
        party = plan.document.parties[signature.party - 1]
        assert party.unit_id is not None, "an objection would have said so"
        role = signing_role(party.role, handed_in.places[party.unit_id].kind)
        signer = (await _authors(tx, plan.document, signature))[role]
        await store.plans.add_signature(tx, plan, signature.party, signer, signature.signed_at)
        plan = await _stepped(tx, plan, plan, Action.SIGN, signer)
    await in_force.approve(tx, plan, handed_in.author)
    return await _stepped(tx, plan, replace(plan, state=PlanState.APPROVED), Action.APPROVE, handed_in.author)


async def _stepped(tx: Transaction, before: Plan, after: Plan, action: str, by: Author) -> Plan:
    standing = await plans.take(tx, before, after, action, by)
    return replace(after, revision=standing.revision)


async def _latest(tx: Transaction, lasting_id: UUID) -> Plan | None:
    plan_id = await store.versions.latest_version(tx, lasting_id)
    return await _locked(tx, plan_id) if plan_id else None


async def _locked(tx: Transaction, plan_id: UUID) -> Plan:
    plan = await store.plans.lock(tx, plan_id, within="/")
    assert plan is not None, "it was found in this transaction"
    return plan


def _sha256(handed: PlanSubmitted) -> str:
    """Of what was handed in; fields that later versions add and this one lacks do not count."""
    content = handed.model_dump_json(include={"text", "file", "document", "signatures"}, exclude_defaults=True)
    return hashlib.sha256(content.encode()).hexdigest()
