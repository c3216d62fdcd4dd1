"""Changing tasks: the one use-case behind the HTTP API and the `task-commands` topic.

A batch of commands costs a handful of statements, whatever its size: lock and read its tasks, read who
stands where, decide in Python in the order of the commands, write set-based.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.tracker import inheritance, store
from services.tracker.entitlement import Unit, relations
from services.tracker.model import Change, Command, LockedTask
from services.tracker.transitions import Denied, Relation, Standing, decide


async def change_tasks(tx: Transaction, commands: Sequence[Command], *, door: str) -> list[Standing | Denied]:
    """Carry out the commands in their order; each sees what those before it did.

    `door` is `http` or `kafka`. Through Kafka the portal names the person: where the directory knows who
    holds that role in that unit today, it must be one of them. Over HTTP the token has proved it.

    Returns, per command, how the task stands then, or why nothing changed: a code of `transitions.decide`,
    or `unknown-task`, `wrong-unit`, `unknown-actor`, `not-in-role`.
    """
    tasks = await store.tasks_for_change(tx, {command.task_id for command in commands})
    desk = await _desk(tx, commands, tasks, check_people=door == "kafka")
    outcomes: list[Standing | Denied] = []
    for command in commands:
        try:
            outcomes.append(desk.carry_out(command, tx))
        except Denied as denied:
            outcomes.append(denied)
    if desk.changes:
        await store.write_changes(tx, desk.changes, desk.standings, door=door)
        reopened = {change.task.unit.unit_id for change in desk.changes if change.before.state in inheritance.CLOSED}
        if reopened:  # one of a unit that has ended follows to its successor
            await inheritance.requeue(tx, list(reopened))
    return outcomes


@dataclass
class _Desk:
    """All that a batch needs to be decided, and what was decided so far."""

    tasks: dict[UUID, LockedTask]
    units: dict[str, Unit]
    parties: dict[UUID, list[Unit]]
    people: dict[tuple[str, str], set[str]]
    standings: dict[UUID, Standing] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    _relations: dict[tuple[str, str, UUID], frozenset[Relation]] = field(default_factory=dict)

    def carry_out(self, command: Command, tx: Transaction) -> Standing:
        """Decide one command. Raises Denied."""
        task = self.tasks.get(command.task_id)
        if task is None:
            raise Denied("task-unknown", "there is no such task")
        if command.unit_id not in (None, task.unit.unit_id):
            raise Denied("wrong-unit", "the task is another unit's")
        before = self.standings.get(task.task_id, task.standing)
        role, after = decide(
            before, command.request, relations=self._relations_of(command, task), needed=task.needed, now=tx.now
        )
        if command.person_id not in self.people.get((command.actor_unit_id, role), (command.person_id,)):
            raise Denied("not-in-role", f"the directory knows others as {role} of {command.actor_unit_id}")
        self.standings[task.task_id] = after
        self.changes.append(Change(task, command, role, before, after))
        return after

    def _relations_of(self, command: Command, task: LockedTask) -> frozenset[Relation]:
        key = (command.actor_unit_id, task.unit.unit_id, task.plan_id)
        found = self._relations.get(key)
        if found is None:
            actor = self.units.get(command.actor_unit_id)
            if actor is None:
                raise Denied("actor-unknown", f"the directory has no unit {command.actor_unit_id} today")
            found = relations(actor, task.unit.unit_id, task.unit.path, self.parties.get(task.plan_id, ()))
            self._relations[key] = found
        return found


async def _desk(
    tx: Transaction, commands: Sequence[Command], tasks: dict[UUID, LockedTask], *, check_people: bool
) -> _Desk:
    today = day_in_viet_nam(tx.now)
    roles = {(command.actor_unit_id, role) for command in commands for role in command.request.roles}
    return _Desk(
        tasks,
        units=await store.units_by_id(tx, list({unit_id for unit_id, _ in roles}), today),
        parties=await store.parties_of(tx, list({task.plan_id for task in tasks.values()}), today),
        people=await store.people_in_role(tx, roles, today) if check_people else {},
    )
