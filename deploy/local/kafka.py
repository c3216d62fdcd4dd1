"""Kafka as one KRaft node from Maven's jars, which `deploy/local/prepare` fetches."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from string import Template

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.local.process import Process, complaint
from deploy.local.settings import Settings, StackError, write_private

FILES = Path(__file__).parent / "kafka"
JARS = Path(__file__).parents[2] / "var" / "local" / "kafka" / "lib"
ADMIN = "admin"
# A broker that lives for minutes gains nothing from the second compiler and loses a second of start to it.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class LocalKafka:
    """The broker of one stack; its log segments lie in `directory`/data."""

    def __init__(self, directory: Path, settings: Settings, *, lock: int) -> None:
        self._directory = directory
        self._formatted = directory / "formatted"
        self._properties = directory / "server.properties"
        self._settings = settings
        directory.mkdir(parents=True, exist_ok=True)
        log4j = f"-Dlog4j2.configurationFile={FILES / 'log4j2.properties'}"
        self._process = Process(
            "kafka",
            [java(), *JVM, log4j, "-cp", f"{JARS}/*", "kafka.Kafka", str(self._properties)],
            log=directory / "kafka.log",
            lock=lock,
        )

    @property
    def pid(self) -> int | None:
        """Process id of the broker while it runs."""
        return self._process.pid

    def start(self) -> None:
        """Start, after formatting the storage the first time; returns when the broker names itself."""
        data = self._directory / "data"
        write_private(self._properties, properties(self._settings, listen="127.0.0.1", data=data))
        if not self._formatted.exists():
            shutil.rmtree(data, ignore_errors=True)  # a format that was interrupted
            self._format()
            self._formatted.touch()
        self._process.start(lambda: answers(self._settings))

    def stop(self) -> None:
        """End in order: segments are flushed, groups told."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def _format(self) -> None:
        if not any(JARS.glob("kafka_*.jar")):
            raise StackError(f"no Kafka in {JARS}: run deploy/local/prepare")
        log = self._directory / "format.log"
        arguments = format_arguments(self._settings, str(self._properties))
        command = [java(), *JVM, "-cp", f"{JARS}/*", "kafka.tools.StorageTool", *arguments]
        with log.open("w") as output:
            made = subprocess.run(command, stdout=output, stderr=output, timeout=120, check=False)
        if made.returncode:
            raise StackError(f"kafka could not format its storage: {complaint(log)} (log: {log})")


def properties(settings: Settings, *, listen: str, data: Path) -> str:
    """The broker's configuration: clients' listener bound to the address `listen`, storage in `data`."""
    template = Template((FILES / "server.properties").read_text())
    return template.substitute(
        listen=listen,
        data=data,
        kafka_port=settings.kafka_port,
        controller_port=settings.controller_port,
        kafka_password=settings.kafka_password,
        controller_password=settings.controller_password,
    )


def format_arguments(settings: Settings, properties: str) -> list[str]:
    """Arguments of StorageTool that format the storage with the administrator as its first SCRAM user."""
    user = f"SCRAM-SHA-512=[name={ADMIN},password={settings.kafka_password}]"
    # The cluster's id is 16 bytes in base64 without padding; one for all is enough, since none ever meet.
    return ["format", "--cluster-id", "cGhvaWhvcC1sb2NhbC0xMg", "--config", properties, "--add-scram", user]


def answers(settings: Settings) -> bool:
    """Whether the administrator can log in and is told the broker's name."""
    try:
        socket.create_connection(("127.0.0.1", settings.kafka_port), timeout=1).close()
        admin = AdminClient(
            {
                "bootstrap.servers": f"127.0.0.1:{settings.kafka_port}",
                "security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": ADMIN,
                "sasl.password": settings.kafka_password,
                "log_level": 0,
            }
        )
        return len(admin.list_topics(timeout=5).brokers) == 1
    except (OSError, KafkaException):
        return False


def java() -> str:
    """Path of the Java launcher: that of JAVA_HOME, else the first in PATH."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        raise StackError("no Java found: run deploy/local/prepare")
    return found
