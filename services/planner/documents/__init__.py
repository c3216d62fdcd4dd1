"""From a file's bytes to the text that `reading` reads: what kind of file it is, its content says, not its name.

Pure: bytes in, text out; nothing is fetched and nothing executed. What only other programs can read is refused with
the name of the program (`needs-libreoffice`, `needs-tesseract`). `services.planner.files.reader` calls it in a process
of its own, with limits, and those programs where they are installed.
"""

import zipfile
from io import BytesIO

from services.planner.documents.contents import Contents
from services.planner.documents.opendocument import opendocument_text
from services.planner.documents.pages import page_picture
from services.planner.documents.pdf import is_pdf, pdf_contents, scan_refused
from services.planner.documents.recognition import recognised
from services.planner.documents.word import word_text
from services.planner.reading.decoding import UnreadableDocument, decode

__all__ = ["MAX_FILE_BYTES", "RTF", "Contents", "contents_of", "page_picture", "recognised", "text_of"]

MAX_FILE_BYTES = 20 * 1024 * 1024
"""As many as the API takes."""
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ENTRIES = 2000
RTF = b"{\\rtf"
"""How a file in rich text format begins, whose name is often .doc."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORD_97 = bytes.fromhex("eca5")
"""How the text of an old Word document begins, at the start of one of the file's sectors."""
_PROGRAMS = (b"MZ\x90\0", b"\x7fELF")
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")


def text_of(raw: bytes) -> str:
    """The text alone of what `contents_of` gives."""
    return contents_of(raw).text


def contents_of(raw: bytes) -> Contents:
    """What a plain-text, Markdown, Word (.docx), OpenDocument (.odt) or PDF file holds.

    Raises UnreadableDocument: `too-large`, `encrypted`, `broken`, `unsupported-format`, `no-text`, `not-text`,
    `null-character`; `needs-libreoffice` for an old Word document (.doc) or rich text, `needs-tesseract` for a scan.
    """
    if len(raw) > MAX_FILE_BYTES:
        raise UnreadableDocument("too-large", f"the file has {len(raw)} bytes, at most {MAX_FILE_BYTES} are read")
    if not raw.strip():
        raise UnreadableDocument("no-text", "the file is empty")
    if raw.startswith(_PROGRAMS):
        raise _unsupported("a program")
    if is_pdf(raw):
        return pdf_contents(raw)
    if raw.startswith(b"PK\x03\x04"):
        return Contents(_archive_text(raw))
    if raw.startswith((_OLE, RTF)):
        raise _old_office(raw)
    if raw.startswith(_PICTURES):
        raise scan_refused("a picture")
    return Contents(decode(raw))


def _archive_text(raw: bytes) -> str:
    """The text of a Word or OpenDocument file, after a look at the archive that it is."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise UnreadableDocument("broken", f"the file begins like an archive and is none: {error}") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableDocument("encrypted", "the file is protected by a password")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise UnreadableDocument("too-large", f"unpacked, the file has more than {MAX_UNPACKED_BYTES} bytes")
    names = {entry.filename for entry in entries}
    if "word/document.xml" in names:
        return word_text(raw)
    if "content.xml" in names:
        return opendocument_text(raw)
    raise _unsupported("an Excel workbook" if "xl/workbook.xml" in names else "an archive that is no document")


def _old_office(raw: bytes) -> UnreadableDocument:
    """Why a file of the time before .docx is refused here."""
    if raw.startswith(_OLE):
        starts = [at for at in range(512, len(raw), 512) if raw.startswith(_WORD_97, at)]
        # In the flags behind the mark, the ninth bit says that the text is encrypted.
        if "EncryptedPackage".encode("utf-16-le") in raw or any(
            raw[at + 11] & 1 for at in starts if at + 11 < len(raw)
        ):
            return UnreadableDocument("encrypted", "the document is protected by a password")
        if "WordDocument".encode("utf-16-le") not in raw:
            return _unsupported("an Office document of another kind than text")
    message = "old Word documents are read through LibreOffice, which is not installed: libreoffice-writer-nogui"
    return UnreadableDocument("needs-libreoffice", message)


def _unsupported(what: str) -> UnreadableDocument:
    return UnreadableDocument("unsupported-format", f"the file is {what}")
