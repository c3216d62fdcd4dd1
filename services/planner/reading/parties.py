"""Who agrees and signs, and who receives: parties, signature blocks, recipients."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.plans import Origin, Party, PartyRole
from services.planner.reading.bodies import BODY, role_of, split_bodies
from services.planner.reading.lines import BULLET, Line, is_capitals, marker
from services.planner.reading.passages import Passage, first_of, joined

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
    body: tuple[Passage, ...]
    """The lines that name whom it is signed for."""
    title: Passage | None
    signer: Passage | None

    @property
    def name(self) -> str:
        """The body for which it is signed, without "TM."; "" where only a function is named."""
        return _SIGNS_FOR_PREFIX.sub("", " ".join(line.text for line in self.body))


@dataclass(frozen=True)
class Tail:
    """What stands below the body."""

    signatures: tuple[Signature, ...]
    recipients: tuple[Passage, ...]


def tail_start(lines: Sequence[Line], body_from: int) -> int:
    """The index of the first line of the signature blocks or of the recipients' list, whichever stands first."""
    for index in range(body_from, len(lines)):
        if any(_opens_tail(cell.text) for cell in lines[index].cells):
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
    recipients: list[Passage] = []
    blocks: list[Passage] = []
    listing = False
    for cell in _columns(lines):
        if found := _RECIPIENTS.match(cell.text):
            listing = True
            inline = re.finditer(r"[^;]*[^;\s][^;]*", cell.text[found.end() :])
            recipients.extend(cell.part(found.end() + name.start(), found.end() + name.end()) for name in inline)
        elif listing and _is_listed(cell.text):
            if recipients and not BULLET.match(cell.text) and not _listed_alone(recipients[-1].text, cell.text):
                recipients[-1] = joined([recipients[-1], cell], " ")
            else:
                recipients.append(cell)
        else:
            listing = False
            blocks.append(cell)
    named = (_name_of(each) for each in recipients)
    return Tail(_signatures(blocks), tuple(name for name in named if name.text))


def _name_of(listed: Passage) -> Passage:
    """The recipient without bullet and closing mark."""
    found = marker(listed.text)
    name = listed.part(found.end() if found else 0, len(listed.text.rstrip(" ;.,")))
    return name.part(len(name.text) - len(name.text.lstrip(" ;.,")), len(name.text))


def _is_listed(cell: str) -> bool:
    """Whether a cell below "Nơi nhận" is of the list: no signature block begins there."""
    return not _opens_tail(cell) and not (is_capitals(cell) and not BULLET.match(cell) and len(cell) > 8)


def _listed_alone(before: str, cell: str) -> bool:
    """Whether a line without a bullet is a recipient of its own: the one before it has ended."""
    return before.endswith((";", ".")) or (cell[0].isupper() and len(before) < 40 and not before.endswith(","))


def _columns(lines: Sequence[Line]) -> list[Passage]:
    """The cells of the lines; where columns stand side by side, one column after the other."""
    if not any(len(line.cells) > 1 for line in lines):
        return [line for line in lines if line.text]
    anchors = max((line.starts for line in lines), key=len)
    columns: list[list[Passage]] = [[] for _ in anchors]
    for line in lines:
        for cell, start in zip(line.cells, line.starts, strict=True):
            nearest = min(range(len(anchors)), key=lambda index: abs(anchors[index] - start))
            columns[nearest].append(cell)
    return [cell for column in columns for cell in column]


def _signatures(cells: Sequence[Passage]) -> tuple[Signature, ...]:
    """Blocks of capitals, each ended by a name in mixed letters (or by the next block, where nobody is named)."""
    found: list[Signature] = []
    heading: list[Passage] = []
    for cell in cells:
        if _SIGNED.fullmatch(cell.text):
            continue
        if is_capitals(cell.text):
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
    role = next((role for role, pattern in _TITLE_ROLES if pattern.search(words)), PartyRole.OTHER)
    titles = [line for line in heading if _TITLE.match(line.text)]
    body = tuple(line for line in heading if line not in titles)
    return Signature(role, body, titles[-1] if titles else None, signer)


def read_parties(
    title: Passage, letterhead: Sequence[Passage], opening: Sequence[Passage], signatures: Sequence[Signature]
) -> tuple[tuple[Party, ...], list[Origin]]:
    """The parties by the title, else the sentence in which they agree, else the letterhead, with their signers.

    A name in full wins over one in capitals or a general word ("nhà trường"); a body that only a signature
    block names is a party too.
    """
    between = _BETWEEN.search(title.text)
    spoken = split_bodies(_agreement(opening))
    titled = split_bodies(_STOP.split(between["names"], maxsplit=1)[0]) if between else []
    written = [name for cell in letterhead for name in split_bodies(cell.text)]
    names = dict.fromkeys(_fuller(name, spoken) for name in titled or spoken or written)
    named = {name: role_of(name) for name in names}
    blocks = _blocks(named, signatures)
    named |= {block.name: role for role, block in blocks.items() if role not in named.values() and block.name}
    where = [title, *opening, *letterhead]
    parties: list[Party] = []
    origins: list[Origin] = []
    for number, (name, role) in enumerate(named.items(), start=1):
        block = blocks.get(role)
        parties.append(_party(name[:500], role, block))
        origins.extend(_party_origins(f"parties.{number}", first_of(where, name), block))
    return tuple(parties), origins


def _blocks(named: Mapping[str, PartyRole], signatures: Sequence[Signature]) -> dict[PartyRole, Signature]:
    """The signature block of each role; "TRƯỞNG PHÒNG" alone signs for the party that nobody else signs for."""
    unsigned = [role for role in named.values() if role not in {signature.role for signature in signatures}]
    blocks: dict[PartyRole, Signature] = {}
    for signature in signatures:
        role = unsigned.pop(0) if signature.role is PartyRole.OTHER and unsigned else signature.role
        blocks.setdefault(role, signature)
    return blocks


def _party_origins(field: str, name: Passage | None, block: Signature | None) -> Iterator[Origin]:
    """Of the name, else of the block that alone names the party; of the signer and the function."""
    for words in (name,) if name else block.body if block else ():
        yield words.origin(field)
    if block and block.signer:
        yield block.signer.origin(f"{field}.signer")
    if block and block.title:
        yield block.title.origin(f"{field}.signer_title")


def _fuller(name: str, spoken: Sequence[str]) -> str:
    """The name as the opening says it, where the title has it in capitals or says less ("công đoàn")."""
    if not (is_capitals(name) or _GENERIC.fullmatch(name)):
        return name
    same = [other for other in spoken if role_of(other) is role_of(name) and len(other) >= 0.6 * len(name)]
    return same[0] if same else name


def _party(name: str, role: PartyRole, block: Signature | None) -> Party:
    if block is None:
        return Party(name=name, role=role)
    signer, title = (words.text if words else None for words in (block.signer, block.title))
    return Party(name=name, role=role, signer=signer, signer_title=title)


def _agreement(opening: Sequence[Passage]) -> str:
    """The subject of the sentence in which the parties agree ("A, B và C thống nhất …"); "" where none does."""
    for item in reversed(opening):
        if agreed := _AGREE.search(item.text):
            clause = re.split(r"[;.:]\s", item.text[: agreed.start()])[-1]
            segments = clause.split(", ")
            first = len(segments) - 1
            while first and BODY.match(segments[first - 1]) and len(segments[first - 1]) <= 100:
                first -= 1
            subject = ", ".join(segments[first:]).strip()
            if BODY.match(subject):
                return subject
    return ""
