"""Days on which two plans ask something of the same unit, and what the readers of one are told of the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.plans import Item, Period, PlanDocument, Warning
from contracts.scope import Place, jurisdiction
from services.planner.reading.feasts import KNOWN_DAYS
from services.planner.rules.calendar import occurrences
from services.planner.rules.content import parties_of
from services.planner.rules.reach import Bound, by_path_above

MAX_NAMED = 100
"""So many warnings name their plan; of the rest one tells how many they are."""


@dataclass(frozen=True)
class OtherPlan:
    """A plan in force, or one that is being signed."""

    document: PlanDocument
    owner: str
    """What its owner is called."""
    may_be_named: bool
    """It is in force, or concerns a unit within the area of the plan that is compared with it."""


def named_days(document: PlanDocument) -> dict[date, list[Item]]:
    """The items due on each day that the document names; a term's end and an anniversary are everybody's."""
    found: dict[date, list[Item]] = defaultdict(list)
    for item in document.items:
        named = set(_days_of_rule(item.due.rule, document.period))
        for day in named & {each.due_on for each in item.due.occurrences}:
            found[day].append(item)
    return found


def _days_of_rule(rule: str, period: Period) -> Iterator[date]:
    for term in rule.split("+"):
        name, _, days = term.partition(":")
        for day in days.split(",") if name == "day" else ():
            if day[-5:] in KNOWN_DAYS:
                continue
            try:
                found = occurrences(f"day:{day}", period)
            except ValueError:  # a plan may be older than the refusal of days that do not exist
                continue
            yield from (each.due_on for each in found if each.due_on)


def same_date_warnings(
    document: PlanDocument, others: Iterable[OtherPlan], places: Mapping[str, Place], today: date
) -> tuple[Warning, ...]:
    """A warning for each item and day on which another plan asks something of a unit that the item binds too.

    `places` are the units that all the plans name and every school below this one's parties. A warning is read by
    everybody whom its plan concerns, so it tells no more of the other plan than its number, its owner and the day;
    of one that may not be named, the day alone.
    """
    below = by_path_above(places.values())
    ours, bound = named_days(document), Bound(document, places, today)
    found: dict[tuple[str, int], Warning] = {}
    for other in others:
        theirs, theirs_bound = named_days(other.document), Bound(other.document, places, today)
        near = tuple(_near(other.document, places, below))
        for day in sorted(ours.keys() & theirs.keys()):
            for item in ours[day]:
                among = bound.by(item.scope)
                both = (place for place in near if place.unit_id in among)
                if any(theirs_bound.is_bound(place, same.scope) for place in both for same in theirs[day]):
                    warning = _warning(item, day, other)
                    found.setdefault((warning.about, item.position), warning)
    warnings = tuple(found.values())
    return (*warnings[:MAX_NAMED], *_rest(warnings[MAX_NAMED:]))


def _near(document: PlanDocument, places: Mapping[str, Place], below: Mapping[str, Sequence[Place]]) -> Iterator[Place]:
    """Whom the plan can bind at all: its parties, and who stands within their jurisdictions."""
    for party in parties_of(document, places):
        yield party
        yield from below.get(jurisdiction(party.kind, party.path), ())


def _warning(item: Item, day: date, other: OtherPlan) -> Warning:
    number = other.document.number
    if other.may_be_named:
        message = f"on {day} so has plan {number or 'without a number'} of {other.owner}"
        about = f"{day:%d/%m/%Y}, kế hoạch {f'số {number}' if number else 'chưa có số'} của {other.owner}"
    else:
        message = f"on {day} so has a plan that is being signed"
        about = f"{day:%d/%m/%Y}, một kế hoạch đang chờ ký ngoài phạm vi của đơn vị"
    return Warning(code="same-date", message=message, about=about, lines=item.lines)


def _rest(warnings: Sequence[Warning]) -> Iterator[Warning]:
    if warnings:
        about = f"còn {len(warnings)} trường hợp khác"
        yield Warning(code="same-date", message=f"and {len(warnings)} more", about=about)
