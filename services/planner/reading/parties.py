"""Who agrees and signs, and who receives: parties, signature blocks, recipients."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.plans import DocumentKind, Origin, Party, PartyRole
from services.planner.reading.bodies import BODY, role_of, split_bodies
from services.planner.reading.header import Header
from services.planner.reading.lines import BULLET, Line, is_capitals, marker
from services.planner.reading.passages import UPPER, Passage, first_of, joined

_RECIPIENTS = re.compile(r"nơi (?:nhận|gửi)\b\s*[:.]?\s*", re.IGNORECASE)
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
_GENERIC = re.compile(
    r"(?:nhà trường|công đoàn|chính quyền|bch công đoàn|ban chấp hành công đoàn|hai bên)", re.IGNORECASE
)
_BROKEN = re.compile(r"; (?=(?:TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU)\b)")
"""Where a body's name in the letterhead goes on with its place on the next line."""
_INLINE = re.compile(r"(?<=;)\s+(?=[-–+•]\s)")
_APPENDIX = re.compile(r"PHỤ LỤC\b|Phụ lục(?: [\dIVX]+)?$")
_LEADERS = re.compile(r"^(?:lãnh đạo|thường trực)\s+(?=[A-ZĐ])", re.IGNORECASE)
_BETWEEN = re.compile(r"\bgiữa\s+(?P<names>.+)", re.IGNORECASE | re.DOTALL)
_STOP = re.compile(
    r"\s*(?:,?\s*\b(?:năm học|giai đoạn|nhiệm kỳ|nhiệm kì|năm 20|quý\s|về\b|trong\b|thực hiện|thống nhất|ký kết"
    r"|xây dựng|ban hành"
    r"|cùng nhau|cùng thống nhất|phối hợp)|[.;:(])",
    re.IGNORECASE,
)
_AGREE = re.compile(
    r"\b(?:cùng\s+)?(?:họp|thống nhất|ký kết|phối hợp|liên tịch ban hành|xây dựng|ban hành|hướng dẫn|đề nghị|yêu cầu"
    r"|lập|ra)\b",
    re.IGNORECASE,
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
_TITLE_ROLES = (
    (re.compile(r"BÍ THƯ"), (PartyRole.PARTY_CELL, PartyRole.YOUTH)),
    (re.compile(r"CHỦ TỊCH|BTV|BAN THƯỜNG VỤ|BCH|BAN CHẤP HÀNH"), (PartyRole.UNION, PartyRole.OTHER, PartyRole.YOUTH)),
    (re.compile(r"GIÁM ĐỐC|TRƯỞNG PHÒNG"), (PartyRole.EDUCATION, PartyRole.HEALTH, PartyRole.OTHER)),
)
"""Whom a block signs for that names a function alone: the first of these that is a party without a signature."""


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
        or ((_SIGNS_FOR.match(cell) or _TITLE.match(cell)) and is_capitals(cell) and not marker(cell))
        or _is_small_title(cell)
        or _SIGN_HERE.match(cell)
    )


def _is_small_title(cell: str) -> bool:
    """Whether the cell is a function in small letters, on a line of its own: "Phó Giám đốc"."""
    return bool(_SMALL_TITLE.fullmatch(cell))


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
            inline = re.finditer(r"[^;]*[^;\s][^;]*", cell.text[found.end() :])  # "Nơi nhận: - Sở; - Phòng;"
            recipients.extend(cell.part(found.end() + name.start(), found.end() + name.end()) for name in inline)
        elif cell.text.startswith("[") or (listing and cell.text.endswith(":")):
            continue  # a footnote; a heading within the list
        elif listing and _is_listed(cell.text):
            if (others := _INLINE.split(cell.text)) and len(others) > 1:
                recipients.extend(part for name in others if (part := cell.find(name)))
            elif recipients and not BULLET.match(cell.text) and not _listed_alone(recipients[-1].text, cell.text):
                recipients[-1] = joined([recipients[-1], cell], " ")
            else:
                recipients.append(cell)
        else:
            listing = False
            blocks.append(cell)
    named = (_name_of(each) for each in recipients)
    return Tail(_signatures(blocks), tuple(name for name in named if name.text))


def appendix_start(lines: Sequence[Line]) -> int:
    """The index of the first line of an appendix (phụ lục) below the signatures."""
    return next((index for index, line in enumerate(lines) if _APPENDIX.match(line.text)), len(lines))


def _name_of(listed: Passage) -> Passage:
    """The recipient without bullet and closing mark."""
    found = marker(listed.text)
    name = listed.part(found.end() if found else 0, len(listed.text.rstrip(" ;.,")))
    return name.part(len(name.text) - len(name.text.lstrip(" ;.,")), len(name.text))


def _is_listed(cell: str) -> bool:
    """Whether a cell below "Nơi nhận" is of the list: no signature block begins there."""
    return not _opens_tail(cell) and not (
        is_capitals(cell) and not BULLET.match(cell) and len(cell) > 8 and not cell.startswith("Lưu")
    )


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


def read_parties(
    header: Header, opening: Sequence[Passage], signatures: Sequence[Signature]
) -> tuple[tuple[Party, ...], list[Origin]]:
    """The parties by the title, else the sentence in which they agree, else the letterhead, with their signers.

    A name in full wins over one in capitals or a general word ("nhà trường"); a body that only a signature
    block names is a party too.
    """
    between = _BETWEEN.search(header.title.text) if header.kind is not DocumentKind.INSTRUCTION else None
    spoken = split_bodies(_agreement(opening))
    titled = split_bodies(_STOP.split(between["names"], maxsplit=1)[0]) if between else []
    written = split_bodies(_BROKEN.sub(" ", "; ".join(cell.text for cell in header.letterhead)))
    if header.kind is DocumentKind.INSTRUCTION:
        written = written[-1:]  # it orders: the lowest body of the letterhead does, and nobody agrees
    names = dict.fromkeys(_fuller(_LEADERS.sub("", name), spoken) for name in titled or spoken or written)
    named = {name: role_of(name) for name in names}
    blocks = _blocks(named, signatures)
    where = [header.title, *opening, *header.letterhead]
    parties: list[Party] = []
    origins: list[Origin] = []
    for number, (name, role) in enumerate(named.items(), start=1):
        block = blocks.get(name)
        parties.append(_party(name[:500], role, block))
        origins.extend(_party_origins(f"parties.{number}", first_of(where, name), block))
    return tuple(parties), origins


def _blocks(named: dict[str, PartyRole], signatures: Sequence[Signature]) -> dict[str, Signature]:
    """The signature block of each party; a body that only a block names is added to `named`."""
    blocks: dict[str, Signature] = {}
    # Blocks that name their body first: "CHỦ TỊCH" alone signs for a party that nobody else signs for.
    for signature in sorted(signatures, key=lambda each: each.role is None):
        name = _signed_for(signature, {name: role for name, role in named.items() if name not in blocks})
        taken = signature.role in {named[other] for other in blocks}
        if name is None and not taken and signature.name:
            name = signature.name
            named[name] = signature.role or PartyRole.OTHER
        if name is not None:
            blocks[name] = signature
    return blocks


def _signed_for(signature: Signature, unsigned: Mapping[str, PartyRole]) -> str | None:
    """The unsigned party that the block signs for; of several, the one that shares most words with it."""
    words = " ".join([signature.name, signature.title.text if signature.title else ""]).lower()
    usual = next((roles for pattern, roles in _TITLE_ROLES if pattern.search(words.upper())), tuple(PartyRole))
    for role in (signature.role,) if signature.role else usual:
        if candidates := [name for name, each in unsigned.items() if each is role]:
            return max(candidates, key=lambda name: sum(word in words for word in set(name.lower().split())))
    return None


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
        for agreed in _AGREE.finditer(item.text):
            clause = re.split(r"[;.:]\s", item.text[: agreed.start()])[-1]
            segments = clause.split(", ")
            first = len(segments) - 1
            while first and BODY.match(segments[first - 1]) and len(segments[first - 1]) <= 100:
                first -= 1
            subject = ", ".join(segments[first:]).strip()
            if BODY.match(subject):
                return subject
    return ""
