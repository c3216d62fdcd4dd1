"""Roman numbers of headings, which recognition confuses most, put right by their order.

"I." is seen as "1.", and "III." as "II.": a heading "1." whose next number is "1." too, or "II.", is "I."; a second
"II." is "III.".
"""

import re
from collections.abc import Iterator, Sequence

from services.planner.reading.lines import is_capitals

_ROMANS = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_NUMBERED = re.compile(r"\s*(?P<number>\d{1,2}|[IVX]{1,5})(?P<mark>[./])\s*(?P<rest>\S.*)")
_PART = re.compile(r"\s*(?:PHẦN\b|Phần\b|[A-HĐ][./])")


def in_order(texts: Sequence[str]) -> Iterator[str]:
    """The lines, their Roman numbers in order."""
    due = 1
    for index, text in enumerate(texts):
        found = _NUMBERED.match(text)
        if _PART.match(text):
            due = 1
        elif found and (value := _value(found, due, texts[index + 1 :])):
            due = value + 1
            yield f"{text[: found.start('number')]}{_ROMANS[value]}{text[found.end('number') :]}"
            continue
        yield text


def _value(found: re.Match[str], due: int, below: Sequence[str]) -> int:
    """The Roman number that a numbered line has, where `due` is the next; 0 where it has none."""
    number = found["number"]
    if number == "1" and due == 1:
        following = next((each["number"] for each in map(_NUMBERED.match, below) if each), "")
        return int(following == "II" or (following == "1" and is_capitals(found["rest"])))
    if number not in _ROMANS:
        return 0
    is_short = due < len(_ROMANS) and due > 1 and f"{number}I" == _ROMANS[due]
    return due if is_short else _ROMANS.index(number)
