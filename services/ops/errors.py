"""What the operator's command says when it cannot do what it was told."""


class CommandError(Exception):
    """Ends the command with exit code 2. Its arguments are lines: one, or one for each fault of a file."""


class Unreachable(CommandError):
    """A service or the broker does not answer: whatever else the command was to do would fail as well."""
