"""Lines that a page wrapped at its margin become paragraphs again, by where their words stand.

A line was wrapped where the first word of the next would not have fitted behind it. What `reading` sees is then what
it sees of a Word document: a paragraph a line. Where the page leaves it open, the lines stay apart, and `reading`
judges by the sentence. In columns, whose margins nobody sees, a line goes on with what is written small.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.planner.documents.layout import Line, Piece
from services.planner.documents.ruled import Table
from services.planner.reading.lines import END, is_capitals, marker

Block = Line | Table
"""What follows each other on a page from the top down."""
INDENT = 1.5
"""How many characters farther right than the line above a line begins at least that begins a paragraph."""
CENTRED = 10
"""How many characters farther left a line begins at most that goes on a line; what begins farther right is centred."""
TIGHT = 1.15
"""How many times the usual distance of a paragraph's lines two lines of one paragraph are apart at most."""
NEXT = 2.0
"""How many letters high the step from a line to the next is at most, in columns."""

_TO_A_YEAR = re.compile(r"[-–] ?\d{4}\b")
_YEAR = re.compile(r"\d{4}[.,;]?")


@dataclass(frozen=True)
class _Page:
    """Where the text of a page begins and ends, how wide a character is, and how far a paragraph's lines are apart."""

    left: float
    right: float
    width: float
    distance: float = 0.0
    parted: bool = False
    """Whether paragraphs are farther from each other than their lines."""

    def is_centred(self, piece: Piece) -> bool:
        """Whether the piece is set in the middle."""
        left, right = piece.left - self.left, self.right - piece.right
        return left > INDENT * self.width and abs(left - right) < self.width

    def fits(self, above: Piece, below: Piece) -> bool:
        """Whether the first word below would have fitted behind what stands above."""
        end = self.left + above.right - above.left if self.is_centred(above) else above.right
        left, right = below.words[0]
        return end + self.width / 2 + right - left < self.right - self.width / 2


def paragraphs_of(pages: Sequence[Sequence[Block]]) -> Iterator[list[Block]]:
    """The blocks of each page, wrapped lines joined."""
    pages = [list(_in_columns(page)) for page in pages]
    lines = [[block for block in page if isinstance(block, Line) and block.pieces] for page in pages]
    widest = max((line.pieces[-1].right for page in lines for line in page), default=0.0)
    for page, of_it in zip(pages, lines, strict=True):
        yield list(_joined(page, _measured(of_it, widest))) if of_it else list(page)


def _in_columns(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, each piece of a row of columns that goes on with the one above it put there."""
    done: list[Block] = []
    for block in blocks:
        if not isinstance(block, Line):
            done.append(block)
            continue
        left = [piece for piece in block.pieces if not _moved(piece, block, done)]
        if left or not block.pieces:
            done.append(Line(left))
    return done


def _moved(piece: Piece, line: Line, done: list[Block]) -> bool:
    """Put the piece behind the one above it in its column, if it goes on with it."""
    for index in range(len(done) - 1, max(len(done) - 4, -1), -1):
        above = done[index]
        if not isinstance(above, Line) or not above.pieces:
            return False
        at = next((at for at, each in enumerate(above.pieces) if _overlap(each, piece)), None)
        if at is None:
            continue
        upper = above.pieces[at]
        foot = upper.glyphs[-1]
        near = foot.middle - piece.glyphs[0].middle < NEXT * (foot.top - foot.bottom)
        if not near or (len(above.pieces) == 1 and len(line.pieces) == 1) or not _said_on(upper.text, piece.text):
            return False
        if any(_overlap(other, piece) for other in above.pieces if other is not upper):
            return False
        done[index] = Line([*above.pieces[:at], upper.and_then(piece), *above.pieces[at + 1 :]])
        return True
    return False


def _overlap(one: Piece, other: Piece) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def _said_on(above: str, below: str) -> bool:
    return below[0].islower() or bool(_YEAR.fullmatch(below) and above.endswith("năm"))


def _joined(blocks: Iterable[Block], page: _Page) -> Iterator[Block]:
    pieces: list[Piece] = []
    for block in blocks:
        alone = block.pieces[0] if isinstance(block, Line) and len(block.pieces) == 1 else None
        if alone and pieces and _goes_on(pieces, alone, page):
            pieces.append(alone)
            continue
        yield from _one(pieces)
        pieces = [alone] if alone else []
        if not alone:
            yield block
    yield from _one(pieces)


def _one(pieces: Sequence[Piece]) -> Iterator[Line]:
    if pieces:
        first, *rest = pieces
        for piece in rest:
            first = first.and_then(piece)
        yield Line([first])


def _measured(lines: Sequence[Line], widest: float) -> _Page:
    right = max(line.pieces[-1].right for line in lines)
    page = _Page(
        left=min(line.pieces[0].left for line in lines),
        right=right if right > 0.9 * widest else widest,  # a last page may have short lines alone
        width=median((glyph.right - glyph.left) / len(glyph.text) for line in lines for glyph in line.glyphs),
    )
    apart = [
        (
            above.middle - below.middle,
            below.pieces[0].text[0].islower() and not page.fits(above.pieces[0], below.pieces[0]),
        )
        for above, below in pairwise(lines)
        if len(above.pieces) == len(below.pieces) == 1
    ]
    wrapped = [distance for distance, is_wrapped in apart if is_wrapped]
    if not apart:
        return page
    usual = median(wrapped) if wrapped else min(distance for distance, _ in apart)
    parted = sum(distance > TIGHT * usual for distance, _ in apart) >= 0.2 * len(apart)
    return _Page(page.left, page.right, page.width, usual, parted)


def _goes_on(pieces: Sequence[Piece], piece: Piece, page: _Page) -> bool:
    """Whether the piece, alone on its line, goes on with the paragraph that the pieces above it are."""
    above, text = pieces[-1], piece.text
    if page.fits(above, piece) or _begins(pieces, piece, page):
        return False
    near = above.glyphs[0].middle - piece.glyphs[0].middle <= TIGHT * page.distance
    ended = bool(END.search(above.text))
    if found := marker(text):
        if _TO_A_YEAR.match(text) and above.text[-4:].isdigit():
            return True
        return found["bullet"] == "-" and page.parted and near and not ended  # "Phòng Văn hóa" / "- Xã hội"
    capitals = is_capitals(above.text), is_capitals(text) and " " in text
    if any(capitals) and not all(capitals):
        return False
    return text[0].islower() or (near and (page.parted or not ended))


def _begins(pieces: Sequence[Piece], piece: Piece, page: _Page) -> bool:
    """Whether the piece stands where a paragraph begins."""
    if page.is_centred(piece):
        return False
    farther = (piece.left - pieces[-1].left) / page.width
    hangs = len(pieces) == 1 and marker(pieces[0].text) and len(pieces[0].words) > 1
    hanging = hangs and piece.left <= pieces[0].words[1][0] + INDENT * page.width
    return farther < -CENTRED or (farther > INDENT and not hanging)
