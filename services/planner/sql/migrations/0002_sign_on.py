"""Sign-on to the pages: sessions in browsers, and sign-ons under way."""

from alembic import op

from services.kit.migrate import SESSION_TABLES, statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO planner;
GRANT SELECT, INSERT, DELETE ON sign_ons TO planner;
"""


def upgrade() -> None:
    for statement in statements(SESSION_TABLES + GRANTS):
        op.execute(statement)
