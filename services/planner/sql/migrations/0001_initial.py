"""The directory of units, plans with their signatures and history, submissions, and the messaging tables."""

from alembic import op

from services.kit.migrate import MESSAGING_TABLES, statements

revision = "0001"
down_revision = None

TABLES = """
-- One row: the number of the directory's last change. Its lock puts imports, and with them sequences, in order.
CREATE TABLE directory (
    the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
    sequence bigint NOT NULL
);
INSERT INTO directory (sequence) VALUES (0);

CREATE TABLE units (
    id text COLLATE "C" PRIMARY KEY,
    sequence bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    parent_id text COLLATE "C" REFERENCES units DEFERRABLE INITIALLY DEFERRED,
    path text COLLATE "C" NOT NULL,
    levels text[] NOT NULL,
    ownership text,
    has_union boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    successor_id text COLLATE "C" REFERENCES units DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE people (
    unit_id text COLLATE "C" NOT NULL REFERENCES units,
    person_id text COLLATE "C" NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    email text,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (unit_id, person_id, role, valid_from)
);

CREATE TABLE plans (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    owner_id text COLLATE "C" NOT NULL REFERENCES units,
    -- The owner and the parties: the units that the plan concerns, and by which it is seen.
    unit_ids text[] NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    -- The PlanDocument that is reviewed and signed, and the hash of what a signature fixes of it.
    content jsonb NOT NULL,
    content_sha256 text NOT NULL,
    -- The lasting ids of the content's items, in their order.
    item_ids uuid[] NOT NULL,
    source_name text,
    source_text text,
    source_sha256 text NOT NULL,
    -- Whom the plan reached when it was approved.
    reach jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE signatures (
    plan_id uuid NOT NULL REFERENCES plans,
    party integer NOT NULL,
    unit_id text NOT NULL,
    role text NOT NULL,
    person_id text NOT NULL,
    content_sha256 text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, party),
    CONSTRAINT one_person_one_party UNIQUE (plan_id, person_id)
);

CREATE TABLE plan_history (
    plan_id uuid NOT NULL REFERENCES plans,
    revision integer NOT NULL,
    action text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    unit_id text NOT NULL,
    person_id text,
    role text,
    reason text,
    content_sha256 text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, revision)
);

CREATE TABLE submissions (
    unit_id text COLLATE "C" NOT NULL REFERENCES units,
    submission_id text COLLATE "C" NOT NULL,
    content_sha256 text NOT NULL,
    plan_id uuid NOT NULL REFERENCES plans,
    PRIMARY KEY (unit_id, submission_id)
);
"""

# The path is asked for once a statement, not once a row. An empty setting, which a session keeps after its
# first transaction, shows as little as none.
POLICIES = """
ALTER TABLE units ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON units USING (
    (SELECT current_setting('phoihop.within', true)) = '/'
    OR starts_with(path, (SELECT nullif(current_setting('phoihop.within', true), '')))
);
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON people USING (
    (SELECT current_setting('phoihop.within', true)) = '/'
    OR EXISTS (SELECT FROM units WHERE units.id = people.unit_id)
);
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON plans USING (
    (SELECT current_setting('phoihop.within', true)) = '/'
    OR EXISTS (SELECT FROM units WHERE units.id = ANY (plans.unit_ids))
);
ALTER TABLE signatures ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON signatures USING (EXISTS (SELECT FROM plans WHERE plans.id = signatures.plan_id));
ALTER TABLE plan_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON plan_history USING (EXISTS (SELECT FROM plans WHERE plans.id = plan_history.plan_id));
ALTER TABLE submissions ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON submissions USING (EXISTS (SELECT FROM units WHERE units.id = submissions.unit_id));
"""

GRANTS = """
GRANT USAGE ON SCHEMA planner TO planner;
GRANT SELECT ON schema_version TO planner;
GRANT SELECT, UPDATE ON directory TO planner;
GRANT SELECT, INSERT, UPDATE ON units, people, plans TO planner;
GRANT SELECT, INSERT, DELETE ON signatures, outbox TO planner;
GRANT SELECT, INSERT ON plan_history, submissions, inbox TO planner;
"""


def upgrade() -> None:
    for statement in statements(MESSAGING_TABLES + TABLES + POLICIES + GRANTS):
        op.execute(statement)
