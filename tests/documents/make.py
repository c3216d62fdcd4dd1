"""Makes the documents of this folder in every form from `sources/`: `python -m tests.documents.make [NAME …]`.

A source is text whose lines begin with what they are: `||` a row of a table without lines (letterhead, signatures),
`##` a row of one with lines, `=` centred and bold, `>` indented, `---` a new page, `% form:text …` the levels of a
list that Word numbers (`~` a space that does not break), `0` to `3` a paragraph of that list at that depth. ` // `
breaks a cell's lines, `[^…]` is a footnote. Needs LibreOffice for PDFs and scans. Of what is in the repository, it
writes anew the Word documents, PDFs and scans; the other forms of a document the tests make when they run.
"""

import io
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import docx
import pypdfium2
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt
from PIL import Image, ImageFilter

FOLDER = Path(__file__).parent
NAMESPACES = nsdecls("w")
PDFS = ("ke-hoach-dinh-duong", "ke-hoach-thanh-pho", "quy-che-cha-me")
SCANS = {"chi-thi-an-toan": ".png", "ke-hoach-he": ".tif", "nghi-quyet-tieu-hoc": ".pdf"}
FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


class Page:
    """A Word document in the making, in the type and margins of Decree 30/2020/NĐ-CP."""

    def __init__(self) -> None:
        self.document = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(3), Cm(1.5)
        section.top_margin = section.bottom_margin = Cm(2)
        style: Any = self.document.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(13)
        style.paragraph_format.space_after = Pt(4)
        self.lists = 0
        self.notes: list[str] = []

    def line(self, line: str, table: list[list[str]]) -> None:
        """Add what one line of a source says."""
        mark, _, text = line.partition(" ")
        if mark in ("||", "##"):
            table.append([cell.strip() for cell in text.split("|")])
        elif mark == "---":
            self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif mark == "%":
            self._define(text.split())
        elif mark in ("0", "1", "2", "3"):
            level = f'<w:ilvl w:val="{mark}"/><w:numId w:val="{70 + self.lists}"/>'
            numbered = parse_xml(f"<w:numPr {NAMESPACES}>{level}</w:numPr>")
            self._paragraph(text)._p.get_or_add_pPr().append(numbered)
        elif mark == "=":
            paragraph = self._paragraph(text)
            paragraph.alignment = ALIGN.CENTER
            for run in paragraph.runs:
                run.bold = True
        elif mark == ">":
            self._paragraph(text).paragraph_format.first_line_indent = Cm(1.27)
        else:
            self._paragraph(line)

    def rows(self, rows: list[list[str]], *, lines: bool) -> None:
        """Add a table."""
        table = self.document.add_table(len(rows), max(map(len, rows)), style="Table Grid" if lines else None)
        widths = (Cm(7), Cm(9.5)) if not lines and len(table.columns) == 2 else ()  # as a letterhead is set
        table.autofit = not widths
        for column, width in zip(table.columns, widths, strict=False):
            column.width = width
            for cell in column.cells:
                cell.width = width
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, row, strict=False):
                first, *others = [part.strip() for part in text.split("//")]
                cell.paragraphs[0].text = first
                for other in others:
                    cell.add_paragraph(other)
                for paragraph in cell.paragraphs:
                    for run in paragraph.runs if not lines else ():
                        run.font.size = Pt(12)
                    paragraph.alignment = ALIGN.LEFT if lines or first.startswith("Nơi nhận") else ALIGN.CENTER

    def saved(self) -> bytes:
        """The document as a file, with its footnotes."""
        if self.notes:
            small, raised = '<w:sz w:val="20"/>', '<w:vertAlign w:val="superscript"/>'
            xml = "".join(
                f'<w:footnote w:id="{number}"><w:p><w:r><w:rPr>{small}{raised}</w:rPr><w:footnoteRef/></w:r>'
                f'<w:r><w:rPr>{small}</w:rPr><w:t xml:space="preserve"> {text}'
                "</w:t></w:r></w:p></w:footnote>"
                for number, text in enumerate(self.notes, start=1)
            )
            blob = f"<w:footnotes {NAMESPACES}>{xml}</w:footnotes>".encode()
            part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES_TYPE, blob, self.document.part.package)
            self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _paragraph(self, text: str) -> Any:
        paragraph = self.document.add_paragraph()
        for words, note in re.findall(r"([^\[]+)(?:\[\^([^\]]*)\])?", text):
            paragraph.add_run(words)
            if note:
                self.notes.append(note)
                reference = f'<w:footnoteReference {NAMESPACES} w:id="{len(self.notes)}"/>'
                paragraph.add_run()._r.append(parse_xml(reference))
        return paragraph

    def _define(self, levels: list[str]) -> None:
        self.lists += 1
        name = 70 + self.lists
        xml = ""
        for depth, level in enumerate(levels):
            form, _, text = level.replace("~", "\N{NO-BREAK SPACE}").partition(":")
            printed = (
                f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="space"/><w:lvlText w:val="{text}"/>'
            )
            xml += f'<w:lvl w:ilvl="{depth}">{printed}</w:lvl>'
        root = self.document.part.numbering_part.element
        root.insert(0, parse_xml(f'<w:abstractNum {NAMESPACES} w:abstractNumId="{name}">{xml}</w:abstractNum>'))
        root.append(parse_xml(f'<w:num {NAMESPACES} w:numId="{name}"><w:abstractNumId w:val="{name}"/></w:num>'))


def word(source: str) -> bytes:
    """The Word document that a source describes."""
    page, table, kind = Page(), list[list[str]](), ""
    for line in [*source.splitlines(), ""]:
        mark = line[:2]
        if table and mark != kind:
            page.rows(table, lines=kind == "##")
            table = []
        kind = mark
        if line:
            page.line(line, table)
    return page.saved()


def text(source: str) -> str:
    """The text as it is copied out of Word: numbers written out, columns set with blanks, tables with tabs."""
    lines, numbers, levels, notes = list[str](), [0] * 9, list[tuple[str, str]](), list[str]()
    for line in source.splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "%":
            levels = [
                (form, printed.replace("~", " ")) for form, _, printed in (each.partition(":") for each in rest.split())
            ]
            numbers = [0] * 9
        elif mark in ("0", "1", "2", "3"):
            depth = int(mark)
            numbers = [*numbers[:depth], numbers[depth] + 1, *[0] * (8 - depth)]
            lines.append(f"{_number(levels, numbers, depth)} {rest}")
        elif mark == "||":
            lines += _columns([cell.split("//") for cell in rest.split("|")])
        elif mark == "##":
            lines.append("\t".join(cell.strip() for cell in rest.split("|")))
        elif mark != "---":
            lines.append({"=": f"\n{rest}", ">": f"\t{rest}"}.get(mark, line))
    for note in re.findall(r"\[\^([^\]]*)\]", source):
        notes.append(f"[{len(notes) + 1}] {note}")
    return "\n".join([re.sub(r"\[\^[^\]]*\]", "", line) for line in lines] + notes) + "\n"


def _number(levels: list[tuple[str, str]], numbers: list[int], depth: int) -> str:
    """What Word prints before a paragraph of a list."""
    form, printed = levels[depth]
    if form == "bullet":
        return printed
    for level in range(depth + 1):
        written = {
            "upperRoman": ("", "I", "II", "III", "IV", "V", "VI", "VII"),
            "upperLetter": " ABCDEFGH",
            "lowerLetter": " abcdefgh",
        }.get(levels[level][0], range(100))
        printed = printed.replace(f"%{level + 1}", str(written[numbers[level]]))
    return printed


def _columns(columns: list[list[str]]) -> Iterator[str]:
    """Cells side by side, as somebody sets them with blanks."""
    widths = [max(len(line.strip()) for line in column) + 6 for column in columns]
    for row in zip_longest(*columns, fillvalue=""):
        yield "".join(line.strip().ljust(width) for line, width in zip(row, widths, strict=True)).rstrip()


def pdfs(documents: dict[str, bytes]) -> dict[str, bytes]:
    """The PDFs that LibreOffice prints of Word documents, by their names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each, document in documents.items():
            (folder / f"{each}.docx").write_bytes(document)
        command = [
            "soffice",
            f"-env:UserInstallation={(folder / 'home').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
        ]
        files = [f"{each}.docx" for each in documents]
        subprocess.run([*command, *files], cwd=folder, check=True, capture_output=True, timeout=300)
        return {each: (folder / f"{each}.pdf").read_bytes() for each in documents}


def scans(printed: bytes, seed: str) -> list[Image.Image]:
    """The pages as an office scanner gives them: 200 dpi, black and white, a little crooked, with specks."""
    chance = random.Random(seed)
    pages = []
    for page in pypdfium2.PdfDocument(printed):
        grey = page.render(scale=200 / 72, grayscale=True).to_pil().convert("L")
        grey = grey.rotate(chance.uniform(-0.7, 0.7), Image.Resampling.BICUBIC, fillcolor=255)
        grey = grey.filter(ImageFilter.GaussianBlur(0.6))
        for _ in range(300):
            grey.putpixel((chance.randrange(grey.width), chance.randrange(grey.height)), 0)
        pages.append(grey.point(lambda light: 255 if light > 150 else 0).convert("1"))
    return pages


def source(name: str) -> str:
    """The source of the document of that name."""
    return (FOLDER / "sources" / f"{name}.txt").read_text(encoding="utf-8")


def make(names: Sequence[str]) -> None:
    """Make what the repository holds of these documents."""
    documents = {name: word(source(name)) for name in names}
    printed = pdfs(documents)
    for name in names:
        if name in PDFS:
            (FOLDER / f"{name}.pdf").write_bytes(printed[name])
        elif (FOLDER / f"{name}.docx").exists():
            (FOLDER / f"{name}.docx").write_bytes(documents[name])
        first, *others = scans(printed[name], name)
        form = SCANS.get(name, ".tif")
        if form == ".png":
            first.save(FOLDER / f"{name}{form}", dpi=(200, 200), optimize=True)
            continue
        settings = {"compression": "group4"} if form == ".tif" else {"resolution": 200.0}
        target = (FOLDER if name in SCANS else FOLDER / "scans") / f"{name}{form}"
        first.save(target, save_all=True, append_images=others, dpi=(200, 200), **settings)


if __name__ == "__main__":
    make(sys.argv[1:] or sorted(path.stem for path in (FOLDER / "sources").glob("*.txt")))
