"""Small services on kit alone, before a real Keycloak, and people with browsers."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Form, Request, Response
from jinja2 import ChoiceLoader, DictLoader

from services.kit.auth import TokenVerifier
from services.kit.health import Health
from services.kit.html import render
from services.kit.http import Authenticated, make_api
from services.kit.settings import TokenSettings
from services.kit.sign_on import SignedOn, open_pages
from tests.conftest import OpenDatabase
from tests.support.clock import FixedClock
from tests.support.identity import Identity, serving

WRITE = """
{% extends "kit/page.html.j2" %}
{% from "kit/components.html.j2" import badge, empty, field, pager, select, trail %}
{% block title %}Ghi chú{% endblock %}
{% block trail %}{{ trail([("/", "Trang đầu")]) }}{% endblock %}
{% block main %}
<form method="post" action="/notes">{{ csrf }}
{{ field("text", "Ghi chú", rows=3, error="Chưa có gì", hint="Vài dòng", required=True) }}
{{ select("kind", "Loại", [("a", "Một"), ("b", "Hai")], value="b") }}
<button>Ghi</button> {{ badge("Nháp", "warn") }}
</form>
{{ empty("Chưa có ghi chú nào.") }}{{ pager("/write?cursor=x") }}
{% endblock %}
"""

pages = APIRouter()
api_router = APIRouter()


@pages.get("/who")
async def who(request: Request, principal: SignedOn) -> Response:
    """Say who asks."""
    return _say(request, f"{principal.person_id} {principal.unit_id} {sorted(principal.roles)}")


@pages.post("/notes")
async def note(request: Request, principal: SignedOn, text: Annotated[str, Form()]) -> Response:
    """Say what was written."""
    return _say(request, f"written: {text}")


@pages.get("/write")
async def write(request: Request, principal: SignedOn) -> Response:
    """A page with a form, made of kit's pieces."""
    return render(request, "write.html.j2")


@pages.get("/{path:path}/deep")
async def deep(request: Request, path: str, principal: SignedOn) -> Response:
    """A page whose address is odd."""
    return _say(request, f"deep: {path}")


@api_router.get("/caller")
async def caller(principal: Authenticated) -> str:
    """Whose token it is."""
    return principal.person_id


def _say(request: Request, words: str) -> Response:
    return render(request, "kit/problem.html.j2", title="Trang", words=words, code="", faults=[])


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


Serve = Callable[..., Awaitable[str]]


@pytest.fixture
async def serve(identity: Identity, open_database: OpenDatabase, clock: FixedClock) -> AsyncIterator[Serve]:
    """`await serve("planner")`: a small service with that name, served until the test ends. Returns its address."""
    async with AsyncExitStack() as stack:

        async def start(service: str, tokens: TokenSettings = identity.tokens) -> str:
            database = await open_database(service)
            verifier = TokenVerifier(tokens)
            health = Health(database, (), stalled_after=60)
            api = make_api("t", "0", routers=[api_router], tokens=verifier, health=health, lifespan=_nothing)
            settings = identity.settings(service)
            open_pages(api, service, settings, routers=[pages], tokens=verifier, database=database, clock=clock)
            templates = api.state.html.templates
            templates.loader = ChoiceLoader([DictLoader({"write.html.j2": WRITE}), templates.loader])
            await stack.enter_async_context(serving(api, settings.sites[service]))
            return settings.sites[service]

        yield start


class Surfer(httpx.AsyncClient):
    """A browser without a screen: keeps cookies, follows redirects, fills in Keycloak's form."""

    def __init__(self, identity: Identity) -> None:
        super().__init__(
            follow_redirects=True,
            headers={"Accept": "text/html"},
            event_hooks={"response": [self._trust_loopback]},
        )
        self._identity = identity

    async def _trust_loopback(self, _: httpx.Response) -> None:
        """Browsers send `Secure` cookies to loopback also without TLS."""
        for cookie in self.cookies.jar:
            cookie.secure = False

    async def log_in(self, address: str, username: str) -> httpx.Response:
        """Visit the address and prove who one is. Returns the page at the end of the way."""
        form = await self.get(address)
        return await self.fill_in(form, username)

    async def fill_in(self, form: httpx.Response, username: str) -> httpx.Response:
        """Send Keycloak's form. Returns the page at the end of the way."""
        action = unescape(found[1]) if (found := re.search(r'action="([^"]+)"', form.text)) else ""
        assert action.startswith(self._identity.keycloak.issuer), form.text
        return await self.post(action, data={"username": username, "password": self._identity.password})


def csrf_in(page: httpx.Response) -> str:
    """The token that the page's forms hold."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found, page.text
    return found[1]


def asks_to_log_in(identity: Identity, answer: httpx.Response) -> bool:
    """Whether the way ended at Keycloak's form."""
    return str(answer.url).startswith(identity.keycloak.issuer) and 'name="password"' in answer.text


@pytest.fixture
async def surf(identity: Identity) -> AsyncIterator[Callable[[], Surfer]]:
    """`surf()`: a new browser."""
    opened: list[Surfer] = []

    def open_one() -> Surfer:
        opened.append(Surfer(identity))
        return opened[-1]

    yield open_one
    for surfer in opened:
        await surfer.aclose()
