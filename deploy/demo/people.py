"""How the made province's people behave: the same in every run, whatever identifiers the run gives."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from contracts.plans import ApprovedItem
from contracts.tasks import Actor, ChangeTask, TaskAction, TaskState
from contracts.units import Role, UnitKind
from deploy.demo.ledger import Task
from deploy.demo.province import MadeProvince, UnitRow


@dataclass(frozen=True)
class Deed:
    """One command, and whether it is wrong on purpose."""

    command: ChangeTask
    wrong: bool = False


class Behaviour:
    """Decides who does what with a task in one wave of the year."""

    def __init__(self, province: MadeProvince, items: dict[str, ApprovedItem], seed: int) -> None:
        self._province = province
        self._units = {unit.unit_id: unit for unit in province.units}
        self._people = {(person.unit_id, person.role): person.person_id for person in province.people}
        self._items = items
        self._seed = seed

    def of_schools(self, tasks: Iterable[Task], wave: int) -> Iterator[Deed]:
        """What those who have tasks do with them; several deeds of one task follow each other."""
        for task in tasks:
            chance = self._chance(task, wave, "school")
            if chance.random() < 0.004:
                yield self._wrong(task, chance)
            yield from (Deed(command) for command in self._steps(task, chance))

    def of_offices(self, tasks: Iterable[Task], wave: int) -> Iterator[Deed]:
        """What offices answer to submissions."""
        for task in tasks:
            if task.state is not TaskState.SUBMITTED:
                continue
            chance = self._chance(task, wave, "office")
            fate = chance.random()
            officer = self._officer_above(task.unit_id)
            if fate < 0.75:
                yield Deed(self._command(task, TaskAction.ACCEPT, officer))
            elif fate < 0.88:
                yield Deed(
                    self._command(task, TaskAction.RETURN, officer, reason="Minh chứng chưa đủ, đề nghị bổ sung")
                )

    def _steps(self, task: Task, chance: random.Random) -> Iterator[ChangeTask]:
        actors = self._accountable(task)
        first = actors[0]
        state = task.state
        if state is TaskState.ISSUED and chance.random() < 0.85:
            if chance.random() < 0.01:
                yield self._command(task, TaskAction.DECLINE, first, reason="Nội dung không thuộc phạm vi của đơn vị")
                return
            yield self._command(task, TaskAction.ACKNOWLEDGE, first)
            state = TaskState.ACKNOWLEDGED
        if state in (TaskState.ACKNOWLEDGED, TaskState.RETURNED) and chance.random() < 0.7:
            yield self._command(task, TaskAction.START, first)
            state = TaskState.IN_PROGRESS
        if state is not TaskState.IN_PROGRESS:
            return
        if chance.random() < 0.4:
            yield self._command(
                task, TaskAction.REPORT_PROGRESS, first, percent=chance.randrange(10, 91, 10), note="Đang triển khai"
            )
        if chance.random() < 0.45:
            yield from (self._command(task, TaskAction.SUBMIT, actor, note="Đã hoàn thành") for actor in actors)

    def _wrong(self, task: Task, chance: random.Random) -> Deed:
        """A command that must be refused: of a stranger, for no task, without a reason, in the wrong state."""
        principal = self._accountable(task)[0]
        match chance.randrange(4):
            case 0:
                stranger = next(unit for unit in self._province.units if _is_other_school(unit, task.unit_id))
                actor = self._actor(stranger.unit_id, Role.PRINCIPAL)
                command = self._command(task, TaskAction.ACKNOWLEDGE, actor)
            case 1:
                command = self._command(task, TaskAction.ACKNOWLEDGE, principal, task_id=uuid4())
            case 2:
                command = self._command(task, TaskAction.DECLINE, principal)
            case _:
                command = self._command(task, TaskAction.RESUME, self._officer_above(task.unit_id))
        return Deed(command, wrong=True)

    def _accountable(self, task: Task) -> list[Actor]:
        """Those who must submit: in a school the item's roles, in an office or union its officer."""
        unit = self._units[task.unit_id]
        if unit.kind is not UnitKind.SCHOOL:
            return [self._actor(unit.unit_id, Role.OFFICER)]
        roles = [role for role in self._items[task.item_id].accountable if (unit.unit_id, role) in self._people]
        return [self._actor(unit.unit_id, role) for role in roles or [Role.PRINCIPAL]]

    def _officer_above(self, unit_id: str) -> Actor:
        area = self._units[unit_id].parent_id
        office = next(iter(self._province.below(area, UnitKind.OFFICE)))
        return self._actor(office.unit_id, Role.OFFICER)

    def _actor(self, unit_id: str, role: Role) -> Actor:
        return Actor(person_id=self._people[(unit_id, role)], unit_id=unit_id, role=role)

    def _command(self, task: Task, action: TaskAction, actor: Actor, **more: object) -> ChangeTask:
        fields = {"task_id": task.task_id, "unit_id": task.unit_id, "action": action, "actor": actor}
        return ChangeTask.model_validate(fields | more)

    def _chance(self, task: Task, wave: int, side: str) -> random.Random:
        plan = self._items[task.item_id].text[:40]
        return random.Random(f"{self._seed}/{plan}/{task.name}/{wave}/{side}")  # noqa: S311


def _is_other_school(unit: UnitRow, unit_id: str) -> bool:
    return unit.kind is UnitKind.SCHOOL and unit.unit_id != unit_id and not unit.valid_to
