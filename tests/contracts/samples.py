"""The examples that the contracts ship, of all versions, and the topic that each belongs on."""

import json
from pathlib import Path
from typing import Any

import contracts.schemas
from contracts.topics import TOPICS

ROOT = Path(contracts.schemas.__file__).parent
EXAMPLES = sorted((ROOT / "examples").glob("v*/*.json"))
FULL = [path for path in EXAMPLES if not path.stem.endswith(".minimal")]
MINIMAL = [path for path in EXAMPLES if path.stem.endswith(".minimal")]


def load(path: Path) -> dict[str, Any]:
    """The example as plain JSON."""
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


def topic_of(path: Path) -> str:
    """The topic that the example's file name and version say; of a unit's own topics, the one of its unit."""
    name, version = path.name.split(".")[0], int(path.parent.name.removeprefix("v"))
    for topic in TOPICS:
        if any((message.__name__, message.VERSION) == (name, version) for message in topic.messages):
            return topic.name + (load(path)["data"]["unit_id"] if topic.per_unit else "")
    raise LookupError(f"{path}: no topic has {name}, version {version}: records of it are no longer readable")


def dumped(record: object) -> bytes:
    """A record's value."""
    return json.dumps(record, ensure_ascii=False).encode()
