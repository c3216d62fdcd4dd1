"""Which plan in force is the one that a document names as the plan above it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.plans import ParentPlan, Warning
from contracts.scope import Place, jurisdiction


@dataclass(frozen=True)
class Candidate:
    """A plan in force that has a number."""

    lasting_id: UUID
    number: str
    date: date | None
    unit_ids: tuple[str, ...]
    """Its owner and its parties."""
    title: str = ""


def stands_above(upper: Sequence[Place], lower: Sequence[Place]) -> bool:
    """Whether one of the upper units answers for an area that is more than, and holds, that of a lower one."""
    return any(
        below.startswith(above) and below != above
        for above in (jurisdiction(place.kind, place.path) for place in upper)
        for below in (jurisdiction(place.kind, place.path) for place in lower)
    )


def parent_among(
    named: ParentPlan, candidates: Sequence[Candidate], lower: Sequence[Place], places: Mapping[str, Place]
) -> UUID | Warning:
    """The lasting id of the one plan above `lower` that has the number, and no other date; else why there is none."""
    number = folded(named.number)
    found = [
        candidate
        for candidate in candidates
        if folded(candidate.number) == number
        and (named.date is None or candidate.date is None or named.date == candidate.date)
        and stands_above([places[unit_id] for unit_id in candidate.unit_ids if unit_id in places], lower)
    ]
    if len(found) == 1:
        return found[0].lasting_id
    if found:
        message = f"{len(found)} plans above have the number {named.number}"
        return Warning(code="parent-ambiguous", message=message, about=named.number)
    message = f"no plan in force above has the number {named.number}"
    return Warning(code="parent-not-found", message=message, about=named.number)


def folded(number: str) -> str:
    """Words as they are compared, numbers above all: `632/KHLT – GDĐT - LĐLĐ` is `632/KHLT-GDDT-LDLD`."""
    plain = unicodedata.normalize("NFKD", number.casefold().replace("đ", "d"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"\s+", "", re.sub(r"[–—−‐‑]", "-", letters))
