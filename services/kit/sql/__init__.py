"""Named, described queries of the messaging tables, and the loader that every service uses for its own."""

from pathlib import Path
from typing import Any

import aiosql


def load_queries(path: Path) -> Any:
    """The named queries of an `.sql` file, each a coroutine function that takes a connection first."""
    return aiosql.from_path(path, "asyncpg", mandatory_parameters=False, encoding="utf-8")


messaging = load_queries(Path(__file__).with_name("messaging.sql"))
