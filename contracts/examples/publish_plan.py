"""Publish a plan's text on the topic of its unit: `python publish_plan.py PLAN.txt`."""

import os
import sys
from pathlib import Path

from confluent_kafka import KafkaError, Producer

from contracts.envelope import Envelope
from contracts.plans import PlanSubmitted
from contracts.topics import submissions_topic

if len(sys.argv) != 2:
    sys.exit(__doc__)
unit, file = os.environ.get("UNIT_ID", ""), Path(sys.argv[1])
try:
    plan = PlanSubmitted(unit_id=unit, submission_id=file.stem, text=file.read_text("utf-8"))
except (OSError, ValueError) as error:
    sys.exit(f"not published: unit {unit}, {file}: {' '.join(str(error).split())}")
envelope = Envelope[PlanSubmitted].of(plan, subject=plan.submission_id, source=f"/units/{unit}")
settings = {"security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "message.timeout.ms": "30000"}
for name in ("bootstrap.servers", "security.protocol", "sasl.username", "sasl.password", "ssl.ca.location"):
    if given := os.environ.get("KAFKA_" + name.upper().replace(".", "_")):
        settings[name] = given
outcome: list[KafkaError | None] = []
final = (KafkaError._AUTHENTICATION, KafkaError._SSL)  # other errors pass, or end with the message's time
heard = {"error_cb": lambda error: outcome.append(error) if error.code() in final else None, "log_level": "0"}
producer = Producer({**settings, **heard, "enable.idempotence": True})
producer.produce(
    submissions_topic(unit), envelope.to_bytes(), envelope.subject, on_delivery=lambda error, _: outcome.append(error)
)
while not outcome:
    producer.poll(1)
sys.exit(f"not published: {outcome[0]}" if outcome[0] else None)
