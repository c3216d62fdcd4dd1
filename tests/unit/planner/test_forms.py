"""One plan in every form in which it may reach an office: what is read is the same, and nothing is fetched for it."""

import base64
import difflib
import hashlib
import io
import json
import re
import shutil
import socket
import subprocess
import threading
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pypdfium2 as pdfium
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from docx.opc.constants import RELATIONSHIP_TYPE
from PIL import Image

from contracts.plans import PlanDocument
from services.planner.files import confined, reader
from services.planner.reading import UnreadableDocument
from tests.support.scans import scanned

FORMS = Path(__file__).parents[3] / "samples" / "forms"
FIELDS = ("kind", "number", "date", "place", "title", "parties", "period", "legal_bases", "recipients", "duties")
OF_ITEMS = ("text", "section", "heading", "kind", "due", "targets", "accountable", "scope")
OF_SCANS = ("kind", "number", "date", "place", "period")


def form(suffix: str) -> bytes:
    """The sample in that form."""
    return (FORMS / f"ke-hoach-cum-truong.{suffix}").read_bytes()


async def plan_of(raw: bytes) -> PlanDocument:
    """The plan that a file is."""
    return (await reader.read_file(raw))[1]


def without_lines(plan: PlanDocument) -> dict[str, object]:
    """What the plan says, whatever the layout."""
    said = {name: getattr(plan, name) for name in FIELDS if name != "duties"}
    said["duties"] = [(duty.who, duty.text) for duty in plan.duties]
    said["items"] = [[getattr(item, name) for name in OF_ITEMS] for item in plan.items]
    return said


@pytest.mark.parametrize("suffix", ["odt", "doc", "pdf"])
async def test_a_plan_says_the_same_in_every_form(suffix: str) -> None:
    assert without_lines(await plan_of(form(suffix))) == without_lines(await plan_of(form("docx")))


def words(plan: PlanDocument) -> list[str]:
    """The words of the plan's items and duties, without their marks."""
    text = "\n".join([*(item.text for item in plan.items), *(duty.text for duty in plan.duties)])
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
async def test_a_scan_gives_the_same_counts_dates_and_numbers_and_nearly_the_same_words(kind: str) -> None:
    """Of a hundred words of items and duties, at least ninety-seven are recognised to the letter."""
    written, read = await plan_of(form("docx")), await plan_of(scanned(form("pdf"), kind))
    assert {name: getattr(read, name) for name in OF_SCANS} == {name: getattr(written, name) for name in OF_SCANS}
    assert [(party.role, party.signer) for party in read.parties] == [
        (party.role, party.signer) for party in written.parties
    ]
    assert [(item.due.rule, item.targets, item.kind) for item in read.items] == [
        (item.due.rule, item.targets, item.kind) for item in written.items
    ]
    assert (len(read.duties), len(read.recipients)) == (len(written.duties), len(written.recipients))
    assert difflib.SequenceMatcher(None, words(written), words(read), autojunk=False).ratio() >= 0.97
    assert [warning.about for warning in read.warnings if warning.code == "recognised-text"] == ["2"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_picture_of_one_page_is_recognised(kind: str) -> None:
    text, plan = await reader.read_file(scanned(form("pdf"), kind, page=0, angle=-1.0))
    assert plan.number == "47/KHPH-PGDĐT-CĐGD"
    left, right = re.split(r" {4,}", text.split("\n")[0].strip())
    assert (left, right[:16]) == ("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "CỘNG HÒA XÃ HỘI ")


async def test_words_that_are_hard_to_recognise_are_named_with_their_line() -> None:
    text, plan = await reader.read_file(scanned(form("pdf"), "JPEG", page=0, dpi=80))
    lines = text.split("\n")
    unsure = [warning for warning in plan.warnings if warning.code == "unsure-text"]
    assert unsure
    for warning in unsure:
        assert warning.lines
        for word in re.findall("“(.+?)”", warning.about):
            assert word in lines[warning.lines[0] - 1]


@pytest.mark.parametrize(
    ("raw", "tool", "code"),
    [(form("doc"), "soffice", "needs-libreoffice"), (b"\x89PNG\r\n\x1a\n", "tesseract", "needs-tesseract")],
    ids=["doc", "png"],
)
async def test_what_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, raw: bytes, tool: str, code: str
) -> None:
    found = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == tool else found(name))
    if tool == "tesseract":
        raw = scanned(form("pdf"), "PNG", page=0, dpi=50)
    with pytest.raises(UnreadableDocument) as refused:
        await plan_of(raw)
    assert refused.value.code == code
    assert {"soffice": "libreoffice-writer-nogui", "tesseract": "tesseract-ocr-vie"}[tool] in refused.value.message


async def test_without_a_way_to_keep_it_from_the_network_libreoffice_does_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = confined.program

    async def without_namespaces(*command: str, **more: Any) -> confined.Outcome:
        assert "soffice" not in command
        return await program("false" if command[0] == "unshare" else command[0], *command[1:], **more)

    monkeypatch.setattr(confined, "program", without_namespaces)
    with pytest.raises(UnreadableDocument, match="LibreOffice"):
        await plan_of(form("doc"))


class Listener:
    """A web server that counts who comes."""

    def __init__(self) -> None:
        self.came = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                connection, _ = self._socket.accept()
                self.came += 1
                connection.close()
        except OSError:
            pass  # closed

    def close(self) -> None:
        """Stop."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PLAN = ("KẾ HOẠCH", "Phối hợp năm học 2025-2026", "II. NỘI DUNG PHỐI HỢP", "- Tổ chức hội thi.")


def remote_opendocument(address: str) -> bytes:
    """The sample with a picture and a section from elsewhere."""
    xlink = 'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"'
    picture = f'<draw:image xlink:href="{address}/picture.png" {xlink}/>'
    frame = f'<draw:frame text:anchor-type="as-char" svg:width="2in" svg:height="2in">{picture}</draw:frame>'
    section = f'<text:section text:name="S"><text:section-source xlink:href="{address}/s.odt"/></text:section>'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form("odt"))) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            empty = b'<text:p text:style-name="Standard"/>'
            remote = f'<text:p text:style-name="Standard">{frame}</text:p>{section}'
            new.writestr(entry, old.read(entry).replace(empty, remote.encode(), 1))
    return made.getvalue()


def remote_word(address: str) -> bytes:
    """A Word document with a template and a picture from elsewhere, and with macros."""
    document = docx.Document()
    for line in PLAN:
        document.add_paragraph(line)
    document.part.relate_to(f"{address}/picture.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    document.part.relate_to(f"{address}/t.dotm", f"{RELATIONSHIPS}/attachedTemplate", is_external=True)
    file, made = io.BytesIO(), io.BytesIO()
    document.save(file)
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).replace(plain.encode(), b"application/vnd.ms-word.document.macroEnabled.main+xml")
            new.writestr(entry, content)
        new.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    return made.getvalue()


def old_word(raw: bytes, folder: Path) -> bytes:
    """An OpenDocument text as old Word document, by LibreOffice with a network, as on anybody's desk."""
    (folder / "made.odt").write_bytes(raw)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "doc", "--outdir", str(folder), "made.odt"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "made.doc").read_bytes()


@pytest.mark.parametrize(("made", "items"), [(remote_opendocument, 12), (remote_word, 1)])
async def test_nothing_is_fetched_and_macros_are_no_hindrance(
    listener: Listener, made: Callable[[str], bytes], items: int
) -> None:
    plan = await plan_of(made(listener.address))
    assert (len(plan.items), listener.came) == (items, 0)


async def test_nothing_is_fetched_where_libreoffice_reads(listener: Listener, tmp_path: Path) -> None:
    raw = old_word(remote_opendocument(listener.address), tmp_path)
    assert listener.came  # by LibreOffice, left to itself
    listener.came = 0
    plan = await plan_of(raw)
    assert (len(plan.items), listener.came) == (12, 0)


async def test_rich_text_that_is_called_doc_is_read() -> None:
    lines = "".join("".join(f"\\u{ord(each)}?" for each in line) + "\\par\n" for line in PLAN)
    plan = await plan_of(b"{\\rtf1\\ansi " + lines.encode() + b"}")
    assert [item.text for item in plan.items] == ["Tổ chức hội thi."]


async def test_nothing_is_fetched_for_rich_text(listener: Listener) -> None:
    remote = f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{listener.address}/p.png" \\\\d }}{{\\fldrslt }}}}\\par\n'
    lines = "".join("".join(f"\\u{ord(each)}?" for each in line) + "\\par\n" for line in PLAN)
    plan = await plan_of(b"{\\rtf1\\ansi " + (remote + lines).encode() + b"}")
    assert (len(plan.items), listener.came) == (1, 0)


def protected_pdf(folder: Path) -> bytes:
    """The sample as a PDF that opens with a password, by LibreOffice."""
    (folder / "made.odt").write_bytes(form("odt"))
    settings = {
        name: {"type": kind, "value": value}
        for name, kind, value in (
            ("EncryptFile", "boolean", "true"),
            ("DocumentOpenPassword", "string", "bimat"),
        )
    }
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    target = f"pdf:writer_pdf_Export:{json.dumps(settings)}"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(folder), "made.odt"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "made.pdf").read_bytes()


def protected_word(_: Path) -> bytes:
    """The sample as Word protects it (agile encryption, the password "bimat"), made by msoffcrypto-tool."""
    return (Path(__file__).parent / "protected.docx").read_bytes()


def protected_opendocument(_: Path) -> bytes:
    """The sample's text encrypted as OpenDocument 1.2, part 3, section 3.4 says: AES-256 by PBKDF2."""
    salt, start = bytes(range(16)), bytes(range(16, 32))
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(b"bimat").digest(), salt, 100_000, 32)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form("odt"))) as old, zipfile.ZipFile(made, "w") as new:
        new.writestr("mimetype", old.read("mimetype"))
        entries = ""
        for name in ("content.xml", "styles.xml"):
            plain = old.read(name)
            deflated = zlib.compress(plain, wbits=-15)
            filled = deflated + bytes(15 - len(deflated) % 16) + bytes([16 - len(deflated) % 16])
            cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
            new.writestr(name, cipher.update(filled) + cipher.finalize())
            entries += PROTECTED.format(
                name=name, size=len(plain), salt=base64.b64encode(salt).decode(), start=base64.b64encode(start).decode()
            )
        namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        manifest = (
            f'<manifest:manifest xmlns:manifest="{namespace}" manifest:version="1.2">{entries}</manifest:manifest>'
        )
        new.writestr("META-INF/manifest.xml", manifest)
    return made.getvalue()


PROTECTED = (
    '<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml" manifest:size="{size}">'
    "<manifest:encryption-data>"
    '<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc" '
    'manifest:initialisation-vector="{start}"/>'
    '<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32" '
    'manifest:iteration-count="100000" manifest:salt="{salt}"/>'
    "</manifest:encryption-data></manifest:file-entry>"
)


@pytest.mark.parametrize("protected", [protected_pdf, protected_word, protected_opendocument])
async def test_a_protected_document_is_refused_as_such(tmp_path: Path, protected: Callable[[Path], bytes]) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        await plan_of(protected(tmp_path))
    assert refused.value.code == "encrypted"


async def test_a_pages_picture_among_pages_of_text_is_named() -> None:
    both = io.BytesIO()
    with pdfium.PdfDocument(form("pdf")) as text, pdfium.PdfDocument(scanned(form("pdf"), page=1)) as scan:
        text.import_pages(scan)
        text.save(both)
    plan = await plan_of(both.getvalue())
    assert [warning.about for warning in plan.warnings if warning.code == "page-not-read"] == ["3"]
    assert without_lines(plan) == without_lines(await plan_of(form("pdf")))


async def test_a_picture_without_words_says_so() -> None:
    file = io.BytesIO()
    Image.new("L", (400, 400), "white").save(file, "PNG")
    with pytest.raises(UnreadableDocument) as refused:
        await plan_of(file.getvalue())
    assert refused.value.code == "no-text"
