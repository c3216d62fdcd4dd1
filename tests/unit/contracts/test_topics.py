"""The topics as data."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contracts.base import UnitId
from contracts.topics import (
    PLAN_ANSWERS,
    PLAN_SUBMISSIONS,
    SERVICES,
    TOPICS,
    UNIT_DIRECTORY,
    answers_topic,
    submissions_topic,
    topic_named,
)

UNIT_ID = TypeAdapter(UnitId)
unit_ids = st.from_regex(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", fullmatch=True).filter(lambda unit: len(unit) <= 35)
DAY_MS = 24 * 60 * 60 * 1000


def test_names_collide_neither_with_each_other_nor_in_metrics() -> None:
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z-]*", name) for name in names)


@given(unit_ids)
def test_each_unit_has_a_topic_of_its_own(unit: str) -> None:
    name = submissions_topic(UNIT_ID.validate_python(unit))
    assert topic_named(name) is PLAN_SUBMISSIONS
    assert name.removeprefix(PLAN_SUBMISSIONS.name) == unit
    assert topic_named(answers_topic(unit)) is PLAN_ANSWERS
    for topic in (name, answers_topic(unit)):
        assert not set(topic) & {".", "_"}
        assert len(topic) <= 249


@pytest.mark.parametrize("unit", ["", "a.b", "a_b", "a/b", "-a", "a-", "a--b", "a\n", "đ", "a" * 36])
def test_unit_ids_that_topics_cannot_bear_are_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        UNIT_ID.validate_python(unit)


@pytest.mark.parametrize("name", ["", "plan", "plan-submissions", "plan-events-x", "Plan-Events"])
def test_unknown_names_are_not_found(name: str) -> None:
    with pytest.raises(KeyError):
        topic_named(name)


def test_each_message_has_one_place_apart_from_dead_letters() -> None:
    types = [message.type_name() for topic in TOPICS for message in topic.messages]
    assert {name for name in types if types.count(name) > 1} == {"vn.phoihop.DeadLettered.v1"}
    assert types.count("vn.phoihop.DeadLettered.v1") == len(SERVICES)


@pytest.mark.parametrize(
    ("name", "cleanup", "milliseconds"),
    [
        ("plan-submissions-79", "delete", 30 * DAY_MS),
        ("plan-answers-79", "delete", 90 * DAY_MS),
        ("plan-events", "delete", -1),
        ("unit-directory", "compact", -1),
        ("task-commands", "delete", 30 * DAY_MS),
        ("task-events", "delete", -1),
        ("alert-events", "delete", 90 * DAY_MS),
        ("planner-dead-letters", "delete", 90 * DAY_MS),
    ],
)
def test_what_the_broker_is_told(name: str, cleanup: str, milliseconds: int) -> None:
    config = topic_named(name).config
    assert config["cleanup.policy"] == cleanup
    assert config["retention.ms"] == str(milliseconds)
    assert config["retention.bytes"] == "-1"


def test_the_directory_has_one_order() -> None:
    assert UNIT_DIRECTORY.partitions == 1


def test_the_broker_takes_more_than_consumers_read_so_that_it_can_be_answered() -> None:
    for topic in TOPICS:
        assert topic.readable_bytes <= topic.max_bytes


def test_a_dead_letter_holds_the_largest_record_of_any_other_topic() -> None:
    largest = max(topic.max_bytes for topic in TOPICS if not topic.name.endswith("-dead-letters"))
    for service in SERVICES:
        assert topic_named(f"{service}-dead-letters").readable_bytes > largest * 4 / 3 + 64 * 1024
