"""Typed functions around the named queries of delegations."""

from datetime import date
from uuid import UUID

from services.kit.database import Transaction
from services.planner.store.queries import q
from services.planner.views import Delegation


async def add(tx: Transaction, **given: object) -> Delegation:
    """Keep that a person lets another sign in their place."""
    return Delegation(**dict(await q.add_delegation(tx.connection, **given, now=tx.now)))


async def lock(tx: Transaction, delegation_id: UUID) -> Delegation | None:
    """A delegation that the transaction sees; nobody else changes it now."""
    row = await q.lock_delegation(tx.connection, delegation_id=delegation_id)
    return Delegation(**dict(row)) if row else None


async def withdraw(tx: Transaction, delegation_id: UUID, person_id: str) -> Delegation:
    """End a delegation."""
    row = await q.withdraw_delegation(tx.connection, delegation_id=delegation_id, person_id=person_id, now=tx.now)
    return Delegation(**dict(row))


async def given_to(tx: Transaction, deputy_id: str, unit_id: str, day: date) -> list[Delegation]:
    """By what a person may sign for others of their unit on that day."""
    rows = q.delegations_to(tx.connection, deputy_id=deputy_id, unit_id=unit_id, day=day)
    return [Delegation(**dict(row)) async for row in rows]


async def page(tx: Transaction, *, within: str, before: UUID, at_most: int) -> list[Delegation]:
    """Delegations of units within the path, the latest first."""
    rows = q.delegations_page(tx.connection, within=within, before=before, at_most=at_most)
    return [Delegation(**dict(row)) async for row in rows]
