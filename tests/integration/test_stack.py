"""The stack that every other integration test stands on: who may log in and write, and what a restart keeps.

It has a stack of its own, because it ends the servers under everybody who uses them.
"""

import asyncio
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from confluent_kafka import Consumer, KafkaError, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from deploy.local.containers import choose_stack
from deploy.local.smtp import LocalSmtp
from deploy.local.stack import LocalStack, Server, Stack

ENDINGS = ["stop", "kill"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with choose_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="module")
def admin(stack: Stack) -> AdminClient:
    return AdminClient(client(stack, *stack.kafka_admin))


def client(stack: Stack, user: str, password: str, **settings: Any) -> dict[str, Any]:
    """librdkafka's settings for one user."""
    return {
        "bootstrap.servers": stack.kafka_bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": password,
        "log_level": 0,
        **settings,
    }


def make_topic(admin: AdminClient, name: str) -> None:
    admin.create_topics([NewTopic(name, 1, 1)])[name].result(20)


def produce(settings: dict[str, Any], topic: str, values: list[bytes]) -> list[KafkaError | None]:
    """What became of each record."""
    outcomes: list[KafkaError | None] = []
    producer = Producer({**settings, "enable.idempotence": True})
    for value in values:
        producer.produce(topic, value, on_delivery=lambda error, _record: outcomes.append(error))
    assert producer.flush(30) == 0
    return outcomes


def consume(settings: dict[str, Any], topic: str, count: int) -> list[bytes | None]:
    """The first `count` records, read as a group, or fewer if they do not come within 20 seconds."""
    consumer = Consumer({**settings, "group.id": f"reads-{topic}", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    try:
        return [record.value() for record in consumer.consume(count, timeout=20)]
    finally:
        consumer.close()


def runs(pid: int) -> bool:
    """Whether there is such a process, other than one that only waits to be collected."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(server: Server, ending: str) -> None:
    getattr(server, ending)()


def test_kafka_refuses_a_wrong_password(stack: Stack) -> None:
    errors: list[KafkaError] = []
    stranger = AdminClient(client(stack, stack.kafka_admin[0], "wrong", error_cb=errors.append))
    for _ in range(200):
        if errors:
            break
        stranger.poll(0.1)
    assert KafkaError._AUTHENTICATION in {error.code() for error in errors}


async def test_postgres_refuses_a_wrong_password(stack: Stack) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stack.postgres_dsn, password="wrong")


def test_a_user_may_write_only_where_an_acl_says_so(stack: Stack, admin: AdminClient) -> None:
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    user = UserScramCredentialUpsertion("district", scram, b"secret")
    admin.alter_user_scram_credentials([user])["district"].result(20)
    for topic in ("own", "foreign"):
        make_topic(admin, topic)
    district = client(stack, "district", "secret")
    [refused] = produce(district, "own", [b"before"])
    assert refused is not None
    assert refused.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED

    for operation in (AclOperation.WRITE, AclOperation.DESCRIBE):
        acl = AclBinding(
            ResourceType.TOPIC, "own", ResourcePatternType.LITERAL, "User:district", "*", operation,
            AclPermissionType.ALLOW,
        )  # fmt: skip
        admin.create_acls([acl])[acl].result(20)
    assert produce(district, "own", [b"after"]) == [None]
    [refused] = produce(district, "foreign", [b"never"])
    assert refused is not None
    assert refused.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_a_missing_topic_is_not_made(stack: Stack, admin: AdminClient) -> None:
    everything = client(stack, *stack.kafka_admin)
    [refused] = produce({**everything, "topic.metadata.propagation.max.ms": 500}, "missing", [b"lost"])
    assert refused is not None
    assert refused.code() == KafkaError.UNKNOWN_TOPIC_OR_PART
    assert "missing" not in admin.list_topics(timeout=20).topics


def test_records_of_8_mib_pass_where_the_topic_allows_them(stack: Stack, admin: AdminClient) -> None:
    topic = NewTopic("large", 1, 1, config={"max.message.bytes": str(8 << 20)})
    admin.create_topics([topic])["large"].result(20)
    everything = client(stack, *stack.kafka_admin)
    value = bytes((8 << 20) - 1024)
    assert produce({**everything, "message.max.bytes": 9 << 20}, "large", [value]) == [None]
    assert consume(everything, "large", 1) == [value]


@pytest.mark.parametrize("ending", ENDINGS)
def test_kafka_comes_back_with_its_records_on_its_port(stack: Stack, admin: AdminClient, ending: str) -> None:
    topic = f"kept-{ending}"
    make_topic(admin, topic)
    address = stack.kafka_bootstrap
    everything = client(stack, *stack.kafka_admin)
    assert produce(everything, topic, [b"1", b"2"]) == [None, None]

    end(stack.kafka, ending)
    stack.kafka.start()

    assert stack.kafka_bootstrap == address
    assert produce(everything, topic, [b"3"]) == [None]
    assert consume(everything, topic, 3) == [b"1", b"2", b"3"]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_postgres_comes_back_with_its_rows_on_its_port(stack: Stack, ending: str) -> None:
    address = stack.postgres_dsn
    connection = await asyncpg.connect(address)
    await connection.execute(f"CREATE TABLE kept_{ending} AS SELECT 42 AS answer")

    await asyncio.to_thread(end, stack.postgres, ending)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    await asyncio.to_thread(stack.postgres.start)

    assert stack.postgres_dsn == address
    connection = await asyncpg.connect(address)
    assert await connection.fetchval(f"SELECT answer FROM kept_{ending}") == 42
    await connection.close()


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from deploy.local.stack import LocalStack

stack = LocalStack(Path(sys.argv[1]))
stack.start()
print(stack.postgres.pid, stack.kafka.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_leaves_nothing_running_and_its_directory_usable(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(tmp_path)], capture_output=True, text=True, timeout=90, check=False
    )
    before = [int(pid) for pid in killed.stdout.split()]
    assert len(before) == 2, killed.stderr

    with LocalStack(tmp_path):
        # Starting took the directory's lock, which the guards keep until what they guard has ended.
        assert not [pid for pid in before if runs(pid)]


def test_the_mail_server_keeps_what_it_accepts_and_refuses_whom_it_is_told(tmp_path: Path) -> None:
    server = LocalSmtp(tmp_path)
    server.start()
    mail = EmailMessage()
    mail["Message-ID"] = "<1@phoihop.example>"
    mail["Subject"] = "Nhắc việc: 3 nhiệm vụ sắp đến hạn"
    mail.set_content("Kính gửi nhà trường")
    server.refuse({"gone@truong.example": 550, "full@truong.example": 450})

    with smtplib.SMTP(server.host, server.port) as client:
        recipients = ["gone@truong.example", "full@truong.example", "head@truong.example"]
        refused = client.send_message(mail, "so@phoihop.example", recipients)
    server.stop()

    assert {address: code for address, (code, _) in refused.items()} == {
        "gone@truong.example": 550,
        "full@truong.example": 450,
    }
    [accepted] = server.accepted()
    assert accepted["to"] == ["head@truong.example"]
    assert accepted["message_id"] == mail["Message-ID"]
    assert accepted["subject"] == mail["Subject"]
    assert b"phoihop.example" in (tmp_path / "mail" / "new" / accepted["file"]).read_bytes()
