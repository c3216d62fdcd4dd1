"""Fields of forms to what the use-cases take, with each fault at its field."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.datastructures import FormData

from contracts.plans import NO_LINES, Item, PlanDocument
from services.kit.errors import Refusal, RefusalKind
from services.kit.requests import RequestBody
from services.planner.pages import dues, naming
from services.planner.pages.asked import text_of
from services.planner.pages.naming import NotOneUnit, Units
from services.planner.pages.words import of_amount
from services.planner.views import ItemFields, PlanChange

BodyT = TypeVar("BodyT", bound=RequestBody)
Errors = dict[str, str]
"""What is wrong, by the form's field."""


class BadForm(Exception):
    """Fields that do not say what they should."""

    def __init__(self, errors: Errors) -> None:
        super().__init__()
        self.errors = errors


def asked_for(body: type[BodyT], **fields: Any) -> BodyT:
    """What a use-case takes, of what a form says. Raises Refusal (422 `invalid-request`) where it cannot be that."""
    try:
        return body.model_validate(fields)
    except ValidationError as error:
        names = ", ".join(sorted(_errors(error)))
        raise Refusal(RefusalKind.INVALID, "invalid-request", f"what the form says of {names} does not hold") from None


def item_of(form: FormData, item: Item | None, units: Units) -> ItemFields:
    """What the form says of an item. Raises BadForm."""
    errors: Errors = {}
    scope = {
        "audience": text_of(form, "audience"),
        "levels": form.getlist("levels"),
        "grades": [part for part in text_of(form, "grades").replace(",", " ").split() if part],
        "ownership": text_of(form, "ownership") or None,
        "with_union": {"yes": True, "no": False}.get(text_of(form, "with_union")),
        "area": list(_area(form, units, errors)),
        "text": item.scope.text if item else "",
    }
    fields: dict[str, Any] = {name: text_of(form, name) for name in ("section", "heading", "text", "kind")}
    fields |= {
        "due": _rule(form, errors),
        "targets": [_target(line, errors) for line in _lines(form, "targets")],
        "scope": scope,
        "accountable": form.getlist("accountable"),
        **{name: _lines(form, name) for name in ("lead", "cooperating", "directing")},
    }
    try:
        found = ItemFields.model_validate(fields)
    except ValidationError as error:
        errors = {**_errors(error), **errors}
    if errors:
        raise BadForm(errors)
    return found


def rule_of(form: FormData) -> str:
    """The due rule that the form says. Raises BadForm; whether a code is a rule is for the calendar to say."""
    errors: Errors = {}
    rule = _rule(form, errors)
    if errors:
        raise BadForm(errors)
    return rule


def _rule(form: FormData, errors: Errors) -> str:
    try:
        return dues.rule_of({name: text_of(form, name) for name in dues.FIELDS})
    except dues.BadDue as bad:
        errors[bad.field] = bad.words
        return "none"


def _area(form: FormData, units: Units, errors: Errors) -> Iterator[str]:
    """The units of a scope: one a field; several in one by their ids, with commas between."""
    for words in filter(None, (str(value).strip() for value in form.getlist("area"))):
        listed = [part.strip() for part in words.split(",")]
        parts = listed if all(naming.is_id(part) for part in listed) else [words]
        for part in parts:
            if unit_id := _unit(part, "area", units, errors):
                yield unit_id


def _unit(words: str | None, field: str, units: Units, errors: Errors) -> str | None:
    try:
        return units.id_of(words) if words else None
    except NotOneUnit as unclear:
        errors[field] = " ".join(filter(None, (errors.get(field), str(unclear))))
        return None


def document_of(form: FormData, document: PlanDocument, units: Units) -> PlanChange:
    """What the form says of the document itself. A row whose first field is empty is taken out. Raises BadForm."""
    errors: Errors = {}
    lines = [duty.lines for duty in document.duties]
    fields: dict[str, Any] = {
        "kind": text_of(form, "kind"),
        "title": text_of(form, "title"),
        **{name: text_of(form, name) or None for name in ("number", "date", "place")},
        "period": {
            **{name: text_of(form, name) or None for name in ("school_year", "calendar_year", "start", "end")},
            "certain": form.get("certain") == "yes",
        },
        "parties": [
            {**row, "unit_id": _unit(row["unit_id"], "parties", units, errors)}
            for row in _rows(form, "parties", _ROWS["parties"]).values()
        ],
        "recipients": [
            {**row, "unit": _unit(row["unit"], "recipients", units, errors)}
            for row in _rows(form, "recipients", _ROWS["recipients"]).values()
        ],
        "duties": [
            {**row, "who": row["who"] or "", "lines": lines[place] if place < len(lines) else NO_LINES}
            for place, row in _rows(form, "duties", _ROWS["duties"]).items()
        ],
    }
    try:
        found = PlanChange.model_validate(fields)
    except ValidationError as error:
        errors = {**_errors(error), **errors}
    if errors:
        raise BadForm(errors)
    return found


def typed_item(form: FormData) -> dict[str, Any]:
    """What was typed, to be shown again."""
    typed: dict[str, Any] = {name: text_of(form, name) for name in _TEXTS}
    typed["due_kind"] = typed["due_kind"] or "code"
    return typed | {name: form.getlist(name) for name in ("levels", "accountable", "area")}


_TEXTS = (
    *("section", "heading", "text", "kind", *dues.FIELDS, "targets", "lead", "cooperating", "directing"),
    *("audience", "grades", "ownership", "with_union"),
)


def item_as_typed(item: Item, units: Units) -> dict[str, Any]:
    """An item as its form shows it."""
    scope = item.scope
    return {
        **{name: getattr(item, name) for name in ("section", "heading", "text", "kind")},
        **dues.as_typed(item.due.rule),
        "targets": "\n".join(f"{of_amount(target.value)} {target.unit}" for target in item.targets),
        **{name: "\n".join(getattr(item, name)) for name in ("lead", "cooperating", "directing")},
        "audience": scope.audience,
        "levels": sorted(scope.levels),
        "grades": ", ".join(map(str, sorted(scope.grades))),
        "ownership": scope.ownership or "",
        "with_union": {True: "yes", False: "no", None: ""}[scope.with_union],
        "area": [units.written(unit_id) for unit_id in scope.area],
        "accountable": list(item.accountable),
    }


Row = dict[str, str | None]


def typed_document(form: FormData) -> dict[str, Any]:
    """What was typed, to be shown again."""
    names = ("kind", "title", "number", "date", "place", "school_year", "calendar_year", "start", "end")
    return {
        **{name: text_of(form, name) for name in names},
        "certain": form.get("certain") == "yes",
        **{of: list(_rows(form, of, fields).values()) for of, fields in _ROWS.items()},
    }


def document_as_typed(document: PlanDocument, units: Units) -> dict[str, Any]:
    """A document as its form shows it."""
    return {
        **{name: getattr(document, name) or "" for name in ("kind", "title", "number", "date", "place")},
        **{name: getattr(document.period, name) or "" for name in ("school_year", "calendar_year", "start", "end")},
        "certain": document.period.certain,
        **{
            of: [{name: _shown(name, getattr(row, name), units) for name in fields} for row in getattr(document, of)]
            for of, fields in _ROWS.items()
        },
    }


def _shown(name: str, value: str | None, units: Units) -> str | None:
    return units.written(value) if name in ("unit_id", "unit") else value


_ROWS = {
    "parties": ("name", "role", "signer", "signer_title", "unit_id"),
    "recipients": ("name", "unit"),
    "duties": ("text", "who"),
}
"""The lists of a document, with the fields of their rows; the first one is never empty."""


def _rows(form: FormData, of: str, names: Iterable[str]) -> dict[int, Row]:
    """The rows whose first field is filled in, by their place in the form."""
    first, *_ = names = tuple(names)
    found: dict[int, Row] = {}
    for place in range(1000):
        if f"{of}-{place}-{first}" not in form:
            break
        row = {name: text_of(form, f"{of}-{place}-{name}") or None for name in names}
        if row[first]:
            found[place] = row
    return found


def _lines(form: FormData, name: str) -> list[str]:
    return [line.strip() for line in text_of(form, name).split("\n") if line.strip()]


def _target(line: str, errors: Errors) -> dict[str, Any]:
    found = _TARGET.fullmatch(line)
    if not found:
        errors["targets"] = "Mỗi dòng một chỉ tiêu: số rồi đơn vị, ví dụ “100 %”, “3 giáo viên” hoặc “1.200 suất”."
        return {"value": 0, "unit": "%"}
    thousands, number, fraction, unit = found.groups()
    return {"value": float(f"{(thousands or number).replace('.', '')}.{fraction or 0}"), "unit": unit.strip() or "%"}


_TARGET = re.compile(r"(?:(\d{1,3}(?:\.\d{3})+)|(\d{1,15}))(?:[.,](\d{1,6}))?(?![\d.,])\s*(.*)", re.ASCII)
"""A number as people write it here, `1.200` being twelve hundred and `99,5` or `99.5` less than a hundred; its unit."""


_FAULTS = {
    "text": "Nội dung không được để trống.",
    "title": "Tên gọi không được để trống.",
    "accountable": "Hãy chọn ít nhất một người chịu trách nhiệm.",
    "scope": "Phạm vi chưa đúng: lớp là số từ 1 đến 12, đơn vị là tên hoặc mã trong danh mục.",
    "period": "Năm học viết như 2025-2026; ngày viết theo năm-tháng-ngày.",
    "date": "Ngày chưa đúng.",
    "parties": "Bên ký chưa đúng hoặc quá dài.",
    "recipients": "Nơi nhận chưa đúng hoặc quá dài.",
}


def _errors(error: ValidationError) -> Errors:
    names = {str(fault["loc"][0]) for fault in error.errors()}
    return {name: _FAULTS.get(name, "Nội dung chưa đúng hoặc quá dài.") for name in names}
