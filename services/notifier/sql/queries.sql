-- The view: what the notifier keeps of the other services' events.

-- name: save_units
-- Keep the units that are newer than what is known. Returns those, and whether each is new or has another parent.
INSERT INTO units (
    id, sequence, name, kind, parent_id, path,
    levels, ownership, has_union, valid_from, valid_to, successor_id
)
SELECT
    unit_id, sequence, name, kind, parent_id, unit_id || '/',
    levels, ownership, has_union, valid_from, valid_to, successor_id
FROM jsonb_to_recordset(:units::jsonb) AS unit (
    unit_id text, sequence bigint, name text, kind text, parent_id text,
    levels text[], ownership text, has_union boolean, valid_from date, valid_to date, successor_id text
)
ON CONFLICT (id) DO UPDATE SET
    sequence = excluded.sequence, name = excluded.name, kind = excluded.kind, parent_id = excluded.parent_id,
    levels = excluded.levels, ownership = excluded.ownership, has_union = excluded.has_union,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, successor_id = excluded.successor_id
WHERE units.sequence < excluded.sequence
RETURNING new.id, old.id IS NULL OR old.parent_id IS DISTINCT FROM new.parent_id AS moved;

-- name: place_units!
-- Give every unit the path from its root. A unit whose parent is not known yet is a root until it is.
WITH RECURSIVE placed AS (
    SELECT id, id || '/' AS path FROM units WHERE parent_id IS NULL OR parent_id NOT IN (SELECT id FROM units)
    UNION ALL
    SELECT child.id, placed.path || child.id || '/' FROM placed JOIN units child ON child.parent_id = placed.id
)
UPDATE units SET path = placed.path FROM placed WHERE placed.id = units.id AND placed.path <> units.path;

-- name: forget_people!
-- Forget who had a role in these units, before the present state is saved.
DELETE FROM people WHERE unit_id = ANY(:unit_ids::text[]);

-- name: save_people!
-- Keep who has a role in these units, from the same records as the units.
INSERT INTO people (unit_id, person_id, role, name, email, valid_from, valid_to)
SELECT unit.unit_id, person.*
FROM jsonb_to_recordset(:units::jsonb) AS unit (unit_id text, people jsonb),
    jsonb_to_recordset(unit.people) AS person (
        person_id text, role text, name text, email text, valid_from date, valid_to date
    )
WHERE unit.unit_id = ANY(:unit_ids::text[])
ON CONFLICT DO NOTHING;

-- name: save_plans!
-- Keep the newest version of each plan.
INSERT INTO plans (id, version, number, title, parties)
SELECT plan_id, version, number, title, ARRAY(SELECT jsonb_array_elements(parties) ->> 'unit_id')
FROM jsonb_to_recordset(:plans::jsonb) AS plan (
    plan_id uuid, version integer, number text, title text, parties jsonb
)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, number = excluded.number, title = excluded.title, parties = excluded.parties
WHERE plans.version < excluded.version;

-- name: save_items!
-- Keep the newest version of each item; those that a later version dropped stay, for tasks that still name them.
INSERT INTO items (id, plan_id, version, position, text, accountable)
SELECT item.item_id, plan.plan_id, plan.version, item.position, item.text, item.accountable
FROM jsonb_to_recordset(:plans::jsonb) AS plan (plan_id uuid, version integer, items jsonb),
    jsonb_to_recordset(plan.items) AS item (item_id uuid, position integer, text text, accountable text[])
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, position = excluded.position, text = excluded.text,
    accountable = excluded.accountable
WHERE items.version < excluded.version;

-- name: end_plans!
-- Remember that plans are no longer in force.
UPDATE plans SET ended = true WHERE id = ANY(:ids::uuid[]);

-- name: save_issued!
-- Keep tasks as they were issued, unless something newer is known already.
INSERT INTO tasks (id, plan_id, item_id, unit_id, due_on, state, revision)
SELECT id, plan_id, item_id, unit_id, due_on, :state, 1
FROM unnest(:ids::uuid[], :plan_ids::uuid[], :item_ids::uuid[], :unit_ids::text[], :due_dates::date[])
    AS task (id, plan_id, item_id, unit_id, due_on)
ON CONFLICT DO NOTHING;

-- name: save_changed!
-- Keep tasks as they became, unless something newer is known already.
INSERT INTO tasks (id, plan_id, item_id, unit_id, due_on, state, revision)
SELECT *
FROM unnest(
    :ids::uuid[], :plan_ids::uuid[], :item_ids::uuid[], :unit_ids::text[], :due_dates::date[],
    :states::text[], :revisions::integer[]
)
ON CONFLICT (id) DO UPDATE SET
    unit_id = excluded.unit_id, due_on = excluded.due_on, state = excluded.state, revision = excluded.revision
WHERE tasks.revision < excluded.revision;

-- name: raise_alerts!
-- Remember occasions to tell something; one that is known already changes nothing.
INSERT INTO alerts (rule, plan_id, unit_id, occasion, task_id, due_on, not_before, raised_at)
SELECT alert.*, :now
FROM unnest(
    :rules::text[], :plan_ids::uuid[], :unit_ids::text[], :occasions::text[],
    :task_ids::uuid[], :due_dates::date[], :not_before::date[]
) AS alert
ON CONFLICT DO NOTHING;


-- Mornings: which alerts are told to whom.

-- name: request_morning!
-- Ask for a day's digests; a day that was asked for stays as it is.
INSERT INTO mornings (day, requested_at) VALUES (:day, :now) ON CONFLICT DO NOTHING;

-- name: next_morning^
-- The oldest morning that is not planned, for this transaction alone; another one waits for it.
SELECT day, state, planned_upto FROM mornings WHERE state <> 'PLANNED' ORDER BY day LIMIT 1 FOR UPDATE;

-- name: expect_many_rows!
-- For the rest of the transaction, join by hash: behind row-level security, and in tables that were just filled,
-- the planner expects one row and would compare each of 70,000 alerts with each of 3,500 units.
SET LOCAL enable_nestloop = off;

-- name: announce_to_offices!
-- Raise the plan's own alert for each office below a signing unit that has a school with a newly assigned task.
WITH bound AS MATERIALIZED (
    SELECT DISTINCT alert.plan_id, unit.path
    FROM alerts alert JOIN units unit ON unit.id = alert.unit_id
    WHERE alert.state = 'PENDING' AND alert.rule = :assignment
),
offices AS MATERIALIZED (SELECT id, path, jurisdiction FROM units WHERE kind = 'office')
INSERT INTO alerts (rule, plan_id, unit_id, occasion, raised_at)
SELECT :announcement, plan.id, office.id, plan.version::text, :now::timestamptz
FROM plans plan CROSS JOIN offices office
WHERE plan.id IN (SELECT plan_id FROM bound)
    AND EXISTS (
        SELECT FROM units party
        WHERE party.id = ANY(plan.parties) AND starts_with(office.path, party.jurisdiction)
    )
    AND EXISTS (
        SELECT FROM bound
        WHERE bound.plan_id = plan.id AND starts_with(bound.path, office.jurisdiction)
    )
ON CONFLICT DO NOTHING;

-- name: follow_tasks!
-- Give pending alerts of tasks that moved to the units that have them by now. One of the same occasion that the new unit
-- has already stays where it is, to be cancelled.
UPDATE alerts SET unit_id = task.unit_id
FROM tasks task
WHERE alerts.state = 'PENDING' AND task.id = alerts.task_id AND task.unit_id <> alerts.unit_id
    AND NOT EXISTS (
        SELECT FROM alerts twin
        WHERE coalesce(twin.task_id, twin.plan_id) = alerts.task_id AND twin.unit_id = task.unit_id
            AND twin.rule = alerts.rule AND twin.occasion = alerts.occasion
    );

-- name: cancel_alerts$
-- Cancel what no longer holds on this morning: the plan has ended, the task is another unit's, which has the same
-- alert, the task is in no state in which the rule has something to tell, its due date moved, the morning is past the
-- alert's time, or a later alert of the same rule and task holds. `rules` and `states` pair each rule with its states;
-- `timed` and `against` each deadline with its side; `ended` are the rules that tell of a plan's end.
WITH judged AS (
    SELECT
        alert.id, alert.rule, alert.task_id,
        CASE
            WHEN plan.ended AND alert.rule <> ALL(:ended::text[]) THEN 'ended'
            WHEN task.id IS NULL THEN NULL
            WHEN alert.unit_id <> task.unit_id THEN 'followed'
            WHEN (alert.rule, task.state) NOT IN (SELECT * FROM unnest(:rules::text[], :states::text[])) THEN 'closed'
            WHEN timed.against IS NOT NULL AND task.due_on IS DISTINCT FROM alert.due_on THEN 'moved'
            WHEN timed.against <> sign(:day::date - alert.due_on) THEN 'past'
        END AS reason
    FROM alerts alert
    LEFT JOIN plans plan ON plan.id = alert.plan_id
    LEFT JOIN tasks task ON task.id = alert.task_id
    LEFT JOIN unnest(:timed::text[], :against::integer[]) AS timed (rule, against) ON timed.rule = alert.rule
    WHERE alert.state = 'PENDING' AND (alert.not_before IS NULL OR alert.not_before <= :day)
),
cancelled AS (
    SELECT id, reason FROM judged WHERE reason IS NOT NULL
    UNION ALL
    SELECT id, 'superseded'
    FROM (SELECT id, row_number() OVER (PARTITION BY task_id, rule ORDER BY id DESC) FROM judged WHERE reason IS NULL AND task_id IS NOT NULL)
    WHERE row_number > 1
),
updated AS (
    UPDATE alerts SET state = 'CANCELLED', morning = :day, reason = cancelled.reason
    FROM cancelled WHERE cancelled.id = alerts.id
    RETURNING alerts.id
)
SELECT count(*) FROM updated;

-- name: tell_recipients
-- Decide whom each pending alert is told, by the directory of the morning. A post is a set of roles of a unit of
-- which somebody must hear; where nobody holds it, the nearest office above hears instead.
-- An alert whose task, item, unit or recipient is not known stays pending. Returns the vacant posts.
WITH due AS (
    SELECT alert.id, unit.id AS unit_id, unit.kind, unit.path, unit.has_union, item.accountable
    FROM alerts alert
    JOIN units unit ON unit.id = alert.unit_id
    LEFT JOIN tasks task ON task.id = alert.task_id
    LEFT JOIN items item ON item.id = task.item_id
    WHERE alert.state = 'PENDING'
        AND (alert.not_before IS NULL OR alert.not_before <= :day)
        AND (alert.task_id IS NULL OR item.id IS NOT NULL)
),
leaders AS (
    SELECT kind, array_agg(role) AS roles FROM unnest(:kinds::text[], :roles::text[]) AS leader (kind, role)
    GROUP BY kind
),
-- In a school each accountable role is a post; where there is no union, or nobody is named, it is the principal's.
seats AS (
    SELECT DISTINCT
        kind, has_union, accountable,
        ARRAY[CASE WHEN role IS NULL OR (role = 'union-chair' AND NOT has_union) THEN 'principal' ELSE role END] AS roles
    FROM (SELECT DISTINCT kind, has_union, accountable FROM due WHERE kind = 'school' AND accountable IS NOT NULL)
    LEFT JOIN unnest(accountable) AS role ON true
    UNION ALL
    SELECT DISTINCT due.kind, has_union, accountable, leaders.roles
    FROM due JOIN leaders USING (kind)
    WHERE due.kind <> 'school' OR accountable IS NULL
),
summoned AS MATERIALIZED (
    SELECT due.id AS alert_id, due.unit_id, due.path, seats.roles
    FROM due
    JOIN seats ON seats.kind = due.kind AND seats.has_union = due.has_union
        AND seats.accountable IS NOT DISTINCT FROM due.accountable
),
posts AS MATERIALIZED (SELECT DISTINCT unit_id, path, roles FROM summoned),
present AS MATERIALIZED (
    SELECT person.unit_id, person.person_id, person.role
    FROM people person JOIN units unit ON unit.id = person.unit_id
    WHERE person.valid_from <= :day AND (person.valid_to IS NULL OR person.valid_to >= :day)
        AND unit.valid_from <= :day AND (unit.valid_to IS NULL OR unit.valid_to >= :day)
),
holders AS (
    SELECT post.unit_id, post.roles, present.person_id, present.role, present.unit_id AS at_unit
    FROM posts post JOIN present ON present.unit_id = post.unit_id AND present.role = ANY(post.roles)
),
vacant AS MATERIALIZED (
    SELECT * FROM posts post
    WHERE NOT EXISTS (SELECT FROM holders WHERE holders.unit_id = post.unit_id AND holders.roles = post.roles)
),
stand_ins AS (
    SELECT DISTINCT ON (vacant.unit_id, vacant.roles) vacant.unit_id, vacant.roles, office.id AS office_id
    FROM vacant
    JOIN units office ON office.kind = 'office' AND office.id <> vacant.unit_id
        AND starts_with(vacant.path, office.jurisdiction)
    JOIN leaders ON leaders.kind = office.kind
    WHERE EXISTS (SELECT FROM present WHERE present.unit_id = office.id AND present.role = ANY(leaders.roles))
    ORDER BY vacant.unit_id, vacant.roles, length(office.jurisdiction) DESC, office.id
),
hearers AS (
    SELECT * FROM holders
    UNION ALL
    SELECT stand_in.unit_id, stand_in.roles, present.person_id, present.role, present.unit_id
    FROM stand_ins stand_in
    JOIN leaders ON leaders.kind = 'office'
    JOIN present ON present.unit_id = stand_in.office_id AND present.role = ANY(leaders.roles)
),
told AS (
    INSERT INTO digest_entries (alert_id, recipient, morning, role, unit_id)
    SELECT DISTINCT ON (summoned.alert_id, person_id) summoned.alert_id, person_id, :day::date, role, at_unit
    FROM summoned JOIN hearers ON hearers.unit_id = summoned.unit_id AND hearers.roles = summoned.roles
    ORDER BY summoned.alert_id, person_id, role, at_unit
    RETURNING alert_id
),
marked AS (
    UPDATE alerts SET state = 'TOLD', morning = :day WHERE id IN (SELECT alert_id FROM told)
)
SELECT vacant.unit_id, vacant.roles, stand_in.office_id
FROM vacant LEFT JOIN stand_ins stand_in ON stand_in.unit_id = vacant.unit_id AND stand_in.roles = vacant.roles
ORDER BY vacant.unit_id, vacant.roles;

-- name: begin_planning!
-- The morning's alerts are fixed; its digests follow. `waiting` counts what nobody could be told.
UPDATE mornings SET
    state = 'PLANNING',
    cancelled = :cancelled,
    told = (SELECT count(*) FROM alerts WHERE alerts.morning = :day AND alerts.state = 'TOLD'),
    waiting = (
        SELECT count(*) FROM alerts
        WHERE alerts.state = 'PENDING' AND (not_before IS NULL OR not_before <= :day)
    )
WHERE day = :day;

-- name: add_digests
-- Make the digests of the morning's next recipients, each under the first of their roles.
INSERT INTO digests (recipient, role, unit_id, morning)
SELECT DISTINCT ON (recipient) recipient, role, unit_id, morning
FROM digest_entries
WHERE morning = :day AND recipient > :after
ORDER BY recipient, role, unit_id
LIMIT :at_most
RETURNING id, recipient;

-- name: digest_contents
-- What these digests tell, the most pressing first, at most a number of entries each. `days` of a deadline counts
-- from the morning.
WITH ranked AS (
    SELECT
        digest.id AS digest_id, digest.recipient, digest.role, digest.unit_id, digest.morning,
        json_build_object(
            'rule', alert.rule, 'plan_id', alert.plan_id, 'unit_id', alert.unit_id, 'task_id', alert.task_id,
            'due_on', alert.due_on, 'days', abs(alert.due_on - digest.morning)
        ) AS entry,
        row_number() OVER (
            PARTITION BY digest.id ORDER BY array_position(:rules::text[], alert.rule), alert.id
        ) AS place
    FROM digests digest
    JOIN digest_entries ON digest_entries.morning = digest.morning AND digest_entries.recipient = digest.recipient
    JOIN alerts alert ON alert.id = digest_entries.alert_id
    WHERE digest.id = ANY(:ids::uuid[])
)
SELECT digest_id, recipient, role, unit_id, morning, json_agg(entry ORDER BY place)::text AS entries
FROM ranked
WHERE place <= :at_most
GROUP BY digest_id, recipient, role, unit_id, morning
ORDER BY recipient;

-- name: planned_upto!
-- Remember up to which recipient the morning is planned.
UPDATE mornings SET planned_upto = :recipient WHERE day = :day;

-- name: end_planning!
-- Every recipient of the morning has their digest.
UPDATE mornings SET state = 'PLANNED' WHERE day = :day;


-- Sending. Claims and pauses are measured by the database's clock: the service's may stand still in a demo.

-- name: claim_digests
-- Take digests to send: a claim counts an attempt and holds until `lease` has passed; then it is anybody's again.
-- The address is the one that the directory gives for the morning, best at the unit that the digest is for.
WITH claimed AS (
    UPDATE digests SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + :lease
    FROM (
        SELECT id FROM digests
        WHERE state = 'PENDING' AND next_attempt_at <= clock_timestamp()
        ORDER BY next_attempt_at
        LIMIT :at_most
        FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE digests.id = due.id
    RETURNING digests.id, recipient, unit_id, role, morning, attempts
)
SELECT claimed.*, address.email
FROM claimed
LEFT JOIN LATERAL (
    SELECT email FROM people
    WHERE person_id = claimed.recipient AND email IS NOT NULL
        AND valid_from <= claimed.morning AND (valid_to IS NULL OR valid_to >= claimed.morning)
    ORDER BY people.unit_id = claimed.unit_id DESC, people.role = claimed.role DESC, people.unit_id, people.role
    LIMIT 1
) AS address ON true;

-- name: digest_lines
-- The lines of these digests, by rule and plan; of each rule at most a number of lines, and how many there are.
SELECT *
FROM (
    SELECT
        digest.id AS digest_id, alert.rule, alert.due_on, abs(alert.due_on - digest.morning) AS days,
        plan.number AS plan_number, plan.title AS plan_title,
        item.position, item.text AS item_text,
        CASE WHEN alert.unit_id <> digest.unit_id THEN unit.name END AS unit_name,
        count(*) OVER (PARTITION BY digest.id, alert.rule) AS total,
        row_number() OVER (
            PARTITION BY digest.id, alert.rule
            ORDER BY plan.title, alert.plan_id, alert.due_on, item.position, alert.unit_id, alert.id
        ) AS place
    FROM digests digest
    JOIN digest_entries entry ON entry.morning = digest.morning AND entry.recipient = digest.recipient
    JOIN alerts alert ON alert.id = entry.alert_id
    LEFT JOIN units unit ON unit.id = alert.unit_id
    LEFT JOIN plans plan ON plan.id = alert.plan_id
    LEFT JOIN tasks task ON task.id = alert.task_id
    LEFT JOIN items item ON item.id = task.item_id
    WHERE digest.id = ANY(:ids::uuid[])
) AS line
WHERE place <= :at_most
ORDER BY digest_id, array_position(:rules::text[], rule), place;

-- name: settle_digests
-- Record what became of the attempts; one whose claim has passed to another changes nothing. Returns the changed.
UPDATE digests SET
    state = outcome.state,
    smtp_code = outcome.smtp_code,
    attempts = digests.attempts - CASE WHEN outcome.tried THEN 0 ELSE 1 END,
    next_attempt_at = clock_timestamp() + outcome.pause,
    settled_at = CASE WHEN outcome.state <> 'PENDING' THEN :now::timestamptz END
FROM unnest(
    :ids::uuid[], :attempts::integer[], :states::text[], :smtp_codes::integer[], :tried::boolean[],
    :pauses::interval[]
) AS outcome (id, attempts, state, smtp_code, tried, pause)
WHERE digests.id = outcome.id AND digests.attempts = outcome.attempts AND digests.state = 'PENDING'
RETURNING digests.id;


-- What people ask. `within` is the path that the caller answers for, '/' for an operator.

-- name: unit_of_caller^
-- The kind and path of the caller's unit.
SELECT kind, path FROM units WHERE id = :unit_id;

-- name: alerts_told
-- What a recipient was told, the latest first.
SELECT
    alert.id, alert.rule, entry.morning, alert.plan_id, plan.title AS plan_title,
    alert.task_id, item.position, alert.unit_id, alert.due_on
FROM digest_entries entry
JOIN alerts alert ON alert.id = entry.alert_id
LEFT JOIN plans plan ON plan.id = alert.plan_id
LEFT JOIN tasks task ON task.id = alert.task_id
LEFT JOIN items item ON item.id = task.item_id
JOIN units unit ON unit.id = entry.unit_id AND starts_with(unit.path, :within)
WHERE entry.recipient = :recipient AND entry.alert_id < :before
ORDER BY entry.alert_id DESC
LIMIT :at_most;

-- name: digests_of_day
-- The delivery log of a morning, in the order of ids; no names and no addresses.
SELECT digest.id, digest.unit_id, digest.role, digest.state, digest.attempts, digest.smtp_code, digest.settled_at
FROM digests digest
WHERE digest.morning = :day AND digest.id > :after
    AND (:within = '/' OR digest.unit_id IN (SELECT id FROM units WHERE starts_with(path, :within)))
ORDER BY digest.id
LIMIT :at_most;

-- name: morning_of_day^
-- How far a morning has come.
SELECT
    day, state, told, cancelled, waiting,
    (
        SELECT coalesce(json_object_agg(digest.state, digest.count), '{}')
        FROM (SELECT digests.state, count(*) FROM digests WHERE morning = :day GROUP BY 1) AS digest
    )::text AS digests
FROM mornings
WHERE day = :day;

-- name: count_alerts
-- How many alerts of each rule are in each state.
SELECT rule, state, count(*) FROM alerts GROUP BY rule, state ORDER BY rule, state;

-- name: count_digests
-- How many digests are in each state.
SELECT state, count(*) FROM digests GROUP BY state ORDER BY state;

-- name: count_mornings
-- How many mornings are in each state.
SELECT state, count(*) FROM mornings GROUP BY state ORDER BY state;
