"""Records that are wrong, on real processes: each has its answer, and what stands behind them goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from contracts.envelope import Envelope
from contracts.plans import PlanSubmitted
from contracts.tasks import Actor, ChangeTask, TaskAction
from contracts.topics import TASK_COMMANDS, answers_topic, submissions_topic
from contracts.units import Role
from deploy.demo.world import World, running
from services.ops.dead_letters import Letter, read_letters
from services.ops.kafka_admin import KafkaAdmin, librdkafka_arguments
from services.ops.topic_reader import envelope_of, read_topic
from services.planner.reading import read_plan
from tests.unit.ops.command import Phoihop, phoihop

__all__ = ["phoihop"]

ROOT = Path(__file__).parents[2]
DISTRICT = "52-d01-gd"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Real processes, and a district whose system may publish."""
    with running(tmp_path_factory.mktemp("hostile"), schools=40) as made:
        admin = KafkaAdmin(made.services.kafka_settings("admin"))
        admin.make_topics([DISTRICT, "52-d02-gd"])
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


@pytest.fixture
def credentials(world: World, phoihop: Phoihop, tmp_path: Path) -> dict[str, str]:
    """What the operators give the district's developers, as their shell has it."""
    kafka = world.services.kafka_settings("admin")
    password = kafka.password.get_secret_value()
    phoihop.set(KAFKA__BOOTSTRAP=kafka.bootstrap, KAFKA__USERNAME=kafka.username, KAFKA__PASSWORD=password)
    file = tmp_path / "district.env"
    assert phoihop("topics", "add-unit", DISTRICT, file).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(credentials: dict[str, str]) -> Run:
    """`run("publish_plan.py", file)`: a script that a district is given, under the district's own user."""

    def script(name: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(ROOT / "contracts/examples" / name), *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT), **credentials},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return script


def signed_plan(world: World, folder: Path, name: str, **changes: Any) -> Path:
    """The file of a plan that a district's system keeps, signed by its office and its union; with these changes."""
    text = (ROOT / "samples/ke-hoach-lien-tich-huyen.txt").read_text("utf-8")
    document = read_plan(text).model_dump(mode="json")
    roles = {"education": DISTRICT, "union": "52-d01-cd"}
    document |= {"warnings": [], "parent": None}  # settled by those who sign: the plan above is none of this world
    document["parties"] = [{"name": unit, "role": role, "unit_id": unit} for role, unit in roles.items()]
    signatures = [signature(world, unit, number) for number, unit in enumerate(roles.values(), start=1)]
    file = folder / f"{name}.json"
    plan = {"document": {**document, "number": None} | changes.pop("document", {}), "signatures": signatures} | changes
    file.write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
    return file


def codes(answer: "subprocess.CompletedProcess[str]", list_of: str) -> list[tuple[str, str | None]]:
    """Code and field of each reason or note in an answer."""
    return [(reason["code"], reason.get("field")) for reason in json.loads(answer.stdout)[list_of]]


def test_a_neighbours_topics_are_closed(run: Run) -> None:
    closed = run("neighbour_refused.py", "52-d02-gd")
    assert (closed.returncode, closed.stderr) == (0, "")
    assert [line.split(":")[0] for line in closed.stdout.splitlines()] == [
        "plan-submissions-52-d02-gd",
        "plan-answers-52-d02-gd",
    ]
    assert run("neighbour_refused.py", DISTRICT).returncode == 1  # its own are open: the script can tell


def test_a_districts_script_publishes_a_file_and_learns_that_it_came_to_the_desk(world: World, run: Run) -> None:
    done = run("publish_plan.py", ROOT / "samples/ke-hoach-lien-tich-huyen.txt")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["items"], answer["approved"]) == (19, False)
    plan = world.operator("planner").get(f"/v1/plans/{answer['plan_id']}")
    assert (plan["state"], plan["owner_id"]) == ("IN_REVIEW", DISTRICT)


def test_a_signed_plan_is_approved_and_what_is_forged_is_refused_with_its_reason_and_delays_nothing(
    world: World, run: Run, tmp_path: Path
) -> None:
    neighbours = [{"name": "x", "role": role, "unit_id": f"52-d02-{unit}"} for role, unit in ROLES]
    area = read_plan("KẾ HOẠCH\n\n1. Công tác phối hợp\n- Tuyên truyền.\n").items[0].model_dump(mode="json")
    area["scope"]["area"] = ["52"]
    forged: dict[str, tuple[dict[str, Any], str | None, Any]] = {
        "another-units": ({"document": {"parties": neighbours}}, "reasons", ("party-outside", "parties.1.unit_id")),
        "too-wide": ({"document": {"items": [area]}}, "reasons", ("area-outside", "items.1.scope.area")),
        "unsigned-claim": ({"signatures": []}, None, None),
        "half-signed": ({"signatures": [signature(world, DISTRICT, 1)]}, "notes", ("not-all-signed", "parties.2")),
        "strangers": (
            {"signatures": [signature(world, DISTRICT, 1), signature(world, "52-d02-cd", 2)]},
            "notes",
            ("signer-not-entitled", "signatures.2.person_id"),
        ),
    }
    for name, (changes, list_of, expected) in forged.items():
        answer = run("publish_plan.py", signed_plan(world, tmp_path, name, **changes))
        assert (answer.returncode, answer.stderr) == (int(list_of == "reasons"), ""), name
        assert json.loads(answer.stdout).get("approved", False) is False
        if list_of:
            assert codes(answer, list_of)[0] == expected, name

    good = signed_plan(world, tmp_path, "good")
    first = run("publish_plan.py", good)
    assert (first.returncode, json.loads(first.stdout)["approved"]) == (0, True), first.stdout
    plan_id = json.loads(first.stdout)["plan_id"]
    plan = world.operator("planner").get(f"/v1/plans/{plan_id}")
    assert world.ledger.read_until(lambda book: len(book.tasks_of(plan_id)) == plan["reach"]["tasks"] > 0)

    other = signed_plan(world, tmp_path, "good", document={"title": "Kế hoạch khác"})
    answer = run("publish_plan.py", other)
    assert (answer.returncode, codes(answer, "reasons")) == (1, [("already-submitted", "version")])
    assert json.loads(run("publish_plan.py", other, "2").stdout)["approved"] is True


def test_a_replayed_event_with_other_content_is_refused_and_what_stands_behind_it_is_answered(
    world: World, tmp_path: Path
) -> None:
    def submitted(name: str, **fields: Any) -> Envelope[PlanSubmitted]:
        data = PlanSubmitted(unit_id=DISTRICT, submission_id=name, text=fields.pop("text", "không phải kế hoạch"))
        return Envelope[PlanSubmitted].of(data, subject=name, source=f"/units/{DISTRICT}").model_copy(update=fields)

    first = submitted("replayed")
    forged = submitted("replayed", id=first.id, text="KẾ HOẠCH\n\n1. Công tác phối hợp\n- Tuyên truyền.\n")
    behind = submitted("behind")
    records = [envelope.to_bytes() for envelope in (first, first, forged, behind)]
    produce(world, submissions_topic(DISTRICT), *records, b"{")
    found: list[Any] = []

    def answered() -> bool:
        found[:] = [
            envelope.data
            for record in read_topic(world.services.kafka_settings("admin"), answers_topic(DISTRICT))
            for envelope in [envelope_of(record)]
            if envelope.data.submission_id in ("replayed", "behind", "")
        ]
        return len(found) >= 4

    world.wait("four answers", answered)
    by_name = sorted(found, key=lambda answer: answer.submission_id)
    assert [(answer.submission_id, answer.reasons[0].code) for answer in by_name] == [
        ("", "not-json"),
        ("behind", "no-plan"),
        ("replayed", "no-plan"),
        ("replayed", "event-id-reused"),
    ]


ROLES = (("education", "gd"), ("union", "cd"))


def signature(world: World, unit: str, party: int) -> dict[str, Any]:
    """The signature of a unit's signatory for a party."""
    person = world.province.person(unit, Role.SIGNATORY).person_id
    return {"party": party, "person_id": person, "signed_at": "2022-08-31T09:00:00+07:00"}
