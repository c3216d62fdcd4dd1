"""What a file holds: its text, and what a person should know of how it was read."""

from dataclasses import dataclass

from contracts.plans import Warning


@dataclass(frozen=True)
class Contents:
    """The text of a file; the lines that a warning names are lines of it."""

    text: str
    warnings: tuple[Warning, ...] = ()
