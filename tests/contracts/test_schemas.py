"""The command that writes schemas, AsyncAPI document and topic table: fresh, refusing breaks, naming what is stale."""

import json
import shutil
from pathlib import Path

import pytest

from contracts import schemas
from contracts.asyncapi import schema_path
from contracts.base import Message


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of everything that the command writes."""
    shutil.copytree(schemas.HERE / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("*.py"))
    for name in ("asyncapi.json", "README.md"):
        shutil.copy(schemas.HERE / name, tmp_path / name)
    return tmp_path


def edit(root: Path, path: str, field: str, definition: dict[str, object], *, required: bool) -> None:
    """Give the message's data a field, as if an earlier model had had it."""
    schema = json.loads((root / path).read_text("utf-8"))
    data = schema["$defs"][Path(path).stem]
    data["properties"][field] = definition
    data["required"] = [*data["required"], field] if required else [name for name in data["required"] if name != field]
    (root / path).write_text(json.dumps(schema), "utf-8")


def test_what_is_committed_is_fresh() -> None:
    assert schemas.stale() == []


def test_models_break_no_published_schema() -> None:
    assert schemas.breaks() == []


def test_writing_twice_changes_nothing(root: Path) -> None:
    assert schemas.main(["write"], root) == 0
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert schemas.main(["write"], root) == 0
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_check_names_each_stale_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "schemas/v1/ChangeTask.json").unlink()
    (root / "schemas/v1/Forgotten.json").write_text("{}", "utf-8")
    (root / "asyncapi.json").write_text("{}", "utf-8")
    (root / "README.md").write_text((root / "README.md").read_text("utf-8").replace("30 days", "31 days"), "utf-8")
    assert schemas.main(["check"], root) == 1
    assert capsys.readouterr().err.splitlines() == [
        "README.md",
        "asyncapi.json",
        "schemas/v1/ChangeTask.json",
        "schemas/v1/Forgotten.json",
    ]


def test_write_refuses_a_break_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = "schemas/v1/TasksIssued.json"
    edit(root, path, "school_name", {"type": "string"}, required=True)
    (root / "asyncapi.json").unlink()
    assert schemas.main(["write"], root) == 2
    assert capsys.readouterr().err == f"{path}: data.school_name: removed: readers rely on it\n"
    assert "school_name" in (root / path).read_text("utf-8")
    assert not (root / "asyncapi.json").exists()


def test_write_refuses_to_forget_a_message(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "schemas/v1/Forgotten.json").write_text("{}", "utf-8")
    assert schemas.main(["write"], root) == 2
    assert capsys.readouterr().err.startswith("schemas/v1/Forgotten.json: the message is gone")


def test_write_accepts_an_added_optional_field(root: Path) -> None:
    path = root / "schemas/v1/ChangeTask.json"
    schema = json.loads(path.read_text("utf-8"))
    del schema["$defs"]["ChangeTask"]["properties"]["note"]
    path.write_text(json.dumps(schema), "utf-8")
    assert schemas.main(["write"], root) == 0
    assert schemas.main(["check"], root) == 0


def test_a_new_version_is_written_beside_the_old_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class TasksIssued(Message):
        """Tasks, told another way."""

        VERSION = 2

    both = {**schemas.messages(), schema_path(TasksIssued): TasksIssued}
    monkeypatch.setattr(schemas, "messages", lambda: both)
    assert schemas.main(["write"], root) == 0
    old, new = (json.loads((root / f"schemas/v{version}/TasksIssued.json").read_text("utf-8")) for version in (1, 2))
    assert old["properties"]["type"]["const"] == "vn.phoihop.TasksIssued.v1"
    assert new["properties"]["type"]["const"] == "vn.phoihop.TasksIssued.v2"
