"""Signature blocks: on whose behalf, in which function and by whom a document is signed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.plans import PartyRole
from services.planner.reading.lines import is_capitals, marker
from services.planner.reading.passages import UPPER, Passage

_SIGNS_FOR = re.compile(r"(?:TM|T/M|KT|TL|TUQ|Q|PP)\s*[./]\s*\S|ĐẠI DIỆN\b|THAY MẶT\b")
_SIGNS_FOR_PREFIX = re.compile(r"^(?:(?:TM|T/M|KT|TL|TUQ|Q|PP)\s*[./]\s*|ĐẠI DIỆN\s+|THAY MẶT\s+)")
_TITLES = (
    r"(?:PHÓ\s+|Q\.\s*|QUYỀN\s+|KT\.\s*)?(?:CHỦ TỊCH|GIÁM ĐỐC|TRƯỞNG PHÒNG|HIỆU TRƯỞNG|BÍ THƯ|TRƯỞNG BAN"
    r"|CHÁNH VĂN PHÒNG"
    r"|TRƯỞNG TRẠM|TRẠM TRƯỞNG|CT(?= CÔNG)|TỔNG PHỤ TRÁCH|TRƯỞNG CÔNG AN|CỤC TRƯỞNG|VIỆN TRƯỞNG|BỘ TRƯỞNG"
    r"|THỨ TRƯỞNG|CHỦ NHIỆM|TỔNG BIÊN TẬP)"
)
_TITLE = re.compile(rf"(?:KT\.\s*)?{_TITLES}(?:\s+(?:{UPPER}|[&\s–-]){{2,60}})?$")
_SMALL_TITLE = re.compile(
    r"(?:Phó |KT\. |Quyền )?(?:Chủ tịch|Giám đốc|[Tt]rưởng phòng|Hiệu trưởng|Bí thư|[Tt]rưởng ban|Trạm trưởng)"
)
_SIGN_HERE = re.compile(r"[\[(]\s*(?:đã ký|ký\b|chữ ký)", re.IGNORECASE)
_SIGNED = re.compile(r"[\[(].*[\])]|đã ký", re.IGNORECASE)
_PERSON = re.compile(
    r"(?:(?:Th\.?S|TS|Ths|PGS|GS|BS|BSCK ?I+|Ông|Bà|Mr|Đ/c|(?:Đại|Thượng|Trung|Thiếu) (?:tá"
    rf"|úy))\.?\s*)*(?P<name>{UPPER}[\w'’]*(?:\s+{UPPER}[\w'’]*){{1,5}})$"
)
_BODY_ROLES = (
    (PartyRole.PARTY_CELL, re.compile(r"CHI BỘ|CẤP ỦY|ĐẢNG ỦY|CHI ỦY")),
    (
        PartyRole.YOUTH,
        re.compile(
            r"THANH NIÊN|CHI ĐOÀN|TNCS|(?:TỈNH|HUYỆN|THÀNH|QUẬN|THỊ) ĐOÀN"
            r"|(?<!CÔNG )(?<!LIÊN )ĐOÀN (?:XÃ|PHƯỜNG|TRƯỜNG)|TỔNG PHỤ TRÁCH"
        ),
    ),
    (PartyRole.HEALTH, re.compile(r"Y TẾ|TRẠM TRƯỞNG|TRƯỞNG TRẠM|BỆNH VIỆN")),
    (PartyRole.UNION, re.compile(r"CÔNG [ĐD]OÀN|LIÊN ĐOÀN LAO ĐỘNG|LĐLĐ|\bCĐ(?:CS|N|GD)?\b")),
    (PartyRole.OTHER, re.compile(r"CÔNG AN|CẢNH SÁT|CHA MẸ|CMHS|HĐQT|QUẢN TRỊ|ỦY BAN|UBND|(?<!XÃ )\bHỘI(?! ĐỒNG)")),
    (PartyRole.EDUCATION, re.compile(r"GIÁO DỤC|GD|\bTRƯỜNG\b|HIỆU TRƯỞNG|GIÁM HIỆU|TRUNG TÂM|VĂN H[ÓO][AÁ]|VH-?XH")),
)
"""Whom a block that names a body signs for."""


@dataclass(frozen=True)
class Signature:
    """A signature block: on whose behalf, in which function, who."""

    role: PartyRole | None
    """By the body that the block names; None where it names a function alone."""
    body: tuple[Passage, ...]
    """The lines that name whom it is signed for."""
    title: Passage | None
    signer: Passage | None

    @property
    def name(self) -> str:
        """The body for which it is signed, without "TM."; "" where only a function is named."""
        return _SIGNS_FOR_PREFIX.sub("", " ".join(line.text for line in self.body))


def opens_signature(cell: str) -> bool:
    """Whether a signature block begins with the cell: on whose behalf, or in which function."""
    return bool(
        ((_SIGNS_FOR.match(cell) or _TITLE.match(cell)) and is_capitals(cell) and not marker(cell))
        or _is_small_title(cell)
        or _SIGN_HERE.match(cell)
    )


def _is_small_title(cell: str) -> bool:
    """Whether the cell is a function in small letters, on a line of its own: "Phó Giám đốc"."""
    return bool(_SMALL_TITLE.fullmatch(cell))


def read_signatures(cells: Sequence[Passage]) -> tuple[Signature, ...]:
    """Blocks of capitals, each ended by a name in mixed letters (or by the next block, where nobody is named)."""
    found: list[Signature] = []
    heading: list[Passage] = []
    for cell in cells:
        if _SIGNED.fullmatch(cell.text):
            continue
        if is_capitals(cell.text) or _is_small_title(cell.text):
            if heading and _TITLE.match(heading[-1].text) and _SIGNS_FOR.match(cell.text):
                found.append(_signature(heading, None))
                heading = []
            heading.append(cell)
        elif heading and (person := _PERSON.match(cell.text)):
            found.append(_signature(heading, cell.part(*person.span("name"))))
            heading = []
    if any(_TITLE.match(line.text) or _SIGNS_FOR.match(line.text) for line in heading):
        found.append(_signature(heading, None))
    return tuple(found)


def _signature(heading: Sequence[Passage], signer: Passage | None) -> Signature:
    words = " ".join(line.text for line in heading)
    role = next((role for role, pattern in _BODY_ROLES if pattern.search(words)), None)
    titles = [line for line in heading if _TITLE.match(line.text) or _is_small_title(line.text)]
    body = tuple(line for line in heading if line not in titles)
    return Signature(role, body, titles[-1] if titles else None, signer)
