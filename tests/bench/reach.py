"""Whom a plan would reach, as a page shows it at each view: in a province of 3,500 schools, of a plan with 20 items."""

import asyncio
from statistics import median
from typing import Any

import httpx

from contracts.units import Role
from tests.bench.results import Result
from tests.bench.stage import DISTRICTS, Stage, schools, timed

ITEMS = 20
ROUNDS = 15
PARTIES = [
    {"name": "Sở Giáo dục và Đào tạo", "role": "education", "unit_id": "P-SGD"},
    {"name": "Công đoàn ngành Giáo dục", "role": "union", "unit_id": "P-CDN"},
]


async def measure(stage: Stage) -> list[Result]:
    """The reach counted anew after an edit, the same kept, and the plan itself, by turns; the medians count."""
    planner = stage.services.processes["planner"]
    await asyncio.to_thread(planner.start, stage.services.is_ready("planner"))
    anew: list[float] = []
    kept: list[float] = []
    itself: list[float] = []
    try:
        async with httpx.AsyncClient(base_url=f"{stage.services.url('planner')}/v1", timeout=60) as client:
            plan = await _drafted(stage, client)
            for _ in range(ROUNDS):
                await _edit(client, plan, place=f"Nơi {len(anew)}")
                anew.append(await timed(_asked(client, f"{plan}/reach")))
                kept.append(await timed(_asked(client, f"{plan}/reach")))
                itself.append(await timed(_asked(client, plan)))
    finally:
        await asyncio.to_thread(planner.stop)
    counted, again, whole = (1000 * median(times) for times in (anew, kept, itself))
    return [
        Result(
            "reach of 20 items in 3,500 schools, kept (ms) / the plan itself (ms)",
            again,
            whole,
            again / whole,
            "<= 1.5",
        ),
        Result("the same counted anew (ms) / kept (ms)", counted, again, counted / again, ">= 3"),
    ]


async def _drafted(stage: Stage, client: httpx.AsyncClient) -> str:
    """A province and a plan in it, every item with a scope of its own. Returns where the plan is."""
    operator = stage.services.token("operator", "OPS", [Role.OPERATOR], 600)
    headers = {"Authorization": f"Bearer {operator}"}
    (await client.post("/units/import", files={"units": _units_file()}, headers=headers)).raise_for_status()
    officer = stage.services.token("officer", "P-SGD", [Role.OFFICER], 600)
    client.headers["Authorization"] = f"Bearer {officer}"
    made = await client.post("/plans", files={"file": ("plan.txt", _document().encode())})
    made.raise_for_status()
    plan = f"/plans/{made.json()['plan_id']}"
    item_ids = (await _asked(client, plan)).json()["item_ids"]
    assert len(item_ids) == ITEMS
    scopes = [{"grades": [1 + number % 12], "with_union": number < 12} for number in range(ITEMS)]
    items = [{"item_id": item_id, "scope": scope} for item_id, scope in zip(item_ids, scopes, strict=True)]
    await _edit(client, plan, parties=PARTIES, items=items)
    assert (await _asked(client, f"{plan}/reach")).json()["tasks"] > len(schools())
    return plan


async def _edit(client: httpx.AsyncClient, plan: str, **change: Any) -> None:
    seen = (await _asked(client, plan)).headers["ETag"]
    (await client.patch(plan, json=change, headers={"If-Match": seen})).raise_for_status()


async def _asked(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(path)
    answer.raise_for_status()
    return answer


def _units_file() -> str:
    rows = [
        "unit_id,name,kind,parent_id,levels,ownership,has_union,valid_from,valid_to,successor_id",
        "P,Tỉnh,area,,,,no,2000-01-01,,",
        "P-SGD,Sở Giáo dục,office,P,,,no,2000-01-01,,",
        "P-CDN,Công đoàn ngành,union,P,,,no,2000-01-01,,",
        *(f"P-{number:02},Xã {number},area,P,,,no,2000-01-01,," for number in range(DISTRICTS)),
        *(f"{unit_id},Trường {unit_id},school,{unit_id[:4]},TH;THCS,public,yes,2000-01-01,," for unit_id in schools()),
    ]
    return "\n".join(rows) + "\n"


def _document() -> str:
    items = "\n".join(
        f"- Tổ chức hoạt động thứ {number} cho đoàn viên trong các nhà trường." for number in range(ITEMS)
    )
    return (
        "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nSố: 1/KH-SGDĐT\nNgày 16 tháng 9 năm 2025\n\nKẾ HOẠCH\nPhối hợp hoạt động\n"
        f"Năm học 2025-2026\n\nII. NỘI DUNG PHỐI HỢP\n{items}\n"
    )
