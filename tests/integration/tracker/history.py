"""Made histories of a directory and a plan: what the planner publishes of them, and what it asks for at their end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from contracts.base import Message
from contracts.plans import (
    ApprovedItem,
    DocumentKind,
    Due,
    Item,
    Party,
    PartyRole,
    Period,
    PlanAmended,
    PlanApproved,
    PlanClosed,
    PlanDocument,
    PlanRevoked,
)
from contracts.scope import Audience, Scope
from contracts.units import Level, Ownership, UnitChanged, UnitKind
from services.planner.rules.directory import Known, Unit, paths, stands_since
from services.planner.rules.obligations import Days, Directory, Obligations, obligations
from tests.integration.tracker.test_amendments import amended
from tests.integration.tracker.world import item, plan

START = date(2025, 9, 5)
LONG_AGO = date(2020, 1, 1)
DAY = timedelta(days=1)
SCHOOLS = 8
DUE = [None, date(2025, 9, 1), date(2025, 9, 5), date(2025, 9, 7), date(2025, 9, 30)]
"""Of which some have passed when the plan is approved, and some pass while things happen."""
_EXAMPLE = count()


@dataclass
class Office:
    """A planner with its directory and one plan. Every unit's id begins with the name of the history."""

    sequence: int
    name: str = field(default_factory=lambda: f"E{next(_EXAMPLE)}")
    today: date = START
    units: dict[str, Known] = field(default_factory=dict)
    directory: list[tuple[date, UnitChanged]] = field(default_factory=list)
    events: list[tuple[date, Message]] = field(default_factory=list)
    in_force: PlanApproved | PlanAmended | None = None
    closed_on: date | None = None
    revoked: bool = False

    def __post_init__(self) -> None:
        self.change(
            self.unit("P", UnitKind.AREA, None),
            self.unit("P-SO", UnitKind.OFFICE, "P"),
            self.unit("P-CD", UnitKind.UNION, "P"),
            self.unit("P-A", UnitKind.AREA, "P"),
            self.unit("P-B", UnitKind.AREA, "P"),
            *(self.school(f"S{number}", "P-A" if number < 5 else "P-B") for number in range(SCHOOLS)),
        )

    def id(self, name: str) -> str:
        """The unit's id in this history."""
        return f"{self.name}-{name}"

    def unit(self, name: str, kind: UnitKind, parent: str | None, **more: Any) -> Unit:
        """A unit that has existed for long, unless said otherwise."""
        common = {"unit_id": self.id(name), "name": name, "kind": kind, "valid_from": LONG_AGO}
        return Unit.model_validate({**common, "parent_id": parent and self.id(parent), **more})

    def school(self, name: str, parent: str, **more: Any) -> Unit:
        """A public primary school with a union, unless said otherwise."""
        public = {"levels": {Level.TH}, "ownership": Ownership.PUBLIC, "has_union": True}
        return self.unit(name, UnitKind.SCHOOL, parent, **{**public, **more})

    def new_school(self, **more: Any) -> Unit:
        """A school of a name that was not there."""
        return self.school(f"N{len(self.units)}", "P-A", **more)

    def open_schools(self) -> list[Unit]:
        """The schools that have begun before yesterday and have no end."""
        units = [known.unit for known in self.units.values() if known.unit.kind is UnitKind.SCHOOL]
        return [unit for unit in units if unit.valid_to is None and unit.valid_from < self.today]

    def some_day(self, rng: Random) -> date:
        """A last day: yesterday, today or tomorrow."""
        return self.today + DAY * rng.randint(-1, 1)

    @property
    def may_change(self) -> bool:
        """Whether the plan is in force."""
        return self.in_force is not None and self.closed_on is None and not self.revoked

    def change(self, *units: Unit) -> None:
        """An import: published in the planner's order, those that end first."""
        after = {**{unit_id: known.unit for unit_id, known in self.units.items()}, **{u.unit_id: u for u in units}}
        place = paths(after)
        known_before = dict(self.units)

        def order(unit: Unit) -> tuple[bool, int, str]:
            ends = unit.unit_id in known_before and unit.valid_to is not None
            return not ends, place[unit.unit_id].count("/"), unit.unit_id

        for unit in sorted(units, key=order):
            self.sequence += 1
            since = stands_since(unit, known_before.get(unit.unit_id), self.today)
            self.units[unit.unit_id] = Known(unit, place[unit.unit_id], since, self.sequence)
            told = UnitChanged.model_validate({**unit.model_dump(), "sequence": self.sequence, "since": since})
            self.directory.append((self.today, told))
        for unit_id, known in self.units.items():
            self.units[unit_id] = known._replace(path=place[unit_id])

    def approve(self, items: Sequence[ApprovedItem]) -> None:
        """Bring the plan's first version, or its next one, into force."""
        moment = datetime(self.today.year, self.today.month, self.today.day, 2, tzinfo=UTC)
        said = {"directory_sequence": self.sequence, "effective_on": self.today, "approved_at": moment}
        if self.in_force is None:
            self.in_force = plan(*items, parties=[self.id("P-SO"), self.id("P-CD")], **said)
        else:
            self.in_force = amended(self.in_force, *items, **said)
        self.events.append((self.today, self.in_force))

    def end(self, *, revoked: bool) -> None:
        """Close or revoke the plan."""
        assert self.in_force is not None
        plan_id, version, moment = self.in_force.plan_id, self.in_force.version, self.in_force.approved_at
        carried = (self.in_force.items[0].item_id,)
        event = (
            PlanRevoked(plan_id=plan_id, version=version, reason="x", revoked_at=moment)
            if revoked
            else PlanClosed(plan_id=plan_id, version=version, carried_over=carried, closed_at=moment)
        )
        self.events.append((self.today, event))
        self.revoked, self.closed_on = revoked, None if revoked else self.today

    def asks(self) -> Obligations:
        """What the plan asks of each unit by now."""
        assert self.in_force is not None
        items = tuple(
            Item(
                position=item.position,
                text=item.text,
                kind=item.kind,
                scope=item.scope,
                due=Due(occurrences=item.occurrences),
            )
            for item in self.in_force.items
        )
        parties = tuple(
            Party(role=PartyRole.EDUCATION, name=party.name, unit_id=party.unit_id) for party in self.in_force.parties
        )
        document = PlanDocument(
            kind=DocumentKind.JOINT_PLAN,
            title="x",
            period=Period(),
            parties=parties,
            items=() if self.revoked else items,
        )
        days = Days(self.in_force.effective_on, self.in_force.directory_sequence, self.closed_on)
        return obligations(document, Directory(self.units, self.today), days)


def happen(office: Office, rng: Random) -> str:
    """Something happens, on the same day or up to two days later. Returns what."""
    office.today += DAY * rng.randint(0, 2)
    what = rng.choice([_merge, _found, _split, _dissolve, _alter, _join, _import_late, _amend, _end])
    what(office, rng)
    return what.__name__.strip("_")


def agree(office: Office, rng: Random) -> list[ApprovedItem]:
    """Items for a version of the plan, of any scope."""
    return [
        item(
            position,
            *rng.sample(DUE, rng.randint(1, 3)),
            scope=Scope(
                levels=rng.choice([frozenset(), frozenset({Level.TH}), frozenset({Level.THCS})]),
                with_union=rng.choice([None, None, True, False]),
                area=rng.choice([(), (), (office.id("P-A"),), (office.id("S1"),)]),
                audience=rng.choice([Audience.SCHOOLS, Audience.SCHOOLS, Audience.SCHOOLS, Audience.PARTIES]),
            ),
        )
        for position in range(1, rng.randint(1, 3) + 1)
    ]


def _merge(office: Office, rng: Random) -> None:
    one, two = rng.sample(office.open_schools(), 2)
    office.change(one.model_copy(update={"valid_to": office.some_day(rng), "successor_id": two.unit_id}))


def _found(office: Office, rng: Random) -> None:
    """Two schools become a new one."""
    last_day = office.some_day(rng)
    heir = office.new_school(valid_from=last_day + DAY)
    ended = {"valid_to": last_day, "successor_id": heir.unit_id}
    office.change(heir, *(each.model_copy(update=ended) for each in rng.sample(office.open_schools(), 2)))


def _split(office: Office, rng: Random) -> None:
    last_day = office.some_day(rng)
    one, two = rng.sample(office.open_schools(), 2)
    heir = office.new_school(valid_from=last_day + DAY)
    ended = {"valid_to": last_day, "split_into": (heir.unit_id, two.unit_id)}
    office.change(heir, one.model_copy(update=ended))


def _dissolve(office: Office, rng: Random) -> None:
    office.change(rng.choice(office.open_schools()).model_copy(update={"valid_to": office.some_day(rng)}))


def _alter(office: Office, rng: Random) -> None:
    """A school has another level, no union any more, another place or name."""
    levels = frozenset({rng.choice([Level.TH, Level.THCS])})
    changes: list[dict[str, Any]] = [{"levels": levels}, {"has_union": False}, {"parent_id": office.id("P-B")}]
    unit = rng.choice(office.open_schools())
    office.change(unit.model_copy(update=rng.choice([*changes, {"name": "Tên khác"}])))


def _join(office: Office, rng: Random) -> None:
    office.change(office.new_school(valid_from=office.today + DAY * rng.randint(0, 1)))


def _import_late(office: Office, rng: Random) -> None:
    """A school that has been there for some days."""
    office.change(office.new_school(valid_from=office.today - DAY * rng.randint(1, 5)))


def _amend(office: Office, rng: Random) -> None:
    """Some items stay, others come; of some the days change."""
    if office.may_change and office.in_force:
        old = office.in_force.items
        new = agree(office, rng)
        kept = [
            each.model_copy(update={"occurrences": rng.choice([each, *new]).occurrences})
            for each in rng.sample(old, rng.randint(0, len(old)))
        ]
        office.approve([each.model_copy(update={"position": place}) for place, each in enumerate([*kept, *new], 1)])


def _end(office: Office, rng: Random) -> None:
    if office.may_change:
        office.end(revoked=rng.random() < 0.5)
