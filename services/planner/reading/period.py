"""The time for which a plan holds: a school year, a calendar year, or several."""

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


def read_period(header: Header, spoken: Sequence[Passage], body: Sequence[Passage]) -> tuple[Period, list[Origin]]:
    """The plan's period: from the title, else the opening's last words, else the body's commonest school year.

    Where there is none of these, the school year in which the document was issued.
    """
    for passage in (header.title, *spoken):
        if found := _stated(passage):
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


def _stated(passage: Passage) -> tuple[Period, Passage] | None:
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


def _school_year(first: int, *, certain: bool) -> Period:
    year = SchoolYear(first)
    return Period(school_year=year.name, start=year.start, end=year.end, certain=certain)
