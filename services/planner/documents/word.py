"""Word documents (.docx): paragraphs with the numbers that Word computes, and tables as a page shows them."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml.etree import XMLSyntaxError

from services.planner.documents.numbering import Level, Numbering
from services.planner.documents.tables import Cell, Row, note_line, table_lines
from services.planner.documents.xml import broken, outermost, parsed, refuse_doctype
from services.planner.reading.decoding import UnreadableDocument

# Templates and documents with macros hold text in the same form; a macro is a part that nobody opens.
PartFactory.part_type_for |= dict.fromkeys(
    (
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ),
    DocumentPart,
)

_LEFT_OUT = {
    *map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:sdtPr", "w:instrText", "w:delText")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",  # a text box again, for an older Word
}
_BROKEN = (KeyError, ValueError, OSError, PackageNotFoundError, XMLSyntaxError, zipfile.BadZipFile, zlib.error)
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
_TEXT, _PARAGRAPH, _TABLE, _BOX = qn("w:t"), qn("w:p"), qn("w:tbl"), qn("w:txbxContent")


def word_text(raw: bytes) -> str:
    """The text of the document as a page shows it: a paragraph a line, cells of a row side by side.

    Deleted text, comments, headers and footers are left out; what was inserted under revision marks counts.
    Foot- and endnotes follow the text, each named as one. Raises UnreadableDocument (`broken`).
    """
    try:
        part = Package.open(io.BytesIO(raw)).main_document_part
    except _BROKEN as error:
        raise broken("Word's file cannot be opened", error) from None
    if not isinstance(part, DocumentPart):
        raise UnreadableDocument("broken", "the file's main part is no Word document")
    document = part.document
    refuse_doctype(document.element)
    reader = _Reader(_numbering(document), _style_lists(document))
    lines = list(reader.lines(document.element.body))
    return "\n".join([*lines, *_notes(document)]) + "\n"


def _numbering(document: Any) -> Numbering:
    """The lists of an opened document."""
    try:
        root = document.part.numbering_part.element
    except NotImplementedError:  # so python-docx says that the document has no such part
        return Numbering({}, {})
    abstract = {each.get(qn("w:abstractNumId")): _levels(each) for each in root.findall(qn("w:abstractNum"))}
    lists, shared = {}, {}
    for each in root.findall(qn("w:num")):
        list_id, base = each.get(qn("w:numId")), _value(each, "w:abstractNumId") or ""
        overrides = each.findall(qn("w:lvlOverride"))
        levels = dict(abstract.get(base, {}))
        for override in overrides:
            depth = int(override.get(qn("w:ilvl")) or 0)
            if (start := _value(override, "w:startOverride")) and depth in levels:
                levels[depth] = Level(levels[depth].form, levels[depth].text, int(start))
            levels |= _levels(override)
        lists[list_id] = levels
        shared[list_id] = f"own {list_id}" if overrides else f"shared {base}"
    return Numbering(lists, shared)


def _levels(element: Any) -> dict[int, Level]:
    return {
        int(level.get(qn("w:ilvl")) or 0): Level(
            form=_value(level, "w:numFmt") or "decimal",
            text=_value(level, "w:lvlText") or "",
            start=int(_value(level, "w:start") or 1),
        )
        for level in element.findall(qn("w:lvl"))
    }


def _value(element: Any, name: str) -> str | None:
    child = element.find(qn(name))
    return None if child is None else child.get(qn("w:val"))


def _style_lists(document: Any) -> dict[str, tuple[str, int]]:
    """Paragraph styles that number their paragraphs: list and depth by style, inherited ones included."""
    found: dict[str, tuple[str, int]] = {}
    base: dict[str, str] = {}
    for style in document.styles.element.findall(qn("w:style")):
        style_id = style.get(qn("w:styleId"))
        if (properties := style.find(qn("w:pPr"))) is not None and (listed := _list_of(properties)):
            found[style_id] = listed
        if (parent := style.find(qn("w:basedOn"))) is not None:
            base[style_id] = parent.get(qn("w:val"))
    for style_id in base:
        ancestor: str | None = style_id
        for _ in range(len(base)):
            if ancestor is None or ancestor in found:
                break
            ancestor = base.get(ancestor)
        if ancestor in found:
            found.setdefault(style_id, found[ancestor])
    return found


def _list_of(properties: Any) -> tuple[str, int] | None:
    """List and depth of a paragraph's or style's own properties."""
    numbered = properties.find(qn("w:numPr"))
    if numbered is None:
        return None
    list_id, depth = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
    if list_id is None:
        return None
    return list_id.get(qn("w:val")), 0 if depth is None else int(depth.get(qn("w:val")))


class _Reader:
    def __init__(self, numbering: Numbering, styles: dict[str, tuple[str, int]]) -> None:
        self._numbering = numbering
        self._styles = styles

    def lines(self, container: Any) -> Iterator[str]:
        """The lines of a body, cell, text box or content control."""
        for child in container.iterchildren():
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child)
            elif child.tag == _TABLE:
                yield from table_lines([self._row(row) for row in outermost(child, qn("w:tr"), _LEFT_OUT)])
            elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                yield from self.lines(child)  # content controls, insertions of whole paragraphs

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        boxes: list[Any] = []
        text = "".join(_pieces(paragraph, boxes))
        label = self._label(paragraph) if text.strip() else ""
        first, *rest = text.split("\n")
        yield f"{label} {first.lstrip()}" if label else first
        yield from rest
        for box in boxes:
            yield from self.lines(box)

    def _label(self, paragraph: Any) -> str:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return ""
        style = properties.find(qn("w:pStyle"))
        listed = _list_of(properties) or (self._styles.get(style.get(qn("w:val"))) if style is not None else None)
        return self._numbering.label(*listed) if listed else ""

    def _row(self, row: Any) -> Row:
        cells = []
        for cell in outermost(row, qn("w:tc"), _LEFT_OUT):
            properties = cell.find(qn("w:tcPr"))
            span = properties.find(qn("w:gridSpan")) if properties is not None else None
            merged = properties.find(qn("w:vMerge")) if properties is not None else None
            goes_on = merged is not None and merged.get(qn("w:val")) != "restart"
            lines = () if goes_on else tuple(self.lines(cell))
            cells.append(Cell(lines, 1 if span is None else int(span.get(qn("w:val")))))
        return Row(tuple(cells))


def _pieces(element: Any, boxes: list[Any]) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _BREAKS:
            # A page or column break is no new line: the sentence goes on.
            yield " " if child.get(qn("w:type")) in ("page", "column") else _BREAKS[child.tag]
        elif child.tag == _BOX:
            boxes.append(child)
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield from _pieces(child, boxes)


def _notes(document: Any) -> Iterator[str]:
    notes = {"/word/footnotes.xml": qn("w:footnote"), "/word/endnotes.xml": qn("w:endnote")}
    for part in document.part.package.iter_parts():
        if part.partname in notes:
            for note in parsed(part.blob).findall(notes[part.partname]):
                if (text := "".join(_pieces(note, []))).strip():
                    yield note_line(text)
