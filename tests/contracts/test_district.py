"""What a district gets: a README that tells the truth, an example that runs, a package that needs only Pydantic."""

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest

from contracts.plans import PlanSubmitted
from contracts.wire import decode
from tests.contracts.samples import ROOT

EXAMPLE = ROOT / "examples" / "publish_plan.py"
SCHOOL_PLAN = "KẾ HOẠCH\nPhối hợp giữa nhà trường và công đoàn\n\n1. Chăm lo đời sống nhà giáo.\n"

ONLY_PYDANTIC = """
import importlib, pkgutil, sys

ALLOWED = sys.stdlib_module_names | {
    "contracts", "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection",
}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        # the interpreter's own build settings have a name of their own on each machine
        if name.partition(".")[0] not in ALLOWED and not name.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv[1])
import contracts
for module in pkgutil.iter_modules(contracts.__path__, "contracts."):
    importlib.import_module(module.name)
sys.exit(sys.modules["contracts.schemas"].main(["check"]))
"""


class FakeProducer:
    """Takes what the example publishes, and answers as the broker is told to."""

    settings: dict[str, Any]
    topic: str
    value: bytes
    key: str
    error: object = None

    def __init__(self, settings: dict[str, Any]) -> None:
        type(self).settings = settings

    def produce(self, topic: str, value: bytes, key: str, on_delivery: Any) -> None:
        """Keep the record and deliver it at once."""
        type(self).topic, type(self).value, type(self).key = topic, value, key
        on_delivery(type(self).error, None)

    def poll(self, timeout: float) -> int:
        """Nothing waits."""
        return 0


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeProducer]:
    """The example's surroundings: settings, a plan's file and a producer in the broker's place."""

    class Producer(FakeProducer):
        pass

    plan = tmp_path / "khlt-2024-2025.txt"
    plan.write_text(SCHOOL_PLAN, "utf-8")
    monkeypatch.setattr(confluent_kafka, "Producer", Producer)
    monkeypatch.setattr(sys, "argv", ["publish_plan.py", str(plan)])
    for name, value in {
        "UNIT_ID": "AH-PL-PGD",
        "KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9094",
        "KAFKA_SASL_USERNAME": "unit-AH-PL-PGD",
        "KAFKA_SASL_PASSWORD": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    return Producer


def test_readme_quotes_the_example() -> None:
    assert f"```python\n{EXAMPLE.read_text('utf-8')}```\n" in (ROOT / "README.md").read_text("utf-8")


def test_readme_names_every_code_of_refusal() -> None:
    source = (ROOT / "wire.py").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    codes = {part.split('"')[0] for part in source.split('InvalidRecord("')[1:]}
    assert len(codes) == 7
    assert [code for code in codes if f"| `{code}` |" not in readme] == []


def test_example_publishes_what_the_planner_reads(producer: type[FakeProducer]) -> None:
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert left.value.code is None
    assert producer.topic == "plan-submissions-AH-PL-PGD"
    assert producer.settings["sasl.username"] == "unit-AH-PL-PGD"
    assert producer.settings["security.protocol"] == "SASL_SSL"
    envelope = decode(producer.topic, producer.value, producer.key.encode())
    assert envelope.data == PlanSubmitted(unit_id="AH-PL-PGD", submission_id="khlt-2024-2025", text=SCHOOL_PLAN)


def test_example_says_that_nothing_was_published(producer: type[FakeProducer]) -> None:
    producer.error = "TOPIC_AUTHORIZATION_FAILED"
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert left.value.code == "not published: TOPIC_AUTHORIZATION_FAILED"


@pytest.mark.parametrize(
    ("name", "content", "unit"),
    [
        ("missing.txt", None, "AH-PL-PGD"),
        ("latin.txt", b"k\xff", "AH-PL-PGD"),
        ("empty.txt", b"", "AH-PL-PGD"),
        ("good.txt", SCHOOL_PLAN.encode(), "no unit"),
        ("good.txt", SCHOOL_PLAN.encode(), ""),
    ],
)
@pytest.mark.usefixtures("producer")
def test_example_names_what_is_wrong_with_its_file_or_unit_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: bytes | None, unit: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["publish_plan.py", str(tmp_path / name)])
    monkeypatch.setenv("UNIT_ID", unit)
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    line = str(left.value.code)
    assert line.startswith(f"not published: unit {unit}, {tmp_path / name}: ")
    assert "\n" not in line


@pytest.mark.usefixtures("producer")
def test_example_without_a_file_says_how_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["publish_plan.py"])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert "publish_plan.py PLAN.txt" in str(left.value.code)


def test_works_where_only_pydantic_can_be_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ONLY_PYDANTIC, str(ROOT.parent)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
