"""Versions of a plan, the plan above it, and the plan that it goes on with. Each version is a row of `plans`."""

from alembic import op

from services.kit.migrate import statements

revision = "0004"
down_revision = "0003"

VERSIONS = """
-- The id of the first version: what the plan is called in events and by other services.
ALTER TABLE plans ADD COLUMN lasting_id uuid;
UPDATE plans SET lasting_id = id;
ALTER TABLE plans ALTER COLUMN lasting_id SET NOT NULL;
-- The version that this one replaces once it is approved.
ALTER TABLE plans ADD COLUMN amends_id uuid REFERENCES plans;
-- The plan above that this one carries out, by its lasting id.
ALTER TABLE plans ADD COLUMN parent_id uuid;
-- The closed plan, by its version in force, of which this one carries items over.
ALTER TABLE plans ADD COLUMN follows_id uuid REFERENCES plans;

CREATE UNIQUE INDEX plans_version ON plans (lasting_id, version);
CREATE UNIQUE INDEX plans_one_in_force ON plans (lasting_id) WHERE state = 'APPROVED';
CREATE UNIQUE INDEX plans_one_in_hand ON plans (lasting_id) WHERE state IN ('DRAFT', 'IN_REVIEW', 'CO_SIGNING');
"""


def upgrade() -> None:
    for statement in statements(VERSIONS):
        op.execute(statement)
