"""What a new version does to each item, and what keeps its key when its day moves."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plans import Change, Due, Item, ItemKind, Occurrence, Target
from contracts.scope import Scope
from contracts.units import Level, Role
from services.planner.rules.difference import Versioned, difference, lasting, with_lasting_keys

DAY = date(2025, 11, 20)


def item(position: int = 1, **more: Any) -> Item:
    return Item.model_validate({"position": position, "text": f"Nội dung {position}", **more})


ITEMS = st.builds(
    item,
    st.integers(1, 99),
    text=st.sampled_from(["Tuyên truyền", "Báo cáo"]),
    heading=st.sampled_from(["", "Thi đua"]),
    kind=st.sampled_from(ItemKind),
    accountable=st.sampled_from([(Role.PRINCIPAL,), (Role.PRINCIPAL, Role.UNION_CHAIR)]),
)
VERSIONS: st.SearchStrategy[Versioned] = st.dictionaries(st.integers(0, 8).map(lambda n: UUID(int=n)), ITEMS)
KEYS = st.lists(st.integers(1, 12), unique=True, min_size=1, max_size=6)


def due(keys: list[int], shift: int = 0) -> Due:
    return Due(occurrences=tuple(Occurrence(key=f"{key:02}", due_on=DAY + timedelta(key + shift)) for key in keys))


@given(VERSIONS, VERSIONS)
def test_every_item_of_both_versions_stands_in_it_once(before: Versioned, after: Versioned) -> None:
    found = difference(before, after)
    assert [each.item_id for each in found] == [*after, *(item_id for item_id in before if item_id not in after)]
    for each in found:
        old, new = before.get(each.item_id), after.get(each.item_id)
        assert (each.before, each.after) == (old and old.position, new and new.position)
        if old and new:
            assert each.change is (Change.CHANGED if each.fields else Change.KEPT)
        else:
            assert each.change is (Change.WITHDRAWN if old else Change.NEW)
            assert each.fields == ()


@given(VERSIONS)
def test_a_version_is_no_different_from_itself(version: Versioned) -> None:
    assert {each.change for each in difference(version, version)} <= {Change.KEPT}


@given(VERSIONS, VERSIONS)
def test_the_way_back_withdraws_what_was_new_and_changes_the_same_fields(before: Versioned, after: Versioned) -> None:
    there = {each.item_id: each for each in difference(before, after)}
    back = {each.item_id: each for each in difference(after, before)}
    turned = {Change.NEW: Change.WITHDRAWN, Change.WITHDRAWN: Change.NEW}
    assert back.keys() == there.keys()
    for item_id, each in there.items():
        assert back[item_id].change is turned.get(each.change, each.change)
        assert back[item_id].fields == each.fields


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("text", {"text": "Nội dung khác"}),
        ("kind", {"kind": ItemKind.REVIEW}),
        ("accountable", {"accountable": (Role.UNION_CHAIR,)}),
        ("targets", {"targets": (Target(value=100, unit="%"),)}),
        ("scope", {"scope": Scope(levels=frozenset({Level.TH}))}),
        ("due", {"due": Due(occurrences=(Occurrence(due_on=DAY),))}),
    ],
)
def test_what_differs_for_those_who_do_it_is_named(field: str, change: dict[str, Any]) -> None:
    one = UUID(int=1)
    [found] = difference({one: item()}, {one: item(**change)})
    assert (found.change, found.fields) == (Change.CHANGED, (field,))


def test_where_an_item_stands_is_no_change_of_it() -> None:
    one = UUID(int=1)
    moved = item().model_copy(update={"position": 7, "section": "III", "heading": "Khác", "lines": (9, 9)})
    [found] = difference({one: item()}, {one: moved})
    assert (found.change, found.before, found.after) == (Change.KEPT, 1, 7)


def test_an_occurrence_that_moves_to_another_day_keeps_its_key() -> None:
    before = Due(occurrences=(Occurrence(key="2025-11-20", due_on=DAY), Occurrence(key="x", due_on=DAY)))
    after = Due(occurrences=(Occurrence(key="x", due_on=DAY), Occurrence(key="2025-11-25", due_on=date(2025, 11, 25))))
    kept = with_lasting_keys(before, after)
    assert kept.occurrences[1] == Occurrence(key="2025-11-20", due_on=date(2025, 11, 25))
    assert kept.occurrences[0] == after.occurrences[0]


@given(KEYS, KEYS)
def test_keys_stay_apart_and_days_stay_as_they_are(old: list[int], new: list[int]) -> None:
    before, after = due(old), due(new, shift=3)
    kept = with_lasting_keys(before, after)
    assert [each.due_on for each in kept.occurrences] == [each.due_on for each in after.occurrences]
    keys = [each.key for each in kept.occurrences]
    assert len(set(keys)) == len(keys)
    if len(old) == len(new):
        assert set(keys) == {each.key for each in before.occurrences}
    else:
        assert kept == after
    assert with_lasting_keys(before, kept) == kept


def test_a_new_items_keys_are_its_own() -> None:
    new = {UUID(int=2): item(due=due([1]))}
    assert lasting({UUID(int=1): item(due=due([2]))}, new) == new
