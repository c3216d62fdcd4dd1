"""A district's own system: it keeps a plan with its signatures, and publishes it over Kafka under its own user."""

import secrets
from datetime import date, datetime, time
from pathlib import Path

from confluent_kafka import Producer

from contracts.content import content_sha256
from contracts.envelope import Envelope
from contracts.plans import PlanDocument, PlanSubmissionAccepted, PlanSubmitted, SubmittedSignature
from contracts.topics import answers_topic, submissions_topic
from deploy.demo.desk import DeskPlan
from deploy.demo.world import World
from services.kit.clock import VIET_NAM
from services.ops.errors import CommandError
from services.ops.kafka_admin import KafkaAdmin, librdkafka_arguments, unit_user
from services.ops.topic_reader import envelope_of, read_topic


class DistrictSystem:
    """The system of one unit, which the operators have let in."""

    def __init__(self, world: World, unit_id: str) -> None:
        self._world = world
        self._unit_id = unit_id
        admin, password = world.services.kafka_settings("admin"), secrets.token_urlsafe(24)
        own = {"username": unit_user(unit_id), "password": password}
        self._kafka = type(admin).model_validate({**admin.model_dump(), **own})
        KafkaAdmin(admin).make_topics([unit_id])
        KafkaAdmin(admin).make_users({unit_user(unit_id): password})

    def publish(self, plan: DeskPlan, signed_on: date) -> None:
        """Publish the plan as all parties signed it that morning, and see it approved."""
        settled = {"warnings": (), "parent": None}  # by those who signed it there: the plan above is of no office here
        document = PlanDocument.model_validate({**plan.document, **settled})
        signatures = tuple(
            SubmittedSignature(
                party=party,
                person_id=signer.person_id,
                signed_at=datetime.combine(signed_on, time(8), VIET_NAM),
                content_sha256=content_sha256(document),
            )
            for party, signer in enumerate(plan.signers, start=1)
        )
        name = Path(plan.source).stem
        submitted = PlanSubmitted(unit_id=self._unit_id, submission_id=name, document=document, signatures=signatures)
        envelope = Envelope[PlanSubmitted].of(submitted, subject=name, source=f"/units/{self._unit_id}")
        producer = Producer({**librdkafka_arguments(self._kafka), "enable.idempotence": True})
        producer.produce(submissions_topic(self._unit_id), envelope.to_bytes(), name)
        producer.flush()
        answer = self._answer_to(envelope.id)
        if not isinstance(answer, PlanSubmissionAccepted) or not answer.approved:
            raise RuntimeError(f"{plan.source}: not approved as it was signed: {answer}")
        plan.plan_id = str(answer.plan_id)
        found = self._world.client("planner", plan.officer).get(f"/v1/plans/{plan.plan_id}")
        plan.state, plan.reach = found["state"], found["reach"]

    def _answer_to(self, event_id: str) -> object:
        found: list[object] = []

        def answered() -> bool:
            try:
                answers = [envelope_of(record) for record in read_topic(self._kafka, answers_topic(self._unit_id))]
            except CommandError:  # the broker is away
                return False
            found.extend(answer.data for answer in answers if answer.causationid == event_id)
            return bool(found)

        self._world.wait("the answer to a district's plan", answered)
        return found[0]
