"""The real stack and what tests share. A missing stack fails; it never skips."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium

from contracts.topics import SERVICES
from deploy.local.containers import choose_stack
from deploy.local.stack import Stack
from services.kit.backoff import Backoff
from services.kit.database import Database
from services.kit.settings import KafkaSettings
from services.ops.kafka_admin import KafkaAdmin
from tests.support import databases
from tests.support.chromium import chromium
from tests.support.clock import FixedClock
from tests.support.databases import FreshDatabase
from tests.support.identity import Identity, identity_in
from tests.support.tokens import TestTokens

KafkaSettingsOf = Callable[[str], KafkaSettings]
OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Real Kafka and Postgres, started once for the run."""
    with choose_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def kafka_settings(stack: Stack) -> KafkaSettingsOf:
    """The settings of a principal on a broker that has all topics, users and access rules."""
    name, password = stack.kafka_admin
    admin = KafkaSettings.model_validate({"bootstrap": stack.kafka_bootstrap, "username": name, "password": password})
    passwords = {user: secrets.token_urlsafe(16) for user in (*SERVICES, "portal")}
    kafka = KafkaAdmin(admin)
    kafka.make_topics()
    kafka.make_users(passwords)

    def settings(user: str) -> KafkaSettings:
        if user == name:
            return admin
        if user not in passwords:
            passwords[user] = secrets.token_urlsafe(16)
            kafka.make_users({user: passwords[user]})
        return KafkaSettings.model_validate(
            {"bootstrap": stack.kafka_bootstrap, "username": user, "password": passwords[user]}
        )

    return settings


@pytest.fixture(scope="session")
async def role_passwords(stack: Stack) -> dict[str, str]:
    """The passwords of the services' roles on a server that has the migrated template."""
    return await databases.make_template(stack.postgres_dsn)


@pytest.fixture
async def fresh_database(stack: Stack, role_passwords: dict[str, str]) -> AsyncIterator[FreshDatabase]:
    """A database of this test's own, with every service's schema."""
    database = await databases.clone(stack.postgres_dsn, role_passwords)
    yield database
    await databases.drop(stack.postgres_dsn, database)


@pytest.fixture
def clock() -> FixedClock:
    """5 September 2025, eight in the morning in Viet Nam, until the test moves it."""
    return FixedClock()


@pytest.fixture
async def open_database(fresh_database: FreshDatabase, clock: FixedClock) -> AsyncIterator[OpenDatabase]:
    """`await open_database("tracker")`: that service's pool on the fresh database, closed after the test."""
    opened: list[Database] = []

    async def open_one(service: str) -> Database:
        database = Database(fresh_database.settings(service), service, clock)
        await database.open(Backoff(asyncio.Event()))
        opened.append(database)
        return database

    yield open_one
    for database in opened:
        await database.close()


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TestTokens:
    """Signs bearer tokens; `tokens.settings` makes a service believe them."""
    return TestTokens(Path(tmp_path_factory.mktemp("tokens")))


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Identity]:
    """A real Keycloak with people of every role, started once, when the first test asks for it."""
    with identity_in(tmp_path_factory.mktemp("identity")) as running:
        yield running


@pytest.fixture(scope="session")
async def real_browser() -> AsyncIterator[Chromium]:
    """A real browser, started once; a test opens a context of its own in it."""
    async with chromium() as running:
        yield running
