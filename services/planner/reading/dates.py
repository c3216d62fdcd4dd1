"""When an item falls due: the words of time that it holds, as one due rule with its days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from contracts.plans import Due, Origin, Period
from services.planner.reading.day_words import FROM_ISSUE, SEARCHES, days_after
from services.planner.reading.lines import excerpts
from services.planner.reading.passages import Passage
from services.planner.rules.calendar import occurrences

MAX_RULE = 60
"""Characters; as many as `contracts.plans.Due.rule` takes."""

_CUES = frozenset[str]().union(*(search.cues for search, _ in SEARCHES))
_BY_CUE = {cue: [place for place, (search, _) in enumerate(SEARCHES) if cue in search.cues] for cue in _CUES}
"""The places of the searches that a cue calls for."""
_EXPLAINED = re.compile(r"\s*[:(]\s*")
"""What stands between a time and the same time said more closely: "cuối năm học: tháng 5/2026"."""


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
    found = _less_vague(text, _less_names(text, list(distinct.values())))
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
    if len(found) < 2:
        return found
    quoted = [match.span() for match in re.finditer(r"“[^”]*”|\"[^\"]*\"", text)]
    named = [term for term in found if any(start < term.start < end for start, end in quoted)]
    return [term for term in found if term not in named] or found


def _less_vague(text: str, found: list[Found]) -> list[Found]:
    """The terms without those that the next one says more closely, or another one with its year."""
    years = {re.sub(r":20\d\d-", ":", term.rule) for term in found if re.search(r":20\d\d-", term.rule)}
    explained = {
        term.start
        for term, closer in pairwise(found)
        if not _recurs(term.rule) and _EXPLAINED.fullmatch(text, term.end, closer.start)
    }
    return [term for term in found if term.start not in explained and term.rule not in years]


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
            grouped.setdefault(key, []).extend(arguments.split(",") if arguments else [])
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
    tokens = passage.tokens
    places = set[int]().union(*(_BY_CUE[cue] for cue in tokens & _CUES))
    for search, rules in (SEARCHES[place] for place in sorted(places)):
        if not search.may_match(tokens):
            continue
        for match in search.regex.finditer(text if search.exact else lowered):
            rule = rules(match)
            if rule is None:
                continue
            if rule == FROM_ISSUE:
                rule = days_after(match, issued) if issued else ""
            start, end = match.span()
            if rule:
                yield Found(rule, start, end)
            used = "\0" * (end - start)
            text, lowered = text[:start] + used + text[end:], lowered[:start] + used + lowered[end:]
