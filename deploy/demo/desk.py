"""What an office does with a document until it is approved, over the planner's API as people do it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from contracts.plans import PartyRole
from contracts.units import Level, Role, UnitKind
from deploy.demo.province import MadeProvince, PersonRow, UnitRow
from services.ops.client import Client, ProblemAnswer

ClientOf = Callable[[PersonRow], Client]


@dataclass
class DeskPlan:
    """A plan on its way. `document` is what was read; `reach` what the planner expected at the approval."""

    source: str
    plan_id: str
    document: dict[str, Any]
    state: str
    reach: dict[str, Any]
    officer: PersonRow
    signers: list[PersonRow]
    submitted: bool = False
    """Whether it came signed from the district's own system."""

    @property
    def start(self) -> date:
        """The first day of the plan's period; without one, the document's own date or the demo's year."""
        return date.fromisoformat(self.document["period"]["start"] or self.document["date"] or "2024-09-05")


class Desk:
    """Imports, reviews, signs and approves. A call that was cut off is looked up before it is made again."""

    def __init__(self, province: MadeProvince, client_of: ClientOf) -> None:
        self._province = province
        self._client_of = client_of
        self._used: set[str] = set()

    def take_in(self, path: Path, *, districts_publish: bool = False) -> DeskPlan:
        """Upload a document as the office that it concerns; it becomes a draft.

        Where districts publish, a district's plan stays in its own system, and has no id here until it comes signed.
        """
        # Who brings it in depends on whose it is, which the reader says: an operator's dry read comes first.
        from services.planner.files import reader

        document = asyncio.run(reader.read_file(path.read_bytes()))[1].model_dump(mode="json")
        units = self._units_for(document)
        officer = self._person(units[0], Role.PRINCIPAL if units[0].kind is UnitKind.SCHOOL else Role.OFFICER)
        roles = [Role.PRINCIPAL, Role.UNION_CHAIR] if units[0].kind is UnitKind.SCHOOL else [Role.SIGNATORY] * 2
        signers = [self._person(unit, role) for unit, role in zip(units, roles, strict=True)]
        if districts_publish and units[0].kind is UnitKind.OFFICE and units[0].parent_id != self._province.root.unit_id:
            document["parties"] = _parties(document, units)
            return DeskPlan(path.name, "", document, "DRAFT", {}, officer, signers, submitted=True)
        client = self._client_of(officer)
        plan_id = self._upload(client, path)
        found = client.get(f"/v1/plans/{plan_id}")
        plan = DeskPlan(path.name, plan_id, found["document"], found["state"], {}, officer, signers)
        self._name_parties(plan, units)
        return plan

    def approve(self, plan: DeskPlan) -> None:
        """Review, co-sign by each party's own signatory, and approve."""
        self._step(plan, "review", "IN_REVIEW", plan.officer)
        self._accept_warnings(plan)
        self._step(plan, "co-sign", "CO_SIGNING", plan.officer)
        for signer in plan.signers:
            self._sign(plan, signer)
        self._step(plan, "approve", "APPROVED", plan.officer)
        found = self._client_of(plan.officer).get(f"/v1/plans/{plan.plan_id}")
        plan.state, plan.reach = found["state"], found["reach"]

    def amend(self, plan: DeskPlan, *, due: str, reason: str) -> None:
        """Bring a next version into force: the first item falls due by that rule, the last one is dropped."""
        client = self._client_of(plan.officer)
        try:
            answer = client.call("POST", f"/v1/plans/{plan.plan_id}/amendment", data={"reason": reason})
        except ProblemAnswer as error:
            if error.code != "already-amended":
                raise
            answer = error.problem  # it had arrived before the line was cut
        version = replace(plan, plan_id=str(answer["plan_id"]))
        first, *_, last = client.get(f"/v1/plans/{version.plan_id}")["item_ids"]
        self._edit(version, "PATCH", "", {"items": [{"item_id": first, "due": due}]})
        self._edit(version, "DELETE", f"/items/{last}", None)
        self.approve(version)
        plan.reach = version.reach

    def _edit(self, plan: DeskPlan, method: str, path: str, what: Any) -> None:
        client = self._client_of(plan.officer)
        headers = {"If-Match": f'"{client.get(f"/v1/plans/{plan.plan_id}")["revision"]}"'}
        try:
            client.call(method, f"/v1/plans/{plan.plan_id}{path}", json=what, headers=headers)
        except ProblemAnswer as error:
            if error.status != 409:  # else it had arrived before the line was cut
                raise

    def _upload(self, client: Client, path: Path) -> str:
        try:
            answer = client.call("POST", "/v1/plans", files={"file": (path.name, path.read_bytes(), "text/plain")})
        except ProblemAnswer as error:
            if error.code != "already-imported":
                raise
            answer = error.problem  # it had arrived before the line was cut
        return str(answer["plan_id"])

    def _name_parties(self, plan: DeskPlan, units: list[UnitRow]) -> None:
        """Say which units of the directory the parties are, as the reviewer does."""
        self._edit(plan, "PATCH", "", {"parties": _parties(plan.document, units)})

    def _accept_warnings(self, plan: DeskPlan) -> None:
        """Say of every warning that the document is meant so, as the reviewer does of what is no slip."""
        client = self._client_of(plan.officer)
        found = client.get(f"/v1/plans/{plan.plan_id}")
        names = [one["warning_id"] for one in found["warnings"] if not one["note"] and one["accepted"] is None]
        if not names:
            return
        accepting = {"warnings": names, "reason": "Đã xem: văn bản đúng như vậy."}
        headers = {"If-Match": f'"{found["revision"]}"'}
        try:
            client.call("POST", f"/v1/plans/{plan.plan_id}/warnings/accept", json=accepting, headers=headers)
        except ProblemAnswer as error:
            if error.status != 409:  # else it had arrived before the line was cut
                raise

    def _sign(self, plan: DeskPlan, signer: PersonRow) -> None:
        client = self._client_of(signer)
        try:
            client.call("POST", f"/v1/plans/{plan.plan_id}/sign", json={})
        except ProblemAnswer:
            signatures = client.get(f"/v1/plans/{plan.plan_id}")["signatures"]
            if signer.person_id not in {signature["person_id"] for signature in signatures}:
                raise

    def _step(self, plan: DeskPlan, step: str, to: str, who: PersonRow) -> None:
        client = self._client_of(who)
        try:
            plan.state = client.call("POST", f"/v1/plans/{plan.plan_id}/{step}", json={})["state"]
        except ProblemAnswer:
            plan.state = client.get(f"/v1/plans/{plan.plan_id}")["state"]
            if plan.state != to:
                raise

    def _units_for(self, document: dict[str, Any]) -> list[UnitRow]:
        """The education side and the union side in the made province: by the level that the parties name."""
        words = " ".join([document["title"], *(party["name"] for party in document["parties"])]).lower()
        root = self._province.root.unit_id
        if "sở giáo dục" in words or "sở gd" in words:
            return [self._province.below(root, kind)[0] for kind in (UnitKind.OFFICE, UnitKind.UNION)]
        if "phòng giáo dục" in words or "phòng gd" in words:
            district = self._free(self._province.below(root, UnitKind.AREA))
            return [self._province.below(district.unit_id, kind)[0] for kind in (UnitKind.OFFICE, UnitKind.UNION)]
        level = Level.MN if "mầm non" in words else Level.TH if "tiểu học" in words else Level.THCS
        schools = [unit for unit in self._province.units if unit.levels == level and unit.has_union == "yes"]
        return [self._free([school for school in schools if not school.valid_to])] * 2

    def _free(self, units: list[UnitRow]) -> UnitRow:
        """The first unit that no earlier plan of this demo belongs to."""
        unit = next((unit for unit in units if unit.unit_id not in self._used), units[0])
        self._used.add(unit.unit_id)
        return unit

    def _person(self, unit: UnitRow, role: Role) -> PersonRow:
        return self._province.person(unit.unit_id, role)


def _parties(document: dict[str, Any], units: list[UnitRow]) -> list[dict[str, Any]]:
    """The parties as they were read, each with its unit of the directory."""
    read = {party["role"]: party for party in document["parties"]}
    return [
        {**read.get(role, {"name": unit.name}), "role": role, "unit_id": unit.unit_id}
        for role, unit in zip((PartyRole.EDUCATION, PartyRole.UNION), units, strict=True)
    ]
