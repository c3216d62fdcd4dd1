"""The three services as processes on a local stack, for the demo and the tests that need real processes."""

import asyncio
import json
import secrets
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from contracts.topics import SERVICES
from deploy.local import keys
from deploy.local.keycloak import Client, LocalKeycloak
from deploy.local.process import Process
from deploy.local.settings import StackError, free_ports, write_private
from deploy.local.stack import Stack
from services.kit.migrate import create_roles, migrate
from services.kit.settings import KafkaSettings
from services.ops.kafka_admin import KafkaAdmin

DATABASE = "phoihop"
KEYCLOAK = "keycloak"


@dataclass(frozen=True)
class Accounts:
    """Ports, and passwords of the services' roles, users and clients, the same after every restart."""

    ports: dict[str, int]
    """Of the services and of Keycloak."""
    roles: dict[str, str]
    users: dict[str, str]
    clients: dict[str, str]
    """Of the services at Keycloak, and its administrator's."""

    @classmethod
    def of(cls, directory: Path) -> "Accounts":
        """Read them from the directory, where they are made the first time (mode 0600)."""
        file = directory / "accounts.json"
        if not file.exists():
            new = cls(
                ports=dict(zip((*SERVICES, KEYCLOAK), free_ports(len(SERVICES) + 1), strict=True)),
                roles={service: secrets.token_urlsafe(24) for service in SERVICES},
                users={user: secrets.token_urlsafe(24) for user in (*SERVICES, "portal")},
                clients={client: secrets.token_urlsafe(24) for client in (*SERVICES, KEYCLOAK)},
            )
            write_private(file, json.dumps(vars(new), indent=1))
        return cls(**json.loads(file.read_text()))


class LocalServices:
    """Planner, tracker and notifier on one stack. `environment` adds to every service's settings.

    `keycloak` is started by whoever wants people to sign on; the services do without it until somebody does.
    """

    def __init__(self, stack: Stack, directory: Path, environment: Mapping[str, str]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory.absolute()
        self._stack = stack
        self._environment = dict(environment)
        self._accounts = Accounts.of(self.directory)
        self.keycloak = LocalKeycloak(
            self.directory / KEYCLOAK,
            port=self._accounts.ports[KEYCLOAK],
            password=self._accounts.clients[KEYCLOAK],
            key=keys.pem(self.directory),
            clients={service: Client(self.url(service), self._accounts.clients[service]) for service in SERVICES},
        )
        self.processes = {service: self._process(service) for service in SERVICES}
        self._supervising = threading.Event()
        self._supervisor: threading.Thread | None = None
        self._busy = {service: threading.Lock() for service in SERVICES}
        self._halted: set[str] = set()

    def prepare(self) -> None:
        """Make topics, users, roles, the database and its schemas; what is there stays."""
        admin = KafkaAdmin(self.kafka_settings(self._stack.kafka_admin[0]))
        admin.make_topics()
        admin.make_users(self._accounts.users)
        asyncio.run(self._prepare_database())

    async def _prepare_database(self) -> None:
        await create_roles(self._stack.postgres_dsn, self._accounts.roles)
        connection = await asyncpg.connect(self._stack.postgres_dsn)
        try:
            with suppress(asyncpg.DuplicateDatabaseError):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()
        for service in SERVICES:
            await migrate(service, dsn=self.owner_dsn)

    @property
    def owner_dsn(self) -> str:
        """The DSN of the role that owns the schemas."""
        return urlunsplit(urlsplit(self._stack.postgres_dsn)._replace(path=f"/{DATABASE}"))

    def url(self, service: str) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self._accounts.ports[service]}"

    def token(self, person_id: str, unit_id: str, roles: Sequence[str], ttl: int) -> str:
        """A bearer token of a person, good for `ttl` seconds, whether they have an account or not."""
        return keys.sign(self.directory, self.keycloak.issuer, person_id, unit_id, roles, ttl)

    def kafka_settings(self, user: str) -> KafkaSettings:
        """How a principal reaches the broker."""
        name, password = self._stack.kafka_admin
        return KafkaSettings.model_validate(
            {
                "bootstrap": self._stack.kafka_bootstrap,
                "username": user,
                "password": password if user == name else self._accounts.users[user],
            }
        )

    def start(self, *, supervise: bool = False) -> None:
        """Start all three and return when they are ready; with `supervise`, restart whichever ends."""
        for service, process in self.processes.items():
            process.start(self.is_ready(service))
        if supervise:
            self._supervisor = threading.Thread(target=self._supervise, daemon=True)
            self._supervisor.start()

    def stop(self) -> None:
        """Stop all three and Keycloak, as a cluster would (SIGTERM)."""
        self._supervising.set()
        if self._supervisor is not None:
            self._supervisor.join()
        for process in self.processes.values():
            process.stop()
        self.keycloak.stop()

    def kill(self, service: str) -> None:
        """End a service as a power cut would."""
        with self._busy[service]:
            self.processes[service].kill()

    def halt(self, service: str) -> None:
        """Stop one service in good order; it stays down until `restart`."""
        with self._busy[service]:
            self._halted.add(service)
            self.processes[service].stop()

    def restart(self, service: str) -> None:
        """Start it again after `kill` or `halt`, and return when it is ready."""
        with self._busy[service]:
            self._halted.discard(service)
            self.processes[service].start(self.is_ready(service))

    def is_ready(self, service: str) -> Callable[[], bool]:
        """A question whether the service is ready now."""

        def ask() -> bool:
            try:
                with urllib.request.urlopen(f"{self.url(service)}/readyz", timeout=2) as answer:  # noqa: S310
                    return bool(answer.status == 200)
            except OSError:
                return False

        return ask

    def _supervise(self) -> None:
        while not self._supervising.wait(0.3):
            for service, process in self.processes.items():
                with self._busy[service]:
                    if process.pid is None and service not in self._halted and not self._supervising.is_set():
                        with suppress(StackError):
                            process.start(self.is_ready(service))

    def _process(self, service: str) -> Process:
        return Process(
            service,
            [sys.executable, "-m", f"services.{service}.app"],
            log=self.directory / f"{service}.log",
            environment=self._settings(service),
        )

    def _settings(self, service: str) -> dict[str, str]:
        server = urlsplit(self._stack.postgres_dsn)
        return {
            "PHOIHOP_PROFILE": "local",
            "PHOIHOP_KAFKA__BOOTSTRAP": self._stack.kafka_bootstrap,
            "PHOIHOP_KAFKA__USERNAME": service,
            "PHOIHOP_KAFKA__PASSWORD": self._accounts.users[service],
            "PHOIHOP_DATABASE__HOST": str(server.hostname),
            "PHOIHOP_DATABASE__PORT": str(server.port),
            "PHOIHOP_DATABASE__NAME": DATABASE,
            "PHOIHOP_DATABASE__USER": service,
            "PHOIHOP_DATABASE__PASSWORD": self._accounts.roles[service],
            "PHOIHOP_TOKENS__JWKS": str(keys.jwks(self.directory)),
            "PHOIHOP_TOKENS__ISSUER": self.keycloak.issuer,
            "PHOIHOP_SIGN_ON__CLIENT_ID": service,
            "PHOIHOP_SIGN_ON__CLIENT_SECRET": self._accounts.clients[service],
            **{f"PHOIHOP_SIGN_ON__SITES__{site.upper()}": self.url(site) for site in SERVICES},
            "PHOIHOP_HTTP__PORT": str(self._accounts.ports[service]),
            **self._environment,
        }

    def __enter__(self) -> Self:
        self.prepare()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
