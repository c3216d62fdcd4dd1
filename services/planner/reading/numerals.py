"""Numbers written in words: `mười hai` is 12, up to 99."""

import re

_UNITS = {
    word: value
    for value, words in enumerate(("", "một mốt", "hai", "ba", "bốn tư", "năm lăm", "sáu", "bảy bẩy", "tám", "chín"))
    for word in words.split()
}
_UNIT = "(?:" + "|".join(_UNITS) + ")"
NUMERALS = rf"(?:{_UNIT} mươi(?: {_UNIT})?|mười(?: {_UNIT})?|{_UNIT})\b"
"""Matches a number in words, the longest first."""

_PARTS = re.compile(rf"(?:(?P<tens>{_UNIT}) mươi|(?P<ten>mười))?(?: ?(?P<unit>{_UNIT}))?")


def numeral(words: str) -> int | None:
    """The number that the words say, from 1 to 99; None where they are no number in words."""
    found = _PARTS.fullmatch(" ".join(words.lower().split()))
    if not found or not words.strip():
        return None
    tens = _UNITS[found["tens"]] if found["tens"] else 1 if found["ten"] else 0
    return 10 * tens + (_UNITS[found["unit"]] if found["unit"] else 0)
