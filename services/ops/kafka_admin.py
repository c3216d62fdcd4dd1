"""Topics, users and access rules on the broker, made from the contracts' topic table."""

from collections.abc import Iterable, Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from confluent_kafka.cimpl import NewTopic
from pydantic import SecretStr

from contracts.topics import PLAN_SUBMISSIONS, TOPICS, UNIT, Topic
from services.kit.settings import KafkaSettings

WAIT_SECONDS = 30
SCRAM_ITERATIONS = 8192
UNIT_USER = "unit-"


class KafkaAdmin:
    """The broker as its administrator sees it. All methods block and raise KafkaException."""

    def __init__(self, settings: KafkaSettings, *, replication: int = 1) -> None:
        self._settings = settings
        self._replication = replication
        self._client = AdminClient(librdkafka_arguments(settings))

    def make_topics(self, units: Iterable[str] = ()) -> list[str]:
        """Make the topics that are missing, with those of each unit. Returns the new names.

        A unit that publishes already counts as named: its other topics are made too. Topics that are there get the
        table's settings; their partitions are left alone, because another number would send a key to another partition
        and break the order per key.
        """
        there = self._client.list_topics(timeout=WAIT_SECONDS).topics
        prefix = PLAN_SUBMISSIONS.name
        publishing = {*units, *(name.removeprefix(prefix) for name in there if name.startswith(prefix))}
        topics = [topic for topic in TOPICS if not topic.per_unit]
        topics += [topic.of_unit(unit) for topic in TOPICS if topic.per_unit for unit in publishing]
        wanted = {topic.name: topic for topic in topics}
        missing = {name: topic for name, topic in wanted.items() if name not in there}
        if missing:
            made = self._client.create_topics([self._new(name, topic) for name, topic in missing.items()])
            for future in made.values():
                future.result(WAIT_SECONDS)
        self._set_configs({name: topic for name, topic in wanted.items() if name in there})
        return sorted(missing)

    def make_users(self, passwords: Mapping[str, str]) -> None:
        """Make the SCRAM users, or give them a new password, with the access rules of the table.

        Returns when the broker takes each of them: the controller answers before the broker has heard of it, and a
        service that signs on in between is told that its password is wrong.
        """
        changes = [
            UserScramCredentialUpsertion(
                user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS), password.encode()
            )
            for user, password in passwords.items()
        ]
        for future in self._client.alter_user_scram_credentials(changes).values():
            future.result(WAIT_SECONDS)
        rules = [rule for user in passwords for rule in access_rules(user)]
        if rules:
            for future in self._client.create_acls(rules).values():
                future.result(WAIT_SECONDS)
        for user, password in passwords.items():
            signing_on = self._settings.model_copy(update={"username": user, "password": SecretStr(password)})
            AdminClient(librdkafka_arguments(signing_on)).list_topics(timeout=WAIT_SECONDS)  # retries until it may

    def _new(self, name: str, topic: Topic) -> NewTopic:
        return NewTopic(name, topic.partitions, self._replication, config=topic.config)

    def _set_configs(self, topics: Mapping[str, Topic]) -> None:
        resources = [
            ConfigResource(
                ConfigResource.Type.TOPIC,
                name,
                incremental_configs=[
                    ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                    for key, value in topic.config.items()
                ],
            )
            for name, topic in topics.items()
        ]
        if resources:
            for future in self._client.incremental_alter_configs(resources).values():
                future.result(WAIT_SECONDS)


def librdkafka_arguments(settings: KafkaSettings) -> dict[str, str]:
    """How a librdkafka client reaches and signs on at the broker."""
    arguments = {
        "bootstrap.servers": settings.bootstrap,
        "security.protocol": "SASL_SSL" if settings.ca_file else "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": settings.username,
        "sasl.password": settings.password.get_secret_value(),
        "log_level": "2",  # what goes wrong is raised; librdkafka would print it as well
    }
    return arguments | ({"ssl.ca.location": str(settings.ca_file)} if settings.ca_file else {})


def unit_user(unit_id: str) -> str:
    """The principal under which one unit's system publishes."""
    return f"{UNIT_USER}{unit_id}"


def access_rules(user: str) -> list[AclBinding]:
    """What a principal may do: services and the portal by the topic table, a unit on its own topics alone."""
    unit_id = user.removeprefix(UNIT_USER) if user.startswith(UNIT_USER) else None
    principal = user if unit_id is None else UNIT
    rules = []
    for topic in TOPICS:
        own = topic if unit_id is None or not topic.per_unit else topic.of_unit(unit_id)
        if principal == topic.owner:
            rules += [_topic_rule(user, own, operation) for operation in (AclOperation.WRITE, AclOperation.DESCRIBE)]
        if principal in topic.readers:
            rules += [_topic_rule(user, own, operation) for operation in (AclOperation.READ, AclOperation.DESCRIBE)]
    rules.append(_rule(user, ResourceType.GROUP, f"{user}.", AclOperation.READ, prefixed=True))
    return rules


def _topic_rule(user: str, topic: Topic, operation: AclOperation) -> AclBinding:
    return _rule(user, ResourceType.TOPIC, topic.name, operation, prefixed=topic.per_unit)


def _rule(user: str, resource: ResourceType, name: str, operation: AclOperation, *, prefixed: bool) -> AclBinding:
    pattern = ResourcePatternType.PREFIXED if prefixed else ResourcePatternType.LITERAL
    return AclBinding(resource, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)


__all__ = ["KafkaAdmin", "KafkaException", "access_rules", "librdkafka_arguments", "unit_user"]
