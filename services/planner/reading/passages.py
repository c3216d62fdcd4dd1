"""Words of the document that know their lines, and patterns that find them quickly."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from contracts.plans import Lines, Origin

UPPER = f"[{''.join(filter(str.isupper, map(chr, range(0x41, 0x1EFA))))}]"
"""Matches a capital letter: a span of letters such as À-Ỹ holds small ones too."""
DATE_CUE = "0/0"
_FIGURES = re.compile(r"\d\s*[/.-]\s*\d")
_WORD = re.compile(r"\w+")
_SIGNS = "0123456789%/:-"
_NO_LETTERS = "0123456789_"
"""What `_WORD` takes for letters too."""


@dataclass(frozen=True)
class Passage:
    """A stretch of the document, layout taken away.

    `pieces` are where the words of each source line begin in `text`, with that line's number.
    """

    text: str
    pieces: tuple[tuple[int, int], ...] = ((0, 1),)

    @cached_property
    def lowered(self) -> str:
        """The text in small letters, as long as the text itself."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(small if len(small := character.lower()) == 1 else character for character in self.text)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Its syllables in small letters, its figures and some signs; `DATE_CUE` where it has a date in figures."""
        text = self.lowered
        signs = [sign for sign in _SIGNS if sign in text]
        if signs:
            signs += [DATE_CUE] if _FIGURES.search(text) else []
            for figure in _NO_LETTERS:
                text = text.replace(figure, " ")
        return frozenset([*_WORD.findall(text), *signs])

    @property
    def first(self) -> int:
        """The first source line."""
        return self.pieces[0][1]

    @property
    def last(self) -> int:
        """The last source line."""
        return self.pieces[-1][1]

    @property
    def lines(self) -> Lines:
        """The first and the last."""
        return self.first, self.last

    def part(self, start: int, end: int) -> "Passage":
        """The words from `start` to `end` without the space around them."""
        if len(self.pieces) == 1:
            return Passage(self.text[start:end].strip(), self.pieces)
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        here = bisect_right(self.pieces, (start, 1 << 62)) - 1
        kept = ((max(at - start, 0), line) for at, line in self.pieces[here:] if at < end or at <= start)
        return Passage(self.text[start:end], tuple(kept))

    def find(self, words: str) -> "Passage | None":
        """Where the words stand first; None where they do not."""
        at = self.text.find(words)
        return self.part(at, at + len(words)) if at >= 0 and words else None

    def origin(self, field: str) -> Origin:
        """These words as what `field` was read from."""
        return Origin(field=field, text=self.text, lines=self.lines)


def joined(passages: Iterable[Passage], by: str) -> Passage:
    """The passages as one, `by` between them."""
    texts: list[str] = []
    pieces: list[tuple[int, int]] = []
    size = 0
    for passage in passages:
        pieces.extend((at + size, line) for at, line in passage.pieces)
        texts.append(passage.text)
        size += len(passage.text) + len(by)
    return Passage(by.join(texts), tuple(pieces))


def first_of(passages: Iterable[Passage], words: str) -> Passage | None:
    """Where the words stand in the first of the passages that has them."""
    return next((found for passage in passages if (found := passage.find(words))), None)


class Cued:
    """A pattern with its cues: tokens of which every match holds at least one.

    Most sentences hold none of them, and looking up a token takes a hundredth of trying a pattern everywhere. The
    pattern is written in small letters and finds capitals too; an `exact` one tells them apart.
    """

    def __init__(self, pattern: str, cues: str, *, and_cues: str = "", exact: bool = False) -> None:
        """`cues` are parted by spaces; of `and_cues`, where given, a match holds one as well."""
        self.regex = re.compile(pattern)
        self.cues = frozenset(cues.split())
        self.and_cues = frozenset(and_cues.split())
        self.exact = exact

    def may_match(self, tokens: frozenset[str]) -> bool:
        """Whether a text of these tokens holds the cues."""
        return not self.cues.isdisjoint(tokens) and not (self.and_cues and self.and_cues.isdisjoint(tokens))

    def search(self, passage: Passage, within: str | None = None) -> re.Match[str] | None:
        """The first match. Its spans are the passage's, its groups may be in small letters.

        `within`, where given, is the passage's text with some of it blanked.
        """
        if not self.may_match(passage.tokens):
            return None
        return self.regex.search(within or (passage.text if self.exact else passage.lowered))

    def finditer(self, passage: Passage) -> Iterator[re.Match[str]]:
        """All matches, likewise."""
        if not self.may_match(passage.tokens):
            return iter(())
        return self.regex.finditer(passage.text if self.exact else passage.lowered)
