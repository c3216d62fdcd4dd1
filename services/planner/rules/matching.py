"""Which items of a new document are the same duties as items of the plan in force.

The same text is the same duty. Of the rest, two items are as alike as the pairs of neighbouring words that they
share (Dice's coefficient, 0 to 1; "hai bên" and "bên ký" are the pairs of "hai bên ký"). Alike from `SURE` on, from
`SURE_IN_SECTION` within one section, they are the same duty, provided that for neither of them another item comes
within `CLEARLY` of it. From `UNSURE` on, or with such a rival, a person decides.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise

from contracts.plans import Item

SURE = 0.8
SURE_IN_SECTION = 0.65
UNSURE = 0.4
CLEARLY = 0.15


@dataclass(frozen=True)
class Match:
    """The item before, by its index, that an item of the new document continues, or (not sure) may continue."""

    before: int
    sure: bool


def match(before: Sequence[Item], after: Sequence[Item]) -> list[Match | None]:
    """For each item of the new document its match; none where there is nothing like it. No item matches twice."""
    found: list[Match | None] = [None] * len(after)
    same = _same_texts(before, after)
    for new, old in same.items():
        found[new] = Match(old, sure=True)
    taken = set(same.values())
    left_before = [index for index in range(len(before)) if index not in taken]
    left_after = [index for index in range(len(after)) if index not in same]
    rows = _alike(before, after, left_before, left_after)
    likest_after, likest_before = _likest(rows, lambda row: row[1]), _likest(rows, lambda row: row[2])
    for row in sorted(rows, key=lambda row: -row[0]):
        score, old, new = row
        if found[new] is None and old not in taken:
            rival = max((other[0] for other in likest_after[old] + likest_before[new] if other != row), default=0.0)
            found[new] = Match(old, sure=_is_sure(score, before[old], after[new], rival))
            taken.add(old)
    return found


Row = tuple[float, int, int]
"""How alike, the index before, the index after."""


def _same_texts(before: Sequence[Item], after: Sequence[Item]) -> dict[int, int]:
    """Pairs of the same text; of several, those of one section first, then in the order of the documents."""
    same: dict[int, int] = {}
    for key in (_text_in_section, _text):
        waiting: defaultdict[object, list[int]] = defaultdict(list)
        taken = set(same.values())
        for old, item in enumerate(before):
            if old not in taken:
                waiting[key(item)].append(old)
        for new, item in enumerate(after):
            if new not in same and waiting[key(item)]:
                same[new] = waiting[key(item)].pop(0)
    return same


def _text(item: Item) -> str:
    return " ".join(unicodedata.normalize("NFC", item.text).casefold().split())


def _text_in_section(item: Item) -> tuple[str, str]:
    return item.section, _text(item)


def _alike(before: Sequence[Item], after: Sequence[Item], olds: Sequence[int], news: Sequence[int]) -> list[Row]:
    old_pairs = [(old, _pairs(before[old])) for old in olds]
    rows = []
    for new in news:
        pairs = _pairs(after[new])
        for old, others in old_pairs:
            score = 2 * len(pairs & others) / (len(pairs) + len(others))
            if score >= UNSURE:
                rows.append((score, old, new))
    return rows


def _pairs(item: Item) -> frozenset[tuple[str, str, int]]:
    """The pairs of neighbouring words, the ends of the text included, each counted where it comes again."""
    words = ["", *_text(item).split(), ""]
    seen: Counter[tuple[str, str]] = Counter()
    pairs = []
    for pair in pairwise(words):
        seen[pair] += 1
        pairs.append((*pair, seen[pair]))
    return frozenset(pairs)


def _likest(rows: Sequence[Row], key: Callable[[Row], int]) -> dict[int, list[Row]]:
    """The two likest pairs of each item."""
    grouped: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return {index: nlargest(2, pairs) for index, pairs in grouped.items()}


def _is_sure(score: float, before: Item, after: Item, rival: float) -> bool:
    threshold = SURE_IN_SECTION if before.section == after.section else SURE
    return score >= threshold and score - rival >= CLEARLY
