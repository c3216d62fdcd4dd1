"""The tracker's database with a small province in it."""

import pytest

from tests.conftest import OpenDatabase
from tests.integration.tracker.world import World, province


@pytest.fixture
async def empty(open_database: OpenDatabase) -> World:
    """A tracker that has heard of nothing."""
    return World(await open_database("tracker"))


@pytest.fixture
async def world(empty: World) -> World:
    """A tracker that has its directory."""
    await empty.take_directory(*province())
    return empty
