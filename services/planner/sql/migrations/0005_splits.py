"""A unit may be split into several."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE units ADD COLUMN split_into text[] NOT NULL DEFAULT '{}'")
