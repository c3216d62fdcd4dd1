"""What a command prints: a table for people, or JSON for programs with `--json`; errors go to stderr."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from services.ops.errors import CommandError, Unreachable

T = TypeVar("T")

UNLIMITED = 1_000_000
"""Columns of characters: more than any row has."""
PADDING = 3
"""Columns of characters between two columns of a table."""
LONGEST_WORD = 100
"""Columns of characters. What is longer is no identifier but a record's content."""


def show(data: Any, *, as_json: bool, columns: Sequence[str] = (), title: str = "") -> None:
    """Print `data` as JSON; or a list of dictionaries as a table of `columns`, one dictionary a line for each entry."""
    if as_json:
        text = json.dumps(data, ensure_ascii=False, default=str, indent=2)
        typer.echo(text.encode(errors="backslashreplace"))  # half a surrogate pair, of a file's name, as JSON writes it
    elif isinstance(data, Mapping):
        _print([(name, _cell(value)) for name, value in data.items()], ["", ""], title, headed=False)
    else:
        names = columns or (list(data[0]) if data else [])
        _print([[_cell(row.get(name)) for name in names] for row in data], names, title)


def for_each(things: Iterable[T], do: Callable[[T], Mapping[str, Any]], *, as_json: bool) -> None:
    """Do it for each thing, and say of each what was done. A failure is told, the others go on, the exit code is 2.

    Raises Unreachable at once.
    """
    done, failed = [], False
    try:
        for thing in things:
            try:
                row = do(thing)
            except Unreachable:
                raise
            except CommandError as error:
                complain(error)
                failed = True
                continue
            done.append(row)
            if not as_json:
                typer.echo("  ".join(_cell(value) for value in row.values()))
    finally:
        if as_json:
            show(done, as_json=True)
    if failed:
        raise typer.Exit(2)


def complain(error: CommandError) -> None:
    """Print an error's lines."""
    for line in error.args:
        typer.secho(f"phoihop: {printable(line)}", fg="red", err=True)


def printable(text: str) -> str:
    """The text in one line, with escapes for what would move the cursor, change colours or not be seen."""
    return "".join(repr(character)[1:-1] if _is_control(character) else character for character in text)


def _is_control(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping | list | tuple):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return printable(str(value))


def _print(rows: Sequence[Sequence[str]], names: Sequence[str], title: str, *, headed: bool = True) -> None:
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, show_header=headed, pad_edge=False)
    least = 2
    for position, name in enumerate(names):
        cells = [name, *(row[position] for row in rows)]
        # Words hold what one types next: they are neither cut nor, where each cell is a single one, wrapped.
        longest = min(LONGEST_WORD, max(cell_len(word) for cell in cells for word in ["", *cell.split()]))
        single = all(" " not in cell for cell in cells)
        table.add_column(name, no_wrap=single and longest < LONGEST_WORD, min_width=longest, overflow="fold")
        least += longest + PADDING
    for row in rows:
        table.add_row(*row)
    # Not as rich reads text: what looks like markup or an emoji code is meant as it stands.
    console = Console(markup=False, emoji=False, highlight=False)
    console.width = max(console.width, least) if console.is_terminal else UNLIMITED
    console.print(table, crop=False)  # a terminal that is too narrow for the words wraps the lines itself
