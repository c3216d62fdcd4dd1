"""What the database itself keeps: rows of other units hidden, and what was appended never changed."""

import asyncpg
import pytest

from services.kit.database import Database
from services.tracker import api, views
from tests.integration.tracker.test_changes import A, command, take
from tests.integration.tracker.world import SCHOOL, World, item

BY_UNIT = ("tasks", "issuances", "task_events", "people")


@pytest.fixture
async def busy(world: World) -> World:
    """Each protected table holds rows of the school and of others."""
    await world.approve(item(1))
    await take(world, command(await world.task(SCHOOL), A.ACKNOWLEDGE))
    return world


async def _units(database: Database, table: str, within: str) -> set[str]:
    async with database.transaction(within=within) as tx:
        return {row[0] for row in await tx.connection.fetch(f"SELECT unit_id FROM {table}")}


async def test_without_any_where_a_caller_gets_the_rows_below_alone(busy: World) -> None:
    for table in BY_UNIT:
        assert await _units(busy.database, table, f"P/P-A/{SCHOOL}/") == {SCHOOL}, table
        assert await _units(busy.database, table, "P/P-B/") <= {"P-B-1"}, table
        assert await _units(busy.database, table, "/") > {SCHOOL} or table == "task_events"


async def test_without_row_level_security_the_queries_filter_all_the_same(busy: World) -> None:
    async with busy.database.transaction() as tx:  # as the service itself, which row-level security lets see all
        page = await views.task_page(tx, f"P/P-A/{SCHOOL}/", views.Wanted())
        progress = await views.progress(tx, "P/P-B/", plan_id=None, by="area")
        everything = await views.task_page(tx, "P/", views.Wanted())
    assert {task.unit_id for task in page.entries} == {SCHOOL}
    assert len(everything.entries) > len(page.entries)
    assert {group.key for group in progress.groups} <= {"P-B"}


async def test_a_connection_that_says_nothing_gets_nothing(busy: World) -> None:
    """Also one that a transaction has used before, where the setting is no longer unset but empty."""
    async with busy.database.connection() as connection:
        async with connection.transaction():
            await connection.execute("SELECT set_config('phoihop.within', '/', true)")
        assert await connection.fetchval("SELECT current_setting('phoihop.within', true)") == ""
        for table in (*BY_UNIT, "deadline_marks"):
            assert await connection.fetch(f"SELECT FROM {table}") == [], table


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = NULL", "DELETE FROM {}", "TRUNCATE {}"])
async def test_what_was_appended_stays(busy: World, statement: str) -> None:
    for table, column in (("task_events", "note"), ("issuances", "tasks"), ("deadline_marks", "days")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await busy.rows(statement.format(table, column))


async def test_a_task_is_never_deleted(busy: World) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await busy.rows("DELETE FROM tasks")


def test_every_route_is_limited_to_a_caller() -> None:
    for route in api.router.routes:
        dependencies = {dependency.call for dependency in route.dependant.dependencies}  # type: ignore[attr-defined]
        assert api._caller in dependencies, route
