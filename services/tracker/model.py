"""What passes between the doors, the use-cases and the store."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from contracts.units import Role
from services.tracker.entitlement import Unit
from services.tracker.transitions import Request, Standing


class Story(NamedTuple):
    """The message that something goes back to, for the envelopes of what follows from it."""

    causation_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None


class Command(NamedTuple):
    """Somebody's request to do something with a task."""

    task_id: UUID
    unit_id: str | None
    """The unit that is said to have the task; None: whichever has it."""
    person_id: str
    actor_unit_id: str
    request: Request
    story: Story = Story()


class LockedTask(NamedTuple):
    """A task that this transaction holds, with what a decision needs."""

    task_id: UUID
    plan_id: UUID
    item_id: UUID
    due_on: date | None
    unit: Unit
    needed: frozenset[Role]
    """Whose submissions it needs (`transitions.confirming`)."""
    standing: Standing


class Change(NamedTuple):
    """A command that took effect."""

    task: LockedTask
    command: Command
    role: Role
    before: Standing
    after: Standing


class Job(NamedTuple):
    """A decomposition in hand."""

    plan_id: UUID
    version: int
    effective_on: date
    ended: str | None
    """REVOKED or CLOSED; None: in force."""
    carried_over: tuple[UUID, ...]
    laying: bool
    """Whether the present version is still to be laid over the units."""
    reason: str | None
    occurrences: int
    """How many tasks a unit gets that all items bind."""
    after_unit: str
    story: Story


class Sweep(NamedTuple):
    """The sweep of a day, in hand."""

    day: date
    after_unit: str


class Chunk(NamedTuple):
    """What one step of a job did: `seen` units looked at, of which `units` were told of `tasks`."""

    seen: int
    last_unit: str | None
    units: int = 0
    tasks: int = 0
