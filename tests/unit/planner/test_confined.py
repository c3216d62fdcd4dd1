"""Every program that touches a stranger's file has its limits, and ends with all that it started."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from services.planner.files import confined, reader
from services.planner.reading import UnreadableDocument
from tests.support.waiting import until
from tests.unit.planner.test_forms import form

HASTY = replace(confined.STEP, wait_seconds=1.0)
"""The limits of a step, but for a clock that a test can wait for."""


async def test_a_step_has_four_seconds_and_half_a_gibibyte() -> None:
    outcome = await confined.program("sh", "-c", "ulimit -t; ulimit -v", limits=confined.STEP)
    assert outcome.output.split() == [b"4", str(512 * 1024).encode()]


@pytest.mark.parametrize(
    "script", ["sleep 600 & echo $! > child; wait", "sleep 600 & echo $! > child"], ids=["waits", "leaves its child"]
)
async def test_what_sleeps_ends_by_the_clock_with_its_children(tmp_path: Path, script: str) -> None:
    with pytest.raises(confined.TooComplex):
        await confined.program("sh", "-c", script, limits=HASTY, folder=tmp_path)
    child = int((tmp_path / "child").read_text())
    await until(lambda: has_ended(child), "the child ends")


async def has_ended(process: int) -> bool:
    """Whether there is no such process; one that has ended and that nobody has asked after yet is none."""
    try:
        state = await asyncio.to_thread(Path(f"/proc/{process}/stat").read_text)
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state.rsplit(")", 1)[1].split()[0] in ("Z", "X")


async def test_what_counts_for_ever_ends_by_its_cpu() -> None:
    limits = replace(confined.STEP, cpu_seconds=1, wait_seconds=600)
    with pytest.raises(confined.TooComplex):
        await confined.program("sh", "-c", "while :; do :; done", limits=limits)


@pytest.mark.parametrize("tool", ["soffice", "tesseract"])
async def test_a_tool_that_hangs_is_a_clear_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tool: str) -> None:
    hanging = tmp_path / tool
    hanging.write_text("#!/bin/sh\nsleep 600\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(os, "defpath", f"{tmp_path}:{os.defpath}")  # where `program` looks
    monkeypatch.setattr(confined, "STEP", replace(confined.STEP, wait_seconds=5.0))  # the reader itself needs one
    with pytest.raises(UnreadableDocument, match=r"takes more than 4 s of CPU, 5\.0 s or 512 MiB") as refused:
        await reader.read_file(form("doc") if tool == "soffice" else scan())
    assert refused.value.code == "too-complex"


def scan() -> bytes:
    """A page that only Tesseract could read."""
    return (Path(__file__).parents[2] / "documents" / "chi-thi-an-toan.png").read_bytes()
