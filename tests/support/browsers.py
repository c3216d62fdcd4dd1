"""People in browsers that have signed on, without an issuer: for tests of what the pages do."""

from datetime import timedelta

import httpx
from fastapi import FastAPI

from contracts.units import Role
from services.kit.auth import Principal
from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.settings import SignOnSettings
from services.kit.sign_on.provider import Grant
from services.kit.sign_on.sessions import csrf_of, start

SITE = "http://pages.example"


def sign_on_settings(service: str) -> SignOnSettings:
    """Settings for pages at SITE whose issuer is never asked."""
    return SignOnSettings.model_validate({"client_id": service, "client_secret": "none", "sites": {service: SITE}})


class Browser(httpx.AsyncClient):
    """A browser with a session: it takes pages, follows redirects and sends forms with what they must hold."""

    def __init__(self, api: FastAPI, token: str) -> None:
        super().__init__(
            transport=httpx.ASGITransport(api),
            base_url=SITE,
            cookies={api.state.door.session_cookie: token},
            headers={"Accept": "text/html", "Origin": SITE},
            follow_redirects=True,
        )
        self.csrf = csrf_of(token)

    async def send_form(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of this session."""
        return await self.post(path, data={"csrf": self.csrf, **fields})


async def browser_of(
    api: FastAPI, database: Database, clock: Clock, person_id: str, unit_id: str, *roles: Role
) -> Browser:
    """The browser of a person who has just signed on to the API's pages, for a day."""
    principal = Principal(person_id, unit_id, frozenset(roles))
    grant = Grant(principal, f"Tên của {person_id}", "sid", "id-token", "refresh-token", 24 * 3600)
    now = clock.now()
    async with database.transaction() as tx:
        token = await start(tx, grant, now=now, ends_at=now + timedelta(days=1))
    return Browser(api, token)
