"""What an officer should look at: replaced legal bases, days taken by another plan, and the warnings one by one."""

import pytest

from contracts.plans import PlanDocument, Warning
from services.planner.reading import read_plan


def plan(*items: str, bases: str = "", number: str = "Số: 12/KHLT-A-B", issued: str = "10/9/2025") -> PlanDocument:
    day, month, year = issued.split("/")
    head = f"{number}\nAn Lâm, ngày {day} tháng {month} năm {year}\nKẾ HOẠCH\nPhối hợp năm học 2025 - 2026\n{bases}\n"
    return read_plan(head + "II. NỘI DUNG\n" + "\n".join(f"- {item}" for item in items) + "\n")


def raised(document: PlanDocument, code: str) -> list[Warning]:
    return [warning for warning in document.warnings if warning.code == code]


@pytest.mark.parametrize(
    ("basis", "issued", "by"),
    [
        ("Căn cứ Luật Công đoàn số 12/2012/QH13 ngày 20/6/2012;", "10/9/2025", "50/2024/QH15"),
        ("Căn cứ Luật Công đoàn năm 2012;", "1/7/2025", "50/2024/QH15"),
        ("Căn cứ Luật Giáo dục số 38/2005/QH11;", "10/9/2024", "43/2019/QH14"),
        ("Căn cứ Nghị định số 4/2015/ND-CP của Chính phủ;", "10/9/2024", "59/2023/NĐ-CP"),
        ("Căn cứ Luật Tổ chức chính quyền địa phương số 65/2025/QH15;", "10/9/2025", "72/2025/QH15"),
    ],
)
def test_a_basis_that_was_replaced_by_the_plans_date(basis: str, issued: str, by: str) -> None:
    [warning] = raised(plan("Tuyên truyền.", bases=basis, issued=issued), "basis-replaced")
    assert by in warning.about
    assert warning.lines == (5, 5)


@pytest.mark.parametrize(
    ("basis", "issued"),
    [
        ("Căn cứ Luật Công đoàn số 12/2012/QH13 ngày 20/6/2012;", "30/6/2025"),
        ("Căn cứ Luật Công đoàn số 50/2024/QH15;", "10/9/2025"),
        ("Căn cứ Luật Công đoàn;", "10/9/2025"),
    ],
)
def test_a_basis_in_force_on_the_plans_date_is_no_fault(basis: str, issued: str) -> None:
    assert raised(plan("Tuyên truyền.", bases=basis, issued=issued), "basis-replaced") == []


@pytest.mark.parametrize(
    ("item", "code", "about"),
    [
        ("Tổ chức hội thi ngày 15/11/2027.", "date-outside-period", "Ngày 15/11/2027"),
        ("Báo cáo trước ngày 31/6/2026.", "date-impossible", "31/6/2026"),
        ("Báo cáo ngày 31 tháng 4 năm 2026.", "date-impossible", "31/4/2026"),
        ("Báo cáo ngày 30/02.", "date-impossible", "30/02"),
        ("Báo cáo trước 29.02.2026.", "date-impossible", "29/02/2026"),
        ("Thực hiện nhiệm vụ năm học 2019 - 2020.", "date-outside-period", "Năm học 2019-2020"),
        ("Phong trào “Hai tốt cho mọi trường.", "unbalanced-quotes", "“ ”"),
        ("Tuyên truyền (theo hướng dẫn.", "unbalanced-quotes", "( )"),
        ("Tăng cường tuyên truyền chủ trương của", "item-cut-off", ""),
        ("Phòng Giáo dục chủ trì hội thi, Công đoàn huyện chủ trì hội thao.", "two-leads", "Phòng Giáo dục"),
    ],
)
def test_slips_in_an_item(item: str, code: str, about: str) -> None:
    [warning] = raised(plan("Tuyên truyền.", item), code)
    assert about in warning.about
    assert warning.lines == (8, 8)
    assert raised(plan("Tuyên truyền."), code) == []


def test_a_duty_of_nobody() -> None:
    text = "KẾ HOẠCH\nPhối hợp năm học 2025 - 2026\nI. NỘI DUNG\n- Họp.\nII. TỔ CHỨC THỰC HIỆN\n"
    document = read_plan(text + "- Phòng Giáo dục: theo dõi.\n- Theo dõi, tổng hợp.\n- Theo dõi, tổng hợp.\n")
    assert [each.lines for each in raised(document, "unknown-unit")] == [(7, 7), (8, 8)]
    assert [each.about for each in raised(document, "duplicate-duty")] == ["7"]


@pytest.mark.parametrize(
    "item",
    ["Họp ngày 29/02/2028, ngày 29/2, ngày 30/6/2026.", "Từ ngày 30 - 2/9.", "Trực ngày 31/12/2025; trực 31/24."],
)
def test_days_that_exist_have_no_warning(item: str) -> None:
    assert raised(plan(item), "date-impossible") == []
