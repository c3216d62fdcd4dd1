"""Units that end and that join: what is open follows to a successor, what is in force reaches late joiners."""

from alembic import op

from services.kit.migrate import statements

revision = "0005"
down_revision = "0004"

UNITS = """
-- `since`: the first day on which the unit stood as it does now. `heir_id`: the unit to which what it had open went.
ALTER TABLE units
    ADD COLUMN successors text[] COLLATE "C" NOT NULL DEFAULT '{}',
    ADD COLUMN since date,
    ADD COLUMN heir_id text COLLATE "C",
    DROP COLUMN successor_id;
UPDATE units SET since = valid_from;
ALTER TABLE units ALTER COLUMN since SET NOT NULL;
CREATE INDEX units_heir ON units (heir_id) WHERE heir_id IS NOT NULL;
"""

# No semicolon inside: the migration's statements are told apart by it.
LEAVES = """
CREATE FUNCTION leaves(unit_ids text[], today date) RETURNS TABLE (id text, is_open boolean)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT named.id COLLATE "C" AS id, valid_from, valid_to, successors, 1 AS depth
        FROM unnest(unit_ids) AS named (id) LEFT JOIN units ON units.id = named.id
        UNION
        SELECT next.id, units.valid_from, units.valid_to, units.successors, depth + 1
        FROM line CROSS JOIN unnest(line.successors) AS next (id) LEFT JOIN units ON units.id = next.id
        WHERE line.valid_to < today AND depth < 20
    )
    SELECT DISTINCT id, coalesce(valid_from <= today AND (valid_to IS NULL OR today <= valid_to), false)
    FROM line
    WHERE valid_to IS NULL OR today <= valid_to OR successors = '{}'
$$
"""

JOBS = """
-- One job per unit that ends: on the day after its last, what it has open follows to its successor.
-- `checked_on`: that day it had no single successor; it is looked at again on the next, or when the directory changes.
CREATE TABLE successions (
    unit_id text COLLATE "C" PRIMARY KEY,
    due_on date NOT NULL,
    checked_on date,
    tasks integer NOT NULL DEFAULT 0,
    settled_at timestamptz
);
CREATE INDEX successions_open ON successions (due_on) WHERE settled_at IS NULL;

-- One job per batch of schools that came, or changed so that other items may bind them: from that day on they get
-- what the plans in force still ask for. `plan_id`: of this plan alone.
CREATE TABLE joinings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    due_on date NOT NULL,
    unit_ids text[] COLLATE "C" NOT NULL,
    plan_id uuid,
    after_plan uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
CREATE INDEX joinings_due ON joinings (due_on, id);

-- That a task was issued has no state before.
ALTER TABLE task_events ALTER COLUMN from_state DROP NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON successions, joinings TO tracker;
"""

SERVICE = "(SELECT current_setting('phoihop.within', true)) = '/'"
WITHIN = "(SELECT nullif(current_setting('phoihop.within', true), ''))"
# What a unit that ended has done is seen by the unit that took over as well.
BELOW_OR_INHERITED = f"""EXISTS (
    SELECT FROM units LEFT JOIN units AS heir ON heir.id = units.heir_id
    WHERE units.id = unit_id AND (units.path ^@ {WITHIN} OR heir.path ^@ {WITHIN})
)"""


def upgrade() -> None:
    for part in (UNITS, LEAVES, JOBS):
        for statement in statements(part):
            op.execute(statement)
    for table in ("tasks", "issuances"):
        op.execute(f"ALTER POLICY within ON {table} USING ({SERVICE} OR {BELOW_OR_INHERITED})")
    # A task's history goes where the task goes.
    visible = "EXISTS (SELECT FROM tasks WHERE tasks.id = task_id)"
    op.execute(f"ALTER POLICY within ON task_events USING ({SERVICE} OR {visible})")
