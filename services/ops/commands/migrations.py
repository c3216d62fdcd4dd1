"""`phoihop migrate`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from contracts.topics import SERVICES
from services.ops.commands.arguments import AsJson
from services.ops.errors import CommandError
from services.ops.output import show
from services.ops.surroundings import passwords, settings


def migrate(
    create_roles: Annotated[bool, typer.Option(help="Also make the services' login roles.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring every service's schema to this release, one after the other, under a lock."""
    from services.kit import migrate as migrations

    given = settings()
    if given.owner_dsn is None:
        raise CommandError("set PHOIHOP_OWNER_DSN to the database role that owns the schemas")
    dsn = given.owner_dsn.get_secret_value()
    with _database_errors(_address(dsn)):
        if create_roles:
            roles = passwords(given.role_passwords_dir, "PHOIHOP_ROLE_PASSWORDS_DIR")
            asyncio.run(migrations.create_roles(dsn, roles))
        rows = [{"service": name, "revision": asyncio.run(migrations.migrate(name, dsn=dsn))} for name in SERVICES]
    show(rows, as_json=as_json)


def _address(dsn: str) -> str:
    """Where the database is, without the password. Raises CommandError, which does not tell the password either."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(dsn)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername != "postgresql":
        raise CommandError("PHOIHOP_OWNER_DSN: not of the form postgresql://owner:password@host:5432/phoihop")
    return f"postgresql://{url.username}@{url.host}:{url.port or 5432}/{url.database}"


@contextmanager
def _database_errors(address: str) -> Iterator[None]:
    """Turn a database that does not answer or does not allow it into one line."""
    import alembic.util
    import asyncpg
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"{address}: {getattr(error, 'strerror', None) or error}") from None
    except SQLAlchemyError as error:  # its own words repeat the statement
        raise CommandError(f"{address}: {getattr(error, 'orig', None) or error}") from None
    except alembic.util.CommandError as error:
        raise CommandError(f"{address}: {error}") from None
