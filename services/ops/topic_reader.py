"""Reads a topic from its start to where it ends now, outside every consumer group."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, Message, TopicPartition

from contracts.envelope import Envelope
from contracts.wire import InvalidRecord, decode
from services.kit.settings import KafkaSettings
from services.ops.broker import broker_errors
from services.ops.errors import CommandError
from services.ops.kafka_admin import WAIT_SECONDS, librdkafka_arguments

LARGEST_MESSAGE = 8_000_000
"""Bytes. Above what any topic takes: a dead letter holds a record of the largest size as base64."""


def read_topic(kafka: KafkaSettings, topic: str) -> Iterator[Message]:
    """Every record, partition by partition, in order within each.

    Raises Unreachable when the broker does not answer in time or refuses, CommandError when there is no such topic.
    """
    with broker_errors(topic):
        consumer = Consumer(
            {
                **librdkafka_arguments(kafka),
                "group.id": f"{kafka.username}.{uuid4()}",  # as the access rules let a user name its groups
                "enable.auto.commit": False,
                "fetch.message.max.bytes": LARGEST_MESSAGE,
            }
        )
        try:
            found = consumer.list_topics(topic, timeout=WAIT_SECONDS).topics[topic]
            if found.error:
                raise CommandError(f"{topic}: {found.error.str()}")
            for number in sorted(found.partitions):
                yield from _read_partition(consumer, TopicPartition(topic, number))
        finally:
            consumer.close()


def place_of(message: Message) -> str:
    """`<topic>/<partition>/<offset>`."""
    return f"{message.topic()}/{message.partition()}/{message.offset()}"


def envelope_of(message: Message) -> Envelope[Any]:
    """What a record holds. Raises CommandError that names its place when it cannot be read."""
    try:
        return decode(message.topic(), message.value())  # a dead letter's key is its record's
    except InvalidRecord as error:
        raise CommandError(f"{place_of(message)}: {error}") from None


def _read_partition(consumer: Consumer, place: TopicPartition) -> Iterator[Message]:
    first, end = consumer.get_watermark_offsets(place, timeout=WAIT_SECONDS)
    consumer.assign([TopicPartition(place.topic, place.partition, first)])
    position = first
    while position < end:
        asked = min(1000, end - position)  # a batch that is full comes at once
        messages = consumer.consume(asked, timeout=1) or consumer.consume(1, timeout=WAIT_SECONDS)
        if not messages:
            raise CommandError(f"{place.topic}: no answer from the broker")
        for message in messages:
            if error := message.error():
                raise CommandError(f"{place.topic}: {error.str()}")
            if message.offset() >= end:
                return
            position = message.offset() + 1
            yield message
