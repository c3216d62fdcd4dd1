"""Versions of a submission, the look-up of a plan by its number, and the digests of received records."""

from alembic import op

from services.kit.migrate import statements

revision = "0006"
down_revision = "0005"

TABLES = """
ALTER TABLE submissions ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE submissions DROP CONSTRAINT submissions_pkey;
ALTER TABLE submissions ADD PRIMARY KEY (unit_id, submission_id, version);
CREATE INDEX submissions_plan ON submissions (plan_id);
CREATE INDEX plans_number ON plans (owner_id, (content ->> 'number'));
ALTER TABLE inbox ADD COLUMN digest bytea;
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
