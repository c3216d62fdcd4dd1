"""What the demo works with: the running stack, the made province, people's tokens, the topics."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from uuid import uuid4

from confluent_kafka import KafkaException, Producer

from contracts.envelope import Envelope
from contracts.tasks import ChangeTask
from contracts.topics import TASK_COMMANDS
from contracts.units import Role
from deploy.demo.ledger import PATIENCE_SECONDS, Book, Ledger
from deploy.demo.people import Deed
from deploy.demo.province import MadeProvince, PersonRow, make_province
from deploy.local.containers import choose_stack
from deploy.local.services import LocalServices
from deploy.local.settings import write_private
from deploy.local.smtp import LocalSmtp
from deploy.local.stack import Stack
from services.kit.clock import VIET_NAM
from services.ops.client import Client, ProblemAnswer
from services.ops.kafka_admin import librdkafka_arguments
from services.ops.lag import Lag
from services.ops.reconcile import PlanCount, compare

OPERATOR = "p-operator"


@dataclass
class Commands:
    """What was asked and what came of it."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    refused_on_purpose: int = 0
    refused_by_code: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0


class World:
    """One demo's surroundings. `set_time` moves the clock that the services go by."""

    def __init__(
        self, stack: Stack, services: LocalServices, smtp: LocalSmtp, province: MadeProvince, clock: Path
    ) -> None:
        self.stack = stack
        self.services = services
        self.smtp = smtp
        self.province = province
        self.ledger = Ledger(services.kafka_settings("portal"))
        self.lag = Lag(services.kafka_settings("admin"))
        self.commands = Commands()
        self._clock = clock
        self._producer = Producer(
            {**librdkafka_arguments(services.kafka_settings("portal")), "enable.idempotence": True, "linger.ms": 5}
        )
        self._tokens: dict[str, str] = {}

    def set_time(self, day: date, hour: int, minute: int = 0) -> None:
        """It is now that time in Viet Nam."""
        write_clock(self._clock, day, hour, minute)

    def client(self, service: str, person: PersonRow) -> Client:
        """A service as one person uses it; waits while the service is being restarted."""
        return self._client(service, lambda: self.token(person))

    def operator(self, service: str) -> Client:
        """A service as the operator uses it."""
        return self._client(service, self.operator_token)

    def token(self, person: PersonRow) -> str:
        """A bearer token of one person, good for a day."""
        return self._token(person.person_id, person.unit_id, [person.role])

    def operator_token(self) -> str:
        """The operator's."""
        return self._token(OPERATOR, self.province.root.unit_id, [Role.OPERATOR, Role.OFFICER])

    def wait(self, what: str, done: Callable[[], bool]) -> None:
        """Wait until it is so. Raises TimeoutError after a long time."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {PATIENCE_SECONDS:.0f} s: {what}")
            time.sleep(0.1)

    def wait_for_readers(self, service: str) -> None:
        """Wait until a service has done all that the topics hold for it, also while the broker is away."""

        def caught_up() -> bool:
            try:
                return sum(self.lag.of_groups(f"{service}.").values()) == 0
            except (KafkaException, TimeoutError):
                return False

        self.wait(f"{service} reads its topics", caught_up)

    def count(self) -> list[PlanCount]:
        """Every plan's books: the planner's, the tracker's, and what the topics have said so far."""
        return list(compare(self.operator("planner"), self.operator("tracker"), self.ledger.book.live))

    def settle(self) -> None:
        """Wait until all that follows from changes has been done and told, and the books agree."""

        def agree() -> bool:
            self.ledger.read_rest()
            return all(count.holds for count in self.count())

        for service in ("tracker", "notifier"):
            self.wait_for_readers(service)
        self.wait("the books agree", agree)
        self.wait_for_readers("notifier")

    def do(self, deeds: Iterable[Deed], *, by_http: int, tick: Callable[[], None]) -> None:
        """Send deeds, the first few over HTTP and the mass over `task-commands`, and wait for every outcome."""
        told: dict[str, bool] = {}
        revisions: dict[str, int] = {}
        for number, deed in enumerate(deeds):
            if number < by_http:
                revisions |= self._over_http(deed)
            else:
                told[self._over_kafka(deed.command)] = deed.wrong
        self._producer.flush()

        def all_told(book: Book) -> bool:
            known = all(book.tasks[task_id].revision >= revision for task_id, revision in revisions.items())
            return known and told.keys() <= book.outcomes.keys()

        self.ledger.read_until(all_told, tick)
        self._count(told)

    def morning(self, day: date) -> None:
        """Live through a morning: the deadline sweep at half past five, the digests at seven."""
        tracker, notifier = self.operator("tracker"), self.operator("notifier")
        self.set_time(day, 5, 30)
        tracker.call("POST", "/v1/sweeps", json={"day": day.isoformat()})
        self.wait("the sweep", lambda: tracker.get(f"/v1/sweeps/{day}")["done"])
        events = tracker.get(f"/v1/sweeps/{day}")["units"]
        self.ledger.read_until(lambda book: book.swept[day] >= events)
        self.wait_for_readers("notifier")
        self.set_time(day, 7)
        notifier.call("POST", "/v1/mornings", json={"day": day.isoformat()})

        def all_sent() -> bool:
            answer = notifier.get(f"/v1/mornings/{day}")
            return answer["state"] == "PLANNED" and not answer["digests"].keys() - {"SENT", "REFUSED"}

        self.wait("the digests", all_sent)

    def _over_kafka(self, command: ChangeTask) -> str:
        envelope = Envelope[ChangeTask].of(command, subject=command.unit_id, source="/portal")
        while True:
            try:
                self._producer.produce(TASK_COMMANDS.name, envelope.to_bytes(), key=command.unit_id)
                return envelope.id
            except BufferError:
                self._producer.poll(1)

    def _over_http(self, deed: Deed) -> dict[str, int]:
        """Do it as a person would. Returns the task's revision since, if it was accepted."""
        command = deed.command
        actor = command.actor
        client = self._client("tracker", lambda: self._token(actor.person_id, actor.unit_id, [actor.role]))
        asked = command.model_dump(mode="json", include={"action", "reason", "note", "percent", "count"})
        path = f"/v1/tasks/{command.task_id}"
        self.commands.sent += 1
        self.commands.refused_on_purpose += deed.wrong
        try:
            task = client.call("POST", f"{path}/actions", json=asked, headers={"Idempotency-Key": str(uuid4())})
        except ProblemAnswer as error:
            if error.status >= 500:
                raise
            self.commands.refused += 1
            self.commands.refused_by_code[error.code] += 1
            return {}
        self.commands.accepted += 1
        return {str(command.task_id): task["revision"]}

    def _count(self, told: dict[str, bool]) -> None:
        book = self.ledger.book
        self.commands.sent += len(told)
        self.commands.refused_on_purpose += sum(told.values())
        for command_id in told:
            outcomes = book.outcomes.get(command_id, set())
            self.commands.lost += not outcomes
            self.commands.doubled += max(0, len(outcomes) - 1)
            if command_id in book.rejected:
                self.commands.refused += 1
                self.commands.refused_by_code[book.rejected[command_id]] += 1
            else:
                self.commands.accepted += bool(outcomes)

    def _token(self, person_id: str, unit_id: str, roles: list[Role]) -> str:
        if person_id not in self._tokens:
            self._tokens[person_id] = self.services.token(person_id, unit_id, roles, ttl=24 * 3600)
        return self._tokens[person_id]

    def _client(self, service: str, token: Callable[[], str]) -> Client:
        return Client(self.services.url(service), token, patience=PATIENCE_SECONDS)


def write_clock(path: Path, day: date, hour: int, minute: int = 0) -> None:
    """Write the moment that services with a file for a clock go by."""
    moment = datetime.combine(day, time_of_day(hour, minute), VIET_NAM)
    write_private(path, moment.isoformat())


@contextmanager
def running(directory: Path, schools: int) -> Iterator[World]:
    """A fresh world: stack, mail server, services, and the province in the planner's directory."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    clock = directory / "clock"
    write_clock(clock, date(2022, 9, 1), 8)
    province = make_province(schools)
    smtp = LocalSmtp(directory / "smtp")
    with choose_stack(directory / "stack") as stack:
        smtp.start()
        services = LocalServices(
            stack,
            directory / "services",
            {
                "PHOIHOP_CLOCK_FILE": str(clock.absolute()),
                "PHOIHOP_CONSUMER__SESSION_MILLISECONDS": "6000",
                "PHOIHOP_DAILY_SWEEP": "false",
                "PHOIHOP_DAILY_DIGEST": "false",
                "PHOIHOP_SMTP__HOST": smtp.host,
                "PHOIHOP_SMTP__PORT": str(smtp.port),
                "PHOIHOP_SMTP__TLS": "none",
                # Short, so that mails in the hands of a notifier that was killed do not wait for minutes.
                "PHOIHOP_SMTP__TIMEOUT": "2",
                "PHOIHOP_SMTP__SENDER": "phoihop@phoihop.example",
            },
        )
        try:
            services.prepare()
            services.start(supervise=True)
            world = World(stack, services, smtp, province, clock)
            _load(world, province, directory / "province")
            yield world
        finally:
            services.stop()
            smtp.stop()


def _load(world: World, province: MadeProvince, folder: Path) -> None:
    units, people = province.write(folder)
    files = {name: (path.name, path.read_bytes(), "text/csv") for name, path in (("units", units), ("people", people))}
    world.operator("planner").call("POST", "/v1/units/import", files=files)
    for service in ("tracker", "notifier"):
        world.wait_for_readers(service)
