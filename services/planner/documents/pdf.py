"""PDF files with text: words laid out in lines and columns by where they stand on the page."""

import codecs
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_float

import pypdfium2 as pdfium
from pypdfium2 import raw

from contracts.plans import Warning
from services.planner.documents.contents import Contents
from services.planner.documents.layout import Glyph, lines_of
from services.planner.documents.ruled import Rule, Table, tables_of
from services.planner.documents.tables import continued, table_lines
from services.planner.reading.decoding import UnreadableDocument

MAX_PAGES = 200
Block = str | Table
"""A line of text, or a table."""
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
    lines = list(_lines([page for page in pages if page is not None]))
    if not any(lines):
        raise scan_refused("a scan") if scanned else UnreadableDocument("no-text", "the PDF has no text")
    return Contents("\n".join(lines) + "\n", tuple(map(_not_read, scanned)))


def _lines(pages: Sequence[Sequence[Block]]) -> Iterator[str]:
    """The pages as lines of text. A table that goes on over the page is one table."""
    blocks = [block for page in pages for block in page]
    while blocks:
        block = blocks.pop(0)
        if isinstance(block, str):
            yield block
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
        if block.strip(" -–/0123456789"):
            return None
    return None


def scan_refused(what: str) -> UnreadableDocument:
    """The refusal of what only Tesseract can read."""
    message = f"{what} is read through Tesseract, which is not installed: tesseract-ocr and tesseract-ocr-vie"
    return UnreadableDocument("needs-tesseract", message)


def _not_read(number: int) -> Warning:
    message = f"page {number} is a picture among pages of text: it was not read"
    return Warning(code="page-not-read", message=message, about=str(number))


def _page(page: pdfium.PdfPage) -> Sequence[Block] | None:
    """The lines and tables of a page, from the top down; None where it is a picture."""
    glyphs = _glyphs(page)
    if len(glyphs) < FEW and _pictured(page):
        return None
    blocks: list[Block] = []
    for table in tables_of(list(_rules(page)), glyphs):
        blocks += (line.text for line in lines_of([glyph for glyph in glyphs if glyph.middle >= table.top]))
        blocks.append(table)
        glyphs = [glyph for glyph in glyphs if glyph.middle <= table.bottom]
    return [*blocks, *(line.text for line in lines_of(glyphs))]


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
