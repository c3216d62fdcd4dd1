"""Officers read Vietnamese: every code that the reader gives has its sentence."""

import re
from pathlib import Path

import pytest

from contracts.plans import Warning
from services.planner.reading import UnreadableDocument, read_plan
from services.planner.rules import wording
from tests.unit.planner.reading.samples import NAMES, sample

PLANNER = Path(wording.__file__).parents[1]


def codes(of: str, *places: Path) -> set[str]:
    """The codes that the sources give: literals where one of `of` is made."""
    files = [file for place in places for file in ([place] if place.is_file() else place.glob("*.py"))]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    found = re.findall(rf"(?:{of})\(\s*(?:code=)?\"([a-z-]+)\"(?: if \w+ else \"([a-z-]+)\")?", source)
    return {code for pair in found for code in pair if code}


def test_every_warning_has_its_sentence() -> None:
    places = (
        *(PLANNER / name for name in ("reading", "documents")),
        *(PLANNER / "rules" / name for name in ("parents.py", "following.py", "same_days.py")),
        PLANNER / "use_cases" / "amending.py",
    )
    assert codes("Warning|_repeated", *places) == set(wording.WARNINGS)


def test_every_reason_why_a_document_cannot_be_read_has_its_words() -> None:
    places = (PLANNER / "reading", PLANNER / "documents", PLANNER / "files" / "reader.py")
    assert codes("UnreadableDocument", *places) == set(wording.UNREADABLE)


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_lacks_its_particulars(name: str) -> None:
    for warning in read_plan(sample(name)).warnings:
        assert bool(warning.about) is ("{about}" in wording.WARNINGS[warning.code]), warning
        assert warning.about in wording.of_warning(warning)


def test_a_warning_says_what_it_is_about() -> None:
    warning = Warning(code="duplicate-duty", message="the duty repeats line 77", about="77", lines=(80, 81))
    assert wording.of_warning(warning) == "Nhiệm vụ này trùng với nhiệm vụ ở dòng 77."
    assert wording.of_warning(Warning(code="of-theirs", message="Xem lại.")) == "Xem lại."


def test_why_a_document_cannot_be_read_names_the_line() -> None:
    error = UnreadableDocument("null-character", "the text holds the character U+0000", 3)
    assert wording.of_unreadable(error) == "Không đọc được văn bản (dòng 3): có ký tự U+0000."
