"""What the command prints can be read, copied and typed again."""

import json
import re
from pathlib import Path

import pytest

from contracts.topics import TOPICS
from services.ops.output import show
from tests.unit.ops.command import Phoihop
from tests.unit.ops.conftest import Answering

SAMPLE = next(iter(sorted((Path(__file__).parents[3] / "samples").glob("*.txt"))))
JOINT_PLAN = SAMPLE.with_name("ke-hoach-lien-tich-huyen.txt")
LETTER = {
    "letter": "notifier-dead-letters/0/1234567",
    "code": "unknown-type",
    "detail": "the type [/b] of [bold]this[/bold] :x: does not belong on the topic, " * 3,
    "record": "plan-submissions-012345678901234567890123456789ABCDE/0/1234567",
    "recorded_at": "2025-01-01T00:00:00+00:00",
    "bytes": 12,
}
PLAN = {
    "plan_id": "01900000-0000-7000-8000-000000000000",
    "state": "CO_SIGNING",
    "number": "215/KHLT-PGDĐT-LĐLĐ",
    "title": "Phối hợp hoạt động giữa hai ngành " * 8,
}


@pytest.fixture(params=["pipe", "terminal", "narrow terminal"])
def surface(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the output goes."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("TTY_COMPATIBLE", "0" if request.param == "pipe" else "1")
    monkeypatch.setenv("COLUMNS", "20" if request.param == "narrow terminal" else "80")


def _words(out: str) -> list[str]:
    return re.sub(r"\x1b\[\d*m", "", out).split()


@pytest.mark.usefixtures("surface")
@pytest.mark.parametrize("row", [LETTER, PLAN])
def test_no_word_is_cut(capsys: pytest.CaptureFixture[str], row: dict[str, object]) -> None:
    show([row, row], as_json=False)
    words = _words(capsys.readouterr().out)
    for value in row.values():
        assert set(str(value).split()) <= set(words)


@pytest.mark.usefixtures("surface")
def test_the_table_of_topics_is_whole(phoihop: Phoihop) -> None:
    words = {word.strip(",") for word in _words(phoihop("topics", "list").out)}
    assert {topic.name for topic in TOPICS} <= words
    assert {message.__name__ for topic in TOPICS for message in topic.messages} <= words


def test_a_row_is_a_line_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    show([LETTER], as_json=False)
    [line] = [line for line in capsys.readouterr().out.splitlines() if "dead-letters" in line]
    assert str(LETTER["detail"]).strip() in line


def test_what_would_move_the_cursor_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    show({"detail": "a\x1b[2Jb\nc\u202ed", "title": "Kế hoạch [/b]"}, as_json=False)
    out = capsys.readouterr().out
    assert "a\\x1b[2Jb\\nc\\u202ed" in out
    assert "Kế hoạch [/b]" in out


def test_json_is_json_whatever_a_name_holds(capsys: pytest.CaptureFixture[str]) -> None:
    data = [{"file": "\udcff[/b]:x:\x1b", "name": "Kế hoạch"}]
    show(data, as_json=True)
    out = capsys.readouterr().out
    assert json.loads(out) == data
    assert "Kế hoạch" in out


@pytest.mark.parametrize("name", ["[/b].txt", "[bold]x.txt"])
def test_a_document_with_markup_is_read(phoihop: Phoihop, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(SAMPLE.read_text("utf-8").replace("hai bên", "[/b] [bold]hai bên"), "utf-8")
    said = phoihop("plans", "read", file)
    assert (said.code, said.err) == (0, "")
    assert "[/b] [bold]hai bên" in said.out
    assert json.loads(phoihop("plans", "read", file, "--json").out)["items"]


def test_a_document_is_shown_with_due_days_scopes_and_lines(phoihop: Phoihop) -> None:
    out = phoihop("plans", "read", JOINT_PLAN).out
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert any(row.startswith("3 II.1 31 target 2024-12-31 (quarter:2024-4) MN TH THCS ") for row in rows)
    assert any(row.startswith("79 duplicate-duty the duty repeats line 77") for row in rows)


def test_json_of_a_document_has_every_field(phoihop: Phoihop) -> None:
    document = json.loads(phoihop("plans", "read", JOINT_PLAN, "--json").out)
    fields = {
        "": "kind number date place title parties parent period legal_bases items duties recipients warnings",
        "parties": "name role signer signer_title",
        "parent": "number date issuer",
        "period": "school_year calendar_year start end certain",
        "legal_bases": "number date issuer text",
        "items": "position section heading text kind due targets lead cooperating directing accountable scope parts "
        "lines",
        "due": "rule date text",
        "scope": "levels grades ownership with_union area text",
        "duties": "who text lines",
        "recipients": "name unit",
        "warnings": "code message lines",
    }
    for name, names in fields.items():
        found = document["items"][0][name] if name in ("due", "scope") else document[name] if name else document
        for each in found if isinstance(found, list) else [found]:
            assert set(names.split()) <= set(each), name
    [target] = document["items"][1]["targets"]
    assert target == {"value": 100.0, "unit": "%"}
    assert {"field": "due", "text": "quý IV năm 2024", "lines": [31, 31]} in document["items"][2]["origins"]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, '{"status": "ready"}', 0),
        (503, '{"detail": "[/b] the database does not answer"}', 1),
        (502, "<html>", 1),
        (500, '"text"', 1),
    ],
)
def test_status_tells_by_its_exit_code(
    phoihop: Phoihop, answering: Answering, status: int, body: str, code: int
) -> None:
    url = answering(status, body)
    said = phoihop.set(PLANNER_URL=url, TRACKER_URL=url, NOTIFIER_URL=f"{url}/")("status", "--json")
    assert (said.code, said.err) == (code, "")
    assert {row["ready"] == "yes" for row in json.loads(said.out)} == {code == 0}


def test_one_service_away_is_enough(phoihop: Phoihop, answering: Answering) -> None:
    url = answering(200, "{}")
    said = phoihop.set(PLANNER_URL=url, TRACKER_URL=url, NOTIFIER_URL="http://127.0.0.1:1")("status")
    assert said.code == 1
    assert "no answer" in said.out
