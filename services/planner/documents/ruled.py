"""Tables that are ruled on a page: from the rules and the characters to rows of cells.

A table is a net of rules that touch each other, of two columns at least. What stands in columns without rules
is none: letterheads and signatures stay text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.planner.documents.layout import Glyph, lines_of
from services.planner.documents.tables import Cell, Row
from services.planner.reading.lines import marker

NEAR = 3.0
"""Points; rules that are no farther from each other touch, or are one."""
SHORTEST = 8.0
"""Points; a shorter rule is part of a letter or an ornament."""
MAX_RULES = 2000
"""On a page; one with more is a drawing."""


@dataclass(frozen=True)
class Rule:
    """A straight rule, by the box that it fills: one of its sides is nearly nothing."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def is_level(self) -> bool:
        """Whether it lies; else it stands."""
        return self.right - self.left > self.top - self.bottom

    def touches(self, other: "Rule") -> bool:
        """Whether the two meet."""
        return (
            self.left - NEAR <= other.right
            and other.left - NEAR <= self.right
            and self.bottom - NEAR <= other.top
            and other.bottom - NEAR <= self.top
        )


@dataclass(frozen=True)
class Table:
    """A ruled table: where it stands, where its columns end, and its rows."""

    top: float
    bottom: float
    edges: tuple[float, ...]
    rows: tuple[Row, ...]

    def goes_on_in(self, other: "Table") -> bool:
        """Whether the other, on the next page, has the same columns."""
        return len(self.edges) == len(other.edges) and all(
            abs(one - two) <= NEAR for one, two in zip(self.edges, other.edges, strict=True)
        )


def tables_of(rules: Sequence[Rule], glyphs: Sequence[Glyph]) -> list[Table]:
    """The tables of a page, from the top down."""
    rules = [rule for rule in rules if max(rule.right - rule.left, rule.top - rule.bottom) >= SHORTEST]
    if len(rules) > MAX_RULES:
        return []
    found = (_table(net, glyphs) for net in _nets(rules))
    return sorted((table for table in found if table is not None), key=lambda table: -table.top)


def _nets(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """The rules in groups of those that hang together."""
    left = list(rules)
    while left:
        net, new = [], [left.pop()]
        while new:
            net += new
            new, left = (
                [rule for rule in left if any(rule.touches(other) for other in new)],
                [rule for rule in left if not any(rule.touches(other) for other in new)],
            )
        yield net


def _places(values: Iterable[float]) -> list[float]:
    """The values in order, those near each other once."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > NEAR:
            places.append(value)
    return places


def _table(net: Sequence[Rule], glyphs: Sequence[Glyph]) -> Table | None:
    level, standing = [rule for rule in net if rule.is_level], [rule for rule in net if not rule.is_level]
    heights = _places(rule.bottom for rule in level)[::-1]
    edges = _places(rule.left for rule in standing)
    if len(heights) < 2 or len(edges) < 3:
        return None
    inside = [
        glyph for glyph in glyphs if heights[-1] < glyph.middle < heights[0] and edges[0] < _centre(glyph) < edges[-1]
    ]
    grid: list[list[_Field]] = []
    for top, bottom in pairwise(heights):
        above = grid[-1] if grid else []
        fields = list(_fields(top, bottom, edges, standing))
        for field in fields:
            held = [glyph for glyph in inside if field.holds(glyph)]
            open_above = grid and not any(_covers(rule, field, top) for rule in level)
            upper = next((other for other in above if other.left == field.left), None) if open_above else None
            field.owner = upper.owner if upper and upper.owner else field
            field.owner.glyphs += held
        grid.append(fields)
    rows = tuple(Row(tuple(Cell(tuple(_lines(field.glyphs)), field.span) for field in fields)) for fields in grid)
    return Table(heights[0], heights[-1], tuple(edges), rows)


class _Field:
    """A field of the net. What a cell over several rows holds belongs to its uppermost field, the `owner`."""

    def __init__(self, left: float, right: float, top: float, bottom: float, span: int) -> None:
        self.left, self.right, self.top, self.bottom, self.span = left, right, top, bottom, span
        self.glyphs: list[Glyph] = []
        self.owner: _Field | None = None

    def holds(self, glyph: Glyph) -> bool:
        return self.bottom <= glyph.middle < self.top and self.left <= _centre(glyph) < self.right


def _fields(top: float, bottom: float, edges: Sequence[float], standing: Sequence[Rule]) -> Iterator[_Field]:
    """The fields between two heights: an edge without a rule there parts nothing."""
    middle = (top + bottom) / 2
    parted = [
        index
        for index, edge in enumerate(edges)
        if any(abs(rule.left - edge) <= NEAR and rule.bottom <= middle <= rule.top for rule in standing)
    ]
    for first, last in pairwise(parted):
        yield _Field(edges[first], edges[last], top, bottom, last - first)


def _covers(rule: Rule, field: _Field, height: float) -> bool:
    middle = (field.left + field.right) / 2
    return abs(rule.bottom - height) <= NEAR and rule.left <= middle <= rule.right


def _centre(glyph: Glyph) -> float:
    return (glyph.left + glyph.right) / 2


def _lines(glyphs: Sequence[Glyph]) -> Iterator[str]:
    """What a cell says, a line for each paragraph: what was wrapped at its edge is one again."""
    paragraph = ""
    for text in (line.text.strip() for line in lines_of(glyphs)):
        if paragraph and text and not marker(text):
            paragraph += f" {text}"
        elif text:
            if paragraph:
                yield paragraph
            paragraph = text
    if paragraph:
        yield paragraph
