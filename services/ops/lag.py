"""How far each service has got with what it reads, as the broker knows it."""

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from contracts.topics import SERVICES
from services.kit.settings import KafkaSettings
from services.ops.kafka_admin import librdkafka_arguments

WAIT_SECONDS = 10


class Lag:
    """Asks the broker about the services' consumer groups.

    Methods block; they raise KafkaException or TimeoutError. Each connects anew: after the broker was away, a
    client goes on asking the group coordinator of before.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def of_groups(self, *prefixes: str) -> dict[str, int]:
        """Records that wait, by consumer group; all services' groups unless prefixes are given."""
        client = self._connect()
        listed = client.list_consumer_groups().result(WAIT_SECONDS).valid
        wanted = prefixes or tuple(f"{service}." for service in SERVICES)
        groups = sorted(group.group_id for group in listed if group.group_id.startswith(wanted))
        return {group: _of_group(client, group) for group in groups}

    def topic_sizes(self) -> dict[str, int]:
        """Records by topic: last offset less first, over the partitions."""
        client = self._connect()
        topics = client.list_topics(timeout=WAIT_SECONDS).topics
        partitions = [
            TopicPartition(name, number)
            for name, topic in topics.items()
            if not name.startswith("__")
            for number in topic.partitions
        ]
        first, last = (_offsets(client, partitions, spec) for spec in (OffsetSpec.earliest(), OffsetSpec.latest()))
        sizes: dict[str, int] = {}
        for place in partitions:
            sizes[place.topic] = sizes.get(place.topic, 0) + last[_key(place)] - first[_key(place)]
        return dict(sorted(sizes.items()))

    def _connect(self) -> AdminClient:
        return AdminClient(librdkafka_arguments(self._settings))


def _of_group(client: AdminClient, group: str) -> int:
    (future,) = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]).values()
    committed = {_key(place): place.offset for place in future.result(WAIT_SECONDS).topic_partitions}
    ends = _offsets(client, [TopicPartition(topic, number) for topic, number in committed], OffsetSpec.latest())
    return sum(max(0, end - max(committed[key], 0)) for key, end in ends.items())


def _offsets(client: AdminClient, places: list[TopicPartition], spec: OffsetSpec) -> dict[tuple[str, int], int]:
    answers = client.list_offsets({TopicPartition(place.topic, place.partition): spec for place in places})
    return {_key(place): future.result(WAIT_SECONDS).offset for place, future in answers.items()}


def _key(place: TopicPartition) -> tuple[str, int]:
    return (place.topic, place.partition)
