"""One look at the whole: readiness of the services, and what waits for each of them."""

from typing import Any

import httpx
from confluent_kafka import KafkaException

from contracts.topics import SERVICES
from services.ops.lag import Lag
from services.ops.settings import OpsSettings


def status(settings: OpsSettings) -> list[dict[str, Any]]:
    """A row for each service: whether it is alive and ready, why not, and the records that wait for it."""
    lag, unknown = _lag(settings)
    rows = []
    for service in SERVICES:
        url = getattr(settings, f"{service}_url")
        alive, ready = (_ask(f"{url}/{probe}") for probe in ("livez", "readyz"))
        waiting = sum(count for group, count in lag.items() if group.startswith(f"{service}."))
        rows.append({"service": service, "alive": alive, "ready": ready, "records_waiting": unknown or waiting})
    return rows


def _ask(url: str) -> str:
    try:
        answer = httpx.get(url, timeout=3)
    except httpx.TransportError as error:
        return f"no answer ({type(error).__name__})"
    return "yes" if answer.is_success else f"no: {answer.json().get('detail', answer.status_code)}"


def _lag(settings: OpsSettings) -> tuple[dict[str, int], str]:
    if settings.kafka is None:
        return {}, "unknown: PHOIHOP_KAFKA__… is not set"
    try:
        return Lag(settings.kafka).of_groups(), ""
    except KafkaException as error:
        return {}, f"unknown: {error.args[0].str()}"
    except TimeoutError:
        return {}, "unknown: the broker does not answer"
