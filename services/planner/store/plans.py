"""Typed functions around the named queries of plans, their history, signatures and accepted warnings."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from contracts.content import content_sha256
from contracts.plans import PlanDocument, PlanState
from contracts.units import Role
from services.kit.database import Transaction
from services.planner.rules.editing import Content
from services.planner.rules.reach import Reach
from services.planner.rules.settling import Acceptance, standing
from services.planner.store.queries import q
from services.planner.views import Delegation, PlanStanding, PlanSummary, PlanView, Signature, Step


@dataclass(frozen=True)
class Plan:
    """A version of a plan as the database holds it. `plan_id` is the version's own, `lasting_id` that of them all."""

    plan_id: UUID
    owner_id: str
    state: PlanState
    version: int
    revision: int
    document: PlanDocument
    content_sha256: str
    item_ids: tuple[UUID, ...]
    lasting_id: UUID
    amends_id: UUID | None = None
    parent_id: UUID | None = None

    @property
    def content(self) -> Content:
        """What an edit changes."""
        return Content(self.document, self.item_ids)


@dataclass(frozen=True)
class Source:
    """The document that a plan was read from, if it was a text or a file."""

    name: str | None
    text: str | None
    sha256: str
    file: bytes | None = None


@dataclass(frozen=True)
class Author:
    """Who takes a step: a person in a role for a unit, in another's place by a delegation, or a unit's system."""

    unit_id: str
    person_id: str | None = None
    role: Role | None = None
    delegation: Delegation | None = None

    @property
    def on_behalf_of(self) -> str | None:
        """In whose place the person acts."""
        return self.delegation.given_by if self.delegation else None


async def live_plan_of_source(tx: Transaction, owner_id: str, source_sha256: str) -> UUID | None:
    """The owner's plan in hand that came from this source; others who ask the same wait for this transaction."""
    await q.one_at_a_time(tx.connection, owner_id=owner_id, source_sha256=source_sha256)
    found: UUID | None = await q.live_plan_of_source(tx.connection, owner_id=owner_id, source_sha256=source_sha256)
    return found


@dataclass(frozen=True)
class Lineage:
    """What a new plan goes back to."""

    owner_id: str | None = None
    """None: the author's unit."""
    lasting_id: UUID | None = None
    """None: it is a plan of its own, in its first version."""
    version: int = 1
    amends_id: UUID | None = None
    parent_id: UUID | None = None
    follows_id: UUID | None = None
    action: str | None = None
    """What its history begins with; None: `draft` by a person, `submit` by a unit's system."""
    reason: str | None = None


NO_LINEAGE = Lineage()


async def add(
    tx: Transaction,
    document: PlanDocument,
    *,
    item_ids: Sequence[UUID],
    source: Source,
    state: PlanState,
    by: Author,
    lineage: Lineage = NO_LINEAGE,
) -> UUID:
    """Keep a new plan, or a new version of one. Returns its id."""
    sha256 = content_sha256(document)
    owner_id = lineage.owner_id or by.unit_id
    plan_id: UUID = await q.add_plan(
        tx.connection,
        owner_id=owner_id,
        state=state,
        lasting_id=lineage.lasting_id,
        version=lineage.version,
        amends_id=lineage.amends_id,
        parent_id=lineage.parent_id,
        follows_id=lineage.follows_id,
        content=document.model_dump_json(),
        content_sha256=sha256,
        item_ids=item_ids,
        source_name=source.name,
        source_text=source.text,
        source_sha256=source.sha256,
        source_file=source.file,
        now=tx.now,
    )
    await _add_history(
        tx,
        plan_id,
        Step(
            revision=1,
            action=lineage.action or ("draft" if by.person_id else "submit"),
            to_state=state,
            unit_id=by.unit_id,
            person_id=by.person_id,
            role=by.role,
            reason=lineage.reason,
            content_sha256=sha256,
            at=tx.now,
        ),
        Content(document, tuple(item_ids)),
    )
    return plan_id


async def lock(tx: Transaction, plan_id: UUID, *, within: str) -> Plan | None:
    """The plan, if the path may see it; nobody else changes it until the transaction ends."""
    row = await q.lock_plan(tx.connection, plan_id=plan_id, within=within)
    return _plan(row) if row else None


async def view(tx: Transaction, plan_id: UUID, *, within: str) -> PlanView | None:
    """The whole plan with its signatures and history, if the path may see it."""
    row = await q.plan(tx.connection, plan_id=plan_id, within=within)
    if row is None:
        return None
    document = PlanDocument.model_validate_json(row["content"])
    return PlanView.model_validate(
        {
            **dict(row),
            "document": document,
            "warnings": standing(document, await acceptances(tx, plan_id)),
            "reach": Reach.model_validate_json(row["reach"]) if row["reach"] else None,
            "versions": [
                dict(row) async for row in q.versions(tx.connection, lasting_id=row["lasting_id"], within=within)
            ],
            "signatures": await signatures(tx, plan_id),
            "history": [Step.model_validate(dict(step)) async for step in q.history(tx.connection, plan_id=plan_id)],
        }
    )


@dataclass(frozen=True)
class OnDays:
    """A plan in force, or one that is being signed, with the units that it concerns."""

    owner_id: str
    state: PlanState
    unit_ids: tuple[str, ...]
    document: PlanDocument
    """Its header, and the items due on the days that were asked for."""


async def on_days(
    tx: Transaction,
    days: Collection[date],
    below: Sequence[str],
    *,
    lasting_id: UUID | None,
    parent_id: UUID | None,
) -> list[OnDays]:
    """Plans other than this one, its parent and those that carry it out, which ask for something on these days of
    somebody above or below these paths, the earliest first."""
    rows = q.plans_on_days(
        tx.connection,
        days=[day.isoformat() for day in days],
        below=below,
        lasting_id=lasting_id,
        parent_id=parent_id,
    )
    return [
        OnDays(
            row["owner_id"],
            PlanState(row["state"]),
            tuple(row["unit_ids"]),
            PlanDocument.model_validate_json(row["content"]),
        )
        async for row in rows
    ]


async def send_one_at_a_time(tx: Transaction) -> None:
    """Let others who send a plan to be signed wait until the transaction ends."""
    await q.send_one_at_a_time(tx.connection)


async def page(
    tx: Transaction, *, within: str, state: PlanState | None, before: UUID, at_most: int
) -> list[PlanSummary]:
    """Plans that the path may see, the latest first."""
    rows = q.plans_page(tx.connection, within=within, state=state, before=before, at_most=at_most)
    return [PlanSummary.model_validate(dict(row)) async for row in rows]


async def save_step(tx: Transaction, before: Plan, plan: Plan, action: str, by: Author, reason: str | None) -> None:
    """Keep the plan as it is after a step, and the step in its history, with the content if that changed."""
    await q.save_plan(
        tx.connection,
        plan_id=plan.plan_id,
        state=plan.state,
        revision=plan.revision,
        content=plan.document.model_dump_json(),
        content_sha256=plan.content_sha256,
        item_ids=plan.item_ids,
        parent_id=plan.parent_id,
        now=tx.now,
    )
    await _add_history(
        tx,
        plan.plan_id,
        Step(
            revision=plan.revision,
            action=action,
            from_state=before.state,
            to_state=plan.state,
            unit_id=by.unit_id,
            person_id=by.person_id,
            role=by.role,
            on_behalf_of=by.on_behalf_of,
            reason=reason,
            content_sha256=plan.content_sha256,
            at=tx.now,
        ),
        None if (before.document, before.item_ids) == (plan.document, plan.item_ids) else plan.content,
    )


async def _add_history(tx: Transaction, plan_id: UUID, step: Step, content: Content | None) -> None:
    await q.add_history(
        tx.connection,
        plan_id=plan_id,
        **dict(step),
        content=content.document.model_dump_json() if content else None,
        item_ids=content.item_ids if content else None,
    )


async def content_at(tx: Transaction, plan_id: UUID, revision: int) -> Content | None:
    """The content as it stood at a revision, of a plan that the transaction sees."""
    row = await q.content_at(tx.connection, plan_id=plan_id, revision=revision)
    if row is None:
        return None
    return Content(PlanDocument.model_validate_json(row["content"]), tuple(row["item_ids"]))


async def source(tx: Transaction, plan_id: UUID, *, within: str) -> Source | None:
    """What the plan was read from, if the path may see it."""
    row = await q.source(tx.connection, plan_id=plan_id, within=within)
    return Source(**dict(row)) if row else None


async def save_source(tx: Transaction, plan_id: UUID, source: Source) -> None:
    """Keep the document that the plan is read from by now."""
    await q.save_source(tx.connection, plan_id=plan_id, **asdict(source))


async def save_reach(tx: Transaction, plan_id: UUID, reach: Reach) -> None:
    """Keep whom the plan reached when it was approved."""
    await q.save_reach(tx.connection, plan_id=plan_id, reach=reach.model_dump_json())


async def signatures(tx: Transaction, plan_id: UUID) -> list[Signature]:
    """The plan's signatures in the order of its parties."""
    return [Signature.model_validate(dict(row)) async for row in q.signatures(tx.connection, plan_id=plan_id)]


async def add_signature(tx: Transaction, plan: Plan, party: int, by: Author, signed_at: datetime) -> None:
    """Keep a signature of the content as it stands, for a party."""
    await q.add_signature(
        tx.connection,
        plan_id=plan.plan_id,
        party=party,
        unit_id=by.unit_id,
        role=by.role,
        person_id=by.person_id,
        on_behalf_of=by.on_behalf_of,
        delegation_id=by.delegation.delegation_id if by.delegation else None,
        content_sha256=plan.content_sha256,
        signed_at=signed_at,
    )


async def void_signatures(tx: Transaction, plan_id: UUID) -> None:
    """Nobody has signed any more."""
    await q.void_signatures(tx.connection, plan_id=plan_id)


async def acceptances(tx: Transaction, plan_id: UUID) -> dict[str, Acceptance]:
    """The warnings of a plan that were accepted, by their ids, also those that are gone."""
    rows = q.acceptances(tx.connection, plan_id=plan_id)
    return {row["warning_id"]: Acceptance.model_validate(dict(row)) async for row in rows}


async def accept_warnings(
    tx: Transaction, step: PlanStanding, warning_ids: Collection[str], by: Author, reason: str
) -> None:
    """Keep that the author accepted the warnings in that step; the last word on a warning counts."""
    await q.accept_warnings(
        tx.connection,
        plan_id=step.plan_id,
        warning_ids=sorted(set(warning_ids)),
        revision=step.revision,
        unit_id=by.unit_id,
        person_id=by.person_id,
        role=by.role,
        reason=reason,
        now=tx.now,
    )


def _plan(row: asyncpg.Record) -> Plan:
    return Plan(
        plan_id=row["plan_id"],
        owner_id=row["owner_id"],
        state=PlanState(row["state"]),
        version=row["version"],
        revision=row["revision"],
        document=PlanDocument.model_validate_json(row["content"]),
        content_sha256=row["content_sha256"],
        item_ids=tuple(row["item_ids"]),
        lasting_id=row["lasting_id"],
        amends_id=row["amends_id"],
        parent_id=row["parent_id"],
    )
