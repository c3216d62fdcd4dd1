"""The draft that goes on where a plan ends: the items that are carried over, in the next period."""

from collections.abc import Collection, Iterator

from contracts.plans import Item, Period, PlanDocument, Warning
from services.planner.rules import calendar


def following(document: PlanDocument, positions: Collection[int]) -> PlanDocument:
    """The document with these items alone, due by their rules in the period after; not signed, numbered or dated."""
    period = next_period(document.period)
    chosen = [item for item in document.items if item.position in positions]
    items = tuple(
        _due_in(item, period).model_copy(update={"position": position}) for position, item in enumerate(chosen, start=1)
    )
    after = document.model_copy(
        update={"number": None, "date": None, "parent": None, "period": period, "items": items, "origins": ()}
    )
    return after.model_copy(update={"warnings": tuple(_warnings(after))})


def next_period(period: Period) -> Period:
    """The school year or calendar year after, for a person to confirm; unknown after any other period."""
    if period.school_year:
        year = calendar.SchoolYear(int(period.school_year[:4]) + 1)
        return Period(school_year=year.name, start=year.start, end=year.end)
    if period.calendar_year and period.start and period.end:
        start, end = (day.replace(year=day.year + 1) for day in (period.start, period.end))
        return Period(calendar_year=period.calendar_year + 1, start=start, end=end)
    return Period()


def _due_in(item: Item, period: Period) -> Item:
    try:
        days = calendar.occurrences(item.due.rule, period)
    except ValueError:  # a rule of the unit that submitted the plan: its days stay, and have a warning
        return item
    due = item.due.model_copy(update={"occurrences": days, "date": days[0].due_on})
    return item.model_copy(update={"due": due})


def _warnings(document: PlanDocument) -> Iterator[Warning]:
    message = "carried over from a plan that has ended: number, date, title and period are to be written"
    yield Warning(code="carried-over", message=message)
    span = calendar.reach(document.period)
    for item in document.items:
        days = [occurrence.due_on for occurrence in item.due.occurrences if occurrence.due_on]
        for day in days:
            if span and not span[0] <= day <= span[1]:
                message = f"{day} is outside the period"
                yield Warning(code="date-outside-period", message=message, about=f"{day:%d/%m/%Y}", lines=item.lines)
