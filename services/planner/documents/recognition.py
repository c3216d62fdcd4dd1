"""The words that Tesseract recognises on scanned pages, laid out as those of a PDF are."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from contracts.plans import Warning
from services.planner.documents.contents import Contents
from services.planner.documents.flow import paragraphs_of
from services.planner.documents.layout import Glyph, Line, lines_of
from services.planner.documents.romans import in_order
from services.planner.reading.decoding import UnreadableDocument

UNSURE = 70.0
"""Percent; words that are recognised with less confidence are named. In clean print, nearly all have over 90."""
NOISE = 30.0
"""Percent; what has neither letter nor digit and is recognised with less confidence is a spot or a rule."""
MAX_NAMED = 400
"""Characters of unsure words that a warning names."""

_LABEL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2}|[IVX]{1,5}|[a-zđ])([.,/⁄)]*)[._…]*")
_MARKS = {"": ".", ",": ".", "⁄": "/"}
"""What stands behind a number, and how it is seen by mistake."""
_DASHES = ("~", "=", "¬")
"""How a dash before an item is seen by mistake."""
_BULLET = re.compile(r"^([-–—+]?)_+$")
"""The gap behind a bullet, in which an underscore is seen."""

Word = dict[str, str]
"""A row of Tesseract's TSV."""


def recognised(pages: Sequence[str]) -> Contents:
    """The text of pages, each of which is Tesseract's TSV, with warnings that it was recognised.

    `recognised-text` stands once, `unsure-text` for each line with words of little confidence. Raises
    UnreadableDocument (`no-text`).
    """
    flowing = paragraphs_of([list(lines_of(_glyphs(page))) for page in pages])
    lines = [line for page in flowing for line in page if isinstance(line, Line)]
    texts = list(in_order([line.text for line in lines]))
    if not any(texts):
        raise UnreadableDocument("no-text", "no words were recognised on the pages")
    message = f"the text was recognised on {len(pages)} scanned pages: compare it with the document"
    whole = Warning(code="recognised-text", message=message, about=str(len(pages)))
    return Contents("\n".join(texts) + "\n", (whole, *_unsure(lines, texts)))


def _unsure(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[Warning]:
    for number, (line, text) in enumerate(zip(lines, texts, strict=True), start=1):
        words = [glyph.text for glyph in line.glyphs if glyph.confidence < UNSURE]
        if words:
            # A number that was put right is named as it now stands.
            printed = [word if word in text else text.split()[0] for word in words]
            named = ", ".join(f"“{word}”" for word in printed)[:MAX_NAMED]
            message = f"hard to recognise: {named}"
            yield Warning(code="unsure-text", message=message, about=named, lines=(number, number))


def _glyphs(page: str) -> list[Glyph]:
    """The words of a page, upright, those of one line at one height."""
    lines: dict[tuple[str, ...], list[Word]] = defaultdict(list)
    for row in csv.DictReader(page.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and (text := _BULLET.sub(r"\1", row["text"].strip())) and not _is_noise(row):
            lines[row["block_num"], row["par_num"], row["line_num"]].append(row | {"text": text})
    slope = _slope(list(lines.values()))
    return [glyph for words in lines.values() for glyph in _upright(_labelled(words), slope)]


def _labelled(words: Sequence[Word]) -> Sequence[Word]:
    """The words of a line, the number that it begins with as it is printed: "2," and "2..." are "2."."""
    if words[0]["text"] in _DASHES:
        return [words[0] | {"text": "-"}, *words[1:]]
    label = _LABEL.fullmatch(words[0]["text"])
    if label is None or len(words) < 2 or not words[1]["text"][0].isupper() or not (label[2] or label[1].isupper()):
        return words
    mark = label[2][:1]
    return [words[0] | {"text": label[1] + _MARKS.get(mark, mark)}, *words[1:]]


def _is_noise(word: Word) -> bool:
    return float(word["conf"]) < NOISE and not any(map(str.isalnum, word["text"]))


def _slope(lines: Sequence[Sequence[Word]]) -> float:
    """By how much lines fall on the page for each step to the right: 0 where the page lies straight."""
    longest = sorted(lines, key=lambda line: _left(line[-1]) - _left(line[0]))[-20:]
    slopes = [
        (_middle(line[-1]) - _middle(line[0])) / (_left(line[-1]) - _left(line[0])) for line in longest if len(line) > 4
    ]
    return median(slopes) if slopes else 0.0


def _upright(words: Sequence[Word], slope: float) -> Iterator[Glyph]:
    middle = -median(_middle(word) - slope * _left(word) for word in words)
    height = median(float(word["height"]) for word in words)
    for word in words:
        left = _left(word)
        yield Glyph(
            left=left,
            bottom=middle - height / 2,
            right=left + float(word["width"]),
            top=middle + height / 2,
            text=word["text"],
            is_word=True,
            confidence=float(word["conf"]),
        )


def _left(word: Word) -> float:
    return float(word["left"])


def _middle(word: Word) -> float:
    """How far down the page its middle stands."""
    return float(word["top"]) + float(word["height"]) / 2
