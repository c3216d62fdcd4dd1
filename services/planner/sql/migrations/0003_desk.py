"""What the review desk keeps: the uploaded file, and the content after each step that changed it."""

from alembic import op

from services.kit.migrate import statements

revision = "0003"
down_revision = "0002"

TABLES = """
-- The file as it was uploaded, at most 2 MB; its text is in source_text.
ALTER TABLE plans ADD COLUMN source_file bytea;

-- The content after a step that changed it: what was signed stays to be read, whatever comes later.
ALTER TABLE plan_history ADD COLUMN content jsonb;
ALTER TABLE plan_history ADD COLUMN item_ids uuid[];
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
