"""Words of time, one by one."""

from datetime import date

import pytest

from contracts.plans import Period
from services.planner.reading.dates import read_due
from services.planner.reading.passages import Passage

YEAR = Period(school_year="2025-2026", start=date(2025, 9, 5), end=date(2026, 5, 31), certain=True)


@pytest.mark.parametrize(
    ("text", "rule", "first"),
    [
        ("Báo cáo trước ngày 15/10/2025.", "before:2025-10-15", "2025-10-14"),
        ("Nộp hồ sơ trước 30/11/2025.", "before:2025-11-30", "2025-11-29"),
        ("Gửi kế hoạch trước ngày 30 tháng 9 năm 2025.", "before:2025-09-30", "2025-09-29"),
        ("Nộp sáng kiến trước ngày 15/4.", "before:04-15", "2026-04-14"),
        ("Hoàn thành chậm nhất ngày 30/10/2025", "day:2025-10-30", "2025-10-30"),
        ("Tổ chức vào ngày 5 tháng 12.", "day:12-05", "2025-12-05"),
        ("Tổ chức từ ngày 05/01 đến ngày 25/01/2026.", "span:2026-01-05/2026-01-25", "2026-01-25"),
        ("Tổ chức trong tháng 12/2025.", "month:2025-12", "2025-12-31"),
        ("Chuyên đề tháng 10, tháng 11.", "month:11", "2025-11-30"),
        ("Tập huấn từ tháng 9 đến tháng 10.", "span:09/10", "2025-10-31"),
        ("Thi đua từ 20/12 đến hết ngày 10/01/2026.", "span:2025-12-20/2026-01-10", "2026-01-10"),
        ("Mở lớp từ ngày 5 tháng 9 đến ngày 30 tháng 9 năm 2025.", "span:2025-09-05/2025-09-30", "2025-09-30"),
        ("Thu quỹ từ tháng 11/2025 đến tháng 02/2026.", "span:2025-11/2026-02", "2026-02-28"),
        ("Gửi báo cáo chậm nhất sau 05 ngày làm việc kể từ ngày ký.", "workdays:5:2025-09-12", "2025-09-19"),
        ("Triển khai trong 10 ngày kể từ ngày kế hoạch này ban hành.", "day:2025-09-22", "2025-09-22"),
        ("Nộp trong vòng 03 ngày làm việc, kể từ ngày 30/4/2026.", "workdays:3:2026-04-30", "2026-05-06"),
        ("Sơ kết 6 tháng đầu năm.", "month:06", "2026-06-30"),
        ("Tổng hợp số liệu cuối HKI.", "term:1:end", "2026-01-17"),
        ("Mở lớp trong quý IV năm 2025.", "quarter:2025-4", "2025-12-31"),
        ("Kiểm tra vào quý 1.", "quarter:1", "2026-03-31"),
        ("Hội nghị viên chức đầu năm học.", "year:start", "2025-09-30"),
        ("Khen thưởng dịp tổng kết năm học.", "year:end", "2026-05-31"),
        ("Họp vào đầu học kỳ II.", "term:2:start", "2026-01-31"),
        ("Rà soát trước khi kết thúc học kỳ I.", "term:1:end", "2026-01-17"),
        ("Chào mừng Ngày Nhà giáo Việt Nam.", "day:11-20", "2025-11-20"),
        ("Kỷ niệm 40 năm ngày 20/11 (20/11/1982 - 20/11/2022).", "day:11-20", "2025-11-20"),
        ("Gặp mặt ngày Quốc tế Phụ nữ 8/3.", "day:03-08", "2026-03-08"),
        ("Kỷ niệm ngày thành lập Đảng Cộng sản Việt Nam (3/2).", "day:02-03", "2026-02-03"),
        ("Ngày thành lập Đoàn TNCS Hồ Chí Minh 26/3.", "day:03-26", "2026-03-26"),
        ("Kỷ niệm ngày Giải phóng miền Nam 30/4.", "day:04-30", "2026-04-30"),
        ("Tặng quà nhân dịp tết thiếu nhi 1- 6.", "day:06-01", "2026-06-01"),
        ("Trợ cấp tết nguyên đán cho giáo viên.", "lunar:01-01", "2026-02-17"),
        ("Trước Tết Nguyên đán, tổ chức “Tết sum vầy”.", "before-lunar:01-01", "2026-02-16"),
        ("Chào mừng xuân Bính Ngọ.", "lunar:01-01", "2026-02-17"),
        ("Tổ chức Trung thu cho các cháu.", "lunar:08-15", "2025-10-06"),
        ("Tổ chức lễ khai giảng.", "day:09-05", "2025-09-05"),
        ("Hưởng ứng Tháng Công nhân năm 2026.", "month:05", "2026-05-31"),
        ("Báo cáo trước ngày 25 hằng tháng.", "monthly:24", "2025-09-24"),
        ("Giao ban 1 lần / tháng.", "monthly", "2025-09-30"),
        ("Cung cấp số liệu hằng quý.", "quarterly", "2025-09-30"),
        ("Công khai mỗi học kỳ 1 lần.", "termly", "2026-01-17"),
        ("Báo cáo định kỳ 6 tháng/lần.", "half-yearly", "2025-12-31"),
        ("Đối thoại mỗi năm ít nhất 01 lần.", "yearly", "2026-05-31"),
        ("Hằng năm, vào tháng 10, tổ chức hội thi.", "month:10", "2025-10-31"),
        ("Tổ chức Hội thi Tiếng hát giáo viên năm 2026.", "day:2026-12-31", "2026-12-31"),
        ("Trả quà trước ngày 20 tháng Chạp.", "before-lunar:12-20", "2026-02-06"),
        ("Cử đội tuyển trước tháng 12/2025.", "before:2025-12-01", "2025-11-30"),
        ("Sơ kết vào tháng 6 và tháng 12/2025.", "month:2025-06,2025-12", "2025-06-30"),
        ("Kiểm tra trong quý I và quý III/2026.", "quarter:2026-1+quarter:2026-3", "2026-03-31"),
        ("Giải bóng chuyền ngày 16, 17/10/2025.", "day:2025-10-17", "2025-10-17"),
        ("Đăng mỗi tháng 01 tin, bài.", "monthly", "2025-09-30"),
        ("Đối chiếu ngày 10 của tháng đầu mỗi quý.", "quarterly", "2025-09-30"),
        ("Thông tin cho nhau, 3 tháng một lần.", "quarterly", "2025-09-30"),
        ("Họp phụ huynh ít nhất 02 lần/năm.", "yearly", "2026-05-31"),
        ("Bình xét thi đua cuối năm học: tháng 4/2026.", "month:2026-04", "2026-04-30"),
        ("Đến hết năm 2025, 100% trường có thư viện.", "day:2025-12-31", "2025-12-31"),
        ("Tổ chức tham quan trong dịp hè.", "month:07", "2026-07-31"),
    ],
)
def test_when_an_item_falls_due(text: str, rule: str, first: str) -> None:
    due, origins = read_due(Passage(text), YEAR, date(2025, 9, 12))
    assert (due.rule, due.date) == (rule, date.fromisoformat(first))
    assert due.text
    assert due.text.split("; ") == list(dict.fromkeys(origin.text for origin in origins))
    assert all(origin.text in text for origin in origins)


@pytest.mark.parametrize(
    "text",
    [
        "Tăng cường công tác tuyên truyền.",
        "Theo Nghị quyết số 20-NQ/TW, ngày 28/01/2008 của Trung ương.",
        "Theo Nghị định 191/2013/NĐ-CP ngày 21/11/2013 của Chính phủ.",
        "Theo Quyết định số 12/QĐ-UBND ngày 20 tháng 11 năm 2024.",
        "Thực hiện nhiệm vụ năm học 2025 - 2026.",
        "Ứng dụng công nghệ 4.0; dạy học 2 buổi/ngày; trực 24/24.",
        "Triển khai giai đoạn 2, thực hiện Chương trình giáo dục phổ thông 2018.",
        "Kỷ niệm 70 năm Thành lập ngành (1954 - 2024).",
        "Phối hợp thành lập Đoàn kiểm tra.",
        "Học tập theo chủ đề năm 2025 và năm 2026.",
        "Trả lời trong 05 ngày làm việc kể từ ngày ký.",
        "Báo cáo sau 05 ngày làm việc kể từ ngày nhận được văn bản.",
        "Thi từ ngày 31/2 đến ngày 30/2.",
        "Ngày 31/2 không có; ngày 30 tháng 2 cũng không.",
        "Báo cáo trước ngày 31/6/2026.",
        "Báo cáo ngày 29/2/2026.",
        "Trả lời trong 05 ngày làm việc kể từ ngày 29/02/2026.",
        "Thi từ ngày 05/9/2026 đến ngày 25/5/2026.",
        "Thực hiện từ tháng 9/2026 đến tháng 5/2026.",
    ],
)
def test_no_date_is_an_answer(text: str) -> None:
    due, origins = read_due(Passage(text), YEAR)
    assert (due.rule, due.date, due.text, origins) == ("none", None, "", [])
    assert [each.due_on for each in due.occurrences] == [None]


def test_an_item_may_fall_due_several_times() -> None:
    due, _ = read_due(Passage("Thăm nhà giáo nhân ngày Nhà giáo Việt Nam, tết Nguyên đán, tết Trung thu."), YEAR)
    assert due.rule == "day:11-20+lunar:01-01+lunar:08-15"
    assert [each.key for each in due.occurrences] == ["2025-10-06", "2025-11-20", "2026-02-17"]


def test_a_rule_keeps_as_many_terms_as_the_contract_takes() -> None:
    named = ", ".join(f"ngày {day}/10" for day in range(1, 12))
    due, _ = read_due(Passage(f"Tổ chức vào {named}."), YEAR)
    assert len(due.rule) <= 60
    assert len(due.occurrences) == 9


@pytest.mark.parametrize("year", [1, 1825, 9999])
@pytest.mark.parametrize("words", ["05 ngày", "05 ngày làm việc"])
def test_nothing_counts_from_an_issue_in_another_century(year: int, words: str) -> None:
    due, _ = read_due(Passage(f"Báo cáo trong {words} kể từ ngày ký."), YEAR, date(year, 12, 31))
    assert due.rule == "none"
