"""PDF files with text: words laid out in lines and columns by where they stand on the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium
from pypdfium2 import raw

from services.planner.reading.decoding import UnreadableDocument

MAX_PAGES = 200
GAP = 2.0
"""How many characters wide a gap between two pieces of a line is at least where a column begins."""
SPACE = 0.25
"""How many characters wide a gap is at least that stands for a space, where the file has none."""


@dataclass(frozen=True)
class Glyph:
    """One character and its box on the page (points, from the lower left corner)."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.bottom + self.top) / 2


def pdf_text(content: bytes) -> str:
    """The text as the pages show it, columns side by side.

    Raises UnreadableDocument (`encrypted`, `broken`, `too-large`, `no-text`).
    """
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        raise UnreadableDocument(
            "encrypted" if encrypted else "broken",
            "the PDF is protected by a password" if encrypted else "the file is no PDF that can be opened",
        ) from None
    try:
        if len(document) > MAX_PAGES:
            raise UnreadableDocument("too-large", f"the PDF has {len(document)} pages, at most {MAX_PAGES} are read")
        lines: list[str] = []
        for page in document:
            lines += _lines(_glyphs(page))
        if not any(lines):
            raise UnreadableDocument("no-text", "the PDF holds pictures of pages and no text")
        return "\n".join(lines) + "\n"
    finally:
        document.close()


def _glyphs(page: pdfium.PdfPage) -> list[Glyph]:
    """The page's characters; a word may come in pieces, of several fonts where one lacks an accent."""
    text = page.get_textpage()
    try:
        found = []
        for index in range(text.count_chars()):
            character = chr(raw.FPDFText_GetUnicode(text, index))
            if not character.isspace() and character.isprintable() and not raw.FPDFText_IsGenerated(text, index):
                left, bottom, right, top = text.get_charbox(index, loose=True)
                found.append(Glyph(left, bottom, right, top, character))
        return found
    finally:
        text.close()


def _lines(glyphs: list[Glyph]) -> Iterator[str]:
    """The characters as lines from the top down; an empty line where the page leaves room for one."""
    if not glyphs:
        return
    width = median(glyph.right - glyph.left for glyph in glyphs)
    height = median(glyph.top - glyph.bottom for glyph in glyphs)
    edge = min(glyph.left for glyph in glyphs)
    above: float | None = None
    for row in _rows(glyphs, height):
        if above is not None and above - row[0].middle > 2 * height:
            yield ""
        above = row[0].middle
        yield _line(row, width, edge)


def _rows(glyphs: list[Glyph], height: float) -> Iterator[list[Glyph]]:
    """Characters that stand at the same height, from left to right."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.middle):
        if row and row[0].middle - glyph.middle > height / 2:
            yield sorted(row, key=lambda glyph: glyph.left)
            row = []
        row.append(glyph)
    yield sorted(row, key=lambda glyph: glyph.left)


def _line(row: list[Glyph], width: float, edge: float) -> str:
    """One line of text; a wide gap sets columns apart, at the place where they stand on the page."""
    line, end = "", edge
    for glyph in row:
        gap = (glyph.left - end) / width
        if gap > GAP:
            column = round((glyph.left - edge) / width)
            line = line.ljust(max(column, len(line) + 4) if line else column)
        elif line and gap > SPACE:
            line += " "
        line += glyph.text
        end = glyph.right
    return line
