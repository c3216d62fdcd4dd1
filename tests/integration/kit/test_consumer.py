"""Nothing is lost, doubled or let past: the consumer against a real broker and a real database."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.topics import answers_topic
from deploy.local.stack import Stack
from services.kit.broker import kafka_arguments
from services.ops.kafka_admin import KafkaAdmin
from tests.conftest import KafkaSettingsOf
from tests.integration.kit.conftest import Publisher, Reader, StartProcess
from tests.support.waiting import until

ReadFromNow = Callable[[str], Awaitable[Reader]]


def submissions(answers: list[Envelope[Any]]) -> set[str]:
    """The submissions that were answered. Raises AssertionError when one was answered twice."""
    names = [answer.data.submission_id for answer in answers]
    assert len(names) == len(set(names))
    return set(names)


async def test_each_event_is_acted_on_once_however_often_it_arrives(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow
) -> None:
    events = await read_from_now(answers_topic(publisher.unit))
    first, second, last = (publisher.submission(name) for name in ("first", "second", "last"))
    await publisher.send(first, second, first, second, first)
    process = await start_process(publisher.topic)
    await publisher.send(second, last)
    answers = await events.until(publisher.unit, 3, "three answers")
    assert {answer.causationid for answer in answers} == {first.id, second.id, last.id}
    assert process.counting.seen == ["first", "second", "last"]


async def test_a_replay_of_the_topic_from_its_start_changes_nothing(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow
) -> None:
    events = await read_from_now(answers_topic(publisher.unit))
    await publisher.send(*(publisher.submission(f"s{number}") for number in range(50)))
    process = await start_process(publisher.topic)
    await events.until(publisher.unit, 50, "fifty answers")
    kafka = process.consumer.kafka
    assert kafka is not None
    await kafka.seek_to_beginning()
    await publisher.send(publisher.submission("after"))
    await events.until(publisher.unit, 51, "the answer after the replay")
    assert len(process.counting.seen) == len(set(process.counting.seen)) == 51


BAD = {
    "not-json": b"{",
    "not-utf8": '{"a": 1}'.encode("utf-16"),
    "forbidden-character": b'{"a": "\\u0000"}',
    "schema": b"{}",
    "too-large": b'{"a": "' + b"x" * (2 * 1024 * 1024) + b'"}',
}


async def test_a_bad_record_is_set_aside_with_reason_and_place_and_the_next_goes_on(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow
) -> None:
    letters, events = await read_from_now("planner-dead-letters"), await read_from_now(answers_topic(publisher.unit))
    good = publisher.submission("good")
    other_version = json.loads(good.to_bytes()) | {"type": "vn.phoihop.PlanSubmitted.v9"}
    bad = BAD | {"unknown-type": json.dumps(other_version).encode()}
    await publisher.send(*bad.values())
    await publisher.send(good.to_bytes(), key=b"another key")
    await publisher.send(good)
    await start_process(publisher.topic)
    await events.until(publisher.unit, 1, "the good record's answer")
    found = await letters.until(publisher.unit, len(bad) + 1, "a dead letter for each bad record")
    by_offset = {letter.data.offset: letter.data for letter in found}
    assert [by_offset[offset].code for offset in sorted(by_offset)] == [*bad, "wrong-key"]
    assert [by_offset[offset].record_value for offset in sorted(by_offset)] == [*bad.values(), good.to_bytes()]
    assert {(letter.topic, letter.partition) for letter in by_offset.values()} == {(publisher.topic, 0)}


async def test_another_event_under_a_known_id_is_set_aside_and_a_delivery_made_again_is_not(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow
) -> None:
    letters, events = await read_from_now("planner-dead-letters"), await read_from_now(answers_topic(publisher.unit))
    first, second = publisher.submission("first"), publisher.submission("second")
    forged = publisher.submission("first", id=first.id, text="KẾ HOẠCH KHÁC")
    in_one_batch = publisher.submission("second", id=second.id, text="KẾ HOẠCH KHÁC")
    await publisher.send(first, second, in_one_batch)
    process = await start_process(publisher.topic)
    await events.until(publisher.unit, 2, "the answers")
    await publisher.send(forged, first, publisher.submission("last"))
    await events.until(publisher.unit, 3, "the answer to what stood behind")
    found = await letters.until(publisher.unit, 2, "both dead letters")
    assert [letter.data.code for letter in found] == ["event-id-reused"] * 2
    assert {letter.data.record_value for letter in found} == {forged.to_bytes(), in_one_batch.to_bytes()}
    assert process.counting.seen == ["first", "second", "last"]
    assert process.counting.set_aside == ["event-id-reused"] * 2


async def test_headers_that_are_no_text_stop_nothing(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow, kafka_settings: KafkaSettingsOf
) -> None:
    events = await read_from_now(answers_topic(publisher.unit))
    submission = publisher.submission("odd")
    async with AIOKafkaProducer(**kafka_arguments(kafka_settings(f"unit-{publisher.unit}"))) as producer:
        await producer.send_and_wait(
            publisher.topic, submission.to_bytes(), key=b"odd", headers=[("correlation_id", b"\xff\xfe"), ("x", b"")]
        )
    await start_process(publisher.topic)
    assert await events.until(publisher.unit, 1, "the answer")


async def test_the_poisonous_record_of_a_batch_stands_alone(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow
) -> None:
    letters, events = await read_from_now("planner-dead-letters"), await read_from_now(answers_topic(publisher.unit))
    process = await start_process(publisher.topic)
    process.counting.poison = {"s17"}
    await publisher.send(*(publisher.submission(f"s{number}") for number in range(40)))
    answers = await events.until(publisher.unit, 39, "an answer for each good record")
    (letter,) = await letters.until(publisher.unit, 1, "the poison's dead letter")
    assert isinstance(letter.data, DeadLettered)
    assert (letter.data.code, letter.data.offset) == ("failed", 17)
    assert submissions(answers) == {f"s{number}" for number in range(40) if number != 17}


async def test_while_the_database_is_away_nothing_is_set_aside_or_lost(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow, stack: Stack
) -> None:
    letters, events = await read_from_now("planner-dead-letters"), await read_from_now(answers_topic(publisher.unit))
    process = await start_process(publisher.topic)
    await publisher.send(publisher.submission("before"))
    await events.until(publisher.unit, 1, "the answer before")
    await asyncio.to_thread(stack.postgres.stop)
    try:
        await publisher.send(*(publisher.submission(f"s{number}") for number in range(20)))

        async def paused() -> bool:
            return process.consumer.paused

        await until(paused, "the consumer pauses")
        assert process.health.unready
    finally:
        await asyncio.to_thread(stack.postgres.start)
    answers = await events.until(publisher.unit, 21, "all answers")
    assert submissions(answers) == {"before", *(f"s{number}" for number in range(20))}
    assert not [letter for letter in await letters.take() if letter.data.topic == publisher.topic]
    assert not process.health.unready


async def test_while_the_broker_is_away_answers_wait_in_the_outbox(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow, stack: Stack
) -> None:
    events = await read_from_now(answers_topic(publisher.unit))
    process = await start_process(publisher.topic)
    await publisher.send(*(publisher.submission(f"s{number}") for number in range(10)))

    async def worked() -> bool:
        return len(process.counting.seen) >= 10

    await until(worked, "the batch is done")
    await asyncio.to_thread(stack.kafka.stop)
    await asyncio.to_thread(stack.kafka.start)
    await publisher.send(publisher.submission("after"))
    answers = await events.until(publisher.unit, 11, "all answers")
    assert submissions(answers) == {"after", *(f"s{number}" for number in range(10))}


async def test_too_many_dead_letters_in_a_row_halt_that_topic_alone(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow, kafka_settings: KafkaSettingsOf
) -> None:
    neighbour = f"{publisher.unit}-b"
    KafkaAdmin(kafka_settings("admin")).make_topics([neighbour])
    events = await read_from_now(answers_topic(neighbour))
    await publisher.send(*[b"rubbish"] * 5)
    process = await start_process(publisher.topic, f"plan-submissions-{neighbour}", dead_letters_in_a_row=5)

    async def halted() -> bool:
        return publisher.topic in process.consumer.halted

    await until(halted, "the topic halts")
    async with AIOKafkaProducer(**kafka_arguments(kafka_settings(f"unit-{neighbour}"))) as producer:
        other = Publisher(producer, neighbour)
        await publisher.send(publisher.submission("waits"))
        await other.send(other.submission("goes on"))
        await events.until(neighbour, 1, "the neighbour's answer")
    assert process.counting.seen == ["goes on"]
    assert process.health.unready == [f"{publisher.topic} is halted"]
    await process.health.check()
    assert process.health.faults == []


@pytest.mark.parametrize("processes", [2])
async def test_two_processes_share_the_work_and_double_nothing(
    publisher: Publisher, start_process: StartProcess, read_from_now: ReadFromNow, processes: int
) -> None:
    events = await read_from_now(answers_topic(publisher.unit))
    running = [await start_process(publisher.topic) for _ in range(processes)]
    await publisher.send(*(publisher.submission(f"s{number}") for number in range(200)))
    answers = await events.until(publisher.unit, 200, "all answers")
    assert len({answer.id for answer in answers}) == 200
    assert sum(len(process.counting.seen) for process in running) == 200


async def test_offsets_are_committed_only_after_the_work(
    publisher: Publisher, start_process: StartProcess, kafka_settings: KafkaSettingsOf
) -> None:
    process = await start_process(publisher.topic)
    gate = process.counting.gate = asyncio.Event()
    await publisher.send(*(publisher.submission(f"s{number}") for number in range(3)))

    async def in_hand() -> bool:
        return process.counting.in_hand > 0

    async def committed() -> int | None:
        assert process.consumer.kafka is not None
        offset: int | None = await process.consumer.kafka.committed(TopicPartition(publisher.topic, 0))
        return offset

    await until(in_hand, "the use-case has the batch")
    assert await committed() is None
    gate.set()

    async def all_committed() -> bool:
        return await committed() == 3

    await until(all_committed, "the offsets are committed")
