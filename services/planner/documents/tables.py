"""Tables as lines of text: letterheads and signatures side by side, tables of work a row an item.

A table of work (bảng phân công) has a heading row that names the work and what goes with it: who leads, who
co-operates, when. Each of its rows becomes a numbered item whose other columns follow as lines with their
heading, "Chủ trì: …", as they would stand in prose.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.planner.reading.lines import marker
from services.planner.reading.tables import GROUP, NUMBER, work_column

GAP = 8
"""Spaces between columns: as wide as what `reading.lines` takes for a gap, and more."""

_GROUP = re.compile(rf"(?:{GROUP.pattern})[.)]?")
"""How groups of rows are numbered, their rows being numbered 1, 2, 3."""
_BLANKS = re.compile(r"\s{3,}")


@dataclass(frozen=True)
class Cell:
    """One cell: its lines, and over how many columns it reaches."""

    lines: tuple[str, ...]
    span: int = 1

    @property
    def text(self) -> str:
        """Its words on one line."""
        return " ".join(" ".join(self.lines).split())


@dataclass(frozen=True)
class Row:
    """One row of cells."""

    cells: tuple[Cell, ...]


def table_lines(rows: Sequence[Row]) -> Iterator[str]:
    """The table as lines of text."""
    if rows and (work := _work_column(rows[0])) is not None:
        yield from _work_lines(rows, work)
    else:
        for row in rows:
            yield from side_by_side([cell.lines for cell in row.cells])


def continued(rows: Sequence[Row], more: Sequence[Row]) -> tuple[Row, ...]:
    """A table with its part on the next page: the heading stands once, and a row that the page broke is one again."""
    names = [cell.text for cell in rows[0].cells]
    if [cell.text for cell in more[0].cells] == names:
        more = more[1:]
    number = next((index for index, name in enumerate(names) if NUMBER.fullmatch(name)), None)
    if number is None or not more or len(rows[-1].cells) != len(names) or len(more[0].cells) != len(names):
        return (*rows, *more)
    if more[0].cells[number].text or not rows[-1].cells[number].text:
        return (*rows, *more)
    pairs = zip(rows[-1].cells, more[0].cells, strict=True)
    joined = Row(tuple(Cell((" ".join([*above.lines, *below.lines]),), above.span) for above, below in pairs))
    return (*rows[:-1], joined, *more[1:])


def side_by_side(columns: Sequence[Sequence[str]]) -> Iterator[str]:
    """The columns' lines beside each other, each column as wide as its widest line."""
    filled = [[line.strip() for line in column if line.strip()] for column in columns]
    if sum(map(bool, filled)) == 1:
        yield from next(column for column in filled if column)
        return
    # Blanks within a cell, as where a number is left out, are no gap between columns.
    filled = [[_BLANKS.sub("  ", line) for line in column] for column in filled]
    widths = [max(map(len, column), default=0) for column in filled]
    for index in range(max(map(len, filled), default=0)):
        line = ""
        start = 0
        for column, width in zip(filled, widths, strict=True):
            if index < len(column):
                line = line.ljust(start) + column[index]
            start += width + GAP
        yield line


def _work_column(heading: Row) -> int | None:
    """Which column of a table of work names the work; None for any other table."""
    names = [cell.text for cell in heading.cells]
    if len(names) < 2 or any(cell.span > 1 for cell in heading.cells):
        return None
    return work_column(names)


def _work_lines(rows: Sequence[Row], work: int) -> Iterator[str]:
    names = [cell.text for cell in rows[0].cells]
    for row in rows[1:]:
        if (heading := _heading(row, len(names), work)) is not None:
            yield from ("", heading)  # it goes on with nothing above
            continue
        if len(row.cells) != len(names):
            yield from side_by_side([cell.lines for cell in row.cells])
            continue
        yield from _item(names, row, work)


def _heading(row: Row, columns: int, work: int) -> str | None:
    """What the row says if it heads those below: over the whole width, or numbered as a group of them."""
    filled = [cell for cell in row.cells if cell.text]
    if len(filled) == 1 and (len(row.cells) < columns or row.cells[0] is filled[0]):
        return filled[0].text
    if len(row.cells) == columns and len(filled) == 2 and row.cells[work] is filled[1]:
        return filled[1].text if _GROUP.fullmatch(filled[0].text) else None
    return None


def _item(names: Sequence[str], row: Row, work: int) -> Iterator[str]:
    first, *rest = [line for line in row.cells[work].lines if line.strip()] or [""]
    # The row's number is left to the order: with it the row would be a heading of what follows, with a dash an item.
    yield f"- {first}"
    yield from (line if marker(line.strip()) else f"+ {line.strip()}" for line in rest)
    for index, (name, cell) in enumerate(zip(names, row.cells, strict=True)):
        if index != work and not NUMBER.fullmatch(name) and cell.text:
            yield f"+ {name}: {cell.text}"


def note_line(text: str) -> str:
    """A foot- or endnote as the line that stands for it."""
    return f"[Chú thích: {' '.join(text.split())}]"
