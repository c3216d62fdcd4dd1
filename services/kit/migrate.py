"""Schema migrations of one service, under a lock, by the owner's role and never by the service's own."""

from pathlib import Path

import asyncpg
import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from services.kit.schema import known_revisions, versions

MESSAGING_TABLES = (Path(__file__).parent / "sql" / "messaging_tables.sql").read_text(encoding="utf-8")
"""DDL of inbox and outbox, for a service's first migration."""

SESSION_TABLES = (Path(__file__).parent / "sql" / "session_tables.sql").read_text(encoding="utf-8")
"""DDL of sign-on, for the first migration of a service with pages."""


def statements(sql: str) -> list[str]:
    """The statements of a migration's SQL, as asyncpg takes them one at a time. No function bodies."""
    bare = "\n".join(line.partition("--")[0] for line in sql.splitlines())
    return [statement.strip() for statement in bare.split(";") if statement.strip()]


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", str(versions(service)))
    config.set_main_option("path_separator", "newline")
    return config


async def migrate(service: str, *, dsn: str) -> str:
    """Bring the service's schema to the latest revision. Returns that revision.

    `dsn` is the owner's. Two at once: the second waits for the first and finds nothing to do.
    """
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, service)
    finally:
        await engine.dispose()
    return known_revisions(service)[-1]


def _upgrade(connection: sqlalchemy.Connection, service: str) -> None:
    lock = sqlalchemy.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    connection.execute(lock, {"name": f"{service}.migrations"})
    connection.execute(sqlalchemy.text(f'CREATE SCHEMA IF NOT EXISTS "{service}"'))
    connection.execute(sqlalchemy.text(f'SET LOCAL search_path TO "{service}"'))
    config = _config(service)
    config.attributes |= {"connection": connection, "schema": service}
    command.upgrade(config, "head")


async def create_roles(dsn: str, passwords: dict[str, str]) -> None:
    """Make, or give a new password to, the login role of each service.

    The roles own nothing, bypass nothing and may only connect; what they may touch is granted by the
    migrations. Raises asyncpg.PostgresError where the DSN's role may not do this.
    """
    connection = await asyncpg.connect(dsn)
    try:
        for role, password in passwords.items():
            exists = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
            verb = "ALTER" if exists else "CREATE"
            command_text = await connection.fetchval(
                "SELECT format($1 || ' ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD %L', "
                "$2::text, $3::text)",
                verb,
                role,
                password,
            )
            await connection.execute(command_text)
    finally:
        await connection.close()
