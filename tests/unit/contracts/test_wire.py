"""Reading records: whatever the bytes, a message or an InvalidRecord with the right code."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.base import Message
from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.plans import PlanApproved, PlanSubmitted
from contracts.tasks import ChangeTask
from contracts.topics import MAX_RECORD_BYTES
from contracts.wire import InvalidRecord, decode
from tests.contracts.samples import EXAMPLES, dumped, load, topic_of

TOPIC = "plan-submissions-79"
RECORD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "/units/79",
    "type": "vn.phoihop.PlanSubmitted.v1",
    "subject": "kh-1",
    "time": "2024-09-16T02:10:00Z",
    "data": {"unit_id": "79", "submission_id": "kh-1", "text": "KẾ HOẠCH"},
}
SAMPLES = [(topic_of(path), load(path)) for path in EXAMPLES]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["0001-01-01T00:00:00+14:00"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=5,
)


def record(data: dict[str, Any] | None = None, **attributes: Any) -> bytes:
    """The record with other attributes, or other fields of its data."""
    return dumped({**RECORD, "data": {**RECORD["data"], **(data or {})}, **attributes})


def code_of(value: bytes | None, *, topic: str = TOPIC, key: bytes | None = None) -> str:
    """The code with which the record is refused."""
    with pytest.raises(InvalidRecord) as refused:
        decode(topic, value, key)
    return refused.value.code


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to each member and element of a JSON value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for key, member in members for place in places(member, (*here, key)))]


def replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    """The JSON value with what is at `place` replaced."""
    if not place:
        return by
    copy = value.copy()
    copy[place[0]] = replaced(value[place[0]], place[1:], by)
    return copy


def test_reads_a_record() -> None:
    envelope = decode(TOPIC, record(), b"kh-1")
    assert isinstance(envelope.data, PlanSubmitted)
    assert envelope.data.text == "KẾ HOẠCH"


def test_ignores_what_is_added_later() -> None:
    assert decode(TOPIC, record({"added": 1}, extension="x")) == decode(TOPIC, record())


def test_keeps_emoji_and_escaped_backslashes() -> None:
    text = "tốt 👍 \\u0000 \\ud800 \\"
    assert decode(TOPIC, json.dumps({**RECORD, "data": {**RECORD["data"], "text": text}}).encode()).data.text == text


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_and_nothing_else_is_raised(value: bytes) -> None:
    assert code_of(value) in {"not-utf8", "not-json", "forbidden-character", "schema"}


@given(st.sampled_from(SAMPLES), st.data(), json_values)
def test_damaged_records_are_read_or_refused_and_nothing_else_is_raised(
    sample: tuple[str, dict[str, Any]], data: st.DataObject, damage: Any
) -> None:
    topic, whole = sample
    place = data.draw(st.sampled_from(places(whole)))
    value = json.dumps(replaced(whole, place, damage)).encode()
    try:
        envelope = decode(topic, value)
    except InvalidRecord:
        return
    assert decode(topic, envelope.to_bytes()) == envelope


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(None, "schema", id="no value"),
        pytest.param(b"", "not-json", id="empty"),
        pytest.param(b"{", "not-json", id="cut off"),
        pytest.param(b"[" * 100_000, "not-json", id="deep"),
        pytest.param(b'["\\u0041",' * 100_000, "not-json", id="deep with an escape"),
        pytest.param(b"\xef\xbb\xbf" + record(), "not-json", id="byte order mark"),
        pytest.param(record() + b"{}", "not-json", id="two values"),
        pytest.param(b"[]", "schema", id="no object"),
        pytest.param(json.dumps(RECORD).encode("utf-16"), "not-utf8", id="UTF-16"),
        pytest.param(json.dumps(RECORD).encode("utf-16-le"), "forbidden-character", id="UTF-16 of ASCII, unmarked"),
        pytest.param(record() + b"\xff", "not-utf8", id="stray byte"),
        pytest.param(record({"text": "x" * 2 * 1024 * 1024}), "too-large", id="2 MiB"),
        pytest.param(record({"text": "x" * 500_001}), "schema", id="text over its limit"),
        pytest.param(record().replace(b"K\xe1", b"\0K\xe1"), "forbidden-character", id="U+0000 plain"),
        pytest.param(record().replace(b"K\xe1", b"\\u0000K\xe1"), "forbidden-character", id="U+0000 escaped"),
        pytest.param(record().replace(b"K\xe1", b"\\\\\\u0000K\xe1"), "forbidden-character", id="after a backslash"),
        pytest.param(record().replace(b"K\xe1", b"\\ud83dK\xe1"), "forbidden-character", id="lone surrogate"),
        pytest.param(record().replace(b"K\xe1", b"\\udc4d\\ud83dK\xe1"), "forbidden-character", id="turned about"),
        pytest.param(record().replace(b'"text"', b'"\\ud83d"'), "forbidden-character", id="surrogate in a name"),
        pytest.param(record(type="vn.phoihop.PlanSubmitted.v2"), "unknown-type", id="unknown version"),
        pytest.param(record(type="vn.phoihop.PlanApproved.v1"), "unknown-type", id="message of another topic"),
        pytest.param(record(type=None), "unknown-type", id="type null"),
        pytest.param(record(specversion="0.3"), "schema", id="other CloudEvents"),
        pytest.param(record(time="2024-09-16T02:10:00"), "schema", id="time without offset"),
        pytest.param(record(time="0001-01-01T00:00:00+14:00"), "schema", id="time before the calendar"),
        pytest.param(record(time="9999-12-31T23:00:00-14:00"), "schema", id="time after the calendar"),
        pytest.param(record({"unit_id": "79_1"}), "schema", id="unit id with an underscore"),
        pytest.param(record({"unit_id": "79\n"}), "schema", id="unit id with a newline"),
        pytest.param(record({"text": None}), "schema", id="neither text nor document"),
        pytest.param(record({"document": {"kind": "plan", "title": "x"}}), "schema", id="text and document"),
    ],
)
def test_bad_records(value: bytes | None, code: str) -> None:
    assert code_of(value) == code


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b'"NaN"'])
def test_numbers_that_json_cannot_carry_on(number: bytes) -> None:
    item = {"position": 1, "text": "x", "targets": [{"value": 0, "unit": "%"}]}
    value = record({"text": None, "document": {"kind": "plan", "title": "x", "items": [item]}})
    assert decode(TOPIC, value)
    assert code_of(value.replace(b'"value": 0', b'"value": ' + number)) == "schema"


@pytest.mark.parametrize("absent", ["specversion", "id", "source", "type", "subject", "time", "data"])
@pytest.mark.parametrize("topic", [TOPIC, "plan-answers-79"])
def test_an_attribute_that_is_missing_is_the_schemas_fault(absent: str, topic: str) -> None:
    whole = next(
        sample for path, sample in zip(EXAMPLES, SAMPLES, strict=True) if path.stem == "PlanSubmissionAccepted"
    )
    attributes = RECORD if topic == TOPIC else whole[1]
    value = dumped({name: attribute for name, attribute in attributes.items() if name != absent})
    assert code_of(value, topic=topic) == "schema"


def test_the_key_is_the_subject() -> None:
    assert code_of(record(), key=b"kh-2") == "wrong-key"
    assert code_of(record(), key=b"") == "wrong-key"
    assert decode(TOPIC, record(), b"kh-1").subject == "kh-1"


def test_the_detail_says_where_and_holds_nothing_of_the_record() -> None:
    with pytest.raises(InvalidRecord) as refused:
        decode(TOPIC, record({"unit_id": "bí mật"}))
    assert refused.value.detail == "data.unit_id (string_pattern_mismatch)"


def test_an_unknown_topic_is_the_callers_fault() -> None:
    with pytest.raises(KeyError):
        decode("plan", record())


def test_a_record_of_just_the_limit_is_read() -> None:
    padded = record().ljust(MAX_RECORD_BYTES)
    assert decode(TOPIC, padded)
    assert code_of(padded + b" ") == "too-large"


def test_a_dead_letter_of_a_large_record_is_read() -> None:
    path = next(path for path in EXAMPLES if path.name == "DeadLettered.json")
    letter = load(path)
    letter["data"]["record_value"] = "AAAA" * (1024 * 1024)
    envelope = decode("planner-dead-letters", dumped(letter))
    assert isinstance(envelope.data, DeadLettered)
    assert envelope.data.record_value == bytes(3 * 1024 * 1024)


def test_a_message_continues_the_story_of_its_cause() -> None:
    command = decode("task-commands", dumped(next(load(path) for path in EXAMPLES if path.stem == "ChangeTask")))
    first = Envelope[ChangeTask].of(command.data, subject="s", source="/portal")
    second = Envelope[ChangeTask].of(command.data, subject="s", source="/portal", cause=first)
    third = Envelope[ChangeTask].of(command.data, subject="s", source="/portal", cause=second)
    assert (first.correlationid, first.causationid) == (None, None)
    assert (second.correlationid, second.causationid) == (first.id, first.id)
    assert (third.correlationid, third.causationid) == (first.id, second.id)
    assert len({first.id, second.id, third.id}) == 3
    traced = Envelope[ChangeTask].of(command.data, subject="s", source="/portal", cause=command)
    assert (traced.traceparent, traced.tracestate) == (command.traceparent, command.tracestate)


@pytest.mark.parametrize("envelope", [Envelope, Envelope[Message], Envelope[PlanSubmitted]], ids=str)
def test_however_an_envelope_is_declared_it_writes_the_whole_message(envelope: type[Envelope[PlanSubmitted]]) -> None:
    plan = PlanSubmitted(unit_id="79", submission_id="kh-1", text="KẾ HOẠCH")
    assert decode(TOPIC, envelope.of(plan, subject="kh-1", source="/units/79").to_bytes()).data == plan


def test_wrapping_refuses_data_of_another_message() -> None:
    approved = next(load(path) for path in EXAMPLES if path.stem == "PlanApproved")["data"]
    with pytest.raises(ValueError, match="validation error"):
        Envelope[ChangeTask].of(PlanApproved.model_validate(approved), subject="s", source="/planner")
