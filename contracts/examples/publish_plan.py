"""Publish a plan of one's own unit and print the answer: `python publish_plan.py PLAN [VERSION]`.

PLAN is a Word, PDF or text file; or, with the name `….json`, a structured plan with the signatures that one's own
system recorded: {"document": {…}, "signatures": [{"party": 1, "person_id": "…", "signed_at": "…"}]}.
"""

import json
import os
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

from contracts.content import content_sha256
from contracts.envelope import Envelope
from contracts.examples.broker import answer_to, publish
from contracts.plans import PlanDocument, PlanSubmissionRejected, PlanSubmitted
from contracts.topics import submissions_topic
from contracts.wire import decode


def content_of(file: Path) -> dict[str, Any]:
    """What is handed in: the file as it is, or a document with its signatures."""
    if file.suffix != ".json":
        return {"file": b64encode(file.read_bytes())}
    plan = json.loads(file.read_text("utf-8"))
    document = PlanDocument.model_validate(plan["document"])
    # A system that signs keeps the hash of what was signed; here everybody signs what stands in the file.
    signed = {"content_sha256": content_sha256(document)}
    return {"document": document, "signatures": [{**signed, **signature} for signature in plan.get("signatures", ())]}


if len(sys.argv) not in (2, 3):
    sys.exit(__doc__)
unit, file, version = os.environ.get("UNIT_ID", ""), Path(sys.argv[1]), "".join(sys.argv[2:]) or "1"
topic = submissions_topic(unit)
try:
    named = {"unit_id": unit, "submission_id": file.stem, "version": version}
    plan = PlanSubmitted.model_validate({**named, **content_of(file)})
    envelope = Envelope[PlanSubmitted].of(plan, subject=plan.submission_id, source=f"/units/{unit}")
    decode(topic, envelope.to_bytes())  # the verdict of the planner's first look, before anything is sent
except (OSError, ValueError, KeyError, TypeError) as error:
    sys.exit(f"not published: unit {unit}, {file}: {' '.join(str(error).split())}")
if refused := publish(topic, envelope):
    sys.exit(f"not published: {refused}")
answer = answer_to(envelope.id, unit)
if answer is None:
    sys.exit(f"published as {envelope.id}, and no answer yet: it will come")
sys.stdout.write(answer.data.model_dump_json(indent=2, exclude_none=True) + "\n")
sys.exit(isinstance(answer.data, PlanSubmissionRejected))
