"""The limits of a command, which others write."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.tasks import ChangeTask

COMMAND: dict[str, Any] = {
    "task_id": "0192f7c8-02d4-7e55-a6b1-9c30e47f81d2",
    "unit_id": "AH-PL-TH-012",
    "action": "acknowledge",
    "actor": {"person_id": "gv-20417", "unit_id": "AH-PL-TH-012", "role": "principal"},
}


def read(**fields: Any) -> ChangeTask:
    """The command with these fields, read as from a record."""
    return ChangeTask.model_validate_json(json.dumps({**COMMAND, **fields}))


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("percent", 0, 100), ("count", 0, 1_000_000), ("expected_revision", 1, 10**6)],
)
def test_numbers_within_their_limits(field: str, least: int, most: int) -> None:
    assert getattr(read(**{field: least}), field) == least
    assert getattr(read(**{field: most}), field) == most
    assert getattr(read(), field) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": -1},
        {"percent": 101},
        {"percent": 50.5},
        {"count": -1},
        {"count": 1_000_001},
        {"expected_revision": 0},
        {"reason": "x" * 20_001},
        {"note": "x" * 20_001},
        {"action": "delete"},
        {"action": "Acknowledge"},
        {"unit_id": "AH PL"},
        {"task_id": "1"},
        {"actor": None},
        {"actor": {**COMMAND["actor"], "role": "minister"}},
        {"actor": {**COMMAND["actor"], "person_id": ""}},
        {"actor": {**COMMAND["actor"], "person_id": "x" * 65}},
    ],
    ids=str,
)
def test_what_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**fields)


def test_fields_added_later_are_ignored_and_nothing_can_be_changed() -> None:
    command = read(added_later={"any": "thing"})
    assert command == read()
    with pytest.raises(ValidationError):
        command.percent = 100  # type: ignore[misc]
