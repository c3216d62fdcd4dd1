"""Plans that change and end: what tasks a plan still asks for, rows of history without a person, plans derived."""

from alembic import op

from services.kit.migrate import statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLANS = """
-- `ended`: REVOKED or CLOSED; null while the plan is in force. `carried_over`: items that a following plan takes over.
ALTER TABLE plans ADD COLUMN ended text CHECK (ended IN ('REVOKED', 'CLOSED'));
ALTER TABLE plans ADD COLUMN carried_over uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE plans ADD COLUMN parent_id uuid;
CREATE INDEX plans_parent ON plans (parent_id) WHERE parent_id IS NOT NULL;
ALTER TABLE parties ADD COLUMN signed_by text;

-- The version that last changed what the item says to those who do it.
ALTER TABLE items ADD COLUMN changed_in integer NOT NULL DEFAULT 1;

-- `laying`: whether the present version is still to be laid over the units, also where the plan has ended meanwhile.
ALTER TABLE decompositions ADD COLUMN laying boolean NOT NULL DEFAULT true;
ALTER TABLE decompositions ADD COLUMN reason text;
"""

# `version`: the plan's version by which the task stands. `asked`: whether the plan still asks for it; a task that
# was done stays done all the same. `derived_id`: the unit's own plan that answers it.
TASKS = """
ALTER TABLE tasks ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE tasks ADD COLUMN asked boolean NOT NULL DEFAULT true;
ALTER TABLE tasks ADD COLUMN derived_id uuid;

-- What a plan or the directory brings about is no person's doing; what comes through a door of persons is.
ALTER TABLE task_events ALTER COLUMN person_id DROP NOT NULL;
ALTER TABLE task_events ALTER COLUMN actor_unit_id DROP NOT NULL;
ALTER TABLE task_events ALTER COLUMN role DROP NOT NULL;
ALTER TABLE task_events ADD CONSTRAINT somebody_did_it CHECK (
    door NOT IN ('http', 'kafka') OR (person_id IS NOT NULL AND actor_unit_id IS NOT NULL AND role IS NOT NULL)
);
"""

# The same rule as `contracts.scope.reaches`; a property test holds the two together. The planner opens it up
# within the statement that asks, so that each takes only the units that it is about.
BOUND = """
CREATE FUNCTION bound(plan uuid, day date, parties text[], jurisdictions text[])
RETURNS TABLE (unit_id text, item_id uuid)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT units.id, items.item_id
    FROM units
    JOIN items ON CASE items.audience
        WHEN 'parties' THEN units.id = ANY(parties)
        ELSE units.kind = 'school'
            AND units.path ^@ ANY(jurisdictions)
            AND (items.area = '{}' OR EXISTS (
                SELECT FROM units AS area WHERE area.id = ANY(items.area) AND units.path ^@ area.path))
            AND (items.levels_bound IS NULL OR units.levels && items.levels_bound)
            AND (items.ownership IS NULL OR units.ownership IS NOT DISTINCT FROM items.ownership)
            AND (items.with_union IS NULL OR units.has_union = items.with_union)
        END
    WHERE items.plan_id = plan AND units.valid_from <= day AND (units.valid_to IS NULL OR day <= units.valid_to);
END
"""


def upgrade() -> None:
    """Extend the tables."""
    for part in (PLANS, TASKS):
        for statement in statements(part):
            op.execute(statement)
    op.execute(BOUND)
