"""Words of time, one pattern a wording, with the term of a due rule (`rules.calendar`) that each gives."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from services.planner.reading.feasts import FEASTS, KNOWN_DAYS
from services.planner.reading.passages import DATE_CUE, Cued

Term = Callable[[re.Match[str]], str | None]
"""Answers with a rule's terms, with "" for words that are no date, or with None: not its own."""

FROM_ISSUE = "from-issue"
"""In place of a rule: it counts from the document's own date (`days_after`)."""

_FIGURES = "0 1 2 3 4 5 6 7 8 9"
_TERM = r"học k[ỳìyi]\b"
_LEAST = r"(?:ít nhất|tối thiểu|không (?:ít|dưới)(?: hơn)?)"
_HALVES = (
    ("month:06", "6 sáu", r"(?:0?6|sáu) tháng đầu năm(?! học)"),
    ("month:12", "6 sáu", r"(?:0?6|sáu) tháng cuối năm(?! học)"),
)
_RECURRING = (
    (
        "termly",
        "kỳ kì ky ki",
        "",
        rf"(?:(?:mỗi|từng|hằng|hàng) |/ ?){_TERM}|{_TERM} 0?1 lần|cuối (?:mỗi |các )?{_TERM}(?!\s*(?:i|1|2|một|hai)\b)",
    ),
    (
        "quarterly",
        "quý",
        "",
        r"(?:ngày \d{1,2} )?(?:của )?tháng (?:đầu|cuối)(?: tiên)?(?: của)?(?: mỗi| hằng| các)? quý",
    ),
    (
        "monthly",
        "tháng",
        "",
        r"(?:ngày|tuần|thứ \w+)(?: làm việc)? (?:đầu|cuối)(?: tiên| cùng)?(?: của| hằng| mỗi)? tháng\b(?!\s*\d)",
    ),
    ("monthly", "lần", "", r"\b(?:0?1|một) tháng (?:[1-9]|một|hai) lần"),
    ("yearly", "lần", "năm", r"\b(?:0?1|một) năm (?:[1-9]|một|hai) lần"),
    (
        "yearly",
        "lần buổi cuộc đợt",
        "năm",
        rf"{_LEAST} (?:0?[1-9]|một|hai|ba) (?:lần|buổi|cuộc|đợt)(?: ?/ ?| trong | mỗi | )năm",
    ),
    (
        "half-yearly",
        "6 sáu lần",
        "năm tháng",
        r"(?:0?2|hai) lần(?: ?/ ?| trong | mỗi | )(?:1 |một )?năm|mỗi năm(?: học)? (?:0?2|hai) lần"
        r"|(?:0?6|sáu) tháng(?: ?/ ?lần| (?:một|0?1) lần)|(?:mỗi|định kỳ) (?:0?6|sáu) tháng(?! đầu| cuối)",
    ),
    (
        "quarterly",
        "quý 3 ba",
        "quý tháng",
        r"(?:hằng|hàng|mỗi|từng|theo|một) quý|(?:lần )?/ ?quý|cuối quý\b(?!\s*(?:[iv]+|\d)\b)"
        r"|(?:định kỳ|mỗi) (?:0?3|ba) tháng|(?:0?3|ba) tháng(?: ?/ ?lần| (?:một|0?1) lần)",
    ),
    (
        "yearly",
        "hằng hàng mỗi / lần niên",
        "năm niên",
        r"(?:hằng|hàng|mỗi) năm|(?:lần )?/ ?năm(?! học 20)|thường niên|lần (?:trong )?năm học",
    ),
)
"""Rule, cues, more cues, words."""
_MONTHLY = Cued(
    r"(?:(?P<before>trước\s+)?(?:ngày|mùng)\s*(?P<day>\d{1,2})\s*)?(?:(?:của\s+)?(?:hằng|hàng|mỗi|từng)\s+tháng"
    r"|(?:\d+\s*lần\s*)?/ ?tháng\b(?!\s*\d))"
    r"|(?P<before_of>trước\s+)?(?:ngày|mùng)\s*(?P<day_of>\d{1,2})\s*(?:của\s+tháng\b(?!\s*\d| đầu| cuối)"
    r"|tháng (?:sau|kế tiếp))",
    "tháng",
)
_MONTH = r"(?P<month>0?[1-9]|1[0-2])\b"
_WHOLE = Cued(
    r"\b(?=[tnđd\d])(?P<before>trước\s+)?(?:ngày\s*|đến\s+|dịp\s+)?(?<![\d/.])(?P<day>0?[1-9]|[12]\d|3[01])\s*(?P<sep>[/.-])\s*"
    r"(?P<month>0?[1-9]|1[0-2])\s*(?P=sep)\s*(?P<year>20\d\d)(?!\d)",
    DATE_CUE,
)
_LONG = Cued(
    rf"(?:(?P<before>trước)\s+(?:ngày\s*)?|ngày\s*|(?:nhất|chót|đến|hết)\s+)(?P<day>\d{{1,2}})\s*(?:của\s+)?tháng\s*{_MONTH}"
    r"(?:\s*(?:năm|/)\s*(?P<year>20\d\d))?",
    "tháng",
)
_SHORT = Cued(
    r"\b(?=[tnđdmlhvcqg\d])(?P<before>trước\s+)?"
    r"(?P<cue>(?:ngày|đến|dịp|tết|thiếu nhi|mừng|mùng|lễ|hạn|trước|vào|nhất|chót|quá|gian:|hạn:)\s*)?(?<![\d/.,%-])"
    r"(?P<day>0?[1-9]|[12]\d|3[01])\s*(?P<sep>[/-])\s*(?P<month>0?[1-9]|1[0-2])(?![\d/%]|\s*[/-]\s*\d|\s*[-/][a-zđ])",
    DATE_CUE,
)
_SEVERAL = Cued(
    r"ngày\s*(?P<days>\d{1,2}(?:\s*(?:,|và)\s*\d{1,2})+)\s*(?:/|tháng\s*)(?P<month>\d{1,2})(?:\s*(?:/|năm)\s*"
    r"(?P<year>20\d\d))?(?!\d|\s*/\s*\d)",
    "ngày",
)
_TO = r"\s*(?:-|–|đến(?:\s+hết)?)\s*"
_SPAN = Cued(
    r"từ\s+(?:ngày\s*)?(?P<from_day>\d{1,2})(?:\s*(?:[/.-]|tháng)\s*(?P<from_month>\d{1,2})"
    rf"(?:\s*(?:[/.-]|năm)\s*(?P<from_year>20\d\d))?)?{_TO}(?:ngày\s*)?"
    r"(?P<day>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<month>\d{1,2})\b(?:\s*(?:[/.-]|năm)\s*(?P<year>20\d\d))?",
    "từ",
)
_LAST_OF_DAYS = Cued(
    r"(?:ngày|dịp)\s*\d{1,2}\s*(?:-|–|đến)\s*(?:ngày\s*)?(?P<day>\d{1,2})\s*(?:/|tháng)\s*"
    r"(?P<month>\d{1,2})(?:\s*(?:/|năm)\s*(?P<year>20\d\d))?(?!\d|\s*/\s*\d)",
    "ngày dịp",
    and_cues=_FIGURES,
)
_MONTHS = Cued(
    r"từ\s+(?:đầu |giữa |cuối )?tháng\s*(?P<from_month>\d{1,2})(?:\s*(?:[/-]|năm)\s*(?P<from_year>20\d\d))?"
    rf"{_TO}(?:đầu |giữa |cuối )?(?:tháng\s*)?(?P<month>\d{{1,2}})\b(?!\s*/\s*\d\d?\b)"
    r"(?:\s*(?:[/-]|năm)\s*(?P<year>20\d\d))?",
    "tháng",
)
_AFTER = Cued(
    r"(?P<count>\d{1,2})\s+ngày(?P<working>\s+làm việc)?,?\s+(?:kể từ|tính từ|sau|từ)\s+(?:ngày\s+|khi\s+)"
    r"(?:(?P<issue>(?:được\s+)?(?:ký|ban hành)|(?:kế hoạch|chương trình|quy chế|văn bản)(?: này)?(?: được)? ban hành)"
    r"|(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>20\d\d))\b",
    "ngày",
)
_BEGINNING = Cued(r"(?:bắt đầu|kể)\s+(?:từ\s+)?(?:ngày\s*)?\d{1,2}/\d{1,2}(?:/20\d\d)?(?!\d|\s*(?:-|–|đến))", "đầu kể")
"""Words that say when something begins, not by when it is done."""
_PAID_FOR = Cued(r"(?:lương|phụ cấp|học phí)\s+tháng\s+\d{1,2}(?:\s*/\s*20\d\d)?", "tháng")
_LUNAR = Cued(
    r"(?P<before>trước\s+(?:ngày\s+)?)?(?:(?P<full>rằm)|(?:(?:ngày|mùng|mồng)\s*)?(?P<day>\d{1,2}))\s+tháng\s+"
    r"(?P<month>giêng|chạp)\b(?! năm 20)",
    "giêng chạp",
)
_LUNAR_DAY = Cued(
    r"(?P<before>trước\s+)?(?:(?:ngày|mùng|mồng)\s*)?(?P<day>\d{1,2})\s*(?:/"
    r"|tháng)\s*(?P<month>\d{1,2})\s*\(?(?:âm lịch|al)\b",
    "âm al",
)
_IN_MONTH = Cued(
    r"(?:(?P<before>trước)\s+|(?P<each>các)\s+|(?<!mỗi )(?:trong|vào|cuối|đầu|giữa|hết|từ"
    r"|đến)\s+)?\btháng\s+(?P<months>"
    r"(?:0?[1-9]|1[0-2])\b(?!\s*lần)"
    r"(?:\s*(?:,|và|-|–|đến)\s*(?:tháng\s*)?(?:0?[1-9]|1[0-2])\b(?!\s*[/.]\s*\d{1,2}\b))*)(?:\s*(?:/"
    r"|năm)\s*(?P<year>20\d\d))?",
    "tháng",
)
_QUARTER = r"(?:iv|iii|ii|i|[1-4])\b"
_IN_QUARTER = Cued(
    rf"\bquý\s+(?P<quarters>{_QUARTER}(?:\s*(?:,|và|-|–|đến|\+)\s*(?:quý\s+)?{_QUARTER})*)"
    r"(?:\s*(?:/|năm)\s*(?P<year>20\d\d))?",
    "quý",
)
_IN_TERM = Cued(
    rf"(?:^|(?P<edge>đầu|kết thúc|cuối|hết|sơ kết|tổng kết|trong|giữa|vào|thời (?:gian|hạn|điểm)[^:\n]{{0,20}}:)\s+)"
    rf"(?:{_TERM}\s+|hk\s*)(?P<term>ii|i|[12]|(?<=\s)(?:một|hai))\b",
    "kỳ kì ky ki hk hki hkii",
)
_YEAR = Cued(
    r"(?P<edge>đầu|kết thúc|cuối|tổng kết|hết)\s+năm học(?! trước)|(?P<dec>cuối năm)(?! học)(?:\s*(?P<year>20\d\d))?",
    "đầu thúc cuối kết hết",
    and_cues="năm",
)
_EVENT_YEAR = Cued(
    r"(?:hội thi|hội thao|hội diễn|hội nghị|hội khỏe|liên hoan|ngày hội|giải|lễ(?! lớn)|cuộc thi|đại hội|tuần lễ"
    r"|chiến dịch)\b[^.;:“”]{0,200}?\bnăm\s+(?P<year>20\d\d)\b(?!\s*[-–])",
    "hội hoan giải lễ cuộc tuần dịch",
    and_cues="2",
)
_SUMMER = Cued(
    r"\b(?:trong|dịp|vào|kỳ) (?:dịp |kỳ )?(?:nghỉ )?hè\b(?:(?:\s+năm)?\s+(?P<year>20\d\d)\b)?"
    r"|\bhè\s+(?:năm\s+)?(?P<summer>20\d\d)\b",
    "hè",
)
_IN_YEAR = Cued(
    r"\b(?:(?:trong|(?<!\d )hết)\s+năm\s+(?P<year>20\d\d)|(?:^|(?<=[,;(] )|(?<=\()|(?<=phấn đấu )|(?<=hoàn thành ))"
    r"đến (?:hết |cuối )?năm (?P<by>20\d\d))\b(?!\s*[-–])",
    "trong hết đến",
    and_cues="2",
)
_LEAP_YEAR = 2024
_NUMBERS = {"I": 1, "II": 2, "III": 3, "IV": 4, "MỘT": 1, "HAI": 2}

_REFERENCE = Cued(
    r"\d+(?:\s*/\s*\d{4})?\s*[/-]\s*[A-ZĐ][\wĐ&]*(?:\s*[-–/]\s*[A-ZĐ&][\wĐ&]*)*"
    r"(?:\s*[,;]?\s*(?:ban hành\s+)?ngày\s*\d{1,2}\s*(?:[/.-]|tháng)\s*\d{1,2}\s*(?:[/.-]|năm)\s*\d{4})?",
    "/ -",
    and_cues=_FIGURES,
    exact=True,
)
_COMMEMORATED = Cued(
    r"\(\s*(?P<day>\d{1,2})\s*[/-]\s*(?P<month>\d{1,2})\s*[/-]\s*(?:1[89]"
    r"|20)\d\d\s*[-–]\s*\d{1,2}\s*[/-]\s*\d{1,2}\s*[/-]\s*20\d\d\s*\)",
    DATE_CUE,
)


def days_after(match: re.Match[str], day: date) -> str:
    """So many days, or working days, after that day; none after one of another century, which is misread."""
    count = int(match["count"])
    if not count or not 2000 <= day.year <= 2100:
        return ""
    return f"workdays:{count}:{day}" if match["working"] else f"day:{day + timedelta(days=count)}"


def is_day(day: str, month: str, year: str | None) -> bool:
    """Whether there is such a day; without a year, in any year."""
    return 1 <= int(month) <= 12 and 1 <= int(day) <= monthrange(int(year or _LEAP_YEAR), int(month))[1]


def _valid(name: str, year: str | None, month: str, day: str) -> str:
    if not is_day(day, month, year):
        return ""  # there is no such day, and its month must not be found instead
    return f"{name}:{year}-{int(month):02}-{int(day):02}" if year else f"{name}:{int(month):02}-{int(day):02}"


def _plain_day(match: re.Match[str]) -> str | None:
    return _valid("day", match.groupdict().get("year"), match["month"], match["day"])


def _day(match: re.Match[str]) -> str | None:
    before = match["before"] or re.match(r"trước", match.groupdict().get("cue") or "", re.IGNORECASE)
    return _valid("before" if before else "day", match.groupdict().get("year"), match["month"], match["day"])


def _short_day(match: re.Match[str]) -> str | None:
    """A day without a year, where a word of time stands before it or it is a known anniversary (20/11)."""
    known = f"{int(match['month']):02}-{int(match['day']):02}" in KNOWN_DAYS and match["sep"] == "/"
    return _day(match) if match["cue"] or match["before"] or known else None


def _several_days(match: re.Match[str]) -> str | None:
    """Each day named, of days that follow each other (an event that goes on) the last."""
    numbers = [int(day) for day in re.findall(r"\d+", match["days"])]
    event = all(later - day == 1 for day, later in pairwise(numbers))
    days = [_valid("day", match["year"], match["month"], f"{day}") for day in (numbers[-1:] if event else numbers)]
    return "day:" + ",".join(day[4:] for day in days) if all(days) else ""


def _monthly(match: re.Match[str]) -> str | None:
    day = int(match["day"] or match["day_of"] or 0) - bool(match["before"] or match["before_of"])
    return f"monthly:{day:02}" if 1 <= day <= 31 else "monthly"


def _months(match: re.Match[str]) -> str | None:
    """The last month of those named: "tháng 9, 10" is done when October ends.

    Each of them where they are counted, "3 lần (tháng 9, 12, 3)", called "các tháng", or named apart, "tháng 6 và
    tháng 12".
    """
    months = [int(month) for month in re.findall(r"\d+", match["months"])]
    listed = "-" not in match["months"] and "–" not in match["months"] and "đến" not in match["months"]
    counted = re.search(rf"\b0?{len(months)} lần\b[^.;]*$", match.string[: match.start()])
    apart = len(months) == 2 and "và tháng" in match["months"] and (months[1] - months[0]) % 12 != 1
    year = f"{match['year']}-" if match["year"] else ""
    if len(months) > 1 and listed and (counted or apart or (match["each"] and not _consecutive(months))):
        return "month:" + ",".join(f"{year}{month:02}" for month in months)
    return f"before:{year}{months[-1]:02}-01" if match["before"] else f"month:{year}{months[-1]:02}"


def _consecutive(months: list[int]) -> bool:
    return all((later - month) % 12 == 1 for month, later in pairwise(months))


def _span(match: re.Match[str]) -> str | None:
    """From one day to another; the first is in the last one's month and year where it does not say."""
    last = _valid("day", match["year"], match["month"], match["day"])
    month, year = match["from_month"] or match["month"], match["from_year"] or match["year"]
    if year and not match["from_year"] and int(month) > int(match["month"]):
        year = str(int(year) - 1)
    first = _valid("day", year, month, match["from_day"])
    backwards = year and match["year"] and first > last
    return f"span:{first[4:]}/{last[4:]}" if first and last and not backwards else ""


def _span_of_months(match: re.Match[str]) -> str | None:
    first, last = int(match["from_month"]), int(match["month"])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return ""
    if not match["year"]:
        return f"span:{first:02}/{last:02}"
    year = int(match["from_year"] or int(match["year"]) - (first > last))
    backwards = (year, first) > (int(match["year"]), last)
    return "" if backwards else f"span:{year}-{first:02}/{match['year']}-{last:02}"


def _days_after(match: re.Match[str]) -> str | None:
    """So many days after a day that is written, or after the document's own."""
    if match["issue"]:
        return FROM_ISSUE
    day = _valid("day", match["year"], match["month"], match["day"])
    return days_after(match, date.fromisoformat(day[4:])) if day else ""


def _quarters(match: re.Match[str]) -> str | None:
    """Each quarter named, of a stretch ("quý II - quý IV") the last."""
    named = re.findall(_QUARTER, match["quarters"])
    year = f"{match['year']}-" if match["year"] else ""
    numbers = [_NUMBERS.get(quarter.upper()) or int(quarter) for quarter in named]
    stretch = re.search(r"[-–]|đến", match["quarters"])
    return "+".join(f"quarter:{year}{number}" for number in (numbers[-1:] if stretch else numbers))


def _in_term(match: re.Match[str]) -> str | None:
    written = match["term"].upper()
    edge = "start" if match["edge"] == "đầu" else "end"
    return f"term:{_NUMBERS.get(written) or int(written)}:{edge}"


def _year(match: re.Match[str]) -> str | None:
    if match["dec"]:
        return f"day:{match['year']}-12-31" if match["year"] else "day:12-31"
    return "year:start" if match["edge"] == "đầu" else "year:end"


def _year_end(match: re.Match[str]) -> str | None:
    """An event "năm 2026", or what is done "trong năm 2026", is done before that year ends."""
    said = match.groupdict()
    return f"day:{said['year'] or said['by']}-12-31"


def _summer(match: re.Match[str]) -> str | None:
    """The school year's summer ends with July."""
    year = match["year"] or match["summer"]
    return f"month:{year}-07" if year else "month:07"


def _lunar(match: re.Match[str]) -> str | None:
    day, month = 15 if match["full"] else int(match["day"]), 1 if match["month"] == "giêng" else 12
    return f"{'before-' if match['before'] else ''}lunar:{month:02}-{day:02}" if 1 <= day <= 30 else ""


def _lunar_day(match: re.Match[str]) -> str | None:
    day, month = int(match["day"]), int(match["month"])
    found = 1 <= day <= 30 and 1 <= month <= 12
    return f"{'before-' if match['before'] else ''}lunar:{month:02}-{day:02}" if found else ""


def _always(rule: str) -> Term:
    return lambda _match: rule


SEARCHES: tuple[tuple[Cued, Term], ...] = (
    (_REFERENCE, _always("")),
    (_COMMEMORATED, _plain_day),
    (_LUNAR, _lunar),
    (_LUNAR_DAY, _lunar_day),
    (_MONTHLY, _monthly),
    (_PAID_FOR, _always("")),
    (_AFTER, _days_after),
    (_BEGINNING, _always("")),
    (_SPAN, _span),
    (_LAST_OF_DAYS, _plain_day),
    (_MONTHS, _span_of_months),
    (_SEVERAL, _several_days),
    (_WHOLE, _day),
    (_LONG, _day),
    (_SHORT, _short_day),
    *(
        (Cued(rf"trước\s+(?:dịp\s+|ngày\s+)?(?:{pattern})", "trước"), _always(f"before-{rule}"))
        for rule, _, pattern in FEASTS
        if rule.startswith("lunar")
    ),
    *((Cued(pattern, cues), _always(rule)) for rule, cues, pattern in (*FEASTS, *_HALVES)),
    *((Cued(pattern, cues, and_cues=more), _always(rule)) for rule, cues, more, pattern in _RECURRING),
    (_IN_QUARTER, _quarters),
    (_IN_MONTH, _months),
    (_SUMMER, _summer),
    (_IN_YEAR, _year_end),
    (_IN_TERM, _in_term),
    (_YEAR, _year),
    (_EVENT_YEAR, _year_end),
)
"""In this order."""
