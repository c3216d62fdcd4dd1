"""Whom an item puts in charge: a school's head, the chair of its union, or an office that signs the plan."""

import re
from collections.abc import Sequence
from functools import lru_cache

from contracts.units import Role
from services.planner.reading.bodies import ACTS, BODY, SUBJECT, sentence
from services.planner.reading.passages import Cued, Passage

BOTH = (Role.PRINCIPAL, Role.UNION_CHAIR)

_UNION = (
    r"(?:công đoàn cơ sở|cđcs|bch công đoàn|bch cđ|ban chấp hành công đoàn|công đoàn (?:nhà )?trường"
    r"|chủ tịch công đoàn|ctcđ|nữ công"
    r"|công đoàn(?! (?:ngành|giáo dục|cấp trên|việt nam|viên|tỉnh|huyện|quận|thành phố|xã|phường|các cấp)))\b"
)
_SCHOOL = (
    r"(?:thủ trưởng|hiệu trưởng|nhà trường|chính quyền|bgh|ban giám hiệu|chuyên môn|(?:các )?đơn vị(?: trường học)?"
    r"|các trường(?: học)?|(?:các )?cơ sở giáo dục)\b"
)
_SCHOOL_CUES = "trưởng trường quyền bgh hiệu môn vị sở"
_UNION_CUES = "nữ đoàn cđcs cđ ctcđ"
_CALLED_ON = r"(?:chỉ đạo|hướng dẫn|yêu cầu|đề nghị|giao|phân công)\s+(?:cho\s+)?(?:các\s+)?"
_IN_CHARGE = (
    rf"(?:\s+{ACTS}|[^,.;]{{0,60}}?\b(?:chủ trì|chịu trách nhiệm|có trách nhiệm|phối hợp|tổ chức|xây dựng"
    r"|thường xuyên|vận động|cam kết|thăm|tặng|hỗ trợ|giám sát|thương lượng))"
)
_UNION_ACTS = Cued(
    rf"\b(?=[chyđgpbn])(?:{_CALLED_ON}{_UNION}"
    rf"|^(?:các\s+|giao\s+(?:cho\s+)?)?{_UNION}{_IN_CHARGE}|{_UNION} (?:cơ sở )?chủ trì)",
    _UNION_CUES,
)
_SCHOOL_ACTS = Cued(
    rf"\b(?=[chyđgptnb])(?:{_CALLED_ON}{_SCHOOL}|^{_SCHOOL}{_IN_CHARGE}|{_SCHOOL}[^,.;]{{0,30}} chủ trì)",
    _SCHOOL_CUES,
)
_TOGETHER = r"[^.;:]{0,60}?\s*(?:và|,|cùng(?: với)?|phối hợp(?: chặt chẽ)? (?:với|cùng))\s+(?:các\s+)?"
_BOTH_ACT = Cued(
    rf"\b(?=[tnhcbđ])(?:{_SCHOOL}{_TOGETHER}{_UNION}|{_UNION}{_TOGETHER}{_SCHOOL})", _UNION_CUES, and_cues=_SCHOOL_CUES
)
_COLUMN = Cued(
    r"(?m:^)(?:(?:người|đơn vị|bộ phận|cơ quan|lãnh đạo)\s+)?(?:chủ trì|phụ trách|chịu trách nhiệm|thực hiện|phân công)"
    r"[^\n:]{0,12}:[^\S\n]*(?P<who>[^\n]+)"
    r"(?P<more>(?:\n(?!(?:thời|kinh|ghi))[^\n:]{0,30}phối hợp[^\n:]{0,12}:[^\n]+)?)",
    ":",
    and_cues="trì trách hiện công",
)
"""The column of a table of work that names who does it, with the one that names who helps."""
_HEADED = re.compile(
    r"(?:(?:trách nhiệm(?: thực hiện)?|nhiệm vụ)(?: của)?|đối với|về phía|phía)?\s*(?P<who>[^.;:]+?)[ .:]*",
    re.IGNORECASE,
)
_OF_SCHOOLS = r"(?:\s+(?:các|nhà|cơ sở|trường|trường học|trực thuộc))*"
_UNION_HEADED = re.compile(rf"(?:các\s+)?{_UNION}{_OF_SCHOOLS}")
_SCHOOL_HEADED = re.compile(rf"(?:các\s+)?{_SCHOOL}{_OF_SCHOOLS}")

_ABBREVIATED = (
    (re.compile(r"giáo dục\s*(?:và|&|-|–|,)?\s*đào tạo|gd\s*(?:&|-|–|và)?\s*đt"), "gdđt"),
    (re.compile(r"liên đoàn lao động"), "lđlđ"),
    (re.compile(r"bảo hiểm xã hội"), "bhxh"),
    (re.compile(r"(?:ủy|uỷ) ban nhân dân"), "ubnd"),
    (re.compile(r"văn h(?:óa|oá)\s*[-–]?\s*xã hội|vh\s*[-–]?\s*xh"), "vhxh"),
    (re.compile(r"^(?:các |lực lượng |cơ quan |lãnh đạo |ban thường vụ |ban chấp hành |btv |bch )+"), ""),
)
_ANYBODYS = {
    "",
    "công đoàn",
    "phòng",
    "trường",
    "nhà trường",
    "đoàn",
    "hội",
    "ban",
    "trung tâm",
    "trạm",
    "chi bộ",
    "tổ",
}
"""Names that do not say which office is meant."""
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_PARTY_LETTER = re.compile(r"Bên [A-D]\b")


@lru_cache(maxsize=1024)
def office_name(name: str) -> str:
    """A body's name as compared: in small letters, shortened as offices shorten it."""
    name = name.lower()
    for written, short in _ABBREVIATED:
        name = written.sub(short, name)
    return name.strip()


def is_office(name: str, offices: Sequence[str]) -> bool:
    """Whether the name is that of one of `offices` (`office_name`), with or without its place, or of a part of one."""
    whole, bracket, inside = name.partition("(")
    wanted = office_name(whole)
    if bracket and any(office.startswith(office_name(inside.rstrip(") "))) for office in offices):
        return True
    return wanted not in _ANYBODYS and any(
        office and (office.startswith(wanted) or wanted.startswith(office)) for office in offices
    )


def working_alone(passage: Passage, offices: Sequence[str]) -> Passage | None:
    """The signing office that the sentence begins with, or that a table names in charge; None where neither is."""
    spoken = sentence(passage)
    if letter := _PARTY_LETTER.match(spoken.text):
        return spoken.part(*letter.span())
    named = BODY.match(spoken.text)
    if named and is_office(named[0], offices):
        return spoken.part(*named.span())
    subject = SUBJECT.match(spoken.text)
    if subject and is_office(subject["who"], offices):
        return spoken.part(*subject.span("who"))
    column = _COLUMN.search(passage)
    if column and "học sinh" not in passage.lowered and all(is_office(who, offices) for who in _listed(column["who"])):
        return passage.part(*column.span("who"))
    return None


def _listed(who: str) -> list[str]:
    return re.split(r"\s*[,;]\s*|\s+và\s+(?=(?:sở|phòng|công|liên|ban|hội)\b)", who)


def headed(heading: Passage, offices: Sequence[str]) -> Role | None:
    """For whom a heading such as "Đối với nhà trường" or "Trách nhiệm của Sở Y tế" lists what is to be done."""
    found = _HEADED.fullmatch(heading.lowered)
    if not found:
        return None
    who = found["who"]
    if _UNION_HEADED.fullmatch(who):
        return Role.UNION_CHAIR
    if _SCHOOL_HEADED.fullmatch(who):
        return Role.PRINCIPAL
    return Role.OFFICER if is_office(who, offices) else None


def acting(passage: Passage) -> tuple[tuple[Role, ...], list[Passage]]:
    """Whom of a school the words put in charge: its head, the chair of its union, both, or nobody."""
    if column := _COLUMN.search(passage):
        roles = _named(column["who"])
        return (_named(column["who"] + column["more"]) if roles else ()), [passage.part(*column.span("who"))]
    passage = sentence(passage)
    spoken = without_quotes(passage.lowered)
    if both := _BOTH_ACT.search(passage, spoken):
        return BOTH, [passage.part(*both.span())]
    union, school = _UNION_ACTS.search(passage, spoken), _SCHOOL_ACTS.search(passage, spoken)
    roles = tuple(role for role, found in ((Role.PRINCIPAL, school), (Role.UNION_CHAIR, union)) if found)
    return roles, [passage.part(*found.span()) for found in (school, union) if found]


def without_quotes(text: str) -> str:
    """The text with what is quoted blanked: a movement's name orders nobody."""
    if "“" not in text and '"' not in text:
        return text
    return _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)


def _named(words: str) -> tuple[Role, ...]:
    found = ((Role.PRINCIPAL, re.search(_SCHOOL, words)), (Role.UNION_CHAIR, re.search(_UNION, words)))
    return tuple(role for role, named in found if named)
