"""Word documents become the text that a page shows: numbers, tables, revisions, text boxes, footnotes."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from services.planner.documents import text_of
from services.planner.reading import UnreadableDocument, read_plan

NAMESPACES = nsdecls("w")


def saved(document: Any) -> bytes:
    """The document as a file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def lines_of(document: Any) -> list[str]:
    """The lines of its text that are not blank."""
    return [line.rstrip() for line in text_of(saved(document)).splitlines() if line.strip()]


def numbered(document: Any, *levels: tuple[str, str]) -> Callable[..., None]:
    """Define a list with levels of a form and a text; returns what adds a paragraph to it at a depth."""
    root = document.part.numbering_part.element
    xml = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {NAMESPACES} w:abstractNumId="77">{xml}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {NAMESPACES} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    def add(text: str, depth: int = 0) -> None:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {NAMESPACES}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'))

    return add


def test_the_numbers_that_word_computes_are_written() -> None:
    document = docx.Document()
    add = numbered(document, ("upperRoman", "%1."), ("decimal", "%2."), ("lowerLetter", "%3)"), ("bullet", "o"))
    for text, depth in [("Mục đích", 0), ("Nâng cao", 1), ("Nội dung", 0), ("Tuyên truyền", 1), ("Hội thi", 1)]:
        add(text, depth)
    for text, depth in [("Văn nghệ", 2), ("Thể thao", 2), ("Bóng đá", 3), ("Chăm lo", 1), ("Quà Tết", 2)]:
        add(text, depth)
    assert lines_of(document) == [
        "I. Mục đích",
        "1. Nâng cao",
        "II. Nội dung",
        "1. Tuyên truyền",
        "2. Hội thi",
        "a) Văn nghệ",
        "b) Thể thao",
        "+ Bóng đá",
        "3. Chăm lo",
        "a) Quà Tết",
    ]


def test_numbers_of_several_levels() -> None:
    document = docx.Document()
    add = numbered(document, ("decimal", "%1."), ("decimal", "%1.%2."))
    for text, depth in [("Một", 0), ("Hai", 0), ("Hai một", 1), ("Hai hai", 1)]:
        add(text, depth)
    assert lines_of(document) == ["1. Một", "2. Hai", "2.1. Hai một", "2.2. Hai hai"]


def test_styles_number_too() -> None:
    document = docx.Document()
    for style in ("List Number", "List Number", "List Bullet"):
        document.add_paragraph("Việc", style=style)
    assert lines_of(document) == ["1. Việc", "2. Việc", "- Việc"]


def test_a_letterhead_stands_side_by_side() -> None:
    document = docx.Document()
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    left.text = "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO\nSố: 12/KHLT"
    right.text = "CỘNG HÒA XÃ HỘI\nTân Khê, ngày 12 tháng 9 năm 2025"
    assert lines_of(document) == [
        "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO        CỘNG HÒA XÃ HỘI",
        "Số: 12/KHLT                      Tân Khê, ngày 12 tháng 9 năm 2025",
    ]


def test_a_cell_of_two_paragraphs_is_one_item_and_a_numbered_group_heads_its_rows() -> None:
    document = docx.Document()
    for line in ("KẾ HOẠCH", "Phối hợp năm học 2025-2026", "II. NỘI DUNG PHỐI HỢP"):
        document.add_paragraph(line)
    rows = [
        ("TT", "Nội dung", "Chủ trì", "Thời gian"),
        ("I", "Tuyên truyền", "", ""),
        ("1", "Tổ chức hội thi\nKhảo sát nhà công vụ", "CĐGD", "Trước Tết"),
        ("2", "Khám sức khỏe", "Sở", "Quý I năm 2026"),
        ("II", "Chăm lo", "", ""),
        ("3", "Tặng quà", "CĐGD", "Tháng 12/2025"),
    ]
    table = document.add_table(len(rows), 4)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            first, *others = text.split("\n")
            cell.paragraphs[0].text = first
            for other in others:
                cell.add_paragraph(other)
    items = read_plan(text_of(saved(document))).items
    assert [(item.text.split("\n")[0], item.lead, item.due.rule) for item in items] == [
        ("Tổ chức hội thi", ("CĐGD",), "lunar:01-01"),
        ("Khám sức khỏe", ("Sở",), "quarter:2026-1"),
        ("Tặng quà", ("CĐGD",), "month:2025-12"),
    ]
    assert "Khảo sát nhà công vụ" in items[0].parts
    assert "Chăm lo" not in items[1].text


def test_a_table_of_work_becomes_items() -> None:
    document = docx.Document()
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Phối hợp năm học 2025-2026")
    document.add_paragraph("II. NỘI DUNG PHỐI HỢP")
    rows = [
        ["TT", "Nội dung", "Chủ trì", "Phối hợp", "Thời gian"],
        ["1", "Tổ chức hội thi", "Phòng GDĐT", "LĐLĐ huyện", "Tháng 11/2025"],
        ["2", "Trao học bổng", "LĐLĐ huyện", "", "Trước 20/01/2026"],
    ]
    table = document.add_table(rows=0, cols=5)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    first, second = read_plan(text_of(saved(document))).items
    assert first.text == "Tổ chức hội thi\nChủ trì: Phòng GDĐT\nPhối hợp: LĐLĐ huyện\nThời gian: Tháng 11/2025"
    assert (first.lead, first.cooperating) == (("Phòng GDĐT",), ("LĐLĐ huyện",))
    assert [str(item.due.date) for item in (first, second)] == ["2025-11-30", "2026-01-19"]


RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (RUN.format("Một ") + f"<w:ins w:id='1' w:author='a'>{RUN.format('hai')}</w:ins>", "Một hai"),
        (
            RUN.format("Một")
            + "<w:del w:id='1' w:author='a'><w:r><w:delText>không</w:delText><w:t>còn</w:t></w:r></w:del>",
            "Một",
        ),
        (f"<w:hyperlink>{RUN.format('liên kết')}</w:hyperlink>", "liên kết"),
        (f"<w:sdt><w:sdtContent>{RUN.format('ô điền')}</w:sdtContent></w:sdt>", "ô điền"),
        (RUN.format("câu còn") + "<w:r><w:br w:type='page'/></w:r>" + RUN.format("tiếp"), "câu còn tiếp"),
        (RUN.format("Số:") + "<w:r><w:tab/></w:r>" + RUN.format("/KH"), "Số:\t/KH"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + RUN.format("trang"), "trang"),
    ],
    ids=["inserted", "deleted", "link", "control", "page break", "tab", "field"],
)
def test_what_counts_in_a_paragraph(xml: str, text: str) -> None:
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {NAMESPACES}>{xml}</w:p>"))
    assert lines_of(document) == [text]


def test_a_content_control_around_paragraphs_and_a_text_box_are_read() -> None:
    document = docx.Document()
    paragraph = f"<w:p>{RUN.format('trong ô')}</w:p>"
    box = (
        f"<w:p><w:r><w:pict><w:txbxContent><w:p>{RUN.format('trong khung')}</w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    for xml in (
        f"<w:sdt {NAMESPACES}><w:sdtContent>{paragraph}</w:sdtContent></w:sdt>",
        box.replace("<w:p>", f"<w:p {NAMESPACES}>", 1),
    ):
        document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))
    assert lines_of(document) == ["trong ô", "trong khung"]


def test_rows_and_cells_in_content_controls_are_read() -> None:
    cell = "<w:tc><w:p>{}</w:p></w:tc>"
    inner = f"<w:tbl><w:tr>{cell.format(RUN.format('trong'))}</w:tr></w:tbl>"
    one, two = (cell.format(RUN.format(word)) for word in ("một", "hai"))
    row = f"<w:tr>{one}<w:sdt><w:sdtContent>{two}</w:sdtContent></w:sdt></w:tr>"
    whole = f"<w:sdt><w:sdtContent><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:sdtContent></w:sdt>"
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:tbl {NAMESPACES}>{row}{whole}</w:tbl>"))
    assert lines_of(document) == ["một        hai", "trong"]


def test_a_document_without_lists_is_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(docx.Document()))) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/_rels/document.xml.rels":
                content = re.sub(rb"<Relationship [^>]*numbering[^>]*/>", b"", content)
            if entry.filename == "word/document.xml":
                content = content.replace(b"<w:body>", f"<w:body><w:p>{RUN.format('Không số')}</w:p>".encode())
            new.writestr(entry.filename, content)
    assert text_of(file.getvalue()).split("\n")[0] == "Không số"


def archive(**entries: bytes) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<x>&b;</x>"
)


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
WORD_97 = bytes.fromhex("eca5") + bytes(8)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (archive(word__document_xml=b"\0" * 60_000_000), "too-large"),
        (archive(word__document_xml=b"<x/>"), "broken"),
        (archive(word__document_xml=ENTITIES), "broken"),
        (archive(a=b"b"), "unsupported-format"),
        (archive(xl__workbook_xml=b"<x/>"), "unsupported-format"),
        (saved(docx.Document())[:5000], "broken"),
        (b"PK\x03\x04", "broken"),
        (OLE + bytes(512), "unsupported-format"),
        (OLE + bytes(504) + "WordDocument".encode("utf-16-le"), "needs-libreoffice"),
        (OLE + bytes(504) + WORD_97 + b"\0\1" + "WordDocument".encode("utf-16-le"), "encrypted"),
        (b"{\\rtf1 ...", "needs-libreoffice"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\x89PNG\r\n\x1a\n", "needs-tesseract"),
        (b"%PDF-1.7 and no more", "broken"),
        (b"x" * (20 * 1024 * 1024 + 1), "too-large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        text_of(raw)
    assert refused.value.code == code
