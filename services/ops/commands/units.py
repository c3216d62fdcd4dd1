"""`phoihop units`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.ops.client import ProblemAnswer
from services.ops.commands.arguments import AsJson
from services.ops.errors import CommandError
from services.ops.output import complain, show
from services.ops.surroundings import client, read_bytes

app = typer.Typer(no_args_is_help=True, help="The directory of organisation units.")


@app.command("import")
def import_units(
    units: Annotated[Path, typer.Argument(help="Units, CSV or Excel; an Excel file may hold both sheets.")],
    people: Annotated[Path | None, typer.Option(help="People in roles, CSV or Excel.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only check, and say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import the directory; a faulty row stops all, and each fault is named by file and line."""
    paths = {"units": units, "people": people or units}
    files = {
        part: (path.name, read_bytes(path), "application/octet-stream")
        for part, path in paths.items()
        if part == "units" or people
    }
    try:
        answer = client("planner").call("POST", "/v1/units/import", params={"dry_run": dry_run}, files=files)
    except ProblemAnswer as error:
        rows = error.problem.get("rows", [])
        if not rows:
            raise
        raise CommandError(*(_fault(paths, row) for row in rows)) from None
    if dry_run:
        _count_open_tasks(answer["ending"])
    if as_json:
        show(answer, as_json=True)
        return
    show([{"file": part, **answer[part]} for part in ("units", "people")], as_json=False)
    show(answer["rows"], as_json=False, columns=["file", "first", "last", "outcome", "fields"], title="Rows")
    columns = ["unit_id", "name", "valid_to", "successors", *(["open_tasks"] if dry_run else [])]
    show(answer["ending"], as_json=False, columns=columns, title=f"{len(answer['ending'])} units that end")
    if dry_run:
        _show_moves(answer)


def _show_moves(answer: dict[str, Any]) -> None:
    """What plans in force will ask for less or more, plan by plan and then unit by unit."""
    moves = answer["moves"]
    title = f"{len(moves)} plans in force that move" + (f" by {answer['moves_by']}" if moves else "")
    columns = ["plan_id", "number", "title", "before", "after", "changed", "undecided"]
    show(moves, as_json=False, columns=columns, title=title)
    units = [{"plan": plan["number"] or plan["plan_id"], **unit} for plan in moves for unit in plan["units"]]
    if units:
        show(units, as_json=False, columns=["plan", "unit_id", "before", "after"], title="Tasks of units")


def _count_open_tasks(ending: list[dict[str, Any]]) -> None:
    """Add to each unit what the tracker holds for it: what would follow to a successor, or wait for a decision."""
    unit_ids = [unit["unit_id"] for unit in ending]
    if not unit_ids:
        return
    try:
        found = client("tracker").call("POST", "/v1/units/open-tasks", json={"unit_ids": unit_ids})
    except CommandError as error:
        for unit in ending:
            unit["open_tasks"] = None
        complain(CommandError(f"how many tasks that concerns is unknown: {error}"))
        return
    tasks = {each["unit_id"]: each["tasks"] for each in found}
    for unit in ending:
        unit["open_tasks"] = tasks.get(unit["unit_id"], 0)


def _fault(paths: dict[str, Path], row: dict[str, Any]) -> str:
    value = f": {row['value']!r}" if row.get("value") else ""
    return f"{paths[row['file']]}:{row['line']}: {row['field'] or 'row'}: {row['message']}{value} ({row['code']})"
