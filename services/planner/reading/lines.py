"""Layout away, words kept: source lines, and the logical lines (paragraphs) that they make.

A paragraph may be broken by a page or wrapped at a margin. Its pieces are joined again where the sentence
goes on; each logical line keeps the source lines that it came from.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.planner.reading.decoding import UnreadableDocument
from services.planner.reading.passages import UPPER, Passage, joined

MAX_PARAGRAPH = 20_000
"""Characters; as many as `contracts.base.Text` takes."""

MAX_LINES = 20_000
"""Some 400 pages."""

MAX_EXCERPT = 500
"""Characters; as many as `contracts.base.Name` takes."""

FULL_LINE = 40
"""Characters; a line that ends in mid-sentence is not shorter, a heading often is."""

FULL_BASIS = 60
"""Characters; a wrapped line of a legal basis is not shorter."""

WIDEST_MARGIN = 160
"""Characters; a text with a longer line was not wrapped at a margin, each of its lines is a paragraph."""

BULLET = re.compile(r"(?P<bullet>[-–—−‐‑•●·▪■◦○➢►✓→⇒❖◆+\uf02d\uf0a7\uf0b7\uf0d8\uf0fc]|o(?=\s+[^\W\d_]))\s*(?=\S)")
NUMBER = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|\d/\d{1,2}(?=\.\s))(?:\s*[.)/:]\s*(?=[^\W\d_]|[\"“‘'(])|\s*[.)]\s+(?=\d+\s*%|\d{1,4}\s[^\W\d_])|(?<=\.\d)\s+(?=[^\W\d_])"
    rf"|\s*[-–]\s*(?={UPPER}))"
    r"|\((?P<enclosed>\d{1,2}|[a-zđ])\)\s*(?=\S)"
)
LETTER = re.compile(r"(?P<letter>[a-zđ])\s*[.)/]\s*(?=\S)")
ROMAN = re.compile(r"(?P<roman>[IVX]{1,6})\s*[.)/:–-]\s*(?=\S)")
POINT = re.compile(r"(?P<point>i{1,3}|iv|vi{0,3}|ix|x)\s*[.)]\s*(?=\S)")
"""A point of a point: the first, `i)`, may also be a letter's (`h)`, `i)`)."""
CAPITAL = re.compile(r"(?!(?:T/M|K/T|T/L|T/U|T/UQ)\b)(?P<capital>[A-HK-ZĐ])\s*[.)/]\s*(?=\S)")
PART = re.compile(r"(?i:phần)\s+(?P<part>(?i:thứ\s+\w+)|[IVX]+|\d+|[A-HĐ])\s*(?:[.:–-]\s*|$)")
TASK = re.compile(r"(?i:nhiệm vụ|nội dung|hoạt động|vấn đề)\s+(?P<task>\d{1,2})\s*[.:]\s*(?=\S)")
CHAPTER = re.compile(r"(?i:chương)\s+(?P<chapter>[IVX]+|\d+)\s*(?:[.:–-]\s*|$)")
SECTION = re.compile(r"(?i:mục)\s+(?P<section>[IVX]+|\d+)\s*(?:[.:–-]\s*|$)")
ARTICLE = re.compile(r"(?i:điều)\s+(?P<article>\d{1,3}|[IVX]+)\s*(?:[.:–-]\s*|$)")
_MARKER = re.compile(
    "|".join(
        each.pattern for each in (PART, CHAPTER, SECTION, ARTICLE, TASK, ROMAN, CAPITAL, NUMBER, POINT, LETTER, BULLET)
    )
)

FOOTNOTE = re.compile(r"[¹²³⁴-⁹]+\s*\w|\[\d{1,2}\]\s+\w")
"""What a mark in the text refers to, where the page or the document ends."""

END = re.compile(r"[.;:!?]['\"”’»)\]]*$")
"""Where a sentence, or an item of a list, has ended."""
_DANGLING = re.compile(
    r"(?:[,&(“/]|\b(?:và|hoặc|của|với|cho|về|các|những|cùng|do|tại|theo|trong|từ|đến|để|bởi|là|số|lớp|khối|ngày|tháng"
    r"|năm|quý|khóa|khoá|thứ|lần))$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b(?:lớp|khối|tháng|quý|lần)$", re.IGNORECASE)
_COUNTS = re.compile(r"(?:\b(?:số|lớp|khối|ngày|tháng|năm|quý|khóa|khoá|thứ|lần|đến|và|từ)|\d\s*[,-])$", re.IGNORECASE)
_COUNTS_IN_ROMAN = re.compile(r"\b(?:quý|học kỳ|học kì|khóa|khoá|thứ|lần)$", re.IGNORECASE)
_BASIS = re.compile(r"(?:[-–+]\s*)?(?:Căn cứ|Thực hiện|Theo|Xét)\b")
_BEGINS_ANEW = re.compile(
    r"Hôm nay,? |(?:Tháng|Quý|Tuần|Học kỳ) [\dIVX][\dIVX/ .-]*:?$|Trên đây là|Căn cứ |Kính gửi|Nhận được |(?:Kế hoạch"
    r"|Chương trình|Quy chế|Nghị quyết) này "
)
_STAR = re.compile(r"^(\s*)\*\s+")
_HEADED = re.compile(r"^\s*(?:#{1,6}\s+|>\s)")
_TAB = re.compile(r"(?<=\S)\t")
_GAP = re.compile(r"\s{4}")
_CELL = re.compile(r"\S+(?:\s{1,3}\S+)*")
_TABLE_ROW = re.compile(r"\s*\|(.*)\|\s*")
_PAGE_NUMBER = re.compile(r"(?:trang\s*)?[-–]?\s*\d{1,3}(?:\s*/\s*\d{1,3})?\s*[-–]?", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\ufeff]")
LAST_WORDS = 30
"""Characters that hold the last word of a line with its marks."""


@dataclass(frozen=True)
class Line(Passage):
    """One source line without markdown marks.

    `cells` are the pieces that wide gaps set apart, as in a letterhead or where signatures stand side by
    side, `starts` where they begin, `columns` all that stands between tabs or bars, empty ones too. A line that is
    `alone` is a paragraph by itself, as a table's cell is.
    """

    cells: tuple[Passage, ...] = ()
    starts: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    alone: bool = False


def source_lines(text: str) -> list[Line]:
    """Every source line in NFC with layout and markdown marks removed; blank ones have the text "".

    Raises UnreadableDocument (`too-large`, `paragraph-too-long`).
    """
    lines = []
    raws = re.split(r"\r\n|\r|\n", unicodedata.normalize("NFC", text))
    if len(raws) > MAX_LINES:
        raise UnreadableDocument("too-large", f"the text has {len(raws)} lines, at most {MAX_LINES} are read")
    for number, raw in enumerate(raws, start=1):
        if len(raw) > MAX_PARAGRAPH:
            raise UnreadableDocument("paragraph-too-long", f"a line has {len(raw)} characters", number)
        lines.append(_clean(raw, number))
    return lines


def _clean(raw: str, number: int) -> Line:
    pieces = ((0, number),)
    if not raw or raw.isspace():
        return Line("", pieces)
    raw = _INVISIBLE.sub("", raw)
    if "|" in raw and (row := _TABLE_ROW.fullmatch(raw)):
        return _row(row[1].split("|"), pieces)
    bare = _STAR.sub(r"\1• ", raw) if "*" in raw else raw
    bare = _HEADED.sub("", bare).replace("*", "").replace("__", "")
    columns: tuple[str, ...] = ()
    if "\t" in bare:  # which sets columns apart however near its stop is
        columns = tuple(" ".join(column.split()) for column in bare.split("\t"))
        bare = _TAB.sub("    \t", bare).expandtabs(8)
    if _GAP.search(bare.strip()):
        found = list(_CELL.finditer(bare))
        cells = [" ".join(cell[0].split()) for cell in found]
        starts = tuple(cell.start() for cell in found)
    else:
        cells, starts = [" ".join(bare.split())], (len(bare) - len(bare.lstrip()),)
    text = " ".join(cells)
    if not any(map(str.isalnum, text)) or _PAGE_NUMBER.fullmatch(text):
        return Line("", pieces)
    return Line(text, pieces, tuple(Passage(cell, pieces) for cell in cells), starts, columns)


def _row(columns: Sequence[str], pieces: tuple[tuple[int, int], ...]) -> Line:
    """A row of a Markdown table: its cells stand in columns."""
    cells = [(" ".join(cell.replace("*", "").split()), index) for index, cell in enumerate(columns)]
    filled = [(cell, index) for cell, index in cells if any(map(str.isalnum, cell))]
    text = " ".join(cell for cell, _ in filled)
    starts = tuple(index * WIDEST_MARGIN for _, index in filled)
    return Line(
        text, pieces, tuple(Passage(cell, pieces) for cell, _ in filled), starts, tuple(cell for cell, _ in cells)
    )


def excerpts(words: Iterable[str]) -> str:
    """The words of the document that something was read from: each once, and not more than a page can show."""
    return "; ".join(dict.fromkeys(filter(None, words)))[:MAX_EXCERPT]


def marker(text: str) -> re.Match[str] | None:
    """The bullet or number that the text begins with."""
    return _MARKER.match(text)


def is_capitals(text: str) -> bool:
    """Whether the text is set in capitals, as headings, titles and signature blocks are."""
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return capitals + small > 1 and capitals >= 4 * small


def paragraphs(lines: Sequence[Line]) -> list[Passage]:
    """The logical lines of source lines.

    Raises UnreadableDocument (`paragraph-too-long`) where the joined pieces are longer than a paragraph may be.
    """
    margin, longest = _margin(lines), max((len(line.text) for line in lines), default=0)
    gathered: list[list[Line]] = []
    gap = False
    for line in lines:
        if not line.text:
            gap = True
            continue
        alone = line.alone or not gathered or gathered[-1][-1].alone
        if not alone and _goes_on(gathered[-1], line, gap, margin, longest):
            gathered[-1].append(line)
        else:
            gathered.append([line])
        gap = False
    return [_join(pieces) for pieces in gathered]


def _margin(lines: Sequence[Line]) -> int:
    """The width at which the text was wrapped; 0 where it was not: then few lines come near the longest.

    One line in twenty may be longer: a table's row, an address.
    """
    lengths = sorted(len(line.text) for line in lines if line.text)
    width = lengths[int(0.95 * (len(lengths) - 1))] if lengths else 0
    near = sum(length > 0.8 * width for length in lengths)
    return width if width <= WIDEST_MARGIN and near >= 0.3 * len(lengths) else 0


def _goes_on(pieces: Sequence[Line], line: Line, gap: bool, margin: int, longest: int) -> bool:
    """Whether `line` continues the paragraph: by the sentence, and by a margin where the text has one."""
    before, text = pieces[-1].text, line.text
    last = before[-LAST_WORDS:]
    # "Các hoạt động theo tháng" is a heading, and whole; a wrapped line that ends so is longer.
    ended = bool(END.search(last))
    dangling = bool(_DANGLING.search(last)) and not (_COUNTED.search(last) and len(before) < FULL_LINE)
    if re.match(r"[-–]\s*\d{4}\b", text) and re.search(r"\d{4}$", before):
        return True
    if found := marker(text):
        # "công nghệ" / "4.0 vào": a number in mid-sentence looks like a section's until the next word.
        small = text[found.end() : found.end() + 1].islower() and found.lastgroup == "number"
        return found.lastgroup != "bullet" and not ended and (small or _completes(before, found))
    # One word in capitals is an abbreviation ("của" / "CBGVNV"), more are a heading.
    above, heading = is_capitals(before), is_capitals(text) and " " in text
    if above or heading:
        return above and heading and dangling and not gap
    if before.endswith(":") or _BEGINS_ANEW.match(text):
        return False
    mark = marker(pieces[0].text)
    full = bool(margin) and len(before) + 1 + len(text.split(" ", 1)[0]) > 0.85 * margin
    if ended:
        # Nobody writes the next item of a list without the list's mark, and small.
        return (text[0].islower() and bool(mark)) or (full and not gap and not before.endswith(";"))
    # A margin leaves no room for the next word on any line, however few lines are wrapped at it.
    widest = len(before) + 1 + len(text.split(" ", 1)[0]) > longest and longest <= WIDEST_MARGIN and not gap
    in_sentence = mark is not None and len(before) >= FULL_LINE and (mark.lastgroup == "bullet" or widest)
    # A legal basis ends in a mark: what stands below a full line without one completes it.
    in_basis = (
        not gap
        and FULL_BASIS <= len(before) <= WIDEST_MARGIN
        and bool(_BASIS.match(pieces[0].text))
        and not (text.endswith(":") or before[-1].isdigit())
    )
    # A numbered line with a blank line below it is a heading.
    at_margin = (full and not (gap and mark)) or (bool(margin) and len(pieces) > 1 and (full or not gap))
    return text[0].islower() or dangling or not text[0].isalpha() or in_sentence or in_basis or at_margin


def _completes(before: str, found: re.Match[str]) -> bool:
    """Whether what looks like a number of the next paragraph completes "lớp", "tháng" or "quý" above it."""
    if found.lastgroup == "number":
        return bool(_COUNTS.search(before)) and "." not in found["number"] and len(before) >= FULL_LINE
    return found.lastgroup == "roman" and bool(_COUNTS_IN_ROMAN.search(before)) and len(before) >= FULL_LINE


def _join(pieces: Sequence[Line]) -> Passage:
    paragraph = joined(pieces, " ")
    if (size := len(paragraph.text)) > MAX_PARAGRAPH:
        raise UnreadableDocument("paragraph-too-long", f"a paragraph has {size} characters", paragraph.first)
    return paragraph
