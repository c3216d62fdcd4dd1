"""Tables of work in text: each row is an item, and none is lost."""

import pytest

from contracts.plans import PlanDocument
from services.planner.reading import read_plan

_HEAD = """Số: 12/KHPH-SGDĐT-CĐN
Đông Ninh, ngày 08 tháng 01 năm 2026
KẾ HOẠCH PHỐI HỢP
giữa Sở Giáo dục và Đào tạo và Công đoàn ngành Giáo dục năm 2026

I. NỘI DUNG
"""


def table(gap: str, *rows: str) -> PlanDocument:
    return read_plan(_HEAD + "\n".join(row.replace("|", gap) for row in rows))


@pytest.mark.parametrize("gap", ["\t", " " * 8])
def test_each_row_is_an_item_with_who_and_when(gap: str) -> None:
    document = table(
        gap,
        "TT|Nội dung|Thời gian|Đơn vị chủ trì|Phối hợp",
        "1|Hội nghị triển khai|Tháng 01/2026|Sở GDĐT|Công đoàn ngành",
        "2|Tập huấn an toàn lao động|Quý II/2026|Công đoàn ngành|Sở GDĐT",
    )
    assert [(item.due.rule, item.lead, item.cooperating) for item in document.items] == [
        ("month:2026-01", ("Sở GDĐT",), ("Công đoàn ngành",)),
        ("quarter:2026-2", ("Công đoàn ngành",), ("Sở GDĐT",)),
    ]
    assert [item.lines for item in document.items] == [(8, 8), (9, 9)]


def test_a_row_with_an_empty_cell_is_an_item_and_nothing_is_guessed() -> None:
    document = table(
        "\t",
        "TT|Nội dung|Thời gian|Chủ trì",
        "1|Hội nghị triển khai|Tháng 01/2026|Sở GDĐT",
        "2|Thăm hỏi nhà giáo|Công đoàn ngành",
    )
    assert [item.text for item in document.items][1] == "Thăm hỏi nhà giáo Công đoàn ngành"
    assert document.items[1].lead == ()


def test_what_follows_the_table_is_no_row() -> None:
    document = table(
        "\t",
        "TT|Nội dung|Thời gian",
        "1|Hội nghị triển khai|Tháng 01/2026",
        "II. TỔ CHỨC THỰC HIỆN",
        "1. Công đoàn ngành theo dõi việc thực hiện.",
    )
    assert [item.text.split("\n")[0] for item in document.items] == ["Hội nghị triển khai"]
    assert [duty.who for duty in document.duties] == ["Công đoàn ngành"]


def test_an_aim_with_a_number_is_no_item_and_a_person_is_told() -> None:
    aims = "A. MỤC TIÊU\n1. 90% giáo viên đạt chuẩn.\n2. Nâng cao chất lượng.\nB. NỘI DUNG\n1. Tổ chức hội thi.\n"
    document = read_plan(_HEAD.removesuffix("I. NỘI DUNG\n") + aims)
    assert [item.text for item in document.items] == ["Tổ chức hội thi."]
    assert [(each.code, each.lines) for each in document.warnings if each.code == "not-read"] == [("not-read", (7, 7))]
