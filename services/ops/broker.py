"""Says in one line why the broker does not do what was asked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from services.kit.settings import KafkaSettings
from services.ops.errors import Unreachable
from services.ops.kafka_admin import librdkafka_arguments

PATIENCE_SECONDS = 10
FINAL = (KafkaError._AUTHENTICATION, KafkaError._SSL)
"""What does not pass: a wrong user or password, a certificate that nobody vouches for."""


def require_broker(settings: KafkaSettings) -> None:
    """Wait until the broker answers. Raises Unreachable with the broker's reason, which a call's own error lacks."""
    heard: list[KafkaError] = []
    with broker_errors(settings.bootstrap):
        client = AdminClient({**librdkafka_arguments(settings), "error_cb": heard.append})
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                client.list_topics(timeout=1)
                return
            except KafkaException:
                client.poll(0)  # lets the client tell what it heard
                final = [error for error in heard if error.code() in FINAL]
                if final:
                    raise Unreachable(f"Kafka at {settings.bootstrap}: {final[0].str()}") from None
                if time.monotonic() > end:
                    reason = heard[0].str() if heard else "no answer"
                    raise Unreachable(f"Kafka at {settings.bootstrap}: {reason}") from None


@contextmanager
def broker_errors(what: str) -> Iterator[None]:
    """Turn what a Kafka client raises into Unreachable, one line that begins with `what` was asked or for."""
    try:
        yield
    except KafkaException as error:
        raise Unreachable(f"{what}: {error.args[0].str()}") from None
    except TimeoutError:
        raise Unreachable(f"{what}: no answer from the broker in time") from None
