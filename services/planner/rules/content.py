"""What is wrong with a plan's content as it stands."""

from collections.abc import Iterator, Mapping
from datetime import date

from contracts.plans import PlanDocument, Reason
from contracts.scope import Place, jurisdiction

MAX_ITEMS = 1000
"""As many as `PlanApproved` takes."""


def unit_ids_named(document: PlanDocument) -> set[str]:
    """The units that parties and scopes name."""
    parties = {party.unit_id for party in document.parties if party.unit_id is not None}
    return parties.union(*(item.scope.area for item in document.items))


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
    yield from _party_faults(document, places, within)
    yield from _area_faults(document, places, within)


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
