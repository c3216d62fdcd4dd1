"""A person goes from the upload to PlanApproved in a real browser, with scripts and without."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from contracts.plans import PlanApproved
from deploy.local.settings import free_ports
from services.kit.database import Database
from services.kit.settings import SignOnSettings
from tests.integration.planner.conftest import Published
from tests.integration.planner.desk import browser_for, desk_of
from tests.integration.planner.province import PLAN, UNITS, Cast
from tests.integration.planner.test_amendments import OF_SCHOOL
from tests.integration.planner.test_lineage_pages import IN_FORCE, UNSURE
from tests.support.clock import FixedClock
from tests.support.identity import serving
from tests.support.tokens import TestTokens

DOCUMENT = PLAN.replace("Số: 215/KHLT", "Số:      /KHLT").replace(
    "- Báo cáo kết quả đợt 1", "- Sơ kết đợt 1; báo cáo kết quả"
)
SHOTS = Path("var/desk")
"""Where what the pages look like is kept, to be looked at."""


class Office:
    """The desk at an address of its own, and the pages of those who work there."""

    def __init__(self, site: str, contexts: dict[str, BrowserContext], shots: Path) -> None:
        self.site = site
        self._contexts = contexts
        self._shots = shots
        self._taken = 0

    async def page(self, person_id: str, address: str) -> Page:
        """A page that the person opens."""
        page = await self._contexts[person_id].new_page()
        await page.goto(f"{self.site}{address}")
        return page

    async def shoot(self, page: Page, name: str) -> None:
        """Keep what the page looks like on a desk and on a telephone, on neither of which anything may be cut off."""
        self._taken += 1
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width} px"
            await page.screenshot(path=self._shots / f"{name}-{width}.png", full_page=True)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def office(
    request: pytest.FixtureRequest,
    real_browser: Browser,
    database: Database,
    tokens: TestTokens,
    clock: FixedClock,
    cast: Cast,
) -> AsyncIterator[Office]:
    (port,) = free_ports(1)
    site = f"http://localhost:{port}"
    settings = SignOnSettings.model_validate({"client_id": "p", "client_secret": "none", "sites": {"planner": site}})
    desk = desk_of(database, tokens, clock, settings)
    shots = SHOTS / ("with-scripts" if request.param else "without-scripts")
    shots.mkdir(parents=True, exist_ok=True)
    contexts: dict[str, BrowserContext] = {}
    async with serving(desk, site):
        for person_id in ("officer", "head", "chair"):
            context = await real_browser.new_context(
                locale="vi-VN", java_script_enabled=request.param, viewport={"width": 1280, "height": 900}
            )
            async with await browser_for(desk, clock, person_id) as known:
                await context.add_cookies(
                    [{"name": name, "value": value, "url": site} for name, value in known.cookies.items()]
                )
            contexts[person_id] = context
        yield Office(site, contexts, shots)
        for context in contexts.values():
            await context.close()


async def test_a_person_goes_from_upload_to_approved(
    office: Office, cast: Cast, published: Published, tmp_path: Path
) -> None:
    file = tmp_path / "ke-hoach.txt"
    file.write_text(DOCUMENT, "utf-8")
    page = await office.page("officer", "/")
    plan_id = await _upload(office, page, file)
    await _name_the_parties(office, page, await _units(cast, plan_id))
    await _split(office, page)
    await _step(page, "Chuyển rà soát")
    await _accept_the_warning(office, page, plan_id)
    await _step(page, "Gửi các bên ký")
    await expect(page.get_by_text("chờ ký", exact=True)).to_be_visible()
    await _sign(office, "head", plan_id)
    await _refuse(office, "chair", plan_id)
    await _edit_after_the_refusal(office, page, plan_id)
    await _step(page, "Gửi các bên ký")
    await _sign(office, "head", plan_id)
    await _sign(office, "chair", plan_id)
    await page.goto(f"{office.site}/plans/{plan_id}")
    await _step(page, "Ban hành")
    await expect(page.get_by_text("đã ban hành")).to_be_visible()
    await office.shoot(page, "approved")

    approved = (await published())[-1].data
    assert isinstance(approved, PlanApproved)
    assert str(approved.plan_id) == plan_id
    assert [party.signed_by for party in approved.parties] == ["head", "chair"]
    assert [str(each.due_on) for each in approved.items[0].occurrences] == ["2026-01-17", "2026-05-31"]
    assert len(approved.items) == 4


async def test_the_browser_itself_sends_a_file_that_a_script_cannot_send(office: Office, tmp_path: Path) -> None:
    """As when the session has ended: the answer leads to the issuer, where no script may follow."""
    file = tmp_path / "ke-hoach.txt"
    file.write_text(DOCUMENT, "utf-8")
    page = await office.page("officer", "/plans/new")

    async def stop_scripts(route: Route) -> None:
        await (route.abort() if route.request.resource_type == "xhr" else route.continue_())

    await page.route("**/plans/new", stop_scripts)
    await page.get_by_label("Tệp văn bản").set_input_files(file)
    await page.get_by_role("button", name="Đọc văn bản").click()
    await expect(page.get_by_role("heading", name="Nội dung phối hợp (3)")).to_be_visible()


async def test_a_plan_is_amended_compared_and_closed_by_keyboard(office: Office, cast: Cast, tmp_path: Path) -> None:
    first = await cast.plan(*IN_FORCE)
    file = tmp_path / "moi.txt"
    file.write_text(UNSURE.replace("1. Công tác tuyên truyền\n", ""), "utf-8")
    page = await office.page("officer", f"/plans/{first}")
    await office.shoot(page, "in-force")
    await _press(page, "link", "Soạn bản sửa đổi")
    await page.get_by_label("Lý do sửa đổi").fill("Đổi hội thao")
    await page.get_by_label("Văn bản mới").set_input_files(file)
    await office.shoot(page, "amendment")
    await _press(page, "button", "Soạn bản sửa đổi")
    await expect(page.get_by_text("bản nháp")).to_be_visible()
    second = page.url.rpartition("/")[2]

    await _press(page, "link", "Chọn nội dung được tiếp nối")
    await expect(page.get_by_text("1 nội dung cần thầy/cô cho biết")).to_be_visible()
    await office.shoot(page, "difference")
    choice = page.get_by_label("Tiếp nối", exact=True).nth(2)
    await choice.focus()
    await choice.press("End")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("cần thầy/cô cho biết")).to_have_count(0)
    await expect(page.locator("#position-3").get_by_text("thay đổi", exact=True)).to_be_in_viewport()
    assert (await cast.officer.item_ids(second))[2] == (await cast.officer.item_ids(first))[2]
    await office.shoot(page, "difference-settled")

    await page.goto(f"{office.site}/plans/{second}/history")
    await page.get_by_label("So từ lần 1").press("Space")
    await office.shoot(page, "history-to-compare")
    await _press(page, "button", "So sánh hai lần đã chọn")
    await expect(page.get_by_role("heading", name="Thay đổi từ lần 1 đến lần 2")).to_be_visible()
    await office.shoot(page, "changes")
    await _press(page, "link", "Lần 1")
    await expect(page.get_by_role("heading", name="Nội dung phối hợp (3)")).to_be_visible()
    await office.shoot(page, "revision")

    await page.goto(f"{office.site}/plans/{first}")
    await _press(page, "link", "Kết thúc")
    await page.get_by_label("3. Phát động phong trào").press("Space")
    await office.shoot(page, "close")
    await _press(page, "button", "Kết thúc")
    await expect(page.get_by_text("Chuyển tiếp từ kế hoạch đã kết thúc: 215")).to_be_visible()
    await expect(page.get_by_role("heading", name="Nội dung phối hợp (1)")).to_be_visible()
    await office.shoot(page, "carried-over")


async def test_the_plan_above_is_found_and_set_by_keyboard(office: Office, cast: Cast) -> None:
    parent = await cast.plan(*IN_FORCE)
    child = (await cast.principal.upload(OF_SCHOOL.format(number="216/KHLT-PGDĐT-LĐLĐ"))).json()["plan_id"]
    page = await office.page("officer", f"/plans/{child}")
    await page.locator("#warnings").get_by_text("Cảnh báo").wait_for()
    await page.get_by_role("link", name="Chọn kế hoạch cấp trên").last.press("Enter")
    await page.get_by_label("Tìm theo số hoặc tên").fill("215")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/parent?q=215")
    await page.get_by_label("215/KHLT-PGDĐT-LĐLĐ").press("Space")
    await office.shoot(page, "parent")
    await _press(page, "button", "Ghi")
    await expect(page.get_by_text("Thực hiện kế hoạch cấp trên")).to_be_visible()
    await office.shoot(page, "with-a-parent")
    assert (await cast.officer.get(f"/plans/{child}")).json()["parent_id"] == parent


async def test_a_form_that_the_back_button_brings_again_overwrites_nobody(office: Office, cast: Cast) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    page = await office.page("officer", f"/plans/{plan_id}/items/{item_id}")
    words = page.get_by_label("Nội dung", exact=True)
    await words.fill("Tôi đã viết")
    await _press(page, "button", "Ghi")
    await page.wait_for_url(f"{office.site}/plans/{plan_id}#*")
    await cast.officer.edit(plan_id, 3, items=[{"item_id": item_id, "text": "Người khác đã viết"}])
    await page.go_back()
    shown, seen = await words.input_value(), await page.locator("input[name=revision]").input_value()
    assert (shown, seen) == ("Người khác đã viết", "4")


async def test_a_unit_that_ended_without_a_successor_is_found_by_keyboard(office: Office, cast: Cast) -> None:
    await cast.plan(*IN_FORCE)
    ended = "AH-PL-TH1,Trường Tiểu học Phước Lộc 1,school,AH-PL,TH,public,yes,2000-01-01,2025-09-04,"
    assert (await cast.operator.import_files(f"{UNITS.splitlines()[0]}\n{ended}\n")).is_success
    page = await office.page("officer", "/")
    await office.shoot(page, "plans")
    await _press(page, "link", "Đơn vị chờ quyết định")
    await expect(page.get_by_role("heading", name="Trường Tiểu học Phước Lộc 1")).to_be_visible()
    await expect(page.get_by_text("không có đơn vị kế tục")).to_be_visible()
    await office.shoot(page, "waiting")


async def _press(page: Page, role: Literal["link", "button"], name: str) -> None:
    """By the keyboard alone."""
    await page.get_by_role(role, name=name, exact=True).press("Enter")


async def _upload(office: Office, page: Page, file: Path) -> str:
    await page.get_by_role("link", name="Đưa văn bản vào").click()
    await page.get_by_label("Tệp văn bản").set_input_files(file)
    await office.shoot(page, "upload")
    await page.get_by_role("button", name="Đọc văn bản").click()
    await expect(page.get_by_role("heading", name="Nội dung phối hợp (3)")).to_be_visible()
    await office.shoot(page, "desk")
    return page.url.rpartition("/")[2]


async def _name_the_parties(office: Office, page: Page, units: list[str]) -> None:
    await page.get_by_role("link", name="Sửa thông tin chung").click()
    for row, name in enumerate(units, start=1):
        await page.get_by_label(f"Đơn vị của bên ký, dòng {row}", exact=True).fill(name)
    await office.shoot(page, "document")
    await page.get_by_role("button", name="Ghi", exact=True).click()
    await expect(page.get_by_text("2 đơn vị, 6 nhiệm vụ")).to_be_visible()


async def _split(office: Office, page: Page) -> None:
    await page.get_by_role("link", name="Tách nội dung 2").click()
    words = page.get_by_label("Xuống dòng ở chỗ cần tách")
    await words.fill((await words.input_value()).replace("; ", ";\n"))
    await office.shoot(page, "split")
    await page.get_by_role("button", name="Tách", exact=True).click()
    await expect(page.get_by_role("heading", name="Nội dung phối hợp (4)")).to_be_visible()


async def _step(page: Page, name: str) -> None:
    await page.get_by_role("link", name=name).click()
    await page.get_by_role("button", name=name).click()


async def _accept_the_warning(office: Office, page: Page, plan_id: str) -> None:
    await _step(page, "Gửi các bên ký")
    await expect(page.get_by_text("chưa được xử lý hoặc chấp nhận: Số của văn bản còn để trống.")).to_be_visible()
    await office.shoot(page, "refused-for-a-warning")
    await page.goto(f"{office.site}/plans/{plan_id}")
    await page.get_by_label("Số của văn bản còn để trống.").check()
    await page.get_by_label("Lý do").fill("Số sẽ cấp khi ban hành")
    await office.shoot(page, "warnings")
    await page.get_by_role("button", name="Chấp nhận cảnh báo").click()
    await expect(page.get_by_text("Đã chấp nhận: Số sẽ cấp khi ban hành")).to_be_visible()


async def _refuse(office: Office, person_id: str, plan_id: str) -> None:
    page = await office.page(person_id, f"/plans/{plan_id}")
    await page.get_by_role("link", name="Từ chối ký").click()
    await page.get_by_label("Lý do").fill("Nội dung 1 cần rõ thời hạn")
    await office.shoot(page, "refuse")
    await page.get_by_role("button", name="Từ chối ký").click()
    await expect(page.get_by_text("đang rà soát")).to_be_visible()


async def _edit_after_the_refusal(office: Office, page: Page, plan_id: str) -> None:
    await page.goto(f"{office.site}/plans/{plan_id}/history")
    await expect(page.get_by_text("Nội dung 1 cần rõ thời hạn")).to_be_visible()
    await office.shoot(page, "history")
    await page.goto(f"{office.site}/plans/{plan_id}")
    await expect(page.get_by_role("status").filter(has_text="từ chối ký")).to_contain_text("Nội dung 1 cần rõ thời hạn")
    await expect(page.get_by_text("đã ký", exact=True)).to_have_count(0)
    await page.get_by_role("link", name="Sửa nội dung 1", exact=True).click()
    await page.get_by_label("Cách ấn định").select_option("đúng ngày")
    days = page.get_by_label("Ngày", exact=True)
    await days.fill("ngày mai")
    await page.get_by_label("Số mục").press("Enter")
    await expect(days).to_have_accessible_description(re.compile("Hãy ghi ngày/tháng"))
    await expect(days).to_have_value("ngày mai")
    await office.shoot(page, "item-with-a-fault")
    await page.get_by_label("Cách ấn định").select_option("mỗi học kỳ")
    await expect(days).to_be_hidden()
    await page.get_by_role("button", name="Xem các ngày").click()
    await expect(page.get_by_text("Rơi vào: 17/01/2026; 31/05/2026")).to_be_in_viewport()
    await office.shoot(page, "item-with-its-days")
    await page.get_by_role("button", name="Ghi", exact=True).click()
    await expect(page.get_by_text("17/01/2026; 31/05/2026")).to_be_visible()


async def _units(cast: Cast, plan_id: str) -> list[str]:
    units = {"education": "Phòng Giáo dục Phước Lộc", "union": "Liên đoàn Lao động Phước Lộc (AH-PL-LDLD)"}
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    return [units[party["role"]] for party in plan["document"]["parties"]]


async def _sign(office: Office, person_id: str, plan_id: str) -> None:
    """Sign by keyboard alone, from the list of plans on."""
    page = await office.page(person_id, "/?state=CO_SIGNING")
    await page.locator(f'a[href="/plans/{plan_id}"]').focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Ký", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Mã của nội dung (SHA-256)")).to_be_visible()
    await office.shoot(page, "sign")
    await page.get_by_role("button", name="Ký", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{office.site}/plans/{plan_id}")
    await expect(page.get_by_text("đã ký", exact=True).first).to_be_visible()
    await page.close()
