"""What the operator's command says when it cannot do what it was told."""


class CommandError(Exception):
    """Ends the command with exit code 2 and this one line."""
