"""Who asks: the person of a token, with their unit as the directory knows it."""

from dataclasses import dataclass

from services.kit.auth import Principal
from services.kit.clock import day_in_viet_nam
from services.kit.database import Database
from services.kit.errors import Refusal, RefusalKind
from services.planner import store
from services.planner.rules.lifecycle import Standing


@dataclass(frozen=True)
class Caller(Standing):
    """A person with the unit for which they act."""

    person_id: str
    unit_name: str


async def identify(database: Database, principal: Principal) -> Caller:
    """The caller behind a token. Raises Refusal (403) for a unit that is unknown, or not open today."""
    async with database.transaction() as tx:
        unit = await store.units.view(tx, principal.unit_id, within="/")
    if unit is None:
        raise Refusal(RefusalKind.FORBIDDEN, "unit-unknown", f"the directory has no unit {principal.unit_id}")
    today = day_in_viet_nam(database.clock.now())
    if not unit.exists_on(today):
        raise Refusal(RefusalKind.FORBIDDEN, "unit-closed", f"the unit {unit.unit_id} does not exist today")
    return Caller(unit.unit_id, unit.kind, unit.path, principal.roles, principal.person_id, unit.name)
