"""What every page has, and what a refusal looks like in a browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response

from contracts.units import Role
from services.kit.auth import TokenVerifier
from services.kit.database import Database
from services.kit.errors import NotNow, Refusal, RefusalKind
from services.kit.health import Health
from services.kit.html import render
from services.kit.http import PROBLEM, make_api
from services.kit.sign_on import SignedOn, open_pages
from tests.conftest import OpenDatabase
from tests.support.browsers import SITE, Browser, browser_of, sign_on_settings
from tests.support.clock import FixedClock
from tests.support.tokens import TestTokens

pages = APIRouter()

REFUSALS = {
    "403": Refusal(RefusalKind.FORBIDDEN, "not-entitled", "an inner word"),
    "404": Refusal(RefusalKind.NOT_FOUND, "plan-unknown", "an inner word"),
    "422": Refusal(
        RefusalKind.INVALID, "plan-incomplete", "an inner word", reasons=[{"code": "c", "message": "Thiếu <b>"}]
    ),
    "503": NotNow("an inner word"),
    "500": ValueError("an inner word"),
}


@pages.get("/refused/{status}")
async def refuse(status: str, principal: SignedOn) -> None:
    """Refuse."""
    raise REFUSALS[status]


@pages.get("/number/{number}")
async def show(request: Request, number: int, principal: SignedOn) -> Response:
    """Show who asks."""
    return render(request, "kit/problem.html.j2", title=principal.person_id, words="", code="", faults=[])


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def api(open_database: OpenDatabase, tokens: TestTokens, clock: FixedClock) -> FastAPI:
    database = await open_database("planner")
    verifier = TokenVerifier(tokens.settings)
    health = Health(database, (), stalled_after=60)
    api = make_api("test", "0", routers=[], tokens=verifier, health=health, lifespan=nothing)
    api.state.database = database
    settings = sign_on_settings("planner")
    open_pages(api, "planner", settings, routers=[pages], tokens=verifier, database=database, clock=clock)
    return api


@pytest.fixture
async def browser(api: FastAPI, clock: FixedClock) -> AsyncIterator[Browser]:
    database: Database = api.state.database
    async with await browser_of(api, database, clock, "p-<i>", "S1", Role.PRINCIPAL) as browser:
        yield browser


async def test_a_page_knows_its_person_and_needs_no_script(browser: Browser) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert "Tên của p-&lt;i&gt;" in page.text
    assert "hiệu trưởng" in page.text
    assert f'value="{browser.csrf}"' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


async def test_a_page_is_small_and_its_style_is_kept_for_ever(browser: Browser) -> None:
    page = await browser.get("/")
    address = re.search(r'href="(/static/[^"]+style\.css)"', page.text)
    assert address
    style = await browser.get(address[1])
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["content-type"].startswith("text/css")
    assert len(page.content) + len(style.content) < 60_000
    assert (await browser.get(re.sub("/static/[^/]+", "/static/0", address[1]))).status_code == 404


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_refusal_is_a_page_for_a_browser_and_a_problem_for_a_program(browser: Browser, status: str) -> None:
    page = await browser.get(f"/refused/{status}")
    assert page.status_code == int(status)
    assert page.headers["content-type"].startswith("text/html")
    assert '<html lang="vi">' in page.text
    assert "an inner word" not in page.text
    answer = await browser.get(f"/refused/{status}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (int(status), PROBLEM)


async def test_reasons_are_told_and_escaped(browser: Browser) -> None:
    assert "Thiếu &lt;b&gt;" in (await browser.get("/refused/422")).text


@pytest.mark.parametrize("path", ["/nowhere", "/number/x"])
async def test_an_address_that_leads_nowhere(browser: Browser, path: str) -> None:
    page = await browser.get(path)
    assert page.status_code in (404, 422)
    assert '<html lang="vi">' in page.text


async def test_without_pages_a_service_answers_browsers_as_programs(tokens: TestTokens, api: FastAPI) -> None:
    health = Health(api.state.database, (), stalled_after=60)
    bare = make_api("t", "0", routers=[], tokens=TokenVerifier(tokens.settings), health=health, lifespan=nothing)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(bare), base_url=SITE) as client:
        answer = await client.get("/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
