"""What a command takes from its surroundings: settings, files, the token. What is wrong with them is a CommandError."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError
from pydantic_settings import SettingsError

from services.kit.settings import KafkaSettings
from services.ops.client import Client
from services.ops.errors import CommandError
from services.ops.settings import OpsSettings


def settings() -> OpsSettings:
    """The settings from the environment."""
    try:
        return OpsSettings()
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        name = "PHOIHOP_" + "__".join(map(str, fault["loc"])).upper()
        raise CommandError(f"{name}: {fault['msg']}") from None
    except SettingsError as error:  # a variable that should hold JSON
        raise CommandError(str(error)) from None


def kafka_settings() -> KafkaSettings:
    """The settings of a broker that answers and knows the user. Waits for it for some seconds."""
    from services.ops.broker import require_broker

    found = settings().kafka
    if found is None:
        raise CommandError("set PHOIHOP_KAFKA__BOOTSTRAP, PHOIHOP_KAFKA__USERNAME and PHOIHOP_KAFKA__PASSWORD")
    require_broker(found)
    return found


def client(service: str) -> Client:
    """A client of a service, with the token of the person who works."""
    given = settings()
    if given.token_file is None:
        raise CommandError("set PHOIHOP_TOKEN_FILE to a file with your bearer token")
    token = read_secret(given.token_file)
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise CommandError(f"{given.token_file}:1: not a bearer token: it has letters, digits and `-._` only")
    return Client(given.url_of(service), lambda: token, patience=5)


def passwords(folder: Path | None, variable: str) -> dict[str, str]:
    """The passwords in a folder, by the names of its files. `variable` is the setting that names the folder."""
    if folder is None or not folder.is_dir():
        raise CommandError(f"set {variable} to a folder with one file per name, its password inside")
    return {path.name: read_secret(path) for path in sorted(folder.iterdir()) if path.is_file()}


def read_secret(path: Path) -> str:
    """The one line that a file holds."""
    try:
        lines = read_bytes(path).decode().strip().splitlines()
    except UnicodeDecodeError:
        raise CommandError(f"{path}: not UTF-8") from None
    if len(lines) != 1:
        raise CommandError(f"{path}: {f'{len(lines)} lines' if lines else 'empty'}; one line is expected")
    return lines[0]


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A new file that its owner alone may read (mode 0600). What fails leaves none behind."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink()
        raise


def read_bytes(path: Path) -> bytes:
    """What a file holds."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: U+0000 in the path
        raise CommandError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
