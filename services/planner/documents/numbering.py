"""The numbers that office programs compute and do not write into the text: "1.", "a)", "II.", "-"."""

from collections import defaultdict
from dataclasses import dataclass, field

LEVELS = 9
MAX_LETTERED = 399
"""Up to this number, letters and Roman digits stay short; a list that is longer has only numbers."""
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
    """Levels by list."""
    shared: dict[str, str]
    """The counters of which a list uses: some lists go on counting where another ended."""
    _counts: dict[str, list[int | None]] = field(default_factory=lambda: defaultdict(lambda: [None] * LEVELS))

    def label(self, list_id: str, depth: int, start: int | None = None) -> str:
        """The label of the next paragraph of a list at a depth from 0; "" where the list has none.

        `start` is the number that the paragraph itself is given, where it is given one.
        """
        levels = self.lists.get(list_id, {})
        level = levels.get(depth)
        if level is None or level.form == "none":
            return ""
        counts = self._counts[self.shared[list_id]]
        before = counts[depth]
        counts[depth] = start or (level.start if before is None else before + 1)
        counts[depth + 1 :] = [None] * (LEVELS - depth - 1)
        if level.form == "bullet":
            return _BULLETS[min(depth, 1)]
        label = level.text
        for number in range(depth + 1):
            of = levels.get(number, level)
            value = counts[number] if counts[number] is not None else of.start
            label = label.replace(f"%{number + 1}", _written(value or 0, of.form))
        return label


_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _written(value: int, form: str) -> str:
    if value > MAX_LETTERED:
        return str(value)
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
