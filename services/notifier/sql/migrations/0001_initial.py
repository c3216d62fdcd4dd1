"""The notifier's own view, its alerts, mornings and digests."""

from alembic import op

from services.kit.migrate import MESSAGING_TABLES, statements

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE units (
    id text COLLATE "C" PRIMARY KEY,
    sequence bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    parent_id text COLLATE "C",
    path text COLLATE "C" NOT NULL,
    jurisdiction text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
        CASE WHEN kind IN ('office', 'union')
            THEN coalesce(nullif(regexp_replace(path, '[^/]+/$', ''), ''), path) ELSE path END
    ) STORED,
    levels text[] NOT NULL,
    ownership text,
    has_union boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    successor_id text COLLATE "C"
);

CREATE TABLE people (
    unit_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    email text,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (unit_id, person_id, role, valid_from)
);
CREATE INDEX people_by_person ON people (person_id);

CREATE TABLE plans (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    number text,
    title text NOT NULL,
    parties text[] COLLATE "C" NOT NULL
);

CREATE TABLE items (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL,
    version integer NOT NULL,
    position integer NOT NULL,
    text text NOT NULL,
    accountable text[] NOT NULL
);

CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL,
    item_id uuid NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    due_on date,
    state text NOT NULL,
    revision integer NOT NULL
);

-- No foreign keys: what an alert refers to may arrive after it, on another topic.
CREATE TABLE alerts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    plan_id uuid NOT NULL,
    task_id uuid,
    unit_id text COLLATE "C" NOT NULL,
    occasion text COLLATE "C" NOT NULL,
    due_on date,
    not_before date,
    raised_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'TOLD', 'CANCELLED')),
    morning date,
    reason text,
    CHECK ((state = 'PENDING') = (morning IS NULL)),
    CHECK ((state = 'CANCELLED') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX alerts_occasion ON alerts ((coalesce(task_id, plan_id)), unit_id, rule, occasion);
CREATE INDEX alerts_pending ON alerts (id) WHERE state = 'PENDING';

CREATE TABLE mornings (
    day date PRIMARY KEY,
    state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'PLANNING', 'PLANNED')),
    requested_at timestamptz NOT NULL,
    planned_upto text COLLATE "C" NOT NULL DEFAULT '',
    cancelled integer NOT NULL DEFAULT 0,
    told integer NOT NULL DEFAULT 0,
    waiting integer NOT NULL DEFAULT 0
);
CREATE INDEX mornings_open ON mornings (day) WHERE state <> 'PLANNED';

-- Which alerts a recipient is told: each once, on one morning.
CREATE TABLE digest_entries (
    alert_id bigint NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    morning date NOT NULL,
    role text COLLATE "C" NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (alert_id, recipient)
);
CREATE INDEX digest_entries_by_recipient ON digest_entries (recipient, alert_id);
CREATE INDEX digest_entries_by_morning ON digest_entries (morning, recipient, role, unit_id);

CREATE TABLE digests (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    recipient text COLLATE "C" NOT NULL,
    morning date NOT NULL,
    role text NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'REFUSED', 'NO_ADDRESS')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    smtp_code integer,
    settled_at timestamptz,
    UNIQUE (recipient, morning)
);
CREATE INDEX digests_to_send ON digests (next_attempt_at) WHERE state = 'PENDING';
CREATE INDEX digests_by_morning ON digests (morning, id);

GRANT SELECT, INSERT, UPDATE ON units, plans, items, tasks, mornings, digests TO notifier;
GRANT SELECT, INSERT, UPDATE (state, morning, reason) ON alerts TO notifier;
GRANT SELECT, INSERT ON digest_entries TO notifier;
GRANT SELECT, INSERT, DELETE ON people, inbox, outbox TO notifier;
GRANT SELECT ON schema_version TO notifier;
GRANT USAGE ON SCHEMA notifier TO notifier;
"""

# Unset (or empty, as Postgres leaves it after a transaction that set it) shows nothing.
WITHIN = "(SELECT nullif(current_setting('phoihop.within', true), ''))"
UNIT_IS_WITHIN = f"{WITHIN} = '/' OR starts_with(path, {WITHIN})"
ROW_IS_WITHIN = f"{WITHIN} = '/' OR unit_id IN (SELECT id FROM units WHERE starts_with(path, {WITHIN}))"  # noqa: S608


def upgrade() -> None:
    for statement in statements(MESSAGING_TABLES) + statements(TABLES):
        op.execute(statement)
    _protect("units", UNIT_IS_WITHIN)
    for table in ("people", "tasks", "alerts", "digest_entries", "digests"):
        _protect(table, ROW_IS_WITHIN)


def _protect(table: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within ON {table} USING ({condition})")
