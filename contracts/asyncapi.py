"""The AsyncAPI 3.0 document of all topics: who sends and receives what, where, and how long it is kept."""

import inspect
from typing import Any

from contracts.base import Message
from contracts.topics import TOPICS, UNIT, Topic

VERSION = "1.0.0"
"""Of the contracts as a whole, as in `pyproject.toml`; each message has a version of its own."""

_Json = dict[str, Any]


def document() -> _Json:
    """The document, with one operation for each service and topic. References lead to `schemas/` beside it."""
    messages = {message.type_name(): message for topic in TOPICS for message in topic.messages}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "phoihop",
            "version": VERSION,
            "description": "Coordination plans become tasks, statuses and alerts: every topic and who uses it.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {_channel_id(topic): _channel(topic) for topic in TOPICS},
        "operations": dict(operation for topic in TOPICS for operation in _operations(topic)),
        "components": {"messages": {name: _message(message) for name, message in messages.items()}},
    }


def schema_path(message: type[Message]) -> str:
    """Where the message's JSON Schema stands, beside this module."""
    return f"schemas/v{message.VERSION}/{message.__name__}.json"


def _channel_id(topic: Topic) -> str:
    """The topic's name; for topics of one unit each, the name that they share."""
    return topic.name.rstrip("-")


def kept(topic: Topic) -> str:
    """How long the topic's records are kept, in words."""
    if topic.compacted:
        return "the last of each key"
    return "for ever" if topic.retention is None else f"{topic.retention.days} days"


def _principal(name: str) -> str:
    """Who uses a topic; `unit` on those of one unit each."""
    return "unit" if name == UNIT else name


def _channel(topic: Topic) -> _Json:
    channel: _Json = {
        "address": f"{topic.name}{{unit}}" if topic.per_unit else topic.name,
        "messages": {
            message.type_name(): {"$ref": f"#/components/messages/{message.type_name()}"} for message in topic.messages
        },
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [topic.config["cleanup.policy"]],
                    "retention.ms": int(topic.config["retention.ms"]),
                    "retention.bytes": int(topic.config["retention.bytes"]),
                    "max.message.bytes": int(topic.config["max.message.bytes"]),
                },
                "bindingVersion": "0.5.0",
            }
        },
        "x-key": topic.key,
        "x-kept": kept(topic),
        "x-owner": topic.owner,
        "x-readers": list(topic.readers),
    }
    if topic.per_unit:
        channel["parameters"] = {
            "unit": {"description": "The unit whose system alone uses the topic, beside the planner."}
        }
    return channel


def _operations(topic: Topic) -> list[tuple[str, _Json]]:
    parts = [("send", _principal(topic.owner)), *(("receive", _principal(reader)) for reader in topic.readers)]
    channel = _channel_id(topic)
    return [
        (
            f"{service}-{action}-{channel}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{channel}"},
                "tags": [{"name": service}],
                "messages": [
                    {"$ref": f"#/channels/{channel}/messages/{message.type_name()}"} for message in topic.messages
                ],
            },
        )
        for action, service in parts
    ]


def _message(message: type[Message]) -> _Json:
    description = inspect.getdoc(message) or ""
    return {
        "name": message.type_name(),
        "title": message.__name__,
        "summary": description.split("\n\n")[0],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": schema_path(message)},
        },
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }
