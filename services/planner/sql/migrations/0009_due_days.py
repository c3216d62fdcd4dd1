"""The days on which a plan asks for something, and the plans that another one is compared with."""

from alembic import op

from services.kit.migrate import statements

revision = "0009"
down_revision = "0008"

TABLES = """
-- The days of the content's items: whoever compares plans leaves the content of the others where it is.
ALTER TABLE plans ADD COLUMN due_days jsonb
    GENERATED ALWAYS AS (jsonb_path_query_array(content, '$.items[*].due.occurrences[*].due_on')) STORED;
CREATE INDEX plans_to_compare ON plans (id) WHERE state IN ('APPROVED', 'CO_SIGNING');
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
