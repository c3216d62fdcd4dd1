"""OpenDocument texts (.odt): the same form as Word's, with the numbers that the office program computes."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from services.planner.documents.numbering import LEVELS, Level, Numbering
from services.planner.documents.tables import Cell, Row, note_line, table_lines
from services.planner.documents.xml import outermost, parsed
from services.planner.reading.decoding import UnreadableDocument

MAX_REPEATED = 100
"""So often a row, a cell or a space is repeated at most, whatever its count says."""

_NAMESPACES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
    for name in ("office", "text", "table", "style", "draw", "manifest")
} | {"loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"}


def _name(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


_LEFT_OUT = {
    *map(_name, ("text:tracked-changes", "office:annotation", "office:forms", "office:binary-data", "text:ruby-text")),
    *map(_name, ("text:table-of-content", "text:alphabetical-index", "text:note-citation", "text:sequence-decls")),
}
_PARAGRAPHS = {_name("text:p"), _name("text:h")}
_LIST, _TABLE, _NOTE = _name("text:list"), _name("table:table"), _name("text:note")
_WRITTEN = {"\x1d": " ", "\x1e": "\t", "\x1f": "\n"}
"""What stands in the document for blanks that count, until those that do not have run together."""
_MARKED = dict(zip(map(_name, ("text:s", "text:tab", "text:line-break")), _WRITTEN, strict=True))
_MARKS, _BLANKS = re.compile("[\x1d-\x1f]"), re.compile("[ \t\r\n]+")
_DRAWN = f"{{{_NAMESPACES['draw']}}}"
_CELL, _COVERED = _name("table:table-cell"), _name("table:covered-table-cell")
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_OUTLINE = "outline"
_FORMS = {"1": "decimal", "I": "upperRoman", "i": "lowerRoman", "A": "upperLetter", "a": "lowerLetter"}


def opendocument_text(raw: bytes) -> str:
    """The text of the document as a page shows it: a paragraph a line, cells of a row side by side.

    Deleted text, comments, tables of contents, headers and footers are left out; what was inserted under revision
    marks counts. Foot- and endnotes follow the text, each named as one. Raises UnreadableDocument (`encrypted`,
    `broken`).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise UnreadableDocument("encrypted", "the document is protected by a password")
            content, styles = (parsed(archive.read(name)) for name in ("content.xml", "styles.xml"))
    except (KeyError, ValueError, OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableDocument("broken", f"the document cannot be opened: {type(error).__name__}") from None
    text = content.find(f"{_name('office:body')}/{_name('office:text')}")
    if text is None:
        raise UnreadableDocument("broken", "the document has no text")
    reader = _Reader(_list_styles([styles, content]), _paragraph_lists([styles, content]))
    lines = list(reader.lines(text))
    return "\n".join([*lines, *map(note_line, reader.notes)]) + "\n"


def _list_styles(roots: Iterable[Any]) -> dict[str, dict[int, Level]]:
    """The levels of every list style, and of the headings' own numbering, by name."""
    found = {}
    for root in roots:
        for style in root.iter(_name("text:list-style"), _name("text:outline-style")):
            name = style.get(_name("style:name"), "") if style.tag == _name("text:list-style") else _OUTLINE
            found[name] = dict(map(_level, style.iterchildren("*")))
    return found


def _level(element: Any) -> tuple[int, Level]:
    """A level's depth from 0 and how it is numbered."""
    depth = _number(element, "text:level", 1) - 1
    if "bullet" in element.tag or "image" in element.tag:
        return depth, Level("bullet", "")
    numbered = element.get(_name("style:num-format"))
    shown = _number(element, "text:display-levels", 1)
    numbers = ".".join(f"%{number + 1}" for number in range(max(depth + 1 - shown, 0), depth + 1))
    text = element.get(_name("style:num-prefix"), "") + numbers + element.get(_name("style:num-suffix"), "")
    return depth, Level(
        form=_FORMS.get(numbered, "decimal") if numbered else "none",
        text=re.sub(r"%(\d+)%", r"%\1", element.get(_name("loext:num-list-format"), text)),
        start=_number(element, "text:start-value", 1),
    )


def _paragraph_lists(roots: Iterable[Any]) -> dict[str, str | None]:
    """The list style that a paragraph style names, by its own name: "" takes the numbering away."""
    styles = {
        style.get(_name("style:name"), ""): style
        for root in roots
        for style in root.iter(_name("style:style"))
        if style.get(_name("style:family")) == "paragraph"
    }
    found: dict[str, str | None] = {}
    for name in styles:
        ancestor, seen = name, set[str]()
        while ancestor in styles and ancestor not in seen:
            seen.add(ancestor)
            found[name] = styles[ancestor].get(_name("style:list-style-name"))
            if found[name] is not None:
                break
            ancestor = styles[ancestor].get(_name("style:parent-style-name"), "")
    return found


@dataclass(frozen=True)
class _Place:
    """In which list, by which style and how deep (from 0) a paragraph stands."""

    counters: str
    style: str
    depth: int


class _Reader:
    def __init__(self, styles: dict[str, dict[int, Level]], paragraph_lists: dict[str, str | None]) -> None:
        self.notes: list[str] = []
        self._paragraph_lists = paragraph_lists
        self._styles = styles
        self._numbering = Numbering({_OUTLINE: styles.get(_OUTLINE, {})}, {_OUTLINE: _OUTLINE})
        self._ids = count()
        self._continued: dict[str, str] = {}
        """The counters of the lists so far, by `xml:id` and of the last one by the name of its style."""

    def lines(self, container: Any) -> Iterator[str]:
        """The lines of a body, section, cell or text box."""
        for child in container.iterchildren():
            yield from self._block(child)

    def _block(self, element: Any, place: _Place | None = None, item: Any = None) -> Iterator[str]:
        """The lines of one element; a place where it is in a list, the item whose number it bears."""
        if element.tag in _PARAGRAPHS:
            yield from self._paragraph(element, place, item)
        elif element.tag == _LIST:
            yield from self._list(element, place)
        elif element.tag == _TABLE:
            yield from table_lines(list(self._rows(element)))
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
            yield from self.lines(element)  # sections, text boxes that stand on a page

    def _list(self, element: Any, outer: _Place | None) -> Iterator[str]:
        place = self._place(element, outer)
        for item in element.iterchildren(_name("text:list-item"), _name("text:list-header")):
            bearer = item if item.tag == _name("text:list-item") else None
            for child in item.iterchildren():
                yield from self._block(child, place, bearer)
                if child.tag in _PARAGRAPHS:
                    bearer = None

    def _place(self, element: Any, outer: _Place | None) -> _Place:
        style = element.get(_name("text:style-name"))
        if outer is not None:
            return _Place(outer.counters, style or outer.style, outer.depth + 1)
        if style is None:  # then the first paragraph's style names it
            first = next(element.iter(*_PARAGRAPHS), None)
            style = None if first is None else self._paragraph_lists.get(first.get(_name("text:style-name")))
        style = style or ""
        before = f"style {style}" if element.get(_name("text:continue-numbering")) == "true" else ""
        own = f"list {next(self._ids)}"
        counters = self._continued.get(element.get(_name("text:continue-list"), before), own)
        self._continued[f"style {style}"] = self._continued[element.get(_ID, own)] = counters
        return _Place(counters, style, 0)

    def _paragraph(self, paragraph: Any, place: _Place | None, item: Any) -> Iterator[str]:
        boxes: list[Any] = []
        pieces = "".join(self._pieces(paragraph, boxes))
        text = _MARKS.sub(lambda mark: _WRITTEN[mark[0]], _BLANKS.sub(" ", pieces).strip(" "))
        label = self._label(paragraph, place, item) if text.strip() else ""
        first, *rest = text.split("\n")
        yield f"{label} {first.lstrip()}" if label else first
        yield from rest
        for box in boxes:
            yield from self.lines(box)

    def _label(self, paragraph: Any, place: _Place | None, item: Any) -> str:
        if place is not None and item is not None:
            list_id = f"{place.counters} {place.style}"
            self._numbering.lists[list_id] = self._styles.get(place.style, {})
            self._numbering.shared[list_id] = place.counters
            start = _number(item, "text:start-value", 0)
            return self._numbering.label(list_id, min(place.depth, LEVELS - 1), start or None)
        of_style = self._paragraph_lists.get(paragraph.get(_name("text:style-name")))
        if place is not None or paragraph.tag != _name("text:h") or of_style == "":
            return ""
        if paragraph.get(_name("text:is-list-header")) == "true":
            return ""
        return self._numbering.label(_OUTLINE, min(_number(paragraph, "text:outline-level", 1), LEVELS) - 1)

    def _pieces(self, element: Any, boxes: list[Any]) -> Iterator[str]:
        """The text of a paragraph; blanks that count are marked, others run together."""
        yield element.text or ""
        for child in element.iterchildren():
            if child.tag in _MARKED:
                yield _MARKED[child.tag] * min(_number(child, "text:c", 1), MAX_REPEATED)
            elif child.tag == _NOTE:
                body = child.find(_name("text:note-body"))
                self.notes += [] if body is None else [" ".join(self.lines(body))]
            elif isinstance(child.tag, str) and child.tag.startswith(_DRAWN):
                boxes.append(child)
            elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                yield from self._pieces(child, boxes)
            yield child.tail or ""

    def _rows(self, table: Any) -> Iterator[Row]:
        for row in outermost(table, _name("table:table-row"), _LEFT_OUT):
            cells: list[Cell] = []
            beside = 0
            for cell in row.iterchildren(_CELL, _COVERED):
                repeated = min(_number(cell, "table:number-columns-repeated", 1), MAX_REPEATED)
                if cell.tag == _COVERED:  # by the cell beside it, or by one of a row above
                    hidden = min(beside, repeated)
                    beside -= hidden
                    cells += [Cell(())] * (repeated - hidden)
                else:
                    span = _number(cell, "table:number-columns-spanned", 1)
                    beside = span - 1
                    cells += [Cell(tuple(self.lines(cell)), span)] * repeated
            yield from [Row(tuple(cells))] * min(_number(row, "table:number-rows-repeated", 1), MAX_REPEATED)


def _number(element: Any, name: str, default: int) -> int:
    """A whole number of an attribute. Raises UnreadableDocument (`broken`)."""
    written = element.get(_name(name))
    if written is None:
        return default
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise UnreadableDocument("broken", f"{name} is no number")
    return int(written)
