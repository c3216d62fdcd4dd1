"""A country's directory of 54,000 units through the planner's API, against a bare COPY of the same rows and events."""

import asyncio
import csv
import io
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from contracts.units import Role
from tests.bench.results import Result
from tests.bench.stage import Stage, timed, until

UNITS = 54_000
PROVINCES, COMMUNES = 34, 97
ROUNDS = 5
MEBIBYTE = 1024 * 1024
COLUMNS = (
    *("id", "sequence", "name", "kind", "parent_id", "path", "levels", "ownership", "has_union", "valid_from", "since"),
)


async def measure(stage: Stage) -> list[Result]:
    """Rounds of ours and the reference by turns; the medians count. Nothing else works on the machine meanwhile."""
    planner = stage.services.processes["planner"]
    await asyncio.to_thread(stage.services.processes["tracker"].stop)
    await asyncio.to_thread(planner.start, stage.services.is_ready("planner"))
    file = units_file()
    ours, reference = [], []
    try:
        await stage.database.execute(_REFERENCE_TABLES)
        for _ in range(ROUNDS):
            await stage.database.execute(_FORGET)
            ours.append(await timed(_ours(stage, file)))
            assert await stage.database.fetchval("SELECT count(*) FROM planner.units") == UNITS
            reference.append(await timed(_reference(stage, file)))
            await until(lambda: _is_published(stage))
        peak = _peak_memory(planner.pid) / MEBIBYTE
    finally:
        await asyncio.to_thread(planner.stop)
    seconds, bare = median(ours), median(reference)
    return [
        Result("import of 54,000 units (s) / bare COPY of rows and events (s)", seconds, bare, seconds / bare, "<= 4"),
        Result("planner's peak memory after five imports (MiB) / 512 MiB", peak, 512, peak / 512, "<= 1"),
    ]


def units_file() -> str:
    """A country as CSV: provinces, communes and schools."""
    rows = ["unit_id,name,kind,parent_id,levels,ownership,has_union,valid_from,valid_to,successor_id"]
    rows.append("VN,Việt Nam,area,,,,no,2000-01-01,,")
    communes = []
    for number in range(PROVINCES):
        rows.append(f"V{number:02},Tỉnh {number},area,VN,,,no,2000-01-01,,")
        communes += [f"V{number:02}-{commune:02}" for commune in range(COMMUNES)]
    rows += [f"{commune},Xã {commune},area,{commune[:3]},,,no,2025-07-01,," for commune in communes]
    for number in range(UNITS + 1 - len(rows)):
        commune = communes[number % len(communes)]
        rows.append(f"{commune}-{number},Trường Tiểu học số {number},school,{commune},TH,public,yes,2000-01-01,,")
    return "\n".join(rows) + "\n"


async def _ours(stage: Stage, file: str) -> None:
    token = stage.services.token("operator", "OPS", [Role.OPERATOR], 600)
    async with httpx.AsyncClient(timeout=120) as client:
        answer = await client.post(
            f"{stage.services.url('planner')}/v1/units/import",
            files={"units": file},
            headers={"Authorization": f"Bearer {token}"},
        )
    answer.raise_for_status()


async def _reference(stage: Stage, file: str) -> None:
    """Parse the file and copy it, unchecked, with an event for each row, into tables as the planner's are."""
    rows = list(csv.DictReader(io.StringIO(file)))
    units = [_unit(number, row) for number, row in enumerate(rows, start=1)]
    added_at = await stage.database.fetchval("SELECT now()")
    events = [("unit-directory", row["unit_id"].encode(), str(row).encode(), added_at) for row in rows]
    async with stage.database.transaction():
        await stage.database.copy_records_to_table("copied_units", schema_name="bench", columns=COLUMNS, records=units)
        await stage.database.copy_records_to_table(
            "copied_events", schema_name="bench", columns=("topic", "key", "value", "added_at"), records=events
        )


def _unit(number: int, row: dict[str, str]) -> tuple[Any, ...]:
    day = date.fromisoformat(row["valid_from"])
    parent = row["parent_id"] or None
    levels = row["levels"].split(";") if row["levels"] else []
    place = (row["kind"], parent, f"{parent}/{row['unit_id']}/")
    return (row["unit_id"], number, row["name"], *place, levels, row["ownership"], row["has_union"] == "yes", day, day)


async def _is_published(stage: Stage) -> bool:
    return not await stage.database.fetchval("SELECT EXISTS (SELECT FROM planner.outbox)")


_REFERENCE_TABLES = """
CREATE TABLE bench.copied_units (LIKE planner.units INCLUDING ALL);
CREATE TABLE bench.copied_events (LIKE planner.outbox INCLUDING ALL);
"""
_FORGET = """
TRUNCATE planner.units CASCADE;
TRUNCATE bench.copied_units, bench.copied_events;
UPDATE planner.directory SET sequence = 0;
"""


def _peak_memory(pid: int | None) -> int:
    """The most bytes that the process ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
