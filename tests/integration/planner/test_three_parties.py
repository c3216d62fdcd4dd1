"""A plan of three parties: the third, a health office or a party cell, signs, refuses and sends a deputy like any."""

from typing import Any

import pytest

from contracts.plans import PlanApproved
from contracts.units import Role
from services.kit.database import Database
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PARTIES, PEOPLE, UNITS, Cast, Person
from tests.integration.planner.test_submissions import approvals, changed, codes, hand_in, signed

HEALTH = "AH-PL-YT,Trung tâm Y tế Phước Lộc,office,AH-PL,,,no,2000-01-01,,\n"
THREE = [*PARTIES, {"name": "Trung tâm Y tế", "role": "health", "unit_id": "AH-PL-YT"}]
DOCTORS = PEOPLE + (
    "doctor,AH-PL-YT,signatory,Người 15,,2020-01-01,\n"
    "nurse,AH-PL-YT,staff,Người 16,,2020-01-01,\n"
    "secretary,AH-PL-TH1,signatory,Người 17,,2020-01-01,\n"
)


@pytest.fixture(autouse=True)
async def _with_a_health_office(cast: Cast) -> None:
    assert (await cast.operator.import_files(UNITS + HEALTH, DOCTORS)).is_success


def doctor(cast: Cast) -> Person:
    """The health office's signatory."""
    return cast.person("doctor", "AH-PL-YT", Role.SIGNATORY)


def nurse(cast: Cast) -> Person:
    """Who may sign in the doctor's place once the doctor says so."""
    return cast.person("nurse", "AH-PL-YT", Role.STAFF)


async def sent_to_three(cast: Cast) -> str:
    """A plan that waits for three signatures."""
    plan_id: str = (await cast.officer.upload()).json()["plan_id"]
    assert (await cast.officer.edit(plan_id, 1, parties=THREE)).is_success
    for action in ("review", "co-sign"):
        assert (await cast.officer.act(plan_id, action)).is_success
    return plan_id


async def parties_signed(cast: Cast, plan_id: str) -> list[tuple[int, str]]:
    """Which party is signed for by whom."""
    signatures = (await cast.officer.get(f"/plans/{plan_id}")).json()["signatures"]
    return [(signature["party"], signature["person_id"]) for signature in signatures]


async def test_without_the_third_signature_there_is_no_plan(cast: Cast, published: Published) -> None:
    plan_id = await sent_to_three(cast)
    for person in (cast.head, cast.chair):
        assert (await person.act(plan_id, "sign")).is_success
    early = await cast.officer.act(plan_id, "approve")
    assert (early.status_code, early.json()["code"]) == (409, "not-all-signed")
    for stranger in (nurse(cast), cast.person("union-head", "AH-PL-YT", Role.SIGNATORY)):
        assert (await stranger.act(plan_id, "sign")).json()["code"] == "not-entitled"
    assert (await doctor(cast).act(plan_id, "sign")).is_success
    assert await parties_signed(cast, plan_id) == [(1, "head"), (2, "chair"), (3, "doctor")]
    assert (await cast.officer.act(plan_id, "approve")).is_success
    approved = (await published())[-1].data
    assert isinstance(approved, PlanApproved)
    assert [(party.unit_id, party.role, party.signed_by) for party in approved.parties] == [
        ("AH-PL-PGD", "education", "head"),
        ("AH-PL-LDLD", "union", "chair"),
        ("AH-PL-YT", "health", "doctor"),
    ]


async def test_the_third_partys_refusal_voids_what_the_others_signed(cast: Cast) -> None:
    plan_id = await sent_to_three(cast)
    for person in (cast.head, cast.chair):
        assert (await person.act(plan_id, "sign")).is_success
    assert (await doctor(cast).act(plan_id, "refuse", reason="Thiếu kinh phí")).json()["state"] == "IN_REVIEW"
    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert (plan["signatures"], plan["history"][-1]["reason"]) == ([], "Thiếu kinh phí")
    assert plan["history"][-1]["unit_id"] == "AH-PL-YT"
    assert (await cast.officer.act(plan_id, "co-sign")).is_success
    assert (await doctor(cast).act(plan_id, "sign")).is_success
    assert (await cast.officer.act(plan_id, "approve")).json()["code"] == "not-all-signed"
    for person in (cast.head, cast.chair):
        assert (await person.act(plan_id, "sign")).is_success
    assert (await cast.officer.act(plan_id, "approve")).is_success


async def test_the_third_partys_deputy_signs_by_delegation(cast: Cast) -> None:
    plan_id = await sent_to_three(cast)
    days = {"valid_from": "2025-09-05", "valid_to": "2025-09-06"}
    assert (await doctor(cast).post("/delegations", deputy_id="nurse", **days)).status_code == 201
    assert (await nurse(cast).act(plan_id, "sign")).is_success
    [signature] = (await cast.officer.get(f"/plans/{plan_id}")).json()["signatures"]
    assert (signature["party"], signature["person_id"], signature["on_behalf_of"]) == (3, "nurse", "doctor")
    assert (await doctor(cast).act(plan_id, "sign")).json()["code"] == "one-person-one-party"


async def test_a_schools_party_cell_is_signed_for_by_its_own_signatory(cast: Cast) -> None:
    names = {"education": "Trường", "union": "Công đoàn", "party-cell": "Chi bộ"}
    parties = [{"name": name, "role": role, "unit_id": "AH-PL-TH1"} for role, name in names.items()]
    plan_id = (await cast.principal.upload()).json()["plan_id"]
    assert (await cast.principal.edit(plan_id, 1, parties=parties)).is_success
    for action in ("review", "co-sign"):
        assert (await cast.principal.act(plan_id, action)).is_success
    assert (await cast.principal.act(plan_id, "sign", party=3)).json()["code"] == "not-entitled"
    secretary = cast.person("secretary", "AH-PL-TH1", Role.SIGNATORY)
    assert (await secretary.act(plan_id, "sign", party=1)).json()["code"] == "not-entitled"
    for person in (secretary, cast.principal, cast.union_chair):
        assert (await person.act(plan_id, "sign")).is_success
    signatures = (await cast.principal.get(f"/plans/{plan_id}")).json()["signatures"]
    assert [(each["party"], each["person_id"]) for each in signatures] == [
        (1, "principal"),
        (2, "union-chair"),
        (3, "secretary"),
    ]
    assert (await cast.principal.act(plan_id, "approve")).is_success


@pytest.mark.parametrize(
    ("signers", "notes"),
    [
        (("head", "chair", "doctor"), []),
        (("head", "chair"), [("not-all-signed", "parties.3")]),
        (("head", "chair", "nurse"), [("signer-not-entitled", "signatures.3.person_id")]),
        (
            ("head", "chair", "head"),
            [
                ("signer-not-entitled", "signatures.3.person_id"),
                ("one-person-one-party", "signatures.1.person_id"),
                ("one-person-one-party", "signatures.3.person_id"),
            ],
        ),
    ],
)
async def test_a_districts_submission_needs_all_three_signatures(
    cast: Cast, database: Database, published: Published, signers: tuple[str, ...], notes: list[Any]
) -> None:
    answer = await hand_in(database, published, signed(changed(parties=THREE), signers))
    assert (answer.approved, codes(answer.notes)) == (not notes, notes)
    assert [len(approved.parties) for approved in await approvals(published)] == ([] if notes else [3])
