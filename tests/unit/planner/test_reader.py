"""Reading in a process of its own: the same result, the same refusals, and an end to what does not end."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import docx
import pypdfium2 as pdfium
import pytest

from services.planner.files import confined, reader
from services.planner.reading import UnreadableDocument, read_plan
from tests.unit.planner.documents.test_opendocument import opendocument

PLAN = (
    "KẾ HOẠCH\nPhối hợp năm học 2025-2026\n\nII. NỘI DUNG PHỐI HỢP\n- Tuyên truyền đến đoàn viên.\n- Tổ chức hội thi.\n"
)


async def test_the_document_is_what_reading_here_gives() -> None:
    assert await reader.read(PLAN) == read_plan(PLAN)


async def test_a_file_gives_its_text_too() -> None:
    assert await reader.read_file(PLAN.encode("utf-16")) == (PLAN, read_plan(PLAN))


async def test_a_submitted_text_is_no_file() -> None:
    with pytest.raises(UnreadableDocument) as error:
        await reader.read("%PDF-1.7 and no more")
    assert error.value.code == "no-plan"


async def test_a_refusal_comes_back_with_code_and_line() -> None:
    with pytest.raises(UnreadableDocument) as error:
        await reader.read(PLAN + "a" * 30_000)
    assert (error.value.code, error.value.line) == ("paragraph-too-long", 7)


HOSTILE = {
    "tables within tables": lambda: in_word("<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 80),
    "controls within controls": lambda: in_word("<w:sdt>" * 240 + "<w:p/>" + "</w:sdt>" * 240),
    "a hundred thousand items": lambda: in_word("<w:p><w:r><w:t>- Tuyên truyền.</w:t></w:r></w:p>" * 100_000),
    "one endless line": lambda: in_word(f"<w:p><w:r><w:t>{'a' * 10_000_000}</w:t></w:r></w:p>"),
    "a line of text": lambda: b"a" * 10_000_000,
    "a hundred thousand bullets": lambda: PLAN.encode() + "- Tuyên truyền.\n".encode() * 100_000,
    "a PDF of nothing": lambda: b"%PDF-1.7\n" + b"1 0 obj\n<<>>\n" * 100_000,
}


def in_word(body: str) -> bytes:
    """A Word document with that body."""
    document = docx.Document()
    file = io.BytesIO()
    document.save(file)
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            xml = f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'.encode()
            new.writestr(entry.filename, xml if entry.filename == "word/document.xml" else old.read(entry))
    return made.getvalue()


def zipped(**entries: bytes) -> bytes:
    """An archive of a few kilobytes, whatever it unpacks to."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_", ".", 1), content)
    return file.getvalue()


def pages(count: int) -> bytes:
    """A PDF of empty pages."""
    file = io.BytesIO()
    with pdfium.PdfDocument.new() as document:
        for _ in range(count):
            document.new_page(595, 842)
        document.save(file)
    return file.getvalue()


def picture(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def in_lists(count: int) -> bytes:
    """An OpenDocument text of so many numbered items."""
    item = "<text:list-item><text:p>Tuyên truyền.</text:p></text:list-item>"
    return opendocument(f'<text:list text:style-name="L">{item * count}</text:list>')


OTHERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "an archive that unpacks to much": (lambda: zipped(content_xml=bytes(60_000_000)), "too-large"),
    "a hundred thousand numbers": (lambda: in_lists(100_000), "too-large"),
    "an endless line in OpenDocument": (lambda: opendocument(f"<text:p>{'a' * 10_000_000}</text:p>"), "too-large"),
    "thousands of pages": (lambda: pages(3000), "too-large"),
    "a huge picture": (lambda: picture(9000, 9000), "too-large"),
    "a picture cut off": (lambda: picture(2000, 2000), "broken"),
    "something binary": (lambda: b"MZ" + bytes(range(256)) * 1000, "not-text"),
    "a program": (lambda: b"MZ\x90\0" + bytes(range(256)) * 1000, "unsupported-format"),
    "nothing": (lambda: b"", "no-text"),
    "blanks": (lambda: b" \r\n\t\n" * 10, "no-text"),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    make, code = OTHERS[name]
    with pytest.raises(UnreadableDocument) as error:
        await reader.read_file(make())
    assert error.value.code == code


BIG = in_word(
    "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in PLAN.splitlines()) + "<w:proofErr/>" * 300_000
)
"""A plan in so much XML that reading it takes more memory than starting."""


@pytest.mark.parametrize(("limit", "value"), [("wait_seconds", 0), ("memory_bytes", 110_000_000), ("cpu_seconds", 0)])
async def test_a_limit_ends_the_reading(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    assert await reader.read_file(BIG)
    monkeypatch.setattr(confined, "STEP", replace(confined.STEP, **{limit: value}))
    with pytest.raises(UnreadableDocument) as error:
        await reader.read_file(BIG)
    assert error.value.code == "too-complex"


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_within_the_limits(name: str) -> None:
    with pytest.raises(UnreadableDocument):
        await reader.read_file(HOSTILE[name]())


async def test_a_fault_of_the_readers_own_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "STEP", replace(confined.STEP, memory_bytes=50_000_000))  # too little to start
    with pytest.raises(RuntimeError):
        await reader.read(PLAN)
