"""Runs `phoihop` as its user does, in this process."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.ops import cli


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    def line(self) -> str:
        """The one line of an error. Asserts that there is no more than it."""
        assert (self.code, self.out) == (2, "")
        assert self.err.startswith("phoihop: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("phoihop: ").rstrip("\n")


class Phoihop:
    """`phoihop("plans", "list")`. `set` changes the environment of the commands that follow."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str], directory: Path) -> None:
        self._patch = patch
        self._capture = capture
        self._token_file = directory / "token"

    def __call__(self, *arguments: str | Path) -> Said:
        """Run it. What it raises beside SystemExit, its user would see as a traceback."""
        self._patch.setattr(sys, "argv", ["phoihop", *map(str, arguments)])
        self._capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = self._capture.readouterr()
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    def set(self, **environment: str | Path) -> "Phoihop":
        """Set `PHOIHOP_<name>`."""
        for name, value in environment.items():
            self._patch.setenv(f"PHOIHOP_{name}", str(value))
        return self

    def sign_on(self, token: str | bytes) -> "Phoihop":
        """Act with this in the token file."""
        self._token_file.write_bytes(token if isinstance(token, bytes) else token.encode())
        return self.set(TOKEN_FILE=self._token_file)


@pytest.fixture
def phoihop(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Phoihop:
    """The command, without any setting."""
    for name in list(os.environ):
        if name.startswith("PHOIHOP_"):
            monkeypatch.delenv(name)
    return Phoihop(monkeypatch, capsys, tmp_path)
