"""Signature blocks: on whose behalf, in which function and by whom a document is signed.

Decree 30/2020/NĐ-CP, appendix I: TM. (thay mặt), KT. (ký thay), TL. (thừa lệnh), TUQ. (thừa ủy quyền), Q. (quyền) stand
before the body or the function, the function of who signs below, the name last. Offices also set names in capitals,
with academic titles and ranks before them, and functions in small letters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from contracts.plans import PartyRole
from services.planner.reading.bodies import known_role
from services.planner.reading.lines import is_capitals, marker
from services.planner.reading.passages import UPPER, Passage, joined

_FOR = r"(?:(?:TM|KT|TL|TUQ|Q|PP)\s*[./]|(?:T/M|K/T|T/L)\b\.?)\s*"
_SIGNS_FOR = re.compile(rf"{_FOR}\S|(?:ĐẠI DIỆN|THAY MẶT)\b(?!.*:)")
_SIGNS_FOR_PREFIX = re.compile(rf"^(?:{_FOR}|(?:ĐẠI DIỆN|THAY MẶT)\s+)+")
_FUNCTION = (
    r"CHỦ (?:TỊCH|NHIỆM|TRƯỜNG|NHÓM|CƠ SỞ)|GIÁM ĐỐC|BÍ THƯ|CHÁNH VĂN PHÒNG|CT(?= CÔNG)|CTCĐ|HIỆU PHÓ"
    r"|(?:HIỆU|TRẠM|ĐỒN|VIỆN|CỤC|BỘ|THỨ|THỦ|HỘI|CHỈ HUY) TRƯỞNG|TRƯỞNG (?:PHÒNG|BAN|TRẠM|CÔNG AN|KHOA)"
    r"|TỔNG (?:PHỤ TRÁCH|BIÊN TẬP|GIÁM ĐỐC)"
)
_TITLE = re.compile(rf"(?:{_FOR})?(?:(?:PHÓ|QUYỀN)\s+|[PQ]\.\s*)?(?:{_FUNCTION})(?:\s+(?:{UPPER}|[&\s–-]){{2,60}})?$")
_SMALL_TITLE = re.compile(
    r"(?:K?T\. |Quyền |Phó |[PQ]\. ?)*(?:Chủ (?:tịch|nhiệm)|Giám đốc|Hiệu trưởng|Bí thư|Trạm trưởng|Thủ trưởng"
    r"|[Tt]rưởng (?:phòng|ban|trạm))",
)
_SIGN_HERE = re.compile(r"[\[(]\s*(?:đã ký|ký\b|chữ ký)", re.IGNORECASE)
_SIGNED = re.compile(
    r"[\[(].*[\])]|đã ký.*|(?:ký bởi|người ký|ngày ký|giờ ký|thời gian ký|cơ quan|email|signed by|date)\s*:.*",
    re.IGNORECASE,
)
"""What stands in the place of a signature, also the note of a digital one (Decree 30/2020/NĐ-CP, article 14)."""
_RANK = (
    r"(?:(?:Th\.?S|TS|PGS|GS|BS|BSCK ?I+|CN|KS|NGƯT|NGND|TTƯT|TTND|Mr|Đ/c|Cử nhân|Thạc sĩ|Tiến sĩ|Bác sĩ"
    r"|(?:Đại|Thượng|Trung|Thiếu) (?:tá|úy|uý|tướng))\b[.:]?\s*)"
)
_PERSON = re.compile(rf"(?P<rank>(?i:{_RANK})*)(?:(?:Ông|Bà)\s+)?(?P<name>{UPPER}[\w'’]*(?:\s+{UPPER}[\w'’]*){{1,4}})$")
_ORGAN = re.compile(r"(?:BAN )?(?:THƯỜNG VỤ|CHẤP HÀNH|THƯỜNG TRỰC)|BTV|BCH")
"""An organ that says nothing of whose it is."""
_PLACE = re.compile(r"(?:TỈNH|THÀNH PHỐ|TP|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU)\b")
"""Where a function goes on with its place on the next line of a narrow column."""
_AREA = re.compile(r"\b(?:TỈNH|THÀNH PHỐ|TP|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|THỊ TRẤN|ĐẶC KHU|CƠ SỞ|NGÀNH|BAN|SỞ|PHÒNG)\b")
SIGNING_SPACE = 3
"""Source lines from a block's last line to a name below the space for a signature."""


@dataclass(frozen=True)
class Signature:
    """A signature block: on whose behalf, in which function, who."""

    role: PartyRole | None
    """By the body that the block names; None where it names a function alone."""
    body: tuple[Passage, ...]
    """The lines that name whom it is signed for."""
    title: Passage | None
    signer: Passage | None
    words: str
    """All that stands above the name."""

    @property
    def name(self) -> str:
        """The body for which it is signed, without "TM."; "" where only a function is named."""
        return _SIGNS_FOR_PREFIX.sub("", " ".join(line.text for line in self.body))


def opens_signature(cell: str) -> bool:
    """Whether a signature block begins with the cell: on whose behalf, or in which function."""
    return bool(
        ((_SIGNS_FOR.match(cell) or (_TITLE.match(cell) and not marker(cell))) and is_capitals(cell))
        or _SMALL_TITLE.fullmatch(cell)
        or _SIGN_HERE.match(cell)
    )


def is_signing_note(cell: str) -> bool:
    """Whether the cell stands in the place of a signature: "(Đã ký)", "Ký bởi: …"."""
    return bool(_SIGNED.fullmatch(cell))


def read_signatures(cells: Sequence[Passage]) -> tuple[Signature, ...]:
    """Blocks of functions and bodies, each ended by a name (or by the next block, where nobody is named)."""
    found: list[Signature] = []
    heading: list[Passage] = []
    signed = False
    for cell, below in pairwise([*cells, Passage("")]):
        if is_signing_note(cell.text):
            signed = bool(heading)
        elif heading and (person := _person(cell, heading, below, signed=signed)):
            found.append(_signature(heading, person))
            heading, signed = [], False
        elif is_capitals(cell.text) or (_SMALL_TITLE.match(cell.text) and len(cell.text) < 50):
            if heading and (signed or (_SIGNS_FOR.match(cell.text) and _signs_itself(heading[-1]))):
                found.append(_signature(heading, None))
                heading, signed = [], False
            heading.append(cell)
    if any(_is_title(line) or _SIGNS_FOR.match(line.text) for line in heading):
        found.append(_signature(heading, None))
    return tuple(found)


def _person(cell: Passage, heading: Sequence[Passage], below: Passage, *, signed: bool) -> Passage | None:
    """The name in the cell without rank and titles; one in capitals only where a name and no body is to be expected."""
    found = _PERSON.match(cell.text)
    if not found or _SMALL_TITLE.match(cell.text):
        return None
    if is_capitals(found["name"]):
        if opens_signature(found["name"]) or known_role(found["name"]) or _AREA.search(found["name"]):
            return None
        spaced = cell.first - heading[-1].last >= SIGNING_SPACE
        expected = bool(found["rank"]) or signed or spaced or _is_title(heading[-1])
        if not expected or (_PERSON.match(below.text) and not is_capitals(below.text)):
            return None
    return cell.part(*found.span("name"))


def _signs_itself(line: Passage) -> bool:
    """Whether the line is the function of who signs, not that of whom they sign for (KT., TL.)."""
    return _is_title(line) and not _SIGNS_FOR.match(line.text)


def _is_title(line: Passage) -> bool:
    return bool(_TITLE.match(line.text) or _SMALL_TITLE.match(line.text))


def _signature(heading: Sequence[Passage], signer: Passage | None) -> Signature:
    titles = [line for line in heading if _is_title(line)]
    body = tuple(line for line in heading if line not in titles)
    title = titles[-1] if titles else None
    if title and body and heading[-1] is body[-1] and heading[-2] is title and _PLACE.match(body[-1].text):
        title, body = joined([title, body[-1]], " "), body[:-1]
    words = " ".join(line.text for line in heading)
    if body and _ORGAN.fullmatch(_SIGNS_FOR_PREFIX.sub("", " ".join(line.text for line in body))):
        body = ()
    return Signature(known_role(words), body, title, signer, words)
