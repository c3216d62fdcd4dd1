"""The head of a document: kind, number, place and date, title.

By Decree 30/2020/NĐ-CP, appendix I, the number ("Số: 12/KH-…") stands at the left, place and date at the
right, below them the kind's name in capitals and the title ("trích yếu").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contracts.plans import DocumentKind, Lines, Origin
from services.planner.reading.decoding import UnreadableDocument
from services.planner.reading.lines import Line, is_capitals, marker
from services.planner.reading.numerals import NUMERALS, numeral
from services.planner.reading.passages import Passage, joined

FIRST_LINES = 30
"""Source lines within which an official letter names its subject."""
LONGEST_TITLE = 20
"""Source lines from the kind's name to the end of the title, blank ones included."""

_KINDS = (
    (DocumentKind.JOINT_PLAN, "KẾ HOẠCH LIÊN TỊCH"),
    (DocumentKind.PROGRAMME, "CHƯƠNG TRÌNH"),
    (DocumentKind.PLAN, "KẾ HOẠCH"),
    (DocumentKind.REGULATION, "QUY CHẾ|QUI CHẾ|QUY ĐỊNH"),
    (DocumentKind.RESOLUTION, "NGHỊ QUYẾT"),
    (DocumentKind.CONCLUSION, "KẾT LUẬN|THÔNG BÁO KẾT LUẬN"),
    (DocumentKind.INSTRUCTION, "CHỈ THỊ"),
    (DocumentKind.GUIDANCE, "HƯỚNG DẪN"),
    (DocumentKind.OTHER, "QUYẾT ĐỊNH|THÔNG BÁO|THỎA THUẬN|THOẢ THUẬN|BIÊN BẢN|GIAO ƯỚC|ĐỀ ÁN|PHƯƠNG ÁN|CÔNG VĂN"),
)
_SUBJECT = re.compile(r"(?:V/v|Về việc)\b", re.IGNORECASE)
"""What stands for the kind's name and the title in an official letter (công văn)."""
_OPENING = re.compile(
    r"(?:[-–+•]\s*)?(?:căn cứ|thực hiệ?ê?n|xét|theo đề nghị|để |nhằm |sau khi|triển khai|thi hành|được sự|ngày \d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^số\s*[:;.]?\s*(?P<number>[\d\s]*[/-]\s*[^\s,;]+(?:\s*[-–&/]\s*[A-ZĐ][^\s,;]*)*)", re.IGNORECASE)
_DECISION = re.compile(r"số\s*[:;.]?\s*(?P<number>[\d.…_]*\s*/\s*[^\s,;)]+)", re.IGNORECASE)
_WORDS = rf"\s*(?:{NUMERALS})\s*"
_PLACE = re.compile(
    rf"(?P<place>[^\W\d_][^,;:]{{0,60}}),\s*(?P<dated>ngày(?P<day>[\s.…_]*\d{{0,2}}[\s.…_]*|{_WORDS})(?:tháng|/)"
    rf"(?P<month>[\s.…_]*\d{{0,2}}[\s.…_]*|{_WORDS})(?:năm|/)\s*(?P<year>\d{{4}})?)",
    re.IGNORECASE,
)
_PLACE_AND_DAY = re.compile(
    r"(?P<place>[^\W\d_][^,;:\d]{0,60}),\s*(?P<dated>(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}))"
)
DAY = re.compile(
    r"ngày\s*(?P<day>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<month>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<year>\d{4})", re.I
)


@dataclass(frozen=True)
class Header:
    """What stands above the body; `size` is the number of source lines that it takes."""

    size: int
    kind: DocumentKind
    title: Passage
    number: str | None = None
    number_blank: Lines | None = None
    """The lines of a number that is left blank."""
    issued: date | None = None
    issued_words: Passage | None = None
    place: str | None = None
    letterhead: tuple[Passage, ...] = ()
    """The issuing bodies in capitals above the title."""
    origins: tuple[Origin, ...] = ()


def read_header(lines: Sequence[Line]) -> Header:
    """The header of the document's source lines. Raises UnreadableDocument (`no-plan`) where no line names its kind."""
    at = _title_at(lines)
    if at is None:
        raise UnreadableDocument("no-plan", "no line names the kind of document (kế hoạch, chương trình, quy chế, …)")
    size = at + 1
    while size < len(lines) and not lines[size].text:
        size += 1
    if size < len(lines) and _goes_with_kind(lines[size].text):
        size += 1
    while size < min(len(lines), at + LONGEST_TITLE) and not _is_body(lines[size]):
        size += 1
    titled = list(_titled(lines[at:size]))
    title = joined(titled, " ")
    kind = _kind(titled[0].text) or DocumentKind.OTHER
    if kind is DocumentKind.OTHER and re.match(r"THÔNG BÁO\s+kết luận", title.text, re.IGNORECASE):
        kind = DocumentKind.CONCLUSION
    header = _with_facts(lines[:size], kind, title)
    named = titled[0].origin("kind"), *(line.origin("title") for line in titled)
    return replace(header, origins=(*named, *header.origins))


def _titled(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of the title: without what stands in brackets, over one line or several, and without the date."""
    inside = False
    for line in lines:
        inside = inside or line.text.startswith("(")
        if line.text and not inside and not _PLACE.match(line.text):
            yield line
        inside = inside and ")" not in line.text


def _with_facts(lines: Sequence[Line], kind: DocumentKind, title: Passage) -> Header:
    number = next((found for line in lines if (found := _number(line))), None)
    blank = number is not None and not number.text[0].isdigit()
    day, dated, place = _issue(lines)
    written = re.sub(r"\s+", "", number.text) if number and not blank else None
    if kind is DocumentKind.PLAN and ("KHLT" in (written or "") or "liên tịch" in title.lowered):
        kind = DocumentKind.JOINT_PLAN
    told = (("number", number if written else None), ("date", dated if day else None), ("place", place))
    return Header(
        size=len(lines),
        kind=kind,
        title=title,
        number=written,
        number_blank=number.lines if number and blank else None,
        issued=day,
        issued_words=dated,
        place=place.text if place else None,
        letterhead=tuple(cell for line in lines for cell in line.cells if _is_letterhead(cell.text, title.text)),
        origins=tuple(words.origin(field) for field, words in told if words),
    )


def _issued_with(line: Line) -> bool:
    """ "(Ban hành kèm theo Quyết định số 12/QĐ-… ngày …)" numbers and dates what it is issued with."""
    return line.text.startswith("(") and "kèm theo" in line.lowered


def _number(line: Line) -> Passage | None:
    """The number that the line gives: whole first, for the gap of "Số:      /KH-…" is no column."""
    if _issued_with(line):
        found = _DECISION.search(line.text)
        return line.part(*found.span("number")) if found else None
    cells = ((cell, _NUMBER.match(cell.text)) for cell in (line, *line.cells))
    return next((cell.part(*found.span("number")) for cell, found in cells if found), None)


def _issue(lines: Sequence[Line]) -> tuple[date | None, Passage | None, Passage | None]:
    """The day of issue, its words, and the place."""
    day, dated, place = None, None, None
    for line in lines:
        whole = () if any(_PLACE.search(cell.text) for cell in line.cells) else (line,)  # "ngày      tháng 9"
        for cell in (*line.cells, *whole):
            if found := _PLACE.search(cell.text):
                place = cell.part(*found.span("place"))
                if known := date_of(found):
                    day, dated = known, cell.part(*found.span("dated"))
            elif found := _PLACE_AND_DAY.fullmatch(cell.text):
                day, dated, place = date_of(found), cell.part(*found.span("dated")), cell.part(*found.span("place"))
        if _issued_with(line) and (issued_on := DAY.search(line.text)):
            day, dated = date_of(issued_on), line.part(*issued_on.span())
    return day, dated, place


def _is_letterhead(cell: str, title: str) -> bool:
    return (
        is_capitals(cell)
        and cell not in title
        and not re.match(r"CỘNG H[ÒO]|ĐẢNG CỘNG SẢN|VIỆT NAM$|SỐ\b", cell, re.IGNORECASE)
    )


def _title_at(lines: Sequence[Line]) -> int | None:
    """The line that names the kind: the first one, or that of the regulation which a decision brings along."""
    first = None
    subject = next((index for index, line in enumerate(lines[:FIRST_LINES]) if _SUBJECT.match(line.text)), None)
    for index, line in enumerate(lines[: None if subject is None else subject + LONGEST_TITLE]):
        if not line.text:
            continue
        if _kind(line.text):
            first = index if first is None else first
            follows = next((later.text for later in lines[index + 1 :][:8] if later.text.startswith("(")), "")
            if re.match(r"\(.*kèm theo", follows, re.IGNORECASE):
                return index
        if index > 400:
            break
    return subject if first is None else first


def _kind(text: str) -> DocumentKind | None:
    """The kind that a title line names, standing in capitals at its beginning."""
    if not (text[:2].isupper() or text.startswith("V/v")):
        return None
    for kind, names in _KINDS:
        if re.match(rf"(?:{names})\b", text) and (is_capitals(text) or len(text) <= 60):
            return kind
    return None


def _is_body(line: Line) -> bool:
    text = line.text
    if not text or text.startswith("(") or is_capitals(text):
        return bool(text) and bool(marker(text)) and not text.startswith("(")
    return bool(
        _OPENING.match(text)
        or re.match(r"kính gửi", text, re.IGNORECASE)
        or marker(text)
        or text.endswith((":", "."))
        or len(text) > 250
    )


def _goes_with_kind(text: str) -> bool:
    """Whether the line under the kind is the title, though a basis may begin alike ("Thực hiện …")."""
    return (
        not re.match(r"căn cứ|kính gửi|\(", text, re.IGNORECASE)
        and not marker(text)
        and text[-1] not in ".;:"
        and len(text) <= 250
    )


def date_of(found: re.Match[str]) -> date | None:
    """The date that the match spells; None where a part is left blank or there is no such day."""
    parts = [found[name] or "" for name in ("year", "month", "day")]
    try:
        return date(*(numeral(part) or int(re.sub(r"\D", "", part)) for part in parts))
    except (ValueError, TypeError):
        return None
