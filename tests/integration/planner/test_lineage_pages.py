"""The pages of a plan's lineage and history, as a browser without a screen takes them."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from tests.integration.planner.desk import browser_for
from tests.integration.planner.province import PLAN, Cast
from tests.integration.planner.test_amendments import OF_SCHOOL, approve
from tests.support.browsers import Browser
from tests.support.clock import FixedClock

IN_FORCE = ("review", "co-sign", "sign", "approve")
WORDS = "- Phát động phong trào thi đua “Dạy tốt, học tốt” trong các nhà trường."
UNSURE = PLAN.replace(WORDS, "- Phát động phong trào thi đua “Dạy tốt, học tốt” và hội thao toàn ngành hằng năm.")


@pytest.fixture
async def neighbour(desk: FastAPI, clock: FixedClock, cast: Cast) -> AsyncIterator[Browser]:
    async with await browser_for(desk, clock, "neighbour") as browser:
        yield browser


@pytest.fixture
async def head(desk: FastAPI, clock: FixedClock, cast: Cast) -> AsyncIterator[Browser]:
    async with await browser_for(desk, clock, "head") as browser:
        yield browser


def id_in(page: httpx.Response) -> str:
    """The plan whose page it is."""
    return page.url.path.rpartition("/")[2]


async def amend(browser: Browser, plan_id: str, document: str = "", **fields: str) -> httpx.Response:
    """Send the form of an amendment as a browser does: also without a file there is a part for one."""
    file = {"file": ("moi.txt", document.encode())} if document else {"file": ("", b"")}
    data = {"csrf": browser.csrf, "revision": "1", **fields}
    return await browser.post(f"/plans/{plan_id}/amendment", data=data, files=file)


async def test_an_amendment_is_drafted_from_what_is_in_force_or_from_a_file(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan(*IN_FORCE)
    assert f'href="/plans/{plan_id}/amendment"' in (await officer.get(f"/plans/{plan_id}")).text
    page = await amend(officer, plan_id, reason="đổi hạn")
    draft = (await cast.officer.get(f"/plans/{id_in(page)}")).json()
    assert (draft["amends_id"], draft["history"][0]["reason"]) == (plan_id, "đổi hạn")
    assert draft["item_ids"] == await cast.officer.item_ids(plan_id)
    again = await amend(officer, plan_id, UNSURE)
    assert again.status_code == 409
    assert f'href="/plans/{draft["plan_id"]}"' in again.text
    await cast.officer.act(draft["plan_id"], "reject", reason="chưa cần")
    page = await amend(officer, plan_id, UNSURE)
    after = (await cast.officer.get(f"/plans/{id_in(page)}")).json()
    assert "hội thao" in after["document"]["items"][2]["text"]


async def test_a_file_that_cannot_be_read_amends_nothing_and_says_so_at_its_field(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan(*IN_FORCE)
    page = await amend(officer, plan_id, "hello", reason="đổi hạn")
    assert page.status_code == 422
    assert 'id="file-error"' in page.text
    assert "đổi hạn" in page.text
    assert len((await cast.officer.get(f"/plans/{plan_id}")).json()["versions"]) == 1


async def test_a_person_says_which_item_is_continued(officer: Browser, cast: Cast) -> None:
    first = await cast.plan(*IN_FORCE)
    second = id_in(await amend(officer, first, UNSURE.replace("1. Công tác tuyên truyền\n", "")))
    before, ids = await cast.officer.item_ids(first), await cast.officer.item_ids(second)
    assert before[2] not in ids
    assert f'href="/plans/{second}/difference"' in (await officer.get(f"/plans/{second}")).text
    page = await officer.get(f"/plans/{second}/difference")
    assert "1 nội dung cần thầy/cô cho biết" in page.text
    assert f'value="{before[2]}"' in page.text

    address = f"/plans/{second}/items/{ids[2]}/continues"
    fields = {"continues": before[2], "position": "3"}
    for revision, continues, status in (("9", before[2], 409), ("1", str(uuid4()), 422), ("1", "x", 422)):
        page = await officer.send_form(address, **fields | {"revision": revision, "continues": continues})
        assert page.status_code == status, page.text
        assert 'role="alert"' in page.text
    assert await cast.officer.item_ids(second) == ids
    page = await officer.send_form(address, revision="1", **fields)
    assert page.status_code == 200
    assert page.url.fragment == "position-3"
    assert "cần thầy/cô cho biết" not in page.text
    assert (await cast.officer.item_ids(second))[2] == before[2]


async def test_that_an_item_is_new_settles_the_doubt_and_keeps_its_id(officer: Browser, cast: Cast) -> None:
    first = await cast.plan(*IN_FORCE)
    second = id_in(await amend(officer, first, UNSURE.replace("1. Công tác tuyên truyền\n", "")))
    ids = await cast.officer.item_ids(second)
    page = await officer.send_form(f"/plans/{second}/items/{ids[2]}/continues", revision="1", continues="")
    assert page.status_code == 200
    plan = (await cast.officer.get(f"/plans/{second}")).json()
    assert plan["item_ids"] == ids
    assert "item-match-unsure" not in {each["code"] for each in plan["document"]["warnings"]}


async def test_the_parent_is_found_by_number_and_title_and_set_or_cleared(
    officer: Browser, desk: FastAPI, clock: FixedClock, cast: Cast
) -> None:
    parent = await cast.plan(*IN_FORCE)
    child = (await cast.principal.upload(OF_SCHOOL.format(number="216/KHLT-PGDĐT-LĐLĐ"))).json()["plan_id"]
    address = f"/plans/{child}/parent"
    assert f'href="{address}"' in (await officer.get(f"/plans/{child}")).text
    page = await officer.get(address)
    assert "216/KHLT-PGDĐT-LĐLĐ" in page.text
    for wanted, found in (("", True), ("215 / khlt", True), ("Phối hợp hoạt động", True), ("999", False)):
        assert (f'value="{parent}"' in (await officer.get(address, params={"q": wanted})).text) is found, wanted
    for revision, parent_id, status in (("9", parent, 409), ("1", child, 422), ("1", "", 422), ("1", "x", 422)):
        page = await officer.send_form(address, revision=revision, parent_id=parent_id)
        assert page.status_code == status, page.text
        assert 'role="alert"' in page.text
    page = await officer.send_form(address, revision="1", parent_id=parent)
    assert page.url.path == f"/plans/{child}"
    assert f'cấp trên: <a href="/plans/{parent}">215/KHLT-PGDĐT-LĐLĐ</a>' in page.text
    assert (await cast.officer.get(f"/plans/{child}")).json()["parent_id"] == parent
    page = await officer.send_form(address, revision="2", parent_id="none")
    assert "Chưa nối với kế hoạch cấp trên nào" in page.text
    assert (await cast.officer.get(f"/plans/{child}")).json()["parent_id"] is None


async def test_a_plan_below_or_beside_is_not_offered_as_the_parent(officer: Browser, cast: Cast) -> None:
    in_force = await cast.plan(*IN_FORCE)
    page = await officer.get(f"/plans/{await cast.plan()}/parent")
    assert in_force not in page.text
    assert "Không có kế hoạch cấp trên nào đang có hiệu lực." in page.text


async def test_a_close_carries_over_what_is_chosen_and_leads_to_the_draft(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    item_ids = await cast.officer.item_ids(plan_id)
    await cast.officer.edit(plan_id, 2, items=[{"item_id": item_ids[1], "due": "before:11-20"}])
    await approve(cast, plan_id)
    address = f"/plans/{plan_id}/steps/close"
    page = await officer.get(address)
    assert "năm học 2026-2027" in page.text
    assert "hạn trong bản nháp: 19/11/2026" in page.text
    for revision, chosen, status in (("9", item_ids[1], 409), ("8", str(uuid4()), 422), ("8", "x", 422)):
        page = await officer.send_form(address, revision=revision, carry_over=chosen)
        assert page.status_code == status, page.text
    page = await officer.send_form(address, revision="9", carry_over=item_ids[1])
    assert f'value="{item_ids[1]}" checked' in page.text
    revision = (await cast.officer.get(f"/plans/{plan_id}")).json()["revision"]
    page = await officer.send_form(address, revision=str(revision), carry_over=item_ids[1])
    assert page.status_code == 200, page.text
    assert id_in(page) != plan_id
    assert f'kế hoạch đã kết thúc: <a href="/plans/{plan_id}">' in page.text
    assert "Báo cáo kết quả đợt 1" in page.text
    assert "Tuyên truyền chủ trương của Đảng" not in page.text.partition('<section class="source"')[0]
    closed = (await officer.get(f"/plans/{plan_id}")).text
    assert f'Được chuyển tiếp vào: <a href="/plans/{id_in(page)}">' in closed


async def test_a_close_without_a_choice_ends_the_plan_alone(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan(*IN_FORCE)
    revision = (await cast.officer.get(f"/plans/{plan_id}")).json()["revision"]
    page = await officer.send_form(f"/plans/{plan_id}/steps/close", revision=str(revision))
    assert page.url.path == f"/plans/{plan_id}"
    assert "đã kết thúc" in page.text
    assert "Được chuyển tiếp" not in page.text


async def test_the_history_shows_the_content_at_a_revision_and_what_changed(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    first, second, _ = await cast.officer.item_ids(plan_id)
    await cast.officer.edit(
        plan_id, 2, title="Tên mới", items=[{"item_id": first, "text": "Chữ mới", "lead": ["Phòng"]}]
    )
    await cast.officer.on_item(plan_id, f"/{second}", 3, method="DELETE")
    then, now = [(await officer.get(f"/plans/{plan_id}/history/{revision}")).text for revision in (2, 4)]
    for words in ("Tuyên truyền chủ trương", "Báo cáo kết quả đợt 1"):
        assert words in then
        assert words not in now
    assert "Nội dung phối hợp (3)" in then
    assert "Nội dung phối hợp (2)" in now
    history = (await officer.get(f"/plans/{plan_id}/history")).text
    assert f"/plans/{plan_id}/changes?before=2&amp;after=3" in history
    for query in ("before=2&after=4", "before=4&after=2"):
        page = (await officer.get(f"/plans/{plan_id}/changes?{query}")).text
        for words in ("Tên mới", "Phối hợp hoạt động", "Chữ mới", "Tuyên truyền chủ trương", "Chủ trì"):
            assert words in page
        assert re.search(r"bỏ</span>\s*<b>Nội dung 2 của lần 2", page)
        assert "1 nội dung giữ nguyên" in page
    assert "không thay đổi giữa hai lần" in (await officer.get(f"/plans/{plan_id}/changes?before=4&after=4")).text
    assert (await officer.get(f"/plans/{plan_id}/changes?before=x&after=4")).status_code == 422
    for revision in (0, 5, 10**12):
        assert (await officer.get(f"/plans/{plan_id}/history/{revision}")).status_code == 404
        assert (await officer.get(f"/plans/{plan_id}/changes?before={revision}&after=1")).status_code == 404


@pytest.mark.parametrize("page", ["amendment", "difference", "parent", "history/1", "changes?before=1&after=1"])
async def test_a_stranger_finds_none_of_these_pages(neighbour: Browser, cast: Cast, page: str) -> None:
    plan_id = await cast.plan(*IN_FORCE)
    assert (await neighbour.get(f"/plans/{plan_id}/{page}")).status_code == 404
    assert (await neighbour.send_form(f"/plans/{plan_id}/amendment", revision="1")).status_code == 404
    assert (await neighbour.send_form(f"/plans/{plan_id}/parent", revision="1", parent_id="none")).status_code == 404
    assert (await neighbour.send_form(f"/plans/{plan_id}/steps/close", revision="1")).status_code == 404


async def test_who_only_signs_may_look_but_change_nothing(head: Browser, officer: Browser, cast: Cast) -> None:
    first = await cast.plan(*IN_FORCE)
    assert (await amend(head, first)).status_code == 403
    second = id_in(await amend(officer, first, UNSURE))
    item_id = (await cast.officer.item_ids(second))[0]
    for path, fields in ((f"items/{item_id}/continues", {"continues": ""}), ("parent", {"parent_id": "none"})):
        page = await head.send_form(f"/plans/{second}/{path}", revision="1", **fields)
        assert page.status_code == 403
    for path in ("difference", "parent"):
        page = await head.get(f"/plans/{second}/{path}")
        assert page.status_code == 200
        assert "<button>Ghi" not in page.text
    assert (await cast.officer.get(f"/plans/{second}")).json()["revision"] == 1
