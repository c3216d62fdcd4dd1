"""Due rules and the days they give: the school year, anniversaries and the lunar feasts of Viet Nam.

A rule is `none` or terms joined by `+`; each term is a name with arguments:

| term | falls due |
|---|---|
| `day:11-20`, `day:10-20,11-20`, `day:2025-11-20` | on each of these days |
| `before:05-25`, `before:2026-05-25` | the day before ("trước ngày" leaves that day out) |
| `lunar:01-01` | on that day of the lunar year: Tết Nguyên đán; `lunar:08-15` is Trung thu |
| `before-lunar:01-01` | the day before |
| `month:10`, `month:2025-10` | on the month's last day |
| `span:01-05/01-25`, `span:2025-09/2025-10` | at the end of the span, a day's or a month's |
| `workdays:5:2025-09-12` | on the fifth working day after that day |
| `quarter:4`, `quarter:2025-4` | on the quarter's last day |
| `term:1:start`, `term:1:end`, `term:2:start`, `term:2:end` | in the school term's first month, on its last day |
| `year:start`, `year:end` | in the school year's first month, on its last day |
| `monthly`, `monthly:25` | every month, on its last or on the given day |
| `quarterly`, `half-yearly`, `termly`, `yearly` | on the last day of each quarter, half-year, term, year |

Working days leave out weekends and the holidays of Viet Nam, Tết's days and substituted days off among them.
A day or month without a year is meant in the plan's period; a school year's preparation (August) and
summer (to the end of July) belong to it. A day that its month, or its year, does not have is no rule; nor is a
span whose years run backwards.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays
from lunar_vn import LunarDate, lunar_to_solar

from contracts.plans import Occurrence, Period

MAX_OCCURRENCES = 60
"""As many as `contracts.plans.Due` takes: five years of months."""

_TERM_1_LAST_DAY = {2022: 14, 2023: 14, 2024: 17, 2025: 17}
"""The January day that ends term 1 ("trước ngày 15/01", "18/01"), by the year in which the school year begins.

Source: the ministry's yearly frame, Decisions 2159 (2022), 2171 (2023), 2045 (2024), 2269 (2025) /QĐ-BGDĐT.
Provinces may set other days within it, so a reviewer can change every due date.
"""
_USUAL_TERM_1_LAST_DAY = 17


@dataclass(frozen=True)
class SchoolYear:
    """The school year that begins in autumn of `first`: 5 September to 31 May, in two terms."""

    first: int

    @property
    def start(self) -> date:
        """The opening day (khai giảng)."""
        return date(self.first, 9, 5)

    @property
    def term_1_end(self) -> date:
        """The last day of term 1."""
        return date(self.first + 1, 1, _TERM_1_LAST_DAY.get(self.first, _USUAL_TERM_1_LAST_DAY))

    @property
    def end(self) -> date:
        """The closing day (bế giảng, tổng kết)."""
        return date(self.first + 1, 5, 31)

    @property
    def reach(self) -> tuple[date, date]:
        """First and last day that count as this school year's, preparation and summer included."""
        return date(self.first, 8, 1), date(self.first + 1, 7, 31)

    @property
    def name(self) -> str:
        """As documents write it: `2025-2026`."""
        return f"{self.first}-{self.first + 1}"


def reach(period: Period) -> tuple[date, date] | None:
    """First and last day on which an item of the period may fall due; None where the period is unknown."""
    first = int((period.school_year or "0")[:4])
    if 0 < first < date.max.year:  # others are at fault (`content`)
        return SchoolYear(first).reach
    if period.start and period.end:
        return period.start, period.end
    return None


@lru_cache(maxsize=1024)
def occurrences(rule: str, period: Period) -> tuple[Occurrence, ...]:
    """The days that `rule` gives within `period`, in order; one occurrence without a day where it gives none.

    A day that names its own year stands even outside the period. Raises ValueError for a rule that is not in
    the module's table, or names a day that does not exist.
    """
    span = reach(period)
    found: dict[date, str] = {}
    for term in rule.split("+"):
        name, _, arguments = term.partition(":")
        pattern, days = _RULES.get(name, _UNKNOWN)
        if not re.fullmatch(pattern, arguments):
            raise ValueError(f"unknown due rule: {term}")
        try:
            for key, day in days(arguments, span):
                found.setdefault(day, key)
        except ValueError:  # the year has no 29 February, or the span runs backwards
            raise ValueError(f"unknown due rule: {term}") from None
    ordered = sorted(found)[:MAX_OCCURRENCES]
    if len(ordered) == 1:
        return (Occurrence(key=found[ordered[0]], due_on=ordered[0]),)
    return tuple(Occurrence(key=found[day] or day.isoformat(), due_on=day) for day in ordered) or (Occurrence(),)


Span = tuple[date, date] | None
Keyed = Iterator[tuple[str, date]]
"""Days with the key of a recurring occurrence, or with "" where the day itself is the key."""


Days = Callable[[int], Iterable[tuple[str, date]]]
"""What a rule gives for one calendar year."""


def _within(span: Span, days: Days) -> Keyed:
    """Of what `days` gives for each calendar year from the one before the span, the days inside it."""
    if span:
        for year in range(span[0].year - 1, span[1].year + 1):
            yield from ((key, day) for key, day in days(year) if span[0] <= day <= span[1])


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _day_of(year: int, month: int, day: int) -> date:
    """That day, or the month's last where the month is shorter (29 February, the 31st)."""
    return min(_month_end(year, month), date(year, month, 1) + timedelta(days=day - 1))


def _same_day(month: int, day: int, earlier: int) -> Days:
    return lambda year: [("", _day_of(year, month, day) - timedelta(days=earlier))]


def _same_month(month: int) -> Days:
    return lambda year: [("", _month_end(year, month))]


def _none(_arguments: str, _span: Span) -> Keyed:
    return iter(())


def _fixed(arguments: str, span: Span, *, earlier: int = 0) -> Keyed:
    for argument in arguments.split(","):
        *year, month, day = map(int, argument.split("-"))
        if year:
            yield "", date(year[0], month, day) - timedelta(days=earlier)
        else:
            yield from _within(span, _same_day(month, day, earlier))


def _before(arguments: str, span: Span) -> Keyed:
    return _fixed(arguments, span, earlier=1)


def _lunar(arguments: str, span: Span, *, earlier: int = 0) -> Keyed:
    month, day = map(int, arguments.split("-"))
    return _within(span, lambda year: [("", lunar_to_solar(LunarDate(day, month, year)) - timedelta(days=earlier))])


def _before_lunar(arguments: str, span: Span) -> Keyed:
    return _lunar(arguments, span, earlier=1)


def _month(arguments: str, span: Span) -> Keyed:
    for argument in arguments.split(","):
        *year, month = map(int, argument.split("-"))
        if year:
            yield "", _month_end(year[0], month)
        else:
            yield from _within(span, _same_month(month))


def _span(arguments: str, span: Span) -> Keyed:
    first, _, last = arguments.partition("/")
    days = _month if re.fullmatch(_MONTH, last) else _fixed
    begins, ends = ([day for _, day in days(edge, None)] for edge in (first, last))  # none without a year
    if begins and ends and begins > ends:
        raise ValueError("the span runs backwards")
    return days(last, span)


def _workdays(arguments: str, _span: Span) -> Keyed:
    count, _, day = arguments.partition(":")
    yield "", _VIETNAM.get_nth_working_day(date.fromisoformat(day), int(count))


def _quarter(arguments: str, span: Span) -> Keyed:
    *year, quarter = map(int, arguments.split("-"))
    if year:
        yield "", _month_end(year[0], 3 * quarter)
    else:
        yield from _within(span, _same_month(3 * quarter))


def _edge(first: date, last: date, arguments: str) -> date:
    """The end of a term's or year's first month, or its last day."""
    return _month_end(first.year, first.month) if arguments.endswith("start") else last


def _term(arguments: str, span: Span) -> Keyed:
    def days(year: int) -> list[tuple[str, date]]:
        school_year = SchoolYear(year)
        if arguments[0] == "1":
            return [("", _edge(school_year.start, school_year.term_1_end, arguments))]
        return [("", _edge(school_year.term_1_end + timedelta(days=1), school_year.end, arguments))]

    return _within(span, days)


def _year(arguments: str, span: Span) -> Keyed:
    return _within(span, lambda year: [("", _edge(SchoolYear(year).start, SchoolYear(year).end, arguments))])


def _monthly(arguments: str, span: Span) -> Keyed:
    day = int(arguments or 31)
    return _within(
        _taught(span), lambda year: [(f"{year}-{month:02}", _day_of(year, month, day)) for month in range(1, 13)]
    )


def _quarterly(_arguments: str, span: Span) -> Keyed:
    return _within(
        span, lambda year: [(f"{year}-Q{quarter}", _month_end(year, 3 * quarter)) for quarter in range(1, 5)]
    )


def _half_yearly(_arguments: str, span: Span) -> Keyed:
    return _within(span, lambda year: [(f"{year}-H1", date(year, 6, 30)), (f"{year}-H2", date(year, 12, 31))])


def _termly(_arguments: str, span: Span) -> Keyed:
    def days(year: int) -> list[tuple[str, date]]:
        school_year = SchoolYear(year)
        return [(f"{school_year.name}-HK1", school_year.term_1_end), (f"{school_year.name}-HK2", school_year.end)]

    return _within(span, days)


def _yearly(_arguments: str, span: Span) -> Keyed:
    return _within(span, lambda year: [(SchoolYear(year).name, SchoolYear(year).end)])


def _taught(span: Span) -> Span:
    """The span less a school year's preparation and summer, in which nothing recurs."""
    if span and span == SchoolYear(span[0].year).reach:
        return SchoolYear(span[0].year).start, SchoolYear(span[0].year).end
    return span


_VIETNAM = country_holidays("VN")
_YEAR = r"(?:(?:19|20|21)\d\d-)?"
_MONTH = rf"{_YEAR}(?:0[1-9]|1[0-2])"
_MONTH_DAY = rf"{_YEAR}(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)|(?:0[13-9]|1[0-2])-30|(?:0[13578]|1[02])-31)"
_LUNAR_DAY = r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|30)"
_EDGE = r"(?:start|end)"
_UNKNOWN: tuple[str, Callable[[str, Span], Keyed]] = (r"(?!)", _none)
_RULES: dict[str, tuple[str, Callable[[str, Span], Keyed]]] = {
    "none": (r"", _none),
    "day": (rf"{_MONTH_DAY}(?:,{_MONTH_DAY})*", _fixed),
    "before": (rf"{_MONTH_DAY}(?:,{_MONTH_DAY})*", _before),
    "lunar": (_LUNAR_DAY, _lunar),
    "before-lunar": (_LUNAR_DAY, _before_lunar),
    "month": (rf"{_MONTH}(?:,{_MONTH})*", _month),
    "span": (rf"{_MONTH_DAY}/{_MONTH_DAY}|{_MONTH}/{_MONTH}", _span),
    "workdays": (rf"[1-9]\d?:(?=\d{{4}}){_MONTH_DAY}", _workdays),
    "quarter": (rf"{_YEAR}[1-4]", _quarter),
    "term": (rf"[12]:{_EDGE}", _term),
    "year": (_EDGE, _year),
    "monthly": (r"(?:0[1-9]|[12]\d|3[01])?", _monthly),
    "quarterly": (r"", _quarterly),
    "half-yearly": (r"", _half_yearly),
    "termly": (r"", _termly),
    "yearly": (r"", _yearly),
}
