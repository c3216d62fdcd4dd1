"""Every derived field tells its words, and the words stand where it says; a default that no words gave tells none."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.plans import DocumentKind, Item, ItemKind, Origin, PlanDocument
from contracts.scope import Audience
from services.planner.reading import read_plan
from services.planner.reading.lines import source_lines
from services.planner.reading.passages import Passage, joined
from tests.unit.planner.reading import documents
from tests.unit.planner.reading.samples import NAMES, sample
from tests.unit.planner.reading.test_layout import wrap

TEXTS = {name: sample(name) for name in NAMES} | {
    name: text for name, text in vars(documents).items() if isinstance(text, str) and name.isupper()
}


def origins(document: PlanDocument) -> list[Origin]:
    return [*document.origins, *(origin for item in document.items for origin in item.origins)]


def stand_there(text: str, document: PlanDocument) -> bool:
    """Whether each origin's words follow one another on its lines; those of another column may stand between."""
    lines = source_lines(text)
    for origin in origins(document):
        first, last = origin.lines
        there = iter(re.findall(r"\w+", " ".join(line.text for line in lines[first - 1 : last])))
        words = re.findall(r"\w+", origin.text)
        if not words or not all(word in there for word in words):
            return False
        # Neither its first nor its last line is idle.
        ends = lines[first - 1].text, lines[last - 1].text
        if words[0] not in ends[0] or words[-1] not in ends[1]:
            return False
    return True


@pytest.mark.parametrize("name", TEXTS)
def test_words_stand_on_their_lines(name: str) -> None:
    assert stand_there(TEXTS[name], read_plan(TEXTS[name]))


@given(st.sampled_from(NAMES), st.integers(min_value=50, max_value=110), st.sampled_from(["NFC", "NFD"]))
@settings(max_examples=25, deadline=None)
def test_words_stand_on_their_lines_in_another_layout(name: str, width: int, form: Any) -> None:
    wrapped = "\n".join(wrap(line, width) for line in sample(name).split("\n"))
    text = unicodedata.normalize(form, wrapped)
    assert stand_there(text, read_plan(text))


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_default_has_its_words(name: str) -> None:
    document = read_plan(TEXTS[name])
    told = {origin.field for origin in document.origins}
    assert {"kind", "title"} <= told
    for field in ("number", "date", "place"):
        assert (getattr(document, field) is not None) is (field in told), field
    period = {f"period.{field}" for field, value in document.period if field != "certain" and value is not None}
    assert period == {field for field in told if field.startswith("period.")}
    for number, party in enumerate(document.parties, start=1):
        assert f"parties.{number}" in told
        assert (party.signer is not None) is (f"parties.{number}.signer" in told)
        assert (party.signer_title is not None) is (f"parties.{number}.signer_title" in told)
    for number, basis in enumerate(document.legal_bases, start=1):
        for field in ("number", "date", "issuer"):
            assert (getattr(basis, field) is not None) is (f"legal_bases.{number}.{field}" in told)
    assert (document.parent is not None) is ("parent.number" in told)
    for item in document.items:
        assert_told(item)


def assert_told(item: Item) -> None:
    told = {origin.field for origin in item.origins}
    assert (item.kind is not ItemKind.STANDING) is ("kind" in told)
    assert (item.due.rule != "none") is ("due" in told)
    for field in ("targets", "lead", "cooperating", "directing"):
        numbered = {f"{field}.{number}" for number in range(1, len(getattr(item, field)) + 1)}
        assert numbered == {each for each in told if each.startswith(f"{field}.")}
    scope = item.scope
    assert bool(scope.levels) is ("scope.levels" in told)
    assert bool(scope.grades) is ("scope.grades" in told)
    assert (scope.ownership is not None) is ("scope.ownership" in told)
    assert (scope.with_union is not None) is ("scope.with_union" in told)
    assert (scope.audience is Audience.PARTIES) is ("scope.audience" in told)


def test_a_term_that_a_page_breaks_tells_both_lines() -> None:
    text = (
        "KẾ HOẠCH\nPhối hợp năm học 2025 - 2026\nII. NỘI DUNG\n- Báo cáo kết quả về Phòng trước ngày\n\n15/10/2025.\n"
    )
    document = read_plan(text)
    assert document.kind is DocumentKind.PLAN
    assert [origin for origin in document.items[0].origins if origin.field == "due"] == [
        Origin(field="due", text="trước ngày 15/10/2025", lines=(4, 6))
    ]


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=5), min_size=1, max_size=5), st.data())
def test_a_part_of_joined_passages_knows_its_lines(texts: list[str], data: st.DataObject) -> None:
    whole = joined([Passage(text, ((0, line),)) for line, text in enumerate(texts, start=1)], " ")
    start = data.draw(st.integers(0, len(whole.text)))
    end = data.draw(st.integers(start, len(whole.text)))
    part = whole.part(start, end)
    assert part.text == whole.text[start:end].strip()
    lines = [line for line, text in enumerate(texts, start=1) for _ in f"{text} "]
    if part.text:
        begin = start + len(whole.text[start:end]) - len(whole.text[start:end].lstrip())
        assert part.lines == (lines[begin], lines[begin + len(part.text) - 1])
