"""The desk's pages, as a browser without a screen takes them."""

import re

import httpx
import pytest
from fastapi import FastAPI

from tests.integration.planner.desk import browser_for
from tests.integration.planner.province import PLAN, Cast
from tests.support.browsers import Browser
from tests.support.clock import FixedClock


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


async def as_typed(officer: Browser, cast: Cast, plan_id: str, **other: str) -> dict[str, str]:
    """The first item's form, filled in as it stands but for `other`."""
    item = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0]
    fields = {"text": item["text"], "kind": item["kind"], "due": item["due"]["rule"], "audience": "schools"}
    fields |= {"section": item["section"], "heading": item["heading"], "accountable": "principal"}
    return fields | other


async def test_the_list_shows_what_concerns_one_and_filters_by_the_address(
    officer: Browser, cast: Cast, desk: FastAPI, clock: FixedClock
) -> None:
    plan_id = await cast.plan("review")
    assert f"/plans/{plan_id}" in (await officer.get("/")).text
    assert f"/plans/{plan_id}" in (await officer.get("/?state=IN_REVIEW")).text
    assert f"/plans/{plan_id}" not in (await officer.get("/?state=APPROVED")).text
    async with await browser_for(desk, clock, "neighbour") as neighbour:
        assert f"/plans/{plan_id}" not in (await neighbour.get("/")).text
        for page in ("", "/document", "/history", "/file", "/steps/review"):
            assert (await neighbour.get(f"/plans/{plan_id}{page}")).status_code == 404


async def test_an_upload_leads_to_the_desk_or_says_what_is_wrong_with_the_file(officer: Browser) -> None:
    form = {"csrf": officer.csrf}
    page = await officer.post("/plans/new", data=form, files={"file": ("plan.txt", PLAN.encode())})
    assert page.url.path.startswith("/plans/0")
    assert "2\xa0" not in page.text
    assert 'id="line-14"' in page.text
    again = await officer.post("/plans/new", data=form, files={"file": ("plan.txt", PLAN.encode())})
    assert again.status_code == 409
    assert page.url.path in again.text
    bad = await officer.post("/plans/new", data=form, files={"file": ("plan.txt", b"hello")})
    assert bad.status_code == 422
    assert "Không đọc được văn bản: không tìm thấy" in bad.text


async def test_each_item_leads_to_its_lines_and_back(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    page = (await officer.get(f"/plans/{plan_id}")).text
    for item_id, item in zip(plan["item_ids"], plan["document"]["items"], strict=True):
        line = item["lines"][0]
        assert f'id="item-{item_id}"' in page
        assert f'href="#line-{line}"' in page
        assert re.search(rf'id="line-{line}"[^>]*><a href="#item-{item_id}">', page)
    assert "2 đơn vị, 6 nhiệm vụ" in page


async def test_an_item_is_changed_and_a_bad_field_is_told_where_it_stands(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    address = f"/plans/{plan_id}/items/{item_id}"
    typed = await as_typed(officer, cast, plan_id, revision="2", text="Chữ đã gõ <b>", due="someday")
    page = await officer.send_form(address, **typed)
    assert page.status_code == 422
    assert 'id="due-error"' in page.text
    assert "Chữ đã gõ &lt;b&gt;" in page.text
    page = await officer.send_form(address, **typed | {"due": "termly", "grades": "99"})
    assert 'id="scope-error"' in page.text
    page = await officer.send_form(address, **typed | {"due": "termly", "grades": "3"})
    assert page.status_code == 200
    assert page.url.path == f"/plans/{plan_id}"
    item = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0]
    assert (item["text"], item["due"]["rule"], item["scope"]["grades"]) == ("Chữ đã gõ <b>", "termly", [3])


async def test_a_due_rule_is_said_in_words_and_its_days_are_shown_before_it_is_kept(
    officer: Browser, cast: Cast
) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    address = f"/plans/{plan_id}/items/{item_id}"
    typed = await as_typed(officer, cast, plan_id, revision="2", due="", due_kind="day", due_days="20/11, 8/3")
    page = await officer.send_form(address, **typed, preview="yes")
    assert page.status_code == 200
    assert "20/11/2025; 08/03/2026" in page.text
    assert field(page, "due_days") == "20/11, 8/3"
    for days, preview in (("hôm nay", {}), ("hôm nay", {"preview": "yes"})):
        bad = await officer.send_form(address, **typed | {"due_days": days} | preview)
        assert bad.status_code == 422
        assert 'href="#due_days"' in bad.text
    bad = await officer.send_form(address, **typed | {"due_kind": "code", "due": "someday", "preview": "yes"})
    assert 'href="#due"' in bad.text
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["revision"] == 2
    assert (await officer.send_form(address, **typed)).status_code == 200
    item = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0]
    assert item["due"]["rule"] == "day:11-20,03-08"
    page = await officer.get(address)
    assert field(page, "due_days") == "20/11, 8/3"
    new = await officer.send_form(f"/plans/{plan_id}/items/new", **typed | {"position": "4", "preview": "yes"})
    assert "20/11/2025; 08/03/2026" in new.text
    assert len(await cast.officer.item_ids(plan_id)) == 3


async def test_the_units_of_a_scope_are_named_and_a_name_that_is_not_one_unit_is_told(
    officer: Browser, cast: Cast
) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    address = f"/plans/{plan_id}/items/{item_id}"
    assert '<option value="Trường Tiểu học Phước Lộc 1 (AH-PL-TH1)">' in (await officer.get(address)).text
    typed = await as_typed(officer, cast, plan_id, revision="2")
    for area, told in (("Trường", "chưa đủ rõ"), ("Trường cũ", "Không có đơn vị nào"), ("Mầm non Tân Khê", "Không có")):
        page = await officer.send_form(address, **typed | {"area": area})
        assert page.status_code == 422
        assert 'href="#area"' in page.text
        assert told in page.text
    page = await officer.send_form(address, **typed | {"area": "AH-XX"})
    assert page.status_code == 422
    assert "Không có đơn vị AH-XX trong danh mục." in page.text
    for revision, area in (("2", "trường tiểu học Phước Lộc 1"), ("3", "AH-PL-TH1, AH-PL-LC1")):
        page = await officer.send_form(address, **typed | {"revision": revision, "area": area})
        assert page.status_code == 200
    assert "thuộc Trường Tiểu học Phước Lộc 1, Trường liên cấp Phước Lộc" in page.text
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert plan["document"]["items"][0]["scope"]["area"] == ["AH-PL-TH1", "AH-PL-LC1"]


async def test_parties_and_recipients_are_units_by_name(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    address = f"/plans/{plan_id}/document"
    typed = {"revision": "2", "kind": "plan", "title": "Tên", "school_year": "2025-2026"}
    typed |= {"parties-0-name": "Phòng", "parties-0-role": "education", "recipients-0-name": "Trường"}
    bad = await officer.send_form(address, **typed | {"parties-0-unit_id": "Phòng", "recipients-0-unit": "Trường"})
    assert bad.status_code == 422
    for words in ('href="#parties"', 'href="#recipients"', "Phòng Giáo dục Phước Lộc (AH-PL-PGD)", 'value="Phòng"'):
        assert words in bad.text
    named = {"parties-0-unit_id": "Phòng Giáo dục Phước Lộc", "recipients-0-unit": "Huyện Phước Lộc (AH-PL)"}
    assert (await officer.send_form(address, **typed | named)).status_code == 200
    document = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]
    assert document["parties"][0]["unit_id"] == "AH-PL-PGD"
    assert document["recipients"][0]["unit"] == "AH-PL"
    page = await officer.get(address)
    assert 'value="Phòng Giáo dục Phước Lộc (AH-PL-PGD)"' in page.text
    assert '<b>Tên của officer</b> <span class="quiet">Phòng Giáo dục Phước Lộc</span>' in page.text


async def test_a_stale_form_shows_what_changed_and_keeps_what_was_typed(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    await cast.officer.edit(plan_id, 2, items=[{"item_id": item_id, "text": "Người khác đã viết"}])
    typed = await as_typed(officer, cast, plan_id, revision="2", text="Tôi đã viết")
    page = await officer.send_form(f"/plans/{plan_id}/items/{item_id}", **typed)
    assert page.status_code == 409
    for words in ("Tôi đã viết", "Người khác đã viết", "Tuyên truyền chủ trương"):
        assert words in page.text
    assert field(page, "revision") == "3"
    page = await officer.send_form(f"/plans/{plan_id}/items/{item_id}", **typed | {"revision": "3"})
    assert page.status_code == 200
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0]["text"] == "Tôi đã viết"


async def test_items_are_rearranged_by_buttons(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    first, second, third = await cast.officer.item_ids(plan_id)
    for revision, (item_id, what) in enumerate(((first, "down"), (third, "up"), (first, "remove")), start=2):
        page = await officer.send_form(f"/plans/{plan_id}/items/{item_id}/{what}", revision=str(revision))
        assert page.status_code == 200, page.text
    assert await cast.officer.item_ids(plan_id) == [second, third]
    page = await officer.send_form(f"/plans/{plan_id}/items/{second}/merge", revision="5")
    assert await cast.officer.item_ids(plan_id) == [second]
    text = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0]["text"]
    page = await officer.send_form(
        f"/plans/{plan_id}/items/{second}/split", revision="6", text=text.replace(" đợt", "\r\nđợt")
    )
    assert page.status_code == 200
    assert len(await cast.officer.item_ids(plan_id)) == 3
    page = await officer.send_form(f"/plans/{plan_id}/items/{second}/up", revision="6")
    assert page.status_code == 409


async def test_the_document_is_changed_and_a_row_without_a_name_is_taken_out(officer: Browser, cast: Cast) -> None:
    plan_id = await cast.plan()
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    typed = {"revision": "2", "kind": "plan", "title": "Tên mới", "school_year": "2026-2027", "certain": "yes"}
    for place, party in enumerate(plan["document"]["parties"]):
        typed |= {f"parties-{place}-{name}": party[name] or "" for name in ("name", "role", "unit_id")}
    page = await officer.send_form(f"/plans/{plan_id}/document", **typed | {"school_year": "2026"})
    assert page.status_code == 422
    assert "Tên mới" in page.text
    assert (await officer.send_form(f"/plans/{plan_id}/document", **typed)).status_code == 200
    after = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]
    assert (after["title"], after["period"]["school_year"]) == ("Tên mới", "2026-2027")
    assert after["parties"] == plan["document"]["parties"]
    assert after["recipients"] == after["duties"] == []


async def test_the_wrong_person_cannot_sign_and_a_form_of_another_session_is_not_taken(
    officer: Browser, cast: Cast, desk: FastAPI, clock: FixedClock
) -> None:
    plan_id = await cast.plan("review", "co-sign")
    page = await officer.send_form(f"/plans/{plan_id}/steps/sign", revision="4")
    assert page.status_code == 403
    assert "steps/sign" not in (await officer.get(f"/plans/{plan_id}")).text
    async with await browser_for(desk, clock, "head") as head:
        for csrf in ("", officer.csrf):
            page = await head.post(f"/plans/{plan_id}/steps/sign", data={"csrf": csrf, "revision": "4"})
            assert page.status_code == 403
        page = await head.post(
            f"/plans/{plan_id}/steps/sign",
            data={"csrf": head.csrf, "revision": "4"},
            headers={"Origin": "http://elsewhere.example"},
        )
        assert page.status_code == 403
        assert (await cast.officer.get(f"/plans/{plan_id}")).json()["signatures"] == []
        page = await head.send_form(f"/plans/{plan_id}/steps/refuse", revision="4", reason="")
        assert page.status_code == 422
        assert (await head.send_form(f"/plans/{plan_id}/steps/sign", revision="4")).status_code == 200
    assert [one["person_id"] for one in (await cast.officer.get(f"/plans/{plan_id}")).json()["signatures"]] == ["head"]


async def test_a_signature_page_shows_all_that_the_hash_fixes(cast: Cast, desk: FastAPI, clock: FixedClock) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    bodies = {"lead": ["Ban chủ trì"], "cooperating": ["Ban phối hợp"], "directing": ["Ban chỉ đạo"]}
    targets = [{"value": 1200, "unit": "suất quà"}]
    change = {"item_id": item_id, **bodies, "targets": targets, "heading": "Đề mục riêng", "due": "monthly"}
    recipients = [{"name": "Nơi nhận riêng"}]
    await cast.officer.edit(plan_id, 2, items=[change], recipients=recipients, place="Nơi ban hành riêng")
    for step in ("review", "co-sign"):
        assert (await cast.officer.act(plan_id, step)).is_success
    async with await browser_for(desk, clock, "head") as head:
        sign = (await head.get(f"/plans/{plan_id}/steps/sign")).text
        plan = (await head.get(f"/plans/{plan_id}")).text
    for words in ("chỉ đạo các trường thực hiện kế hoạch", "Nơi nhận riêng"):
        assert words in plan.partition('<section class="source"')[0]
        assert words in sign
    for words in (
        *("Ban chủ trì", "Ban phối hợp", "Ban chỉ đạo", "1200 suất quà", "Đề mục riêng", "Nơi ban hành riêng"),
        *("30/09/2025; 31/10/2025", "31/05/2026", "Thường xuyên"),
    ):
        assert words in sign, words


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("1.200 suất", 1200, "suất"),
        ("1.200.000 đồng", 1_200_000, "đồng"),
        ("100%", 100, "%"),
        ("99,5 %", 99.5, "%"),
        ("99.5 %", 99.5, "%"),
        ("1,125 tỷ", 1.125, "tỷ"),
        ("1.234.567 đồng", 1_234_567, "đồng"),
        ("3 giáo viên", 3, "giáo viên"),
        ("7", 7, "%"),
    ],
)
async def test_a_target_is_a_number_as_people_write_it(
    officer: Browser, cast: Cast, typed: str, value: float, unit: str
) -> None:
    plan_id = await cast.plan()
    item_id = (await cast.officer.item_ids(plan_id))[0]
    fields = await as_typed(officer, cast, plan_id, revision="2", targets=typed)
    assert (await officer.send_form(f"/plans/{plan_id}/items/{item_id}", **fields)).status_code == 200
    item = (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0]
    assert item["targets"] == [{"value": value, "unit": unit}]
    page = await officer.get(f"/plans/{plan_id}/items/{item_id}")
    shown = re.search(r'<textarea id="targets"[^>]*>\n([^<]*)<', page.text)
    assert shown
    fields |= {"revision": "3", "targets": shown[1]}
    await officer.send_form(f"/plans/{plan_id}/items/{item_id}", **fields)
    assert (await cast.officer.get(f"/plans/{plan_id}")).json()["document"]["items"][0] == item


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("steps/reject", {"reason": "x" * 20_001}),
        ("steps/reject", {"reason": "thừa", "party": "0"}),
        ("steps/reject", {"reason": "thừa", "party": "²"}),
        ("warnings", {"reason": "x" * 20_001, "warnings": "w"}),
        ("amendment", {"reason": "x" * 20_001}),
    ],
)
async def test_what_no_step_can_take_is_told_and_kept(
    officer: Browser, cast: Cast, path: str, fields: dict[str, str]
) -> None:
    plan_id = await cast.plan("review")
    page = await officer.send_form(f"/plans/{plan_id}/{path}", revision="3", **fields)
    assert page.status_code == 422
    assert "không đúng hoặc quá dài" in page.text
    assert fields["reason"] in page.text


async def test_a_deputy_is_named_and_dismissed_on_a_page(
    officer: Browser, cast: Cast, desk: FastAPI, clock: FixedClock
) -> None:
    async with await browser_for(desk, clock, "head") as head:
        typed = {"deputy_id": "officer", "valid_from": "2025-09-30", "valid_to": "2025-09-05"}
        page = await head.send_form("/delegations", **typed)
        assert page.status_code == 422
        assert 'id="valid_to-error"' in page.text
        page = await head.send_form("/delegations", **typed | {"valid_from": "2025-09-01"})
        assert "có hiệu lực" in page.text
        plan_id = await cast.plan("review", "co-sign")
        assert "thay Người 5" in (await officer.get(f"/plans/{plan_id}/steps/sign")).text
        action = re.search(r'action="(/delegations/[^"]+/withdraw)"', page.text)
        assert action
        assert "đã rút" in (await head.send_form(action[1])).text
    assert "thay Người 5" not in (await officer.get(f"/plans/{plan_id}/steps/sign")).text
