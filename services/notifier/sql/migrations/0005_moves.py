"""A pending alert follows the task that it is about."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("GRANT UPDATE (unit_id) ON alerts TO notifier")
