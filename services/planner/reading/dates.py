"""Words of time to due rules, by the table in `services.planner.calendar`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.plans import Due, Period
from services.planner.calendar import occurrences
from services.planner.reading.lines import excerpts

MAX_RULE = 60
"""Characters; as many as `contracts.plans.Due.rule` takes."""

_ANNIVERSARIES = (
    ("day:11-20", r"nhà giáo việt nam"),
    ("day:10-20", r"phụ nữ việt nam"),
    ("day:03-08", r"quốc tế phụ nữ"),
    ("day:02-03", r"thành lập đảng\b(?! bộ| ủy)"),
    ("day:03-26", r"thành lập đoàn (?:thanh niên|tncs)"),
    ("day:06-01", r"quốc tế thiếu nhi|tết thiếu nhi"),
    ("day:04-30", r"giải phóng (?:hoàn toàn )?miền nam"),
    ("day:05-01", r"quốc tế lao động"),
    ("day:05-19", r"sinh (?:nhật )?(?:chủ tịch hồ chí minh|bác hồ|bác)"),
    ("day:09-02", r"quốc khánh"),
    ("day:12-22", r"quân đội nhân dân việt nam"),
    ("day:07-27", r"thương binh,?\s*(?:-\s*)?liệt s[ĩỹ]"),
    ("day:07-28", r"thành lập công đoàn việt nam"),
    ("day:02-27", r"thầy thuốc việt nam"),
    ("day:11-09", r"ngày pháp luật"),
    ("day:06-28", r"ngày gia đình việt nam"),
    ("day:04-21", r"ngày sách"),
    ("day:01-09", r"ngày (?:truyền thống )?học sinh,?\s*(?:-\s*)?sinh viên"),
    ("lunar:03-10", r"giỗ tổ hùng vương"),
    (
        "lunar:01-01",
        r"tết nguyên đán|tết cổ truyền|tết âm lịch|(?:mừng|đón) xuân|tết sum vầy|(?:tết|xuân) (?:ất|bính|đinh|mậu"
        r"|kỷ|canh"
        r"|tân|nhâm|quý|giáp) (?:tý|sửu|dần|mão|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)",
    ),
    ("lunar:08-15", r"trung thu"),
    ("month:05", r"tháng công nhân"),
    ("day:09-05", r"khai giảng"),
    ("year:end", r"bế giảng"),
)
_KNOWN_DAYS = {rule[4:] for rule, _ in _ANNIVERSARIES if rule.startswith("day:")}

_RECURRING = (
    ("termly", r"(?:mỗi|từng|hằng|hàng|/) ?học k[ỳì]|học k[ỳì] 0?1 lần|cuối (?:mỗi|các) học k[ỳì]"),
    ("half-yearly", r"(?:0?6|sáu) tháng(?: đầu năm| cuối năm|/lần| một lần)|(?:mỗi|định kỳ) (?:0?6|sáu) tháng"),
    ("quarterly", r"(?:hằng|hàng|mỗi|từng|theo) quý|(?:lần )?/ ?quý|(?:định kỳ|mỗi) (?:0?3|ba) tháng"),
    ("yearly", r"(?:hằng|hàng|mỗi) năm|(?:lần )?/ ?năm(?! học 20)"),
)
_MONTHLY = re.compile(
    r"(?:(?:ngày|mùng)\s*(?P<day>\d{1,2})\s*)?(?:(?:của\s+)?(?:hằng|hàng|mỗi|từng)\s+tháng"
    r"|(?:\d+\s*lần\s*)?/ ?tháng\b)(?!\s*\d)",
    re.IGNORECASE,
)
_MONTH = r"(?P<month>0?[1-9]|1[0-2])\b"
_WHOLE = re.compile(
    r"(?P<before>trước\s+)?(?:ngày\s*|đến\s+|dịp\s+)?(?<![\d/.])(?P<day>0?[1-9]|[12]\d|3[01])\s*(?P<sep>[/.-])\s*"
    r"(?P<month>0?[1-9]|1[0-2])\s*(?P=sep)\s*(?P<year>20\d\d)(?!\d)",
    re.IGNORECASE,
)
_LONG = re.compile(
    rf"(?P<before>trước\s+)?ngày\s*(?P<day>\d{{1,2}})\s*tháng\s*{_MONTH}(?:\s*năm\s*(?P<year>20\d\d))?", re.IGNORECASE
)
_SHORT = re.compile(
    r"(?P<before>trước\s+)?(?P<cue>(?:ngày|đến|dịp|tết|thiếu nhi|mừng|lễ|hạn|trước)\s*)?(?<![\d/.,%-])"
    r"(?P<day>0?[1-9]|[12]\d|3[01])\s*(?P<sep>[/-])\s*(?P<month>0?[1-9]|1[0-2])(?![\d/%]|\s*[/-]\s*\d|\s*[-/][A-ZĐ])",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"từ\s+(?:ngày\s*)?\d{1,2}(?:\s*[/-]\s*\d{1,2}(?:\s*[/-]\s*20\d\d)?)?\s*(?:-|–|đến(?:\s+hết)?)\s*(?=ngày|\d)", re.I
)
_IN_MONTH = re.compile(
    r"(?:(?:trong|vào|cuối|đầu|giữa|hết|từ|đến)\s+)?\btháng\s+(?P<months>(?:0?[1-9]|1[0-2])\b(?!\s*lần)"
    r"(?:\s*(?:,|và|-|–|đến)\s*(?:tháng\s*)?(?:0?[1-9]|1[0-2])\b(?!\s*[/.]\s*\d{1,2}\b))*)(?:\s*(?:/"
    r"|năm)\s*(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_IN_QUARTER = re.compile(r"\bquý\s+(?P<quarter>IV|III|II|I|[1-4])\b(?:\s*(?:/|năm)\s*(?P<year>20\d\d))?", re.IGNORECASE)
_TERM = re.compile(
    r"(?P<edge>đầu|kết thúc|cuối|hết|sơ kết|tổng kết|trong)\s+học k[ỳì]\s*(?P<term>II|I|[12])\b", re.IGNORECASE
)
_YEAR = re.compile(
    r"(?P<edge>đầu|kết thúc|cuối|tổng kết|hết)\s+năm học(?! trước)|(?P<dec>cuối năm)(?! học)(?:\s*(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_EVENT_YEAR = re.compile(
    r"(?:hội thi|hội thao|hội diễn|hội nghị|hội khỏe|liên hoan|ngày hội|giải|lễ(?! lớn)|cuộc thi|đại hội|tuần lễ"
    r"|chiến dịch)\b[^.;:“”]{0,200}?"
    r"\bnăm\s+(?P<year>20\d\d)\b(?!\s*[-–])",
    re.IGNORECASE,
)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}

_REFERENCE = re.compile(
    r"(?:số\s*:?\s*)?\d+(?:\s*/\s*\d{4})?\s*[/-]\s*[A-ZĐ][\wĐ&]*(?:\s*[-–/]\s*[A-ZĐ&][\wĐ&]*)*"
    r"(?:\s*[,;]?\s*(?:ban hành\s+)?ngày\s*\d{1,2}\s*(?:[/.-]|tháng)\s*\d{1,2}\s*(?:[/.-]|năm)\s*\d{4})?"
)
_COMMEMORATED = re.compile(
    r"\(\s*(?P<day>\d{1,2})\s*[/-]\s*(?P<month>\d{1,2})\s*[/-]\s*(?:1[89]"
    r"|20)\d\d\s*[-–]\s*\d{1,2}\s*[/-]\s*\d{1,2}\s*[/-]\s*20\d\d\s*\)"
)


@dataclass(frozen=True)
class Found:
    """One term of a due rule with where its words stand in the item's text."""

    rule: str
    start: int
    end: int


def read_due(text: str, period: Period) -> Due:
    """When the item falls due, with the words that say so; a date of a cited document is none.

    Where an item recurs, what it is held at in passing (a feast) does not count beside it.
    """
    distinct: dict[tuple[str, str], Found] = {}
    for term in sorted(_find(text), key=lambda term: term.start):
        distinct.setdefault((term.rule, text[term.start : term.end]), term)
    found = list(distinct.values())
    recurring = [term for term in found if _recurs(term.rule)]
    if recurring and (recurring[0].rule != "yearly" or recurring == found):
        found = recurring[:1]  # "hằng năm vào tháng 10" is October's
    else:
        found = [term for term in found if not _recurs(term.rule) and not _is_cited(term.rule, period)]
    rule, kept = _combine(found)
    days = occurrences(rule, period)
    words = excerpts(text[term.start : term.end].strip(" ,;.") for term in kept)
    return Due(rule=rule, date=days[0].due_on, occurrences=days, text=words)


def _recurs(rule: str) -> bool:
    return rule.split(":", maxsplit=1)[0] in {"monthly", "quarterly", "half-yearly", "termly", "yearly"}


def _is_cited(rule: str, period: Period) -> bool:
    """Whether a day with its year lies so far back that it can only be the date of something cited."""
    year = re.match(r"[a-z]+:(\d{4})-", rule)
    return bool(year and period.start and int(year[1]) < period.start.year - 1)


def _combine(found: list[Found]) -> tuple[str, list[Found]]:
    """The terms as one rule, as many as the contract has room for; days are said together: `day:10-20,11-20`."""
    kept: list[Found] = []
    rule = "none"
    for term in found:
        grouped: dict[str, list[str]] = {}
        for each in [*kept, term]:
            name, _, arguments = each.rule.partition(":")
            key = name if name in {"day", "month"} else each.rule
            grouped.setdefault(key, []).extend([arguments] if arguments else [])
        longer = "+".join(
            f"{name}:{','.join(dict.fromkeys(arguments))}" if name in {"day", "month"} else name
            for name, arguments in grouped.items()
        )
        if len(longer) <= MAX_RULE:
            rule, kept = longer, [*kept, term]
    return rule, kept


def _find(text: str) -> Iterator[Found]:
    """Every term, each stretch of text used once: what is found is overwritten before the next search."""
    for pattern, rules in _SEARCHES:
        for match in pattern.finditer(text):
            rule = rules(match)
            if rule is None:
                continue
            if rule:
                yield Found(rule, match.start(), match.end())
            text = text[: match.start()] + "\0" * (match.end() - match.start()) + text[match.end() :]


def _commemorated(match: re.Match[str]) -> str | None:
    return _valid("day", None, match["month"], match["day"])


def _day(match: re.Match[str]) -> str | None:
    before = match["before"] or re.match(r"trước", match.groupdict().get("cue") or "", re.IGNORECASE)
    return _valid("before" if before else "day", match.groupdict().get("year"), match["month"], match["day"])


def _short_day(match: re.Match[str]) -> str | None:
    """A day without a year, where a word of time stands before it or it is a known anniversary (20/11)."""
    known = f"{int(match['month']):02}-{int(match['day']):02}" in _KNOWN_DAYS and match["sep"] == "/"
    return _day(match) if match["cue"] or match["before"] or known else None


def _valid(name: str, year: str | None, month: str, day: str) -> str | None:
    longest = 29 if int(month) == 2 else 30 if int(month) in {4, 6, 9, 11} else 31
    if not 1 <= int(day) <= longest:
        return ""  # there is no such day, and its month must not be found instead
    return f"{name}:{year}-{int(month):02}-{int(day):02}" if year else f"{name}:{int(month):02}-{int(day):02}"


def _monthly(match: re.Match[str]) -> str | None:
    day = int(match["day"] or 0)
    return f"monthly:{day:02}" if 1 <= day <= 31 else "monthly"


def _month(match: re.Match[str]) -> str | None:
    """The last month of those named: "tháng 9, 10" is done when October ends."""
    month = int(re.findall(r"\d+", match["months"])[-1])
    return f"month:{match['year']}-{month:02}" if match["year"] else f"month:{month:02}"


def _quarter(match: re.Match[str]) -> str | None:
    written = match["quarter"].upper()
    quarter = _ROMAN.get(written) or int(written)
    return f"quarter:{match['year']}-{quarter}" if match["year"] else f"quarter:{quarter}"


def _term(match: re.Match[str]) -> str | None:
    written = match["term"].upper()
    edge = "start" if (match.groupdict().get("edge") or "").lower() == "đầu" else "end"
    return f"term:{_ROMAN.get(written) or int(written)}:{edge}"


def _year(match: re.Match[str]) -> str | None:
    if match["dec"]:
        return f"day:{match['year']}-12-31" if match["year"] else "day:12-31"
    return "year:start" if match["edge"].lower() == "đầu" else "year:end"


def _event_year(match: re.Match[str]) -> str | None:
    """An event "năm 2026" is held before that year ends."""
    return f"day:{match['year']}-12-31"


def _always(rule: str) -> Callable[[re.Match[str]], str | None]:
    return lambda _match: rule


_SEARCHES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_REFERENCE, _always("")),
    (_COMMEMORATED, _commemorated),
    (_MONTHLY, _monthly),
    (_SPAN, _always("")),
    (_WHOLE, _day),
    (_LONG, _day),
    (_SHORT, _short_day),
    *((re.compile(pattern, re.IGNORECASE), _always(rule)) for rule, pattern in _ANNIVERSARIES),
    *((re.compile(pattern, re.IGNORECASE), _always(rule)) for rule, pattern in _RECURRING),
    (_IN_QUARTER, _quarter),
    (_IN_MONTH, _month),
    (_TERM, _term),
    (_YEAR, _year),
    (_EVENT_YEAR, _event_year),
)
"""In this order. A search answers with a rule, with "" for words that are no date, or with None: not its own."""
