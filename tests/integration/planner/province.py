"""A small province and what its people do over HTTP."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from contracts.units import Role
from tests.support.tokens import TestTokens

UNITS = """\
unit_id,name,kind,parent_id,levels,ownership,has_union,valid_from,valid_to,successor_id
AH,Tỉnh An Hải,area,,,,no,2000-01-01,,
AH-SGD,Sở Giáo dục và Đào tạo,office,AH,,,no,2000-01-01,,
AH-CDN,Công đoàn ngành Giáo dục,union,AH,,,no,2000-01-01,,
AH-PL,Huyện Phước Lộc,area,AH,,,no,2000-01-01,,
AH-PL-PGD,Phòng Giáo dục Phước Lộc,office,AH-PL,,,no,2000-01-01,,
AH-PL-LDLD,Liên đoàn Lao động Phước Lộc,union,AH-PL,,,no,2000-01-01,,
AH-PL-TH1,Trường Tiểu học Phước Lộc 1,school,AH-PL,TH,public,yes,2000-01-01,,
AH-PL-LC1,Trường liên cấp Phước Lộc,school,AH-PL,TH;THCS,non-public,no,2000-01-01,,
AH-PL-CU,Trường cũ,school,AH-PL,TH,public,yes,2000-01-01,2025-06-30,AH-PL-TH1
AH-TK,Huyện Tân Khê,area,AH,,,no,2000-01-01,,
AH-TK-PGD,Phòng Giáo dục Tân Khê,office,AH-TK,,,no,2000-01-01,,
AH-TK-MN1,Mầm non Tân Khê,school,AH-TK,MN,public,yes,2000-01-01,,
"""

PEOPLE = """\
person_id,unit_id,role,name,email,valid_from,valid_to
dept-officer,AH-SGD,officer,Người 1,,2020-01-01,
dept-head,AH-SGD,signatory,Người 2,,2020-01-01,
union-head,AH-CDN,signatory,Người 3,,2020-01-01,
officer,AH-PL-PGD,officer,Người 4,officer@example.org,2020-01-01,
head,AH-PL-PGD,signatory,Người 5,,2020-01-01,
former-head,AH-PL-PGD,signatory,Người 6,,2010-01-01,2019-12-31
chair,AH-PL-LDLD,signatory,Người 7,,2020-01-01,
principal,AH-PL-TH1,principal,Người 8,,2020-01-01,
union-chair,AH-PL-TH1,union-chair,Người 9,,2020-01-01,
"""

PLAN = """\
LIÊN ĐOÀN LAO ĐỘNG HUYỆN PHƯỚC LỘC
PHÒNG GIÁO DỤC VÀ ĐÀO TẠO HUYỆN PHƯỚC LỘC
Số: 215/KHLT-PGDĐT-LĐLĐ
Phước Lộc, ngày 16 tháng 9 năm 2025

KẾ HOẠCH LIÊN TỊCH
Phối hợp hoạt động giữa Phòng Giáo dục và Đào tạo và Liên đoàn Lao động huyện Phước Lộc
Năm học 2025-2026

I. MỤC ĐÍCH, YÊU CẦU
- Nâng cao chất lượng phối hợp giữa hai ngành.

II. NỘI DUNG PHỐI HỢP
1. Công tác tuyên truyền
- Tuyên truyền chủ trương của Đảng, chính sách pháp luật của Nhà nước đến đoàn viên.
- Báo cáo kết quả đợt 1 trước ngày 20/11/2025.
2. Công tác thi đua
- Phát động phong trào thi đua “Dạy tốt, học tốt” trong các nhà trường.

III. TỔ CHỨC THỰC HIỆN
1. Phòng Giáo dục và Đào tạo: chỉ đạo các trường thực hiện kế hoạch.

Nơi nhận:
- Các trường trong huyện;
- Lưu: VT.

TRƯỞNG PHÒNG                                CHỦ TỊCH
"""

PARTIES = [
    {"name": "Phòng Giáo dục và Đào tạo", "role": "education", "unit_id": "AH-PL-PGD"},
    {"name": "Liên đoàn Lao động", "role": "union", "unit_id": "AH-PL-LDLD"},
]


@dataclass(frozen=True)
class Person:
    """Somebody with a token, at the API."""

    client: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """Ask."""
        return await self.client.get(f"/v1{path}", params=query, headers=self.headers)

    async def post(self, path: str, **what: Any) -> httpx.Response:
        """Do something."""
        return await self.client.post(f"/v1{path}", json=what, headers=self.headers)

    async def accept(self, plan_id: str, reason: str = "Đã xem") -> httpx.Response:
        """Accept every open warning of a plan."""
        plan = (await self.get(f"/plans/{plan_id}")).json()
        names = [one["warning_id"] for one in plan["warnings"] if not one["note"] and one["accepted"] is None]
        headers = {**self.headers, "If-Match": f'"{plan["revision"]}"'}
        what = {"warnings": names, "reason": reason}
        return await self.client.post(f"/v1/plans/{plan_id}/warnings/accept", json=what, headers=headers)

    async def act(self, plan_id: str, action: str, **doing: Any) -> httpx.Response:
        """Take a plan's next step."""
        return await self.client.post(f"/v1/plans/{plan_id}/{action}", json=doing, headers=self.headers)

    async def edit(self, plan_id: str, revision: int, **change: Any) -> httpx.Response:
        """Change a plan as seen at a revision."""
        headers = {**self.headers, "If-Match": f'"{revision}"'}
        return await self.client.patch(f"/v1/plans/{plan_id}", json=change, headers=headers)

    async def item_ids(self, plan_id: str) -> list[str]:
        """The lasting ids of a plan's items."""
        found: list[str] = (await self.get(f"/plans/{plan_id}")).json()["item_ids"]
        return found

    async def on_item(
        self, plan_id: str, path: str, revision: int, *, method: str = "POST", **what: Any
    ) -> httpx.Response:
        """Add, split, merge, move or remove an item of a plan as seen at a revision."""
        headers = {**self.headers, "If-Match": f'"{revision}"'}
        return await self.client.request(method, f"/v1/plans/{plan_id}/items{path}", json=what, headers=headers)

    async def upload(self, text: str | bytes = PLAN) -> httpx.Response:
        """Hand in a document."""
        raw = text.encode() if isinstance(text, str) else text
        files = {"file": ("plan.txt", raw, "text/plain")}
        return await self.client.post("/v1/plans", files=files, headers=self.headers)

    async def import_files(self, units: str | bytes, people: str | None = None, **query: Any) -> httpx.Response:
        """Import a directory."""
        files: dict[str, Any] = {"units": units}
        if people is not None:
            files["people"] = people
        return await self.client.post("/v1/units/import", files=files, params=query, headers=self.headers)


_COPY = count()
"""Makes each of a test's plans another file."""


@dataclass(frozen=True)
class Cast:
    """Everybody who acts in the tests."""

    client: httpx.AsyncClient
    tokens: TestTokens

    def person(self, person_id: str, unit_id: str, *roles: Role) -> Person:
        """Anybody, as their token says."""
        return Person(self.client, self.tokens.header(person_id, unit_id, *roles))

    @property
    def operator(self) -> Person:
        """The operator, whose unit no directory knows."""
        return self.person("operator", "OPS", Role.OPERATOR)

    @property
    def officer(self) -> Person:
        """The district office's officer."""
        return self.person("officer", "AH-PL-PGD", Role.OFFICER)

    @property
    def head(self) -> Person:
        """The district office's signatory."""
        return self.person("head", "AH-PL-PGD", Role.SIGNATORY)

    @property
    def deputy(self) -> Person:
        """Who may sign in the head's place once the head says so."""
        return self.person("deputy", "AH-PL-PGD", Role.STAFF)

    @property
    def chair(self) -> Person:
        """The district union's signatory."""
        return self.person("chair", "AH-PL-LDLD", Role.SIGNATORY)

    @property
    def neighbour(self) -> Person:
        """An officer of the district beside."""
        return self.person("neighbour", "AH-TK-PGD", Role.OFFICER)

    @property
    def principal(self) -> Person:
        """The principal of the first primary school."""
        return self.person("principal", "AH-PL-TH1", Role.PRINCIPAL)

    @property
    def union_chair(self) -> Person:
        """The union chair of the same school."""
        return self.person("union-chair", "AH-PL-TH1", Role.UNION_CHAIR)

    async def plan(self, *steps: str) -> str:
        """The id of a district plan with its parties set, after these of: review, co-sign, sign, approve."""
        standing = (await self.officer.upload(PLAN + "\n" * next(_COPY))).json()
        plan_id: str = standing["plan_id"]
        assert (await self.officer.edit(plan_id, standing["revision"], parties=PARTIES)).is_success
        for step in steps:
            signs = step == "sign"
            for person in (self.head, self.chair) if signs else (self.officer,):
                answer = await person.act(plan_id, step)
                assert answer.is_success, answer.text
        return plan_id
