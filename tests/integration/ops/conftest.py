"""The command against a planner that listens, with its database and a small province in it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import APIRouter, FastAPI
from structlog.testing import capture_logs

from contracts.units import Role
from services.kit.auth import TokenVerifier
from services.kit.database import Database
from services.kit.health import Health
from services.kit.http import make_api
from services.planner.api import router
from services.tracker.api import router as tracker_router
from tests.conftest import KafkaSettingsOf, OpenDatabase
from tests.integration.planner.province import PEOPLE, PLAN, UNITS
from tests.support.tokens import TestTokens
from tests.support.waiting import until
from tests.unit.ops.command import Phoihop, Said, phoihop

__all__ = ["phoihop"]

Run = Callable[..., Awaitable[Said]]


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _serving(service: str, api: APIRouter, database: Database, tokens: TestTokens) -> AsyncIterator[str]:
    """The address of a service's API on its database."""
    health = Health(database, (), stalled_after=60)
    app = make_api(service, "0", routers=[api], tokens=TokenVerifier(tokens.settings), health=health, lifespan=_nothing)
    app.state.database, app.state.committed = database, lambda: None
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started, f"the {service} listens")
    with capture_logs():  # the service's log, which is on its stdout: here also the command's
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def planner(open_database: OpenDatabase, tokens: TestTokens) -> AsyncIterator[str]:
    """The address of a planner without a directory."""
    async with _serving("planner", router, await open_database("planner"), tokens) as address:
        yield address


@pytest.fixture
async def tracker_database(open_database: OpenDatabase) -> Database:
    """The tracker's database, empty."""
    return await open_database("tracker")


@pytest.fixture
async def tracker(tracker_database: Database, tokens: TestTokens) -> AsyncIterator[str]:
    """The address of a tracker on it."""
    async with _serving("tracker", tracker_router, tracker_database, tokens) as address:
        yield address


@pytest.fixture
async def province(planner: str, tokens: TestTokens) -> str:
    """The address of a planner that knows the small province."""
    async with httpx.AsyncClient(base_url=planner) as client:
        headers = tokens.header("operator", "OPS", Role.OPERATOR)
        files = {"units": UNITS, "people": PEOPLE}
        answer = await client.post("/v1/units/import", files=files, headers=headers)
    assert answer.is_success, answer.text
    return planner


@pytest.fixture
def run(phoihop: Phoihop, tokens: TestTokens) -> Run:
    """`await run("head", "plans", "list")`: the command as that person, while this loop serves the planner."""
    people = {
        "operator": ("OPS", Role.OPERATOR),
        "root": ("AH-SGD", Role.OFFICER),
        "principal": ("AH-PL-TH1", Role.PRINCIPAL),
        "officer": ("AH-PL-PGD", Role.OFFICER),
        "head": ("AH-PL-PGD", Role.SIGNATORY),
        "chair": ("AH-PL-LDLD", Role.SIGNATORY),
    }

    async def run_as(person: str, *arguments: str | Path) -> Said:
        phoihop.sign_on(tokens.sign(person, *people[person]))
        return await asyncio.to_thread(phoihop, *arguments)

    return run_as


@pytest.fixture
def with_kafka(phoihop: Phoihop, kafka_settings: KafkaSettingsOf) -> Phoihop:
    """The command as the broker's administrator."""
    kafka = kafka_settings("admin")
    password = kafka.password.get_secret_value()
    return phoihop.set(KAFKA__BOOTSTRAP=kafka.bootstrap, KAFKA__USERNAME=kafka.username, KAFKA__PASSWORD=password)


@pytest.fixture
def office(phoihop: Phoihop, province: str) -> None:
    """The command, at the planner that knows the province."""
    phoihop.set(PLANNER_URL=province)


@pytest.fixture
async def plan(office: None, run: Run, tmp_path: Path) -> str:
    """The id of an imported plan."""
    file = tmp_path / "plan.txt"
    file.write_text(PLAN, "utf-8")
    plan_id: str = json.loads((await run("officer", "plans", "import", file, "--json")).out)[0]["plan"]
    return plan_id
