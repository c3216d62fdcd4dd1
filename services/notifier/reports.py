"""What people ask: what was I told, how did a morning go, what was delivered. No answer holds an address."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Json

from contracts.alerts import AlertRule
from contracts.units import Role
from services.kit.database import Transaction
from services.notifier.store import DigestState, queries

Counts = dict[str, int]


class ToldAlert(BaseModel):
    """One alert that the caller was told."""

    id: int
    rule: AlertRule
    morning: dt.date
    plan_id: UUID
    plan_title: str | None
    task_id: UUID | None
    position: int | None
    """Of the item in the plan."""
    unit_id: str
    due_on: dt.date | None


class Delivery(BaseModel):
    """One digest in the delivery log."""

    id: UUID
    unit_id: str
    role: Role
    state: DigestState
    attempts: int
    smtp_code: int | None
    settled_at: dt.datetime | None


class MorningReport(BaseModel):
    """How far a morning has come."""

    day: dt.date
    state: str
    """REQUESTED, PLANNING, PLANNED."""
    told: int
    """Alerts that went into digests."""
    cancelled: int
    """Alerts that no longer held."""
    waiting: int
    """Alerts that wait for the next morning: nobody was there to be told, or their plan is not known yet."""
    digests: Annotated[Counts, Json]
    """By state."""


class Summary(BaseModel):
    """Everything counted."""

    alerts: dict[str, Counts]
    """By rule and state: PENDING, TOLD, CANCELLED."""
    digests: Counts
    """By state."""
    mornings: Counts
    """By state."""


async def alerts_told(tx: Transaction, recipient: str, *, within: str, before: int, at_most: int) -> list[ToldAlert]:
    """What a recipient was told, the latest first, from before an alert's id."""
    rows = queries.alerts_told(tx.connection, recipient=recipient, within=within, before=before, at_most=at_most)
    return [ToldAlert.model_validate(dict(row)) async for row in rows]


async def deliveries(tx: Transaction, day: dt.date, *, within: str, after: UUID, at_most: int) -> list[Delivery]:
    """The digests of a morning within a path, in the order of their ids, from after one."""
    rows = queries.digests_of_day(tx.connection, day=day, within=within, after=after, at_most=at_most)
    return [Delivery.model_validate(dict(row)) async for row in rows]


async def morning(tx: Transaction, day: dt.date) -> MorningReport | None:
    """How far the morning has come; none when nobody asked for it."""
    row = await queries.morning_of_day(tx.connection, day=day)
    return row and MorningReport.model_validate(dict(row))


async def summary(tx: Transaction) -> Summary:
    """Everything counted."""
    alerts: dict[str, Counts] = {}
    async for row in queries.count_alerts(tx.connection):
        alerts.setdefault(row["rule"], {})[row["state"]] = row["count"]
    digests = {row["state"]: row["count"] async for row in queries.count_digests(tx.connection)}
    mornings = {row["state"]: row["count"] async for row in queries.count_mornings(tx.connection)}
    return Summary(alerts=alerts, digests=digests, mornings=mornings)
