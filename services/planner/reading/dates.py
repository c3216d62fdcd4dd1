"""Words of time to due rules, by the table in `services.planner.rules.calendar`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.plans import Due, Origin, Period
from services.planner.reading.lines import excerpts
from services.planner.reading.passages import DATE_CUE, Cued, Passage
from services.planner.rules.calendar import occurrences

MAX_RULE = 60
"""Characters; as many as `contracts.plans.Due.rule` takes."""

_ANNIVERSARIES = (
    ("day:11-20", "giáo", r"nhà giáo việt nam"),
    ("day:10-20", "phụ", r"phụ nữ việt nam"),
    ("day:03-08", "phụ", r"quốc tế phụ nữ"),
    ("day:02-03", "đảng", r"thành lập đảng\b(?! bộ| ủy)"),
    ("day:03-26", "đoàn", r"thành lập đoàn (?:thanh niên|tncs)"),
    ("day:06-01", "nhi", r"quốc tế thiếu nhi|tết thiếu nhi"),
    ("day:04-30", "miền", r"giải phóng (?:hoàn toàn )?miền nam"),
    ("day:05-01", "quốc", r"quốc tế lao động"),
    ("day:05-19", "sinh", r"sinh (?:nhật )?(?:chủ tịch hồ chí minh|bác hồ|bác)"),
    ("day:09-02", "khánh", r"quốc khánh"),
    ("day:12-22", "quân", r"quân đội nhân dân việt nam"),
    ("day:07-27", "sĩ sỹ", r"thương binh,?\s*(?:-\s*)?liệt s[ĩỹ]"),
    ("day:07-28", "đoàn", r"thành lập công đoàn việt nam"),
    ("day:02-27", "thuốc", r"thầy thuốc việt nam"),
    ("day:11-09", "luật", r"ngày pháp luật"),
    ("day:06-28", "gia", r"ngày gia đình việt nam"),
    ("day:10-02", "khuyến", r"khuyến học việt nam"),
    ("day:04-21", "sách", r"ngày sách"),
    ("day:01-09", "viên", r"ngày (?:truyền thống )?học sinh,?\s*(?:-\s*)?sinh viên"),
    ("lunar:03-10", "giỗ", r"giỗ tổ hùng vương"),
    (
        "lunar:01-01",
        "tết xuân",
        r"tết nguyên đán|tết cổ truyền|tết âm lịch|(?:mừng|đón) xuân|tết sum vầy|(?:tết|xuân) (?:ất|bính|đinh|mậu"
        r"|kỷ|canh|tân|nhâm|quý|giáp) (?:tý|sửu|dần|mão|thìn|tỵ|tị|ngọ|mùi|thân|dậu|tuất|hợi)",
    ),
    ("lunar:01-01", "tết", r"(?:trước|nghỉ|dịp|đón|vui) tết\b(?!\s*(?:trung thu|dương|thiếu|\0))"),
    ("lunar:08-15", "thu", r"trung thu"),
    ("month:05", "nhân", r"tháng công nhân"),
    ("before:09-05", "khai", r"trước (?:khi |ngày |lễ )?khai giảng"),
    ("day:09-05", "khai", r"khai giảng"),
    ("year:end", "bế", r"bế giảng"),
)
_HALVES = (
    ("month:06", "6 06 sáu", r"(?:0?6|sáu) tháng đầu năm(?! học)"),
    ("month:12", "6 06 sáu", r"(?:0?6|sáu) tháng cuối năm(?! học)"),
)
"""Rule, cues, words."""
KNOWN_DAYS = {rule[4:] for rule, _, _ in _ANNIVERSARIES if rule.startswith("day:")}
"""The anniversaries' days, `11-20`."""

_RECURRING = (
    ("termly", "kỳ kì", r"(?:mỗi|từng|hằng|hàng|/) ?học k[ỳì]|học k[ỳì] 0?1 lần|cuối (?:mỗi|các) học k[ỳì]"),
    (
        "monthly",
        "tháng",
        r"(?:ngày|tuần|thứ \w+)(?: làm việc)? (?:đầu|cuối)(?: tiên| cùng)?(?: của| hằng| mỗi)? tháng\b(?!\s*\d)",
    ),
    (
        "half-yearly",
        "6 06 sáu lần",
        r"(?:0?2|hai) lần ?/ ?(?:1 )?năm|mỗi năm (?:0?2|hai) lần|(?:0?6|sáu) tháng(?: ?/ ?lần| (?:một|0?1) lần)"
        r"|(?:mỗi|định kỳ) (?:0?6|sáu) tháng(?! đầu| cuối)",
    ),
    (
        "quarterly",
        "quý 3 03 ba",
        r"(?:hằng|hàng|mỗi|từng|theo) quý|(?:lần )?/ ?quý|(?:định kỳ|mỗi) (?:0?3|ba) tháng",
    ),
    ("yearly", "năm", r"(?:hằng|hàng|mỗi) năm|(?:lần )?/ ?năm(?! học 20)"),
)
_MONTHLY = Cued(
    r"(?:(?P<before>trước\s+)?(?:ngày|mùng)\s*(?P<day>\d{1,2})\s*)?(?:(?:của\s+)?(?:hằng|hàng|mỗi|từng)\s+tháng"
    r"|(?:\d+\s*lần\s*)?/ ?tháng\b)(?!\s*\d)",
    "tháng",
)
_MONTH = r"(?P<month>0?[1-9]|1[0-2])\b"
_WHOLE = Cued(
    r"\b(?=[tnđd\d])(?P<before>trước\s+)?(?:ngày\s*|đến\s+|dịp\s+)?(?<![\d/.])(?P<day>0?[1-9]|[12]\d|3[01])\s*(?P<sep>[/.-])\s*"
    r"(?P<month>0?[1-9]|1[0-2])\s*(?P=sep)\s*(?P<year>20\d\d)(?!\d)",
    DATE_CUE,
)
_LONG = Cued(
    rf"(?P<before>trước\s+)?ngày\s*(?P<day>\d{{1,2}})\s*tháng\s*{_MONTH}(?:\s*năm\s*(?P<year>20\d\d))?", "ngày"
)
_SHORT = Cued(
    r"\b(?=[tnđdmlh\d])(?P<before>trước\s+)?"
    r"(?P<cue>(?:ngày|đến|dịp|tết|thiếu nhi|mừng|mùng|lễ|hạn|trước)\s*)?(?<![\d/.,%-])"
    r"(?P<day>0?[1-9]|[12]\d|3[01])\s*(?P<sep>[/-])\s*(?P<month>0?[1-9]|1[0-2])(?![\d/%]|\s*[/-]\s*\d|\s*[-/][a-zđ])",
    DATE_CUE,
)
_TO = r"\s*(?:-|–|đến(?:\s+hết)?)\s*"
_SPAN = Cued(
    r"từ\s+(?:ngày\s*)?(?P<from_day>\d{1,2})(?:\s*(?:[/.-]|tháng)\s*(?P<from_month>\d{1,2})"
    rf"(?:\s*(?:[/.-]|năm)\s*(?P<from_year>20\d\d))?)?{_TO}(?:ngày\s*)?"
    r"(?P<day>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<month>\d{1,2})\b(?:\s*(?:[/.-]|năm)\s*(?P<year>20\d\d))?",
    "từ",
)
_MONTHS = Cued(
    r"từ\s+tháng\s*(?P<from_month>\d{1,2})(?:\s*(?:[/-]|năm)\s*(?P<from_year>20\d\d))?"
    rf"{_TO}(?:tháng\s*)?(?P<month>\d{{1,2}})\b(?!\s*/\s*\d\d?\b)(?:\s*(?:[/-]|năm)\s*(?P<year>20\d\d))?",
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
    r"(?:(?P<full>rằm)|(?:(?:ngày|mùng|mồng)\s*)?(?P<day>\d{1,2}))\s+tháng\s+(?P<month>giêng|chạp)\b(?! năm 20)",
    "giêng chạp",
)
_IN_MONTH = Cued(
    r"(?:(?:trong|vào|cuối|đầu|giữa|hết|từ|đến)\s+)?\btháng\s+(?P<months>(?:0?[1-9]|1[0-2])\b(?!\s*lần)"
    r"(?:\s*(?:,|và|-|–|đến)\s*(?:tháng\s*)?(?:0?[1-9]|1[0-2])\b(?!\s*[/.]\s*\d{1,2}\b))*)(?:\s*(?:/"
    r"|năm)\s*(?P<year>20\d\d))?",
    "tháng",
)
_IN_QUARTER = Cued(r"\bquý\s+(?P<quarter>iv|iii|ii|i|[1-4])\b(?:\s*(?:/|năm)\s*(?P<year>20\d\d))?", "quý")
_TERM = Cued(
    r"(?P<edge>đầu|kết thúc|cuối|hết|sơ kết|tổng kết|trong|thời gian:)\s+(?:học k[ỳìyi]|hk)\s*(?P<term>ii|i"
    r"|[12]|(?<=\s)(?:một|hai))\b",
    "học hk hki hkii",
)
_YEAR = Cued(
    r"(?P<edge>đầu|kết thúc|cuối|tổng kết|hết)\s+năm học(?! trước)|(?P<dec>cuối năm)(?! học)(?:\s*(?P<year>20\d\d))?",
    "năm",
)
_EVENT_YEAR = Cued(
    r"(?:hội thi|hội thao|hội diễn|hội nghị|hội khỏe|liên hoan|ngày hội|giải|lễ(?! lớn)|cuộc thi|đại hội|tuần lễ"
    r"|chiến dịch)\b[^.;:“”]{0,200}?\bnăm\s+(?P<year>20\d\d)\b(?!\s*[-–])",
    "hội hoan giải lễ cuộc tuần dịch",
)
_SUMMER = Cued(r"\bhè\s+(?:năm\s+)?(?P<year>20\d\d)\b", "hè")
_IN_YEAR = Cued(r"\btrong\s+năm\s+(?P<year>20\d\d)\b(?!\s*[-–])", "trong")
_NUMBERS = {"I": 1, "II": 2, "III": 3, "IV": 4, "MỘT": 1, "HAI": 2}

_REFERENCE = Cued(
    r"(?=[sS\d])(?:[sS]ố\s*:?\s*)?\d+(?:\s*/\s*\d{4})?\s*[/-]\s*[A-ZĐ][\wĐ&]*(?:\s*[-–/]\s*[A-ZĐ&][\wĐ&]*)*"
    r"(?:\s*[,;]?\s*(?:ban hành\s+)?ngày\s*\d{1,2}\s*(?:[/.-]|tháng)\s*\d{1,2}\s*(?:[/.-]|năm)\s*\d{4})?",
    "/ -",
    exact=True,
)
_COMMEMORATED = Cued(
    r"\(\s*(?P<day>\d{1,2})\s*[/-]\s*(?P<month>\d{1,2})\s*[/-]\s*(?:1[89]"
    r"|20)\d\d\s*[-–]\s*\d{1,2}\s*[/-]\s*\d{1,2}\s*[/-]\s*20\d\d\s*\)",
    DATE_CUE,
)


_FROM_ISSUE = "from-issue"
"""In place of a rule: it counts from the document's own date."""


@dataclass(frozen=True)
class Found:
    """One term of a due rule with where its words stand in the item's text."""

    rule: str
    start: int
    end: int


def read_due(passage: Passage, period: Period, issued: date | None = None) -> tuple[Due, list[Origin]]:
    """When the item falls due, with the words that say so; a date of a cited document is none.

    `issued` is the document's own date, from which "05 ngày làm việc kể từ ngày ký" counts. Where an item recurs,
    what it is held at in passing (a feast) does not count beside it.
    """
    text = passage.text
    distinct: dict[tuple[str, str], Found] = {}
    for term in sorted(_find(passage, issued), key=lambda term: term.start):
        distinct.setdefault((term.rule, text[term.start : term.end]), term)
    found = _less_names(text, list(distinct.values()))
    recurring = [term for term in found if _recurs(term.rule)]
    if recurring and (recurring[0].rule != "yearly" or recurring == found):
        found = recurring[:1]  # "hằng năm vào tháng 10" is October's
    else:
        said = {term.rule for term in found}
        found = [
            term
            for term in found
            if not (_recurs(term.rule) or _is_cited(term.rule, period) or f"before-{term.rule}" in said)
        ]
    rule, kept = _combine(found)
    if not kept:
        return Due(), []
    days = occurrences(rule, period)
    words = [_trimmed(passage, term) for term in kept]
    due = Due(rule=rule, date=days[0].due_on, occurrences=days, text=excerpts(each.text for each in words))
    return due, [each.origin("due") for each in words]


def _less_names(text: str, found: list[Found]) -> list[Found]:
    """The terms without feasts that are part of a quoted name (“Tết Sum vầy”), where other words give a day."""
    quoted = [match.span() for match in re.finditer(r"“[^”]*”|\"[^\"]*\"", text)]
    named = [term for term in found if any(start < term.start < end for start, end in quoted)]
    return [term for term in found if term not in named] or found


def _trimmed(passage: Passage, term: Found) -> Passage:
    """The term's words without the marks and spaces around them."""
    text = passage.text[term.start : term.end]
    start = term.start + len(text) - len(text.lstrip(" ,;."))
    return passage.part(start, start + len(text.strip(" ,;.")))


def _recurs(rule: str) -> bool:
    return rule.split(":", maxsplit=1)[0] in {"monthly", "quarterly", "half-yearly", "termly", "yearly"}


def _is_cited(rule: str, period: Period) -> bool:
    """Whether a day with its year lies so far back that it can only be the date of something cited."""
    year = re.match(r"(?:day|before|month|quarter|span):(\d{4})-", rule)
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


def _find(passage: Passage, issued: date | None) -> Iterator[Found]:
    """Every term, each stretch of text used once: what is found is overwritten before the next search."""
    text, lowered = passage.text, passage.lowered
    places = set[int]().union(*(_BY_CUE[cue] for cue in passage.tokens & _CUES))
    for search, rules in (_SEARCHES[place] for place in sorted(places)):
        for match in search.regex.finditer(text if search.exact else lowered):
            rule = rules(match)
            if rule is None:
                continue
            if rule == _FROM_ISSUE:
                rule = _after(match, issued) if issued else ""
            start, end = match.span()
            if rule:
                yield Found(rule, start, end)
            used = "\0" * (end - start)
            text, lowered = text[:start] + used + text[end:], lowered[:start] + used + lowered[end:]


def _commemorated(match: re.Match[str]) -> str | None:
    return _valid("day", None, match["month"], match["day"])


def _day(match: re.Match[str]) -> str | None:
    before = match["before"] or re.match(r"trước", match.groupdict().get("cue") or "", re.IGNORECASE)
    return _valid("before" if before else "day", match.groupdict().get("year"), match["month"], match["day"])


def _short_day(match: re.Match[str]) -> str | None:
    """A day without a year, where a word of time stands before it or it is a known anniversary (20/11)."""
    known = f"{int(match['month']):02}-{int(match['day']):02}" in KNOWN_DAYS and match["sep"] == "/"
    return _day(match) if match["cue"] or match["before"] or known else None


def _valid(name: str, year: str | None, month: str, day: str) -> str:
    longest = 29 if int(month) == 2 else 30 if int(month) in {4, 6, 9, 11} else 31
    if not (1 <= int(day) <= longest and 1 <= int(month) <= 12):
        return ""  # there is no such day, and its month must not be found instead
    return f"{name}:{year}-{int(month):02}-{int(day):02}" if year else f"{name}:{int(month):02}-{int(day):02}"


def _monthly(match: re.Match[str]) -> str | None:
    day = int(match["day"] or 0) - bool(match["before"])
    return f"monthly:{day:02}" if 1 <= day <= 31 else "monthly"


def _month(match: re.Match[str]) -> str | None:
    """The last month of those named: "tháng 9, 10" is done when October ends; "3 lần (tháng 9, 12, 3)" in each."""
    months = [int(month) for month in re.findall(r"\d+", match["months"])]
    if len(months) > 1 and re.search(rf"\b0?{len(months)} lần\b[^.;]*$", match.string[: match.start()]):
        return "month:" + ",".join(f"{month:02}" for month in months)
    month = months[-1]
    return f"month:{match['year']}-{month:02}" if match["year"] else f"month:{month:02}"


def _span(match: re.Match[str]) -> str | None:
    """From one day to another; the first is in the last one's month and year where it does not say."""
    last = _valid("day", match["year"], match["month"], match["day"])
    month, year = match["from_month"] or match["month"], match["from_year"] or match["year"]
    if year and not match["from_year"] and int(month) > int(match["month"]):
        year = str(int(year) - 1)
    first = _valid("day", year, month, match["from_day"])
    return f"span:{first[4:]}/{last[4:]}" if first and last else ""


def _months(match: re.Match[str]) -> str | None:
    first, last = int(match["from_month"]), int(match["month"])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return ""
    if not match["year"]:
        return f"span:{first:02}/{last:02}"
    year = match["from_year"] or int(match["year"]) - (first > last)
    return f"span:{year}-{first:02}/{match['year']}-{last:02}"


def _days_after(match: re.Match[str]) -> str | None:
    """So many days after a day that is written, or after the document's own."""
    if match["issue"]:
        return _FROM_ISSUE
    day = _valid("day", match["year"], match["month"], match["day"])
    return _after(match, date.fromisoformat(day[4:])) if day else ""


def _after(match: re.Match[str], day: date) -> str:
    count = int(match["count"])
    if not count:
        return ""
    return f"workdays:{count}:{day}" if match["working"] else f"day:{day + timedelta(days=count)}"


def _quarter(match: re.Match[str]) -> str | None:
    written = match["quarter"].upper()
    quarter = _NUMBERS.get(written) or int(written)
    return f"quarter:{match['year']}-{quarter}" if match["year"] else f"quarter:{quarter}"


def _term(match: re.Match[str]) -> str | None:
    written = match["term"].upper()
    edge = "start" if (match.groupdict().get("edge") or "").lower() == "đầu" else "end"
    return f"term:{_NUMBERS.get(written) or int(written)}:{edge}"


def _year(match: re.Match[str]) -> str | None:
    if match["dec"]:
        return f"day:{match['year']}-12-31" if match["year"] else "day:12-31"
    return "year:start" if match["edge"].lower() == "đầu" else "year:end"


def _event_year(match: re.Match[str]) -> str | None:
    """An event "năm 2026" is held before that year ends."""
    return f"day:{match['year']}-12-31"


def _summer(match: re.Match[str]) -> str | None:
    """The school year's summer ends with July."""
    return f"month:{match['year']}-07"


def _lunar(match: re.Match[str]) -> str | None:
    day, month = 15 if match["full"] else int(match["day"]), 1 if match["month"] == "giêng" else 12
    return f"lunar:{month:02}-{day:02}" if 1 <= day <= 30 else ""


def _always(rule: str) -> Callable[[re.Match[str]], str | None]:
    return lambda _match: rule


_SEARCHES: tuple[tuple[Cued, Callable[[re.Match[str]], str | None]], ...] = (
    (_REFERENCE, _always("")),
    (_COMMEMORATED, _commemorated),
    (_MONTHLY, _monthly),
    (_LUNAR, _lunar),
    (_PAID_FOR, _always("")),
    (_AFTER, _days_after),
    (_BEGINNING, _always("")),
    (_SPAN, _span),
    (_MONTHS, _months),
    (_WHOLE, _day),
    (_LONG, _day),
    (_SHORT, _short_day),
    *(
        (Cued(rf"trước\s+(?:dịp\s+|ngày\s+)?(?:{pattern})", "trước"), _always(f"before-{rule}"))
        for rule, _, pattern in _ANNIVERSARIES
        if rule.startswith("lunar")
    ),
    *((Cued(pattern, cues), _always(rule)) for rule, cues, pattern in (*_ANNIVERSARIES, *_HALVES, *_RECURRING)),
    (_IN_QUARTER, _quarter),
    (_IN_MONTH, _month),
    (_SUMMER, _summer),
    (_IN_YEAR, _event_year),
    (_TERM, _term),
    (_YEAR, _year),
    (_EVENT_YEAR, _event_year),
)
"""In this order. A search answers with a rule, with "" for words that are no date, or with None: not its own."""
_CUES = frozenset[str]().union(*(search.cues for search, _ in _SEARCHES))
_BY_CUE = {cue: [place for place, (search, _) in enumerate(_SEARCHES) if cue in search.cues] for cue in _CUES}
"""The places of the searches that a cue calls for."""
