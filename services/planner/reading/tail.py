"""What stands below the body: signature blocks, the recipients (nơi nhận), an appendix."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.planner.reading.header import is_place_and_date
from services.planner.reading.lines import BULLET, Line, is_capitals, marker
from services.planner.reading.passages import Passage, joined
from services.planner.reading.signatures import Signature, is_signing_note, opens_signature, read_signatures

_RECIPIENTS = re.compile(r"nơi (?:nhận|gửi)\b\s*[:.]?\s*", re.IGNORECASE)
_INLINE = re.compile(r"(?<=;)\s+(?=[-–+•]\s)")
MAX_COLUMNS = 8
"""More than the foot of any document has."""
WRAPPED = 2
"""Source lines from a recipient's line to the one that completes it, a blank one between them."""
SHORT = 40
"""Characters of a recipient that no margin wrapped."""
_APPENDIX = re.compile(r"PHỤ LỤC\b|Phụ lục(?: [\dIVX]+)?$")


@dataclass(frozen=True)
class Tail:
    """What stands below the body."""

    signatures: tuple[Signature, ...]
    recipients: tuple[Passage, ...]


def tail_start(lines: Sequence[Line], body_from: int) -> int:
    """The index of the first line of the signature blocks or of the recipients' list, whichever stands first.

    Place and date above the signatures, and a body's name that goes before a function, are of the tail.
    """
    for index in range(body_from, len(lines)):
        if any(_opens_tail(cell.text) for cell in lines[index].cells) and not _heads_a_list(lines, index):
            start = index
            while start > body_from and (_is_body_name(lines[start - 1].text) or is_place_and_date(lines[start - 1])):
                start -= 1
            return start
    return len(lines)


def _opens_tail(cell: str) -> bool:
    return bool(_RECIPIENTS.match(cell) and len(cell) < 60) or opens_signature(cell)


def _heads_a_list(lines: Sequence[Line], index: int) -> bool:
    """Whether a function alone on its line is a heading of the body: bullets or numbers stand below it."""
    below = next((line.text for line in lines[index + 1 : index + 4] if line.text), "")
    return len(lines[index].cells) == 1 and bool(marker(below)) and not _RECIPIENTS.match(lines[index].text)


def _is_body_name(text: str) -> bool:
    return not text or (is_capitals(text) and len(text) < 100 and not marker(text))


def read_tail(lines: Sequence[Line]) -> Tail:
    """Signature blocks and recipients, also where they stand side by side."""
    recipients: list[Passage] = []
    blocks: list[Passage] = []
    listing, column = False, 0
    for number, cell in _columns(lines):
        listing, column = listing and number == column, number
        if found := _RECIPIENTS.match(cell.text):
            listing = True
            inline = re.finditer(r"[^;]*[^;\s][^;]*", cell.text[found.end() :])  # "Nơi nhận: - Sở; - Phòng;"
            recipients.extend(cell.part(found.end() + name.start(), found.end() + name.end()) for name in inline)
        elif cell.text.startswith("[") or (listing and (cell.text.endswith(":") or is_signing_note(cell.text))):
            continue  # a footnote; a heading within the list; a note of a digital signature below it
        elif (listing or (recipients and BULLET.match(cell.text))) and _is_listed(cell.text):  # in two columns too
            if (others := _INLINE.split(cell.text)) and len(others) > 1:
                recipients.extend(part for name in others if (part := cell.find(name)))
            elif recipients and not BULLET.match(cell.text) and _completes(cell, recipients[-1]):
                recipients[-1] = joined([recipients[-1], cell], " ")
            else:
                recipients.append(cell)
        else:
            listing = False
            blocks.append(cell)
    named = (_name_of(each) for each in recipients)
    return Tail(read_signatures(blocks), tuple(name for name in named if name.text))


def appendix_start(lines: Sequence[Line]) -> int:
    """The index of the first line of an appendix (phụ lục) below the signatures."""
    return next((index for index, line in enumerate(lines) if _APPENDIX.match(line.text)), len(lines))


def _name_of(listed: Passage) -> Passage:
    """The recipient without bullet and closing mark."""
    found = marker(listed.text)
    name = listed.part(found.end() if found else 0, len(listed.text.rstrip(" ;.,")))
    return name.part(len(name.text) - len(name.text.lstrip(" ;.,")), len(name.text))


def _is_listed(cell: str) -> bool:
    """Whether a cell below "Nơi nhận" is of the list: no signature block begins there."""
    return not _opens_tail(cell) and not (
        is_capitals(cell) and not BULLET.match(cell) and len(cell) > 8 and not cell.startswith("Lưu")
    )


def _completes(cell: Passage, before: Passage) -> bool:
    """Whether a line without a bullet completes the recipient above it, which has not ended."""
    if before.text.endswith((";", ".")) or not 0 <= cell.first - before.last <= WRAPPED:
        return False
    return not (cell.text[0].isupper() and len(before.text) < SHORT and not before.text.endswith(","))


def _columns(lines: Sequence[Line]) -> list[tuple[int, Passage]]:
    """The cells of the lines with their columns' numbers; where columns stand side by side, one after the other."""
    beside = [line.starts for line in lines if 1 < len(line.cells) <= MAX_COLUMNS]
    anchors = max(beside, key=len, default=(0,))
    columns: list[list[Passage]] = [[] for _ in anchors]
    for line in lines:
        if len(anchors) == 1 or len(line.cells) > MAX_COLUMNS:
            columns[0].extend([line] if line.text else [])
            continue
        for cell, start in zip(line.cells, line.starts, strict=True):
            nearest = min(range(len(anchors)), key=lambda index: abs(anchors[index] - start))
            columns[nearest].append(cell)
    return [(number, cell) for number, column in enumerate(columns) for cell in column]
