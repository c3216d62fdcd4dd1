"""The time for which a plan holds: a school year, a calendar year, a quarter, a month, or several of them."""

import calendar
import re
from collections.abc import Sequence
from datetime import date

from contracts.plans import Origin, Period
from services.planner.reading.header import Header
from services.planner.reading.passages import Passage
from services.planner.rules.calendar import SchoolYear

_YEARS = re.compile(r"(?P<named>năm học\s*:?\s*)?\b(?P<first>20\d\d)\s*[-–—]\s*(?P<last>20\d\d)\b", re.IGNORECASE)
_SCHOOL_YEAR = re.compile(r"năm học\s*(?P<first>20\d\d)\s*[-–—]\s*20\d\d", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d )\bnăm\s*(?P<year>20\d\d)\b", re.IGNORECASE)
_OF_YEAR = r"\s*(?:,?\s*năm\s*|[/-]\s*)(?P<year>20\d\d)\b"
_QUARTER = re.compile(rf"\bquý\s+(?P<quarter>I{{1,3}}|IV|[1-4]){_OF_YEAR}", re.IGNORECASE)
_HALF = re.compile(rf"\b(?:0?6|sáu) tháng (?P<half>đầu|cuối)(?={_OF_YEAR})", re.IGNORECASE)
_MONTHS = re.compile(
    r"(?<!\d )(?<!ngày )\b(?:tháng\s*(?P<first>\d{1,2})(?:\s*(?:năm|[/-])\s*(?P<first_year>20\d\d))?\s*(?:-|–|đến|tới)"
    rf"\s*(?:hết\s+)?)?tháng\s*(?P<last>\d{{1,2}}){_OF_YEAR}",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"(?:\S{1,6}\s+){0,2}(?:bản )?(?:kế hoạch|chương trình|quy chế|qui chế|nghị quyết|thỏa thuận|hướng dẫn)"
    r"(?: \w+){0,2} này\b",
    re.IGNORECASE,
)
"""What begins a sentence of the document about itself: "Quy chế này áp dụng trong năm học …"."""


def read_period(header: Header, spoken: Sequence[Passage], body: Sequence[Passage]) -> tuple[Period, list[Origin]]:
    """The plan's period: from the title, else the sentence in which the parties agree, else what it says of itself.

    Where there is none of these, the body's commonest school year, or that in which the document was issued: not
    certain.
    """
    for passage in (header.title, *spoken, *(each for each in body if _OF_ITSELF.match(each.text))):
        if found := _part_of_year(passage, header.issued) if passage is header.title else None:
            return _told(*found)
        found = _stated(passage)
        if found and (passage is header.title or not _is_over(found[0], header.issued)):
            return _told(*found)
    years = [(passage, match) for passage in body for match in _SCHOOL_YEAR.finditer(passage.text)]
    if years:
        named = [match["first"] for _, match in years]
        first = max(sorted(set(named)), key=named.count)
        passage, match = next(each for each in years if each[1]["first"] == first)
        return _told(_school_year(int(first), certain=False), passage.part(*match.span()))
    if (issued := header.issued) and header.issued_words:
        first_year = issued.year if issued.month >= 8 else issued.year - 1
        return _told(_school_year(first_year, certain=False), header.issued_words)
    return Period(), []


def _told(period: Period, words: Passage) -> tuple[Period, list[Origin]]:
    fields = ("school_year", "calendar_year", "start", "end")
    return period, [words.origin(f"period.{field}") for field in fields if getattr(period, field) is not None]


def _is_over(period: Period, issued: date | None) -> bool:
    """Whether the period had ended when the document was issued: it is spoken of, and not the plan's own."""
    return bool(issued and period.end and period.end < issued)


def _stated(passage: Passage) -> tuple[Period, Passage] | None:
    """The years that the passage names."""
    for found in _YEARS.finditer(passage.text):
        first, last = int(found["first"]), int(found["last"])
        words = passage.part(*found.span())
        if last == first + 1:
            return _school_year(first, certain=bool(found["named"])), words
        if first < last:
            return Period(start=date(first, 1, 1), end=date(last, 12, 31), certain=not found["named"]), words
    if named := _YEAR.search(passage.text):
        year = int(named["year"])
        period = Period(calendar_year=year, start=date(year, 1, 1), end=date(year, 12, 31), certain=True)
        return period, passage.part(*named.span())
    return None


def _part_of_year(passage: Passage, issued: date | None) -> tuple[Period, Passage] | None:
    """A quarter, half a year, a month, or the months from one to another; what was over when the document was issued
    is the time of the meeting that it tells of."""
    if _YEARS.search(passage.text):
        return None
    if found := _QUARTER.search(passage.text):
        quarter = {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(found["quarter"].lower()) or int(found["quarter"])
        months = 3 * quarter - 2, 3 * quarter
    elif found := _HALF.search(passage.text):
        months = (1, 6) if found["half"].lower() == "đầu" else (7, 12)
    elif found := _MONTHS.search(passage.text):
        months = int(found["first"] or found["last"]), int(found["last"])
    else:
        return None
    last = int(found["year"])
    first = int(found.groupdict().get("first_year") or (last - 1 if months[0] > months[1] else last))
    if not all(1 <= month <= 12 for month in months) or (first, months[0]) > (last, months[1]):
        return None
    end = date(last, months[1], calendar.monthrange(last, months[1])[1])
    period = Period(start=date(first, months[0], 1), end=end, certain=True)
    return None if _is_over(period, issued) else (period, passage.part(*found.span()))


def _school_year(first: int, *, certain: bool) -> Period:
    year = SchoolYear(first)
    return Period(school_year=year.name, start=year.start, end=year.end, certain=certain)
