"""Prometheus metrics that every service has; names in the field's terms."""

from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter("phoihop_records_consumed_total", "Records taken from a topic", ["topic", "outcome"])
"""Outcomes: `done`, `repeated` (the inbox knew it), `dead-letter`."""
BATCHES = Histogram("phoihop_batch_seconds", "Time from a batch's arrival to its commit", ["group"])
LAG = Gauge("phoihop_consumer_lag_records", "Records that wait in a topic", ["topic"])
HALTED = Gauge("phoihop_consumer_halted", "1 while a topic is no longer consumed: too many dead letters", ["topic"])
PAUSED = Gauge("phoihop_consumer_paused", "1 while the consumer waits for the database", ["group"])
GAP = Counter("phoihop_consumer_missed_records_total", "Records deleted before they were consumed", ["topic"])
RELAYED = Counter("phoihop_outbox_relayed_total", "Records published from the outbox", ["topic"])
WAITING = Gauge("phoihop_outbox_waiting", "Age in seconds of the oldest record that waits in the outbox")
WORKER_FAILURES = Counter("phoihop_worker_failures_total", "Steps of a worker that failed", ["worker"])
REQUESTS = Histogram("phoihop_http_request_seconds", "Time to answer a request", ["method", "path", "status"])
