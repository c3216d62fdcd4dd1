"""Which items of a new document are the same duties as before."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from contracts.plans import Item
from services.planner.rules.matching import match

WORDS = st.sampled_from(["tuyên", "truyền", "vận", "động", "báo", "cáo", "kết", "quả", "thi", "đua", "dạy", "tốt"])
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
LONG = (
    "Phối hợp tuyên truyền, phổ biến chủ trương của Đảng, chính sách pháp luật của Nhà nước và nhiệm vụ năm học đến"
    " toàn thể cán bộ, giáo viên, người lao động trước ngày 20/11/2025."
)


def items(*texts: str, section: str = "II.1") -> list[Item]:
    return [Item(position=position, section=section, text=text) for position, text in enumerate(texts, start=1)]


def sure(before: list[Item], after: list[Item]) -> list[int | None]:
    return [found.before if found and found.sure else None for found in match(before, after)]


@given(st.lists(TEXTS, unique=True, max_size=8), st.randoms())
def test_the_same_texts_match_in_any_order(texts: list[str], chance: st.DataObject) -> None:
    order = list(range(len(texts)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert sure(items(*texts), items(*(texts[index] for index in order), section="III")) == order


@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=8))
def test_no_item_is_continued_twice(before: list[str], after: list[str]) -> None:
    found = [each.before for each in match(items(*before), items(*after)) if each]
    assert len(set(found)) == len(found)


def test_spacing_case_and_unicode_form_do_not_count() -> None:
    other = unicodedata.normalize("NFD", LONG.upper().replace(" ", "  "))
    assert sure(items("Khác hẳn", LONG), items(other, section="V")) == [1]


def test_another_day_in_a_long_text_is_the_same_duty() -> None:
    assert sure(items("Báo cáo", LONG), items(LONG.replace("20/11", "25/11"), section="V")) == [1]


def test_of_two_alike_a_person_decides() -> None:
    before = items(LONG.replace("20/11", "15/10"), LONG.replace("20/11", "15/3"))
    [found] = match(before, items(LONG))
    assert found is not None
    assert not found.sure


def test_half_the_words_are_for_a_person_to_decide() -> None:
    [found] = match(items(LONG), items("Phối hợp tuyên truyền, phổ biến chủ trương của Đảng, chính sách của tỉnh."))
    assert found is None or not found.sure
    half = " ".join(LONG.split()[:18])
    [found] = match(items(LONG), items(half, section="V"))
    assert found is not None
    assert not found.sure


def test_nothing_alike_is_new() -> None:
    assert match(items(LONG), items("Tổ chức hội thao ngành giáo dục cấp huyện.")) == [None]


def test_of_the_same_texts_those_of_one_section_belong_together() -> None:
    before = [*items("Báo cáo", section="II.1"), *items("Báo cáo", section="II.2")]
    after = [*items("Báo cáo", section="II.2"), *items("Báo cáo", section="II.1")]
    assert sure(before, after) == [1, 0]
