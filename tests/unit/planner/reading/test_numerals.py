"""Numbers written in words."""

import pytest

from services.planner.reading.numerals import numeral


@pytest.mark.parametrize(
    ("words", "value"),
    [("một", 1), ("Mười", 10), ("mười hai", 12), ("hai mươi", 20), ("ba mươi  mốt", 31), ("hai mươi lăm", 25)],
)
def test_words_are_numbers(words: str, value: int) -> None:
    assert numeral(words) == value


@pytest.mark.parametrize("words", ["", "tháng", "mười tháng", "12"])
def test_other_words_are_none(words: str) -> None:
    assert numeral(words) is None
