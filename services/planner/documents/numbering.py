"""The numbers that Word computes and does not write into the text: "1.", "a)", "II.", "-"."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

LEVELS = 9
_BULLETS = ("-", "+")
"""Of the first level and of those below, as offices type them."""


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered: `text` holds `%1` for the number of the first level, and so on."""

    form: str
    text: str
    start: int = 1


@dataclass
class Numbering:
    """A document's lists; `label` counts on."""

    lists: dict[str, dict[int, Level]]
    """Levels by list (`w:numId`)."""
    shared: dict[str, str]
    """The counters of which a list uses: lists of one abstract list go on counting."""
    _counts: dict[str, list[int | None]] = field(default_factory=lambda: defaultdict(lambda: [None] * LEVELS))

    def label(self, list_id: str, depth: int) -> str:
        """The label of the next paragraph of a list at a depth from 0; "" where the list has none."""
        levels = self.lists.get(list_id, {})
        level = levels.get(depth)
        if level is None or level.form == "none":
            return ""
        counts = self._counts[self.shared[list_id]]
        before = counts[depth]
        counts[depth] = level.start if before is None else before + 1
        counts[depth + 1 :] = [None] * (LEVELS - depth - 1)
        if level.form == "bullet":
            return _BULLETS[min(depth, 1)]
        label = level.text
        for number in range(depth + 1):
            of = levels.get(number, level)
            value = counts[number] if counts[number] is not None else of.start
            label = label.replace(f"%{number + 1}", _written(value or 0, of.form))
        return label


def read_numbering(document: Any) -> Numbering:
    """The lists of an opened document."""
    try:
        root = document.part.numbering_part.element
    except NotImplementedError:  # so python-docx says that the document has no such part
        return Numbering({}, {})
    abstract = {each.get(qn("w:abstractNumId")): _levels(each) for each in root.findall(qn("w:abstractNum"))}
    lists, shared = {}, {}
    for each in root.findall(qn("w:num")):
        list_id, base = each.get(qn("w:numId")), _value(each, "w:abstractNumId") or ""
        overrides = each.findall(qn("w:lvlOverride"))
        levels = dict(abstract.get(base, {}))
        for override in overrides:
            depth = int(override.get(qn("w:ilvl")) or 0)
            if (start := _value(override, "w:startOverride")) and depth in levels:
                levels[depth] = Level(levels[depth].form, levels[depth].text, int(start))
            levels |= _levels(override)
        lists[list_id] = levels
        shared[list_id] = f"own {list_id}" if overrides else f"shared {base}"
    return Numbering(lists, shared)


def _levels(element: Any) -> dict[int, Level]:
    return {
        int(level.get(qn("w:ilvl")) or 0): Level(
            form=_value(level, "w:numFmt") or "decimal",
            text=_value(level, "w:lvlText") or "",
            start=int(_value(level, "w:start") or 1),
        )
        for level in element.findall(qn("w:lvl"))
    }


def _value(element: Any, name: str) -> str | None:
    child = element.find(qn(name))
    return None if child is None else child.get(qn("w:val"))


_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _written(value: int, form: str) -> str:
    match form:
        case "upperRoman" | "lowerRoman":
            roman = ""
            for worth, letters in _ROMAN:
                count, value = divmod(value, worth)
                roman += letters * count
            return roman if form == "upperRoman" else roman.lower()
        case "upperLetter" | "lowerLetter":
            letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
            return letter.upper() if form == "upperLetter" else letter
        case "decimalZero":
            return f"{value:02}"
        case _:
            return str(value)
