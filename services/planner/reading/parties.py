"""Who agrees and signs, and who receives: parties, signature blocks, recipients."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.plans import Party, PartyRole, Recipient
from services.planner.reading.bodies import BODY, role_of, split_bodies
from services.planner.reading.lines import BULLET, Line, is_capitals, marker
from services.planner.reading.structure import Placed, bare

_RECIPIENTS = re.compile(r"nơi nhận\b\s*[:.]?\s*", re.IGNORECASE)
_SIGNS_FOR = re.compile(r"(?:TM|T/M|KT|TL|TUQ|Q|PP)\s*[./]\s*\S|ĐẠI DIỆN\b|THAY MẶT\b")
_SIGNS_FOR_PREFIX = re.compile(r"^(?:(?:TM|T/M|KT|TL|TUQ|Q|PP)\s*[./]\s*|ĐẠI DIỆN\s+|THAY MẶT\s+)")
_TITLES = (
    r"(?:PHÓ\s+|Q\.\s*|QUYỀN\s+|KT\.\s*)?(?:CHỦ TỊCH|GIÁM ĐỐC|TRƯỞNG PHÒNG|HIỆU TRƯỞNG|BÍ THƯ|TRƯỞNG BAN"
    r"|CHÁNH VĂN PHÒNG"
    r"|TRƯỞNG TRẠM|TỔNG PHỤ TRÁCH|TRƯỞNG CÔNG AN|CỤC TRƯỞNG|VIỆN TRƯỞNG|BỘ TRƯỞNG|THỨ TRƯỞNG|CHỦ NHIỆM|TỔNG BIÊN TẬP)"
)
_TITLE = re.compile(rf"(?:KT\.\s*)?{_TITLES}(?:\s+[A-ZĐÀ-Ỹ&\s]{{2,60}})?$")
_SIGNED = re.compile(r"[\[(].*[\])]|đã ký", re.IGNORECASE)
_PERSON = re.compile(
    r"(?:(?:Th\.?S|TS|Ths|PGS|GS|BS|BSCKI+|Ông|Bà|Đ/c|(?:Đại|Thượng|Trung|Thiếu) (?:tá"
    r"|úy))\.?\s*)*(?P<name>[A-ZĐÀ-Ỹ][\wÀ-ỹ]*(?:\s+[A-ZĐÀ-Ỹ][\wÀ-ỹ]*){1,5})$"
)
_GENERIC = re.compile(
    r"(?:nhà trường|công đoàn|chính quyền|bch công đoàn|ban chấp hành công đoàn|hai bên)", re.IGNORECASE
)
_BETWEEN = re.compile(r"\bgiữa\s+(?P<names>.+)", re.IGNORECASE | re.DOTALL)
_STOP = re.compile(
    r"\s*(?:,?\s*\b(?:năm học|giai đoạn|nhiệm kỳ|nhiệm kì|năm 20|về\b|trong\b|thực hiện|thống nhất|ký kết"
    r"|xây dựng|ban hành"
    r"|cùng nhau|cùng thống nhất|phối hợp)|[.;:(])",
    re.IGNORECASE,
)
_AGREE = re.compile(
    r"\b(?:cùng\s+)?(?:thống nhất|ký kết|phối hợp xây dựng|liên tịch ban hành|xây dựng|ban hành|hướng dẫn)\b",
    re.IGNORECASE,
)
_TITLE_ROLES = (
    (PartyRole.PARTY_CELL, re.compile(r"CHI BỘ|CẤP ỦY|ĐẢNG ỦY|CHI ỦY")),
    (PartyRole.YOUTH, re.compile(r"ĐOÀN THANH NIÊN|CHI ĐOÀN|TNCS|(?:TỈNH|HUYỆN|THÀNH|QUẬN|THỊ) ĐOÀN|TỔNG PHỤ TRÁCH")),
    (PartyRole.HEALTH, re.compile(r"Y TẾ|TRƯỞNG TRẠM|BỆNH VIỆN")),
    (
        PartyRole.UNION,
        re.compile(r"CÔNG ĐOÀN|LIÊN ĐOÀN LAO ĐỘNG|LĐLĐ|BTV|BAN THƯỜNG VỤ|BCH|BAN CHẤP HÀNH|CHỦ TỊCH|CĐ\b"),
    ),
    (PartyRole.EDUCATION, re.compile(r"GIÁO DỤC|GD|TRƯỜNG|GIÁM ĐỐC")),
)


@dataclass(frozen=True)
class Signature:
    """A signature block: on whose behalf, in which function, who."""

    role: PartyRole
    body: str
    title: str | None
    signer: str | None


@dataclass(frozen=True)
class Tail:
    """What stands below the body."""

    signatures: tuple[Signature, ...]
    recipients: tuple[tuple[Recipient, tuple[int, int]], ...]


def tail_start(lines: Sequence[Line], body_from: int) -> int:
    """The index of the first line of the signature blocks or of the recipients' list, whichever stands first."""
    for index in range(body_from, len(lines)):
        if any(_opens_tail(cell) for cell in lines[index].cells):
            start = index
            while start > body_from and _is_body_name(lines[start - 1].text):
                start -= 1
            return start
    return len(lines)


def _opens_tail(cell: str) -> bool:
    return bool(
        (_RECIPIENTS.match(cell) and len(cell) < 60)
        or (is_capitals(cell) and not marker(cell) and (_SIGNS_FOR.match(cell) or _TITLE.match(cell)))
    )


def _is_body_name(text: str) -> bool:
    return not text or (is_capitals(text) and len(text) < 100 and not marker(text))


def read_tail(lines: Sequence[Line]) -> Tail:
    """Signature blocks and recipients, also where they stand side by side."""
    recipients: list[tuple[str, tuple[int, int]]] = []
    blocks: list[tuple[str, Line]] = []
    listing = False
    for cell, line in _columns(lines):
        if found := _RECIPIENTS.match(cell):
            listing = True
            inline = cell[found.end() :]
            recipients.extend((name, line.lines) for name in inline.split(";") if name.strip())
        elif listing and not _opens_tail(cell) and not (is_capitals(cell) and not BULLET.match(cell) and len(cell) > 8):
            if not BULLET.match(cell) and recipients and not _listed_alone(recipients[-1][0], cell):
                name, (first, last) = recipients[-1]
                recipients[-1] = (f"{name} {cell}", (min(first, line.first), max(last, line.last)))
            else:
                recipients.append((cell, line.lines))
        else:
            listing = False
            blocks.append((cell, line))
    named = [(Recipient(name=name), lines) for text, lines in recipients if (name := bare(text).strip(" ;.,"))]
    return Tail(_signatures([cell for cell, _ in blocks]), tuple(named))


def _listed_alone(before: str, cell: str) -> bool:
    """Whether a line without a bullet is a recipient of its own: the one before it has ended."""
    return before.endswith((";", ".")) or (cell[0].isupper() and len(before) < 40 and not before.endswith(","))


def _columns(lines: Sequence[Line]) -> list[tuple[str, Line]]:
    """The cells of the lines; where columns stand side by side, one column after the other."""
    if not any(len(line.cells) > 1 for line in lines):
        return [(line.text, line) for line in lines if line.text]
    anchors = max((line.starts for line in lines), key=len)
    columns: list[list[tuple[str, Line]]] = [[] for _ in anchors]
    for line in lines:
        for cell, start in zip(line.cells, line.starts, strict=True):
            nearest = min(range(len(anchors)), key=lambda index: abs(anchors[index] - start))
            columns[nearest].append((cell, line))
    return [cell for column in columns for cell in column]


def _signatures(cells: Sequence[str]) -> tuple[Signature, ...]:
    """Blocks of capitals, each ended by a name in mixed letters (or by the next block, where nobody is named)."""
    found: list[Signature] = []
    heading: list[str] = []
    for cell in cells:
        if _SIGNED.fullmatch(cell):
            continue
        if is_capitals(cell):
            if heading and _TITLE.match(heading[-1]) and _SIGNS_FOR.match(cell):
                found.append(_signature(heading, None))
                heading = []
            heading.append(cell)
        elif heading and (person := _PERSON.match(cell)):
            found.append(_signature(heading, person["name"]))
            heading = []
    if any(_TITLE.match(line) or _SIGNS_FOR.match(line) for line in heading):
        found.append(_signature(heading, None))
    return tuple(found)


def _signature(heading: Sequence[str], signer: str | None) -> Signature:
    words = " ".join(heading)
    role = next((role for role, pattern in _TITLE_ROLES if pattern.search(words)), PartyRole.OTHER)
    titles = [line for line in heading if _TITLE.match(line)]
    body = " ".join(line for line in heading if line not in titles)
    return Signature(role, body, titles[-1] if titles else None, signer)


def read_parties(
    title: str, letterhead: str, opening: Sequence[Placed], signatures: Sequence[Signature]
) -> tuple[Party, ...]:
    """The parties by the title, else the sentence in which they agree, else the letterhead, with their signers.

    A name in full wins over one in capitals or a general word ("nhà trường"); a body that only a signature
    block names is a party too.
    """
    between = _BETWEEN.search(title)
    spoken = split_bodies(_agreement(opening))
    titled = split_bodies(_STOP.split(between["names"], maxsplit=1)[0]) if between else []
    named = [_fuller(name, spoken) for name in titled or spoken or split_bodies(letterhead)]
    roles = [role_of(name) for name in named]
    # "TRƯỞNG PHÒNG" alone says nothing of the office: it signs for the party that nobody else signs for.
    unsigned = [role for role in roles if role not in {signature.role for signature in signatures}]
    blocks: dict[PartyRole, Signature] = {}
    for signature in signatures:
        role = signature.role
        if role is PartyRole.OTHER and unsigned:
            role = unsigned.pop(0)
        blocks.setdefault(role, signature)
        if role not in roles and (name := _SIGNS_FOR_PREFIX.sub("", signature.body)):
            named.append(name)
            roles.append(role)
    return tuple(
        _party(name[:500], role, blocks.get(role)) for name, role in dict(zip(named, roles, strict=True)).items()
    )


def _fuller(name: str, spoken: Sequence[str]) -> str:
    """The name as the opening says it, where the title has it in capitals or says less ("công đoàn")."""
    if not (is_capitals(name) or _GENERIC.fullmatch(name)):
        return name
    same = [other for other in spoken if role_of(other) is role_of(name) and len(other) >= 0.6 * len(name)]
    return same[0] if same else name


def _party(name: str, role: PartyRole, signature: Signature | None) -> Party:
    if signature is None:
        return Party(name=name, role=role)
    return Party(name=name, role=role, signer=signature.signer, signer_title=signature.title)


def _agreement(opening: Sequence[Placed]) -> str:
    """The subject of the sentence in which the parties agree ("A, B và C thống nhất …"); "" where none does."""
    for item in reversed(opening):
        if agreed := _AGREE.search(item.node.text):
            clause = re.split(r"[;.:]\s", item.node.text[: agreed.start()])[-1]
            segments = clause.split(", ")
            first = len(segments) - 1
            while first and BODY.match(segments[first - 1]) and len(segments[first - 1]) <= 100:
                first -= 1
            subject = ", ".join(segments[first:]).strip()
            if BODY.match(subject):
                return subject
    return ""
