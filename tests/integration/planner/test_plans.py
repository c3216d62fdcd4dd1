"""Plans from the document to the approval, over HTTP."""

from contracts.plans import PlanApproved
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import Cast


async def test_a_plan_goes_from_text_to_approved(cast: Cast, published: Published) -> None:
    plan_id = await cast.plan("review", "co-sign", "sign", "approve")

    plan = (await cast.officer.get(f"/plans/{plan_id}")).json()
    assert plan["state"] == "APPROVED"
    assert [step["action"] for step in plan["history"]] == [
        "draft",
        "edit",
        "review",
        "co-sign",
        "sign",
        "sign",
        "approve",
    ]
    assert [signature["person_id"] for signature in plan["signatures"]] == ["head", "chair"]
    assert {signature["content_sha256"] for signature in plan["signatures"]} == {plan["content_sha256"]}

    *directory, approved = await published()
    assert isinstance(approved.data, PlanApproved)
    assert str(approved.data.plan_id) == plan_id == approved.subject
    assert [str(item.item_id) for item in approved.data.items] == plan["item_ids"]
    assert [item.text for item in approved.data.items] == [item["text"] for item in plan["document"]["items"]]
    assert approved.data.directory_sequence == directory[-1].data.sequence == 12
    assert str(approved.data.effective_on) == "2025-09-05"
    assert [party.signed_by for party in approved.data.parties] == ["head", "chair"]
