"""How a submission was answered: the same again is answered as the first time."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # None for those that were answered before it was kept.
    op.execute("ALTER TABLE submissions ADD COLUMN answer jsonb")
