"""The AsyncAPI document is one, by the standard's own schema, and every reference in it leads somewhere."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from contracts import asyncapi
from contracts.topics import TOPICS

CONTRACTS = Path(asyncapi.__file__).parent
STANDARD = json.loads((Path(__file__).parent / "asyncapi-3.0.0.schema.json").read_text("utf-8"))


def references(value: Any) -> Iterator[str]:
    """Every `$ref` within, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for element in value:
            yield from references(element)


def test_document_is_valid_by_the_standard() -> None:
    jsonschema.Draft7Validator(STANDARD).validate(asyncapi.document())


def test_references_lead_somewhere() -> None:
    document = asyncapi.document()
    for reference in references(document):
        file, _, pointer = reference.partition("#/")
        target: Any = json.loads((CONTRACTS / file).read_text("utf-8")) if file else document
        for step in filter(None, pointer.split("/")):
            target = target[step]
        assert target


def test_each_service_sends_what_it_owns_and_receives_what_it_reads() -> None:
    document = asyncapi.document()
    said = {
        (operation["tags"][0]["name"], operation["action"], document["channels"][channel]["address"])
        for operation in document["operations"].values()
        for channel in [operation["channel"]["$ref"].rpartition("/")[2]]
    }
    assert ("unit", "send", "plan-submissions-{unit}") in said
    assert ("planner", "send", "plan-events") in said
    assert ("tracker", "receive", "plan-events") in said
    assert not any(service == "notifier" and address == "task-commands" for service, _, address in said)
    assert len(said) == sum(1 + len(topic.readers) for topic in TOPICS)


def test_channels_say_key_owner_and_what_the_broker_is_told() -> None:
    channels = asyncapi.document()["channels"]
    assert channels["task-commands"]["x-key"] == "school"
    assert channels["task-commands"]["x-owner"] == "portal"
    assert channels["task-commands"]["x-kept"] == "30 days"
    assert channels["unit-directory"]["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"] == ["compact"]
    assert channels["unit-directory"]["bindings"]["kafka"]["partitions"] == 1
    assert channels["plan-submissions"]["parameters"].keys() == {"unit"}


def test_version_is_that_of_the_package() -> None:
    project = tomllib.loads((CONTRACTS / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == asyncapi.VERSION
