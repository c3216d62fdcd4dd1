"""A fresh database for a test, cloned from a template that holds every service's schema."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from contracts.topics import SERVICES
from services.kit.migrate import create_roles, migrate
from services.kit.settings import DatabaseSettings

TEMPLATE = "phoihop_template"


@dataclass(frozen=True)
class FreshDatabase:
    """One test's database."""

    name: str
    admin_dsn: str
    passwords: dict[str, str]

    def settings(self, service: str, **more: object) -> DatabaseSettings:
        """What a service needs to log in under its own role."""
        address = urlsplit(self.admin_dsn)
        return DatabaseSettings.model_validate(
            {
                "host": address.hostname,
                "port": address.port,
                "name": self.name,
                "user": service,
                "password": self.passwords[service],
                **more,
            }
        )


async def make_template(admin_dsn: str) -> dict[str, str]:
    """Make roles and the migrated template. Returns the roles' passwords."""
    passwords = {service: secrets.token_urlsafe(16) for service in SERVICES}
    await create_roles(admin_dsn, passwords)
    await _execute(admin_dsn, f"DROP DATABASE IF EXISTS {TEMPLATE}")
    await _execute(admin_dsn, f"CREATE DATABASE {TEMPLATE}")
    for service in SERVICES:
        await migrate(service, dsn=dsn_of(admin_dsn, TEMPLATE))
    return passwords


async def clone(admin_dsn: str, passwords: dict[str, str]) -> FreshDatabase:
    """A copy of the template."""
    name = f"test_{uuid4().hex[:12]}"
    await _execute(admin_dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    return FreshDatabase(name, dsn_of(admin_dsn, name), passwords)


async def drop(admin_dsn: str, database: FreshDatabase) -> None:
    """Remove a test's database, whoever is still connected."""
    await _execute(admin_dsn, f"DROP DATABASE {database.name} WITH (FORCE)")


def dsn_of(admin_dsn: str, name: str) -> str:
    """The same server's other database."""
    address = urlsplit(admin_dsn)
    return urlunsplit(address._replace(path=f"/{name}"))


async def _execute(dsn: str, statement: str) -> None:
    assert re.fullmatch(r"[A-Za-z_0-9 ()]+", statement)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
