"""Who accepted which warning of a plan, and who may sign in whose place, from when to when."""

from alembic import op

from services.kit.migrate import statements

revision = "0007"
down_revision = "0006"

TABLES = """
CREATE TABLE accepted_warnings (
    plan_id uuid NOT NULL REFERENCES plans,
    warning_id text NOT NULL,
    -- The step of the plan's history in which it was accepted.
    revision integer NOT NULL,
    unit_id text NOT NULL,
    person_id text NOT NULL,
    role text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, warning_id)
);

CREATE TABLE delegations (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    unit_id text COLLATE "C" NOT NULL REFERENCES units,
    -- The role that signs, which the giver holds and the deputy acts in.
    role text NOT NULL,
    given_by text NOT NULL,
    deputy_id text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_by text,
    CONSTRAINT forwards CHECK (valid_from <= valid_to),
    CONSTRAINT another CHECK (given_by <> deputy_id)
);
CREATE INDEX delegations_deputy ON delegations (unit_id, deputy_id);

-- For whom a deputy acted, and by which delegation. The names are kept here, where whoever sees the plan sees them.
ALTER TABLE signatures ADD COLUMN on_behalf_of text;
ALTER TABLE signatures ADD COLUMN delegation_id uuid REFERENCES delegations;
ALTER TABLE plan_history ADD COLUMN on_behalf_of text;
"""

POLICIES = """
ALTER TABLE accepted_warnings ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON accepted_warnings USING (EXISTS (SELECT FROM plans WHERE plans.id = accepted_warnings.plan_id));
ALTER TABLE delegations ENABLE ROW LEVEL SECURITY;
CREATE POLICY within ON delegations USING (EXISTS (SELECT FROM units WHERE units.id = delegations.unit_id));
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON accepted_warnings TO planner;
GRANT SELECT, INSERT ON delegations TO planner;
GRANT UPDATE (withdrawn_at, withdrawn_by) ON delegations TO planner;
"""


def upgrade() -> None:
    for statement in statements(TABLES + POLICIES + GRANTS):
        op.execute(statement)
