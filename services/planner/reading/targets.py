"""Numbers that an item asks for (chỉ tiêu), told from the many numbers that are none."""

import re

from contracts.plans import Origin, Target
from services.planner.reading.numerals import NUMERALS, numeral
from services.planner.reading.passages import Cued, Passage

_COUNTED = (
    r"nhà giáo|giáo viên|học viên|chuyên gia|công đoàn cơ sở|phòng học|gia đình(?: học sinh)?|thầy|cô|cháu"
    r"|nhân viên y tế"
    r"|nhân viên|cán bộ quản lý|cán bộ|viên chức|công chức|người lao động|đồng chí|đ/c"
    r"|đoàn viên"
    r"|đảng viên|quần chúng ưu tú|học sinh|trẻ em|trẻ|em|người|trường|lớp(?!\s*\d)|sáng kiến|giải pháp|mô hình"
    r"|nghị quyết"
    r"|chuyên đề|buổi|cuộc|lượt|hội thi|hội nghị|hội thảo|công trình|đề tài|tập thể|cá nhân|gương"
    r"|suất(?: học bổng| quà)?|phần quà"
    r"|nhà vệ sinh|nhà công vụ|tiết mục|góc học tập|hội viên|chi hội|chi đội|liên đội|xe đạp|hộ|dự án|phòng"
    r"|máy tính|thẻ bảo hiểm"
    r"|sổ tiết kiệm"
    r"|ngôi nhà|nhà(?= [“\"]|\s*[.,;]|$)|bộ (?:sách giáo khoa|sách|máy tính)|mái ấm"
    r"|căn nhà|sân chơi|tiết|bài|sản phẩm|đồ dùng|câu lạc bộ|tủ sách|thư viện|vườn|cây|đợt|hoạt động"
    r"|nhóm|tổ|cụm|đơn vị"
)
_QUALIFIED = r"(?:\s+(?:y tế|quản lý|dạy giỏi|chuyên đề|công đoàn|khó khăn|kinh nghiệm))?"
_NOT_AFTER = (
    r"(?<![\d/.,%-])(?<!thứ )(?<!lớp )(?<!khối )(?<!số )(?<!điều )(?<!khóa )(?<!khoá )(?<!tháng )(?<!quý )"
    r"(?<!ngày )(?:(?<!năm )|(?<=mỗi năm )|(?<=h[ằà]ng năm ))(?<!lần )(?<!đợt )"
    r"(?<!hạng )(?<!mức )(?<!mức độ )(?<!đoạn )(?<!kỳ )(?<!tuổi )(?<!- )(?<!– )"
    r"(?<!khoản )(?:(?<!có từ )(?<!nếu từ )|(?=\d+\s*(?:-|–|đến)))"
)
_PERCENT = Cued(
    r"(?<!học phí )(?<![\d/.,])(?P<value>\d{1,3}(?:[.,]\d{1,2})?)\s*%(?!\s*(?:kinh phí|quỹ|lương|phí|mức))", "%"
)
_UNIT = rf"(?P<unit>(?:{_COUNTED}){_QUALIFIED})\b(?!\s*/\s*(?:tuần|tháng|năm|quý|học kỳ|ngày))"
_FIGURE = re.compile(r"\d+")
_VALUE = (
    r"(?P<value>[1-9]\d{0,2}(?:\.\d{3})+|0?[1-9]\d{0,5})(?:\s*(?:[-–]|đến)\s*\d{1,3})?\s+(?:\([^)]{1,20}\)\s+)?[“\"]?"
)
"""Of a span ("02 - 03 chuyên đề", "từ 02 đến 03") the least is asked for."""
_COUNT = re.compile(rf"{_NOT_AFTER}(?<!\d đến ){_VALUE}{_UNIT}")
_IN_WORDS = Cued(
    r"\b(?<!kỳ )(?<!tháng )(?<!quý )(?:ít nhất|tối thiểu|không ít hơn|giới thiệu|kết nạp|cử|mời|tặng|trao"
    r"|xây(?: dựng)?|thành lập|đỡ đầu)\s+"
    rf"(?P<value>{NUMERALS})\s+{_UNIT}",
    "nhất thiểu hơn thiệu nạp cử mời tặng trao xây dựng lập đầu",
)
"""Words count only where those before ask for a number: "một" is also "a", and "hai đơn vị" often the parties."""


def read_targets(passage: Passage) -> tuple[tuple[Target, ...], list[Origin]]:
    """Percentages and counts of people and things that an item asks for.

    None are anniversaries, ordinals, grades, years, versions ("4.0"), frequencies ("1 lần/tháng", "ít nhất 02
    buổi/tuần"), and rates that a law sets ("2% kinh phí").
    """
    found = [
        (match.span(), Target(value=float(match["value"].replace(",", ".")), unit="%"))
        for match in _PERCENT.finditer(passage)
    ]
    for figure in _FIGURE.finditer(passage.lowered):
        match = _COUNT.match(passage.lowered, figure.start())
        if match and not re.fullmatch(r"(?:19|20)\d\d", match["value"]):
            found.append((match.span(), _target(float(match["value"].replace(".", "")), passage, match)))
    for match in _IN_WORDS.finditer(passage):
        found.append((match.span(), _target(numeral(match["value"]) or 0, passage, match)))
    found.sort(key=lambda each: each[0])
    origins = [passage.part(*span).origin(f"targets.{number}") for number, (span, _) in enumerate(found, start=1)]
    return tuple(target for _, target in found), origins


def _target(value: float, passage: Passage, match: re.Match[str]) -> Target:
    return Target(value=value, unit=passage.text[slice(*match.span("unit"))])
