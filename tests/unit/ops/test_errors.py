"""Whatever is wrong with what the command is given: one line, exit code 2, no traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.ops import broker
from tests.unit.ops.command import Phoihop
from tests.unit.ops.conftest import Answering

PLAN = "01900000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["plans", "nope"],
        ["plans", "sign"],
        ["plans", "sign", PLAN, "--nope"],
        ["plans", "sign", PLAN, "--party", "0"],
        ["plans", "list", "--state", "[/b]"],
        ["sweep", "tomorrow"],
        ["serve", "[/b]"],
        *(["plans", "sign", bad] for bad in ("?x", "#x", "../../livez", "[/b]")),
        *(["plans", "show", bad] for bad in ("?x", "#x", "../../livez")),
        *(["plans", "step", bad, "approve"] for bad in ("?x", "#x", "../../livez")),
        ["plans", "step", PLAN, "../../livez"],
        ["plans", "step", PLAN, "close"],
        ["plans", "party", "?x", "1", "AH"],
        *(["plans", command, "../../livez"] for command in ("amend", "difference", "close", "obligations")),
        ["plans", "relink", "../../livez", "1", "1"],
        *(["plans", "relink", PLAN, *bad] for bad in (("0", "1"), ("1", "-1"), ("1", "x"), ("1", "²"))),
        *(["plans", "parent", *bad] for bad in ((PLAN, "?x"), (PLAN, "[/b]"), ("?x", PLAN))),
        ["plans", "close", PLAN, "--carry-over", "0"],
    ],
)
def test_arguments(phoihop: Phoihop, answering: Answering, arguments: list[str]) -> None:
    url = answering(200, '{"state": "DRAFT", "entries": [], "cursor": null}')  # had it only been asked
    assert phoihop.sign_on("token").set(PLANNER_URL=url, TRACKER_URL=url)(*arguments).line()


def test_a_service_that_is_none_is_answered_by_the_services(phoihop: Phoihop) -> None:
    assert phoihop("dead-letters", "list", "--service", "foo").line().endswith("planner, tracker, notifier")


@pytest.mark.parametrize("url", ["http://127.0.0.1:notaport", "http://[::bad", "ftp://x", "foo", "http://"])
@pytest.mark.parametrize("command", [["status"], ["plans", "list"]])
def test_urls(phoihop: Phoihop, url: str, command: list[str]) -> None:
    assert phoihop.sign_on("token").set(PLANNER_URL=url)(*command).line().startswith("PHOIHOP_PLANNER_URL: ")


@pytest.mark.parametrize("token", [b"", b" \n", b"one\ntwo\n", b"\xff\xfe", "thẻ".encode(), b"a b", b"a\x00b"])
def test_token_files(phoihop: Phoihop, tmp_path: Path, token: bytes) -> None:
    assert phoihop.sign_on(token)("plans", "list").line().startswith(f"{tmp_path}/token:")


def test_a_missing_token(phoihop: Phoihop, tmp_path: Path) -> None:
    assert "PHOIHOP_TOKEN_FILE" in phoihop("plans", "list").line()
    assert phoihop.set(TOKEN_FILE=tmp_path)("plans", "list").line() == f"{tmp_path}: Is a directory"


@pytest.mark.parametrize(
    "dsn", ["foo", "postgresql://owner:s3cret@host:abc/x", "mysql://owner:s3cret@host/x", "postgres://owner:s3cret@h/x"]
)
@pytest.mark.parametrize("more", [[], ["--create-roles"]])
def test_addresses_of_the_database(phoihop: Phoihop, dsn: str, more: list[str]) -> None:
    line = phoihop.set(OWNER_DSN=dsn)("migrate", *more).line()
    assert line.startswith("PHOIHOP_OWNER_DSN: ")
    assert "s3cret" not in line


def test_a_database_that_is_away(phoihop: Phoihop) -> None:
    line = phoihop.set(OWNER_DSN="postgresql://owner:s3cret@127.0.0.1:1/x")("migrate").line()
    assert line.startswith("postgresql://owner@127.0.0.1:1/x: ")


@pytest.mark.parametrize("command", [["reconcile"], ["dead-letters", "list"], ["topics", "make"]])
def test_a_broker_that_is_away(phoihop: Phoihop, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setattr(broker, "PATIENCE_SECONDS", 0)
    phoihop.sign_on("token").set(KAFKA__BOOTSTRAP="127.0.0.1:1", KAFKA__USERNAME="u", KAFKA__PASSWORD="p")
    assert phoihop(*command).line().startswith("Kafka at 127.0.0.1:1: ")


def test_a_certificate_that_is_not_there(phoihop: Phoihop, tmp_path: Path) -> None:
    phoihop.set(
        KAFKA__BOOTSTRAP="127.0.0.1:1", KAFKA__USERNAME="u", KAFKA__PASSWORD="p", KAFKA__CA_FILE=tmp_path / "no"
    )
    assert phoihop("dead-letters", "list").line()


@pytest.mark.parametrize("name", ["[/b]", "[bold]x.txt", ":x:.txt", "a\nb", "\x1b[31mred", "\udcff"])
def test_names_of_files_stand_as_they_are(phoihop: Phoihop, tmp_path: Path, name: str) -> None:
    shown = name.replace("\n", "\\n").replace("\x1b", "\\x1b").replace("\udcff", "\\udcff")
    assert phoihop("plans", "read", tmp_path / name).line() == f"{tmp_path}/{shown}: No such file or directory"


def test_a_document_is_named_with_the_line_at_fault(phoihop: Phoihop, tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(b"one\ntwo\n\xff\n")
    assert phoihop("plans", "read", file).line().startswith(f"{file}:3: not-text: ")


def test_a_refusal_is_told_whole(phoihop: Phoihop, answering: Answering) -> None:
    reasons = [
        {"code": "no-items", "field": "items", "message": "Không có [/b]"},
        {"code": "party-without-unit", "field": "parties.1.unit_id", "message": "Chưa xác định"},
    ]
    more = {"reasons": reasons, "fields": [{"field": "party", "message": "too small"}], "plan_id": PLAN}
    problem = {"title": "x", "status": 422, "code": "plan-incomplete", "detail": "two things", **more}
    phoihop.sign_on("token").set(PLANNER_URL=answering(422, json.dumps(problem)))
    assert phoihop("plans", "step", PLAN, "co-sign").line() == (
        "plan-incomplete: two things; no-items items: Không có [/b]; "
        f"party-without-unit parties.1.unit_id: Chưa xác định; party: too small; plan_id {PLAN}"
    )


@pytest.mark.parametrize(
    ("status", "body"), [(200, "<html>"), (200, '"text"'), (302, ""), (404, "<html>"), (500, "[]"), (500, '{"a": 1}')]
)
def test_answers_that_no_service_gives(phoihop: Phoihop, answering: Answering, status: int, body: str) -> None:
    assert phoihop.sign_on("token").set(PLANNER_URL=answering(status, body))("plans", "list").line()


def test_the_installed_command_ends_with_the_code_and_without_a_traceback() -> None:
    command = [str(Path(sys.executable).with_name("phoihop")), "plans", "read", "[/b]"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "phoihop: [/b]: No such file or directory\n")
