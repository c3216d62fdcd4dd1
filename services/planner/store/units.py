"""Typed functions around the named queries of the directory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import asyncpg
from pydantic import TypeAdapter

from contracts.scope import Place
from contracts.topics import UNIT_DIRECTORY
from contracts.units import Level, Ownership, Role, UnitKind
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.planner.rules.directory import Known, Person, Unit
from services.planner.store.queries import q
from services.planner.views import UnitView

_UNITS = TypeAdapter(list[Unit])
_PEOPLE = TypeAdapter(list[Person])


async def see_whole_directory(tx: Transaction) -> None:
    """Let the rest of the transaction see all rows: after the caller's right to the plan is settled."""
    await q.see_whole_directory(tx.connection)


async def sequence(tx: Transaction) -> int:
    """The number of the last change that the transaction sees."""
    return int(await q.sequence(tx.connection))


async def lock_directory(tx: Transaction) -> int:
    """The number of the last change, for whoever will make the next ones."""
    return int(await q.lock_directory(tx.connection))


async def hold_directory(tx: Transaction) -> int:
    """The number of the last change, which stays the last until the transaction ends."""
    return int(await q.hold_directory(tx.connection))


async def all_units(tx: Transaction) -> dict[str, Known]:
    """Every unit with its place, by id."""
    return {row["unit_id"]: _known(row) async for row in q.all_units(tx.connection)}


async def ended(tx: Transaction) -> dict[str, Known]:
    """The units that have a last day and those that took over from one, and all that are no schools, by id."""
    return {row["unit_id"]: _known(row) async for row in q.units_that_ended(tx.connection)}


async def line_of_successors(tx: Transaction, unit_id: str) -> dict[str, Known]:
    """The unit with all that follow it, one after the other, as far as the transaction sees them."""
    rows = q.line_of_successors(tx.connection, unit_id=unit_id)
    return {row["unit_id"]: _known(row) async for row in rows}


def _known(row: asyncpg.Record) -> Known:
    return Known(Unit.model_validate(dict(row)), row["path"], row["since"], row["sequence"])


async def save_units(tx: Transaction, units: Sequence[Known], *, before: int) -> None:
    """Insert or overwrite units and number them from `before` on."""
    await q.save_units(
        tx.connection,
        units=_UNITS.dump_json([known.unit for known in units]).decode(),
        paths=[known.path for known in units],
        since=[known.since for known in units],
        before=before,
    )
    await q.set_sequence(tx.connection, sequence=before + len(units))


async def publish_units(tx: Transaction, *, after: int) -> None:
    """Publish the changes after that number, each unit with its people, in the order of their numbers.

    Raises Refusal (422) when a record is larger than its readers take.
    """
    largest = await q.publish_units(tx.connection, after=after, now=tx.now)
    if largest > UNIT_DIRECTORY.readable_bytes:
        detail = f"a unit with its people has {largest} bytes, at most {UNIT_DIRECTORY.readable_bytes}"
        raise Refusal(RefusalKind.INVALID, "message-too-large", detail)


async def move_units(tx: Transaction, paths: Mapping[str, str]) -> None:
    """Give units their new paths."""
    await q.move_units(tx.connection, unit_ids=list(paths), paths=list(paths.values()))


async def hand_plans_on(tx: Transaction, unit_ids: Collection[str]) -> None:
    """Let plans that concern these units concern their successors too, as the directory names them now."""
    await q.hand_plans_on(tx.connection, unit_ids=list(unit_ids))


async def people_of(tx: Transaction, unit_ids: Collection[str]) -> list[Person]:
    """Everybody who holds, held or will hold a role in the units."""
    rows = q.people_of(tx.connection, unit_ids=list(unit_ids))
    return [Person.model_validate(dict(row)) async for row in rows]


async def save_people(tx: Transaction, people: Sequence[Person]) -> None:
    """Insert or overwrite people in their roles."""
    await q.save_people(tx.connection, people=_PEOPLE.dump_json(list(people)).decode())


async def page(tx: Transaction, *, within: str, after: str, at_most: int) -> list[UnitView]:
    """Units within the path, by id."""
    rows = q.units_page(tx.connection, within=within, after=after, at_most=at_most)
    return [UnitView.model_validate(dict(row)) async for row in rows]


async def view(tx: Transaction, unit_id: str, *, within: str) -> UnitView | None:
    """One unit, if it stands within the path."""
    row = await q.unit_within(tx.connection, unit_id=unit_id, within=within)
    return UnitView.model_validate(dict(row)) if row else None


async def places(tx: Transaction, unit_ids: Collection[str], *, below: Sequence[str] = ()) -> dict[str, Place]:
    """What scope rules need to know of the units, as far as they exist, and of every school below the paths."""
    rows = q.places(tx.connection, unit_ids=list(unit_ids), below=list(below))
    return {row["unit_id"]: _place(row) async for row in rows}


def _place(row: asyncpg.Record) -> Place:
    return Place(
        unit_id=row["unit_id"],
        kind=UnitKind(row["kind"]),
        path=row["path"],
        levels=frozenset(map(Level, row["levels"])),
        ownership=Ownership(row["ownership"]) if row["ownership"] else None,
        has_union=row["has_union"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


async def names_within(tx: Transaction, *, within: str, day: date) -> dict[str, str]:
    """The names of the units within the path that exist on that day, by their ids."""
    return {row["unit_id"]: row["name"] async for row in q.names_within(tx.connection, within=within, day=day)}


async def offered(tx: Transaction, *, within: str, kinds: Collection[UnitKind], day: date) -> dict[str, str]:
    """Units of these kinds within the path on that day, and the path's own, for a form to offer; schools come last."""
    rows = q.units_offered(tx.connection, within=within, kinds=list(kinds), day=day)
    return {row["unit_id"]: row["name"] async for row in rows}


async def unit_names(tx: Transaction, unit_ids: Collection[str]) -> dict[str, str]:
    """What units are called, as far as the transaction sees them."""
    return {row["unit_id"]: row["name"] async for row in q.unit_names(tx.connection, unit_ids=list(unit_ids))}


async def roles_held(tx: Transaction, person_id: str, unit_id: str, day: date) -> frozenset[Role]:
    """The roles that the person holds in the unit on that day, by the directory."""
    rows = q.roles_held(tx.connection, person_id=person_id, unit_id=unit_id, day=day)
    return frozenset([Role(row["role"]) async for row in rows])
