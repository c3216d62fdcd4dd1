"""Dead letters as operators handle them: list, look at one, publish it again where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Producer

from contracts.dead_letters import DeadLettered
from contracts.topics import SERVICES, dead_letters_of, topic_named
from services.kit.settings import KafkaSettings
from services.ops.broker import broker_errors
from services.ops.errors import CommandError
from services.ops.kafka_admin import WAIT_SECONDS, librdkafka_arguments
from services.ops.topic_reader import LARGEST_MESSAGE, envelope_of, place_of, read_topic


@dataclass(frozen=True)
class Letter:
    """One dead letter and where it lies: `place` is `<topic>/<partition>/<offset>`."""

    place: str
    data: DeadLettered

    def summary(self) -> dict[str, Any]:
        """The letter without its content."""
        return {
            "letter": self.place,
            "code": self.data.code,
            "detail": self.data.detail,
            "record": f"{self.data.topic}/{self.data.partition}/{self.data.offset}",
            "recorded_at": self.data.recorded_at.isoformat(),
            "bytes": len(self.data.record_value or b""),
        }


def read_letters(kafka: KafkaSettings, service: str | None = None) -> Iterator[Letter]:
    """All dead letters of one service, or of all, oldest first in each topic."""
    for name in (service,) if service else SERVICES:
        for message in read_topic(kafka, dead_letters_of(name).name):
            yield Letter(place_of(message), envelope_of(message).data)


def find_letter(kafka: KafkaSettings, place: str) -> Letter:
    """The letter at a place. Raises CommandError when there is none."""
    topic, _, rest = place.partition("/")
    service = topic.removesuffix("-dead-letters")
    if service not in SERVICES or not rest:
        raise CommandError(f"{place}: no such place; `dead-letters list` names them")
    for letter in read_letters(kafka, service):
        if letter.place == place:
            return letter
    raise CommandError(f"{place}: no dead letter is there")


def replay(kafka: KafkaSettings, letter: Letter) -> None:
    """Publish the record again, byte for byte, on the topic that it came from.

    An event that was acted on meanwhile is known by its id and changes nothing. Raises CommandError when the
    broker does not take it.
    """
    try:
        topic_named(letter.data.topic)
    except KeyError:
        raise CommandError(f"{letter.place}: came from {letter.data.topic}, which is no topic") from None
    failures: list[str] = []
    with broker_errors(letter.place):
        producer = Producer(
            {**librdkafka_arguments(kafka), "enable.idempotence": True, "message.max.bytes": LARGEST_MESSAGE}
        )
        producer.produce(
            letter.data.topic,
            key=letter.data.record_key,
            value=letter.data.record_value,
            headers=[(header.key, header.value) for header in letter.data.headers],
            on_delivery=lambda error, _: failures.append(error.str()) if error else None,
        )
        waiting = producer.flush(WAIT_SECONDS)
    if waiting or failures:
        raise CommandError(f"{letter.place}: not published again: {', '.join(failures) or 'no answer in time'}")
