"""The demo's story: documents become plans, plans become tasks, a school year goes by with its mornings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from deploy.demo.changes import change
from deploy.demo.desk import Desk, DeskPlan
from deploy.demo.district import DistrictSystem
from deploy.demo.people import Behaviour
from deploy.demo.world import World

MORNINGS = ((9, 25), (10, 15), (11, 13), (11, 20), (12, 20), (1, 10), (2, 10), (3, 8), (4, 24), (5, 19), (5, 31))
"""Month and day of the mornings that are played in each school year."""

CHANGES_BEFORE = 10
"""The month before whose morning a plan is amended and two schools merge, in each school year."""

BY_HTTP = 25
"""How many deeds of each round go over the HTTP API; the rest goes over Kafka."""

Progress = Callable[[str, int, int], None]
"""Told what is going on, how much is done and how much there is."""


@dataclass
class SchoolYear:
    """One school year and the plans that begin in it."""

    first: int
    plans: list[DeskPlan]

    def mornings(self) -> Iterator[date]:
        """Its mornings, in order."""
        for month, day in MORNINGS:
            yield date(self.first + (month < 8), month, day)


class Story:
    """Plays the demo from documents to the last morning."""

    def __init__(self, world: World, seed: int, progress: Progress, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._desk = Desk(world.province, lambda person: world.client("planner", person))
        self._behaviour = Behaviour(world.province, world.ledger.book.items, seed)
        self._progress = progress
        self._wave = 0
        self.mornings = 0

    def play(self, documents: list[Path]) -> list[DeskPlan]:
        """Take in all documents, then live through the school years that they cover."""
        world, plans = self._world, []
        for number, document in enumerate(documents):
            self._progress("reading plans", number, len(documents))
            plans.append(self._desk.take_in(document, districts_publish=True))
        for year in school_years(plans):
            self._approve(year)
            for morning in year.mornings():
                if morning.month == CHANGES_BEFORE:
                    self._progress("an amendment and a merger", 0, 0)
                    change(world, self._desk, year.plans, morning - timedelta(days=5), self._folder)
                self._schools_and_offices_work(morning)
                self._progress(f"{morning}: sweep and digests", 0, 0)
                world.morning(morning)
                self.mornings += 1
        world.ledger.read_rest()
        return plans

    def _approve(self, year: SchoolYear) -> None:
        """Sign and approve on 10 September, and see every task arrive."""
        world, book = self._world, self._world.ledger.book
        world.set_time(date(year.first, 9, 10), 9)
        for number, plan in enumerate(year.plans):
            self._progress("signing and approving", number, len(year.plans))
            if plan.plan_id:
                self._desk.approve(plan)
            else:
                DistrictSystem(world, plan.officer.unit_id).publish(plan, date(year.first, 9, 10))
        expected = sum(plan.reach["tasks"] for plan in year.plans)
        ids = {plan.plan_id for plan in year.plans}

        def issued() -> int:
            return sum(task.plan_id in ids for task in book.tasks.values())

        world.ledger.read_until(
            lambda _: issued() >= expected, lambda: self._progress("issuing tasks", issued(), expected)
        )

    def _schools_and_offices_work(self, morning: date) -> None:
        """The days before a morning: schools act, offices answer."""
        world, book = self._world, self._world.ledger.book
        world.set_time(morning - timedelta(days=2), 10)
        self._wave += 1
        for name, choose in (("schools", self._behaviour.of_schools), ("offices", self._behaviour.of_offices)):
            tasks = sorted(book.tasks.values(), key=lambda task: (book.plans[task.plan_id].title, task.name))
            before = len(book.outcomes)
            world.do(
                choose(tasks, self._wave),
                by_http=BY_HTTP,
                tick=lambda name=name, before=before: self._progress(  # type: ignore[misc]
                    f"{morning}: {name} act", len(book.outcomes) - before, 0
                ),
            )


def school_years(plans: list[DeskPlan]) -> list[SchoolYear]:
    """The plans by the school year in which they begin, in order."""
    years: dict[int, list[DeskPlan]] = {}
    for plan in plans:
        start = plan.start
        years.setdefault(start.year - (start.month < 7), []).append(plan)
    return [SchoolYear(first, years[first]) for first in sorted(years)]
