"""Reading in a process of its own: the same result, the same refusals, and an end to what does not end."""

import pytest

from services.planner import reader
from services.planner.reading import UnreadableDocument, read_plan

PLAN = (
    "KẾ HOẠCH\nPhối hợp năm học 2025-2026\n\nII. NỘI DUNG PHỐI HỢP\n- Tuyên truyền đến đoàn viên.\n- Tổ chức hội thi.\n"
)


async def test_the_document_is_what_reading_here_gives() -> None:
    assert await reader.read(PLAN) == read_plan(PLAN)


async def test_a_file_gives_its_text_too() -> None:
    assert await reader.read_file(PLAN.encode("utf-16")) == (PLAN, read_plan(PLAN))


async def test_a_submitted_text_is_no_file() -> None:
    with pytest.raises(UnreadableDocument) as error:
        await reader.read("%PDF-1.7 and no more")
    assert error.value.code == "no-plan"


async def test_a_refusal_comes_back_with_code_and_line() -> None:
    with pytest.raises(UnreadableDocument) as error:
        await reader.read(PLAN + "a" * 30_000)
    assert (error.value.code, error.value.line) == ("paragraph-too-long", 7)


@pytest.mark.parametrize(("limit", "value"), [("WAIT_SECONDS", 0), ("MEMORY_BYTES", 1)])
async def test_a_limit_ends_the_reading(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(reader, limit, value)
    with pytest.raises(UnreadableDocument) as error:
        await reader.read(PLAN + "- Tuyên truyền đến đoàn viên.\n" * 900)
    assert error.value.code == "too-complex"


async def test_a_fault_of_the_readers_own_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MEMORY_BYTES", "not a number")
    with pytest.raises(RuntimeError):
        await reader.read(PLAN)
