"""One JSON object a line, UTC. Fields are named; free text with data in it and personal data stay out."""

import logging
import sys
from typing import Any

import structlog

FIELDS = frozenset(
    (
        *("timestamp", "level", "event", "service", "version", "correlation_id", "trace_id", "event_id"),
        *("plan_id", "task_id", "unit_id", "outcome", "error_type", "duration_ms", "topic", "partition", "offset"),
        *("code", "count", "worker", "group", "reason", "path", "status", "method", "missed", "day", "attempt"),
        "exception",
    )
)
"""The names that a log line may use. Anything else is dropped, so that no data slips in by accident."""

FASTSTREAM = "phoihop.faststream"
"""The standard logger that FastStream is given; its own one prints lines that are no JSON."""

Logger = structlog.stdlib.BoundLogger


def configure(service: str, version: str, level: str) -> None:
    """Send the logs of the service and of its libraries to standard output."""
    chain: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _named_fields_only,
        _Origin(service, version),
    ]
    structlog.configure(
        processors=[*chain, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    library = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)],
        processors=[_library_event, _Origin(service, version), structlog.processors.JSONRenderer(ensure_ascii=False)],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(library)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # At debug level these two print records, with what people wrote in them.
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    logging.getLogger(FASTSTREAM).setLevel(logging.ERROR)


def get_logger() -> Logger:
    """The logger of the service."""
    logger: Logger = structlog.get_logger()
    return logger


class _Origin:
    def __init__(self, service: str, version: str) -> None:
        self._origin = {"service": service, "version": version}

    def __call__(self, _: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {**event, **self._origin}


def _named_fields_only(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    return {name: value for name, value in event.items() if name in FIELDS}


def _library_event(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """What a library logs has no names of ours: it is told as one event, with where it came from."""
    record: logging.LogRecord = event["_record"]
    error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
    line = {
        "timestamp": event["timestamp"],
        "level": event["level"],
        "event": "library.message",
        "reason": event["event"],
        "path": record.name,
    }
    return line | ({"error_type": error} if error else {})
