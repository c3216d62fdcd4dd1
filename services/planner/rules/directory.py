"""The tree of units: what an import would make of it, and everything that is wrong with that."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from contracts.base import Contract, Name, UnitId
from contracts.units import Level, Ownership, PersonInRole, UnitKind

K = TypeVar("K")

MAX_DEPTH = 10
"""More levels than any administration has: province, district, school and team are four."""


class Unit(Contract):
    """A unit as the directory's files describe it."""

    unit_id: UnitId
    name: Name
    kind: UnitKind
    parent_id: UnitId | None = None
    levels: frozenset[Level] = frozenset()
    ownership: Ownership | None = None
    has_union: bool = False
    valid_from: date
    valid_to: date | None = None
    successor_id: UnitId | None = None
    split_into: tuple[UnitId, ...] = ()
    """In order, where several share what the unit did."""

    @property
    def successors(self) -> tuple[UnitId, ...]:
        """The units that take over, one or several."""
        return self.split_into or ((self.successor_id,) if self.successor_id else ())

    def exists_on(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return self.valid_from <= day and not self.ended_before(day)

    def ended_before(self, day: date) -> bool:
        """Whether its last day lies before that day."""
        return self.valid_to is not None and self.valid_to < day


class Known(NamedTuple):
    """A unit with its path, the first day on which it stood as it does now, and the number of its last change (0 before
    that is kept)."""

    unit: Unit
    path: str
    since: date
    sequence: int = 0


def stands_since(unit: Unit, before: Known | None, today: date) -> date:
    """The first day on which plans see the unit as it is: its first day, or the last change of what scopes look at."""
    if before is None or before.unit.valid_from != unit.valid_from:
        return unit.valid_from
    if _scoped(before.unit) == _scoped(unit):
        return before.since
    return max(unit.valid_from, today)


def takes_effect(unit: Unit, before: Known | None) -> Iterator[date]:
    """The days from which what is new of the unit counts for plans; none where only its name or people change."""
    if before is None or before.unit.valid_from != unit.valid_from or _scoped(before.unit) != _scoped(unit):
        yield unit.valid_from
    if unit.valid_to is not None and (
        before is None or (before.unit.valid_to, before.unit.successors) != (unit.valid_to, unit.successors)
    ):
        yield unit.valid_to + timedelta(days=1)


def _scoped(unit: Unit) -> tuple[object, ...]:
    """What the scope of an item looks at (`contracts.scope`)."""
    return unit.kind, unit.parent_id, unit.levels, unit.ownership, unit.has_union


class Person(PersonInRole):
    """A person in a role, with the unit in which they hold it."""

    unit_id: UnitId

    @property
    def key(self) -> tuple[str, str, str, date]:
        """What tells one holding of a role from another."""
        return self.unit_id, self.person_id, self.role, self.valid_from


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file. `line` counts from 1, the header's; `message` is for officers."""

    file: str
    line: int
    field: str
    code: str
    message: str


class Outcome(StrEnum):
    """What a row is to the directory."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class RowOutcome(NamedTuple):
    """What one row of a file does. `fields` are those that a changed one changes."""

    line: int
    key: str
    outcome: Outcome
    fields: tuple[str, ...] = ()


def outcomes(rows: Iterable[tuple[int, K, Contract]], known: Mapping[K, Contract]) -> list[RowOutcome]:
    """Compare the rows (line, key, content) of a file with what the directory knows, by key."""
    return [_compared(line, _words(key), row, known.get(key)) for line, key, row in rows]


def _words(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _compared(line: int, key: str, row: Contract, before: Contract | None) -> RowOutcome:
    if before is None:
        return RowOutcome(line, key, Outcome.NEW)
    if row == before:
        return RowOutcome(line, key, Outcome.UNCHANGED)
    fields = type(row).model_fields
    changed = tuple(name for name in fields if getattr(row, name) != getattr(before, name))
    return RowOutcome(line, key, Outcome.CHANGED, changed)


def unit_faults(rows: Sequence[tuple[int, Unit]], known: Mapping[str, Unit], today: date) -> Iterator[Fault]:
    """Everything that would be wrong with the directory if these rows (line, unit) were laid over it today."""
    merged = {**known, **{unit.unit_id: unit for _, unit in rows}}
    times = Counter(unit.unit_id for _, unit in rows)
    single_root = sum(unit.parent_id is None for unit in merged.values()) == 1
    for line, unit in rows:
        found = [*_faults_of_row(unit), *_faults_of_tree(unit, merged, single_root)]
        if not found and _is_early(unit, merged, today):
            message = (
                "đơn vị đang hoạt động, còn cấp trên chưa thành lập: hãy nhập việc chuyển vào ngày cấp trên bắt đầu"
            )
            found.append(("parent_id", "parent-to-come", message))
        if times[unit.unit_id] > 1:
            found.append(("unit_id", "duplicate", "mã đơn vị có nhiều lần trong tệp"))
        yield from (Fault("units", line, *fault) for fault in found)


def _faults_of_row(unit: Unit) -> Iterator[tuple[str, str, str]]:
    if unit.levels and unit.kind is not UnitKind.SCHOOL:
        yield "levels", "levels-not-school", "chỉ trường học có cấp học"
    if unit.valid_to is not None and unit.valid_to < unit.valid_from:
        yield "valid_to", "period-reversed", "ngày kết thúc trước ngày bắt đầu"
    if unit.unit_id in unit.successors:
        yield "successor_id", "successor-itself", "đơn vị không thể kế thừa chính mình"
    if unit.successors and unit.valid_to is None:
        yield "valid_to", "successor-without-end", "có đơn vị kế thừa nhưng thiếu ngày kết thúc"


def _faults_of_tree(unit: Unit, units: Mapping[str, Unit], single_root: bool) -> Iterator[tuple[str, str, str]]:
    if unit.parent_id is None and not single_root:
        yield "parent_id", "second-root", "chỉ một đơn vị được đứng đầu, không có cấp trên"
    elif unit.parent_id is not None and unit.parent_id not in units:
        yield "parent_id", "parent-unknown", "không có đơn vị cấp trên này"
    elif not _reaches_a_root(unit, units):
        yield "parent_id", "cycle", f"cấp trên tạo thành vòng, hoặc cây sâu quá {MAX_DEPTH} cấp"
    if any(successor not in units for successor in unit.successors):
        yield "successor_id", "successor-unknown", "không có đơn vị kế thừa này"
    elif unit.unit_id not in unit.successors and _succeeds_itself(unit, units):
        yield "successor_id", "successor-cycle", "các đơn vị kế thừa tạo thành vòng"


def _is_early(unit: Unit, units: Mapping[str, Unit], today: date) -> bool:
    """Whether the unit would stand at once below one that is to come: another parent has no date of its own."""
    parent = units.get(unit.parent_id or "")
    return parent is not None and unit.valid_from <= today < parent.valid_from


def people_faults(rows: Sequence[tuple[int, Person]], unit_ids: Iterable[str]) -> Iterator[Fault]:
    """Everything wrong with these rows (line, person), given the units that there will be."""
    units = frozenset(unit_ids)
    times = Counter(person.key for _, person in rows)
    for line, person in rows:
        if person.unit_id not in units:
            yield Fault("people", line, "unit_id", "unit-unknown", "không có đơn vị này")
        if times[person.key] > 1:
            yield Fault(
                "people", line, "person_id", "duplicate", "người này có nhiều lần với cùng đơn vị, vai trò, ngày"
            )
        if person.valid_to is not None and person.valid_to < person.valid_from:
            yield Fault("people", line, "valid_to", "period-reversed", "ngày kết thúc trước ngày bắt đầu")


def paths(units: Mapping[str, Unit]) -> dict[str, str]:
    """The path of every unit: the ids from the root, each followed by a slash. The tree must be without fault."""
    found: dict[str, str] = {}

    def path(unit_id: str) -> str:
        if unit_id not in found:
            parent_id = units[unit_id].parent_id
            found[unit_id] = f"{path(parent_id) if parent_id else ''}{unit_id}/"
        return found[unit_id]

    for unit_id in units:
        path(unit_id)
    return found


def _succeeds_itself(unit: Unit, units: Mapping[str, Unit]) -> bool:
    seen: set[str] = set()
    waiting = list(unit.successors)
    while waiting:
        unit_id = waiting.pop()
        if unit_id == unit.unit_id:
            return True
        if unit_id not in seen and unit_id in units:
            seen.add(unit_id)
            waiting += units[unit_id].successors
    return False


def _reaches_a_root(unit: Unit, units: Mapping[str, Unit]) -> bool:
    """Whether the way up ends within MAX_DEPTH, at the root or at a parent that is not there."""
    above: Unit | None = unit
    for _ in range(MAX_DEPTH):
        if above is None or above.parent_id is None:
            return True
        above = units.get(above.parent_id)
    return False
