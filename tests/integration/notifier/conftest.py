"""What the notifier's tests share."""

import pytest

from services.kit.database import Database
from tests.conftest import OpenDatabase


@pytest.fixture
async def database(open_database: OpenDatabase) -> Database:
    """The notifier's pool on a fresh database."""
    return await open_database("notifier")
