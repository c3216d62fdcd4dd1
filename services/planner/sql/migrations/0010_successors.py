"""A plan concerns the successors of its owner and its parties as well."""

from alembic import op

from services.kit.migrate import statements

revision = "0010"
down_revision = "0009"

# It looks at units that a caller may not see, and gives nothing of them but whose successors they are.
CONCERNED = """
CREATE FUNCTION concerned(owner_id text, content jsonb) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = planner, pg_temp
RETURN (
    WITH RECURSIVE line AS (
        SELECT owner_id COLLATE "C" AS id
        UNION
        SELECT (party ->> 'unit_id') COLLATE "C" FROM jsonb_array_elements(content -> 'parties') AS party
        WHERE party ->> 'unit_id' IS NOT NULL
        UNION
        SELECT heir COLLATE "C" FROM line INNER JOIN units ON units.id = line.id
            CROSS JOIN unnest(split_into || successor_id) AS heir
        WHERE heir IS NOT NULL
    )
    SELECT array_agg(id ORDER BY id) FROM line
);
UPDATE plans SET unit_ids = concerned(owner_id, content);
"""


def upgrade() -> None:
    for statement in statements(CONCERNED):
        op.execute(statement)
