"""The notifier's tables, as typed functions around the named queries of `sql/queries.sql`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from contracts.alerts import AlertEntry, AlertRaised, AlertRule
from contracts.plans import PlanAmended, PlanApproved
from contracts.tasks import RevisionCause, TasksIssued, TaskState
from contracts.units import UnitChanged
from services.kit.database import Transaction
from services.kit.sql import load_queries
from services.notifier.rules import LEADERS, RULES, Alert

queries = load_queries(Path(__file__).parent / "sql" / "queries.sql")

_BY_URGENCY = [rule.name for rule in RULES]
_UNITS = TypeAdapter(list[UnitChanged])
_PLANS = TypeAdapter(list[PlanApproved | PlanAmended])
_ENTRIES = TypeAdapter(tuple[AlertEntry, ...])

ENTRIES_PER_DIGEST = 2000
"""An `AlertRaised` lists at most so many entries, so that it stays a record that consumers take."""


class DigestState(StrEnum):
    """Where a digest's mail stands."""

    PENDING = "PENDING"
    SENT = "SENT"
    REFUSED = "REFUSED"
    NO_ADDRESS = "NO_ADDRESS"


# The view


async def save_units(tx: Transaction, units: Sequence[UnitChanged]) -> None:
    """Keep the units and the people in them, as far as they are newer than what is known. One state per unit."""
    rows = _UNITS.dump_json(list(units)).decode()
    saved = [row async for row in queries.save_units(tx.connection, units=rows)]
    if any(row["moved"] for row in saved):
        await queries.place_units(tx.connection)
    changed = [row["id"] for row in saved]
    await queries.forget_people(tx.connection, unit_ids=changed)
    await queries.save_people(tx.connection, units=rows, unit_ids=changed)


async def unit_of_caller(tx: Transaction, unit_id: str) -> tuple[str, str] | None:
    """The kind and the path of a unit; none when it is not known."""
    row = await queries.unit_of_caller(tx.connection, unit_id=unit_id)
    return row and (row["kind"], row["path"])


async def save_plans(tx: Transaction, plans: Sequence[PlanApproved | PlanAmended]) -> None:
    """Keep plans and items, as far as they are newer than what is known. One version per plan."""
    rows = _PLANS.dump_json(list(plans)).decode()
    await queries.save_plans(tx.connection, plans=rows)
    await queries.save_items(tx.connection, plans=rows)


async def end_plans(tx: Transaction, plan_ids: Sequence[UUID]) -> None:
    """Remember that these plans are no longer in force."""
    await queries.end_plans(tx.connection, ids=plan_ids)


async def save_issued(tx: Transaction, events: Sequence[TasksIssued]) -> None:
    """Keep tasks as they were issued, unless something newer is known."""
    issued = [(event, task) for event in events for task in event.tasks]
    await queries.save_issued(
        tx.connection,
        state=TaskState.ISSUED,
        ids=[task.task_id for _, task in issued],
        plan_ids=[event.plan_id for event, _ in issued],
        item_ids=[task.item_id for _, task in issued],
        unit_ids=[event.unit_id for event, _ in issued],
        due_dates=[task.due_on for _, task in issued],
    )


@dataclass(frozen=True)
class ChangedTask:
    """How a task stands after a change, in the unit that has it then."""

    task_id: UUID
    plan_id: UUID
    item_id: UUID
    unit_id: str
    due_on: date | None
    state: TaskState
    revision: int


async def save_changed(tx: Transaction, events: Sequence[ChangedTask]) -> None:
    """Keep tasks as they became, unless something newer is known. One change per task."""
    await queries.save_changed(
        tx.connection,
        ids=[event.task_id for event in events],
        plan_ids=[event.plan_id for event in events],
        item_ids=[event.item_id for event in events],
        unit_ids=[event.unit_id for event in events],
        due_dates=[event.due_on for event in events],
        states=[event.state for event in events],
        revisions=[event.revision for event in events],
    )


async def raise_alerts(tx: Transaction, alerts: Sequence[Alert]) -> None:
    """Remember the alerts; one that is known already changes nothing."""
    await queries.raise_alerts(
        tx.connection,
        now=tx.now,
        rules=[alert.rule for alert in alerts],
        plan_ids=[alert.plan_id for alert in alerts],
        unit_ids=[alert.unit_id for alert in alerts],
        occasions=[alert.occasion for alert in alerts],
        task_ids=[alert.task_id for alert in alerts],
        due_dates=[alert.due_on for alert in alerts],
        not_before=[alert.not_before for alert in alerts],
    )


# Mornings


@dataclass(frozen=True)
class Morning:
    """A morning whose digests are asked for."""

    day: date
    is_opened: bool
    """Whether its alerts are fixed."""
    planned_upto: str
    """The last recipient, in the order of ids, who has their digest."""


@dataclass(frozen=True)
class VacantPost:
    """Roles of a unit that nobody holds on a morning although somebody must hear."""

    unit_id: str
    roles: tuple[str, ...]
    office_id: str | None
    """The office that hears instead; none: nobody could be told."""


async def request_morning(tx: Transaction, day: date) -> None:
    """Ask for a day's digests; asked again, nothing changes."""
    await queries.request_morning(tx.connection, day=day, now=tx.now)


async def next_morning(tx: Transaction) -> Morning | None:
    """The oldest morning that is not planned, for this transaction alone; none when all are."""
    row = await queries.next_morning(tx.connection)
    return row and Morning(row["day"], row["state"] == "PLANNING", row["planned_upto"])


async def expect_many_rows(tx: Transaction) -> None:
    """Have the rest of the transaction planned for a full morning."""
    await queries.expect_many_rows(tx.connection)


async def announce_to_offices(tx: Transaction) -> None:
    """Raise the plan's own alert for the offices whose schools are newly assigned its tasks."""
    await queries.announce_to_offices(
        tx.connection, announcement=AlertRule.PLAN_APPROVED, assignment=AlertRule.ASSIGNED, now=tx.now
    )


async def follow_tasks(tx: Transaction) -> None:
    """Give pending alerts to the units that have their tasks by now."""
    await queries.follow_tasks(tx.connection)


async def cancel_alerts(tx: Transaction, day: date) -> int:
    """Cancel the pending alerts that no longer hold on this morning. Returns how many."""
    holding = [(rule.name, state) for rule in RULES for state in rule.while_in]
    timed = [(rule.name, rule.against) for rule in RULES if rule.against is not None]
    count: int = await queries.cancel_alerts(
        tx.connection,
        day=day,
        rules=[name for name, _ in holding],
        states=[state for _, state in holding],
        ended=[rule.name for rule in RULES if rule.trigger is RevisionCause.PLAN_REVOKED],
        timed=[name for name, _ in timed],
        against=[against for _, against in timed],
    )
    return count


async def tell_recipients(tx: Transaction, day: date) -> list[VacantPost]:
    """Decide whom each pending alert is told. Returns the posts that nobody holds."""
    leaders = [(kind, role) for kind, roles in LEADERS.items() for role in roles]
    return [
        VacantPost(row["unit_id"], tuple(row["roles"]), row["office_id"])
        async for row in queries.tell_recipients(
            tx.connection, day=day, kinds=[kind for kind, _ in leaders], roles=[role for _, role in leaders]
        )
    ]


async def begin_planning(tx: Transaction, day: date, *, cancelled: int) -> None:
    """Say that the morning's alerts are fixed."""
    await queries.begin_planning(tx.connection, day=day, cancelled=cancelled)


async def add_digests(tx: Transaction, morning: Morning, *, at_most: int) -> list[UUID]:
    """Make the digests of the next recipients, and remember how far that is. Empty: all have theirs."""
    rows = [
        row
        async for row in queries.add_digests(
            tx.connection, day=morning.day, after=morning.planned_upto, at_most=at_most
        )
    ]
    if rows:
        upto = max(row["recipient"].encode() for row in rows).decode()  # bytes, as the column's collation "C"
        await queries.planned_upto(tx.connection, day=morning.day, recipient=upto)
    else:
        await queries.end_planning(tx.connection, day=morning.day)
    return [row["id"] for row in rows]


async def digest_contents(tx: Transaction, ids: Sequence[UUID]) -> list[AlertRaised]:
    """What these digests tell, each with its first `ENTRIES_PER_DIGEST` entries."""
    return [
        AlertRaised(
            digest_id=row["digest_id"],
            recipient=row["recipient"],
            role=row["role"],
            unit_id=row["unit_id"],
            morning=row["morning"],
            entries=_ENTRIES.validate_json(row["entries"]),
        )
        async for row in queries.digest_contents(tx.connection, ids=ids, rules=_BY_URGENCY, at_most=ENTRIES_PER_DIGEST)
    ]


# Sending


@dataclass(frozen=True)
class Claim:
    """A digest that this process may send now."""

    digest_id: UUID
    unit_id: str
    morning: date
    attempts: int
    """With this one; tells the claim from a later one of the same digest."""
    email: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of a claim."""

    claim: Claim
    state: DigestState
    smtp_code: int | None = None
    reason: str = ""
    """Why it was refused or put off: a stable code, without the server's words."""
    is_tried: bool = True
    """False gives the attempt back: the server went away before this mail's turn."""
    pause: timedelta = timedelta()
    """Before the next attempt, while it is still to be sent."""


async def claim_digests(tx: Transaction, *, at_most: int, lease: timedelta) -> list[Claim]:
    """Take digests to send; what is not settled within the lease is anybody's again."""
    return [
        Claim(row["id"], row["unit_id"], row["morning"], row["attempts"], row["email"])
        async for row in queries.claim_digests(tx.connection, at_most=at_most, lease=lease)
    ]


async def digest_lines(tx: Transaction, ids: Sequence[UUID], *, at_most: int) -> dict[UUID, list[Any]]:
    """The lines of each digest, at most a number of them for each rule, in the order in which they are told."""
    lines: dict[UUID, list[Any]] = {digest_id: [] for digest_id in ids}
    async for row in queries.digest_lines(tx.connection, ids=ids, rules=_BY_URGENCY, at_most=at_most):
        lines[row["digest_id"]].append(row)
    return lines


async def settle_digests(tx: Transaction, outcomes: Sequence[Outcome]) -> set[UUID]:
    """Record what became of claims. Returns the digests whose claim was still ours; others do not change."""
    rows = queries.settle_digests(
        tx.connection,
        now=tx.now,
        ids=[outcome.claim.digest_id for outcome in outcomes],
        attempts=[outcome.claim.attempts for outcome in outcomes],
        states=[outcome.state for outcome in outcomes],
        smtp_codes=[outcome.smtp_code for outcome in outcomes],
        tried=[outcome.is_tried for outcome in outcomes],
        pauses=[outcome.pause for outcome in outcomes],
    )
    return {row["id"] async for row in rows}
