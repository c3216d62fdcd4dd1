"""Numbers that an item asks for (chỉ tiêu), told from the many numbers that are none."""

import re

from contracts.plans import Target

_COUNTED = (
    r"giáo viên|nhân viên y tế|nhân viên|cán bộ quản lý|cán bộ|viên chức|công chức|người lao động|đồng chí|đ/c"
    r"|đoàn viên"
    r"|đảng viên|quần chúng ưu tú|học sinh|trẻ em|trẻ|em|người|trường|lớp(?!\s*\d)|sáng kiến|giải pháp|mô hình"
    r"|nghị quyết"
    r"|chuyên đề|buổi|cuộc|lượt|hội thi|hội nghị|hội thảo|công trình|đề tài|tập thể|cá nhân|gương|suất|phần quà"
    r"|sổ tiết kiệm"
    r"|ngôi nhà|mái ấm|căn nhà|sân chơi|tiết|bài|sản phẩm|đồ dùng|câu lạc bộ|tủ sách|thư viện|vườn|cây|đợt|hoạt động"
    r"|nhóm|tổ|cụm|đơn vị"
)
_QUALIFIED = r"(?:\s+(?:y tế|quản lý|dạy giỏi|chuyên đề|công đoàn|khó khăn|kinh nghiệm))?"
_NOT_AFTER = (
    r"(?<![\d/.,%-])(?<!thứ )(?<!lớp )(?<!khối )(?<!số )(?<!điều )(?<!khóa )(?<!khoá )(?<!tháng )(?<!quý )(?<!ngày )"
    r"(?<!năm )(?<!lần )(?<!đợt )(?<!hạng )(?<!mức )(?<!mức độ )(?<!đoạn )(?<!kỳ )(?<!tuổi )(?<!- )(?<!– )(?<!khoản )"
)
_PERCENT = re.compile(r"(?<![\d/.,])(?P<value>\d{1,3}(?:[.,]\d{1,2})?)\s*%(?!\s*(?:kinh phí|quỹ|lương|phí|mức))")
_COUNT = re.compile(
    rf"{_NOT_AFTER}(?P<value>0?[1-9]\d{{0,5}})\s+(?:\([^)]{{1,20}}\)\s+)?[“\"]?(?P<unit>(?:{_COUNTED}){_QUALIFIED})\b"
    r"(?!\s*/\s*(?:tuần|tháng|năm|quý|học kỳ|ngày))",
    re.IGNORECASE,
)


def read_targets(text: str) -> tuple[Target, ...]:
    """Percentages and counts of people and things that an item asks for.

    None are anniversaries, ordinals, grades, years, versions ("4.0"), frequencies ("1 lần/tháng"), and
    rates that a law sets ("2% kinh phí").
    """
    found = [(match.start(), float(match["value"].replace(",", ".")), "%") for match in _PERCENT.finditer(text)]
    for match in _COUNT.finditer(text):
        if not re.fullmatch(r"(?:19|20)\d\d", match["value"]):
            found.append((match.start(), float(match["value"]), match["unit"]))
    return tuple(Target(value=value, unit=unit) for _, value, unit in sorted(found))
