-- The two tables that carry messages into and out of a service's schema.
-- `topic` is part of the key: an id that one publisher chose cannot block the same id of another.
CREATE TABLE inbox (
    topic text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (topic, event_id)
);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    key bytea NOT NULL,
    value bytea STORAGE EXTERNAL NOT NULL, -- it stays for moments: packing it costs more than the space
    added_at timestamptz NOT NULL,
    queued_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, fillfactor = 100);
