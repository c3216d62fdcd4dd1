"""Characters that stand on a page become lines of text: words, and columns side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

GAP = 2.0
"""How many characters wide a gap between two pieces of a line is at least where a column begins."""
SPACE = 0.25
"""How many characters wide a gap is at least that stands for a space, where the file has none."""


@dataclass(frozen=True)
class Glyph:
    """One character, or a word that is known to be one, and its box on the page, whose height grows upwards."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    is_word: bool = False
    confidence: float = 100.0
    """In percent, where it was recognised."""

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True)
class Line:
    """One line of text and what it was made of, from left to right."""

    text: str
    glyphs: Sequence[Glyph] = ()


def lines_of(glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """The characters as lines from the top down; an empty line where the page leaves room for one."""
    if not glyphs:
        return
    width = median((glyph.right - glyph.left) / len(glyph.text) for glyph in glyphs)
    height = median(glyph.top - glyph.bottom for glyph in glyphs)
    edge = min(glyph.left for glyph in glyphs)
    above: float | None = None
    for row in _rows(glyphs, height):
        if above is not None and above - row[0].middle > 2 * height:
            yield Line("")
        above = row[0].middle
        yield Line(_line(row, width, edge), row)


def _rows(glyphs: Sequence[Glyph], height: float) -> Iterator[list[Glyph]]:
    """Characters that stand at the same height, from left to right."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.middle):
        if row and row[0].middle - glyph.middle > height / 2:
            yield sorted(row, key=lambda glyph: glyph.left)
            row = []
        row.append(glyph)
    yield sorted(row, key=lambda glyph: glyph.left)


def _line(row: Sequence[Glyph], width: float, edge: float) -> str:
    """One line of text; a wide gap sets columns apart, at the place where they stand on the page."""
    line, end = "", edge
    for glyph in row:
        gap = (glyph.left - end) / width
        if gap > GAP:
            column = round((glyph.left - edge) / width)
            line = line.ljust(max(column, len(line) + 4) if line else column)
        elif line and (glyph.is_word or gap > SPACE):
            line += " "
        line += glyph.text
        end = glyph.right
    return line
