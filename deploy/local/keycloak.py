"""Keycloak from Maven's distribution, which `deploy/local/prepare` fetches, with the realm of `deploy/keycloak`."""

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kafka import JVM, java
from deploy.local.process import Process
from deploy.local.settings import StackError, write_private

REALM = Path(__file__).parents[1] / "keycloak" / "realm.json"
DISTRIBUTION = Path(__file__).parents[2] / "var" / "local" / "keycloak" / "dist"
ADMIN = "admin"
# As bin/kc.sh starts it.
_OPTIONS = (
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    *(f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in ("util", "util.concurrent", "security")),
)


@dataclass(frozen=True)
class Client:
    """A service as the realm knows it: where browsers reach it, and its secret."""

    url: str
    secret: str


@dataclass(frozen=True)
class Account:
    """A person who may log in. Without unit and roles they have no right here."""

    username: str
    password: str
    name: str
    person_id: str = ""
    unit_id: str = ""
    roles: Sequence[str] = ()


class LocalKeycloak:
    """An identity provider for one directory, on loopback and without TLS; its data stay in the directory.

    It signs with `key` (PEM), so that its tokens and those of `deploy.local.keys` are of one issuer.
    """

    def __init__(self, directory: Path, *, port: int, password: str, key: str, clients: Mapping[str, Client]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._home = directory.absolute()
        self._key = key
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = {"KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD": password}
        for name, client in clients.items():
            environment |= {f"{name.upper()}_URL": client.url, f"{name.upper()}_SECRET": client.secret}
        self._process = Process(
            "keycloak",
            [
                java(),
                *JVM,
                f"-Dkc.home.dir={self._home}",
                *_OPTIONS,
                *(
                    "-cp",
                    str(DISTRIBUTION / "lib" / "quarkus-run.jar"),
                    "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                ),
                *("start", "--optimized", "--import-realm", "--cache=local", "--http-enabled=true"),
                *("--http-host=127.0.0.1", f"--http-port={port}", f"--hostname={self.url}"),
            ],
            log=self._home / "keycloak.log",
            environment=environment,
        )

    @property
    def issuer(self) -> str:
        """Who its tokens are from."""
        return f"{self.url}/realms/phoihop"

    def start(self, accounts: Sequence[Account]) -> None:
        """Start, with these people in its realm the first time; returns when it answers. Raises StackError."""
        if not DISTRIBUTION.exists():
            raise StackError(f"no Keycloak in {DISTRIBUTION}: run deploy/local/prepare")
        for part in ("conf", "lib", "providers", "themes"):
            link = self._home / part
            if not link.exists():
                link.symlink_to(DISTRIBUTION / part)
        realm = json.loads(REALM.read_text(encoding="utf-8"))
        realm |= {"privateKey": self._key, "users": [_user(account) for account in accounts]}
        imported = self._home / "data" / "import"
        imported.mkdir(parents=True, exist_ok=True)
        write_private(imported / "phoihop-realm.json", json.dumps(realm))
        self._process.start(self._answers, timeout=180)

    def stop(self) -> None:
        """End it in order; harmless when it does not run."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False


def _user(account: Account) -> dict[str, object]:
    attributes = {"person_id": account.person_id, "unit": account.unit_id}
    return {
        "username": account.username,
        "enabled": True,
        "firstName": account.name,
        "attributes": {name: [value] for name, value in attributes.items() if value},
        "realmRoles": list(account.roles),
        "credentials": [{"type": "password", "value": account.password}],
    }
