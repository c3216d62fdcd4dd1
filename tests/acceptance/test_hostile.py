"""Records that are wrong, on real processes: each has its answer, and what stands behind them goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from contracts.envelope import Envelope
from contracts.plans import PlanSubmitted
from contracts.tasks import Actor, ChangeTask, TaskAction
from contracts.topics import TASK_COMMANDS, submissions_topic
from contracts.units import Role
from deploy.demo.world import World, running
from services.ops.dead_letters import Letter, read_letters
from services.ops.kafka_admin import KafkaAdmin, librdkafka_arguments, unit_user

ROOT = Path(__file__).parents[2]
DISTRICT = "52-d01-gd"
PASSWORD = uuid4().hex


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Real processes, and a district whose system may publish."""
    with running(tmp_path_factory.mktemp("hostile"), schools=40) as made:
        admin = KafkaAdmin(made.services.kafka_settings("admin"))
        admin.make_topics([DISTRICT, "52-d02-gd"])
        admin.make_users({unit_user(DISTRICT): PASSWORD})
        yield made


def produce(world: World, topic: str, *values: bytes) -> None:
    """Publish bytes as they are, as the administrator, whom no access rule holds."""
    settings = librdkafka_arguments(world.services.kafka_settings("admin"))
    producer = Producer({**settings, "message.max.bytes": 4_000_000})
    for value in values:
        producer.produce(topic, value)
    assert producer.flush(30) == 0


def letters_of(world: World, service: str, count: int) -> list[Letter]:
    """A service's dead letters, once there are so many."""
    kafka = world.services.kafka_settings("admin")
    world.wait("dead letters", lambda: len(list(read_letters(kafka, service))) >= count)
    return list(read_letters(kafka, service))


def command() -> Envelope[ChangeTask]:
    """A command that can be read, for a task that does not exist."""
    actor = Actor(person_id="p", unit_id="52-d01-s0001", role=Role.PRINCIPAL)
    data = ChangeTask(task_id=uuid4(), unit_id=actor.unit_id, action=TaskAction.ACKNOWLEDGE, actor=actor)
    return Envelope[ChangeTask].of(data, subject=actor.unit_id, source="/portal")


def test_bad_commands_are_set_aside_and_the_next_is_answered(world: World) -> None:
    good = command()
    later = json.loads(good.to_bytes()) | {"type": "vn.phoihop.ChangeTask.v9"}
    bad = {
        "not-json": b"{",
        "schema": b"{}",
        "unknown-type": json.dumps(later).encode(),
        "too-large": b'"' + b"x" * (2 * 1024 * 1024) + b'"',
        "forbidden-character": good.to_bytes().replace(b'"/portal"', b'"\\u0000"'),
        "not-utf8": good.to_bytes().decode().encode("utf-16"),
    }
    produce(world, TASK_COMMANDS.name, *bad.values(), good.to_bytes())
    assert world.ledger.read_until(lambda book: good.id in book.rejected)
    assert world.ledger.book.rejected[good.id] == "task-unknown"
    letters = letters_of(world, "tracker", len(bad))
    assert {letter.data.code: letter.data.record_value for letter in letters} == bad
    assert {letter.data.topic for letter in letters} == {TASK_COMMANDS.name}


def test_a_submission_under_another_units_name_is_quarantined(world: World) -> None:
    data = PlanSubmitted(unit_id=DISTRICT, submission_id="forged", text="KẾ HOẠCH")
    forged = Envelope[PlanSubmitted].of(data, subject="forged", source=f"/units/{DISTRICT}")
    produce(world, submissions_topic("52-d02-gd"), forged.to_bytes())
    (letter,) = letters_of(world, "planner", 1)
    assert (letter.data.code, letter.data.topic) == ("wrong-unit", submissions_topic("52-d02-gd"))


def publish(world: World, unit: str) -> "subprocess.CompletedProcess[str]":
    """Run the script that a district is given, under the district's own user."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "UNIT_ID": unit,
        "KAFKA_BOOTSTRAP_SERVERS": world.services.kafka_settings("admin").bootstrap,
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_USERNAME": unit_user(DISTRICT),
        "KAFKA_SASL_PASSWORD": PASSWORD,
    }
    script = ROOT / "contracts/examples/publish_plan.py"
    return subprocess.run(
        [sys.executable, str(script), str(ROOT / "samples/ke-hoach-lien-tich-huyen.txt")],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_districts_script_publishes_on_its_own_topic_alone(world: World) -> None:
    refused = publish(world, "52-d02-gd")
    assert refused.returncode == 1
    assert "TOPIC_AUTHORIZATION_FAILED" in refused.stderr
    assert publish(world, DISTRICT).returncode == 0
    planner = world.operator("planner")

    def at_the_desk() -> list[Any]:
        return [plan for plan in planner.pages("/v1/plans") if plan["owner_id"] == DISTRICT]

    world.wait("the plan at the desk", lambda: bool(at_the_desk()))
    (plan,) = at_the_desk()
    assert (plan["state"], plan["items"]) == ("IN_REVIEW", 19)
