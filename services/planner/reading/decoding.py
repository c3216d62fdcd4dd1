"""From bytes to text, and the one error that reading raises."""

import codecs

MAX_BYTES = 2_000_000
"""Four bytes a character for the longest text that a submission may carry."""


class UnreadableDocument(Exception):
    """The document cannot become a draft plan.

    `code` is stable and for programs, `message` for people; `line` is the source line at fault, from 1.
    """

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.code = code
        self.message = message
        self.line = line


def decode(raw: bytes) -> str:
    """The text of a plain-text file in UTF-8 (with or without a byte order mark) or UTF-16 (with one).

    Raises UnreadableDocument (`too-large`, `not-text`, `null-character`) otherwise.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableDocument("too-large", f"the file has {len(raw)} bytes, at most {MAX_BYTES} are read")
    utf_16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = None if utf_16 else raw.count(b"\n", 0, error.start) + 1
        raise UnreadableDocument("not-text", f"neither UTF-8 nor UTF-16: byte {error.start}", line) from error
    refuse_null(text)
    return text


def refuse_null(text: str) -> None:
    """Raises UnreadableDocument where the text holds U+0000, which no database keeps and no text has."""
    if (at := text.find("\0")) >= 0:
        raise UnreadableDocument("null-character", "the text holds the character U+0000", text.count("\n", 0, at) + 1)
