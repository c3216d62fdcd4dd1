"""Examples of all versions: readable for ever, complete, and in agreement with the schemas."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts.content import content_sha256
from contracts.plans import PlanSubmitted
from contracts.schemas import messages
from contracts.wire import InvalidRecord, decode
from tests.contracts.samples import EXAMPLES, FULL, MINIMAL, ROOT, dumped, load, topic_of


def name(path: Path) -> str:
    """The parameter's name in the report."""
    return f"{path.parent.name}/{path.stem}"


def schema(path: Path) -> dict[str, Any]:
    """The schema of the message that the example is of."""
    file = ROOT / "schemas" / path.parent.name / f"{path.name.split('.')[0]}.json"
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def test_every_message_has_both_examples() -> None:
    wanted = {Path(path).relative_to("schemas").with_suffix("").as_posix() for path in messages()}
    assert {name(path) for path in FULL} == wanted
    assert {name(path).split(".")[0] for path in MINIMAL} == wanted


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_reads_on_its_topic_and_comes_back_the_same(path: Path) -> None:
    topic, record = topic_of(path), load(path)
    envelope = decode(topic, dumped(record), record["subject"].encode())
    assert decode(topic, envelope.to_bytes()) == envelope
    assert envelope.data.model_dump(mode="json", exclude_unset=True, exclude_none=True) == without_nulls(record["data"])


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_is_valid_by_its_schema(path: Path) -> None:
    definition = schema(path)
    jsonschema.Draft202012Validator.check_schema(definition)
    validator = jsonschema.Draft202012Validator(definition, format_checker=jsonschema.FormatChecker())
    validator.validate(load(path))


@pytest.mark.parametrize("path", MINIMAL, ids=name)
def test_nothing_can_be_left_out_of_a_minimal_example(path: Path) -> None:
    record, topic = load(path), topic_of(path)
    for absent in record:
        with pytest.raises(InvalidRecord):
            decode(topic, dumped({key: value for key, value in record.items() if key != absent}))
    for absent in record["data"]:
        data = {key: value for key, value in record["data"].items() if key != absent}
        with pytest.raises(InvalidRecord):
            decode(topic, dumped({**record, "data": data}))


@pytest.mark.parametrize("path", FULL, ids=name)
def test_nothing_is_left_out_of_the_full_example_that_the_minimal_one_lacks(path: Path) -> None:
    minimal = [load(other)["data"].keys() for other in MINIMAL if other.match(f"{path.stem}.*")]
    definition = schema(path)
    data = definition["$defs"][path.stem]
    assert load(path).keys() == definition["properties"].keys()
    assert set().union(load(path)["data"], *minimal) == data["properties"].keys()


def without_nulls(value: Any) -> Any:
    """JSON without the members that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    return [without_nulls(element) for element in value] if isinstance(value, list) else value


def test_the_signatures_of_the_example_are_of_its_document() -> None:
    submitted = PlanSubmitted.model_validate(load(ROOT / "examples/v1/PlanSubmitted.json")["data"])
    assert submitted.document is not None
    assert {signature.content_sha256 for signature in submitted.signatures} == {content_sha256(submitted.document)}
