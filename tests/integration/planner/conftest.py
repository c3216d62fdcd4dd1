"""The planner's API on a real database, with a small province in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from contracts.plans import PlanDocument
from contracts.wire import decode
from services.kit.auth import TokenVerifier
from services.kit.database import Database
from services.kit.health import Health
from services.kit.http import make_api
from services.planner.api import router
from services.planner.documents import text_of
from services.planner.files import reader
from services.planner.reading import read_plan
from tests.integration.planner.desk import browser_for, desk_of
from tests.integration.planner.province import PEOPLE, UNITS, Cast
from tests.support.browsers import Browser, sign_on_settings
from tests.support.clock import FixedClock
from tests.support.tokens import TestTokens

Published = Callable[[], Awaitable[list[Any]]]


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def database(open_database: Callable[[str], Awaitable[Database]]) -> Database:
    """The planner's database, empty."""
    return await open_database("planner")


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read in this process. That they are read in one of their own is tested for itself."""

    async def read(text: str) -> PlanDocument:
        return read_plan(text)

    async def read_file(raw: bytes) -> tuple[str, PlanDocument]:
        text = text_of(raw)
        return text, read_plan(text)

    monkeypatch.setattr(reader, "read", read)
    monkeypatch.setattr(reader, "read_file", read_file)


@pytest.fixture
async def nobody(database: Database, tokens: TestTokens, read_here: None) -> AsyncIterator[Cast]:
    """People at the API of a planner without a directory."""
    verifier = TokenVerifier(tokens.settings)
    health = Health(database, (), stalled_after=60)
    api = make_api("planner", "0", routers=[router], tokens=verifier, health=health, lifespan=_nothing)
    api.state.database = database
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://planner") as client:
        yield Cast(client, tokens)


@pytest.fixture
async def cast(nobody: Cast) -> Cast:
    """People at the API of a planner that knows the small province."""
    answer = await nobody.operator.import_files(UNITS, PEOPLE)
    assert answer.is_success, answer.text
    return nobody


@pytest.fixture
def published(database: Database) -> Published:
    """What waits in the outbox, as envelopes, the oldest first."""

    async def read() -> list[Any]:
        async with database.connection() as connection:
            rows = await connection.fetch("SELECT topic, key, value FROM outbox ORDER BY id")
        return [decode(row["topic"], row["value"], row["key"]) for row in rows]

    return read


@pytest.fixture
def desk(database: Database, tokens: TestTokens, clock: FixedClock, read_here: None) -> FastAPI:
    """The planner with its pages."""
    return desk_of(database, tokens, clock, sign_on_settings("planner"))


@pytest.fixture
async def officer(desk: FastAPI, clock: FixedClock, cast: Cast) -> AsyncIterator[Browser]:
    """The browser of the district office's officer."""
    async with await browser_for(desk, clock, "officer") as browser:
        yield browser
