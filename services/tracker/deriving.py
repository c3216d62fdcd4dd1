"""Answers a unit's task to make a plan of its own by the plan that it has made.

The signatures of its parties are their submissions: whoever signed for the unit acknowledges, starts and submits
the task, as far as it stands so. The assigner accepts or returns it like any other. A plan that is signed anew, in
a later version, submits again what was returned.
"""

from uuid import UUID

from contracts.tasks import TaskAction
from contracts.units import Role, UnitKind
from services.kit.database import Transaction
from services.tracker import store
from services.tracker.changes import change_tasks
from services.tracker.model import Command
from services.tracker.store import Deriving
from services.tracker.transitions import Request

STEPS = (TaskAction.ACKNOWLEDGE, TaskAction.START, TaskAction.SUBMIT)


async def answer(tx: Transaction, parent_id: UUID, *, derived_id: UUID | None = None) -> None:
    """Answer the tasks under the parent by this plan; None: those that are not answered, by all plans that are known.

    Tasks that are not there yet are answered when the parent has been decomposed.
    """
    found = await store.tasks_to_derive(tx, parent_id, derived_id)
    if not found:
        return
    await store.link_derived(tx, {task.task_id: task.derived_id for task in found})
    await change_tasks(tx, [_command(task, step) for task in found for step in STEPS], door="plan")


def _command(task: Deriving, action: TaskAction) -> Command:
    request = Request(action, (_role(task),), note=task.named)
    return Command(task.task_id, task.unit_id, task.signed_by, task.unit_id, request)


def _role(task: Deriving) -> Role:
    """The role in which one signs for a party: in a school the principal and the union chair, elsewhere a signatory."""
    if task.kind is UnitKind.SCHOOL:
        return {"education": Role.PRINCIPAL, "union": Role.UNION_CHAIR}.get(task.party, Role.SIGNATORY)
    return Role.SIGNATORY
