"""`phoihop`: the operator's and the office's command line. A group of commands is a module of `commands`."""

import importlib
import sys
from datetime import datetime
from typing import Annotated

import typer

from services.ops.commands import letters, migrations, plans, topics, units, versions
from services.ops.commands.arguments import AsJson, known_service
from services.ops.errors import CommandError
from services.ops.output import complain, show
from services.ops.surroundings import client, kafka_settings, settings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,  # help as plain text: in boxes it is cut, and square brackets vanish
    help="Coordination plans: import, sign, sweep, look after.",
)
app.add_typer(topics.app, name="topics")
app.add_typer(units.app, name="units")
app.add_typer(plans.app, name="plans")
plans.app.add_typer(versions.app)  # commands of `plans` as well
app.add_typer(letters.app, name="dead-letters")
app.command()(migrations.migrate)


def main() -> None:
    """Run; an error is one line and exit code 2."""
    try:
        sys.exit(app(standalone_mode=False))
    except CommandError as error:
        complain(error)
    except typer.TyperException as error:
        message = error.format_message()
        if message.startswith("Usage:"):  # a group without a command: its help
            typer.echo(message, err=True)
        else:
            complain(CommandError(message))
    sys.exit(2)


@app.command()
def serve(service: Annotated[str, typer.Argument(callback=known_service)]) -> None:
    """Run planner, tracker or notifier in the foreground until SIGTERM."""
    importlib.import_module(f"services.{service}.app").main()


@app.command()
def sweep(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A day in Viet Nam.")],
    as_json: AsJson = False,
) -> None:
    """Ask the tracker to look for deadlines as of a morning."""
    show(client("tracker").call("POST", "/v1/sweeps", json={"day": f"{day:%Y-%m-%d}"}), as_json=as_json)


@app.command()
def reconcile(as_json: AsJson = False) -> None:
    """Compare planner's scope, tracker's tasks and the topics; exit code 1 when they differ."""
    from services.ops.reconcile import as_rows
    from services.ops.reconcile import reconcile as compare

    counts = compare(client("planner"), client("tracker"), kafka_settings())
    show(as_rows(counts), as_json=as_json)
    if not all(count.holds for count in counts):
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """One look: are the services ready, and does anything wait? Exit code 1 when one is not alive or not ready."""
    from services.ops.status import status as look

    rows = look(settings())
    show(rows, as_json=as_json)
    if any(row[probe] != "yes" for row in rows for probe in ("alive", "ready")):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
