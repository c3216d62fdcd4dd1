"""Tables of work in text: rows whose cells tabs, wide gaps or bars set apart, as the items that they are.

A table of work (bảng phân công) has a heading row that names the work and what goes with it: who leads, who
co-operates, when, in any order. Each of its rows is an item; its other columns follow with their heading,
"Chủ trì: …", as they would stand in prose. A column of time that stands before the work groups the rows, as the
months of a calendar of work do: its cells are headings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.planner.reading.lines import Line, is_capitals, marker
from services.planner.reading.passages import Passage, joined

NUMBER = re.compile(r"s?tt|số thứ tự|số tt|#", re.IGNORECASE)
"""The heading of the column that counts the rows."""
LONGEST_NAME = 40
"""Characters of a column's heading."""
_WORK = re.compile(r"(?:nội dung|nhiệm vụ|công việc|hoạt động|tên|các|việc|đầu việc)\b.*", re.IGNORECASE | re.DOTALL)
_WITH_IT = re.compile(
    r".*(?:chủ trì|phối hợp|thực hiện|thời gian|thời hạn|thời điểm|hoàn thành|phụ trách|chịu trách nhiệm|người|đơn vị"
    r"|ghi chú|kết quả|sản phẩm|kinh phí|địa điểm|cơ quan|bộ phận|phân công|theo dõi|hình thức|đối tượng|biện pháp"
    r"|yêu cầu|lãnh đạo)"
    r"|(?:tháng|tuần|ngày|quý|hạn)\b",
    re.IGNORECASE | re.DOTALL,
)
_TIME = re.compile(r"(?:thời (?:gian|hạn|điểm)|tháng|tuần|ngày|quý|học k[ỳì])\b", re.IGNORECASE)
_COUNTED = re.compile(r"\d{1,3}[.)]?")
GROUP = re.compile(r"[IVX]{1,5}|[A-HĐ]")
"""What numbers the heading of a group of rows."""
_NEAR = 3
"""Characters by which a cell may stand beside its column's heading."""


def work_column(names: Sequence[str]) -> int | None:
    """Which column of a table of work names the work, by the headings; None for any other table."""
    work = next((index for index, name in enumerate(names) if _WORK.fullmatch(name)), None)
    others = [name for index, name in enumerate(names) if index != work and not NUMBER.fullmatch(name)]
    return work if work is not None and others and all(_WITH_IT.match(name) for name in others) else None


def time_column(names: Sequence[str], work: int) -> int | None:
    """The column of time that groups the rows: the first one, but for their number, before the work."""
    first = next((index for index, name in enumerate(names) if not NUMBER.fullmatch(name)), work)
    return first if first < work and _TIME.match(names[first]) else None


def group_heading(name: str, cell: str) -> str:
    """The cell of a grouping column as a heading: "9/2025" below "Tháng" is "Tháng 9/2025"."""
    return f"{name} {cell}" if cell[:1].isdigit() and len(name.split()) == 1 else cell


def without_tables(lines: Sequence[Line]) -> list[Line]:
    """The lines, with an item for each row of a table of work; a row's lines are those of the row."""
    found: list[Line] = []
    table: _Table | None = None
    for index, line in enumerate(lines):
        if opened := _opened(line):
            found.extend(table.items() if table else ())
            table = opened
        elif table is None:
            found.append(line)
        elif line.text and not table.takes(line, next((each for each in lines[index + 1 :] if each.text), None)):
            found.extend(table.items())
            found.append(line)
            table = None
    found.extend(table.items() if table else ())
    return found


def _opened(heading: Line) -> "_Table | None":
    """The table that the line is the heading row of."""
    names = [cell.text for cell in heading.cells]
    if len(names) < 2 or max(map(len, names)) > LONGEST_NAME or (work := work_column(names)) is None:
        return None
    timed = time_column(names, work) is not None
    # Cells that mere gaps set apart are no row where nothing begins it: neither a number nor a time.
    set_apart = bool(heading.columns) or timed or NUMBER.fullmatch(names[0])
    return _Table(heading, names, work) if set_apart and (len(names) > 2 or timed) else None


@dataclass
class _Table:
    """A table of work as far as it has been read: its rows, each a cell for every column, or one for all."""

    heading: Line
    names: list[str]
    work: int
    rows: list[list[Passage]] = field(default_factory=list)

    def takes(self, line: Line, following: Line | None) -> bool:
        """Reads the line as a row, as more of the row above or as the heading of a group; False where it is none."""
        if (cells := self._cells(line)) and self._goes_on(cells):
            above = self.rows[-1]
            self.rows[-1] = [joined(filter(_words, pair), " ") for pair in zip(above, cells, strict=True)]
        elif self._is_row(line):
            # Where cells are empty nobody can say which, and the row stays whole.
            first = line.cells[0]
            self.rows.append(cells or [first, line.part(len(first.text), len(line.text))])
        elif (group := _group(line)) and following is not None and self._is_row(following):
            self.rows.append([group])
        else:
            return False
        return True

    def items(self) -> Iterator[Line]:
        """The rows as an outline writes them: the work with a dash, what goes with it with a plus."""
        grouping = time_column(self.names, self.work)
        group = ""
        for cells in self.rows:
            if grouping is not None and len(cells) > 1 and (named := cells[grouping].text) and named != group:
                group = named
                yield _line(group_heading(self.names[grouping], named), cells[grouping])
            if len(cells) == len(self.names):
                yield from self._item(cells, grouping)
            elif len(cells) == 1:
                yield _line(cells[0].text, cells[0])
            else:
                yield _line(f"- {cells[1].text}", cells[1])

    def _item(self, cells: Sequence[Passage], grouping: int | None) -> Iterator[Line]:
        if cells[self.work].text:
            yield _line(f"- {cells[self.work].text}", cells[self.work])
        for index, (name, cell) in enumerate(zip(self.names, cells, strict=True)):
            if index not in (self.work, grouping) and not NUMBER.fullmatch(name) and _words(cell):
                yield _line(f"+ {name}: {cell.text}", cell)

    def _is_row(self, line: Line) -> bool:
        """Whether the line is a row: by its number or its time, else by as many cells as there are headings."""
        if len(line.cells) < 2 or is_capitals(line.text):
            return False
        first = line.cells[0].text
        if NUMBER.fullmatch(self.names[0]):
            return bool(_COUNTED.fullmatch(first))
        if time_column(self.names, self.work) == 0 and (_TIME.match(first) or first[0].isdigit()):
            return True
        return self._cells(line) is not None

    def _cells(self, line: Line) -> list[Passage] | None:
        """The row's cells, empty ones too: by tabs or bars, by their number, else by where they stand."""
        if len(line.columns) == len(self.names):
            return [Passage(words, line.pieces) for words in line.columns]
        if len(line.cells) == len(self.names):
            return list(line.cells)
        if line.columns or self.heading.columns or not NUMBER.fullmatch(self.names[0]):
            return None  # where a cell stands says little without the row's number
        cells = [Passage("", line.pieces) for _ in self.names]
        for cell, start in zip(line.cells, line.starts, strict=True):
            below = [index for index, at in enumerate(self.heading.starts) if abs(at - start) <= _NEAR]
            if not below:
                return None
            cells[below[0]] = cell
        return cells

    def _goes_on(self, cells: Sequence[Passage]) -> bool:
        """Whether the cells are more of the row above: it is counted, and they are not."""
        counted = NUMBER.fullmatch(self.names[0]) is not None
        return bool(counted and not cells[0].text and self.rows and len(self.rows[-1]) == len(self.names))


def _group(line: Line) -> Passage | None:
    """The heading of a group of rows: a line of one cell, or of a number and one cell."""
    if len(line.cells) == 1:
        found = marker(line.text)
        return line.part(found.end() if found else 0, len(line.text))
    return line.cells[1] if len(line.cells) == 2 and GROUP.fullmatch(line.cells[0].text) else None


def _words(cell: Passage) -> bool:
    return any(map(str.isalnum, cell.text))


def _line(text: str, row: Passage) -> Line:
    """A line of its own with the row's source lines."""
    pieces = ((0, row.first),) if row.first == row.last else ((0, row.first), (len(text), row.last))
    return Line(text, pieces, alone=True)
