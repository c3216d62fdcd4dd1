"""Show that a neighbour's topics are closed to one's own user: `python neighbour_refused.py NEIGHBOUR`.

Ends with 0 if the broker refuses both to publish under the neighbour's name and to read the neighbour's answers.
"""

import sys

from confluent_kafka import KafkaError
from confluent_kafka.admin import AdminClient

from contracts.envelope import Envelope
from contracts.examples.broker import publish, settings
from contracts.plans import PlanSubmitted
from contracts.topics import answers_topic, submissions_topic

if len(sys.argv) != 2:
    sys.exit(__doc__)
neighbour = sys.argv[1]
try:
    forged = PlanSubmitted(unit_id=neighbour, submission_id="forged", text="KẾ HOẠCH")
except ValueError as error:
    sys.exit(f"{neighbour}: {' '.join(str(error).split())}")
envelope = Envelope[PlanSubmitted].of(forged, subject="forged", source=f"/units/{neighbour}")
answers = answers_topic(neighbour)
outcomes = {submissions_topic(neighbour): publish(submissions_topic(neighbour), envelope)}
outcomes[answers] = AdminClient(settings()).list_topics(answers, timeout=30).topics[answers].error
for topic, refused in outcomes.items():
    sys.stdout.write(f"{topic}: {refused or 'OPEN'}\n")
closed = all(refused and refused.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED for refused in outcomes.values())
sys.exit(0 if closed else 1)
