"""Status commands from Kafka through commit to events on Kafka, against what one would write at first, and a floor.

Each contestant is a process of its own that has joined its group. It is held still while its commands are
produced, so that only their processing is measured. All work on tables of the same shape and size.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

import psutil

from contracts.tasks import Actor, ChangeTask, TaskAction
from contracts.topics import TASK_COMMANDS, TASK_EVENTS
from contracts.units import Role
from tests.bench.results import Result
from tests.bench.stage import REFERENCE_EVENTS, Records, Stage, record, timed, until

ROUNDS = 3
WARM_UP = 500
MANY = 18_000
FEW = 1_500
"""For the one that takes messages one at a time: enough for a rate."""


@dataclass(frozen=True)
class Contestant:
    """A process that takes commands from a topic, and how many it has dealt with."""

    process: psutil.Process
    topic: str
    events: str | None
    """The topic of its events; without one, what it copied is counted."""

    async def rate(self, stage: Stage, commands: Records) -> float:
        """Commands a second, from the moment when it is let go to the last outcome."""
        before = await stage.ends(self.events) if self.events else {}
        copied = await stage.database.fetchval("SELECT count(*) FROM bench.copied")

        async def all_copied() -> bool:
            return bool(await stage.database.fetchval("SELECT count(*) FROM bench.copied") == copied + len(commands))

        self.process.suspend()
        try:
            await stage.send(self.topic, commands)
        finally:
            self.process.resume()
        done = stage.until_grown(self.events, before, len(commands)) if self.events else until(all_copied)
        return len(commands) / await timed(done)


async def measure(stage: Stage) -> list[Result]:
    """Rates by turns, each round on tasks that were not touched before; the medians count."""
    await stage.database.execute("INSERT INTO bench.tasks SELECT * FROM tracker.tasks")
    ours = Contestant(stage.tracker, TASK_COMMANDS.name, TASK_EVENTS.name)
    rates: list[tuple[float, float, float]] = []
    with _reference(stage, "one_at_a_time") as slow, _reference(stage, "raw_copy") as raw:
        one_at_a_time = Contestant(slow, "bench-one_at_a_time", REFERENCE_EVENTS)
        copying = Contestant(raw, "bench-raw_copy", None)
        commands = await _commands(stage, WARM_UP + ROUNDS * MANY)
        for contestant in (ours, one_at_a_time, copying):
            await contestant.rate(stage, commands[:WARM_UP])
        for start in range(WARM_UP, len(commands), MANY):
            batch = commands[start : start + MANY]
            rates.append(
                (
                    await ours.rate(stage, batch),
                    await one_at_a_time.rate(stage, batch[:FEW]),
                    await copying.rate(stage, batch),
                )
            )
    rate, one, floor = (median(column) for column in zip(*rates, strict=True))
    return [
        Result("commands (1/s) / one transaction a message (1/s)", rate, one, rate / one, ">= 10"),
        Result("commands (1/s) / raw consume and COPY (1/s)", rate, floor, rate / floor, ">= 0.5"),
    ]


async def _commands(stage: Stage, count: int) -> Records:
    """Acknowledgements of tasks in no order, each by the principal of its school."""
    tasks = await stage.database.fetch("SELECT id, unit_id FROM tracker.tasks ORDER BY md5(id::text) LIMIT $1", count)
    commands = []
    for task_id, unit_id in tasks:
        actor = Actor(person_id=f"{unit_id}-principal", unit_id=unit_id, role=Role.PRINCIPAL)
        change = ChangeTask(
            task_id=task_id, unit_id=unit_id, action=TaskAction.ACKNOWLEDGE, actor=actor, note="đã tiếp nhận"
        )
        commands.append(record(change, unit_id, "/portal"))
    return commands


@contextmanager
def _reference(stage: Stage, name: str) -> Iterator[psutil.Process]:
    """The reference's process, ended with the block."""
    kafka, server = stage.kafka, urlsplit(stage.services.owner_dsn)
    environment = {
        "BENCH_BOOTSTRAP": kafka.bootstrap,
        "BENCH_USERNAME": kafka.username,
        "BENCH_PASSWORD": kafka.password.get_secret_value(),
        "BENCH_DSN": server.geturl(),
    }
    process = psutil.Popen([sys.executable, "-m", f"tests.bench.{name}"], env={**os.environ, **environment})
    try:
        yield process
    finally:
        process.kill()
        process.wait()
