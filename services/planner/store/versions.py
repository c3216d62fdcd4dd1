"""Typed functions around the named queries of a plan's versions."""

from collections.abc import AsyncIterator, Collection
from uuid import UUID

from contracts.plans import PlanDocument
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.planner.rules.obligations import Days
from services.planner.rules.parents import Candidate
from services.planner.store.queries import q
from services.planner.views import PlanView, Relative


async def next_version(tx: Transaction, lasting_id: UUID) -> tuple[int, UUID | None]:
    """The number of the plan's next version, and the id of the one that is in hand, if any."""
    row = await q.next_version(tx.connection, lasting_id=lasting_id)
    return row["version"], row["in_hand"]


async def latest_version(tx: Transaction, lasting_id: UUID) -> UUID | None:
    """The id of the plan's latest version that was not rejected, if there is one."""
    found: UUID | None = await q.latest_version(tx.connection, lasting_id=lasting_id)
    return found


async def first_reason(tx: Transaction, plan_id: UUID) -> str | None:
    """Why a version was drafted."""
    reason: str | None = await q.first_reason(tx.connection, plan_id=plan_id)
    return reason


async def plans_in_force(tx: Transaction) -> list[Candidate]:
    """The numbered plans in force that the transaction sees."""
    rows = q.plans_in_force(tx.connection)
    return [
        Candidate(row["lasting_id"], row["number"], row["date"], tuple(row["unit_ids"]), row["title"])
        async for row in rows
    ]


async def in_force_over(tx: Transaction, paths: Collection[str], *, within: str) -> list[UUID]:
    """The plans in force that the path may see and that may reach units at one of these paths."""
    return [row["plan_id"] async for row in q.in_force_over(tx.connection, within=within, paths=list(paths))]


async def following(tx: Transaction, plan_id: UUID) -> UUID | None:
    """The draft that goes on where the plan was closed, if there is one."""
    found: UUID | None = await q.following(tx.connection, plan_id=plan_id)
    return found


async def relatives(tx: Transaction, plan: PlanView, *, within: str) -> list[Relative]:
    """The plan above, the one that this one follows and the one that follows it."""
    rows = q.relatives(
        tx.connection, plan_id=plan.plan_id, parent_id=plan.parent_id, follows_id=plan.follows_id, within=within
    )
    return [Relative.model_validate(dict(row)) async for row in rows]


async def contents_in_force(tx: Transaction) -> AsyncIterator[tuple[UUID, PlanDocument, Days]]:
    """The plans in force that the transaction sees, one by one: lasting id, content, and when they were approved."""
    async for row in q.contents_in_force(tx.connection):
        days = Days(day_in_viet_nam(row["approved_at"]), row["sequence"])
        yield row["lasting_id"], PlanDocument.model_validate_json(row["content"]), days
