"""What a command prints: a table for people, or JSON for programs with `--json`."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

console = Console()


def show(data: Any, *, as_json: bool, columns: Sequence[str] = (), title: str = "") -> None:
    """Print `data` as JSON, or as a table of `columns` when it is a list of dictionaries."""
    if as_json:
        console.print_json(json.dumps(data, ensure_ascii=False, default=str))
        return
    rows = data if isinstance(data, list) else [data]
    names = columns or (list(rows[0]) if rows else [])
    table = Table(*(str(name) for name in names), title=title or None)
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
