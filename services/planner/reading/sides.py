"""The sides of an agreement, one below the other before its first article: who each is and who acts for it.

"BÊN A: Trường …" with "Đại diện: Ông …, chức vụ: …" below, or a list under "chúng tôi gồm:" of persons, each with
function and body. Addresses, telephones, accounts and what the side is called from there on stand beside them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.planner.reading.bodies import BODY
from services.planner.reading.lines import Line, is_capitals, marker
from services.planner.reading.passages import UPPER, Passage

FARTHEST = 60
"""Lines from the title within which the first side is named, and from there the last one."""

_GATHERED = re.compile(r"\b(?:chúng tôi|(?:hai|ba|bốn|các) bên)\b.{0,60}?\bgồm(?: có)?\s*:?$", re.IGNORECASE)
_LABEL = re.compile(
    r"(?P<label>bên (?:[a-e]|thứ (?:nhất|hai|ba|tư)|\d))\b\s*(?:\([^)]*\)\s*)?(?:[:.–-]\s*|$)", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\s*\((?:gọi (?:tắt )?là\s+)?(?P<label>bên (?:[a-e]|\d))\)\s*$", re.IGNORECASE)
_ENDED = re.compile(r"\s*(?:[(;]|,?\s*(?:sau đây|gọi tắt)|$)", re.IGNORECASE)
_DETAIL = re.compile(
    r"\(|(?:sau đây|gọi tắt|địa chỉ|trụ sở|(?:số )?điện thoại|tel\b|fax|e-?mail|mã số thuế|(?:số )?tài khoản"
    r"|tại (?:kho bạc|ngân hàng)|website)\b",
    re.IGNORECASE,
)
_ACTS_FOR = re.compile(
    r"(?:người )?đại diện(?: (?:theo pháp luật|hợp pháp))?(?:\s+(?:cho|là)\b)?\s*:?\s*|do\s+", re.IGNORECASE
)
_PERSON = re.compile(
    r"(?:(?i:ông|bà|đồng chí|đ/c|thầy|cô)\b(?:\s*\((?i:ông|bà)\))?\s*[:.]?\s*)"
    r"(?:(?i:th\.?s|ts|pgs|gs|bs\w*|(?:đại|thượng|trung|thiếu) (?:tá|úy|uý))\b\.?\s*)*"
    rf"(?P<name>(?:(?!Chức vụ){UPPER}[\w'’]*\s*){{2,6}})"
)
_FUNCTION = re.compile(
    r"[\s,;–-]*(?:(?:là\s+)?(?:chức vụ|chức danh)\s*:?\s*|[,;–-]\s*)(?P<function>(?!đại diện|thay mặt)[^,;.(]+?)"
    r"(?=\s*(?:[,;.(–-]|(?<!ban )\b(?:đại diện|thay mặt|làm đại diện)\b|$))",
    re.IGNORECASE,
)
_ON_BEHALF = re.compile(
    r"[\s,;(–-]*(?:làm )?(?:đại diện|thay mặt)(?:\s+cho)?\s*:?\s*(?P<body>[^;:.()]+)", re.IGNORECASE
)
_ARTICLES = {"part", "chapter", "section", "article", "roman", "capital"}


@dataclass(frozen=True)
class Side:
    """One side of the agreement."""

    label: str = ""
    """The letter by which articles and signatures call it, in capitals: `BÊN A`; "" where it has none."""
    name: Passage | None = None
    signer: Passage | None = None
    title: Passage | None = None
    headed: bool = False
    """Whether its name stands above who acts for it: of several persons below, the first signs."""


def read_sides(lines: Sequence[Line]) -> tuple[tuple[Side, ...], int, int]:
    """The sides named below the title, with the index of the first of their lines and of the line after the last."""
    sides: list[Side] = []
    begin = end = _begin(lines)
    for at, line in enumerate(lines[begin : begin + FARTHEST], start=begin):
        if line.text and not _take(_unmarked(line), sides):
            break
        end = at + 1 if line.text else end
    named = tuple(side for side in sides if side.name)
    return (named, begin, end) if len(named) > 1 else ((), 0, 0)


def _begin(lines: Sequence[Line]) -> int:
    """Where the sides begin: at the first letter, or below "chúng tôi gồm:"; the lines' number where they do not."""
    for at, line in enumerate(lines[:FARTHEST]):
        found = marker(line.text)
        if found and found.lastgroup in _ARTICLES:
            break
        if _GATHERED.search(line.text[-200:]):
            return at + 1
        if _LABEL.match(_unmarked(line).text):
            return at
    return len(lines)


def _unmarked(line: Line) -> Passage:
    found = marker(line.text)
    return line.part(found.end() if found else 0, len(line.text))


def _take(words: Passage, sides: list[Side]) -> bool:
    """Adds what the line says of the sides; False where it says nothing of them."""
    if label := _LABEL.match(words.text):
        sides.append(Side(label["label"].upper(), headed=True))
        rest = words.part(label.end(), len(words.text))
        return not rest.text or _take_person(rest, sides) or _take_name(rest, sides)
    if sides and _DETAIL.match(words.text):
        return True
    if acts := _ACTS_FOR.match(words.text):
        rest = words.part(acts.end(), len(words.text))
        if label := _LABEL.match(rest.text):
            rest = rest.part(label.end(), len(rest.text))
            if not any(side.label == label["label"].upper() for side in sides):
                sides.append(Side(label["label"].upper(), headed=True))
        return _take_person(rest, sides) or _take_body_and_person(rest, sides)
    return _take_person(words, sides) or _take_function(words, sides) or _take_name(words, sides)


def _take_person(words: Passage, sides: list[Side]) -> bool:
    """ "Ông Lê Văn A - Hiệu trưởng, đại diện Ban Giám hiệu" acts for the body named, else for the side above."""
    person = _PERSON.match(words.text)
    if not person:
        return False
    after = words.part(person.end("name"), len(words.text))
    function = _FUNCTION.match(after.text)
    behalf = _ON_BEHALF.match(after.text, function.end("function") if function else 0)
    title = after.part(*function.span("function")) if function else None
    signer = words.part(*person.span("name"))
    name = after.part(behalf.start("body"), len(after.text[: behalf.end("body")].rstrip(" ,.;"))) if behalf else None
    if sides and sides[-1].headed and sides[-1].signer and not name:
        return True  # who else comes for the same side
    if sides and not sides[-1].signer and not (name and sides[-1].name):
        sides[-1] = replace(sides[-1], name=sides[-1].name or name, signer=signer, title=title)
    else:
        sides.append(Side(name=name or title, signer=signer, title=title))
    return True


def _take_body_and_person(words: Passage, sides: list[Side]) -> bool:
    """ "Ban Giám hiệu: Ông Lê Văn A - Hiệu trưởng", or the body alone with who acts for it on the next line."""
    body, colon, _ = words.text.partition(":")
    if not (BODY.match(body) or is_capitals(body)):
        return False
    label = _IN_BRACKETS.search(body)
    name = words.part(0, label.start() if label else len(body))
    sides.append(Side(label["label"].upper() if label else "", name, headed=True))
    rest = words.part(len(body) + len(colon), len(words.text))
    return not rest.text or _take_person(rest, sides)


def _take_function(words: Passage, sides: list[Side]) -> bool:
    found = re.match(r"chức (?:vụ|danh)\s*:\s*", words.text, re.IGNORECASE)
    if not found or not sides:
        return False
    sides[-1] = replace(sides[-1], title=words.part(found.end(), len(words.text.rstrip(" .;,"))))
    return True


def _take_name(words: Passage, sides: list[Side]) -> bool:
    """The side's name behind its letter or on the line below; a body alone in the list is a side of its own."""
    ended = _ENDED.search(words.text)
    name = words.part(0, ended.start() if ended else len(words.text))
    name = name.part(0, len(name.text.rstrip(" .,:")))
    if sides and not sides[-1].name and (BODY.match(name.text) or is_capitals(name.text)):
        sides[-1] = replace(sides[-1], name=name)
        return True
    if BODY.fullmatch(name.text) and not (sides and sides[-1].label):
        sides.append(Side(name=name))
        return True
    return False
