"""PDF files become lines and columns as the page shows them."""

from pathlib import Path

from services.planner.documents import text_of
from services.planner.reading import read_plan

SAMPLES = Path(__file__).parents[4] / "samples"


def test_a_plan_says_the_same_in_every_form() -> None:
    """Word and PDF as an office sends them, with a letterhead in columns and numbers that Word computes."""
    word, pdf = (
        read_plan(text_of((SAMPLES / "forms" / f"ke-hoach-cum-truong.{form}").read_bytes())) for form in ("docx", "pdf")
    )
    assert [item.text for item in pdf.items] == [item.text for item in word.items]
    assert len(word.items) == 12
    for name in ("kind", "number", "date", "place", "title", "parties", "period", "legal_bases", "recipients"):
        assert getattr(pdf, name) == getattr(word, name)
