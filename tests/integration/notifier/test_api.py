"""The HTTP API on a real database: who may ask what, and what the answers hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from contracts.units import Role
from services.kit.auth import TokenVerifier
from services.kit.database import Database
from services.kit.health import Health
from services.kit.http import make_api
from services.notifier import mornings, reports
from services.notifier.api import make_router
from tests.integration.notifier.world import MONDAY, PROVINCE, hold_morning, ids, issued, plan, tell
from tests.support.tokens import TestTokens

DAY = str(MONDAY)


@asynccontextmanager
async def nothing_else(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client(database: Database, tokens: TestTokens) -> AsyncIterator[httpx.AsyncClient]:
    api = make_api(
        "Phối hợp: notifier",
        "0",
        routers=[make_router(database)],
        tokens=TokenVerifier(tokens.settings),
        health=Health(database, [], 60),
        lifespan=nothing_else,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://notifier") as client:
        yield client


@pytest.fixture
def operator(tokens: TestTokens) -> dict[str, str]:
    return tokens.header("van-hanh", "P", Role.OPERATOR)


async def test_a_morning_from_request_to_report(
    client: httpx.AsyncClient, database: Database, operator: dict[str, str]
) -> None:
    [task] = ids(1)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", task), issued("S404", *ids(1))])

    unknown = await client.get(f"/v1/mornings/{DAY}", headers=operator)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "morning-unknown")
    asked = await client.post("/v1/mornings", json={"day": DAY}, headers=operator)
    assert asked.status_code == 202
    assert asked.json()["state"] == "REQUESTED"
    while True:
        async with database.transaction() as tx:
            if not await mornings.plan_next(tx):
                break
    again = await client.post("/v1/mornings", json={"day": DAY}, headers=operator)

    assert again.json() == (await client.get(f"/v1/mornings/{DAY}", headers=operator)).json()
    assert again.json() == {
        "day": DAY,
        "state": "PLANNED",
        "told": 4,
        "cancelled": 0,
        "waiting": 1,
        "digests": {"PENDING": 6},
    }
    summary = await client.get("/v1/summary", headers=operator)
    assert summary.json() == {
        "alerts": {"assigned": {"PENDING": 1, "TOLD": 1}, "plan-approved": {"TOLD": 3}},
        "digests": {"PENDING": 6},
        "mornings": {"PLANNED": 1},
    }


async def test_people_see_what_they_were_told(
    client: httpx.AsyncClient, database: Database, tokens: TestTokens
) -> None:
    tasks = ids(3)
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", *tasks), issued("S2", *ids(1))])
    await hold_morning(database, MONDAY)
    header = tokens.header("ht1", "S1", Role.PRINCIPAL)

    answer = await client.get("/v1/alerts", params={"limit": 2}, headers=header)
    rest = await client.get("/v1/alerts", params={"cursor": answer.json()["cursor"]}, headers=header)

    mine = answer.json()["entries"] + rest.json()["entries"]
    assert rest.json()["cursor"] is None
    assert [alert["task_id"] for alert in mine] == [str(task) for task in reversed(tasks)]
    assert mine[0]["plan_title"] == "Kế hoạch liên tịch"
    assert (mine[0]["rule"], mine[0]["morning"], mine[0]["position"]) == ("assigned", DAY, 3)


@pytest.mark.parametrize(
    ("person_id", "unit_id", "role", "units"),
    [
        ("pgd1", "D1-PGD", Role.OFFICER, {"D1-PGD", "S1", "S2"}),
        ("pgd2", "D2-PGD", Role.OFFICER, set()),
        ("so", "P-SO", Role.OFFICER, {"P-SO", "P-CD", "D1-PGD", "S1", "S2"}),
        ("van-hanh", "P", Role.OPERATOR, {"P-SO", "P-CD", "D1-PGD", "S1", "S2"}),
    ],
)
async def test_the_delivery_log_shows_what_is_below_the_caller(
    client: httpx.AsyncClient,
    database: Database,
    tokens: TestTokens,
    person_id: str,
    unit_id: str,
    role: Role,
    units: set[str],
) -> None:
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", *ids(1)), issued("S2", *ids(1))])
    await hold_morning(database, MONDAY)
    header = tokens.header(person_id, unit_id, role)

    seen: list[dict[str, str]] = []
    query: dict[str, str] | None = {"day": DAY, "limit": "2"}
    while query:
        page = (await client.get("/v1/digests", params=query, headers=header)).json()
        seen += page["entries"]
        query = query | {"cursor": page["cursor"]} if page["cursor"] else None

    assert {delivery["unit_id"] for delivery in seen} == units
    assert len({delivery["id"] for delivery in seen}) == len(seen)
    assert "@" not in str(seen)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/mornings"),
        ("GET", f"/v1/mornings/{DAY}"),
        ("GET", "/v1/summary"),
        ("GET", f"/v1/digests?day={DAY}"),
    ],
)
async def test_a_principal_may_not_ask_for_the_service_s_work(
    client: httpx.AsyncClient, database: Database, tokens: TestTokens, method: str, path: str
) -> None:
    await tell(database, units=PROVINCE)
    header = tokens.header("ht1", "S1", Role.PRINCIPAL)
    answer = await client.request(method, path, headers=header, json={"day": DAY} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")


async def test_a_unit_that_the_directory_does_not_know_is_refused(
    client: httpx.AsyncClient, tokens: TestTokens
) -> None:
    answer = await client.get("/v1/alerts", headers=tokens.header("ai-do", "XYZ", Role.PRINCIPAL))
    assert (answer.status_code, answer.json()["code"]) == (403, "unit-unknown")


async def test_a_day_to_come_is_refused(client: httpx.AsyncClient, operator: dict[str, str]) -> None:
    answer = await client.post("/v1/mornings", json={"day": str(MONDAY + timedelta(days=30))}, headers=operator)
    assert (answer.status_code, answer.json()["code"]) == (422, "day-to-come")


async def test_without_a_token_nothing_is_told(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/alerts")).status_code == 401


@pytest.mark.parametrize(
    ("within", "units"), [("", set()), ("P/D2/", {"D2-PGD"}), ("P/D1/S1/", {"S1"}), ("/", {"S1", "S2"})]
)
async def test_row_level_security_stands_behind_every_query(database: Database, within: str, units: set[str]) -> None:
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", *ids(1)), issued("S2", *ids(1))])
    await hold_morning(database, MONDAY)

    async with database.transaction(within=within) as tx:
        for table in ("people", "tasks", "alerts", "digest_entries", "digests"):
            found = {row["unit_id"] for row in await tx.connection.fetch(f"SELECT unit_id FROM {table}")}
            if within == "/":
                assert found >= units, table
            else:
                assert found <= units, table


async def test_a_connection_that_names_no_path_sees_nothing(database: Database) -> None:
    await tell(database, units=PROVINCE)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM units") == 0


async def test_the_queries_themselves_look_no_further_than_the_caller_s_path(database: Database) -> None:
    """Without row-level security to help them."""
    await tell(database, units=PROVINCE, plans=[plan()], tasks=[issued("S1", *ids(1)), issued("S2", *ids(1))])
    await hold_morning(database, MONDAY)

    async def seen(within: str) -> tuple[int, set[str]]:
        async with database.transaction() as tx:
            told = await reports.alerts_told(tx, "ht1", within=within, before=2**63 - 1, at_most=100)
            log = await reports.deliveries(tx, MONDAY, within=within, after=UUID(int=0), at_most=100)
        return len(told), {delivery.unit_id for delivery in log}

    assert await seen("P/D1/S1/") == (1, {"S1"})
    assert await seen("P/D2/") == (0, set())
