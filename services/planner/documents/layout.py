"""Characters that stand on a page become lines of text: words, and columns side by side."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from services.planner.reading.lines import marker

GAP = 2.0
"""How many characters wide a gap between two pieces of a line is at least where a column begins."""
SPACE = 0.25
"""How many characters wide a gap is at least that stands for a space, where the file has none."""

_HYPHEN = re.compile(r"\w-$")
"""Where a word is broken at its own hyphen: numbers of documents are, Vietnamese words have none."""


@dataclass(frozen=True)
class Glyph:
    """One character, or a word that is known to be one, and its box on the page, whose height grows upwards.

    A space is one too, where the file has it.
    """

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
class Piece:
    """What stands together on a line, between gaps that set columns apart."""

    text: str
    glyphs: Sequence[Glyph]
    column: int
    """At how many characters from the edge it begins."""
    words: Sequence[tuple[float, float]]
    """From where to where each of its words reaches."""

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.words[0][0]

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.words[-1][1]

    def and_then(self, other: "Piece") -> "Piece":
        """This piece with one of a line below that goes on with it."""
        text = self.text + ("" if _HYPHEN.search(self.text) else " ") + other.text
        return Piece(text, [*self.glyphs, *other.glyphs], self.column, [*self.words, *other.words])


@dataclass(frozen=True)
class Line:
    """One line and its pieces from left to right; an empty one has none."""

    pieces: Sequence[Piece] = ()

    @property
    def text(self) -> str:
        """Its text, each piece at its place."""
        text = ""
        for piece in self.pieces:
            text = text.ljust(max(piece.column, len(text) + 4) if text else piece.column) + piece.text
        return text

    @property
    def glyphs(self) -> Sequence[Glyph]:
        """What it was made of."""
        return [glyph for piece in self.pieces for glyph in piece.glyphs]

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return median(glyph.middle for glyph in self.glyphs)


def lines_of(glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """The characters as lines from the top down; an empty line where the page leaves room for one."""
    inked = [glyph for glyph in glyphs if glyph.text.strip()]
    if not inked:
        return
    width = median((glyph.right - glyph.left) / len(glyph.text) for glyph in inked)
    height = median(glyph.top - glyph.bottom for glyph in inked)
    edge = min(glyph.left for glyph in inked)
    above: float | None = None
    for row in rows_of(glyphs):
        if not any(glyph.text.strip() for glyph in row):
            continue
        if above is not None and above - row[0].middle > 2 * height:
            yield Line()
        above = row[0].middle
        yield Line(list(_pieces(row, width, edge)))


def rows_of(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Characters that stand at the same height, from left to right; the rows from the top down."""
    height = median(glyph.top - glyph.bottom for glyph in glyphs) if glyphs else 0.0
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.middle):
        if row and row[0].middle - glyph.middle > height / 2:
            yield sorted(row, key=lambda glyph: glyph.left)
            row = []
        row.append(glyph)
    if row:
        yield sorted(row, key=lambda glyph: glyph.left)


def _pieces(row: Sequence[Glyph], width: float, edge: float) -> Iterator[Piece]:
    """The pieces of a line; the gap behind a paragraph's own number or bullet is none."""
    text, spaced = "", False
    glyphs: list[Glyph] = []
    words: list[tuple[float, float]] = []
    for glyph in row:
        if glyph.text == " ":
            spaced = bool(text)
            continue
        if not glyph.text:  # a footnote's number stood here
            words[-1:] = [(left, glyph.right) for left, _ in words[-1:]]
            continue
        gap = (glyph.left - words[-1][1]) / width if words else 0.0
        if gap > GAP and not _is_label(text):
            yield Piece(text, glyphs, _column(words[0][0], width, edge), words)
            text, glyphs, words = "", [], []
        if text and (spaced or glyph.is_word or gap > SPACE):
            text += " "
        if not words or text.endswith(" "):
            words.append((glyph.left, glyph.right))
        else:
            words[-1] = (words[-1][0], glyph.right)
        text, spaced = text + glyph.text, False
        glyphs.append(glyph)
    yield Piece(text, glyphs, _column(words[0][0], width, edge), words)


def _column(left: float, width: float, edge: float) -> int:
    column = (left - edge) / width
    return round(column) if column > GAP else 0


def _is_label(text: str) -> bool:
    """Whether a line so far is what a paragraph is numbered by."""
    found = marker(f"{text} Tên")
    return found is not None and found.end() > len(text)
