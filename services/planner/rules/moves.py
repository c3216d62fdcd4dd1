"""What a change of the directory moves: which plans in force ask which units for less or for more."""

from uuid import UUID

from contracts.base import Contract, UnitId
from contracts.plans import PlanDocument
from services.planner.rules.obligations import Asked, Days, Directory, asked

MAX_UNITS = 1000
"""Of a plan more are counted, not listed."""


class UnitMove(Contract):
    """A unit of which a plan asks another number of tasks: `before` in the directory as it is, `after` the import."""

    unit_id: UnitId
    before: int
    after: int


class PlanMove(Contract):
    """A plan in force, by its lasting id, whose tasks an import moves."""

    plan_id: UUID
    number: str | None
    title: str
    before: int
    after: int
    """All tasks that it asks for. What a successor had to do already, it has once."""
    changed: int
    """Units of which it asks another number."""
    units: tuple[UnitMove, ...]
    """The first of them, by id."""
    undecided: tuple[UnitId, ...]
    """Units that end without one successor, though they have tasks, and those among whom a person chooses."""


def move(plan_id: UUID, document: PlanDocument, days: Days, before: Directory, after: Directory) -> PlanMove | None:
    """What becomes of one plan; None if nothing does. Both directories are as of the day by which all has happened.

    A unit keeps what it was asked, until it ends: a plan in force takes nothing back from who no longer fits its scope.
    """
    had, newly = asked(document, before, days), asked(document, after, days)
    kept: Asked = {unit_id: had.get(unit_id, set()) | newly.get(unit_id, set()) for unit_id in {*had, *newly}}
    earlier, later = _counted(before.by_now(had)), _counted(after.by_now(kept))
    units = [
        UnitMove(unit_id=unit_id, before=earlier.get(unit_id, 0), after=later.get(unit_id, 0))
        for unit_id in sorted({*earlier, *later})
        if earlier.get(unit_id, 0) != later.get(unit_id, 0)
    ]
    undecided = after.undecided(later) - before.undecided(earlier)
    if not units and not undecided:
        return None
    return PlanMove(
        plan_id=plan_id,
        number=document.number,
        title=document.title,
        before=sum(earlier.values()),
        after=sum(later.values()),
        changed=len(units),
        units=tuple(units[:MAX_UNITS]),
        undecided=tuple(sorted(undecided)),
    )


def _counted(asked: Asked) -> dict[str, int]:
    return {unit_id: len(keys) for unit_id, keys in asked.items() if keys}
