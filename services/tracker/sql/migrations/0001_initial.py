"""The tracker's first schema: its copy of the directory, plans, tasks with their history, and its two jobs."""

from alembic import op

from services.kit.migrate import MESSAGING_TABLES, statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DIRECTORY = """
-- Highest change of the directory that has arrived: a plan is decomposed once its own has.
CREATE TABLE directory (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    sequence bigint NOT NULL
);
INSERT INTO directory (sequence) VALUES (0);

-- `path`: the ids from the root to the unit, each followed by a slash.
CREATE TABLE units (
    id text COLLATE "C" PRIMARY KEY,
    sequence bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    parent_id text COLLATE "C",
    path text COLLATE "C" NOT NULL,
    levels text[] NOT NULL,
    ownership text,
    has_union boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    successor_id text COLLATE "C"
);
CREATE INDEX units_parent ON units (parent_id);
CREATE INDEX units_path ON units (path);

-- Who holds which role; names and addresses are the notifier's business.
CREATE TABLE people (
    unit_id text COLLATE "C" NOT NULL,
    person_id text NOT NULL,
    role text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (unit_id, person_id, role, valid_from)
);
"""

PLANS = """
CREATE TABLE plans (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    kind text NOT NULL,
    number text,
    title text NOT NULL,
    effective_on date NOT NULL,
    directory_sequence bigint NOT NULL,
    approved_at timestamptz NOT NULL
);

CREATE TABLE parties (
    plan_id uuid NOT NULL REFERENCES plans (id),
    unit_id text COLLATE "C" NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (plan_id, unit_id, role)
);

-- `levels_bound`: the levels that the scope's levels and grades leave together, null where neither restricts.
CREATE TABLE items (
    plan_id uuid NOT NULL REFERENCES plans (id),
    item_id uuid NOT NULL,
    position integer NOT NULL,
    section text NOT NULL,
    heading text NOT NULL,
    text text NOT NULL,
    kind text NOT NULL,
    accountable text[] NOT NULL,
    targets jsonb NOT NULL,
    audience text NOT NULL,
    levels_bound text[],
    ownership text,
    with_union boolean,
    area text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (plan_id, item_id)
);

-- What the plan's present version asks for, in the order of the document (`place`, from 0).
CREATE TABLE occurrences (
    plan_id uuid NOT NULL,
    item_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    due_on date,
    place integer NOT NULL,
    PRIMARY KEY (plan_id, item_id, key),
    FOREIGN KEY (plan_id, item_id) REFERENCES items (plan_id, item_id)
);

-- One job per plan: turn its present version into tasks, unit by unit in the order of their ids.
CREATE TABLE decompositions (
    plan_id uuid PRIMARY KEY REFERENCES plans (id),
    after_unit text COLLATE "C" NOT NULL DEFAULT '',
    units integer NOT NULL DEFAULT 0,
    tasks integer NOT NULL DEFAULT 0,
    causation_id text NOT NULL,
    correlation_id text NOT NULL,
    traceparent text,
    finished_at timestamptz
);
CREATE INDEX decompositions_open ON decompositions (plan_id) WHERE finished_at IS NULL;
"""

# No foreign keys and no index beyond these two: each costs a fan-out of 70,000 rows a tenth of its time or
# more. The natural key leads with the unit, so it serves "my tasks" and the sweep as well. A third of each
# page stays free, so that a change of state finds room beside the row and touches no index.
TASKS = """
CREATE TABLE tasks (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    plan_id uuid NOT NULL,
    item_id uuid NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    occurrence text COLLATE "C" NOT NULL,
    due_on date,
    state text COLLATE "C" NOT NULL DEFAULT 'ISSUED',
    revision integer NOT NULL DEFAULT 1,
    confirmed_by text,
    not_applicable_proposed boolean NOT NULL DEFAULT false,
    suspended_from text,
    submitted_at timestamptz,
    percent smallint,
    achieved integer,
    CONSTRAINT tasks_natural_key UNIQUE (unit_id, plan_id, item_id, occurrence)
) WITH (fillfactor = 70);

-- Append-only. Issuing is one row per plan and unit, a change of a task one row.
CREATE TABLE issuances (
    unit_id text COLLATE "C" NOT NULL,
    plan_id uuid NOT NULL,
    plan_version integer NOT NULL,
    tasks integer NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, unit_id, plan_version)
);

CREATE TABLE task_events (
    task_id uuid NOT NULL,
    revision integer NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    person_id text NOT NULL,
    actor_unit_id text NOT NULL,
    role text NOT NULL,
    reason text,
    note text,
    percent smallint,
    achieved integer,
    at timestamptz NOT NULL,
    door text NOT NULL,
    PRIMARY KEY (task_id, revision)
);
"""

# The same rule as `services/tracker/timeliness.py`; a property test holds the two together.
TIMELINESS = """
CREATE FUNCTION timeliness(state text, due_on date, submitted_at timestamptz, today date) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN state IN ('NOT_APPLICABLE', 'WITHDRAWN', 'CARRIED_OVER') THEN 'closed-without-completion'
    WHEN due_on IS NULL THEN 'no-deadline'
    WHEN state = 'COMPLETED' THEN
        CASE WHEN (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= due_on
            THEN 'completed-on-time' ELSE 'completed-late' END
    WHEN state = 'SUBMITTED' THEN
        CASE WHEN (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= due_on THEN 'not-yet-due' ELSE 'overdue' END
    WHEN today > due_on THEN 'overdue'
    WHEN due_on - today <= 7 THEN 'due-soon'
    ELSE 'not-yet-due'
END;
"""

SWEEPS = """
-- One job per day: tell each unit of the deadlines that it reached.
CREATE TABLE sweeps (
    day date PRIMARY KEY,
    after_unit text COLLATE "C" NOT NULL DEFAULT '',
    units integer NOT NULL DEFAULT 0,
    tasks integer NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz
);

-- What has been told, so that it is told once; a moved deadline begins anew.
CREATE TABLE deadline_marks (
    task_id uuid NOT NULL,
    due_on date NOT NULL,
    milestone text NOT NULL,
    days integer NOT NULL,
    PRIMARY KEY (task_id, due_on, milestone, days)
);
"""

GRANTS = """
GRANT USAGE ON SCHEMA tracker TO tracker;
GRANT SELECT ON schema_version TO tracker;
GRANT SELECT, INSERT ON inbox TO tracker;
GRANT SELECT, INSERT, DELETE ON outbox TO tracker;
GRANT SELECT, UPDATE ON directory TO tracker;
GRANT SELECT, INSERT, UPDATE ON units, plans, items, decompositions, tasks, sweeps TO tracker;
GRANT SELECT, INSERT, DELETE ON people, parties, occurrences TO tracker;
GRANT SELECT, INSERT ON issuances, task_events, deadline_marks TO tracker;
"""

BY_UNIT = ("people", "tasks", "issuances", "task_events")

# '/' is the service itself: first, and as a scalar sub-select, so that bulk work asks once per statement.
SERVICE = "(SELECT current_setting('phoihop.within', true)) = '/'"
# A setting that a transaction made is afterwards not unset but empty, and every path begins with that.
BELOW = """EXISTS (
    SELECT FROM units
    WHERE units.id = unit_id AND units.path ^@ (SELECT nullif(current_setting('phoihop.within', true), ''))
)"""


def upgrade() -> None:
    """Make everything."""
    for part in (MESSAGING_TABLES, DIRECTORY, PLANS, TASKS, TIMELINESS, SWEEPS, GRANTS):
        for statement in statements(part):
            op.execute(statement)
    for table in (*BY_UNIT, "deadline_marks"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        visible = f"{SERVICE} OR {BELOW}" if table in BY_UNIT else SERVICE
        op.execute(f"CREATE POLICY within ON {table} USING ({visible})")
