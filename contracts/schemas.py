"""Writes what outsiders read of the contracts, from the models: schemas, AsyncAPI document, the README's topics.

python -m contracts.schemas write    writes them; refuses (exit 2) a schema that would break its version
python -m contracts.schemas check    exit 1, with the name of each file that is not as `write` would have it
"""

import argparse
import inspect
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contracts.asyncapi import document, kept, schema_path
from contracts.base import Message
from contracts.compatibility import breaking_changes
from contracts.topics import TOPICS, Topic
from contracts.wire import readable

HERE = Path(__file__).parent
TABLE_BEGIN = "<!-- topics: begin, written by `python -m contracts.schemas write` -->\n"
TABLE_END = "<!-- topics: end -->\n"


def messages() -> dict[str, type[Message]]:
    """Every message of every topic, by the path of its schema."""
    return {schema_path(message): message for topic in TOPICS for message in topic.messages}


def schema_of(message: type[Message]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the message in its envelope, as a record holds it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:phoihop:schema:{message.type_name()}",
        **TypeAdapter(readable([message])).json_schema(),
        "title": message.__name__,
        "description": inspect.getdoc(message),
    }


def breaks(root: Path = HERE) -> list[str]:
    """What the models would break of the schemas under `root`, one line each, led by the file."""
    found = []
    for path in _schema_paths(root):
        message = messages().get(path)
        if message is None:
            found.append(f"{path}: the message is gone; remove its schema once no topic holds its records")
            continue
        old = json.loads((root / path).read_text("utf-8"))
        found += [f"{path}: {change}" for change in breaking_changes(old, schema_of(message))]
    return found


def stale(root: Path = HERE) -> list[str]:
    """The files under `root` that differ from what the models say, are missing, or belong to no message."""
    wanted = _contents(root)
    differing = [path for path, text in wanted.items() if _read(root / path) != text]
    return sorted(differing + [path for path in _schema_paths(root) if path not in wanted])


def write(root: Path = HERE) -> None:
    """Bring every file under `root` up to date; `breaks` has been asked before."""
    for path, text in _contents(root).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def topic_table(topics: Sequence[Topic] = TOPICS) -> str:
    """The topics as a Markdown table."""
    lines = ["| topic | key | messages | written by | read by | kept | partitions |", "|---|---|---|---|---|---|---|"]
    for topic in topics:
        cells = (
            f"`{topic.name}{'<unit>' if topic.per_unit else ''}`",
            topic.key,
            ", ".join(f"`{message.__name__}`" for message in topic.messages),
            topic.owner,
            ", ".join(topic.readers) or "operators",
            kept(topic),
            str(topic.partitions),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _contents(root: Path) -> dict[str, str]:
    files = {path: _json(schema_of(message)) for path, message in messages().items()}
    return {**files, "asyncapi.json": _json(document()), "README.md": _with_table(_read(root / "README.md"))}


def _with_table(readme: str) -> str:
    before, _, rest = readme.partition(TABLE_BEGIN)
    _, _, after = rest.partition(TABLE_END)
    return f"{before}{TABLE_BEGIN}{topic_table()}{TABLE_END}{after}"


def _schema_paths(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.glob("schemas/v*/*.json"))


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def main(arguments: Sequence[str] | None = None, root: Path = HERE) -> int:
    """The command. Returns its exit code: 0, 1 (`check` found stale files) or 2 (`write` would break a version)."""
    parser = argparse.ArgumentParser(prog="python -m contracts.schemas", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("action", choices=("write", "check"))
    if parser.parse_args(arguments).action == "check":
        found = stale(root)
        code = 1
    else:
        found = breaks(root)
        code = 2
        if not found:
            write(root)
    sys.stderr.writelines(f"{line}\n" for line in found)
    return code if found else 0


if __name__ == "__main__":
    sys.exit(main())
