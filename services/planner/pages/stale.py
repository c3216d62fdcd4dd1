"""What others have changed in a plan since a person opened a form."""

from dataclasses import dataclass
from uuid import UUID

from contracts.plans import Item
from services.kit.database import Transaction
from services.planner import store
from services.planner.rules.difference import changed_fields
from services.planner.rules.editing import Content
from services.planner.views import PlanView, Step


@dataclass(frozen=True)
class Since:
    """The steps since a revision, and what they did to the item of the form, if it is one."""

    steps: tuple[Step, ...]
    fields: tuple[str, ...]
    then: Item | None
    now: Item | None


async def since(tx: Transaction, plan: PlanView, revision: int, item_id: UUID | None = None) -> Since:
    """What has happened to the plan since the revision."""
    steps = tuple(step for step in plan.history if step.revision > revision)
    before = await store.plans.content_at(tx, plan.plan_id, revision)
    then = _item(before, item_id) if before else None
    now = _item(Content(plan.document, plan.item_ids), item_id)
    return Since(steps, changed_fields(then, now) if then and now else (), then, now)


def _item(content: Content, item_id: UUID | None) -> Item | None:
    if item_id is None or item_id not in content.item_ids:
        return None
    return content.document.items[content.index(item_id)]
