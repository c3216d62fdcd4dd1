"""Publish a plan's text on the topic of its unit: `python publish_plan.py PLAN.txt`."""

import os
import sys
from pathlib import Path

from confluent_kafka import Producer

from contracts.envelope import Envelope
from contracts.plans import PlanSubmitted
from contracts.topics import submissions_topic

unit, file = os.environ["UNIT_ID"], Path(sys.argv[1])
plan = PlanSubmitted(unit_id=unit, submission_id=file.stem, text=file.read_text("utf-8"))
envelope = Envelope[PlanSubmitted].of(plan, subject=plan.submission_id, source=f"/units/{unit}")
settings = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "message.timeout.ms": "30000"}
for name in ("bootstrap.servers", "security.protocol", "sasl.username", "sasl.password", "ssl.ca.location"):
    if given := os.environ.get("KAFKA_" + name.upper().replace(".", "_")):
        settings[name] = given
outcome: list[object] = []
producer = Producer({**settings, "enable.idempotence": True})
producer.produce(
    submissions_topic(unit), envelope.to_bytes(), envelope.subject, on_delivery=lambda error, _: outcome.append(error)
)
producer.flush()
sys.exit(f"not published: {outcome[0]}" if outcome[0] else None)
