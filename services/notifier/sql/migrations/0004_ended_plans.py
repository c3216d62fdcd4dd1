"""Plans end: what is still to be told of them no longer holds."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE plans ADD COLUMN ended boolean NOT NULL DEFAULT false")
