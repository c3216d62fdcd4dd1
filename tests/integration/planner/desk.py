"""The desk's pages on a real database, and people in browsers at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from contracts.units import Role
from services.kit.auth import TokenVerifier
from services.kit.database import Database
from services.kit.health import Health
from services.kit.http import make_api
from services.kit.settings import SignOnSettings
from services.kit.sign_on import open_pages
from services.planner.api import router
from services.planner.pages import ROUTERS
from tests.support.browsers import Browser, browser_of
from tests.support.clock import FixedClock
from tests.support.tokens import TestTokens

PEOPLE = {
    "officer": ("AH-PL-PGD", Role.OFFICER),
    "head": ("AH-PL-PGD", Role.SIGNATORY),
    "chair": ("AH-PL-LDLD", Role.SIGNATORY),
    "neighbour": ("AH-TK-PGD", Role.OFFICER),
}


def desk_of(database: Database, tokens: TestTokens, clock: FixedClock, settings: SignOnSettings) -> FastAPI:
    """The planner's application with its pages."""
    verifier = TokenVerifier(tokens.settings)
    health = Health(database, (), stalled_after=60)
    api = make_api("planner", "0", routers=[router], tokens=verifier, health=health, lifespan=_nothing)
    api.state.database = database
    open_pages(api, "planner", settings, routers=ROUTERS, tokens=verifier, database=database, clock=clock)
    return api


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


async def browser_for(api: FastAPI, clock: FixedClock, person_id: str) -> Browser:
    """The browser of one of PEOPLE."""
    unit_id, role = PEOPLE[person_id]
    return await browser_of(api, api.state.database, clock, person_id, unit_id, role)
