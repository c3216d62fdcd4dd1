"""Units that ended and handed over to nobody, on a page."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from tests.integration.planner.desk import browser_for
from tests.integration.planner.province import UNITS, Cast
from tests.support.clock import FixedClock

HEADER = UNITS.splitlines()[0]
SCHOOL = "AH-PL-TH1,Trường Tiểu học Phước Lộc 1,school,AH-PL,TH,public,yes,2000-01-01,2025-09-10"
HEIRS = "\n".join(f"AH-PL-M{n},Trường mới {n},school,AH-PL,TH,public,yes,2025-09-11,," for n in (1, 2))


async def ends(cast: Cast, clock: FixedClock, successors: str) -> str:
    """A plan in force, and a school that it reached and that ended since. Returns the plan's id."""
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    assert (await cast.operator.import_files(f"{HEADER}\n{HEIRS}\n{SCHOOL},{successors}\n")).is_success
    clock.moment = datetime(2025, 9, 12, 1, 0, tzinfo=UTC)
    return plan_id


async def page_of(person_id: str, desk: FastAPI, clock: FixedClock) -> str:
    """The page as the person sees it who signs on now."""
    async with await browser_for(desk, clock, person_id) as browser:
        page = await browser.get("/units/waiting")
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize(
    ("successors", "told"),
    [("", "không có đơn vị kế tục"), ("AH-PL-M1;AH-PL-M2", "Trường mới 1; Trường mới 2"), ("AH-PL-M1", None)],
)
async def test_a_unit_waits_where_nobody_or_several_took_over(
    desk: FastAPI, cast: Cast, clock: FixedClock, successors: str, told: str | None
) -> None:
    plan_id = await ends(cast, clock, successors)
    page = await page_of("officer", desk, clock)
    if told is None:
        assert "Không có đơn vị nào chờ quyết định." in page
        return
    assert "Trường Tiểu học Phước Lộc 1" in page
    assert "Trường cũ" not in page
    assert told in page
    counted = (await cast.officer.get(f"/plans/{plan_id}/obligations")).json()["units"]["AH-PL-TH1"]
    assert counted == 3
    assert f'href="/plans/{plan_id}"' in page
    assert f"ít nhất {counted} nhiệm vụ" in page


async def test_what_a_unit_had_before_it_changed_is_not_known_and_still_waits(
    desk: FastAPI, cast: Cast, clock: FixedClock
) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")
    changed = SCHOOL.replace(",TH,public,", ",TH;THCS,public,")
    clock.moment = datetime(2025, 9, 8, 1, 0, tzinfo=UTC)
    assert (await cast.operator.import_files(f"{HEADER}\n{changed},\n")).is_success
    clock.moment = datetime(2025, 9, 12, 1, 0, tzinfo=UTC)
    page = await page_of("officer", desk, clock)
    assert "Trường Tiểu học Phước Lộc 1" in page
    assert f'href="/plans/{plan_id}"' in page


async def test_a_unit_of_which_no_plan_in_force_asks_anything_does_not_wait(
    desk: FastAPI, cast: Cast, clock: FixedClock
) -> None:
    plan_id = await ends(cast, clock, "")
    assert (await cast.officer.act(plan_id, "revoke", reason="hết hiệu lực")).is_success
    assert "Không có đơn vị nào chờ quyết định." in await page_of("officer", desk, clock)


async def test_a_neighbour_does_not_see_it(desk: FastAPI, cast: Cast, clock: FixedClock) -> None:
    await ends(cast, clock, "")
    assert "Phước Lộc" not in await page_of("neighbour", desk, clock)
