"""Use-case: lay files of units and people over the directory and publish what that changes."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from contracts.envelope import Envelope
from contracts.topics import UNIT_DIRECTORY
from contracts.units import UnitChanged
from services.kit.database import Transaction
from services.kit.errors import Refusal, RefusalKind
from services.kit.logs import get_logger
from services.planner import store
from services.planner.directory import (
    Fault,
    Person,
    Unit,
    paths,
    people_faults,
    tally,
    unit_faults,
)
from services.planner.unit_files import CsvFile, read_people, read_units
from services.planner.views import ImportReport

log = get_logger()

MAX_FAULTS = 1000
"""More are not listed: whoever has so many has one cause for them."""


@dataclass(frozen=True)
class _Changes:
    """What an import changes: units parents first, people, and the paths of all units afterwards."""

    report: ImportReport
    units: Sequence[Unit]
    people: Sequence[Person]
    paths: dict[str, str]
    moved: dict[str, str]


async def import_directory(
    tx: Transaction, units: bytes, people: bytes | None, *, dry_run: bool = False
) -> ImportReport:
    """Import the files whole, or (dry run) only say what that would do.

    Raises Refusal (422) with `rows`, the faults, if there are any; nothing is imported then.
    """
    unit_file = await asyncio.to_thread(read_units, units)
    people_file = await asyncio.to_thread(read_people, people) if people is not None else None
    sequence = await store.lock_directory(tx)
    known = await store.all_units(tx)
    person_rows = people_file.rows if people_file else []
    known_people = await store.people_of(tx, {person.unit_id for _, person in person_rows})
    changes = await asyncio.to_thread(_compare, unit_file, people_file, known, known_people, sequence)
    if not dry_run and changes.units:
        await store.save_units(tx, changes.units, changes.paths, before=sequence)
        await store.move_units(tx, changes.moved)
        await store.save_people(tx, changes.people)
        holders = await store.people_of(tx, [unit.unit_id for unit in changes.units])
        await asyncio.to_thread(_publish, tx, changes.units, holders, sequence)
        log.info("directory.imported", count=len(changes.units))
    return changes.report


def _compare(
    unit_file: CsvFile[Unit],
    people_file: CsvFile[Person] | None,
    known: dict[str, tuple[Unit, str]],
    known_people: Sequence[Person],
    sequence: int,
) -> _Changes:
    before = {unit_id: unit for unit_id, (unit, _) in known.items()}
    rows = {unit.unit_id: unit for _, unit in unit_file.rows}
    after = {**before, **rows}
    person_rows = people_file.rows if people_file else []
    _refuse(
        [
            *unit_file.faults,
            *unit_faults(unit_file.rows, before),
            *(people_file.faults if people_file else ()),
            *people_faults(person_rows, after),
        ]
    )
    people_before = {person.key: person for person in known_people}
    people = {person.key: person for _, person in person_rows}
    changed_people = [person for key, person in people.items() if people_before.get(key) != person]
    new_paths = paths(after)
    touched = {unit_id for unit_id, unit in rows.items() if before.get(unit_id) != unit}
    touched |= {person.unit_id for person in changed_people}
    in_order = sorted(touched, key=lambda unit_id: (new_paths[unit_id].count("/"), unit_id))
    return _Changes(
        report=ImportReport(
            units=tally(rows, before), people=tally(people, people_before), sequence=sequence + len(in_order)
        ),
        units=[after[unit_id] for unit_id in in_order],
        people=changed_people,
        paths=new_paths,
        moved={
            unit_id: new_paths[unit_id]
            for unit_id, (_, path) in known.items()
            if unit_id not in touched and path != new_paths[unit_id]
        },
    )


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Refusal(
            RefusalKind.INVALID,
            "rows-at-fault",
            f"nothing was imported: {len(faults)} faults, of which `rows` lists at most {MAX_FAULTS}",
            rows=[asdict(fault) for fault in faults[:MAX_FAULTS]],
        )


def _publish(tx: Transaction, units: Sequence[Unit], people: Iterable[Person], sequence: int) -> None:
    holders = defaultdict(list)
    for person in people:
        holders[person.unit_id].append(person)
    for number, unit in enumerate(units, start=sequence + 1):
        data = UnitChanged(**dict(unit), sequence=number, people=tuple(holders[unit.unit_id]))
        tx.publish(UNIT_DIRECTORY, Envelope[UnitChanged].of(data, subject=unit.unit_id, source="/planner"))
