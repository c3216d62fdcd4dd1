"""The command at a real broker and a real database, which may refuse it."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from contracts.base import utc_now
from contracts.dead_letters import DeadLettered
from contracts.envelope import Envelope
from contracts.topics import dead_letters_of
from deploy.local.stack import Stack
from services.ops.dead_letters import read_letters
from services.ops.kafka_admin import librdkafka_arguments
from tests.conftest import KafkaSettingsOf
from tests.integration.planner.province import PLAN
from tests.unit.ops.command import Phoihop

EXAMPLE = Path(__file__).parents[3] / "contracts" / "examples" / "publish_plan.py"


@pytest.fixture
def letters(kafka_settings: KafkaSettingsOf) -> list[str]:
    """Places of two dead letters: of a record whose topic is there, and of one whose topic never was."""
    kafka = kafka_settings("admin")
    marker = uuid4().hex
    producer = Producer(librdkafka_arguments(kafka))
    for topic in ("task-commands", "no-topic"):
        letter = DeadLettered(
            service="notifier",
            topic=topic,
            partition=0,
            offset=7,
            recorded_at=utc_now(),
            code="schema",
            detail=f"[/b] {marker}",
            record_key=b"a2V5",
            record_value=b"Wy9iXQ==",
        )
        envelope = Envelope[DeadLettered].of(letter, subject=topic, source="/notifier")
        producer.produce(dead_letters_of("notifier").name, envelope.to_bytes(), "the record's key")
    assert producer.flush(10) == 0
    found = [letter for letter in read_letters(kafka, "notifier") if marker in letter.data.detail]
    return [letter.place for letter in sorted(found, key=lambda letter: letter.data.topic, reverse=True)]


def test_letters_are_listed_and_shown_with_what_looks_like_markup(with_kafka: Phoihop, letters: list[str]) -> None:
    listed = with_kafka("dead-letters", "list", "--service", "notifier")
    assert (listed.code, listed.err) == (0, "")
    assert set(letters) <= set(listed.out.split())
    assert "[/b]" in listed.out
    shown = with_kafka("dead-letters", "show", letters[0])
    assert "[/b]" in next(line for line in shown.out.splitlines() if "record_value" in line)


def test_a_replay_accounts_for_every_letter(with_kafka: Phoihop, letters: list[str]) -> None:
    good, orphan = letters
    said = with_kafka("dead-letters", "replay", "nope", good, orphan, f"{good}99", good)
    assert said.code == 2
    assert said.out.split() == [good, "task-commands"] * 2
    assert [line.split(": ")[1] for line in said.err.splitlines()] == ["nope", orphan, f"{good}99"]
    said = with_kafka("dead-letters", "replay", good, "nope", "--json")
    assert (said.code, json.loads(said.out)) == (2, [{"replayed": good, "to": "task-commands"}])


@pytest.mark.parametrize("command", [["reconcile"], ["dead-letters", "list"], ["topics", "make"]])
def test_a_wrong_password_is_told(with_kafka: Phoihop, command: list[str]) -> None:
    line = with_kafka.sign_on("token").set(KAFKA__PASSWORD="wrong")(*command).line()
    assert "Authentication failed" in line


def test_the_example_for_districts_tells_a_wrong_password_in_one_line(stack: Stack, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(PLAN, "utf-8")
    environment = {
        "PYTHONPATH": str(EXAMPLE.parents[2]),
        "UNIT_ID": "AH-PL-PGD",
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_BOOTSTRAP_SERVERS": stack.kafka_bootstrap,
        "KAFKA_SASL_USERNAME": "unit-AH-PL-PGD",
        "KAFKA_SASL_PASSWORD": "wrong",
    }
    command = [sys.executable, str(EXAMPLE), str(plan)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "Authentication failed" in done.stderr


def test_a_unit_is_let_in_with_a_file_that_must_be_new(with_kafka: Phoihop, tmp_path: Path) -> None:
    unit, file = uuid4().hex[:12], tmp_path / "district.env"
    said = with_kafka("topics", "add-unit", unit, file, "--json")
    assert (said.code, json.loads(said.out)["reads"]) == (0, f"plan-answers-{unit}")
    given = file.read_text("utf-8")
    assert f"KAFKA_SASL_USERNAME=unit-{unit}\n" in given
    assert file.stat().st_mode & 0o777 == 0o600
    assert with_kafka("topics", "add-unit", unit, file).line() == f"{file}: File exists"
    assert file.read_text("utf-8") == given
    assert with_kafka("topics", "add-unit", "a_b", tmp_path / "new").line().startswith("a_b: not a unit's id")
    assert not (tmp_path / "new").exists()


def test_status_tells_what_it_does_not_know(with_kafka: Phoihop) -> None:
    said = with_kafka.set(KAFKA__PASSWORD="wrong")("status")
    assert (said.code, said.err) == (1, "")
    assert "Authentication failed" in said.out


@pytest.mark.parametrize("more", [[], ["--create-roles"]])
@pytest.mark.parametrize("wrong", ["password", "database"])
def test_a_database_that_refuses(
    phoihop: Phoihop, stack: Stack, tmp_path_factory: pytest.TempPathFactory, more: list[str], wrong: str
) -> None:
    passwords = tmp_path_factory.mktemp("roles")
    scheme, _, rest = stack.postgres_dsn.partition("://")
    login, _, place = rest.rpartition("@")
    dsn = f"{scheme}://{login}@{place}_none" if wrong == "database" else f"{scheme}://postgres:s3cret@{place}"
    line = phoihop.set(OWNER_DSN=dsn, ROLE_PASSWORDS_DIR=passwords)("migrate", *more).line()
    assert line.startswith(f"postgresql://postgres@{place}")
    assert "s3cret" not in line
