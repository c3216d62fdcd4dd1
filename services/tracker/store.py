"""Typed functions around `sql/queries.sql` for what the tracker writes; `views.py` has what people read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from contracts.plans import ApprovedItem, PlanAmended, PlanApproved, Target
from contracts.scope import jurisdiction
from contracts.tasks import TaskState
from contracts.units import Role, UnitChanged, UnitKind
from services.kit.database import Transaction
from services.kit.sql import load_queries
from services.tracker.entitlement import Unit
from services.tracker.model import Change, LockedTask
from services.tracker.transitions import Standing, confirming

queries = load_queries(Path(__file__).parent / "sql" / "queries.sql")

_STATES = {str(state): state for state in TaskState}
_ROLES = {str(role): role for role in Role}
_KINDS = {str(kind): kind for kind in UnitKind}
_TARGETS = TypeAdapter(tuple[Target, ...])

PlanInForce = PlanApproved | PlanAmended


# Directory


async def store_units(tx: Transaction, units: Sequence[UnitChanged]) -> dict[str, bool]:
    """Take over what is new of these units, each given once. Returns the ids of those that changed, and whether the
    unit is new."""
    changed = queries.store_units(
        tx.connection,
        ids=[unit.unit_id for unit in units],
        sequences=[unit.sequence for unit in units],
        names=[unit.name for unit in units],
        kinds=[unit.kind for unit in units],
        parent_ids=[unit.parent_id for unit in units],
        levels=[",".join(sorted(unit.levels)) for unit in units],
        ownerships=[unit.ownership for unit in units],
        has_unions=[unit.has_union for unit in units],
        valid_froms=[unit.valid_from for unit in units],
        valid_tos=[unit.valid_to for unit in units],
        successors=[",".join(unit.successors) for unit in units],
        since=[unit.since or unit.valid_from for unit in units],
    )
    return {row["id"]: row["is_new"] async for row in changed}


async def move_paths(tx: Transaction, changed: Sequence[str]) -> None:
    """Give the changed units, and all below them, the paths of where they stand now."""
    await queries.move_paths(tx.connection, changed=changed)


async def replace_people(tx: Transaction, units: Sequence[UnitChanged]) -> None:
    """Remember who holds roles in these units, and nobody else."""
    held = [(unit.unit_id, person) for unit in units for person in unit.people]
    await queries.forget_people(tx.connection, unit_ids=[unit.unit_id for unit in units])
    await queries.store_people(
        tx.connection,
        unit_ids=[unit_id for unit_id, _ in held],
        person_ids=[person.person_id for _, person in held],
        roles=[person.role for _, person in held],
        valid_froms=[person.valid_from for _, person in held],
        valid_tos=[person.valid_to for _, person in held],
    )


async def advance_directory(tx: Transaction, sequence: int) -> None:
    """Remember that the directory has arrived up to this change."""
    await queries.advance_directory(tx.connection, sequence=sequence)


async def units_by_id(tx: Transaction, unit_ids: Sequence[str], day: date) -> dict[str, Unit]:
    """Those of the units that exist on a day by the directory."""
    return {row["id"]: _unit(row) async for row in queries.units_by_id(tx.connection, ids=unit_ids, day=day)}


async def people_in_role(tx: Transaction, roles: Set[tuple[str, Role]], day: date) -> dict[tuple[str, str], set[str]]:
    """Who holds each of these roles of units on a day; roles that nobody holds are absent."""
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    unit_ids, names = [unit_id for unit_id, _ in roles], [role for _, role in roles]
    async for row in queries.people_in_role(tx.connection, unit_ids=unit_ids, roles=names, day=day):
        held[row["unit_id"], row["role"]].add(row["person_id"])
    return dict(held)


def _unit(row: Any) -> Unit:
    return Unit(row["id"], _KINDS[row["kind"]], row["path"])


# Plans


async def store_plan(tx: Transaction, plan: PlanInForce) -> bool:
    """Take over a plan with its parties, items and occurrences. Returns whether this version was new."""
    new = await queries.store_plan(
        tx.connection,
        id=plan.plan_id,
        version=plan.version,
        kind=plan.kind,
        number=plan.number,
        title=plan.title,
        effective_on=plan.effective_on,
        directory_sequence=plan.directory_sequence,
        approved_at=plan.approved_at,
        parent_id=plan.parent_id,
    )
    if new is None:
        return False
    await queries.forget_parties(tx.connection, plan_id=plan.plan_id)
    await queries.store_parties(
        tx.connection,
        plan_id=plan.plan_id,
        unit_ids=[party.unit_id for party in plan.parties],
        roles=[party.role for party in plan.parties],
        signed_by=[party.signed_by for party in plan.parties],
    )
    await _store_items(tx, plan)
    await _store_occurrences(tx, plan.plan_id, plan.items)
    return True


async def end_plan(tx: Transaction, plan_id: UUID, ended: str, carried_over: Sequence[UUID] = ()) -> bool:
    """Take over that the plan is no longer in force. Returns whether it was until now."""
    found = await queries.end_plan(tx.connection, id=plan_id, ended=ended, carried_over=carried_over)
    return found is not None


async def _store_items(tx: Transaction, plan: PlanInForce) -> None:
    items = plan.items
    restricted = [item.scope.levels or item.scope.grades for item in items]
    await queries.store_items(
        tx.connection,
        plan_id=plan.plan_id,
        version=plan.version,
        item_ids=[item.item_id for item in items],
        positions=[item.position for item in items],
        sections=[item.section for item in items],
        headings=[item.heading for item in items],
        texts=[item.text for item in items],
        kinds=[item.kind for item in items],
        accountables=[",".join(item.accountable) for item in items],
        targets=[_TARGETS.dump_json(item.targets).decode() for item in items],
        audiences=[item.scope.audience for item in items],
        levels_bound=[
            ",".join(sorted(item.scope.levels_bound())) if limited else None
            for item, limited in zip(items, restricted, strict=True)
        ],
        ownerships=[item.scope.ownership for item in items],
        with_unions=[item.scope.with_union for item in items],
        areas=[",".join(item.scope.area) for item in items],
    )


async def _store_occurrences(tx: Transaction, plan_id: UUID, items: Sequence[ApprovedItem]) -> None:
    in_order = sorted(items, key=lambda item: item.position)
    occurrences = [(item.item_id, occurrence) for item in in_order for occurrence in item.occurrences]
    await queries.forget_occurrences(tx.connection, plan_id=plan_id)
    await queries.store_occurrences(
        tx.connection,
        plan_id=plan_id,
        item_ids=[item_id for item_id, _ in occurrences],
        keys=[occurrence.key for _, occurrence in occurrences],
        due_dates=[occurrence.due_on for _, occurrence in occurrences],
    )


async def parties_of(tx: Transaction, plan_ids: Sequence[UUID], today: date | None = None) -> dict[UUID, list[Unit]]:
    """The signing units of each plan; those that the directory does not have are absent.

    With `today` also the units that have taken over from them by then.
    """
    parties: dict[UUID, list[Unit]] = defaultdict(list)
    async for row in queries.parties_of(tx.connection, plan_ids=plan_ids, today=today):
        parties[row["plan_id"]].append(_unit(row))
    return dict(parties)


async def reach_of(tx: Transaction, plan_id: UUID) -> tuple[list[str], list[str]]:
    """The units that signed a plan, and the paths of what they answer for: nobody else is bound by it."""
    parties = (await parties_of(tx, [plan_id])).get(plan_id, [])
    return [party.unit_id for party in parties], [jurisdiction(party.kind, party.path) for party in parties]


# Changing tasks


class Deriving(NamedTuple):
    """A unit's task to make a plan of its own, with the plan that it made and one who signed it for the unit."""

    task_id: UUID
    unit_id: str
    kind: UnitKind
    derived_id: UUID
    named: str
    """The plan's number and title."""
    party: str
    signed_by: str


async def tasks_to_derive(tx: Transaction, parent_id: UUID, derived_id: UUID | None) -> list[Deriving]:
    """The tasks under a plan that the plan below answers; None: those not answered yet, by all plans below."""
    return [
        Deriving(
            row["task_id"],
            row["unit_id"],
            _KINDS[row["kind"]],
            row["derived_id"],
            " ".join(filter(None, (row["number"], row["title"]))),
            row["role"],
            row["signed_by"],
        )
        async for row in queries.tasks_to_derive(tx.connection, parent_id=parent_id, derived_id=derived_id)
    ]


async def link_derived(tx: Transaction, links: Mapping[UUID, UUID]) -> None:
    """Remember which plans answer tasks."""
    await queries.link_derived(tx.connection, task_ids=list(links), derived_ids=list(links.values()))


async def tasks_for_change(tx: Transaction, task_ids: Set[UUID]) -> dict[UUID, LockedTask]:
    """Lock those of the tasks that there are (and that the caller may see), in one order for all callers."""
    rows = queries.tasks_for_change(tx.connection, ids=list(task_ids))
    return {row["id"]: _locked(row) async for row in rows}


def _locked(row: Any) -> LockedTask:
    unit = Unit(row["unit_id"], _KINDS[row["unit_kind"]], row["unit_path"])
    accountable = frozenset(_ROLES[role] for role in row["accountable"])
    return LockedTask(
        task_id=row["id"],
        plan_id=row["plan_id"],
        item_id=row["item_id"],
        due_on=row["due_on"],
        unit=unit,
        needed=confirming(unit.kind, accountable, has_union=row["has_union"]),
        standing=Standing(
            state=_STATES[row["state"]],
            revision=row["revision"],
            confirmed_by=_ROLES.get(row["confirmed_by"]),
            not_applicable_proposed=row["not_applicable_proposed"],
            suspended_from=_STATES.get(row["suspended_from"]),
            submitted_at=row["submitted_at"],
            percent=row["percent"],
            achieved=row["achieved"],
        ),
    )


async def write_changes(
    tx: Transaction, changes: Sequence[Change], standings: Mapping[UUID, Standing], *, door: str
) -> None:
    """Write how the tasks stand now, append what happened, and publish it in the order of `changes`."""
    after = standings.values()
    await queries.update_tasks(
        tx.connection,
        ids=list(standings),
        states=[standing.state for standing in after],
        revisions=[standing.revision for standing in after],
        confirmed_by=[standing.confirmed_by for standing in after],
        proposed=[standing.not_applicable_proposed for standing in after],
        suspended_from=[standing.suspended_from for standing in after],
        submitted_at=[standing.submitted_at for standing in after],
        percents=[standing.percent for standing in after],
        achieved=[standing.achieved for standing in after],
    )
    await queries.append_events(
        tx.connection,
        now=tx.now,
        door=door,
        task_ids=[change.task.task_id for change in changes],
        plan_ids=[change.task.plan_id for change in changes],
        item_ids=[change.task.item_id for change in changes],
        unit_ids=[change.task.unit.unit_id for change in changes],
        due_dates=[change.task.due_on for change in changes],
        revisions=[change.after.revision for change in changes],
        actions=[change.command.request.action for change in changes],
        from_states=[change.before.state for change in changes],
        to_states=[change.after.state for change in changes],
        person_ids=[change.command.person_id for change in changes],
        actor_unit_ids=[change.command.actor_unit_id for change in changes],
        roles=[change.role for change in changes],
        reasons=[change.command.request.reason for change in changes],
        notes=[change.command.request.note for change in changes],
        percents=[change.after.percent for change in changes],
        achieved=[change.after.achieved for change in changes],
        causation_ids=[change.command.story.causation_id for change in changes],
        correlation_ids=[change.command.story.correlation_id for change in changes],
        traceparents=[change.command.story.traceparent for change in changes],
    )
