"""Arguments and options that several commands have."""

from typing import Annotated

import typer

from contracts.topics import SERVICES

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def known_service(name: str | None) -> str | None:
    """The name of a service, or none. Raises BadParameter."""
    if name is not None and name not in SERVICES:
        raise typer.BadParameter(f"{name!r} is not a service; one of {', '.join(SERVICES)}")
    return name
