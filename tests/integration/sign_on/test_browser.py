"""Sign-on in a real browser, with its own mind about cookies, forms and policies."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.integration.sign_on.conftest import Serve
from tests.support.clock import FixedClock
from tests.support.identity import Identity


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def page(request: pytest.FixtureRequest, real_browser: Browser) -> AsyncIterator[Page]:
    context = await real_browser.new_context(locale="vi-VN", java_script_enabled=request.param)
    yield await context.new_page()
    await context.close()


async def sign_on(page: Page, identity: Identity, username: str) -> None:
    """Fill in Keycloak's form, by keyboard as a person does."""
    await page.get_by_label("Tên đăng nhập").fill(username)
    await page.get_by_label("Mật khẩu", exact=True).fill(identity.password)
    await page.keyboard.press("Enter")


async def test_a_person_signs_on_works_and_signs_out(page: Page, serve: Serve, identity: Identity) -> None:
    planner, tracker = await serve("planner"), await serve("tracker")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await page.goto(f"{planner}/")
    await sign_on(page, identity, "principal")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Xin chào Nguyễn Thị principal")
    await page.get_by_role("link", name="Nhiệm vụ").click()
    await page.wait_for_url(f"{tracker}/")
    await expect(page.get_by_text("hiệu trưởng")).to_be_visible()
    await page.get_by_role("button", name="Đăng xuất").click()
    await page.wait_for_url(f"{tracker}/signed-out")
    assert complaints == []  # such as of the policy for content
    await page.goto(f"{planner}/")
    await expect(page.get_by_label("Tên đăng nhập")).to_be_visible()


async def test_a_form_that_came_too_late_is_sent_after_all(
    page: Page, serve: Serve, identity: Identity, clock: FixedClock
) -> None:
    """Also past the browser's own check of where a form may lead."""
    planner = await serve("planner")
    await page.goto(f"{planner}/write")
    await sign_on(page, identity, "officer")
    await page.get_by_label("Ghi chú").fill("Đã họp\nvới công đoàn")
    clock.moment += timedelta(hours=13)
    await page.get_by_role("button", name="Ghi", exact=True).click()
    await page.wait_for_url(f"{planner}/sign-on/kept")
    await page.get_by_role("button", name="Gửi lại").click()
    await expect(page.get_by_text("written: Đã họp với công đoàn")).to_be_visible()


async def test_a_page_fits_a_phone_and_begins_with_a_way_past_the_head(
    page: Page, serve: Serve, identity: Identity
) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    planner = await serve("planner")
    await page.goto(f"{planner}/write")
    await sign_on(page, identity, "union-chair")
    await expect(page.get_by_label("Ghi chú")).to_be_visible()
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Trang đầu")).to_be_focused()
    await expect(page.get_by_label("Ghi chú")).to_have_accessible_description("Vài dòng Chưa có gì")
    box = await page.locator("body").bounding_box()
    assert box
    assert box["width"] <= 360
