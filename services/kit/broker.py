"""How every client of Kafka is set up, and the FastStream broker that carries the consumers."""

import logging
import ssl
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512

from services.kit.logs import FASTSTREAM
from services.kit.settings import KafkaSettings


def tls_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """The TLS context when a CA is given; without one the connection is plain."""
    return ssl.create_default_context(cafile=str(settings.ca_file)) if settings.ca_file else None


def kafka_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """The arguments by which an aiokafka client reaches and signs on at the broker."""
    context = tls_context(settings)
    return {
        "bootstrap_servers": settings.bootstrap,
        "security_protocol": "SASL_SSL" if context else "SASL_PLAINTEXT",
        "ssl_context": context,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.username,
        "sasl_plain_password": settings.password.get_secret_value(),
    }


def make_broker(settings: KafkaSettings, *, client_id: str) -> KafkaBroker:
    """The broker that subscribers hang on. Its own producer is never used: the relay publishes."""
    context = tls_context(settings)
    return KafkaBroker(
        settings.bootstrap,
        security=SASLScram512(
            username=settings.username,
            password=settings.password.get_secret_value(),
            ssl_context=context,
            use_ssl=context is not None,
        ),
        client_id=client_id,
        allow_auto_create_topics=False,
        enable_idempotence=True,
        metadata_max_age_ms=15_000,
        graceful_timeout=20.0,
        logger=logging.getLogger(FASTSTREAM),
        log_level=logging.DEBUG,
    )
