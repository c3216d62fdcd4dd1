"""Alerts: who is told what on a morning."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, Message, PersonId, UnitId
from contracts.units import Role


class AlertRule(StrEnum):
    """Why somebody is told something: the rules of today. The notifier's rule table says whom and when."""

    PLAN_APPROVED = "plan-approved"
    ASSIGNED = "assigned"
    DUE_SOON = "due-soon"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"
    RETURNED = "returned"
    PLAN_AMENDED = "plan-amended"
    PLAN_REVOKED = "plan-revoked"


class AlertEntry(Contract):
    """One alert: a rule met by a task, or by a plan as a whole."""

    rule: Code
    """One of `AlertRule`; a reader takes one that it does not know, for rules are added without a new version."""
    plan_id: UUID
    unit_id: UnitId
    task_id: UUID | None = None
    due_on: date | None = None
    days: int | None = None


class AlertRaised(Message):
    """What one recipient is told on one morning. Key: the recipient. One per recipient and morning.

    A record is limited in size: the entries are the first 2,000, and the notifier's API holds all of them.
    """

    digest_id: UUID
    recipient: PersonId
    role: Role
    unit_id: UnitId
    morning: date
    entries: tuple[AlertEntry, ...] = Field(min_length=1)
