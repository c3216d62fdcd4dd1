"""Use-case: lay files of units and people over the directory and publish what that changes."""

import asyncio
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.logs import get_logger
from services.planner import store
from services.planner.files.unit_files import RowsFile, read_files
from services.planner.rules.directory import (
    Fault,
    Known,
    Person,
    RowOutcome,
    Unit,
    outcomes,
    paths,
    people_faults,
    stands_since,
    takes_effect,
    unit_faults,
)
from services.planner.rules.moves import move
from services.planner.rules.obligations import Directory
from services.planner.use_cases.import_reports import runs, tally
from services.planner.views import Ending, ImportReport

log = get_logger()

MAX_FAULTS = 1000
"""More are not listed: whoever has so many has one cause for them."""


@dataclass(frozen=True)
class Import:
    """What an import changes: units in the order of publication, people, and paths."""

    units: Sequence[Known]
    people: Sequence[Person]
    moved: dict[str, str]
    handing_over: Sequence[str]
    """Units of which the import names other successors."""
    rows: dict[str, Sequence[RowOutcome]]
    """What each row does, by file."""
    report: ImportReport


async def import_directory(tx: Transaction, units: bytes, people: bytes | None, *, dry_run: bool = False) -> Import:
    """Import the files whole, or (dry run) only find out what that would do.

    Raises Refusal (422) with `rows`, the faults, if there are any; nothing is imported then.
    """
    with _without_collection():
        unit_file, people_file = await read_files(units, people)
    lock = store.units.hold_directory if dry_run else store.units.lock_directory
    sequence = await lock(tx)
    known = await store.units.all_units(tx)
    known_people = await store.units.people_of(tx, {person.unit_id for _, person in people_file.rows})
    today = day_in_viet_nam(tx.now)
    with _without_collection():
        changes = await asyncio.to_thread(_compare, unit_file, people_file, known, known_people, sequence, today)
    if dry_run:
        report = changes.report.model_copy(update=await _moves(tx, known, changes, today))
        return replace(changes, report=report)
    if changes.units:
        await store.units.save_units(tx, changes.units, before=sequence)
        await store.units.move_units(tx, changes.moved)
        await store.units.save_people(tx, changes.people)
        await store.units.hand_plans_on(tx, changes.handing_over)
        await store.units.publish_units(tx, after=sequence)
        log.info("directory.imported", count=len(changes.units))
    return changes


async def _moves(tx: Transaction, known: dict[str, Known], changes: Import, today: date) -> dict[str, Any]:
    """What the import would move of plans in force, by the day on which all that it says has happened."""
    after = {unit_id: each._replace(path=changes.moved.get(unit_id, each.path)) for unit_id, each in known.items()}
    after |= {each.unit.unit_id: each._replace(sequence=changes.report.sequence) for each in changes.units}
    effective = [day for each in changes.units for day in takes_effect(each.unit, known.get(each.unit.unit_id))]
    if not effective:
        return {}
    by = max(today, *effective)
    both = await asyncio.to_thread(lambda: (Directory(known, by), Directory(after, by)))
    found = [
        await asyncio.to_thread(move, plan_id, document, days, *both)
        async for plan_id, document, days in store.versions.contents_in_force(tx)
    ]
    return {"moves_by": by, "moves": tuple(filter(None, found))}


@contextmanager
def _without_collection() -> Iterator[None]:
    """Leave the garbage be: a country's directory is a million objects that live together, and each look at them, of
    which there would be many, is for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _compare(
    unit_file: RowsFile[Unit],
    people_file: RowsFile[Person],
    known: dict[str, Known],
    known_people: Sequence[Person],
    sequence: int,
    today: date,
) -> Import:
    before = {unit_id: each.unit for unit_id, each in known.items()}
    rows = {unit.unit_id: unit for _, unit in unit_file.rows}
    after = {**before, **rows}
    _refuse(
        [
            *unit_file.faults,
            *unit_faults(unit_file.rows, before, today),
            *people_file.faults,
            *people_faults(people_file.rows, after),
        ]
    )
    people_before = {person.key: person for person in known_people}
    unit_outcomes = outcomes(((line, unit.unit_id, unit) for line, unit in unit_file.rows), before)
    people_outcomes = outcomes(((line, person.key, person) for line, person in people_file.rows), people_before)
    changed_people = [person for _, person in people_file.rows if people_before.get(person.key) != person]
    new_paths = paths(after)
    touched = {unit_id for unit_id, unit in rows.items() if before.get(unit_id) != unit}
    ending = [_ending(after[unit_id]) for unit_id in sorted(touched) if _ends(after[unit_id], before.get(unit_id))]
    touched |= {person.unit_id for person in changed_people}
    # An end is told first: a new successor is given tasks of its own only after what follows to it is known.
    ended_first = {unit.unit_id for unit in ending if unit.unit_id in before}
    in_order = sorted(touched, key=lambda unit_id: (unit_id not in ended_first, new_paths[unit_id].count("/"), unit_id))
    return Import(
        units=[
            Known(unit, new_paths[unit.unit_id], stands_since(unit, known.get(unit.unit_id), today))
            for unit in map(after.__getitem__, in_order)
        ],
        people=changed_people,
        handing_over=[unit_id for unit_id in touched if _successors(before.get(unit_id)) != after[unit_id].successors],
        moved={
            unit_id: new_paths[unit_id]
            for unit_id, each in known.items()
            if unit_id not in touched and each.path != new_paths[unit_id]
        },
        rows={"units": unit_outcomes, "people": people_outcomes},
        report=ImportReport(
            units=tally(unit_outcomes),
            people=tally(people_outcomes),
            sequence=sequence + len(in_order),
            rows=(*runs("units", unit_outcomes), *runs("people", people_outcomes)),
            ending=tuple(ending),
        ),
    )


def _ends(unit: Unit, before: Unit | None) -> bool:
    """Whether the import says something new of the unit's end."""
    said = before and (before.valid_to, before.successors)
    return unit.valid_to is not None and said != (unit.valid_to, unit.successors)


def _successors(unit: Unit | None) -> tuple[str, ...]:
    return unit.successors if unit else ()


def _ending(unit: Unit) -> Ending:
    assert unit.valid_to is not None
    return Ending(unit_id=unit.unit_id, name=unit.name, valid_to=unit.valid_to, successors=unit.successors)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Refusal(
            RefusalKind.INVALID,
            "rows-at-fault",
            f"nothing was imported: {len(faults)} faults, of which `rows` lists at most {MAX_FAULTS}",
            rows=[asdict(fault) for fault in faults[:MAX_FAULTS]],
        )
