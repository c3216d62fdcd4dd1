"""What a new version of a plan does to each item of the version before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

from contracts.plans import AmendedItem, Change, Due, Item, Occurrence, PlanDocument


class ItemDifference(AmendedItem):
    """One item of either version, with where it stands in each."""

    before: int | None = None
    """Its position in the version before; none for a new one."""
    after: int | None = None
    """Its position in the new version; none for a withdrawn one."""


Versioned = Mapping[UUID, Item]
"""The items of a version by their lasting ids, in the order of the document."""


def versioned(item_ids: Sequence[UUID], items: Sequence[Item]) -> Versioned:
    """A version's items by their lasting ids."""
    return dict(zip(item_ids, items, strict=True))


Fields = Callable[[Item, Item], tuple[str, ...]]
"""The names of the fields that differ."""


def difference(before: Versioned, after: Versioned, fields: Fields | None = None) -> tuple[ItemDifference, ...]:
    """Every item of both versions once: those of the new one in its order, then the withdrawn ones in theirs.

    What changes an item is what differs for those who do it, or what `fields` tells.
    """
    return tuple(_differences(before, after, fields or changed_fields))


def _differences(before: Versioned, after: Versioned, differing: Fields) -> Iterator[ItemDifference]:
    for item_id, item in after.items():
        old = before.get(item_id)
        if old is None:
            yield ItemDifference(item_id=item_id, change=Change.NEW, after=item.position)
            continue
        fields = differing(old, item)
        change = Change.CHANGED if fields else Change.KEPT
        yield ItemDifference(item_id=item_id, change=change, fields=fields, before=old.position, after=item.position)
    for item_id, item in before.items():
        if item_id not in after:
            yield ItemDifference(item_id=item_id, change=Change.WITHDRAWN, before=item.position)


def changed_fields(before: Item, after: Item) -> tuple[str, ...]:
    """What differs for those who do it. Where it stands in the document, and under which heading, does not count."""
    return tuple(name for name, said in _SAID.items() if said(before) != said(after))


def edited_fields(before: Item, after: Item) -> tuple[str, ...]:
    """What differs of all that a person can change of an item."""
    return tuple(name for name, said in {**_PLACED, **_SAID, **_NAMED}.items() if said(before) != said(after))


def changed_document_fields(before: PlanDocument, after: PlanDocument) -> tuple[str, ...]:
    """What differs of all that a person can change of a document beside its items."""
    return tuple(name for name in _OF_DOCUMENT if getattr(before, name) != getattr(after, name))


_OF_DOCUMENT = ("kind", "number", "date", "place", "title", "period", "parties", "duties", "recipients")
_PLACED: Mapping[str, Callable[[Item], object]] = {
    "section": lambda item: item.section,
    "heading": lambda item: item.heading,
}
_NAMED: Mapping[str, Callable[[Item], object]] = {
    "lead": lambda item: item.lead,
    "cooperating": lambda item: item.cooperating,
    "directing": lambda item: item.directing,
}
_SAID: Mapping[str, Callable[[Item], object]] = {
    "text": lambda item: item.text,
    "kind": lambda item: item.kind,
    "accountable": lambda item: frozenset(item.accountable),
    "targets": lambda item: item.targets,
    "scope": lambda item: item.scope.model_copy(update={"text": ""}),
    "due": lambda item: {occurrence.key: occurrence.due_on for occurrence in item.due.occurrences},
}
"""The fields of a changed item, by the names that `AmendedItem.fields` has for them."""


def lasting(before: Versioned, after: Versioned) -> Versioned:
    """The new version's items, in which each occurrence that only moved to another day keeps its key."""
    return {
        item_id: item.model_copy(update={"due": with_lasting_keys(before[item_id].due, item.due)})
        if item_id in before
        else item
        for item_id, item in after.items()
    }


def with_lasting_keys(before: Due, after: Due) -> Due:
    """`after`, in which an occurrence that only moved to another day keeps the key that it had.

    An occurrence is a task in each unit, known by its key. Where as many keys of the item are gone as are new,
    they are the same occurrences on other days, in their order; else those gone are withdrawn, and the new ones new.
    """
    old, new = ({occurrence.key for occurrence in due.occurrences} for due in (before, after))
    gone = [occurrence.key for occurrence in before.occurrences if occurrence.key not in new]
    came = [occurrence.key for occurrence in after.occurrences if occurrence.key not in old]
    if len(gone) != len(came):
        return after
    lasting = dict(zip(came, gone, strict=True))
    occurrences = tuple(
        Occurrence(key=lasting.get(each.key, each.key), due_on=each.due_on) for each in after.occurrences
    )
    return after.model_copy(update={"occurrences": occurrences})
