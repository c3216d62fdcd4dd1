"""Who agrees: the parties by the words of the document, with their signatures."""

import re
from collections.abc import Mapping, Sequence

from contracts.plans import DocumentKind, Origin, Party, PartyRole
from services.planner.reading.agreement import Agreement
from services.planner.reading.bodies import role_of, split_bodies
from services.planner.reading.header import Header
from services.planner.reading.lines import is_capitals
from services.planner.reading.passages import first_of
from services.planner.reading.sides import Side
from services.planner.reading.signatures import Signature

MAX_SIGNATURES = 100
"""More than any document has."""

MAX_ISSUERS = 30
"""More than any letterhead has."""

_GENERIC = re.compile(
    r"(?:nhà trường|ban giám hiệu|công đoàn|chính quyền|bch công đoàn|ban chấp hành công đoàn|hai bên)", re.IGNORECASE
)
_BROKEN = re.compile(r"\n(?=(?:TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU)\b)")
"""Where a body's name in the letterhead goes on with its place on the next line."""
_ABOVE = re.compile(r"(?:UBND|[ỦU][ỶY] BAN NHÂN DÂN|ĐẢNG (?:BỘ|ỦY|UỶ)|BỘ|TỔNG LIÊN ĐOÀN)\b")
_LEADERS = re.compile(r"^(?:lãnh đạo|thường trực|giám đốc(?= (?:sở|công an)))\s+(?=[A-ZĐ])", re.IGNORECASE)
_BETWEEN = re.compile(r"\bgiữa\s+(?P<names>.+)", re.IGNORECASE | re.DOTALL)
_STOP = re.compile(
    r"\s*(?:,?\s*\b(?:năm học|giai đoạn|nhiệm kỳ|nhiệm kì|năm 20|quý\s|về\b|trong\b|thực hiện|thống nhất|ký kết"
    r"|xây dựng|ban hành"
    r"|cùng nhau|cùng thống nhất|phối hợp|(?:và\s+)?gia đình)|[.;:(])",
    re.IGNORECASE,
)
_TITLE_ROLES = (
    (re.compile(r"BÍ THƯ"), (PartyRole.PARTY_CELL, PartyRole.YOUTH)),
    (re.compile(r"CHỦ TỊCH|BTV|BAN THƯỜNG VỤ|BCH|BAN CHẤP HÀNH"), (PartyRole.UNION, PartyRole.OTHER, PartyRole.YOUTH)),
    (re.compile(r"GIÁM ĐỐC|TRƯỞNG PHÒNG"), (PartyRole.EDUCATION, PartyRole.HEALTH, PartyRole.OTHER)),
)
"""Whom a block signs for that names a function alone: the first of these that is a party without a signature."""


def read_parties(
    header: Header, agreement: Agreement | None, signatures: Sequence[Signature], sides: Sequence[Side] = ()
) -> tuple[tuple[Party, ...], list[Origin]]:
    """The parties with their signers, and where each is named.

    They are the sides of an agreement, else those of the title, of the sentence in which they agree, or of the
    letterhead. A name in full wins over one in capitals or a general word ("nhà trường"); a body that only a signature
    block names is a party too.
    """
    where = [header.title, *([agreement.passage] if agreement else []), *header.letterhead]
    named = {
        name: role_of(name) for name in ([side.name.text for side in sides if side.name] or _names(header, agreement))
    }
    acting = {side.name.text: side for side in sides if side.name}
    blocks = _blocks(named, signatures, {side.label: name for name, side in acting.items() if side.label})
    parties: list[Party] = []
    origins: list[Origin] = []
    for number, (name, role) in enumerate(named.items(), start=1):
        block, side = blocks.get(name), acting.get(name, Side())
        signer = block.signer if block and block.signer else side.signer
        title = block.title if block and block.title else side.title
        party = Party(name=name[:500], role=role, signer=signer and signer.text, signer_title=title and title.text)
        parties.append(party)
        told = side.name or first_of(where, name)
        named_by = (told,) if told else block.body if block else ()
        origins.extend(words.origin(f"parties.{number}") for words in named_by)
        signed = (("signer", signer), ("signer_title", title))
        origins.extend(words.origin(f"parties.{number}.{field}") for field, words in signed if words)
    return tuple(parties), origins


def _names(header: Header, agreement: Agreement | None) -> Sequence[str]:
    """The parties' names by the title, else the sentence in which they agree, else the letterhead."""
    orders = header.kind is DocumentKind.INSTRUCTION
    spoken = split_bodies(agreement.subject) if agreement else []
    between = None if orders else _BETWEEN.search(header.title.text)
    titled = split_bodies(_STOP.split(between["names"], maxsplit=1)[0]) if between else []
    written = _issuing(header)
    if orders:
        written = written[-1:]  # the lowest body of the letterhead orders, and nobody agrees
    # "giữa nhà trường, gia đình và xã hội" names no bodies.
    names = (titled if len(titled) > 1 else []) or spoken or titled or written
    return tuple(dict.fromkeys(_fuller(_LEADERS.sub("", name), spoken) for name in names))


def _issuing(header: Header) -> list[str]:
    """The issuing bodies of the letterhead, without those above them (cơ quan chủ quản), which stand on top.

    A people's committee or a party committee is above whatever stands below it, another body above one of its own kind.
    """
    lines = _BROKEN.sub(" ", "\n".join(cell.text for cell in header.letterhead)).split("\n")
    placed = [(at, name) for at, line in enumerate(lines) for name in split_bodies(line)][:MAX_ISSUERS]
    return [name for at, name in placed if not any(below > at and _is_above(name, other) for below, other in placed)]


def _is_above(name: str, other: str) -> bool:
    if _ABOVE.match(name):
        return True
    first, head = (each.partition(" ")[0] for each in (name, other))
    return role_of(name) is role_of(other) is not PartyRole.OTHER and first != head


def _blocks(
    named: dict[str, PartyRole], signatures: Sequence[Signature], labels: Mapping[str, str]
) -> dict[str, Signature]:
    """The signature block of each party; a body that only a block names is added to `named`."""
    blocks: dict[str, Signature] = {}
    # Blocks that name their body first: "CHỦ TỊCH" alone signs for a party that nobody else signs for.
    for signature in sorted(signatures[:MAX_SIGNATURES], key=lambda each: each.role is None):
        unsigned = {name: role for name, role in named.items() if name not in blocks}
        name = labels.get(signature.name) or _signed_for(signature, unsigned)
        taken = signature.role in {named[other] for other in blocks}
        if name is None and not taken and signature.name:
            name = signature.name
            named[name] = signature.role or PartyRole.OTHER
        if name is not None:
            blocks.setdefault(name, signature)
    return blocks


def _signed_for(signature: Signature, unsigned: Mapping[str, PartyRole]) -> str | None:
    """The unsigned party that the block signs for; of several, the one that shares most words with it."""
    words = signature.words.lower()
    usual = next((roles for pattern, roles in _TITLE_ROLES if pattern.search(words.upper())), tuple(PartyRole))
    for role in (signature.role,) if signature.role else usual:
        if candidates := [name for name, each in unsigned.items() if each is role]:
            return max(candidates, key=lambda name: sum(word in words for word in set(name.lower().split())))
    return None


def _fuller(name: str, spoken: Sequence[str]) -> str:
    """The name as the opening says it, where the title has it in capitals or says less ("công đoàn")."""
    if not (is_capitals(name) or _GENERIC.fullmatch(name)):
        return name
    same = [
        other
        for other in spoken
        if role_of(other) is role_of(name)
        and len(other) >= 0.6 * len(name)
        and (name.lower() in other.lower() or not _GENERIC.fullmatch(other))
    ]
    return same[0] if same else name
