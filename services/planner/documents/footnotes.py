"""Footnotes of a printed page: small print at its foot, whose raised number stands in the text too."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from services.planner.documents.layout import Glyph, lines_of, rows_of

SMALL = 0.8
"""How high, of the letters beside it, a note's number is at most."""
SMALL_PRINT = 0.9
"""How high, of the page's letters, a note's are at most."""


def without_footnotes(glyphs: Sequence[Glyph]) -> tuple[list[Glyph], list[str]]:
    """The page's characters without its footnotes and their numbers, and the text of each footnote."""
    rows = [row for row in rows_of(glyphs) if _height(row)]
    usual = median(map(_height, rows)) if rows else 0.0
    numbers = {glyph.text for row in rows for glyph in row if _is_raised(glyph, row)}
    notes: list[list[Glyph]] = []
    kept: list[list[Glyph]] = []
    for row in rows if numbers else ():
        if _height(row) > SMALL_PRINT * usual or not (row[0].text in numbers or notes):
            kept.append(row)
        elif row[0].text in numbers:
            notes.append(row[1:])
        else:
            notes[-1] += row
    if not notes:
        return list(glyphs), []
    texts = [" ".join(line.text.strip() for line in lines_of(note)) for note in notes]
    # Where a number stood, the words go on.
    return [replace(glyph, text="") if _is_raised(glyph, row) else glyph for row in kept for glyph in row], texts


def _height(row: Sequence[Glyph]) -> float:
    """How high its letters are; 0 where there is none."""
    heights = [glyph.top - glyph.bottom for glyph in row if glyph.text != " "]
    return median(heights) if heights else 0.0


def _is_raised(glyph: Glyph, row: Sequence[Glyph]) -> bool:
    return glyph.text.isdigit() and glyph.top - glyph.bottom < SMALL * _height(row)
