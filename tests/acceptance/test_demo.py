"""The demo itself, small: the whole way on real processes, and the same result when a service is killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from contracts.topics import SERVICES

ROOT = Path(__file__).parents[2]
SCHOOLS = "40"


def run_demo(directory: Path, *, kill: Sequence[str] = ()) -> dict[str, Any]:
    """Run the demo to its end; at each of its steps end one of the services `kill`, in turn, by SIGKILL.

    Returns the summary. Raises AssertionError when the demo says that something is lost or doubled.
    """
    demo = subprocess.Popen(
        [sys.executable, "-m", "deploy.demo", "--schools", SCHOOLS, "--directory", str(directory)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    killed = 0
    assert demo.stdout is not None
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if kill:
            killed += kill_service(demo.pid, kill[killed % len(kill)])
    assert demo.wait() == 0, "".join(lines[-60:])
    assert killed >= 10 * bool(kill)
    summary: dict[str, Any] = json.loads((directory / "summary.json").read_text(encoding="utf-8"))
    return summary


def kill_service(parent: int, service: str) -> int:
    """Kill the demo's process of that service, if it is up. Returns how many were."""
    found = 0
    for process in psutil.Process(parent).children(recursive=True):
        try:
            if f"services.{service}.app" in process.cmdline():
                process.send_signal(signal.SIGKILL)
                found += 1
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The summary of a demo that nobody disturbs."""
    return run_demo(tmp_path_factory.mktemp("demo"))


def table(summary: dict[str, Any]) -> dict[str, Any]:
    """The final table: what must be the same however the run went.

    After a crash events and mails may come again under the same id; that is left out, with the duration.
    """
    alerts = {name: count for name, count in summary["alerts"].items() if name != "mails_repeated"}
    kept = {name: value for name, value in summary.items() if name not in ("seconds", "records_by_topic")}
    return kept | {"alerts": alerts}


def test_every_book_agrees(undisturbed: dict[str, Any]) -> None:
    assert (undisturbed["lost"], undisturbed["doubled"]) == (0, 0)
    for plan in undisturbed["plans"]:
        assert plan["state"] == "APPROVED"
        assert plan["tasks"] == plan["tasks_expected"] > 0
    changes = undisturbed["changes"]
    assert (changes["plans submitted"], changes["plans amended"]) == (2, 1)
    assert [plan["version"] for plan in undisturbed["plans"]].count(2) == 1
    for told in ("tasks revised by an amendment", "tasks withdrawn by an amendment", "tasks moved by a merger"):
        assert changes[told] > 0
    assert undisturbed["sign_on"] is None  # nobody is there to sign on
    commands, alerts = undisturbed["commands"], undisturbed["alerts"]
    assert commands["sent"] == commands["accepted"] + commands["refused"]
    assert commands["refused"] == commands["refused_on_purpose"] > 0
    assert sum(alerts["by_rule"].values()) == alerts["raised"] > alerts["mails"] > 0
    assert undisturbed["records_by_topic"]["alert-events"] == alerts["mails"]
    assert alerts["mails_repeated"] == 0
    assert all(undisturbed["records_by_topic"][f"{service}-dead-letters"] == 0 for service in SERVICES)
    assert sum(undisturbed["tasks_by_state"].values()) == sum(undisturbed["timeliness"].values())


@pytest.mark.timeout(600)
def test_killing_services_does_not_change_the_final_table(undisturbed: dict[str, Any], tmp_path: Path) -> None:
    assert table(run_demo(tmp_path, kill=SERVICES)) == table(undisturbed)
