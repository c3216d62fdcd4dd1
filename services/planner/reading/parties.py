"""Who agrees: the parties by the words of the document, with their signatures."""

import re
from collections.abc import Iterator, Mapping, Sequence

from contracts.plans import DocumentKind, Origin, Party, PartyRole
from services.planner.reading.bodies import BODY, role_of, split_bodies
from services.planner.reading.header import Header
from services.planner.reading.lines import is_capitals
from services.planner.reading.passages import Passage, first_of
from services.planner.reading.signatures import Signature

_GENERIC = re.compile(
    r"(?:nhà trường|công đoàn|chính quyền|bch công đoàn|ban chấp hành công đoàn|hai bên)", re.IGNORECASE
)
_BROKEN = re.compile(r"; (?=(?:TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU)\b)")
"""Where a body's name in the letterhead goes on with its place on the next line."""
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
_TITLE_ROLES = (
    (re.compile(r"BÍ THƯ"), (PartyRole.PARTY_CELL, PartyRole.YOUTH)),
    (re.compile(r"CHỦ TỊCH|BTV|BAN THƯỜNG VỤ|BCH|BAN CHẤP HÀNH"), (PartyRole.UNION, PartyRole.OTHER, PartyRole.YOUTH)),
    (re.compile(r"GIÁM ĐỐC|TRƯỞNG PHÒNG"), (PartyRole.EDUCATION, PartyRole.HEALTH, PartyRole.OTHER)),
)
"""Whom a block signs for that names a function alone: the first of these that is a party without a signature."""


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
