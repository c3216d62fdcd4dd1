"""Edits keep what they do not change: words, lasting ids, and positions from 1 on."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plans import NO_LINES, DocumentKind, Due, Item, ItemKind, Origin, Period, PlanDocument, Target
from contracts.scope import Scope
from contracts.units import Level
from services.planner.rules.calendar import occurrences
from services.planner.rules.editing import (
    CannotEdit,
    Content,
    add_item,
    change_document,
    change_item,
    merge_items,
    move_item,
    remove_item,
    split_item,
)

PERIOD = Period(school_year="2025-2026", certain=True)
WORDS = st.lists(st.text("aăâb;.", min_size=1, max_size=4), min_size=2, max_size=8).map(" ".join)


def due(rule: str) -> Due:
    days = occurrences(rule, PERIOD)
    return Due(rule=rule, date=days[0].due_on, occurrences=days)


def content_of(*items: Item) -> Content:
    numbered = tuple(item.model_copy(update={"position": place}) for place, item in enumerate(items, start=1))
    document = PlanDocument(kind=DocumentKind.PLAN, title="Kế hoạch", period=PERIOD, items=numbered)
    return Content(document, tuple(uuid4() for _ in items))


contents = st.lists(WORDS, min_size=1, max_size=6).map(
    lambda texts: content_of(*(Item(position=1, text=text, lines=(n, n)) for n, text in enumerate(texts, start=1)))
)


def words(content: Content) -> list[str]:
    return [word for item in content.document.items for word in item.text.split()]


@st.composite
def edits(draw: st.DrawFn, content: Content) -> Content:
    """The content after one structural edit that takes nothing out."""
    item_id = draw(st.sampled_from(content.item_ids))
    item = content.document.items[content.index(item_id)]
    spaces = [place for place, letter in enumerate(item.text) if letter in " \n"]
    what = draw(st.sampled_from(["split", "merge", "move"]))
    if what == "split" and spaces:
        at = draw(st.sampled_from(spaces))
        return split_item(content, item_id, [item.text[:at], item.text[at:]])
    if what == "merge" and item_id != content.item_ids[-1]:
        return merge_items(content, item_id)
    return move_item(content, item_id, draw(st.integers(1, len(content.item_ids))))


@given(st.data(), contents)
def test_whatever_is_split_merged_and_moved_no_word_is_lost_and_numbers_run_on(
    data: st.DataObject, content: Content
) -> None:
    before = sorted(words(content))
    for _ in range(data.draw(st.integers(1, 6))):
        known = set(content.item_ids)
        content = data.draw(edits(content))
        assert sorted(words(content)) == before
        assert [item.position for item in content.document.items] == list(range(1, len(content.item_ids) + 1))
        assert len(set(content.item_ids)) == len(content.item_ids) == len(content.document.items)
        assert known & set(content.item_ids)


@given(st.data(), contents)
def test_a_split_keeps_order_and_the_first_parts_id_and_a_merge_takes_it_back(
    data: st.DataObject, content: Content
) -> None:
    item_id = data.draw(st.sampled_from(content.item_ids))
    item = content.document.items[content.index(item_id)]
    at = data.draw(st.sampled_from([place for place, letter in enumerate(item.text) if letter == " "]))
    split = split_item(content, item_id, [item.text[:at], item.text[at:]])
    assert words(split) == words(content)
    assert split.index(item_id) == content.index(item_id)
    assert [each for each in split.item_ids if each in content.item_ids] == list(content.item_ids)
    merged = merge_items(split, item_id)
    assert merged.item_ids == content.item_ids
    assert words(merged) == words(content)
    assert merged.document.items[content.index(item_id)].lines == item.lines


@given(st.data(), contents)
def test_moving_back_undoes_moving(data: st.DataObject, content: Content) -> None:
    item_id = data.draw(st.sampled_from(content.item_ids))
    moved = move_item(content, item_id, data.draw(st.integers(1, len(content.item_ids))))
    assert move_item(moved, item_id, content.index(item_id) + 1) == content


@given(st.data(), contents)
def test_adding_and_removing_leave_the_others_as_they_were(data: st.DataObject, content: Content) -> None:
    added = add_item(content, data.draw(st.integers(1, len(content.item_ids) + 1)), {"text": "Nội dung mới"})
    [new] = set(added.item_ids) - set(content.item_ids)
    assert added.document.items[added.index(new)].lines == NO_LINES
    assert remove_item(added, new) == content


COMPOUND = Item(
    position=1,
    text="Tổ chức hội nghị trước ngày 15/10; mở 02 lớp tập huấn.",
    kind=ItemKind.TARGET,
    due=due("before:10-15"),
    targets=(Target(value=2, unit="lớp"),),
    scope=Scope(levels=frozenset({Level.TH}), grades=frozenset({5})),
    lines=(7, 8),
    origins=(
        Origin(field="due", text="trước ngày 15/10", lines=(7, 7)),
        Origin(field="targets", text="02 lớp", lines=(8, 8)),
        Origin(field="scope.levels", text="các trường tiểu học", lines=(40, 40)),
        Origin(field="scope.grades", text="tập huấn", lines=(8, 8)),
    ),
)


def test_what_was_read_from_words_goes_with_them() -> None:
    content = content_of(COMPOUND)
    first, second = split_item(
        content, content.item_ids[0], ["Tổ chức hội nghị trước ngày 15/10;", "mở 02 lớp tập huấn."]
    ).document.items
    assert (first.due.rule, second.due.rule) == ("before:10-15", "none")
    assert (first.targets, second.targets) == ((), COMPOUND.targets)
    assert first.scope == Scope(levels=frozenset({Level.TH}))  # whose words stand elsewhere
    assert second.scope == COMPOUND.scope
    assert {origin.field for origin in first.origins} == {"due", "scope.levels"}
    assert first.lines == second.lines == (7, 8)
    assert first.kind is second.kind is ItemKind.TARGET


def test_a_merge_adds_up_days_targets_and_bodies() -> None:
    second = Item(position=1, text="Báo cáo", due=due("termly"), lead=("Phòng",), kind=ItemKind.REVIEW, lines=(9, 9))
    content = content_of(COMPOUND, second)
    [merged] = merge_items(content, content.item_ids[0]).document.items
    assert merged.text == COMPOUND.text + "\nBáo cáo"
    assert merged.due.rule == "before:10-15+termly"
    assert [each.due_on for each in merged.due.occurrences] == [
        date(2025, 10, 14),
        date(2026, 1, 17),
        date(2026, 5, 31),
    ]
    assert (merged.kind, merged.scope, merged.lead) == (COMPOUND.kind, COMPOUND.scope, ("Phòng",))
    assert merged.lines == (7, 9)


def test_a_changed_field_has_no_origin_any_more() -> None:
    content = content_of(COMPOUND)
    item_id = content.item_ids[0]
    [item] = change_item(content, item_id, {"due": "termly", "targets": COMPOUND.targets}).document.items
    assert [each.due_on for each in item.due.occurrences] == [date(2026, 1, 17), date(2026, 5, 31)]
    assert {origin.field for origin in item.origins} == {"targets", "scope.levels", "scope.grades"}
    [item] = change_item(content, item_id, {"scope": Scope()}).document.items
    assert {origin.field for origin in item.origins} == {"due", "targets"}


def test_another_period_gives_other_days() -> None:
    content = content_of(COMPOUND, Item(position=1, text="Thường xuyên"))
    later = change_document(content, {"period": Period(school_year="2026-2027", certain=True)})
    assert [item.due.date for item in later.document.items] == [date(2026, 10, 14), None]
    assert later.item_ids == content.item_ids


@pytest.mark.parametrize(
    ("code", "edit"),
    [
        ("item-unknown", lambda content: remove_item(content, UUID(int=0))),
        ("split-too-few", lambda content: split_item(content, content.item_ids[0], [COMPOUND.text, " "])),
        ("split-changes-text", lambda content: split_item(content, content.item_ids[0], ["Tổ chức", "hội"])),
        ("nothing-to-merge", lambda content: merge_items(content, content.item_ids[-1])),
        ("position-unknown", lambda content: move_item(content, content.item_ids[0], 5)),
        ("position-unknown", lambda content: add_item(content, 6, {"text": "x"})),
        ("due-rule-unknown", lambda content: change_item(content, content.item_ids[0], {"due": "someday"})),
        ("text-too-long", lambda content: merge_items(content, content.item_ids[1])),
        ("due-rule-too-long", lambda content: merge_items(content, content.item_ids[2])),
    ],
)
def test_what_does_not_fit_the_content_is_refused(code: str, edit: Callable[[Content], Content]) -> None:
    long = Item(position=1, text="x" * 15_000, due=due("day:01-01,02-02,03-03,04-04,05-05"))
    other = Item(position=1, text="x", due=due("day:06-06,07-07,08-08,09-09,10-10"))
    content = content_of(COMPOUND, long, long.model_copy(update={"text": "x" * 15_000}), other)
    with pytest.raises(CannotEdit) as refused:
        edit(content)
    assert refused.value.code == code
