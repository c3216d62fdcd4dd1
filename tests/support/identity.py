"""A real Keycloak with people of every role, and services' pages served beside it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from contracts.topics import SERVICES
from contracts.units import Role
from deploy.local import keys
from deploy.local.keycloak import Account, Client, LocalKeycloak
from deploy.local.settings import free_ports
from services.kit.settings import SignOnSettings, TokenSettings
from tests.support.waiting import until

UNIT = "52-d01-s0001"


@dataclass(frozen=True)
class Identity:
    """The provider that runs, and what its clients need to know."""

    keycloak: LocalKeycloak
    tokens: TokenSettings
    clients: dict[str, Client]
    password: str
    """Everybody's."""
    admin_password: str
    key_directory: Path

    def settings(self, service: str) -> SignOnSettings:
        """A service's settings for sign-on."""
        sites = {name: client.url for name, client in self.clients.items()}
        secret = self.clients[service].secret
        return SignOnSettings.model_validate({"client_id": service, "client_secret": secret, "sites": sites})


@contextmanager
def identity_in(directory: Path) -> Iterator[Identity]:
    """Start Keycloak with an account for each role, named after it, and `nobody`, who has neither unit nor role."""
    port, *ports = free_ports(1 + len(SERVICES))
    clients = {
        service: Client(f"http://127.0.0.1:{number}", secrets.token_urlsafe(16))
        for service, number in zip(SERVICES, ports, strict=True)
    }
    password, admin_password = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
    keycloak = LocalKeycloak(
        directory / "keycloak", port=port, password=admin_password, key=keys.pem(directory), clients=clients
    )
    accounts = [
        Account(role, password, f"Nguyễn Thị {role}", f"p-{UNIT}-{role}-with-a-long-name", UNIT, [role])
        for role in Role
    ]
    keycloak.start([*accounts, Account("nobody", password, "Không Ai")])
    try:
        tokens = TokenSettings(jwks=str(keys.jwks(directory)), issuer=keycloak.issuer)
        yield Identity(keycloak, tokens, clients, password, admin_password, directory)
    finally:
        keycloak.stop()


@asynccontextmanager
async def serving(api: FastAPI, address: str) -> AsyncIterator[None]:
    """Serve the application at an address on loopback, as a browser and Keycloak reach it."""
    port = int(address.rpartition(":")[2])
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_config=None, lifespan="off"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    try:
        await until(started, "the server listens")
        yield
    finally:
        server.should_exit = True
        await task
