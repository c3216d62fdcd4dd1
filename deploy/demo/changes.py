"""What changes amid a school year: an office amends its plan, and a school with a plan of its own goes into another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from contracts.units import UnitKind
from deploy.demo.desk import Desk, DeskPlan
from deploy.demo.province import MadeProvince, UnitRow
from deploy.demo.world import World


def change(world: World, desk: Desk, plans: Sequence[DeskPlan], day: date, folder: Path) -> None:
    """Amend a plan on that day, merge two schools from the next on, and see all that follows from it arrive.

    The lines of the units that change are written into the folder.
    """
    world.set_time(day, 9)
    kinds = {unit.unit_id: unit.kind for unit in world.province.units}
    of_offices = [plan for plan in plans if _amendable(plan, kinds)]
    for plan in of_offices[:1]:
        desk.amend(plan, due=f"before:{day.year + 1}-05-25", reason="Điều chỉnh thời hạn, bớt một nội dung")
    world.settle()
    world.set_time(day + timedelta(days=1), 9)
    for row in _merger(world.province, plans, day):
        units, _ = MadeProvince([row], world.province.people[:1]).write(folder)
        files = {"units": ("units.csv", units.read_bytes(), "text/csv")}
        world.operator("planner").call("POST", "/v1/units/import", files=files)
    world.settle()


def _amendable(plan: DeskPlan, kinds: Mapping[str, UnitKind]) -> bool:
    """Whether it is a plan of an office, brought in at its desk, from which an item can be taken."""
    of_office = kinds[plan.officer.unit_id] is not UnitKind.SCHOOL
    return of_office and not plan.submitted and len(plan.document["items"]) > 1


def _merger(province: MadeProvince, plans: Sequence[DeskPlan], last_day: date) -> list[UnitRow]:
    """The line of a school that ends, with its successor beside it; none where no school has a plan of its own."""
    owners = {plan.officer.unit_id for plan in plans}
    for school in province.units:
        if school.kind is UnitKind.SCHOOL and school.unit_id in owners:
            beside = province.below(school.parent_id, UnitKind.SCHOOL)
            for heir in beside:
                alike = (heir.levels, heir.ownership, heir.has_union) == (
                    school.levels,
                    school.ownership,
                    school.has_union,
                )
                if heir.unit_id not in owners and not heir.valid_to and alike:
                    return [replace(school, valid_to=last_day.isoformat(), successor_id=heir.unit_id)]
    return []
