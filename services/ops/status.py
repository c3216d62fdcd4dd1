"""One look at the whole: readiness of the services, and what waits for each of them."""

from typing import Any

import httpx

from contracts.topics import SERVICES
from services.ops.broker import broker_errors, require_broker
from services.ops.errors import CommandError
from services.ops.lag import Lag
from services.ops.settings import OpsSettings


def status(settings: OpsSettings) -> list[dict[str, Any]]:
    """A row for each service: whether it is alive and ready, why not, and the records that wait for it."""
    lag, unknown = _lag(settings)
    rows = []
    for service in SERVICES:
        alive, ready = (_ask(f"{settings.url_of(service)}/{probe}") for probe in ("livez", "readyz"))
        waiting = sum(count for group, count in lag.items() if group.startswith(f"{service}."))
        rows.append({"service": service, "alive": alive, "ready": ready, "records_waiting": unknown or waiting})
    return rows


def _ask(url: str) -> str:
    try:
        answer = httpx.get(url, timeout=3)
    except (httpx.RequestError, httpx.InvalidURL) as error:
        return f"no answer ({type(error).__name__})"
    return "yes" if answer.is_success else f"no: {_detail(answer)}"


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, TypeError, KeyError):  # not one of the services, but something in front of it
        return f"{answer.status_code} {answer.reason_phrase}"


def _lag(settings: OpsSettings) -> tuple[dict[str, int], str]:
    if settings.kafka is None:
        return {}, "unknown: PHOIHOP_KAFKA__… is not set"
    try:
        require_broker(settings.kafka)
        with broker_errors("the broker"):
            return Lag(settings.kafka).of_groups(), ""
    except CommandError as error:
        return {}, f"unknown: {error}"
