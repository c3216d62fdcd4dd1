"""Takes over the directory of units: each unit's newest state, its people, and the paths of all below it.

What follows from a unit's end or beginning is queued (`succession.py`).
"""

from collections.abc import Sequence

from contracts.units import UnitChanged
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.tracker import inheritance, store


async def take_over(tx: Transaction, changes: Sequence[UnitChanged]) -> None:
    """Bring the copy up to date; a change that is older than what is known changes nothing."""
    newest = {change.unit_id: change for change in sorted(changes, key=lambda change: change.sequence)}
    changed = await store.store_units(tx, list(newest.values()))
    if changed:
        await store.move_paths(tx, list(changed))
        await store.replace_people(tx, [newest[unit_id] for unit_id in changed])
        new = [unit_id for unit_id, is_new in changed.items() if is_new]
        await inheritance.queue(tx, list(changed), new, day_in_viet_nam(tx.now))
    await store.advance_directory(tx, max(change.sequence for change in changes))
