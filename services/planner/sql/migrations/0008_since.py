"""The first day on which a unit stood as it does now."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE units ADD COLUMN since date")
    op.execute("UPDATE units SET since = valid_from")
    op.execute("ALTER TABLE units ALTER COLUMN since SET NOT NULL")
