"""A made province: offices, unions, districts and schools with people, from a seed.

Names of places are real ones (a province and its communes); everything else is made. Districts are as they
were until 30/6/2025. The files have the columns that the planner's import takes.
"""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vietnam_provinces import Province, ProvinceCode, Ward

from contracts.units import Level, Ownership, Role, UnitKind

PROVINCE = ProvinceCode.P_52
FOUNDED = "2010-01-01"

LEVELS: dict[tuple[Level, ...], int] = {
    (Level.MN,): 33,
    (Level.TH,): 32,
    (Level.THCS,): 22,
    (Level.TH, Level.THCS): 4,
    (Level.THPT,): 8,
    (Level.GDTX,): 1,
}
"""How many of a hundred schools teach what."""

SCHOOL_NAMES = {
    (Level.MN,): "Trường Mầm non",
    (Level.TH,): "Trường Tiểu học",
    (Level.THCS,): "Trường THCS",
    (Level.TH, Level.THCS): "Trường TH&THCS",
    (Level.THPT,): "Trường THPT",
    (Level.GDTX,): "Trung tâm GDNN-GDTX",
}
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Đinh", "Rơ Châm", "Siu")
MIDDLE = ("Thị", "Văn", "Thanh", "Minh", "Ngọc", "Hồng", "Quốc", "Thu")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hạnh", "Hùng", "Lan", "Long", "Mai", "Nga", "Phúc", "Tâm", "Yến")


@dataclass(frozen=True)
class UnitRow:
    """A line of the units file."""

    unit_id: str
    name: str
    kind: UnitKind
    parent_id: str = ""
    levels: str = ""
    ownership: str = ""
    has_union: str = "no"
    valid_from: str = FOUNDED
    valid_to: str = ""
    successor_id: str = ""


@dataclass(frozen=True)
class PersonRow:
    """A line of the people file."""

    person_id: str
    unit_id: str
    role: Role
    name: str
    email: str
    valid_from: str = FOUNDED
    valid_to: str = ""


@dataclass
class MadeProvince:
    """All units, parents before children, and all people."""

    units: list[UnitRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)

    @property
    def root(self) -> UnitRow:
        """The province itself."""
        return self.units[0]

    def below(self, parent: str, kind: UnitKind) -> list[UnitRow]:
        """The units of a kind directly below one."""
        return [unit for unit in self.units if unit.parent_id == parent and unit.kind is kind]

    def person(self, unit_id: str, role: Role) -> PersonRow:
        """The person who holds a role in a unit. Raises StopIteration when nobody does."""
        return next(person for person in self.people if (person.unit_id, person.role) == (unit_id, role))

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both files. Returns the paths of the units' and of the people's."""
        folder.mkdir(parents=True, exist_ok=True)
        return _write(folder / "units.csv", self.units), _write(folder / "people.csv", self.people)


def make_province(schools: int, seed: int = 2024) -> MadeProvince:
    """A province with that many schools, the same for the same seed. At least 40 schools."""
    return _Maker(schools, random.Random(seed)).make()  # noqa: S311  a demo needs no secrecy


class _Maker:
    def __init__(self, schools: int, chance: random.Random) -> None:
        self._schools = schools
        self._chance = chance
        self._made = MadeProvince()
        self._names = _names(chance)

    def make(self) -> MadeProvince:
        province = Province.from_code(PROVINCE)
        root = str(PROVINCE.value)
        self._unit(UnitRow(root, province.name, UnitKind.AREA))
        self._offices(root, "Sở Giáo dục và Đào tạo", "Công đoàn ngành Giáo dục", province.name)
        districts = [f"{root}-d{number:02}" for number in range(1, max(3, self._schools // 30) + 1)]
        for district in districts:
            name = f"Huyện {next(self._names)}"
            self._unit(UnitRow(district, name, UnitKind.AREA, root))
            self._offices(district, "Phòng Giáo dục và Đào tạo", "Liên đoàn Lao động", name.replace("Huyện", "huyện"))
        for number in range(1, self._schools + 1):
            self._school(number, root, districts)
        self._succeed()
        return self._made

    def _offices(self, area: str, office: str, union: str, name: str) -> None:
        for suffix, kind, title in (("gd", UnitKind.OFFICE, office), ("cd", UnitKind.UNION, union)):
            unit_id = f"{area}-{suffix}"
            self._unit(UnitRow(unit_id, f"{title} {name}", kind, area))
            self._person(unit_id, Role.OFFICER)
            self._person(unit_id, Role.SIGNATORY)

    def _school(self, number: int, root: str, districts: list[str]) -> None:
        levels = self._chance.choices(list(LEVELS), list(LEVELS.values()))[0]
        attached = levels in ((Level.THPT,), (Level.GDTX,))
        parent = root if attached else districts[number % len(districts)]
        non_public = self._chance.random() < (0.25 if levels == (Level.MN,) else 0.04)
        has_union = not (non_public and self._chance.random() < 0.6)
        unit_id = f"{parent}-s{number:04}"
        self._unit(
            UnitRow(
                unit_id,
                f"{SCHOOL_NAMES[levels]} {next(self._names)}",
                UnitKind.SCHOOL,
                parent,
                levels=";".join(levels),
                ownership=Ownership.NON_PUBLIC if non_public else Ownership.PUBLIC,
                has_union="yes" if has_union else "no",
            )
        )
        self._person(unit_id, Role.PRINCIPAL)
        self._person(unit_id, Role.STAFF)
        if has_union:
            self._person(unit_id, Role.UNION_CHAIR)
            self._person(unit_id, Role.SIGNATORY)

    def _succeed(self) -> None:
        """Close the last public school of the first district before the year; the one before takes over."""
        district = f"{self._made.root.unit_id}-d01"
        *_, heir, closed = [
            unit for unit in self._made.below(district, UnitKind.SCHOOL) if unit.ownership == Ownership.PUBLIC
        ]
        place = self._made.units.index(closed)
        ended = UnitRow(**asdict(closed) | {"valid_to": "2022-07-31", "successor_id": heir.unit_id})
        self._made.units[place] = ended

    def _unit(self, row: UnitRow) -> None:
        self._made.units.append(row)

    def _person(self, unit_id: str, role: Role) -> None:
        name = " ".join(self._chance.choice(part) for part in (FAMILY, MIDDLE, GIVEN))
        person_id = f"p-{unit_id}-{role}"
        self._made.people.append(PersonRow(person_id, unit_id, role, name, f"{person_id}@phoihop.example"))


def _names(chance: random.Random) -> Iterator[str]:
    """Names of the province's communes, in an order by chance; then again with a number."""
    names = sorted(ward.name.removeprefix("Xã ").removeprefix("Phường ") for ward in Ward.iter_by_province(PROVINCE))
    chance.shuffle(names)
    yield from names
    number = 2
    while True:
        yield from (f"{name} {number}" for name in names)
        number += 1


def _write(path: Path, rows: Iterable[UnitRow | PersonRow]) -> Path:
    records = [asdict(row) for row in rows]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, records[0].keys())
        writer.writeheader()
        writer.writerows(records)
    return path
