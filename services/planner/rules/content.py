"""What is wrong with a plan's content as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from contracts.plans import Due, Period, PlanDocument, Reason
from contracts.scope import Place, jurisdiction
from services.planner.rules import calendar

MAX_ITEMS = 1000
"""As many as `PlanApproved` takes."""


def party_ids(document: PlanDocument) -> set[str]:
    """The units that the parties are."""
    return {party.unit_id for party in document.parties if party.unit_id is not None}


def unit_ids_named(document: PlanDocument) -> set[str]:
    """The units that parties and scopes name."""
    return party_ids(document).union(*(item.scope.area for item in document.items))


def parties_of(document: PlanDocument, places: Mapping[str, Place]) -> list[Place]:
    """The units that the parties are, as far as they are known."""
    return [places[party.unit_id] for party in document.parties if party.unit_id and party.unit_id in places]


def faults(document: PlanDocument, places: Mapping[str, Place], *, within: str = "") -> Iterator[Reason]:
    """What can be in no plan, finished or not. `places` are the units that it names, as far as they exist.

    `within` is the path of what its author answers for: a party or an area outside of it is a fault.
    """
    if [item.position for item in document.items] != list(range(1, len(document.items) + 1)):
        yield Reason(code="positions", field="items", message="Số thứ tự các nội dung phải liên tục, bắt đầu từ 1.")
    if len(document.items) > MAX_ITEMS:
        yield Reason(code="too-many-items", field="items", message=f"Kế hoạch có quá {MAX_ITEMS} nội dung phối hợp.")
    for item in document.items:
        if not item.text.strip():
            yield Reason(
                code="text-blank", field=f"items.{item.position}.text", message="Nội dung không được để trống."
            )
    yield from _period_faults(document.period)
    yield from _party_faults(document, places, within)
    yield from _area_faults(document, places, within)


def _period_faults(period: Period) -> Iterator[Reason]:
    if period.school_year:
        first, last = map(int, period.school_year.split("-"))
        if last != first + 1 or not 2000 <= first <= 2100:  # as of `calendar_year`
            message = "Năm học phải gồm hai năm liền nhau, như 2025-2026."
            yield Reason(code="school-year-impossible", field="period.school_year", message=message)
    if period.start and period.end and period.start > period.end:
        message = f"Thời gian của kế hoạch kết thúc ({period.end:%d/%m/%Y}) trước khi bắt đầu."
        yield Reason(code="period-reversed", field="period.end", message=message)


def due_faults(document: PlanDocument) -> Iterator[Reason]:
    """Items whose days are not those that their rule gives in the period; nothing while the period is at fault."""
    if any(_period_faults(document.period)):
        return
    for item in document.items:
        field = f"items.{item.position}.due"
        try:
            given = calendar.occurrences(item.due.rule, document.period)
        except ValueError:
            message = f"Không có quy tắc thời hạn “{item.due.rule}”, hoặc không có ngày mà quy tắc nêu."
            yield Reason(code="due-rule-unknown", field=f"{field}.rule", message=message)
        else:
            yield from _mismatches(item.due, [each.due_on for each in given], field)


def _mismatches(due: Due, given: Sequence[date | None], field: str) -> Iterator[Reason]:
    """Where the days are not these; the keys are the unit's own, as long as they tell the days apart."""
    days = ", ".join(f"{day:%d/%m/%Y}" for day in given if day) or "không có ngày nào"
    message = f"Theo quy tắc “{due.rule}” và thời gian của kế hoạch, thời hạn là: {days}."
    if due.date != given[0]:
        yield Reason(code="due-mismatch", field=f"{field}.date", message=message)
    if [each.due_on for each in due.occurrences] != given:
        yield Reason(code="due-mismatch", field=f"{field}.occurrences", message=message)
    if len({each.key for each in due.occurrences}) < len(due.occurrences):
        message = "Các lần đến hạn của một nội dung phải có mã (key) khác nhau."
        yield Reason(code="key-repeated", field=f"{field}.occurrences", message=message)


def _party_faults(document: PlanDocument, places: Mapping[str, Place], within: str) -> Iterator[Reason]:
    for position, party in enumerate(document.parties, start=1):
        field = f"parties.{position}.unit_id"
        if party.unit_id is None:
            continue
        if party.unit_id not in places:
            yield Reason(code="unit-unknown", field=field, message=f"Không có đơn vị {party.unit_id} trong danh mục.")
        elif not places[party.unit_id].path.startswith(within):
            message = f"Đơn vị {party.unit_id} không thuộc phạm vi của đơn vị gửi."
            yield Reason(code="party-outside", field=field, message=message)


def _area_faults(document: PlanDocument, places: Mapping[str, Place], within: str) -> Iterator[Reason]:
    bounds = [jurisdiction(place.kind, place.path) for place in parties_of(document, places)]
    for item in document.items:
        field = f"items.{item.position}.scope.area"
        for unit_id in item.scope.area:
            if unit_id not in places:
                message = f"Không có đơn vị {unit_id} trong danh mục."
                yield Reason(code="unit-unknown", field=field, message=message)
            elif not places[unit_id].path.startswith(within):
                message = f"Đơn vị {unit_id} không thuộc phạm vi của đơn vị gửi."
                yield Reason(code="area-outside", field=field, message=message)
            elif bounds and not any(places[unit_id].path.startswith(bound) for bound in bounds):
                message = f"Đơn vị {unit_id} không thuộc phạm vi của bên ký nào."
                yield Reason(code="area-outside", field=field, message=message)


def gaps(document: PlanDocument) -> Iterator[Reason]:
    """What still lacks before the parties can sign."""
    if not document.items:
        yield Reason(code="no-items", field="items", message="Không tìm thấy nội dung phối hợp nào trong kế hoạch.")
    span = calendar.reach(document.period) if not any(_period_faults(document.period)) else None
    if document.date and span and document.date > span[1]:
        message = f"Văn bản ghi ngày {document.date:%d/%m/%Y}, sau khi thời gian của kế hoạch đã hết."
        yield Reason(code="date-after-period", field="date", message=message)
    if len(document.parties) < 2:
        yield Reason(code="too-few-parties", field="parties", message="Kế hoạch cần ít nhất hai bên ký.")
    for position, party in enumerate(document.parties, start=1):
        if party.unit_id is None:
            yield Reason(
                code="party-without-unit",
                field=f"parties.{position}.unit_id",
                message=f"Chưa xác định đơn vị của bên ký “{party.name}”.",
            )
    for item in document.items:
        if not item.accountable:
            yield Reason(
                code="nobody-accountable",
                field=f"items.{item.position}.accountable",
                message="Chưa xác định người chịu trách nhiệm.",
            )


def closed(document: PlanDocument, places: Mapping[str, Place], day: date) -> Iterator[Reason]:
    """Parties that do not exist on a day, among those that the directory knows: nobody can sign for them."""
    for position, party in enumerate(document.parties, start=1):
        place = places.get(party.unit_id or "")
        if place is not None and not place.exists_on(day):
            message = f"Đơn vị {place.unit_id} không hoạt động vào ngày {day:%d/%m/%Y}: hãy chọn đơn vị kế thừa."
            yield Reason(code="unit-closed", field=f"parties.{position}.unit_id", message=message)
