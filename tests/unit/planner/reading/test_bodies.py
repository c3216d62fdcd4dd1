"""Bodies of other forms: calendars in tables, appendices, points, bullets that only name what follows."""

import pytest

from contracts.plans import ItemKind, PlanDocument
from contracts.scope import Audience
from contracts.units import Role
from services.planner.reading import read_plan

_HEAD = """Số: 12/KHPH-SGDĐT-LĐLĐ
Đông Ninh, ngày 08 tháng 9 năm 2025
KẾ HOẠCH PHỐI HỢP
giữa Sở Giáo dục và Đào tạo và Liên đoàn Lao động tỉnh năm học 2025 - 2026
Sở Giáo dục và Đào tạo và Liên đoàn Lao động tỉnh thống nhất như sau:

"""
_FOOT = """
TM. BAN THƯỜNG VỤ                  GIÁM ĐỐC
CHỦ TỊCH

Nguyễn Văn An                      Trần Thị Bình

Nơi nhận:
- Các trường THPT;
- Lưu: VT.
"""


def plan(body: str, after: str = "") -> PlanDocument:
    return read_plan(_HEAD + body + _FOOT + after)


@pytest.mark.parametrize("gap", ["\t", " | "])
def test_a_column_of_months_before_the_work_groups_the_rows(gap: str) -> None:
    rows = [
        "Thời gian|Nội dung công việc|Người phụ trách|Ghi chú",
        "Tháng 9/2025|Hội nghị viên chức|Hiệu trưởng, Chủ tịch công đoàn|",
        "|Thi đua chào mừng 20/10|Ban nữ công|",
        "Tháng 01/2026|Sơ kết học kỳ I|Hiệu trưởng|",
    ]
    lines = [row.replace("|", gap) if gap == "\t" else f"|{row}|" for row in rows]
    document = plan("I. NỘI DUNG\n" + "\n".join(lines) + "\nII. PHÂN CÔNG\n- Hiệu trưởng: phụ trách chung.\n")
    assert [(item.heading, item.due.rule, item.lead) for item in document.items] == [
        ("Tháng 9/2025", "month:2025-09", ("Hiệu trưởng", "Chủ tịch công đoàn")),
        ("Tháng 9/2025", "day:10-20", ("Ban nữ công",)),
        ("Tháng 01/2026", "month:2026-01", ("Hiệu trưởng",)),
    ]
    assert document.items[0].accountable == (Role.PRINCIPAL, Role.UNION_CHAIR)
    assert [duty.who for duty in document.duties] == ["Hiệu trưởng"]


def test_an_appendix_holds_the_items_where_the_document_leaves_them_to_it() -> None:
    body = "I. NỘI DUNG PHỐI HỢP\n(Theo Phụ lục đính kèm)\nII. TỔ CHỨC THỰC HIỆN\n1. Sở theo dõi.\n"
    appendix = (
        "\nPHỤ LỤC\nCÁC NỘI DUNG PHỐI HỢP\n"
        "TT\tCơ quan chủ trì\tNội dung\tThời gian\n"
        "1\tSở GDĐT\tTập huấn pháp luật lao động\tTháng 11/2025\n"
        "2\tHiệu trưởng\tHội nghị viên chức\tTrước 15/10/2025\n"
    )
    document = plan(body, appendix)
    assert [(item.due.rule, item.lead, item.scope.audience) for item in document.items] == [
        ("month:2025-11", ("Sở GDĐT",), Audience.PARTIES),
        ("before:2025-10-15", ("Hiệu trưởng",), Audience.SCHOOLS),
    ]
    assert not any(warning.code == "appendix" for warning in document.warnings)
    whole = plan(body.replace("(Theo Phụ lục đính kèm)", "1. Tổ chức hội thi."), appendix)
    assert [item.text for item in whole.items] == ["Tổ chức hội thi."]
    assert any(warning.code == "appendix" for warning in whole.warnings)


def test_points_of_a_point_are_items_of_their_own() -> None:
    points = "a) Đối với nhà trường:\ni) Tổ chức hội thi;\nii) Báo cáo hằng tháng.\nb) Tổ chức hội thao.\n"
    document = plan(f"I. NỘI DUNG\n1. Tuyên truyền\n{points}")
    assert [item.section for item in document.items] == ["I.1.a.i", "I.1.a.ii", "I.1.b"]


def test_the_ninth_letter_is_no_roman_number() -> None:
    letters = "".join(f"{letter}) Tổ chức hội thi {letter}.\n" for letter in "abcdđeghik")
    assert [item.section for item in plan(f"I. NỘI DUNG\n1. Hội thi\n{letters}").items][-2:] == ["I.1.i", "I.1.k"]


def test_a_bullet_that_only_names_what_follows_is_a_heading() -> None:
    document = plan("I. NHIỆM VỤ\n* Về chuyên môn:\n+ Tổ chức hội thi.\n+ Dự giờ.\n* Về công đoàn:\n+ Thăm hỏi.\n")
    assert [(item.heading, item.text) for item in document.items] == [
        ("Về chuyên môn:", "Tổ chức hội thi."),
        ("Về chuyên môn:", "Dự giờ."),
        ("Về công đoàn:", "Thăm hỏi."),
    ]


def test_what_stands_under_a_heading_of_one_party_is_that_partys() -> None:
    document = plan(
        "I. NỘI DUNG\n1. Trách nhiệm của Sở Giáo dục và Đào tạo\n- Cung cấp tài liệu.\n"
        "2. Đối với công đoàn cơ sở\n- Thăm hỏi đoàn viên.\n"
    )
    assert [(item.scope.audience, item.accountable) for item in document.items] == [
        (Audience.PARTIES, (Role.OFFICER,)),
        (Audience.SCHOOLS, (Role.UNION_CHAIR,)),
    ]


@pytest.mark.parametrize(
    ("text", "lead", "cooperating"),
    [
        ("Khi có dịch, nhà trường báo ngay cho trạm y tế.", ("nhà trường",), ()),
        ("Một là, công đoàn cơ sở mở chuyên mục tư vấn.", ("công đoàn cơ sở",), ()),
        ("Phòng Tổ chức cán bộ (Sở) chủ trì cùng Ban Chính sách (Công đoàn) rà soát.",
         ("Phòng Tổ chức cán bộ (Sở)",), ("Ban Chính sách (Công đoàn)",)),
        ("Chính quyền và Công đoàn phối hợp triển khai.", (), ()),
    ],
)  # fmt: skip
def test_who_leads(text: str, lead: tuple[str, ...], cooperating: tuple[str, ...]) -> None:
    (item,) = plan(f"I. NỘI DUNG\n1. {text}\n").items
    assert (item.lead, item.cooperating) == (lead, cooperating)


def test_a_limit_that_a_scope_cannot_say_is_told() -> None:
    document = plan("I. NỘI DUNG\n1. Các trường tổ chức thi thử (trừ lớp 10, lớp 11).\n")
    assert not document.items[0].scope.grades
    assert [warning.about for warning in document.warnings if warning.code == "scope-unsure"] == [
        "(trừ lớp 10, lớp 11)"
    ]


def test_a_day_to_do_it_by_beside_a_time_to_do_it_at_is_no_recurrence() -> None:
    (item,) = plan("I. NỘI DUNG\n1. Tổ chức hội nghị đầu năm học, chậm nhất ngày 15/10/2025.\n").items
    assert (item.kind, item.due.rule) == (ItemKind.ONE_OFF, "year:start+day:2025-10-15")
