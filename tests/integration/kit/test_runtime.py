"""How a service's process ends: in order and with an exit code that says how it went."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from deploy.local.settings import free_ports
from tests.conftest import KafkaSettingsOf
from tests.support.databases import FreshDatabase
from tests.support.tokens import TestTokens
from tests.support.waiting import until

Start = Callable[..., subprocess.Popen[bytes]]

NOTIFIER = """
from services.notifier.app import main
main()
"""
LOST_PRODUCER = """
from services.kit.relay import BrokenProducer, Relay

async def run(self, stopping):
    raise BrokenProducer("as after a sequence that the broker does not know")

Relay.run = run
"""


@pytest.fixture
async def start(
    tmp_path: Path, fresh_database: FreshDatabase, kafka_settings: KafkaSettingsOf, tokens: TestTokens
) -> AsyncIterator[Start]:
    """Starts the notifier as a process on the real stack; settings may be overruled."""
    database, kafka = fresh_database.settings("notifier"), kafka_settings("notifier")
    started: list[subprocess.Popen[bytes]] = []

    def run(program: str = NOTIFIER, **settings: str) -> subprocess.Popen[bytes]:
        environment = {
            "PHOIHOP_PROFILE": "local",
            "PHOIHOP_KAFKA__BOOTSTRAP": kafka.bootstrap,
            "PHOIHOP_KAFKA__USERNAME": kafka.username,
            "PHOIHOP_KAFKA__PASSWORD": kafka.password.get_secret_value(),
            "PHOIHOP_DATABASE__HOST": database.host,
            "PHOIHOP_DATABASE__PORT": str(database.port),
            "PHOIHOP_DATABASE__NAME": database.name,
            "PHOIHOP_DATABASE__USER": database.user,
            "PHOIHOP_DATABASE__PASSWORD": database.password.get_secret_value(),
            "PHOIHOP_TOKENS__JWKS": tokens.settings.jwks,
            "PHOIHOP_TOKENS__ISSUER": tokens.settings.issuer,
            "PHOIHOP_HTTP__PORT": str(free_ports(1)[0]),
            "PHOIHOP_SMTP__HOST": "127.0.0.1",
            "PHOIHOP_SMTP__TLS": "none",
            "PHOIHOP_SMTP__SENDER": "phoihop@phoihop.example",
        }
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", program], stdout=log, stderr=log, env={**environment, **settings}
            )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def said(tmp_path: Path) -> Callable[[str], Callable[[], Awaitable[bool]]]:
    """`said("service.started")` is a question whether the process has logged that event."""

    def ask(event: str) -> Callable[[], Awaitable[bool]]:
        async def found() -> bool:
            lines = (tmp_path / "log").read_text().splitlines()
            return any(json.loads(line)["event"] == event for line in lines if line.startswith("{"))

        return found

    return ask


Said = Callable[[str], Callable[[], Awaitable[bool]]]


@pytest.mark.parametrize(
    ("away", "event"),
    [
        ({"PHOIHOP_DATABASE__PORT": "1"}, "database.away"),
        ({"PHOIHOP_KAFKA__BOOTSTRAP": "127.0.0.1:1"}, "broker.away"),
        ({}, "service.started"),
    ],
)
async def test_a_service_ends_in_order_at_any_moment(
    start: Start, said: Said, away: Mapping[str, str], event: str
) -> None:
    process = start(**away)
    await until(said(event), f"the notifier says {event}")
    process.terminate()
    assert await asyncio.to_thread(process.wait, 30) == 0
    if not away:
        assert await said("service.stopped")()


async def test_a_service_that_cannot_start_says_so(start: Start) -> None:
    process = start(PHOIHOP_DATABASE__NAME="postgres")  # it has no schema of ours
    assert await asyncio.to_thread(process.wait, 30) == 3


async def test_a_service_whose_vital_task_failed_ends_with_a_failure(start: Start, said: Said) -> None:
    process = start(LOST_PRODUCER + NOTIFIER)
    assert await asyncio.to_thread(process.wait, 30) == 1
    assert await said("service.broken")()
