"""From records to use-cases."""

from collections.abc import Sequence

from contracts.plans import PlanAmended, PlanApproved, PlanClosed, PlanRevoked
from services.kit.database import Transaction
from services.kit.inbox import Received
from services.notifier import view


async def take_units(tx: Transaction, records: Sequence[Received]) -> None:
    """Records of `unit-directory`."""
    await view.keep_units(tx, [record.envelope.data for record in records])


async def take_plans(tx: Transaction, records: Sequence[Received]) -> None:
    """Records of `plan-events`."""
    events = [record.envelope.data for record in records]
    await view.keep_plans(tx, [event for event in events if isinstance(event, PlanApproved | PlanAmended)])
    await view.end_plans(tx, [event for event in events if isinstance(event, PlanRevoked | PlanClosed)])


async def take_tasks(tx: Transaction, records: Sequence[Received]) -> None:
    """Records of `task-events`."""
    await view.keep_tasks(tx, [record.envelope.data for record in records])
