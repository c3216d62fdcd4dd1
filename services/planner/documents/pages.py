"""Pages of scans and pictures, as grey pictures that characters can be recognised in."""

import io

import pypdfium2 as pdfium
from PIL import Image, ImageOps, UnidentifiedImageError

from services.planner.documents.pdf import is_pdf, opened
from services.planner.reading.decoding import UnreadableDocument

DPI = 300
TALLEST = 14 * DPI
"""Pixels of a page's longer side at most, as long as legal paper; what is larger is made smaller."""
MAX_PIXELS = 50_000_000
"""Of a picture file: an A4 page at 600 dots an inch has 35 million."""
MAX_SCANNED_PAGES = 40


def page_picture(raw: bytes, number: int) -> bytes | None:
    """The page of that number, from 1, as a grey picture (PGM, `DPI` dots an inch); None behind the last page.

    `raw` is a PDF, PNG, JPEG or TIFF file. Raises UnreadableDocument (`encrypted`, `broken`, `too-large`).
    """
    page = (_rendered if is_pdf(raw) else _decoded)(raw, number)
    if page is None:
        return None
    page.thumbnail((TALLEST, TALLEST))
    made = io.BytesIO()
    page.convert("L").save(made, "PPM")
    return made.getvalue()


def _rendered(raw: bytes, number: int) -> Image.Image | None:
    with opened(raw) as document:
        _refuse_pages(len(document))
        if number > len(document):
            return None
        page = document[number - 1]
        scale = min(DPI / 72, TALLEST / max(*page.get_size(), 1))
        try:
            picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
            return picture
        except (pdfium.PdfiumError, ValueError) as error:
            raise UnreadableDocument("broken", f"page {number} cannot be shown: {type(error).__name__}") from None


def _decoded(raw: bytes, number: int) -> Image.Image | None:
    try:
        picture = Image.open(io.BytesIO(raw), formats=("PNG", "JPEG", "TIFF"))
        pages = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        _refuse_pages(pages)
        if number > pages:
            return None
        picture.seek(number - 1)
        if picture.width * picture.height > MAX_PIXELS:
            raise UnreadableDocument("too-large", f"the picture has more than {MAX_PIXELS // 10**6} million pixels")
        picture.draft("L", (TALLEST, TALLEST))  # of a JPEG, only as much as is needed
        return ImageOps.exif_transpose(_on_white(picture))
    except (UnidentifiedImageError, OSError, EOFError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableDocument("broken", f"the picture cannot be opened: {type(error).__name__}") from None


def _on_white(picture: Image.Image) -> Image.Image:
    """What is see-through is paper."""
    if not picture.has_transparency_data:
        return picture
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA"))


def _refuse_pages(count: int) -> None:
    if count > MAX_SCANNED_PAGES:
        raise UnreadableDocument("too-large", f"the scan has {count} pages, at most {MAX_SCANNED_PAGES} are read")
