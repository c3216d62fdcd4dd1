"""From a file's bytes to the text that `reading` reads: what kind of file it is, its content says, not its name.

Pure: bytes in, text out; nothing is fetched and nothing executed. `services.planner.reader` calls it in a process
of its own, with limits.
"""

import codecs
import zipfile
from io import BytesIO

from services.planner.documents.opendocument import opendocument_text
from services.planner.documents.pdf import pdf_text
from services.planner.documents.word import word_text
from services.planner.reading.decoding import UnreadableDocument, decode

__all__ = ["MAX_FILE_BYTES", "text_of"]

MAX_FILE_BYTES = 20 * 1024 * 1024
"""As many as the API takes."""
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ENTRIES = 2000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")


def text_of(raw: bytes) -> str:
    """The text of a plain-text, Markdown, Word (.docx), OpenDocument (.odt) or PDF file.

    Raises UnreadableDocument: `too-large`, `encrypted`, `broken`, `unsupported-format`, `no-text` (a PDF of pictures),
    `not-text`, `null-character`.
    """
    if len(raw) > MAX_FILE_BYTES:
        raise UnreadableDocument("too-large", f"the file has {len(raw)} bytes, at most {MAX_FILE_BYTES} are read")
    if b"%PDF-" in raw[:1024] and not raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return pdf_text(raw)
    if raw.startswith(b"PK\x03\x04"):
        return _archive_text(raw)
    if raw.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise UnreadableDocument("encrypted", "the document is protected by a password")
        raise _unsupported("an old Word document (.doc): save it as .docx")
    if raw.startswith(_PICTURES):
        raise _unsupported("a picture: a plan is read from a text, Word or PDF file")
    return decode(raw)


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


def _unsupported(what: str) -> UnreadableDocument:
    return UnreadableDocument("unsupported-format", f"the file is {what}")
