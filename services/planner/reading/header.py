"""The head of a document: kind, number, place and date, title, period, legal bases, parent plan.

By Decree 30/2020/NĐ-CP, appendix I, the number ("Số: 12/KH-…") stands at the left, place and date at the
right, below them the kind's name in capitals and the title ("trích yếu").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contracts.plans import DocumentKind, LegalBasis, ParentPlan, Period
from services.planner.calendar import SchoolYear
from services.planner.reading.decoding import UnreadableDocument
from services.planner.reading.lines import Line, is_capitals, marker
from services.planner.reading.structure import Placed, bare

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
    (DocumentKind.OTHER, "QUYẾT ĐỊNH|THÔNG BÁO|THỎA THUẬN|THOẢ THUẬN|BIÊN BẢN|GIAO ƯỚC|ĐỀ ÁN|PHƯƠNG ÁN|CÔNG VĂN|V/v"),
)
_OPENING = re.compile(
    r"(?:[-–+•]\s*)?(?:căn cứ|thực hiệ?ê?n|xét|theo đề nghị|để |nhằm |sau khi|triển khai|thi hành|được sự|ngày \d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^số\s*[:;.]?\s*(?P<number>[\d\s]*[/-]\s*[^\s,;]+(?:\s*[-–&/]\s*[A-ZĐ][^\s,;]*)*)", re.IGNORECASE)
_DECISION = re.compile(r"số\s*[:;.]?\s*(?P<number>\d*\s*/\s*[^\s,;)]+)", re.IGNORECASE)
_PLACE = re.compile(
    r"(?P<place>[^\W\d_][^,;:]{0,60}),\s*ngày(?P<day>[\s.…_]*\d{0,2}[\s.…_]*)(?:tháng"
    r"|/)(?P<month>[\s.…_]*\d{0,2}[\s.…_]*)"
    r"(?:năm|/)\s*(?P<year>\d{4})?",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"ngày\s*(?P<day>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<month>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<year>\d{4})", re.I
)
_YEARS = re.compile(r"\b(?P<first>20\d\d)\s*[-–—]\s*(?P<last>20\d\d)\b")
_BASIS_WORD = re.compile(
    r"(?:căn cứ|thực hiệ?ê?n|theo|thi hành|triển khai)\s+(?=\S)|(?=(?:luật|bộ luật|điều lệ|nghị quyết|nghị định"
    r"|quyết định"
    r"|chỉ thị|thông tư|kế hoạch|chương trình|công văn|hướng dẫn|quy chế|quy định|kết luận|các )\b)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\d+(?:\s*/\s*\d{4})?\s*[/-]\s*[A-ZĐ][\wĐ&]*(?:\s*[-–/]\s*[A-ZĐ&][\wĐ&]*)*")
_ISSUER = re.compile(
    r"\bcủa\s+(?P<issuer>[A-ZĐÀ-Ỹ][^,;.()]{2,120}?)(?=\s+(?:về|ban hành|quy định|hướng dẫn|năm học)\b|[,;.(]|$)"
)
_PARENT = re.compile(r"(?:kế hoạch|chương trình|quy chế)\b(?=.*(?:phối hợp|liên t[iị]ch|KHLT))", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """What stands above the body; `size` is the number of source lines that it takes."""

    size: int
    kind: DocumentKind
    title: str
    number: str | None = None
    number_lines: tuple[int, int] | None = None
    number_blank: bool = False
    issued: date | None = None
    place: str | None = None
    letterhead: str = ""
    """The issuing bodies in capitals above the title, parted by semicolons."""


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
    titled = [
        line for line in lines[at:size] if line.text and not line.text.startswith("(") and not _PLACE.match(line.text)
    ]
    title = " ".join(line.text for line in titled)
    kind = _kind(titled[0].text) or DocumentKind.OTHER
    if kind is DocumentKind.OTHER and re.match(r"THÔNG BÁO\s+kết luận", title, re.IGNORECASE):
        kind = DocumentKind.CONCLUSION
    return _with_facts(lines[:size], kind, title)


def _with_facts(lines: Sequence[Line], kind: DocumentKind, title: str) -> Header:
    number, number_lines, blank, day, place = None, None, False, None, None
    for line in lines:
        # "(Ban hành kèm theo Quyết định số 12/QĐ-… ngày …)" numbers and dates what it is issued with.
        issued_with = line.text.startswith("(") and "kèm theo" in line.text
        # The line whole first: the gap of "Số:      /KH-…" is no column.
        for cell in (line.text,) if issued_with else (line.text, *line.cells):
            if (found := (_DECISION.search if issued_with else _NUMBER.match)(cell)) and not number_lines:
                number_lines, written = line.lines, re.sub(r"\s+", "", found["number"])
                number, blank = (written, False) if written[0].isdigit() else (None, True)
        for cell in line.cells:
            if found := _PLACE.search(cell):
                place, day = found["place"].strip(), _date(found) or day
        if issued_with and (issued_on := _DAY.search(line.text)):
            day = _date(issued_on)
    letterhead = "; ".join(cell for line in lines for cell in line.cells if _is_letterhead(cell, title))
    if kind is DocumentKind.PLAN and (
        re.search(r"KHLT", number or "") or re.search(r"liên tịch", title, re.IGNORECASE)
    ):
        kind = DocumentKind.JOINT_PLAN
    return Header(len(lines), kind, title, number, number_lines, blank, day, place, letterhead)


def _is_letterhead(cell: str, title: str) -> bool:
    return (
        is_capitals(cell) and cell not in title and not re.match(r"CỘNG H[ÒO]|ĐẢNG CỘNG SẢN|SỐ\b", cell, re.IGNORECASE)
    )


def _title_at(lines: Sequence[Line]) -> int | None:
    """The line that names the kind: the first one, or that of the regulation which a decision brings along."""
    first = None
    for index, line in enumerate(lines):
        if not line.text:
            continue
        if _kind(line.text):
            first = index if first is None else first
            follows = next((later.text for later in lines[index + 1 :][:8] if later.text.startswith("(")), "")
            if re.match(r"\(.*kèm theo", follows, re.IGNORECASE):
                return index
        if index > 400:
            break
    return first


def _kind(text: str) -> DocumentKind | None:
    """The kind that a title line names, standing in capitals at its beginning."""
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


def _date(found: re.Match[str]) -> date | None:
    """The date that the match spells; None where a part is left blank or there is no such day."""
    parts = [re.sub(r"\D", "", found[name] or "") for name in ("year", "month", "day")]
    try:
        return date(*map(int, parts))
    except (ValueError, TypeError):
        return None


def read_period(title: str, opening: Sequence[Placed], body: str, issued: date | None) -> Period:
    """The plan's period: from the title, else the opening, else the body's commonest school year, else the date's."""
    spoken = " ".join(item.node.text for item in opening[-1:])
    for text in (title, spoken):
        if period := _period(text):
            return period
    years = re.findall(r"năm học\s*(20\d\d)\s*[-–—]\s*(20\d\d)", body, re.IGNORECASE)
    if years:
        first = int(max(set(years), key=years.count)[0])
        return _school_year(first, certain=False)
    if issued:
        return _school_year(issued.year if issued.month >= 8 else issued.year - 1, certain=False)
    return Period()


def _period(text: str) -> Period | None:
    for found in _YEARS.finditer(text):
        first, last = int(found["first"]), int(found["last"])
        school_year = bool(re.search(r"năm học\s*:?\s*$", text[: found.start()], re.IGNORECASE))
        if last == first + 1:
            return _school_year(first, certain=school_year)
        if first < last:
            return Period(start=date(first, 1, 1), end=date(last, 12, 31), certain=not school_year)
    if named := re.search(r"(?<!\d )\bnăm\s*(20\d\d)\b", text, re.IGNORECASE):
        year = int(named[1])
        return Period(calendar_year=year, start=date(year, 1, 1), end=date(year, 12, 31), certain=True)
    return None


def _school_year(first: int, *, certain: bool) -> Period:
    year = SchoolYear(first)
    return Period(school_year=year.name, start=year.start, end=year.end, certain=certain)


def read_bases(opening: Sequence[Placed]) -> tuple[LegalBasis, ...]:
    """The documents that the opening rests on, one a clause; the parties' own sentence is none."""
    bases: list[str] = []
    for item in opening:
        text = bare(item.node.text)
        if not _BASIS_WORD.match(text):
            continue
        for clause in re.split(r";\s*", text):
            if bases and not _BASIS_WORD.match(clause) and clause[:1] and not clause[0].isupper():
                bases[-1] = f"{bases[-1]}; {clause}"  # "số; 13 /QC-…; ngày 22": a slip, no new clause
            elif clause.strip():
                bases.append(clause)
    return tuple(_basis(text) for base in bases if (text := _without_agreement(base)))


def _without_agreement(text: str) -> str:
    """The clause without ", … thống nhất xây dựng … như sau:"."""
    agreed = text.find("thống nhất")
    if agreed < 0 or not re.search(r"(?:như sau|sau đây)\s*:?$", text):
        return text.strip(" .")
    at = text.rfind(", ", 0, agreed)
    return text[:at].strip(" .") if at > 0 else ""


def _basis(text: str) -> LegalBasis:
    number, day, issuer = _REFERENCE.search(text), _DAY.search(text), _ISSUER.search(text)
    return LegalBasis(
        number=re.sub(r"\s+", "", number[0]) if number else None,
        date=_date(day) if day else None,
        issuer=issuer["issuer"].strip() if issuer else None,
        text=text,
    )


def read_parent(bases: Sequence[LegalBasis]) -> ParentPlan | None:
    """The plan above: the last basis that is a numbered joint or co-operation plan."""
    for basis in reversed(bases):
        if basis.number and _PARENT.search(basis.text):
            return ParentPlan(number=basis.number, date=basis.date, issuer=basis.issuer)
    return None
