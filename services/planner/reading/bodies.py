"""Names of bodies in running text: offices, unions, schools, party cells."""

import re

from contracts.plans import PartyRole
from services.planner.reading.passages import UPPER, Passage


def _any_case(*names: str) -> str:
    """A pattern for any of the names, in capitals or small letters: by the first letter, which is tried quickly."""
    rests: dict[str, list[str]] = {}
    for name in names:
        rests.setdefault(name[0].lower(), []).append(name[1:])
    return "(?:" + "|".join(f"[{c}{c.upper()}](?i:{'|'.join(rest)})" for c, rest in rests.items()) + ")"


_HEAD = _any_case(
    "Ban Thường vụ",
    "BTV",
    "Ban Chấp hành",
    "BCH",
    "Ban Giám hiệu",
    "BGH",
    "Ban Giám đốc",
    "Ban Chỉ đạo",
    "Ban Tuyên giáo",
    "Ban Dân vận",
    "Ban Văn hóa",
    "lãnh đạo(?= (?:sở|phòng|ngành|nhà trường|trường|công đoàn|liên đoàn))",
    "Thường trực",
    "bộ phận",
    "Văn phòng",
    "Văn thư",
    "Cấp ủy",
    "Đảng ủy",
    "Chi ủy",
    "Chi bộ",
    "Đảng bộ",
    "Phòng",
    "Liên đoàn Lao động",
    "LĐLĐ",
    "Công đoàn",
    "CĐCS",
    "CĐN",
    "CĐ",
    "Chủ tịch",
    "Hiệu trưởng",
    "Thủ trưởng",
    "Giám đốc",
    "Chính quyền",
    "Nhà trường",
    "Trường",
    "Các trường",
    "Các đơn vị",
    "Đơn vị",
    "Các cơ sở giáo dục",
    "Trung tâm",
    "Trạm",
    "Bệnh viện",
    "Chi đoàn",
    "Đoàn Thanh niên",
    "Đoàn TNCS",
    "Đoàn trường",
    "Liên đội",
    "Tỉnh đoàn",
    "Thành đoàn",
    "Huyện đoàn",
    "Quận đoàn",
    "Thị đoàn",
    "Đoàn xã",
    "Đoàn phường",
    "Hội đồng",
    "Ủy ban nhân dân",
    "Ủy ban Mặt trận",
    "Uỷ ban nhân dân",
    "UBND",
    "Công an",
    "Các tổ",
    "Ban đại diện",
    "Nữ công",
    "BHXH",
    "Trưởng cụm",
    "Cụm trường",
    "Phó Hiệu trưởng",
    "Kho bạc",
    "cơ quan(?= (?:Bảo hiểm|BHXH|Công an|Y tế))",
    "lực lượng(?= (?:Bảo hiểm|BHXH|Công an|Y tế))",
)
_SHORT = (
    r"(?:S[ởỞ]|B[ộỘ]|N(?:gành|GÀNH)|Đ(?:ội|ỘI|oàn|OÀN)|H(?:ội|ỘI)(?! (?i:nghị|thi|thao|diễn))|T[ổỔ](?! (?i:chức))"
    r"|B(?:an|AN)(?! (?i:hành))|B(?:ên|ÊN)(?= [A-E]\b)|C(?:hủ|HỦ)(?= (?i:trường|nhóm|lớp|cơ sở)\b)"
    r"|C(?:ông ty|ÔNG TY)|Đ(?:ồn|ỒN)(?= (?i:biên phòng)\b)|B(?:ảo hiểm|ẢO HIỂM)(?= (?i:xã hội)\b))"
)
"""Heads that are common syllables besides ("cán bộ", "cơ sở"): names only with a capital."""
_COMMON = (
    r"(?:xã|phường|thị trấn)(?:,\s*(?:xã|phường|thị trấn|đặc khu)\b)+"
    r"|liên hiệp|khuyến học|nông dân|cựu chiến binh|cựu giáo chức|quản trị"
    r"|giáo dục(?:\s+nghề nghiệp)?(?:\s*[-–]\s*giáo dục)?\s+thường xuyên|giáo dục(?:\s*(?:và|&|-|–)\s*đào tạo)?"
    r"|đào tạo|GD\s*&\s*ĐT|GDĐT|GD|lao động|ngành|cơ sở|nhà trường|trường"
    r"|trường học|nhóm trẻ|biên phòng|bảo hiểm|xã hội"
    r"|cấp (?:tỉnh|huyện|xã)|(?:huyện|tỉnh|thành|đảng) ủy|tỉnh|thành phố|huyện|quận|thị xã|xã|phường|cấp trên"
    r"|khối|y tế|nội vụ|tài chính"
    r"|văn hóa|thanh niên|phụ nữ"
    r"|công đoàn|liên đoàn|chi bộ|chi ủy|mầm non|tiểu học|trung học|phổ thông|THCS|THPT|cha mẹ học sinh"
    r"|học sinh"
    r"|chấp hành|thường vụ|tổ chức cán bộ|chính sách|nghiệp vụ|hóa|hoá|các|cụm|chuyên môn|trực thuộc|kế toán|học"
)
BODY = re.compile(
    rf"\b(?:{_HEAD}|{_SHORT})\b(?>(?:[^\S\n]+(?>(?!lãnh đạo)(?:{_HEAD}|(?i:{_COMMON}))\b|{UPPER}[\wÀ-ỹ]*"
    rf"|\d{{1,2}}\b))*)"
    rf"(?:[^\S\n]+\((?=[^)]{{0,40}}(?i:sở|phòng|công đoàn|lđlđ|cđ|trường|ubnd)\b)[^)\n]{{1,40}}\))?"
)
"""A body's name: a head word, then common words of such names and words in capitals, on one line.

In brackets may stand whose it is: "Phòng Tổ chức cán bộ (Sở GDĐT)". The groups are atomic: many words fit in several
ways, and trying them all would take for ever.
"""

ACTS = (
    r"(?:(?:đều|cần|phải|sẽ|cùng|kịp thời|chủ động|tích cực|thường xuyên|tiếp tục|luân phiên|thực hiện|hằng năm"
    r"|hàng năm"
    r"|trực tiếp|nghiêm túc|định kỳ)\s+)*"
    r"(?:(?:chịu )?(?:có )?trách nhiệm|phối hợp|chủ động|thường xuyên|tổ chức|xây dựng|rà soát|tiếp tục|cần|phải"
    r"|triển khai"
    r"|báo|báo cáo|phân công|lập|kiểm tra|hướng dẫn|vận động|thăm|tặng|hỗ trợ|trả|duy trì|đảm nhận|đảm nhiệm|nhận"
    r"|công khai|tạo điều kiện|phát động|tuyên truyền|phổ biến|quản lý|bảo đảm|đảm bảo|cung cấp|tham mưu|cấp|chi"
    r"|khen thưởng|cử|mời|bố trí|thông báo|giám sát|theo dõi|ký|đóng|thực hiện|thu|nộp|gửi|mở|chăm lo|đối chiếu"
    r"|chuẩn bị"
    r"|lắp đặt|đăng ký|trao|quyên góp|thành lập|kiện toàn|bồi dưỡng|tập huấn|tiếp nhận|xử lý|xét|bình chọn|bình xét"
    r"|đánh giá|tổng hợp|đề xuất|giới thiệu|tham gia|cập nhật|khám|cam kết|chủ trì|xem xét|giải quyết|đôn đốc|huy động"
    r"|luân phiên|lồng ghép|tiến hành|đề nghị|yêu cầu|chỉ đạo|giao|lựa chọn|niêm yết|thành lập|thống nhất)\b"
)
"""What a body does, as the sentence goes on after its name."""

_CLAUSE = (
    r"(?i:khi|trường hợp|nếu|trước|sau|trong|vào|hằng|hàng|mỗi|định kỳ|cuối|đầu|nhân|từ|để|đối với|căn cứ|ngày"
    r"|dịp|tháng"
    r"|chậm nhất|cứ)\b[^.;:\n]{0,120}?,\s+"
)
"""Words of time or condition before the sentence's subject."""
SUBJECT = re.compile(rf"^(?:{_CLAUSE})?(?!(?i:các)\b)(?P<who>{BODY.pattern})\s+{ACTS}")
"""The one body that an item's sentence is about, where it does something."""

_SPLIT = re.compile(rf"\s*(?:,|;|\bvà\b|\bvới\b|\bcùng\b|&|[-–])\s*(?=(?:{_HEAD}|{_SHORT})\b)", re.IGNORECASE)

_ROLES = (
    (PartyRole.PARTY_CELL, r"\b(?:cấp ủy|đảng ủy|chi ủy|chi bộ|đảng bộ|huyện ủy|tỉnh ủy|thành ủy)\b"),
    (
        PartyRole.YOUTH,
        r"\b(?:thanh niên|tncs|chi đoàn|tỉnh đoàn|thành đoàn|huyện đoàn|quận đoàn|thị đoàn"
        r"|(?<!công )(?<!liên )đoàn (?:tỉnh|huyện|xã|phường|trường)|liên đội|hội đồng đội|tổng phụ trách)\b",
    ),
    (PartyRole.UNION, r"\b(?:liên đoàn lao động|lđlđ|công đoàn|cđcs|cđn|cđgd|cđ|ctcđ)\b"),
    (PartyRole.HEALTH, r"\b(?:y tế|bệnh viện|kiểm soát bệnh tật|trạm trưởng|trưởng trạm)\b"),
    (
        PartyRole.OTHER,
        r"\b(?:công an|cảnh sát|biên phòng|cha mẹ|phụ huynh|cmhs|hđqt|quản trị|ủy ban|ubnd|bảo hiểm|bhxh|công ty"
        r"|doanh nghiệp|mặt trận)\b|(?:^|tm\. |t/m |thường trực |thường vụ |chấp hành )hội\b(?! đồng)"
        r"|\bhội (?:khuyến học|liên hiệp|lhpn|phụ nữ|nông dân|cựu|chữ thập đỏ|cha mẹ)\b",
    ),
    (
        PartyRole.EDUCATION,
        r"\b(?:giáo dục|gd|gd ?& ?đt|gdđt|trường|chính quyền|hiệu trưởng|thủ trưởng|giám hiệu|bgh|trung tâm|văn hóa"
        r"|vh-?xh|nhóm trẻ|nhà trẻ|mầm non)\b",
    ),
)
"""The first that fits: whose union or health station a body is says more than at which school it stands."""


_LABEL = re.compile(
    rf"^(?:[^:.;\n]{{3,60}}:[^\S\n]+(?={UPPER})|(?i:thứ)\s+\w+[,:]\s+|(?:Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám|Chín"
    rf"|Mười) là[,:]?\s+)"
)
"""What stands before an item's sentence: "Về chuyên môn: Ban giám hiệu phân công …", "Một là, …"."""


def sentence(passage: Passage) -> Passage:
    """The item's sentence without its label."""
    label = _LABEL.match(passage.text)
    return passage.part(label.end(), len(passage.text)) if label else passage


def split_bodies(text: str) -> list[str]:
    """The bodies that a phrase joins by commas, "và", "với" or "cùng"; "Giáo dục và Đào tạo" stays whole."""
    return [name for part in _SPLIT.split(text) if (name := part.strip(" ,.;:-–"))]


def known_role(words: str) -> PartyRole | None:
    """On whose behalf a body acts, by the words of its name or of a signature block; None where they do not say."""
    lowered = words.lower().replace("hoá", "hóa").replace("uỷ", "ủy").replace("doàn", "đoàn")
    return next((role for role, pattern in _ROLES if re.search(pattern, lowered)), None)


def role_of(name: str) -> PartyRole:
    """The same of a party's name; `OTHER` where its words do not say."""
    return known_role(name) or PartyRole.OTHER
