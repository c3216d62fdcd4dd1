"""Units as people write them in forms: `Phòng Giáo dục Phước Lộc (AH-PL-PGD)`, the whole name, or the id alone."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contracts.units import UnitKind
from services.kit.clock import day_in_viet_nam
from services.kit.database import Transaction
from services.planner import store

_ID = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_NAMED = re.compile(rf".*\(\s*({_ID.pattern})\s*\)", re.DOTALL)
_MOST = 5
"""As many units as a refusal offers."""


class NotOneUnit(ValueError):
    """The words name no unit, or several. The message says so in Vietnamese, and which they may mean."""


@dataclass(frozen=True)
class Units:
    """The units that a form may name. A unit whose name is not among them is named by its id."""

    names: Mapping[str, str]

    def written(self, unit_id: str | None) -> str:
        """A unit as a form shows it."""
        if not unit_id:
            return ""
        return f"{self.names[unit_id]} ({unit_id})" if unit_id in self.names else unit_id

    def id_of(self, words: str) -> str:
        """The unit that the words name; whether an id that is not known here exists is for the use-case to say.

        Raises NotOneUnit: a part of a name is not enough, for nothing is guessed.
        """
        words = words.strip()
        named = _NAMED.fullmatch(words)
        if named and named[1] in self.names:
            return named[1]
        called = [unit_id for unit_id, name in self.names.items() if _folded(name) == _folded(words)]
        if len(called) == 1:
            return called[0]
        if not called and (named or is_id(words)):
            return named[1] if named else words
        raise NotOneUnit(self._offer(words, called or self._like(words)))

    def _like(self, words: str) -> list[str]:
        """The units in whose names all of the words stand."""
        wanted = set(_folded(words).split())
        return [unit_id for unit_id, name in self.names.items() if wanted and wanted <= set(_folded(name).split())]

    def _offer(self, words: str, found: Collection[str]) -> str:
        if not found:
            return f"Không có đơn vị nào tên “{words}” trong danh mục."
        offered = "; ".join(self.written(unit_id) for unit_id in sorted(found)[:_MOST])
        more = f" và {len(found) - _MOST} đơn vị nữa" if len(found) > _MOST else ""
        return f"“{words}” chưa đủ rõ là đơn vị nào. Có thể là: {offered}{more}."


def is_id(words: str) -> bool:
    """Whether the words can be a unit's id."""
    return _ID.fullmatch(words) is not None


BODIES = (UnitKind.OFFICE, UnitKind.UNION, UnitKind.AREA)
"""What a form offers as a party or a recipient."""
AREAS = (UnitKind.AREA, UnitKind.SCHOOL)
"""What a form offers as a scope's area."""


async def offered(tx: Transaction, within: str, kinds: Collection[UnitKind], also: Mapping[str, str]) -> Units:
    """The units of these kinds within the path that a form offers, and those that the plan names already."""
    found = await store.units.offered(tx, within=within, kinds=kinds, day=day_in_viet_nam(tx.now))
    return Units({**also, **found})


async def known(tx: Transaction, within: str, also: Mapping[str, str]) -> Units:
    """All units that exist today within the path, and those that the plan names already."""
    found = await store.units.names_within(tx, within=within, day=day_in_viet_nam(tx.now))
    return Units({**also, **found})


def _folded(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).casefold().split())
