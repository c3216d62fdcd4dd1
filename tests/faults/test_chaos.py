"""Kill -9, broker and database away, replay: every task once, every command one outcome, every alert once."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.topics import SERVICES, topic_named
from deploy.demo.desk import Desk, DeskPlan
from deploy.demo.people import Behaviour
from deploy.demo.report import reconcile
from deploy.demo.world import World, running
from services.ops.kafka_admin import librdkafka_arguments

SAMPLES = Path(__file__).parents[2] / "samples"
KILLS = 20
"""How often each service is killed."""
LONGEST_LIFE = 8.0
"""Seconds after which a service that has come up is killed at the latest."""
COPIES = 4
"""How many plans of each sample there are."""


class Office:
    """Keeps plans and commands flowing, a round at a time."""

    def __init__(self, world: World, documents: list[Path]) -> None:
        self.world = world
        self._desk = Desk(world.province, lambda person: world.client("planner", person))
        self._behaviour = Behaviour(world.province, world.ledger.book.items, seed=7)
        self._day = date(2025, 9, 10)
        self._documents = documents
        self.plans: list[DeskPlan] = []
        self.rounds = 0

    def round(self) -> None:
        """One more plan while there are documents; then schools and offices act, and a morning passes."""
        world, book = self.world, self.world.ledger.book
        self._day += timedelta(days=6)
        if self._documents:
            plan = self._desk.take_in(self._documents.pop())
            self._desk.approve(plan)
            self.plans.append(plan)
        self.rounds += 1
        for choose in (self._behaviour.of_schools, self._behaviour.of_offices):
            tasks = sorted(book.tasks.values(), key=lambda task: task.task_id)
            world.do(choose(tasks, self.rounds), by_http=5, tick=lambda: None)
        self.world.morning(self._day)

    def finish(self) -> None:
        """See every expected task announced, and one last morning."""
        expected = sum(plan.reach["tasks"] for plan in self.plans)
        self.world.ledger.read_until(lambda book: len(book.tasks) >= expected)
        self._day += timedelta(days=1)
        self.world.morning(self._day)
        self.world.ledger.read_rest()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Real processes on a stack of their own, and an office with enough documents to keep them busy."""
    folder = tmp_path_factory.mktemp("documents")
    documents = []
    for copy in range(COPIES):
        for sample in sorted(SAMPLES.glob("*.txt")):
            document = folder / f"{copy}-{sample.name}"
            document.write_bytes(sample.read_bytes() + b"\n" * copy)  # the same plan, another file
            documents.append(document)
    with running(tmp_path_factory.mktemp("chaos"), schools=60) as world:
        yield Office(world, documents)


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[threading.Thread]:
    """Run `act` in a thread of its own; its failure is the test's."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    thread.join()
    if failures:
        raise failures[0]


def assert_books_agree(office: Office) -> None:
    """Nothing is lost or doubled, by every book that there is."""
    world = office.world
    office.finish()
    books = reconcile(world)
    assert books.holds, books
    assert world.commands.sent == world.commands.accepted + world.commands.refused
    assert world.commands.refused == world.commands.refused_on_purpose


@pytest.mark.timeout(900)
def test_services_killed_at_random_moments(office: Office) -> None:
    world = office.world
    chance = random.Random(20)

    def kill_often(service: str) -> None:
        for _ in range(KILLS):
            # The random moment of which the test speaks: before, while or after its consumers have their
            # partitions again, which takes a session's 6 s.
            threading.Event().wait(chance.uniform(0, LONGEST_LIFE))
            world.services.kill(service)
            world.services.restart(service)

    with ExitStack() as killers:
        killing = [killers.enter_context(meanwhile(partial(kill_often, service))) for service in SERVICES]
        while any(thread.is_alive() for thread in killing):
            office.round()
    assert_books_agree(office)


@pytest.mark.timeout(600)
def test_broker_and_database_away(office: Office) -> None:
    world = office.world

    def take_away() -> None:
        for server in (world.stack.kafka, world.stack.postgres):
            for end in (server.stop, server.kill):
                end()
                server.start()

    with meanwhile(take_away) as away:
        while away.is_alive():
            office.round()
    assert_books_agree(office)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("service", "topic"),
    [
        ("tracker", "task-commands"),
        ("tracker", "plan-events"),
        ("tracker", "unit-directory"),
        ("notifier", "task-events"),
        ("notifier", "plan-events"),
    ],
)
def test_a_topic_replayed_from_its_start(office: Office, service: str, topic: str) -> None:
    world = office.world
    office.round()
    world.services.halt(service)
    rewind(world, f"{service}.{topic}", topic)
    world.services.restart(service)
    world.wait_for_readers(service)
    office.round()
    assert_books_agree(office)


def rewind(world: World, group: str, topic: str) -> None:
    """Set a group's offsets back to the topic's start, once the broker has seen its members go."""
    admin = AdminClient(librdkafka_arguments(world.services.kafka_settings("admin")))
    starts = [TopicPartition(topic, number, 0) for number in range(topic_named(topic).partitions)]
    end = time.monotonic() + 60
    while True:
        (future,) = admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, starts)]).values()
        try:
            future.result(30)
        except Exception:
            assert time.monotonic() < end, f"{group} does not become empty"
        else:
            return
