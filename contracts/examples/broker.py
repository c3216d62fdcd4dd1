"""What the examples share: how a unit's system signs on, publishes a record, and finds the answer to it."""

import os
import time
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition

from contracts.envelope import Envelope
from contracts.topics import MAX_RECORD_BYTES, answers_topic
from contracts.wire import decode

PATIENCE_SECONDS = 60


def settings() -> dict[str, Any]:
    """How librdkafka reaches the broker and signs on, from the environment."""
    found = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "log_level": "0"}
    for name in ("bootstrap.servers", "security.protocol", "sasl.username", "sasl.password", "ssl.ca.location"):
        if given := os.environ.get("KAFKA_" + name.upper().replace(".", "_")):
            found[name] = given
    return found


def publish(topic: str, envelope: Envelope[Any]) -> KafkaError | None:
    """Publish a record. Returns why the broker did not take it, if it did not."""
    outcome: list[KafkaError | None] = []
    final = (KafkaError._AUTHENTICATION, KafkaError._SSL)  # other errors pass, or end with the message's time
    heard = {"error_cb": lambda error: outcome.append(error) if error.code() in final else None}
    limits = {"message.timeout.ms": 30_000, "message.max.bytes": 2 * MAX_RECORD_BYTES}
    producer = Producer({**settings(), **heard, **limits, "enable.idempotence": True})
    producer.produce(topic, envelope.to_bytes(), envelope.subject, on_delivery=lambda error, _: outcome.append(error))
    while not outcome:
        producer.poll(1)
    return outcome[0]


def answer_to(event_id: str, unit_id: str) -> Envelope[Any] | None:
    """The answer to an event among all that the unit was ever given; None if there is none after a minute."""
    user = settings()["sasl.username"]
    consumer = Consumer({**settings(), "group.id": f"{user}.example", "enable.auto.commit": False})
    consumer.assign([TopicPartition(answers_topic(unit_id), 0, OFFSET_BEGINNING)])
    end = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < end:
            message = consumer.poll(1)
            if message is None or message.error():
                continue
            envelope = decode(message.topic(), message.value())
            if envelope.causationid == event_id:
                return envelope
        return None
    finally:
        consumer.close()
