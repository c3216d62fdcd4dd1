"""What a district's system hands in, and the answer that it gets."""

from typing import Any

import pytest

from contracts.envelope import Envelope
from contracts.plans import PlanDocument, PlanSubmissionAccepted, PlanSubmissionRejected, PlanSubmitted
from services.kit.database import Database
from services.kit.errors import NeverValid
from services.kit.inbox import Received
from services.planner.handlers import take_submissions
from services.planner.reading import read_plan
from tests.integration.planner.conftest import Published
from tests.integration.planner.province import PLAN, Cast


def submission(unit_id: str = "AH-PL-PGD", topic_unit: str | None = None, **content: Any) -> Received:
    data = PlanSubmitted.model_validate(
        {"unit_id": unit_id, "submission_id": "khlt-2025", **(content or {"text": PLAN})}
    )
    envelope = Envelope[PlanSubmitted].of(data, subject=data.submission_id, source=f"/units/{unit_id}")
    return Received(f"plan-submissions-{topic_unit or unit_id}", 0, 0, envelope)


async def hand_in(database: Database, published: Published, record: Received) -> Any:
    """The one answer to the submission."""
    before = len(await published())
    async with database.transaction() as tx:
        await take_submissions(tx, [record])
    [answer] = (await published())[before:]
    assert answer.causationid == record.envelope.id
    assert (answer.data.unit_id, answer.data.submission_id) == (record.envelope.data.unit_id, "khlt-2025")
    return answer.data


async def test_a_text_comes_to_the_desk_and_on_to_the_approval(
    cast: Cast, database: Database, published: Published
) -> None:
    answer = await hand_in(database, published, submission())
    assert isinstance(answer, PlanSubmissionAccepted)
    assert answer.items == 3
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert (plan["state"], plan["owner_id"]) == ("IN_REVIEW", "AH-PL-PGD")
    first = plan["history"][0]
    assert (first["action"], first["unit_id"], first["person_id"]) == ("submit", "AH-PL-PGD", None)


async def test_the_same_again_is_the_same_plan_and_other_content_is_refused(
    cast: Cast, database: Database, published: Published
) -> None:
    first = await hand_in(database, published, submission())
    assert await hand_in(database, published, submission()) == first
    assert len((await cast.officer.get("/plans")).json()["entries"]) == 1
    other = await hand_in(database, published, submission(text=PLAN + "\n"))
    assert isinstance(other, PlanSubmissionRejected)
    assert [reason.code for reason in other.reasons] == ["already-submitted"]


async def test_a_rejected_submission_may_be_mended_under_its_name(
    cast: Cast, database: Database, published: Published
) -> None:
    rejected = await hand_in(database, published, submission(text="Không phải kế hoạch"))
    assert [(reason.code, reason.field) for reason in rejected.reasons] == [("no-plan", "text")]
    assert isinstance(await hand_in(database, published, submission()), PlanSubmissionAccepted)


async def test_a_structured_plan_is_taken_as_it_is(cast: Cast, database: Database, published: Published) -> None:
    document = read_plan(PLAN)
    answer = await hand_in(database, published, submission(document=document))
    plan = (await cast.officer.get(f"/plans/{answer.plan_id}")).json()
    assert PlanDocument.model_validate(plan["document"]) == document


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"items": ()}, [("no-items", "items")]),
        (
            {"parties": [{"name": "?", "role": "other", "unit_id": "NO"}]},
            [("unit-unknown", "parties.1.unit_id")],
        ),
    ],
)
async def test_a_structured_plan_is_refused_with_reasons_by_field(
    cast: Cast, database: Database, published: Published, change: dict[str, Any], reasons: list[tuple[str, str]]
) -> None:
    document = PlanDocument.model_validate(read_plan(PLAN).model_dump() | change)
    answer = await hand_in(database, published, submission(document=document))
    assert [(reason.code, reason.field) for reason in answer.reasons] == reasons
    assert (await cast.officer.get("/plans")).json()["entries"] == []


async def test_a_unit_that_the_directory_lacks_is_told_so(cast: Cast, database: Database, published: Published) -> None:
    answer = await hand_in(database, published, submission("AH-XX"))
    assert [(reason.code, reason.field) for reason in answer.reasons] == [("unit-unknown", "unit_id")]


async def test_a_record_on_a_neighbours_topic_is_never_valid(cast: Cast, database: Database) -> None:
    with pytest.raises(NeverValid) as error:
        async with database.transaction() as tx:
            await take_submissions(tx, [submission("AH-PL-PGD", topic_unit="AH-TK-PGD")])
    assert error.value.code == "wrong-unit"
