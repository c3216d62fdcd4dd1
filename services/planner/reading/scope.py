"""Whom an item binds, by its own words, else by the recipients' list and the title."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.plans import Party, PartyRole, Recipient
from contracts.scope import Audience, Scope
from contracts.units import Level, Ownership, Role
from services.planner.reading.lines import excerpts

_LEVEL_WORDS = {
    Level.MN: r"mầm non|mẫu giáo|MN",
    Level.TH: r"tiểu học|TH",
    Level.THCS: r"trung học cơ sở|THCS",
    Level.THPT: r"trung học phổ thông|THPT",
    Level.GDTX: r"(?:trung tâm\s+)?(?:giáo dục nghề nghiệp\s*[-–]\s*)?giáo dục thường xuyên|(?:GDNN\s*[-–]\s*)?GDTX",
}
_LEVEL = "(?:" + "|".join(f"(?:{words})" for words in reversed(_LEVEL_WORDS.values())) + r")\b"
_LEVELS = re.compile(
    r"\b(?:trường|khối|cấp học|cấp|bậc học|bậc|ngành học|giáo viên(?: dạy giỏi)?|học sinh|trẻ|cơ sở(?: giáo dục)?"
    r"|đơn vị|trung tâm|TT)\s*:?\s+"
    rf"(?:học\s+|các\s+|cấp\s+|phổ thông\s+|bán công\s+|công lập\s+)?(?P<levels>{_LEVEL}"
    rf"(?:\s*(?:,|và|;|&|/|-|–|hoặc)\s*(?:(?:các\s+)?(?:trường|khối|cấp|trung tâm|TT)\s+)?{_LEVEL})*)",
    re.IGNORECASE,
)
_GRADES = re.compile(
    r"(?<!vào )(?<!vào các )(?<!tuyển sinh )\b(?:khối lớp|khối|lớp)\s+(?P<grades>(?:1[0-2]|[1-9])(?!\d|\s*(?:buổi"
    r"|tuổi|/))"
    r"(?:\s*(?:,|và|đến|-|–)\s*(?:(?:khối lớp|khối|lớp)\s+)?(?:1[0-2]|[1-9])(?!\d|\s*(?:buổi|tuổi|/|tháng)))*)",
    re.IGNORECASE,
)
_SCHOOL_NAME = re.compile(r"\btrường\s+[^,;.]{3,100}?(?=\s+(?:năm học|giai đoạn)|\s*[,;.]|$)", re.IGNORECASE)
_NON_PUBLIC = re.compile(r"ngoài công lập|tư thục|dân lập", re.IGNORECASE)
_PUBLIC = re.compile(r"(?<!ngoài )công lập", re.IGNORECASE)
_NO_UNION = re.compile(r"(?:chưa|không) (?:có|thành lập)(?: được)?(?: tổ chức)? công đoàn", re.IGNORECASE)
_HAS_UNION = re.compile(r"(?<!chưa )(?:đã có|có) tổ chức công đoàn", re.IGNORECASE)
_MUTUAL = re.compile(
    r"luân phiên|cho nhau|với nhau|họp liên tịch|họp giao ban (?:giữa )?hai|"
    r"(?<!về )(?<!cho )(?<!của )(?<!báo cáo )(?<!giữa )(?<!gửi )(?<!với )(?:hai|các|mỗi) bên\b"
    r"|(?<!về )(?<!cho )(?<!của )(?<!báo cáo )(?<!giữa )(?<!gửi )(?<!với )hai (?:ngành|cơ quan|đơn vị)\b"
    r"|thành lập đoàn kiểm tra|thuộc trách nhiệm của|(?:gặp gỡ|làm việc|đối thoại|tiếp xúc) với"
    r"|(?:bên|cơ quan|đơn vị) chủ trì (?:tổ chức )?(?:hội nghị|họp)",
    re.IGNORECASE,
)
_DIRECTS_BELOW = re.compile(
    r"chỉ đạo|hướng dẫn (?:các|công đoàn|nhà trường)|khi (?:mỗi|hai|các) bên có yêu cầu"
    r"|(?:các|nhà|thủ trưởng|hiệu trưởng)(?: đơn vị)? trường(?: học)? (?:tổ chức|thực hiện|xây dựng|rà soát"
    r"|báo cáo|chủ)",
    re.IGNORECASE,
)
_UNION = (
    r"(?:công đoàn cơ sở|CĐCS|BCH công đoàn|BCH CĐ|ban chấp hành công đoàn|công đoàn (?:nhà )?trường"
    r"|chủ tịch công đoàn|CTCĐ"
    r"|công đoàn(?! (?:ngành|giáo dục|cấp trên|việt nam|viên|tỉnh|huyện|quận|thành phố|xã|phường|các cấp)))"
)
_SCHOOL = (
    r"(?:thủ trưởng|hiệu trưởng|nhà trường|chính quyền|BGH|ban giám hiệu|chuyên môn|(?:các )?đơn vị(?: trường học)?"
    r"|các trường(?: học)?|(?:các )?cơ sở giáo dục)"
)
_CALLED_ON = r"(?:chỉ đạo|hướng dẫn|yêu cầu|đề nghị|giao|phân công)\s+(?:cho\s+)?(?:các\s+)?"
_IN_CHARGE = (
    r"[^,.;]{0,60}?\b(?:chủ trì|chịu trách nhiệm|có trách nhiệm|phối hợp|tổ chức|xây dựng"
    r"|thường xuyên|vận động|cam kết)"
)
_UNION_ACTS = re.compile(
    rf"{_CALLED_ON}{_UNION}|^(?:các\s+|giao\s+(?:cho\s+)?)?{_UNION}{_IN_CHARGE}|{_UNION} (?:cơ sở )?chủ trì", re.I
)
_SCHOOL_ACTS = re.compile(
    rf"{_CALLED_ON}{_SCHOOL}|^{_SCHOOL}{_IN_CHARGE}|{_SCHOOL}[^,.;]{{0,30}} chủ trì", re.IGNORECASE
)
_BOTH_ACT = re.compile(
    rf"{_SCHOOL}[^.;:]{{0,60}}?\s*(?:và|,|cùng(?: với)?|phối hợp(?: chặt chẽ)? (?:với|cùng))\s+(?:các\s+)?{_UNION}"
    rf"|{_UNION}[^.;:]{{0,60}}?\s*(?:và|,|cùng(?: với)?|phối hợp(?: chặt chẽ)? (?:với|cùng))\s+(?:các\s+)?{_SCHOOL}",
    re.IGNORECASE,
)
_BOTH = (Role.PRINCIPAL, Role.UNION_CHAIR)


@dataclass(frozen=True)
class Reach:
    """What the whole document says of whom it binds; the default where an item says nothing."""

    scope: Scope
    own_school: bool
    """The document is one school's own: it binds that school whatever its items mention."""
    accountable: tuple[Role, ...] = (Role.PRINCIPAL,)
    found: bool = True


def read_reach(
    addressed: str, parties: Sequence[Party], recipients: Sequence[Recipient], duties: Sequence[str]
) -> Reach:
    """The document's own scope: its school's, else that of the recipients' list, else of title and opening."""
    names = [recipient.name for recipient in recipients]
    both = next((text for text in (*names, *duties) if _names_both_heads(text)), None)
    accountable = _BOTH if both else (Role.PRINCIPAL,)
    school = next((party for party in parties if party.role is PartyRole.EDUCATION and _is_school(party.name)), None)
    if school:
        named = _SCHOOL_NAME.search(f"{' ; '.join(party.name for party in parties)} ; {addressed}")
        return Reach(Scope(text=named[0] if named else school.name), True)
    schools = [
        name
        for name in names
        if re.search(r"\b(?:trường|cơ sở giáo dục|trung tâm GDTX|đơn vị trực thuộc)\b", name, re.IGNORECASE)
    ]
    levels: frozenset[Level] = frozenset()
    for name in schools:
        levels |= _levels(name)[0] | _attached(name, parties)
    if schools:
        ownership = _ownership(" ".join(schools))
        return Reach(Scope(levels=levels, ownership=ownership, text=excerpts(schools)), False, accountable)
    levels, words = _levels(addressed)
    return Reach(Scope(levels=levels, text=words), False, accountable, found=bool(levels))


def _names_both_heads(text: str) -> bool:
    """Whether the words name the school's head beside the chair of its union."""
    return bool(
        re.search(r"(?:thủ trưởng|hiệu trưởng)", text, re.IGNORECASE)
        and re.search(r"CTCĐ|chủ tịch công đoàn", text, re.IGNORECASE)
    )


def _is_school(name: str) -> bool:
    return bool(re.search(r"\btrường\b|chính quyền|hiệu trưởng", name, re.IGNORECASE)) and not re.search(
        r"\b(?:sở|phòng)\b", name, re.IGNORECASE
    )


def _attached(words: str, parties: Sequence[Party]) -> frozenset[Level]:
    """The levels directly under the office ("trực thuộc"): by law MN, TH, THCS under a Phòng, THPT, GDTX under a Sở."""
    if "trực thuộc" not in words.lower():
        return frozenset()
    offices = f"{words} " + " ".join(party.name for party in parties)
    if re.search(r"\bphòng\b", offices, re.IGNORECASE):
        return frozenset({Level.MN, Level.TH, Level.THCS})
    if re.search(r"\bsở\b", offices, re.IGNORECASE):
        return frozenset({Level.THPT, Level.GDTX})
    return frozenset()


def _levels(text: str) -> tuple[frozenset[Level], str]:
    """The levels that the text names as schools', with the words."""
    levels: set[Level] = set()
    words = []
    for match in _LEVELS.finditer(text):
        words.append(match[0])
        for level, names in _LEVEL_WORDS.items():
            if re.search(rf"\b(?:{names})\b", match["levels"], re.IGNORECASE):
                levels.add(level)
    if levels and re.search(r"\btrẻ (?:từ|em mầm non|nhà trẻ|\d)", text):
        levels.add(Level.MN)
    return frozenset(levels), excerpts(words)


def _grades(text: str) -> tuple[frozenset[int], str]:
    grades: set[int] = set()
    words = []
    for match in _GRADES.finditer(text):
        words.append(match[0])
        span = re.fullmatch(r"(\d+)\s*(?:đến|-|–)\s*(?:(?:khối lớp|khối|lớp)\s+)?(\d+)", match["grades"])
        numbers = [int(number) for number in re.findall(r"\d+", match["grades"])]
        grades.update(range(numbers[0], numbers[1] + 1) if span else numbers)
    return frozenset(grades), excerpts(words)


def _ownership(text: str) -> Ownership | None:
    public, non_public = bool(_PUBLIC.search(text)), bool(_NON_PUBLIC.search(text))
    if public is non_public:
        return None
    return Ownership.PUBLIC if public else Ownership.NON_PUBLIC


def read_scope(text: str, reach: Reach) -> tuple[Scope, tuple[Role, ...]]:
    """The item's scope and who answers for it in a school."""
    with_union = False if _NO_UNION.search(text) else True if _HAS_UNION.search(text) else None
    accountable = (Role.PRINCIPAL,) if with_union is False else _accountable(text, reach.accountable)
    if reach.own_school:
        return reach.scope, accountable
    if _MUTUAL.search(text) and not (_DIRECTS_BELOW.search(text) or _acting(text)):
        return Scope(audience=Audience.PARTIES, text=_words(_MUTUAL, text)), (Role.OFFICER,)
    if accountable == (Role.UNION_CHAIR,):
        with_union = True
    levels, level_words = _levels(text)
    grades, grade_words = _grades(text)
    ownership = _ownership(text)
    union_words = _words(_NO_UNION, text) or _words(_HAS_UNION, text)
    own = (level_words, grade_words, _words(_NON_PUBLIC, text), union_words)
    default = reach.scope
    return Scope(
        levels=levels if levels or grades else default.levels,
        grades=grades,
        ownership=ownership or default.ownership,
        with_union=with_union,
        text=excerpts(own) or default.text,
    ), accountable


def _words(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""


def _accountable(text: str, default: tuple[Role, ...]) -> tuple[Role, ...]:
    acting = _acting(text)
    return acting if Role.UNION_CHAIR in acting else default


def _acting(text: str) -> tuple[Role, ...]:
    """Whom of a school the words put in charge: its head, the chair of its union, both, or nobody."""
    text = re.sub(r"“[^”]*”", " ", text)  # a movement's name orders nobody
    union, school = bool(_UNION_ACTS.search(text)), bool(_SCHOOL_ACTS.search(text))
    if _BOTH_ACT.search(text) or (union and school):
        return _BOTH
    return (Role.UNION_CHAIR,) if union else (Role.PRINCIPAL,) if school else ()
