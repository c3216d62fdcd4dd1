"""Numbers that are asked for, and the many that are not."""

import pytest

from services.planner.reading.passages import Passage
from services.planner.reading.targets import read_targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vận động 100% viên chức thực hiện", [(100, "%")]),
        ("đạt 99,5 % học sinh", [(99.5, "%")]),
        ("cho 3 giáo viên lên đại học, 1 nhân viên y tế lên cao đẳng", [(3, "giáo viên"), (1, "nhân viên y tế")]),
        ("trung cấp cho 2 đồng chí", [(2, "đồng chí")]),
        ("thành lập mới ít nhất 02 đơn vị", [(2, "đơn vị")]),
        ("xây dựng 01 nghị quyết chuyên đề", [(1, "nghị quyết chuyên đề")]),
        ("trao 120 suất quà", [(120, "suất quà")]),
        ("mỗi trường có ít nhất một sáng kiến, tối thiểu hai chuyên đề", [(1, "sáng kiến"), (2, "chuyên đề")]),
        ("tổ chức 02 - 03 chuyên đề", [(2, "chuyên đề")]),
        ("trồng 1.500 cây xanh", [(1500, "cây")]),
        ("xây dựng 05 “Mái ấm công đoàn”", [(5, "Mái ấm công đoàn")]),
    ],
)
def test_targets(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(target.value, target.unit) for target in read_targets(Passage(text))[0]] == expected


@pytest.mark.parametrize(
    "text",
    [
        "chào mừng 42 năm ngày Nhà giáo Việt Nam (20/11/1982 - 20/11/2024)",
        "Hội nghị lần thứ 8 trường; lần thứ 3 giáo viên",
        "ở lớp 3, lớp 7 và lớp 10 giáo viên dạy",
        "công nghệ 4.0 nhóm mới",
        "Chương trình “01 triệu sáng kiến”",
        "sinh hoạt 1 lần / tháng; 02 buổi/học kỳ",
        "Nghị quyết số 29-NQ/TW, Công văn số 15 đơn vị",
        "năm học 2025-2026 giáo viên tham gia; năm 2025 trường tổ chức",
        "tháng 9 trường khai giảng; ngày 20 học sinh nghỉ; giai đoạn 2 trường triển khai",
        "trích nộp 2% kinh phí công đoàn",
        "hai đơn vị phối hợp; một giáo viên bị bệnh; cả hai trường",
    ],
)
def test_numbers_that_are_no_targets(text: str) -> None:
    assert read_targets(Passage(text)) == ((), [])
