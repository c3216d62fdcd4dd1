"""The HTTP API, with real tokens on a real database, without Kafka."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from contracts.plans import PlanApproved
from contracts.tasks import TaskStatusChanged
from contracts.units import Ownership, Role
from services.kit.auth import TokenVerifier
from services.kit.health import Health
from services.kit.http import make_api
from services.tracker import api, sweeps
from tests.integration.tracker.world import (
    DISTRICT_OFFICE,
    OFFICE,
    OPEN_SCHOOLS,
    OTHER,
    PRIVATE,
    SCHOOL,
    SECOND,
    World,
    finish,
    item,
    nobody,
    schools_scope,
)
from tests.support.clock import FixedClock
from tests.support.tokens import TestTokens

SOON, LATER = date(2025, 9, 10), date(2026, 5, 31)


@dataclass
class Client:
    """Asks in the name of people."""

    http: httpx.AsyncClient
    tokens: TestTokens
    world: World
    plan: PlanApproved

    async def ask(self, method: str, path: str, unit_id: str, *roles: Role, **more: Any) -> httpx.Response:
        """The answer to a person of that unit in those roles."""
        headers = self.tokens.header(f"{unit_id}-person", unit_id, *roles) | more.pop("headers", {})
        return await self.http.request(method, f"/v1{path}", headers=headers, **more)

    async def get(self, path: str, unit_id: str = OFFICE, role: Role = Role.OFFICER, *, params: Any = None) -> Any:
        """The body of a good answer."""
        answer = await self.ask("GET", path, unit_id, role, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def act(
        self, task_id: UUID, unit_id: str, *roles: Role, headers: Any = None, **action: Any
    ) -> httpx.Response:
        """The answer to an action."""
        path = f"/tasks/{task_id}/actions"
        return await self.ask("POST", path, unit_id, *roles, json=action, headers=headers or {})


@pytest.fixture
async def client(world: World, tokens: TestTokens) -> AsyncIterator[Client]:
    """A plan of three items, for all, for the private school and without a deadline, and the API before it."""

    @asynccontextmanager
    async def nothing(_: FastAPI) -> AsyncIterator[None]:
        yield

    plan = await world.approve(
        item(1, SOON), item(2, LATER, scope=schools_scope(ownership=Ownership.NON_PUBLIC)), item(3)
    )
    await world.published()
    application = make_api(
        "test",
        "0",
        routers=[api.router],
        tokens=TokenVerifier(tokens.settings),
        health=Health(world.database, [], stalled_after=1),
        lifespan=nothing,
    )
    application.state.database = world.database
    application.state.committed = nobody
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://tracker") as http:
        yield Client(http, tokens, world, plan)


async def test_a_list_holds_what_is_below_the_caller(client: Client) -> None:
    async def seen(unit_id: str, role: Role) -> list[str]:
        return sorted({task["unit_id"] for task in (await client.get("/tasks", unit_id, role))["entries"]})

    assert await seen(OFFICE, Role.OFFICER) == sorted(OPEN_SCHOOLS)
    assert await seen(DISTRICT_OFFICE, Role.OFFICER) == sorted([SCHOOL, SECOND, PRIVATE])
    assert await seen(SCHOOL, Role.PRINCIPAL) == [SCHOOL]


async def test_pages_follow_one_another_without_gap_or_repetition(client: Client) -> None:
    whole = (await client.get("/tasks"))["entries"]
    assert len(whole) == 9
    paged: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await client.get("/tasks", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        paged += page["entries"]
        cursor = page["cursor"]
    assert paged == whole


FILTERS: list[tuple[dict[str, str], int]] = [
    ({"state": "ISSUED"}, 9),
    ({"state": "COMPLETED"}, 0),
    ({"unit_id": PRIVATE}, 3),
    ({"due_before": "2025-09-10"}, 0),
    ({"due_before": "2025-09-11"}, 4),
    ({"timeliness": "due-soon"}, 4),
    ({"timeliness": "no-deadline", "unit_id": SCHOOL}, 1),
    ({"plan_id": str(uuid4())}, 0),
]


async def test_filters(client: Client) -> None:
    for filters, expected in FILTERS:
        tasks = (await client.get("/tasks", params=filters))["entries"]
        assert len(tasks) == expected, filters
        for name in ("state", "unit_id", "timeliness"):
            assert {task[name] for task in tasks} <= {filters.get(name, task[name]) for task in tasks}


async def test_a_task_shows_its_words_and_its_history(client: Client, clock: FixedClock) -> None:
    task_id = await client.world.task(SCHOOL)
    answer = await client.act(task_id, SCHOOL, Role.PRINCIPAL, action="acknowledge", note="đã rõ")
    assert answer.status_code == 200, answer.text
    task = await client.get(f"/tasks/{task_id}", SCHOOL, Role.STAFF)
    assert task == answer.json()
    assert (task["state"], task["revision"], task["timeliness"]) == ("ACKNOWLEDGED", 2, "due-soon")
    assert (task["text"], task["plan_number"], task["accountable"]) == ("Nội dung phối hợp số 1", "1/KH", ["principal"])
    issued, acknowledged = task["history"]
    assert (issued["action"], issued["revision"], issued["person_id"]) == ("issue", 1, None)
    assert (acknowledged["action"], acknowledged["person_id"], acknowledged["door"]) == (
        "acknowledge",
        f"{SCHOOL}-person",
        "http",
    )
    assert acknowledged["note"] == "đã rõ"
    [event] = await client.world.published()
    assert isinstance(event.data, TaskStatusChanged)
    assert event.data.at == clock.now()


DENIED: list[tuple[str, Role, dict[str, Any], int, str]] = [
    (OTHER, Role.PRINCIPAL, {"action": "acknowledge"}, 404, "task-unknown"),
    (DISTRICT_OFFICE, Role.OFFICER, {"action": "acknowledge"}, 403, "not-entitled"),
    (SCHOOL, Role.STAFF, {"action": "decline", "reason": "bận"}, 403, "wrong-role"),
    (SCHOOL, Role.PRINCIPAL, {"action": "submit"}, 409, "wrong-state"),
    (SCHOOL, Role.PRINCIPAL, {"action": "decline", "reason": " "}, 422, "reason-missing"),
    (SCHOOL, Role.PRINCIPAL, {"action": "dance"}, 422, "invalid-request"),
    (SCHOOL, Role.PRINCIPAL, {"action": "acknowledge", "percent": 101}, 422, "invalid-request"),
    (SCHOOL, Role.PRINCIPAL, {"action": "acknowledge", "percent": True}, 422, "invalid-request"),
    (SCHOOL, Role.PRINCIPAL, {"action": "acknowledge", "resaon": "bận"}, 422, "invalid-request"),
    ("P-UNHEARD-OF", Role.PRINCIPAL, {"action": "acknowledge"}, 403, "unit-unknown"),
]


async def test_a_denied_action_says_why_and_changes_nothing(client: Client) -> None:
    task_id = await client.world.task(SCHOOL)
    for unit_id, role, action, status, code in DENIED:
        answer = await client.act(task_id, unit_id, role, **action)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
    assert await client.world.rows("SELECT DISTINCT revision FROM tasks") == [(1,)]
    assert await client.world.published() == []


async def test_who_saw_an_older_revision_is_told(client: Client) -> None:
    task_id = await client.world.task(SCHOOL)
    first = await client.act(task_id, SCHOOL, Role.PRINCIPAL, headers={"If-Match": '"1"'}, action="acknowledge")
    second = await client.act(task_id, SCHOOL, Role.PRINCIPAL, headers={"If-Match": '"1"'}, action="start")
    rubbish = await client.act(task_id, SCHOOL, Role.PRINCIPAL, headers={"If-Match": "x"}, action="start")
    assert [answer.status_code for answer in (first, second, rubbish)] == [200, 409, 422]
    assert second.json()["code"] == "stale-revision"


async def test_what_was_done_under_a_key_is_not_done_again(client: Client) -> None:
    task_id = await client.world.task(SCHOOL)
    key = {"Idempotency-Key": "k1"}
    refused = await client.act(task_id, SCHOOL, Role.PRINCIPAL, headers=key, action="start")
    first = await client.act(task_id, SCHOOL, Role.PRINCIPAL, headers=key, action="acknowledge")
    again = await client.act(task_id, SCHOOL, Role.PRINCIPAL, headers=key, action="acknowledge")
    assert [answer.status_code for answer in (refused, first, again)] == [409, 200, 200]
    assert again.json() == first.json()
    assert len(await client.world.published()) == 1


async def test_a_task_elsewhere_is_as_if_it_were_not(client: Client) -> None:
    elsewhere = await client.world.task(OTHER)
    for task_id in (elsewhere, uuid4()):
        answer = await client.ask("GET", f"/tasks/{task_id}", SCHOOL, Role.PRINCIPAL)
        assert (answer.status_code, answer.json()["code"]) == (404, "task-unknown")


GROUPS: dict[str, dict[Any, int]] = {
    "plan": {"plan": 9},
    "item": {1: 4, 2: 1, 3: 4},
    "area": {"P-A": 7, "P-B": 2},
    "level": {"TH": 4, "TH&THCS": 2, "MN": 3},
}


async def test_progress_counts_states_and_timeliness(client: Client) -> None:
    await client.act(await client.world.task(SCHOOL), SCHOOL, Role.PRINCIPAL, action="acknowledge")
    names: dict[str, Any] = {str(each.item_id): each.position for each in client.plan.items}
    names[str(client.plan.plan_id)] = "plan"
    for by, groups in GROUPS.items():
        answer = await client.get("/progress", params={"plan_id": str(client.plan.plan_id), "by": by})
        assert {names.get(group["key"], group["key"]): group["tasks"] for group in answer["groups"]} == groups
        assert answer["day"] == "2025-09-05"
        counts = [count for group in answer["groups"] for count in group["counts"]]
        assert sum(count["tasks"] for count in counts) == 9
        assert {(count["state"], count["timeliness"]) for count in counts if count["state"] != "ISSUED"} == {
            ("ACKNOWLEDGED", "due-soon")
        }
        below = await client.get("/progress", SCHOOL, Role.PRINCIPAL, params={"by": by})
        assert sum(group["tasks"] for group in below["groups"]) == 2


async def test_what_a_plan_came_to(client: Client) -> None:
    path = f"/plans/{client.plan.plan_id}/tasks-count"
    count = await client.get(path)
    assert (count["units"], count["tasks"], count["decomposed"], count["version"]) == (4, 9, True, 1)
    assert [(row["position"], row["units"], row["tasks"]) for row in count["items"]] == [
        (1, 4, 4),
        (2, 1, 1),
        (3, 4, 4),
    ]
    below = await client.get(path, DISTRICT_OFFICE)
    assert (below["units"], below["tasks"]) == (3, 7)
    school = await client.ask("GET", path, SCHOOL, Role.PRINCIPAL)
    unknown = await client.ask("GET", f"/plans/{uuid4()}/tasks-count", OFFICE, Role.OFFICER)
    assert (school.status_code, unknown.status_code) == (403, 404)


async def test_an_operator_sweeps_and_sees_when_it_is_done(client: Client, clock: FixedClock) -> None:
    clock.moment = datetime(2025, 9, 10, 1, tzinfo=UTC)
    asked = await client.ask("POST", "/sweeps", OFFICE, Role.OPERATOR, json={"day": "2025-09-10"})
    assert (asked.status_code, asked.json()["done"]) == (202, False)
    await finish(lambda: sweeps.step(client.world.database, nobody, daily=False))
    assert await client.get("/sweeps/2025-09-10", OFFICE, Role.OPERATOR) == {
        "day": "2025-09-10",
        "done": True,
        "units": 4,
        "tasks": 4,
    }
    officer = await client.ask("POST", "/sweeps", OFFICE, Role.OFFICER, json={"day": "2025-09-10"})
    other_day = await client.ask("GET", "/sweeps/2025-09-11", OFFICE, Role.OPERATOR)
    assert (officer.status_code, other_day.status_code) == (403, 404)


@pytest.mark.parametrize("day", ["2025-09-06", "9999-12-31"])
async def test_no_deadline_is_reached_before_its_day(client: Client, day: str) -> None:
    answer = await client.ask("POST", "/sweeps", OFFICE, Role.OPERATOR, json={"day": day})
    assert (answer.status_code, answer.json()["code"]) == (422, "day-to-come")


async def test_an_unknown_filter_is_refused(client: Client) -> None:
    answer = await client.ask("GET", "/tasks", OFFICE, Role.OFFICER, params={"due_befor": "2025-10-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_without_a_good_token_nothing_is_told(client: Client) -> None:
    bare = await client.http.get("/v1/tasks")
    forged = await client.http.get("/v1/tasks", headers=client.tokens.header("p", SCHOOL, Role.STAFF, iss="other"))
    assert (bare.status_code, forged.status_code) == (401, 401)


async def test_a_cursor_of_somebodys_own_making_is_refused(client: Client) -> None:
    for cursor in ("x", "!!", "YWJj"):
        answer = await client.ask("GET", "/tasks", OFFICE, Role.OFFICER, params={"cursor": cursor})
        assert answer.status_code == 422
