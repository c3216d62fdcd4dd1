"""The digest of each received record, by which another event under a known id is told from a redelivery."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE inbox ADD COLUMN digest bytea")
