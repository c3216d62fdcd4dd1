"""What an edit makes of a plan's content: its document and the lasting ids of the items.

An item keeps its id whatever is changed of it. Split: the first part keeps the id, the others get new ones;
merged: the first item's id stays. A field that a person changes has no origin in the text any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from contracts.plans import NO_LINES, Due, Item, Origin, Period, PlanDocument
from services.planner.rules import calendar

MAX_TEXT = 20_000
"""Characters of an item, as many as `contracts.base.Text` takes."""
MAX_RULE = 60
"""Characters of a due rule, as many as `contracts.plans.Due` takes."""


class CannotEdit(ValueError):
    """The edit does not fit the content. `field` is the one at fault; `detail` holds none of the content."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.field = field
        self.detail = detail


@dataclass(frozen=True)
class Content:
    """A document with the lasting ids of its items, in their order."""

    document: PlanDocument
    item_ids: tuple[UUID, ...]

    def index(self, item_id: UUID) -> int:
        """Where the item stands, from 0. Raises CannotEdit (`item-unknown`)."""
        if item_id not in self.item_ids:
            raise CannotEdit("item-unknown", "item_id", f"the plan has no item {item_id}")
        return self.item_ids.index(item_id)


def change_document(content: Content, fields: Mapping[str, Any]) -> Content:
    """Give the document's own fields new values. With a new period the due rules of all items give new days."""
    document = content.document
    changed = {name for name, value in fields.items() if value != getattr(document, name)}
    origins = _origins_without(document.origins, changed)
    document = document.model_copy(update={**fields, "origins": origins})
    if "period" in changed:
        items = tuple(
            item.model_copy(update={"due": _due(item.due.rule, document.period, item.due.text)})
            for item in document.items
        )
        document = document.model_copy(update={"items": items})
    return replace(content, document=document)


def change_item(content: Content, item_id: UUID, fields: Mapping[str, Any]) -> Content:
    """Give fields of an item new values; `due` is a rule. Raises CannotEdit (`item-unknown`, `due-rule-unknown`)."""
    index = content.index(item_id)
    item = content.document.items[index]
    new = dict(fields)
    if "due" in new:
        same = new["due"] == item.due.rule
        new["due"] = item.due if same else _due(new["due"], content.document.period, item.due.text)
    if "text" in new:
        new["parts"] = tuple(part for part in item.parts if part in new["text"])
    changed = {name for name, value in new.items() if value != getattr(item, name)}
    new["origins"] = _origins_without(item.origins, changed)
    return _with_items(content, index, 1, [(item_id, item.model_copy(update=new))])


def add_item(content: Content, position: int, fields: Mapping[str, Any]) -> Content:
    """Put a new item at the position. Raises CannotEdit (`position-unknown`, `due-rule-unknown`)."""
    size = len(content.item_ids)
    if not 1 <= position <= size + 1:
        raise CannotEdit("position-unknown", "position", f"a new item stands between 1 and {size + 1}")
    due = _due(fields.get("due", "none"), content.document.period, "")
    item = Item(position=position, **{**fields, "due": due}, lines=NO_LINES)
    return _with_items(content, position - 1, 0, [(uuid4(), item)])


def remove_item(content: Content, item_id: UUID) -> Content:
    """Take an item out. Raises CannotEdit (`item-unknown`)."""
    return _with_items(content, content.index(item_id), 1, [])


def move_item(content: Content, item_id: UUID, position: int) -> Content:
    """Put an item at another position. Raises CannotEdit (`item-unknown`, `position-unknown`)."""
    index = content.index(item_id)
    if not 1 <= position <= len(content.item_ids):
        raise CannotEdit("position-unknown", "position", f"the positions are 1 to {len(content.item_ids)}")
    item = content.document.items[index]
    return _with_items(_with_items(content, index, 1, []), position - 1, 0, [(item_id, item)])


def split_item(content: Content, item_id: UUID, texts: Sequence[str]) -> Content:
    """Make several items of one, each with one of the texts, which together are the item's text.

    A derived field stays with the part that holds its words; a field without words in the item stays in all.
    Raises CannotEdit (`item-unknown`, `split-too-few`, `split-changes-text`).
    """
    index = content.index(item_id)
    item = content.document.items[index]
    texts = [text.strip() for text in texts if text.strip()]
    if len(texts) < 2:
        raise CannotEdit("split-too-few", "texts", "a split needs two texts at least")
    if _bare("".join(texts)) != _bare(item.text):
        raise CannotEdit("split-changes-text", "texts", "the texts together are not the item's text")
    pieces = [_piece(item, text) for text in texts]
    return _with_items(content, index, 1, [(item_id, pieces[0]), *((uuid4(), piece) for piece in pieces[1:])])


def merge_items(content: Content, item_id: UUID) -> Content:
    """Make one item of this one and the next: both texts, due rules, targets and bodies; else what the first has.

    Raises CannotEdit (`item-unknown`, `nothing-to-merge`, `text-too-long`, `due-rule-too-long`).
    """
    index = content.index(item_id)
    if index + 1 == len(content.item_ids):
        raise CannotEdit("nothing-to-merge", "item_id", "no item follows this one")
    first, second = content.document.items[index : index + 2]
    text, rule = f"{first.text}\n{second.text}", _joined(first.due.rule, second.due.rule)
    if len(text) > MAX_TEXT:
        raise CannotEdit("text-too-long", "text", f"an item has at most {MAX_TEXT} characters")
    if len(rule) > MAX_RULE:
        raise CannotEdit("due-rule-too-long", "due", f"a due rule has at most {MAX_RULE} characters")
    words = "; ".join(filter(None, (first.due.text, second.due.text)))
    merged = first.model_copy(
        update={
            "text": text,
            "due": _due(rule, content.document.period, words),
            "lines": _span(first, second),
            **{
                name: tuple(dict.fromkeys(getattr(first, name) + getattr(second, name)))
                for name in ("targets", "lead", "cooperating", "directing", "parts")
            },
            "origins": (*first.origins, *(origin for origin in second.origins if origin.field in _ADDED_UP)),
        }
    )
    return _with_items(content, index, 2, [(item_id, merged)])


_ADDED_UP = {"due", "targets", "lead", "cooperating", "directing"}


def _with_items(content: Content, index: int, taken: int, put: Sequence[tuple[UUID, Item]]) -> Content:
    """The content with `put` in place of so many items from the index on, all numbered anew."""
    pairs = list(zip(content.item_ids, content.document.items, strict=True))
    pairs[index : index + taken] = put
    items = tuple(item.model_copy(update={"position": place}) for place, (_, item) in enumerate(pairs, start=1))
    document = content.document.model_copy(update={"items": items})
    return Content(document, tuple(item_id for item_id, _ in pairs))


def _due(rule: str, period: Period, words: str) -> Due:
    try:
        days = calendar.occurrences(rule, period)
    except ValueError:
        raise CannotEdit("due-rule-unknown", "due", f"there is no due rule {rule}") from None
    return Due(rule=rule, date=days[0].due_on, occurrences=days, text=words)


def _joined(*rules: str) -> str:
    terms = [term for rule in rules for term in rule.split("+") if term != "none"]
    return "+".join(dict.fromkeys(terms)) or "none"


def _piece(item: Item, text: str) -> Item:
    """The item with that part of its text, less what other parts' words say."""
    here = {origin.field for origin in item.origins if _bare(origin.text) in _bare(text)}
    gone = {origin.field for origin in item.origins if _bare(origin.text) in _bare(item.text)} - here
    blank = Item(position=1, text=text)
    new: dict[str, Any] = {name: getattr(blank, name) for name in gone if "." not in name}
    parted = {name.removeprefix("scope."): None for name in gone if name.startswith("scope.")}
    if parted:
        new["scope"] = item.scope.model_copy(update={name: getattr(blank.scope, name) for name in parted})
    parts = tuple(part for part in item.parts if _bare(part) in _bare(text) and _bare(part) != _bare(text))
    origins = tuple(origin for origin in item.origins if origin.field not in gone)
    return item.model_copy(update={**new, "text": text, "parts": parts, "origins": origins})


def _span(first: Item, second: Item) -> tuple[int, int]:
    """The lines of both, as far as they come from the text."""
    known = [item.lines for item in (first, second) if item.lines != NO_LINES]
    return (min(lines[0] for lines in known), max(lines[1] for lines in known)) if known else NO_LINES


def _origins_without(origins: Iterable[Origin], fields: set[str]) -> tuple[Origin, ...]:
    return tuple(origin for origin in origins if origin.field.partition(".")[0] not in fields)


def _bare(text: str) -> str:
    """The text without its spaces and line ends, which an edit may move."""
    return "".join(text.split())
