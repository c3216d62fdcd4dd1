"""The same stack in containers, and the choice between the two.

Environment: `PHOIHOP_STACK` (`local` or `containers`) forces one kind; `PHOIHOP_KAFKA_IMAGE` and
`PHOIHOP_POSTGRES_IMAGE` name other images, such as those of `deploy/images/build`.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from deploy.local import kafka, postgres
from deploy.local.process import Guard, wait_until_ready
from deploy.local.settings import Settings, StackError
from deploy.local.stack import LocalStack, Stack

KAFKA_IMAGE = os.environ.get("PHOIHOP_KAFKA_IMAGE", "apache/kafka:4.3.0")
POSTGRES_IMAGE = os.environ.get("PHOIHOP_POSTGRES_IMAGE", "postgres:18")

_FILES = "/opt/phoihop"
# The public image's own script knows no SCRAM users; the jars are in the same place in both images.
_RUN_KAFKA = f"""
java {" ".join(kafka.JVM)} -cp '/opt/kafka/libs/*' kafka.tools.StorageTool "$@" --ignore-formatted &&
exec java {" ".join(kafka.JVM)} -Dlog4j2.configurationFile={_FILES}/log4j2.properties \\
    -cp '/opt/kafka/libs/*' kafka.Kafka {_FILES}/server.properties
"""

# Our guard does what Testcontainers' Ryuk does, without a third image to pull.
testcontainers_config.ryuk_disabled = True


class ContainerServer:
    """One server in a container that is made at the first start() and keeps its data until remove()."""

    def __init__(
        self, name: str, container: DockerContainer, ready: Callable[[], bool], *, log: Path, lock: int
    ) -> None:
        self._name = name
        self._container = container.with_name(name)
        self._engine = docker.from_env()
        self._ready = ready
        self._log = log
        self._lock = lock
        self._guard: Guard | None = None

    def start(self) -> None:
        """Make the container, or start it again; returns when the server answers. Raises StackError."""
        try:
            if self._guard is None:
                self._discard()  # left behind by a machine that went down
                self._guard = Guard('docker rm --force --volumes "$1"', self._name, lock=self._lock)
                self._container.start()
            elif made := self._find():
                made.start()
        except DockerException as error:
            raise StackError(f"{self._name} did not start: {' '.join(str(error).split())}") from error
        wait_until_ready(self._name, self._ready, lambda: self._running() is not None, self._log)

    def stop(self) -> None:
        """The image's own stop signal, and SIGKILL after 30 seconds."""
        if running := self._running():
            running.stop(timeout=30)

    def kill(self) -> None:
        """SIGKILL to every process in the container."""
        if running := self._running():
            running.kill()
            running.wait()

    def remove(self) -> None:
        """End it and forget its data; only its log stays."""
        if self._guard is not None:
            self._discard()
            self._guard.release()
            self._guard = None

    def _discard(self) -> None:
        if made := self._find():
            self._log.write_bytes(made.logs())
            made.remove(force=True, v=True)

    def _running(self) -> Any:
        """The container while it runs, else None and the log of what it said."""
        made = self._find()
        if made is None or made.status == "running":
            return made
        self._log.write_bytes(made.logs())
        return None

    def _find(self) -> Any:
        """The container as Docker's client shows it now, or None."""
        try:
            return self._engine.containers.get(self._name)
        except NotFound:
            return None


class ContainerStack(Stack):
    """Both servers in containers of a Docker engine on this machine; stop() removes them with their data."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.kafka: ContainerServer = self._server("kafka", _kafka(self.settings), kafka.answers)
        self.postgres: ContainerServer = self._server("postgres", _postgres(self.settings), postgres.answers)

    def stop(self) -> None:
        """Remove both containers and their data."""
        self.kafka.remove()
        self.postgres.remove()
        super().stop()

    def _server(self, name: str, container: DockerContainer, answers: Callable[[Settings], bool]) -> ContainerServer:
        return ContainerServer(
            f"phoihop-{self.settings.run_id}-{name}",
            container,
            lambda: answers(self.settings),
            log=self.directory / f"{name}.log",
            lock=self._lock.fileno(),
        )


def choose_stack(directory: Path) -> Stack:
    """The stack that this machine can run, not yet started; says on stderr which one and why.

    Containers where a Docker engine answers and has, or can pull, both images; else plain processes.
    Raises StackError when `PHOIHOP_STACK` asks for containers that cannot be had, or for something else.
    """
    wanted = os.environ.get("PHOIHOP_STACK", "")
    if wanted not in {"", "local", "containers"}:
        raise StackError(f"PHOIHOP_STACK is {wanted!r}; it may be 'local' or 'containers'")
    obstacle = "PHOIHOP_STACK=local" if wanted == "local" else _obstacle()
    if wanted == "containers" and obstacle:
        raise StackError(f"PHOIHOP_STACK=containers, but {obstacle}")
    if obstacle:
        print(f"stack: plain processes ({obstacle})", file=sys.stderr)  # noqa: T201
        return LocalStack(directory)
    print(f"stack: containers of {KAFKA_IMAGE} and {POSTGRES_IMAGE}", file=sys.stderr)  # noqa: T201
    return ContainerStack(directory)


def _obstacle() -> str:
    """Why containers cannot be used, or nothing."""
    try:
        client = docker.from_env()
        client.ping()
    except DockerException:
        return "no Docker engine answers"
    for image in (KAFKA_IMAGE, POSTGRES_IMAGE):
        try:
            client.images.get(image)
        except ImageNotFound:
            try:
                client.images.pull(image)
            except DockerException:
                return f"the image {image} is not there and cannot be pulled"
    return ""


def _kafka(settings: Settings) -> DockerContainer:
    container = DockerContainer(KAFKA_IMAGE).with_kwargs(entrypoint=["sh", "-c", _RUN_KAFKA, "kafka"])
    container.with_command(kafka.format_arguments(settings, f"{_FILES}/server.properties"))
    everywhere = "0.0.0.0"  # noqa: S104 - of the container, whose port is published on loopback only
    properties = kafka.properties(settings, listen=everywhere, data=Path("/var/lib/kafka/data"))
    container.with_copy_into_container(properties.encode(), f"{_FILES}/server.properties")
    container.with_copy_into_container(kafka.FILES / "log4j2.properties", f"{_FILES}/log4j2.properties")
    # The port is the same inside, so that the one advertised address also serves the broker itself.
    return _published(container, settings.kafka_port, settings.kafka_port)


def _postgres(settings: Settings) -> DockerContainer:
    options = {**postgres.OPTIONS, "listen_addresses": "*"}
    container = DockerContainer(POSTGRES_IMAGE).with_kwargs(shm_size="256m")
    container.with_envs(
        POSTGRES_PASSWORD=settings.postgres_password, POSTGRES_INITDB_ARGS=" ".join(postgres.INITDB_ARGUMENTS)
    )
    container.with_command(["postgres", *(f"--{name}={value}" for name, value in options.items())])
    return _published(container, 5432, settings.postgres_port)


def _published(container: DockerContainer, inside: int, outside: int) -> DockerContainer:
    """Reachable from this machine alone, which with_bind_ports() cannot say."""
    container.ports[f"{inside}/tcp"] = ("127.0.0.1", outside)  # type: ignore[assignment]  # Docker's client takes it
    return container
