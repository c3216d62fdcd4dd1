"""Every document of `tests/documents` as text, Word document and PDF: each is read as it is in its own form."""

import pytest

from contracts.plans import PlanDocument
from services.planner.documents import text_of
from services.planner.reading import read_plan
from tests.documents import forms, make
from tests.documents.expectations import NAMES
from tests.unit.planner.reading.test_golden import GOLDEN


@pytest.fixture(scope="module")
def words() -> dict[str, bytes]:
    """The documents as Word documents."""
    return {name: make.word(make.source(name)) for name in NAMES}


@pytest.fixture(scope="module")
def pdfs(words: dict[str, bytes]) -> dict[str, bytes]:
    """The documents as PDFs, printed in one run."""
    return make.pdfs(words)


def golden(name: str) -> forms.Fields:
    """What a person has checked of the document in its own form."""
    return forms.fields(PlanDocument.model_validate_json((GOLDEN / f"{name}.json").read_bytes()))


@pytest.mark.parametrize("name", NAMES)
def test_a_text_gives_the_same_plan(name: str) -> None:
    assert forms.different(golden(name), forms.fields(read_plan(forms.text_of(name)))) == forms.listed(name, "text")


@pytest.mark.parametrize("name", NAMES)
def test_a_word_document_gives_the_same_plan(name: str, words: dict[str, bytes]) -> None:
    assert forms.different(golden(name), forms.fields(read_plan(text_of(words[name])))) == forms.listed(name, "word")


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_gives_the_same_plan(name: str, pdfs: dict[str, bytes]) -> None:
    assert forms.different(golden(name), forms.fields(read_plan(text_of(pdfs[name])))) == forms.listed(name, "pdf")
