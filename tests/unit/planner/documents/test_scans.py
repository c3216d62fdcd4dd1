"""Every document of `tests/documents` as a scan: counts, numbers, days, kinds and scopes are read, texts nearly."""

import pytest

from services.planner.documents import page_picture, recognised
from services.planner.documents.pages import DPI
from services.planner.files import tools
from services.planner.reading import read_plan
from tests.documents import forms
from tests.documents.expectations import NAMES
from tests.unit.planner.documents.test_every_form import golden


async def words_of(scan: bytes) -> list[str]:
    """What Tesseract recognises on each page."""
    pages: list[str] = []
    while picture := page_picture(scan, len(pages) + 1):
        words = await tools.words_of(picture, DPI)
        assert words is not None, "Tesseract is not installed"
        pages.append(words)
    return pages


@pytest.mark.parametrize("name", NAMES)
async def test_a_scan_gives_the_plan_but_for_letters(name: str) -> None:
    """With Tesseract 5.3 and Debian's `vie`; what it mistakes beyond letters is listed, document by document."""
    read = read_plan(recognised(await words_of(forms.scan_of(name))).text)
    assert forms.different(golden(name), forms.fields(read), of_scan=True) == forms.listed(name, "scan")
