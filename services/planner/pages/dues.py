"""A due rule as the fields of a form: its kind, days, months, quarter, term. What no fields can say stays a code."""

import re
from collections.abc import Callable, Mapping

from services.planner.pages.words import DUE_KINDS
from services.planner.reading.day_words import is_day

FIELDS = ("due_kind", "due_days", "due_months", "due_quarter", "due_term", "due_edge", "due_day", "due")
"""The fields of the form; `due` is the rule as a code."""

_BLANK = {**dict.fromkeys(FIELDS, ""), "due_term": "1", "due_edge": "end"}
_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?", re.ASCII)


class BadDue(ValueError):
    """A field that does not say what its kind of rule needs."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
        self.words = words


def rule_of(typed: Mapping[str, str]) -> str:
    """The rule that the fields say. Raises BadDue; whether a code is a rule is for the calendar to say."""
    kind = typed.get("due_kind") or "code"
    if kind == "code":
        return typed.get("due") or "none"
    if kind not in DUE_KINDS:
        raise BadDue("due_kind", "Hãy chọn cách ấn định thời hạn.")
    said = _SAID[kind](typed) if kind in _SAID else ""
    return f"{kind}:{said}" if said else kind


def as_typed(rule: str) -> dict[str, str]:
    """The rule as the form shows it."""
    kind, _, said = rule.partition(":")
    fields = {"due_kind": kind}
    match kind:
        case "day" | "before" | "lunar" | "before-lunar":
            fields["due_days"] = _backwards(said)
        case "month":
            fields["due_months"] = _backwards(said)
        case "quarter":
            fields["due_quarter"] = _backwards(said)
        case "term":
            fields["due_term"], _, fields["due_edge"] = said.partition(":")
        case "year":
            fields["due_edge"] = said
        case "monthly":
            fields["due_day"] = said.removeprefix("0")
    typed = {**_BLANK, **fields}
    try:
        sayable = rule_of(typed) == rule
    except BadDue:
        sayable = False
    return typed if sayable else {**_BLANK, "due_kind": "code", "due": rule}


def _backwards(said: str) -> str:
    """Days and months as people write them: `2025-11-20,03-08` is `20/11/2025, 8/3`."""
    return ", ".join("/".join(part.removeprefix("0") for part in reversed(one.split("-"))) for one in said.split(","))


def _days(words: str) -> str:
    return ",".join(_one_day(part.strip()) for part in re.split(r"[,;]", words))


def _one_day(words: str) -> str:
    found = _DAY.fullmatch(words)
    if not found or not is_day(found[1], found[2], found[3]):
        raise BadDue(
            "due_days",
            "Hãy ghi ngày/tháng có thật, có thể thêm năm: 20/11 hoặc 20/11/2025; nhiều ngày cách bằng dấu phẩy.",
        )
    day, month, year = int(found[1]), int(found[2]), found[3]
    return f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def _lunar_day(words: str) -> str:
    day = _days(words)
    if not re.fullmatch(r"\d\d-\d\d", day) or int(day[3:]) > 30:
        raise BadDue("due_days", "Ngày âm lịch là một ngày/tháng, không có năm: 15/8 là Trung thu, 1/1 là Tết.")
    return day


def _months(words: str) -> str:
    found = [_MONTH.fullmatch(part.strip()) for part in re.split(r"[,;]", words)]
    if not all(one and 1 <= int(one[1]) <= 12 for one in found):
        raise BadDue("due_months", "Hãy ghi tháng, có thể thêm năm: 10 hoặc 10/2025; nhiều tháng cách bằng dấu phẩy.")
    months = [(int(one[1]), one[2]) for one in found if one]
    return ",".join(f"{year}-{month:02}" if year else f"{month:02}" for month, year in months)


def _quarter(words: str) -> str:
    found = _MONTH.fullmatch(words)
    if not found or not 1 <= int(found[1]) <= 4:
        raise BadDue("due_quarter", "Hãy ghi quý từ 1 đến 4, có thể thêm năm: 4 hoặc 4/2025.")
    return f"{found[2]}-{int(found[1])}" if found[2] else str(int(found[1]))


def _day_of_month(words: str) -> str:
    if not (words.isascii() and words.isdecimal() and 1 <= int(words) <= 31):
        raise BadDue("due_day", "Hãy ghi ngày từ 1 đến 31, hoặc bỏ trống.")
    return f"{int(words):02}"


_SAID: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "day": lambda typed: _days(typed["due_days"]),
    "before": lambda typed: _days(typed["due_days"]),
    "lunar": lambda typed: _lunar_day(typed["due_days"]),
    "before-lunar": lambda typed: _lunar_day(typed["due_days"]),
    "month": lambda typed: _months(typed["due_months"]),
    "quarter": lambda typed: _quarter(typed["due_quarter"]),
    "term": lambda typed: f"{typed['due_term']}:{typed['due_edge']}",
    "year": lambda typed: typed["due_edge"],
    "monthly": lambda typed: _day_of_month(typed["due_day"]) if typed["due_day"] else "",
}
"""What follows a kind of rule in its code, by the fields; a kind that is not here stands alone."""
