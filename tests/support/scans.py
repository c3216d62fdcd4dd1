"""Scans of documents, as a copier makes them: a little askew, a little blurred, with specks."""

import io
import random

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageFilter

WHITE = 255


def scanned(pdf: bytes, form: str = "PDF", *, dpi: int = 200, angle: float = 0.4, page: int | None = None) -> bytes:
    """The pages of a PDF as pictures in a file of a form that Pillow writes: PDF, TIFF, PNG, JPEG.

    `angle` is by how many degrees the paper lies askew. `page`, from 0, takes that one alone: PNG and JPEG hold no
    more than one.
    """
    with pdfium.PdfDocument(pdf) as document:
        numbers = range(len(document)) if page is None else [page]
        pages = [_copied(document[number].render(scale=dpi / 72).to_pil(), angle) for number in numbers]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if form in ("PDF", "TIFF") else {}
    pages[0].save(file, form, resolution=dpi, dpi=(dpi, dpi), **more)
    return file.getvalue()


def _copied(page: Image.Image, angle: float) -> Image.Image:
    grey = page.convert("L").rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=WHITE)
    specks = Image.frombytes("L", grey.size, random.Random(4).randbytes(grey.width * grey.height))
    faint = specks.point(lambda value: value // 6)
    return ImageChops.subtract(grey.filter(ImageFilter.GaussianBlur(0.6)), faint)
