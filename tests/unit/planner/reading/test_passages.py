"""Cues make patterns quick and hide nothing."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.planner.reading import day_words, items, scope, targets
from services.planner.reading.passages import Cued, Passage
from tests.unit.planner.reading.test_origins import TEXTS

WRITTEN = "".join(sorted(set(' /-–.,;:()“”"%&+12345678900' + "".join(TEXTS.values()).lower()) - {"\n", "\t"}))
CUED = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (day_words, items, scope, targets)
    for name, value in vars(module).items()
    if isinstance(value, Cued)
} | {f"day_words.{place}": cued for place, (cued, _) in enumerate(day_words.SEARCHES)}
SENTENCES = [Passage(sentence) for text in TEXTS.values() for sentence in re.split(r"(?<=[.;])\s|\n", text)]


@pytest.mark.parametrize("name", CUED)
def test_a_sentence_without_a_cue_does_not_match(name: str) -> None:
    cued = CUED[name]
    for sentence in SENTENCES:
        found = cued.regex.search(sentence.text if cued.exact else sentence.lowered)
        assert (found is None) is (cued.search(sentence) is None), sentence.text


@pytest.mark.parametrize("name", [name for name, cued in CUED.items() if not cued.exact])
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_whatever_matches_holds_a_cue(name: str, data: st.DataObject) -> None:
    cued = CUED[name]
    text = data.draw(st.from_regex(cued.regex, fullmatch=True, alphabet=WRITTEN)).lower()
    assert (cued.search(Passage(text)) is None) is (cued.regex.search(text) is None)


@pytest.mark.parametrize("name", [name for name, cued in CUED.items() if not cued.exact])
def test_what_finds_capitals_too_is_written_small(name: str) -> None:
    literal = re.sub(r"\\[A-Z]|\(\?P[<=]", "", CUED[name].regex.pattern)
    assert not re.search(r"[A-ZĐ]", literal)


def test_capitals_are_found_and_lengths_kept() -> None:
    shouted = Passage("TẾT İ NGUYÊN ĐÁN")
    assert len(shouted.lowered) == len(shouted.text)
    assert Cued("nguyên đán", "đán").search(shouted)
    assert Cued("nguyên đán", "đán", exact=True).search(shouted) is None
