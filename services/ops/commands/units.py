"""`phoihop units`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.ops.client import ProblemAnswer
from services.ops.commands.arguments import AsJson
from services.ops.errors import CommandError
from services.ops.output import show
from services.ops.surroundings import client, read_bytes

app = typer.Typer(no_args_is_help=True, help="The directory of organisation units.")


@app.command("import")
def import_units(
    units: Annotated[Path, typer.Argument(help="CSV of units.")],
    people: Annotated[Path | None, typer.Option(help="CSV of people in roles.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only check, and say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import the directory; a faulty row stops all, and each fault is named by file and line."""
    paths = {"units": units} | ({"people": people} if people else {})
    files = {part: (path.name, read_bytes(path), "text/csv") for part, path in paths.items()}
    try:
        answer = client("planner").call("POST", "/v1/units/import", params={"dry_run": dry_run}, files=files)
    except ProblemAnswer as error:
        rows = error.problem.get("rows", [])
        if not rows:
            raise
        raise CommandError(*(_fault(paths, row) for row in rows)) from None
    show(answer, as_json=as_json)


def _fault(paths: dict[str, Path], row: dict[str, Any]) -> str:
    value = f": {row['value']!r}" if row.get("value") else ""
    return f"{paths[row['file']]}:{row['line']}: {row['field'] or 'row'}: {row['message']}{value} ({row['code']})"
