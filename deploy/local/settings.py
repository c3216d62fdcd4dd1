"""What a stack's directory fixes for its whole life: ports and passwords, the same after every restart."""

import json
import os
import random
import secrets
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


class StackError(Exception):
    """A part of the stack does not work; the message is one line that says which, and where its log is."""


@dataclass(frozen=True)
class Settings:
    """Ports on 127.0.0.1 and the passwords of the two administrators (`admin` of Kafka, `postgres`)."""

    kafka_port: int
    controller_port: int
    postgres_port: int
    kafka_password: str
    controller_password: str
    postgres_password: str
    run_id: str
    """Tells this directory's containers from those of others."""

    @classmethod
    def of(cls, directory: Path) -> "Settings":
        """Read them from `directory`/stack.json, which is made with new ones (mode 0600) if missing."""
        file = directory / "stack.json"
        if not file.exists():
            directory.mkdir(parents=True, exist_ok=True)
            write_private(file, json.dumps(asdict(cls._new()), indent=1))
        return cls(**json.loads(file.read_text()))

    @classmethod
    def _new(cls) -> "Settings":
        kafka, controller, postgres = free_ports(3)
        return cls(
            kafka_port=kafka,
            controller_port=controller,
            postgres_port=postgres,
            kafka_password=secrets.token_urlsafe(24),
            controller_password=secrets.token_urlsafe(24),
            postgres_password=secrets.token_urlsafe(24),
            run_id=secrets.token_hex(6),
        )


def free_ports(count: int) -> list[int]:
    """Free TCP ports of 127.0.0.1 below the range that the kernel gives to outgoing connections.

    From that range, a client that retries while the server is down is sooner or later given the server's
    own port, connects to itself, and the server cannot come back.
    """
    ports: list[int] = []
    for port in random.sample(range(20_000, 32_000), 1_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise StackError(f"no {count} free ports between 20000 and 32000 on 127.0.0.1")


def write_private(file: Path, text: str) -> None:
    """Write `text` so that nobody else can read it at any moment (mode 0600) and no half file is ever seen."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)
