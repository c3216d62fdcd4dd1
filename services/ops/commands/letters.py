"""`phoihop dead-letters`."""

from typing import Annotated

import typer

from services.ops.commands.arguments import AsJson, known_service
from services.ops.output import for_each, show
from services.ops.surroundings import kafka_settings

app = typer.Typer(no_args_is_help=True, help="Records that no service could use.")

SHOWN = 20_000
"""Characters of a record."""


@app.command("list")
def list_letters(
    service: Annotated[str | None, typer.Option(callback=known_service, help="Only of this service.")] = None,
    as_json: AsJson = False,
) -> None:
    """What was set aside, and why."""
    from services.ops.dead_letters import read_letters

    show([letter.summary() for letter in read_letters(kafka_settings(), service)], as_json=as_json)


@app.command("show")
def show_letter(place: str, as_json: AsJson = False) -> None:
    """One dead letter with its record."""
    from services.ops.dead_letters import find_letter

    letter = find_letter(kafka_settings(), place)
    record = (letter.data.record_value or b"").decode(errors="backslashreplace")
    show(letter.summary() | {"record_value": record[:SHOWN]}, as_json=as_json)


@app.command("replay")
def replay_letters(places: list[str], as_json: AsJson = False) -> None:
    """Publish records again where they came from; what was acted on meanwhile changes nothing."""
    from services.ops.dead_letters import find_letter, replay

    kafka = kafka_settings()

    def one(place: str) -> dict[str, str]:
        letter = find_letter(kafka, place)
        replay(kafka, letter)
        return {"replayed": place, "to": letter.data.topic}

    for_each(places, one, as_json=as_json)
