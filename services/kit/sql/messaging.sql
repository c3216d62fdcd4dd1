-- name: mark_received
-- Remember these records; return those that were not known before. Insert-or-nothing is what makes
-- redelivery and replay change nothing.
INSERT INTO inbox (topic, event_id, received_at, digest)
SELECT topic, event_id, :received_at, digest
FROM unnest(:topics::text[], :event_ids::text[], :digests::bytea[]) AS record (topic, event_id, digest)
ON CONFLICT DO NOTHING
RETURNING topic, event_id;

-- name: digests_of
-- What the known records of these ids held; null for those received before digests were kept.
SELECT inbox.topic, inbox.event_id, inbox.digest
FROM inbox
INNER JOIN unnest(:topics::text[], :event_ids::text[]) AS record (topic, event_id) USING (topic, event_id);

-- name: add_outgoing!
-- Queue records in the order of the arrays, within the caller's transaction.
INSERT INTO outbox (topic, key, value, added_at)
SELECT topic, key, value, :added_at
FROM unnest(:topics::text[], :keys::bytea[], :values::bytea[]) WITH ORDINALITY AS record (topic, key, value, place)
ORDER BY place;

-- name: outgoing_page
-- The oldest records that wait, at most a number of records.
SELECT id, topic, key, value FROM outbox ORDER BY id LIMIT :at_most;

-- name: remove_outgoing!
-- Forget records that the broker has acknowledged.
DELETE FROM outbox WHERE id = ANY(:ids::bigint[]);

-- name: oldest_outgoing$
-- The age in seconds of the oldest record that waits, by the database's clock; null when none waits.
SELECT extract(epoch FROM clock_timestamp() - queued_at)::float8 FROM outbox ORDER BY id LIMIT 1;

-- name: try_lead$
-- Become the one relay of this schema for as long as the connection lives.
SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.outbox', 0));
