"""PDF files with text: words laid out in lines and columns by where they stand on the page."""

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_double, c_float

import pypdfium2 as pdfium
from pypdfium2 import raw

from contracts.plans import Warning
from services.planner.documents.contents import Contents
from services.planner.documents.flow import Block, paragraphs_of
from services.planner.documents.footnotes import without_footnotes
from services.planner.documents.layout import SPACE, Glyph, Line, lines_of
from services.planner.documents.ruled import Rule, Table, tables_of
from services.planner.documents.tables import continued, note_line, table_lines
from services.planner.reading.decoding import UnreadableDocument

MAX_PAGES = 200
DESCENT = 0.2
"""How much of a letter's height stands below its base line."""
FEW = 300
"""Characters: a page of pictures may have so many, of a stamp or a digital signature, and is a scan all the same."""


def is_pdf(content: bytes) -> bool:
    """Whether a file is a PDF: some have a few bytes before their mark."""
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return b"%PDF-" in content[:1024] and not content.startswith(marks)


@contextmanager
def opened(content: bytes) -> Iterator[pdfium.PdfDocument]:
    """The document, until the block ends. Raises UnreadableDocument (`encrypted`, `broken`)."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        raise UnreadableDocument(
            "encrypted" if encrypted else "broken",
            "the PDF is protected by a password" if encrypted else "the file is no PDF that can be opened",
        ) from None
    try:
        yield document
    finally:
        document.close()


def pdf_contents(content: bytes) -> Contents:
    """The text as the pages show it, columns side by side.

    Pages that are pictures among pages of text are named by a warning, `page-not-read`. Raises UnreadableDocument
    (`encrypted`, `broken`, `too-large`, `no-text`, and `needs-tesseract` for a scan).
    """
    with opened(content) as document:
        if len(document) > MAX_PAGES:
            raise UnreadableDocument("too-large", f"the PDF has {len(document)} pages, at most {MAX_PAGES} are read")
        pages = [_page(page) for page in document]
    scanned = [number for number, page in enumerate(pages, start=1) if page is None]
    read = [page for page in pages if page is not None]
    lines = list(_lines(list(paragraphs_of([blocks for blocks, _ in read]))))
    lines += [note_line(note) for _, notes in read for note in notes]
    if not any(lines):
        raise scan_refused("a scan") if scanned else UnreadableDocument("no-text", "the PDF has no text")
    return Contents("\n".join(lines) + "\n", tuple(map(_not_read, scanned)))


def _lines(pages: Sequence[Sequence[Block]]) -> Iterator[str]:
    """The pages as lines of text. A table that goes on over the page is one table."""
    blocks = [block for page in pages for block in page]
    while blocks:
        block = blocks.pop(0)
        if isinstance(block, Line):
            yield block.text
            continue
        rows = block.rows
        while (following := _following(block, blocks)) is not None:
            blocks.remove(following)
            rows = continued(rows, following.rows)
        yield from table_lines(rows)


def _following(table: Table, blocks: Sequence[Block]) -> Table | None:
    """The table's part on the next page: one of the same columns, with nothing but a page's number before it."""
    for block in blocks:
        if isinstance(block, Table):
            return block if table.goes_on_in(block) else None
        if block.text.strip(" -–/0123456789"):
            return None
    return None


def scan_refused(what: str) -> UnreadableDocument:
    """The refusal of what only Tesseract can read."""
    message = f"{what} is read through Tesseract, which is not installed: tesseract-ocr and tesseract-ocr-vie"
    return UnreadableDocument("needs-tesseract", message)


def _not_read(number: int) -> Warning:
    message = f"page {number} is a picture among pages of text: it was not read"
    return Warning(code="page-not-read", message=message, about=str(number))


def _page(page: pdfium.PdfPage) -> tuple[list[Block], list[str]] | None:
    """The lines and tables of a page, from the top down, and its footnotes; None where it is a picture."""
    glyphs = _glyphs(page)
    if sum(glyph.text != " " for glyph in glyphs) < FEW and _pictured(page):
        return None
    glyphs, notes = without_footnotes(glyphs)
    blocks: list[Block] = []
    for table in tables_of(list(_rules(page)), glyphs):
        blocks += lines_of([glyph for glyph in glyphs if glyph.middle >= table.top])
        blocks.append(table)
        glyphs = [glyph for glyph in glyphs if glyph.middle <= table.bottom]
    return [*blocks, *lines_of(glyphs)], notes


def _rules(page: pdfium.PdfPage) -> Iterator[Rule]:
    """The straight rules that the page draws, level or upright."""
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        matrix = drawn.get_matrix()
        last: tuple[float, float] | None = None
        for index in range(raw.FPDFPath_CountSegments(drawn)):
            segment = raw.FPDFPath_GetPathSegment(drawn, index)
            x, y = c_float(), c_float()
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            point = matrix.on_point(x.value, y.value)
            if last is not None and raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
                (left, right), (bottom, top) = sorted((last[0], point[0])), sorted((last[1], point[1]))
                if min(right - left, top - bottom) < 1:
                    yield Rule(left, bottom, right, top)
            last = point


def _pictured(page: pdfium.PdfPage) -> bool:
    """Whether pictures cover half of the page or more."""
    covered = 0.0
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = each.get_bounds()
        covered += (right - left) * (top - bottom)
    width, height = page.get_size()
    return bool(covered >= 0.5 * width * height)


def _glyphs(page: pdfium.PdfPage) -> list[Glyph]:
    """The page's characters; a word may come in pieces, of several fonts where one lacks an accent.

    Characters of one line stand on one base line, whatever their fonts' boxes: a letter's box is made from there.
    """
    text = page.get_textpage()
    try:
        found: list[Glyph] = []
        x, base = c_double(), c_double()
        guessed: tuple[float, float] | None = None
        for index in range(text.count_chars()):
            character = chr(raw.FPDFText_GetUnicode(text, index))
            if not (character.isprintable() or character.isspace()):
                continue
            raw.FPDFText_GetCharOrigin(text, index, x, base)
            if raw.FPDFText_IsGenerated(text, index):
                guessed = (x.value, base.value) if character == " " else None
                continue
            left, bottom, right, top = text.get_charbox(index, loose=True)
            size = max(raw.FPDFText_GetFontSize(text, index), top - bottom)
            foot = base.value - DESCENT * size
            # Between fonts, pdfium guesses a space, in place of a real one too: that one takes room.
            if guessed and guessed[1] == base.value and SPACE * size / 2 < left - guessed[0] < size / 2:
                found.append(Glyph(guessed[0], foot, left, foot + size, " "))
            guessed = None
            found.append(Glyph(left, foot, right, foot + size, " " if character.isspace() else character))
        return found
    finally:
        text.close()
