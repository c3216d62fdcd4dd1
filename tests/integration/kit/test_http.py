"""What every API does with requests that it must not take, and how it says so; readiness."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI, UploadFile

from contracts.units import Role
from services.kit.auth import TokenVerifier
from services.kit.database import Database
from services.kit.errors import NotNow
from services.kit.health import Health
from services.kit.http import MAX_BODY_BYTES, PROBLEM, Authenticated, make_api
from services.kit.requests import RequestBody
from tests.conftest import OpenDatabase
from tests.support.databases import FreshDatabase
from tests.support.tokens import TestTokens

router = APIRouter()


class Words(RequestBody):
    """Something to say."""

    words: str


@router.post("/words")
async def say(words: Words) -> Words:
    """Say it again."""
    return words


@router.post("/file")
async def measure(file: UploadFile) -> int:
    """How many bytes the file has."""
    return len(await file.read())


@router.get("/caller")
async def caller(principal: Authenticated) -> str:
    """Whose token it is."""
    return principal.person_id


@router.get("/broken/{how}")
async def fail(how: str) -> None:
    """Fail."""
    raise NotNow("the database is away") if how == "away" else ValueError("a slip")


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def database(open_database: OpenDatabase) -> Database:
    return await open_database("tracker")


@pytest.fixture
def health(database: Database) -> Health:
    return Health(database, (), stalled_after=60)


@pytest.fixture
async def http(health: Health, tokens: TestTokens) -> AsyncIterator[httpx.AsyncClient]:
    verifier = TokenVerifier(tokens.settings)
    api = make_api("test", "0", routers=[router], tokens=verifier, health=health, lifespan=nothing)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test/v1") as client:
        yield client


async def in_chunks(size: int, head: bytes = b"") -> AsyncIterator[bytes]:
    """A body without a Content-Length."""
    yield head
    for _ in range(0, size, 65_536):
        yield b"x" * 65_536


MULTIPART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
BAD = [
    ("application/json", b'{"words": "a\\u0000"}', 400, "forbidden-character"),
    ("application/JSON", b'{"words": "a\\u0000"}', 400, "forbidden-character"),
    ("application/json", b'{"words": "\\ud800"}', 400, "forbidden-character"),
    ("application/json", b'{"words": "a", "wrods": "b"}', 422, "invalid-request"),
    ("application/json", b'{"words": 1}', 422, "invalid-request"),
    ("application/json", b"{", 422, "invalid-request"),
    ("application/json", b'"' + b"x" * MAX_BODY_BYTES + b'"', 413, "too-large"),
]


@pytest.mark.parametrize(("kind", "body", "status", "code"), BAD, ids=[f"{row[0]} {row[1][:30]!r}" for row in BAD])
async def test_a_body_that_cannot_be_taken(
    http: httpx.AsyncClient, kind: str, body: bytes, status: int, code: str
) -> None:
    answer = await http.post("/words", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("path", "kind", "head"),
    [
        ("/words", "application/json", b'"'),
        ("/words", "", b""),
        ("/file", "multipart/form-data; boundary=b", MULTIPART),
    ],
)
async def test_a_body_of_unknown_length_is_cut_off(http: httpx.AsyncClient, path: str, kind: str, head: bytes) -> None:
    answer = await http.post(path, content=in_chunks(MAX_BODY_BYTES + 1, head), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_good_body_passes(http: httpx.AsyncClient) -> None:
    said = await http.post("/words", json={"words": "đã rõ"})
    measured = await http.post("/file", files={"file": b"\0" * 1_000_000})
    assert (said.json(), measured.json()) == ({"words": "đã rõ"}, 1_000_000)


@pytest.mark.parametrize(("how", "status", "code"), [("away", 503, "unavailable"), ("slip", 500, "failed")])
async def test_a_failure_tells_nothing_of_its_inside(http: httpx.AsyncClient, how: str, status: int, code: str) -> None:
    answer = await http.get(f"/broken/{how}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "slip" not in answer.text


@pytest.mark.parametrize("unit", ["", "S\0", "S\n", None, 7])
async def test_a_claim_that_no_database_keeps_makes_no_caller(
    http: httpx.AsyncClient, tokens: TestTokens, unit: object
) -> None:
    answer = await http.get("/caller", headers=tokens.header("p", "S1", Role.PRINCIPAL, unit=unit))
    assert answer.status_code == 401


async def test_ready_while_the_database_answers(
    http: httpx.AsyncClient, health: Health, database: Database, fresh_database: FreshDatabase
) -> None:
    async def ready() -> int:
        await health.check()
        return (await http.get("http://test/readyz")).status_code

    assert await ready() == 200
    admin = await asyncpg.connect(fresh_database.admin_dsn.rpartition("/")[0] + "/postgres")
    try:
        await admin.execute(f"ALTER DATABASE {fresh_database.name} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", fresh_database.name
        )
        assert await ready() == 503
        await admin.execute(f"ALTER DATABASE {fresh_database.name} ALLOW_CONNECTIONS true")
    finally:
        await admin.close()
    assert await ready() == 200


async def test_not_ready_while_the_database_hangs(
    health: Health, database: Database, fresh_database: FreshDatabase
) -> None:
    """With every connection in use, a question waits as it would for a server that hangs."""
    async with AsyncExitStack() as stack:
        for _ in range(fresh_database.settings("tracker").pool_size):
            await stack.enter_async_context(database.connection())
        for _ in range(2):
            await health.check()
            assert health.unready == ["the database does not answer"]
    await health.check()
    assert health.unready == []
