"""The head of a document: kind, number, place and date, title.

By Decree 30/2020/NĐ-CP, appendix I, the number ("Số: 12/KH-…") stands at the left, place and date at the
right, below them the kind's name in capitals and the title ("trích yếu").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from contracts.plans import DocumentKind, Lines, Origin
from services.planner.reading.decoding import UnreadableDocument
from services.planner.reading.lines import Line, is_capitals, marker
from services.planner.reading.numerals import NUMERALS, numeral
from services.planner.reading.passages import UPPER, Passage, joined

FIRST_LINES = 30
"""Source lines within which an official letter names its subject."""
LAST_TITLE = 400
"""Source lines within which the kind is named; a decision stands before the regulation that it brings along."""
MAX_COLUMNS = 8
"""More than any letterhead has."""
LONGEST_TITLE = 20
"""Source lines from the kind's name to the end of the title, blank ones included."""

_KINDS = (
    (DocumentKind.JOINT_PLAN, "KẾ HOẠCH LIÊN (?:TỊCH|NGÀNH)"),
    (DocumentKind.PROGRAMME, "CHƯƠNG TRÌNH"),
    (DocumentKind.PLAN, "KẾ HOẠCH"),
    (DocumentKind.REGULATION, "QUY CHẾ|QUI CHẾ|QUY ĐỊNH"),
    (DocumentKind.RESOLUTION, "NGHỊ QUYẾT"),
    (DocumentKind.CONCLUSION, "KẾT LUẬN|THÔNG BÁO KẾT LUẬN"),
    (DocumentKind.INSTRUCTION, "CHỈ THỊ"),
    (DocumentKind.GUIDANCE, "HƯỚNG DẪN"),
    (
        DocumentKind.OTHER,
        "QUYẾT ĐỊNH|THÔNG BÁO|THỎA THUẬN|THOẢ THUẬN|KÝ KẾT|CAM KẾT|GHI NHỚ|BIÊN BẢN|GIAO ƯỚC|QUY ƯỚC|ĐỀ ÁN|PHƯƠNG ÁN"
        "|CÔNG VĂN",
    ),
)
_KIND_NAMES = tuple((kind, re.compile(rf"(?:(?:BẢN|DỰ THẢO)\s+)?(?:{names})\b")) for kind, names in _KINDS)
_SUBJECT = re.compile(r"(?:V/v|Về việc)\b", re.IGNORECASE)
"""What stands for the kind's name and the title in an official letter (công văn)."""
_OPENING = re.compile(
    r"(?:[-–+•]\s*)?(?:căn cứ|thực hiệ?ê?n|xét|theo đề nghị|để |nhằm |sau khi|triển khai|thi hành|được sự|ngày \d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^số(?: ký hiệu| hiệu)?\s*[:;.]?\s*"
    r"(?P<number>[\d\s.…_]*(?:[/-]|(?<=\d)\s(?=[A-ZĐ]{2,}[\w-]*/))\s*[^\s,;]+(?:\s*[-–&/]\s*[A-ZĐ][^\s,;]*)*|\d+$)",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"[A-ZĐ&]+(?:[-–/][A-ZĐ&]+)*")
_DECISION = re.compile(r"số\s*[:;.]?\s*(?P<number>[\d.…_]*\s*/\s*[^\s,;)]+)", re.IGNORECASE)
_WORDS = rf"\s*(?:{NUMERALS})\s*"
_DATED = (
    rf"(?P<dated>ngày(?P<day>[\s.…_]*\d{{0,2}}[\s.…_]*|{_WORDS})(?:tháng|[/.-])"
    rf"(?P<month>[\s.…_]*\d{{0,2}}[\s.…_]*|{_WORDS})(?:năm|[/.-])\s*(?P<year>\d{{4}})?)"
)
_PLACE = re.compile(rf"(?P<place>[^\W\d_][^,;:/]{{0,60}}),\s*{_DATED}", re.IGNORECASE)
_NAMED_PLACE = re.compile(
    rf"(?<![\w/.-])(?P<place>(?:TP\.?\s*|(?:[Tt]hành phố|[Tt]hị xã|[Tt]hị trấn|[Hh]uyện|[Xx]ã|[Pp]hường)\s)?"
    rf"{UPPER}[\w'’]*(?:\s*[-–]?\s*{UPPER}[\w'’]*|\s\d{{1,2}}){{0,6}}),?\s*(?i:{_DATED})"
)
"""A place whose words are known by their capitals, where a number stands before it, or no comma behind it."""
_PLACE_AND_DAY = re.compile(
    r"(?P<place>[^\W\d_][^,;:\d]{0,60}),\s*(?P<dated>(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}))"
)
_OF_ISSUER = re.compile(rf"\bcủa\s+(?P<issuer>{UPPER}[^;()]{{2,150}})")
_HAS_DATE = re.compile(r"ngày|,\s*\d", re.IGNORECASE)
_NATIONAL = re.compile(r"\s*(?:CỘNG H[ÒO][AÀ]|ĐẢNG CỘNG SẢN|Độc [Ll]ập\s*[-–])")
"""The national heading (quốc hiệu, tiêu ngữ), or the Party's, beside the issuing bodies."""
DAY = re.compile(
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
    kind = _kind(titled[0].text.upper()) or DocumentKind.OTHER
    if kind is DocumentKind.OTHER and re.match(r"THÔNG BÁO\s+kết luận", title.text, re.IGNORECASE):
        kind = DocumentKind.CONCLUSION
    header = _with_facts(lines[:size], kind, title)
    named = titled[0].origin("kind"), *(line.origin("title") for line in titled)
    return replace(header, origins=(*named, *header.origins))


def _titled(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of the title: not what stands in brackets, over one line or several, no number and no date."""
    inside = False
    for line in lines:
        inside = inside or line.text.startswith("(")
        apart = _PLACE.match(line.text) or _NUMBER.match(line.text) or _NATIONAL.match(line.text)
        if line.text and not inside and not apart:
            yield line
        inside = inside and ")" not in line.text


def _with_facts(lines: Sequence[Line], kind: DocumentKind, title: Passage) -> Header:
    number = _whole_number(lines)
    day, dated, place = _issue(lines)
    written = re.sub(r"^[.…_]+|(?<=\d)[.…_]+(?=[/-])|\s+", "", number.text) if number else ""
    blank = number is not None and not written[0].isdigit()
    if blank:
        written = ""
    if kind is DocumentKind.PLAN and ("KHL" in written or "liên tịch" in title.lowered):
        kind = DocumentKind.JOINT_PLAN
    told = (("number", number if written else None), ("date", dated if day else None), ("place", place))
    return Header(
        size=len(lines),
        kind=kind,
        title=title,
        number=written or None,
        number_blank=number.lines if number and blank else None,
        issued=day,
        issued_words=dated,
        place=place.text if place else None,
        letterhead=tuple(_letterhead(lines, title.text)) or tuple(_issuers(lines)),
        origins=tuple(words.origin(field) for field, words in told if words),
    )


def _issued_with(line: Line) -> bool:
    """ "(Ban hành kèm theo Quyết định số 12/QĐ-… ngày …)" numbers and dates what it is issued with."""
    return line.text.startswith("(") and "kèm theo" in line.lowered


def _whole_number(lines: Sequence[Line]) -> Passage | None:
    """The document's number, with what a narrow column made stand below it."""
    for at, line in enumerate(lines):
        if found := _number(line):
            below = next((later.cells[0] for later in lines[at + 1 : at + 3] if later.cells), None)
            wrapped = found.text[-1] in "-–/&" and below and _SYMBOL.fullmatch(below.text)
            return joined([found, below], "") if below and wrapped else found
    return None


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
        if found := _place_and_date(line):
            place = line.part(*found.span("place"))
            if known := date_of(found):
                day, dated = known, line.part(*found.span("dated"))
        if _issued_with(line) and (issued_on := DAY.search(line.text)):
            day, dated = date_of(issued_on), line.part(*issued_on.span())
    return day, dated, place


def _place_and_date(line: Line) -> re.Match[str] | None:
    """Place and date: in the last column that begins with them, for in "ngày      tháng 9" is a gap and no column."""
    if not _HAS_DATE.search(line.text):
        return None
    begins = list(accumulate((len(cell.text) + 1 for cell in line.cells), initial=0))[:-1]
    for begin in reversed(begins):
        if found := _PLACE.match(line.text, begin) or _PLACE_AND_DAY.fullmatch(line.text, begin):
            return found
    number = _NUMBER.match(line.text)  # "Số: 12/KH-PGDĐT Đắk Song, ngày …"
    found = _NAMED_PLACE.search(line.text, number.end("number") if number else 0)
    alone = found and found.start() in begins and found.end() == len(line.text) and not is_capitals(found["place"])
    return found if found and ("," in found[0] or alone) else None


def is_place_and_date(line: Line) -> bool:
    """Whether the line says where and when the document was issued, and nothing else."""
    found = _place_and_date(line)
    return found is not None and found.start() == 0


def issued_below(header: Header, foot: Sequence[Line], opening: Sequence[Passage]) -> Header:
    """The header with the day of issue from elsewhere, where nothing above the title tells place or day.

    A regulation of a small unit has both above its signatures; an agreement begins with "Hôm nay, ngày …".
    """
    if header.place or header.issued:
        return header
    day, dated, place = _issue(foot)
    if not day:
        today = (each for each in opening if each.lowered.startswith("hôm nay"))
        dated, day = next(
            ((each.part(*on.span()), date_of(on)) for each in today if (on := DAY.search(each.text))), (None, None)
        )
    told = (("date", dated if day else None), ("place", place))
    origins = (*header.origins, *(words.origin(field) for field, words in told if words))
    return replace(header, issued=day, issued_words=dated, place=place.text if place else None, origins=origins)


def _issuers(lines: Sequence[Line]) -> Iterator[Passage]:
    """Who issued what the document comes with: "(Ban hành kèm theo Công văn số … của Công đoàn …)"."""
    for line in lines:
        if _issued_with(line) and (issuer := _OF_ISSUER.search(line.text)):
            yield line.part(*issuer.span("issuer"))


def _letterhead(lines: Sequence[Line], title: str) -> Iterator[Passage]:
    """The issuing bodies: what stands in capitals, column by column, without the national heading."""
    rows = [list(_bodies_in(line, title)) for line in lines if len(line.cells) <= MAX_COLUMNS]
    anchors = [start for start, _ in max(rows, key=len, default=[])]
    columns: list[list[Passage]] = [[] for _ in anchors]
    for start, body in (each for row in rows for each in row):
        columns[min(range(len(anchors)), key=lambda at: abs(anchors[at] - start))].append(body)
    return (body for column in columns for body in column)


def _bodies_in(line: Line, title: str) -> Iterator[tuple[int, Passage]]:
    """The bodies that a line of the letterhead names, with the columns in which they begin."""
    for start, cell in zip(line.starts, line.cells, strict=True):
        national = _NATIONAL.search(cell.text)
        body = cell.part(0, national.start() if national else len(cell.text))
        named = is_capitals(body.text) and body.text not in title
        if named and not re.match(r"VIỆT NAM$|SỐ\b", body.text, re.IGNORECASE):
            yield start, body


def _title_at(lines: Sequence[Line]) -> int | None:
    """The line that names the kind: the first one, or that of the regulation which a decision brings along.

    An official letter has its subject instead; and what nobody set in capitals may still name its kind.
    """
    first, subject = None, None
    for index, line in enumerate(lines[:LAST_TITLE]):
        if first is None and subject is not None and index > subject + LONGEST_TITLE:
            break
        if line.text and _kind(line.text):
            first = index if first is None else first
            follows = next((later.text for later in lines[index + 1 : index + 9] if later.text.startswith("(")), "")
            if re.match(r"\(.*kèm theo", follows, re.IGNORECASE):
                return index
        elif first is None and subject is None and index < FIRST_LINES and _SUBJECT.match(line.text):
            subject = index
    if first is None and subject is None:
        small = (index for index, line in enumerate(lines[:FIRST_LINES]) if _is_small_kind(line.text))
        return next(small, None)
    return subject if first is None else first


def _kind(text: str) -> DocumentKind | None:
    """The kind that a title line names, standing in capitals at its beginning."""
    if not text[:2].isupper():
        return None
    for kind, names in _KIND_NAMES:
        if names.match(text) and (is_capitals(text) or len(text) <= 60):
            return kind
    return None


def _is_small_kind(text: str) -> bool:
    """Whether the line is a title in small letters: "Quy chế", "Kế hoạch phối hợp giữa …"."""
    return text[:1].isupper() and text[-1] not in ".;:," and len(text) <= 150 and bool(_kind(text.upper()))


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
