"""Roman numbers that recognition confuses are put right where their order leaves no doubt."""

import pytest

from services.planner.documents.romans import in_order


@pytest.mark.parametrize(
    ("recognised", "printed"),
    [
        (
            ["1. NỘI DUNG", "1. Hội thi.", "2. Hội thao.", "II. TỔ CHỨC"],
            ["I. NỘI DUNG", "1. Hội thi.", "2. Hội thao.", "II. TỔ CHỨC"],
        ),
        (
            ["1. Về chuyên môn", "II. Về nuôi dưỡng", "II. Về đời sống", "IV. Về Đảng"],
            ["I. Về chuyên môn", "II. Về nuôi dưỡng", "III. Về đời sống", "IV. Về Đảng"],
        ),
        (["1. Hội thi.", "2. Hội thao."], ["1. Hội thi.", "2. Hội thao."]),
        (["1. Hội thi.", "1. Hội thao."], ["1. Hội thi.", "1. Hội thao."]),
        (
            ["A. CHUNG", "I. Một", "B. RIÊNG", "I. Một", "II. Hai"],
            ["A. CHUNG", "I. Một", "B. RIÊNG", "I. Một", "II. Hai"],
        ),
    ],
    ids=["a one for an I", "a II for a III", "no Roman number", "the same number twice", "parts begin anew"],
)
def test_what_is_certain_is_put_right(recognised: list[str], printed: list[str]) -> None:
    assert list(in_order(recognised)) == printed
