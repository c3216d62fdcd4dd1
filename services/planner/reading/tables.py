"""Tables of work in text: rows whose cells tabs, wide gaps or bars set apart, as the items that they are.

A table of work (bảng phân công) has a heading row that names the work and what goes with it: who leads, who
co-operates, when. Each of its rows is an item; its other columns follow with their heading, "Chủ trì: …", as they
would stand in prose.
"""

import re
from collections.abc import Iterator, Sequence

from services.planner.reading.lines import Line

NUMBER = re.compile(r"s?tt|số thứ tự|số tt|#", re.IGNORECASE)
"""The heading of the column that counts the rows."""
_WORK = re.compile(r"(?:nội dung|nhiệm vụ|công việc|hoạt động|tên|các)\b.*", re.IGNORECASE | re.DOTALL)
_WITH_IT = re.compile(
    r".*(?:chủ trì|phối hợp|thực hiện|thời gian|thời hạn|hoàn thành|phụ trách|chịu trách nhiệm|người|đơn vị|ghi chú"
    r"|kết quả|sản phẩm|kinh phí|địa điểm)",
    re.IGNORECASE | re.DOTALL,
)
_COUNTED = re.compile(r"\d{1,3}[.)]?")


def work_column(names: Sequence[str]) -> int | None:
    """Which column of a table of work names the work, by the headings; None for any other table."""
    work = next((index for index, name in enumerate(names) if _WORK.fullmatch(name)), None)
    others = [name for index, name in enumerate(names) if index != work and not NUMBER.fullmatch(name)]
    return work if work is not None and others and all(_WITH_IT.match(name) for name in others) else None


def without_tables(lines: Sequence[Line]) -> list[Line]:
    """The lines, with an item for each row of a table of work; a row's lines are those of the row."""
    found: list[Line] = []
    names: list[str] = []
    work: int | None = None
    for line in lines:
        cells = [cell.text for cell in line.cells]
        if len(cells) > 2 and (column := work_column(cells)) is not None:
            names, work = cells, column
        elif work is None or not (_COUNTED.fullmatch(cells[0]) if len(cells) > 1 else not cells):
            found.append(line)
            work = None
        elif cells:
            found.extend(_item(names, work, line))
    return found


def _item(names: Sequence[str], work: int, line: Line) -> Iterator[Line]:
    """The row's work, then its other columns; where cells are empty nobody can say which, and it stays whole."""
    cells = [cell.text for cell in line.cells]
    if len(cells) != len(names):
        yield _line(f"- {' '.join(cells[1:])}", line)
        return
    yield _line(f"- {cells[work]}", line)
    for index, (name, cell) in enumerate(zip(names, cells, strict=True)):
        if index != work and not NUMBER.fullmatch(name):
            yield _line(f"+ {name}: {cell}", line)


def _line(text: str, row: Line) -> Line:
    return Line(text, row.pieces)
