"""Which revision of a service's schema this code belongs to, without the tool that migrates."""

from importlib import resources
from pathlib import Path

from services.kit.database import Database


class SchemaTooOld(RuntimeError):
    """The schema lacks a migration that this code needs."""


def versions(service: str) -> Path:
    """The folder of a service's migrations, each in a file `<revision>_<name>.py`."""
    return Path(str(resources.files(f"services.{service}"))) / "sql" / "migrations"


def known_revisions(service: str) -> list[str]:
    """The revisions that this code knows, the latest last."""
    return sorted(file.name.partition("_")[0] for file in versions(service).glob("[0-9]*_*.py"))


async def require_current(database: Database, service: str) -> None:
    """Raise SchemaTooOld unless the schema has this code's revision, or a later one that it does not know."""
    async with database.connection() as connection:
        found = await connection.fetchval("SELECT version_num FROM schema_version")
    *older, latest = known_revisions(service)
    if found in older:
        raise SchemaTooOld(f"the schema {service} is at {found}, this code needs {latest}: run `phoihop migrate`")
