-- Units that end and units that join. The jobs are queued by changes of the directory, and done on their day.

-- name: queue_successions!
-- Queue what changed units leave behind: their own ends, and the ends of units that wait for a successor.
WITH revived AS (
    DELETE FROM successions USING units
    WHERE successions.unit_id = units.id AND units.id = ANY(:changed::text[]) AND units.valid_to IS NULL
    RETURNING unit_id
), forgotten AS (
    UPDATE units SET heir_id = NULL FROM revived WHERE units.id = revived.unit_id
), awakened AS (
    UPDATE successions SET checked_on = NULL WHERE settled_at IS NULL AND checked_on IS NOT NULL
)
INSERT INTO successions (unit_id, due_on)
SELECT id, valid_to + 1 FROM units WHERE valid_to IS NOT NULL AND id = ANY(:changed::text[])
ON CONFLICT (unit_id) DO UPDATE SET due_on = excluded.due_on, checked_on = NULL, settled_at = NULL;

-- name: requeue_successions!
-- Look again at units that ended: they have been given tasks, or one was reopened.
UPDATE successions SET settled_at = NULL, checked_on = NULL
WHERE unit_id = ANY(:unit_ids::text[]) AND settled_at IS NOT NULL;

-- name: requeue_successions_of_plan!
-- The same for all units that a plan's decomposition has given tasks.
UPDATE successions SET settled_at = NULL, checked_on = NULL
WHERE settled_at IS NOT NULL AND unit_id IN (SELECT unit_id FROM issuances WHERE plan_id = :plan_id);

-- name: one_at_a_time$
-- Let no other process move tasks or give them to late joiners until the transaction ends; false where one does.
SELECT pg_try_advisory_xact_lock(hashtextextended('tracker.succession', 0));

-- name: next_succession^
-- The end that is due the longest, with the one unit that exists today in its line of successors; where there is none
-- or several, with the one that existed when it was due, and has come to its own end since. A version of a plan from
-- before that day is laid first: it asks the unit that was there then.
SELECT next.unit_id, heir.id AS heir_id, heir.name AS heir_name
FROM (
    SELECT unit_id, due_on FROM successions
    WHERE settled_at IS NULL AND due_on <= :today::date AND (checked_on IS NULL OR checked_on < :today)
      AND NOT EXISTS (
          SELECT FROM decompositions JOIN plans ON plans.id = decompositions.plan_id
          WHERE finished_at IS NULL AND laying AND version > 1 AND effective_on < due_on)
    ORDER BY due_on, unit_id
    LIMIT 1
) AS next
LEFT JOIN LATERAL (
    SELECT min(id) AS id
    FROM unnest(ARRAY[:today, due_on]) WITH ORDINALITY AS asked (day, place)
    CROSS JOIN LATERAL leaves(ARRAY[next.unit_id], asked.day)
    GROUP BY place HAVING count(*) = 1 AND bool_and(is_open) AND min(id) <> next.unit_id
    ORDER BY place LIMIT 1
) AS single ON true
LEFT JOIN units AS heir ON heir.id = single.id;

-- name: wait_for_successor!
-- Nobody can be told to follow today: what is open waits, and an officer sees it.
UPDATE successions SET checked_on = :today WHERE unit_id = :unit_id;

-- name: inherit!
-- Let the successor see what the unit did, and what the unit itself had taken over.
UPDATE units SET heir_id = :heir_id WHERE id = :unit_id OR heir_id = :unit_id;

-- name: advance_succession!
-- Remember what has followed.
UPDATE successions SET
    tasks = tasks + :tasks, settled_at = CASE WHEN :finished THEN :now::timestamptz END
WHERE unit_id = :unit_id;

-- name: follow_chunk^
-- Move the next open tasks of a unit to another, with their history, and publish `TasksMoved` under both keys (2,000
-- tasks each). Where the other has a task of the same plan, item and occurrence, the follower's is withdrawn; the
-- other's is issued again if it had lapsed, because now it is asked for there. `TasksRevised` says why of both.
-- `task_ids` null: all of them.
WITH following AS MATERIALIZED (
    SELECT id, plan_id, item_id, occurrence, state, due_on,
           EXISTS (SELECT FROM tasks AS own
                   WHERE own.unit_id = :heir_id AND own.plan_id = tasks.plan_id AND own.item_id = tasks.item_id
                     AND own.occurrence = tasks.occurrence) AS doubled
    FROM tasks
    WHERE unit_id = :unit_id AND state <> ALL(:closed::text[])
      AND (:task_ids::uuid[] IS NULL OR id = ANY(:task_ids))
    ORDER BY id
    LIMIT :size
    FOR UPDATE
), moved AS (
    UPDATE tasks SET unit_id = :heir_id, revision = revision + 1
    FROM following WHERE tasks.id = following.id AND NOT doubled
    RETURNING tasks.id, tasks.plan_id, tasks.item_id, tasks.occurrence, tasks.due_on, tasks.state, revision
), withdrawn AS (
    UPDATE tasks SET state = 'WITHDRAWN', revision = revision + 1, asked = false,
                     not_applicable_proposed = false, suspended_from = NULL
    FROM following WHERE tasks.id = following.id AND doubled
    RETURNING tasks.id, tasks.plan_id, tasks.item_id, tasks.occurrence, tasks.due_on, following.state AS from_state,
              tasks.state, revision
), again AS (
    UPDATE tasks SET state = 'ISSUED', revision = tasks.revision + 1, asked = true, due_on = following.due_on
    FROM following
    WHERE tasks.unit_id = :heir_id AND tasks.plan_id = following.plan_id AND tasks.item_id = following.item_id
      AND tasks.occurrence = following.occurrence AND tasks.state = 'WITHDRAWN' AND NOT tasks.asked
    RETURNING tasks.id, tasks.plan_id, tasks.item_id, tasks.occurrence, tasks.due_on, old.state AS from_state,
              tasks.state, tasks.revision
), settled AS (
    SELECT :unit_id::text AS unit_id, 'withdraw' AS action, :doubled_reason::text AS reason, * FROM withdrawn
    UNION ALL
    SELECT :heir_id, 'reissue', :again_reason::text, * FROM again
), issued AS (
    -- That it was issued stands with the unit's other tasks of the plan; from here on it stands with the task.
    INSERT INTO task_events (task_id, revision, unit_id, action, to_state, at, door)
    SELECT moved.id, 1, :unit_id, 'issue', 'ISSUED', min(issuances.at), 'plan'
    FROM moved JOIN issuances ON issuances.plan_id = moved.plan_id AND issuances.unit_id = :unit_id
    GROUP BY moved.id
    ON CONFLICT DO NOTHING
), logged AS (
    INSERT INTO task_events (task_id, revision, unit_id, action, from_state, to_state, reason,
                             person_id, actor_unit_id, role, at, door)
    SELECT id, revision, :heir_id, 'move', state, state, :reason,
           :person_id, :actor_unit_id, :role, :now::timestamptz, :door::text
    FROM moved
    UNION ALL
    SELECT id, revision, unit_id, action, from_state, state, reason,
           :person_id, :actor_unit_id, :role, :now::timestamptz, :door::text
    FROM settled
), parts AS (
    SELECT part, json_agg(json_build_object(
               'task_id', id, 'plan_id', plan_id, 'item_id', item_id, 'occurrence', occurrence,
               'revision', revision, 'state', state, 'due_on', due_on) ORDER BY id) AS tasks
    FROM (SELECT *, row_number() OVER (ORDER BY id) / 2000 AS part FROM moved) AS numbered
    GROUP BY part
), told AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'task-events', convert_to(key, 'UTF8'), convert_to(json_build_object(
        'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TasksMoved.v1',
        'subject', key, 'time', :now::timestamptz, 'correlationid', 'succession-' || :unit_id,
        'data', json_build_object('from_unit_id', :unit_id::text, 'to_unit_id', :heir_id::text, 'on', :today::date,
                                  'tasks', tasks))::text, 'UTF8'), :now::timestamptz
    FROM parts CROSS JOIN unnest(ARRAY[:unit_id, :heir_id]) AS key
    ORDER BY part, key = :heir_id
), revised AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'task-events', convert_to(unit_id, 'UTF8'), convert_to(json_build_object(
        'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TasksRevised.v1',
        'subject', unit_id, 'time', :now::timestamptz, 'correlationid', 'succession-' || :unit_id,
        'data', json_build_object('plan_id', plan_id, 'plan_version', plans.version, 'unit_id', unit_id,
            'cause', 'unit-succeeded', 'reason', reason, 'at', :now::timestamptz,
            'tasks', json_agg(json_build_object('task_id', settled.id, 'item_id', item_id, 'occurrence', occurrence,
                'revision', revision, 'from_state', from_state, 'to_state', state, 'due_on', due_on)
                ORDER BY settled.id)))::text, 'UTF8'), :now::timestamptz
    FROM settled JOIN plans ON plans.id = settled.plan_id
    GROUP BY unit_id, reason, plan_id, plans.version
)
SELECT (SELECT count(*) FROM following) AS seen, (SELECT count(*) FROM moved) AS moved,
       (SELECT count(*) FROM withdrawn) AS withdrawn;

-- name: queue_joinings!
-- Queue the schools among changed units for the day from which they stand so; of those that have ended the ones that
-- nobody knew before. Where no plan has arrived there is nothing to give: a plan that arrives looks itself for those who
-- joined.
INSERT INTO joinings (due_on, unit_ids)
SELECT since, array_agg(id ORDER BY id)
FROM units
WHERE id = ANY(:changed::text[]) AND kind = 'school' AND (since > :today::date OR EXISTS (SELECT FROM plans))
  AND (valid_to IS NULL OR :today <= valid_to OR id = ANY(:new::text[]))
GROUP BY since;

-- name: queue_joinings_of_plan!
-- Queue those who joined or changed after a plan took effect and before it was decomposed.
INSERT INTO joinings (due_on, unit_ids, plan_id)
SELECT :today::date, array_agg(units.id ORDER BY units.id), plans.id
FROM plans JOIN units ON units.since > plans.effective_on AND units.since <= :today AND units.kind = 'school'
WHERE plans.id = :plan_id
GROUP BY plans.id;

-- name: next_joining^
-- The batch that is due the longest, with the next plan in force for it; none: the batch has all. All batches wait for
-- plans that are being decomposed, which may have passed by a unit that came meanwhile, and for what follows today. A
-- plan that waits for the directory will see them in it.
SELECT next.id, next.unit_ids, plan.id AS plan_id, plan.version, plan.effective_on,
       plan.causation_id, plan.correlation_id, plan.traceparent
FROM (
    SELECT * FROM joinings
    WHERE due_on <= :today::date AND NOT EXISTS (
        SELECT FROM successions
        WHERE settled_at IS NULL AND successions.due_on <= :today AND (checked_on IS NULL OR checked_on < :today))
      AND NOT EXISTS (
        SELECT FROM decompositions JOIN plans ON plans.id = decompositions.plan_id
        WHERE finished_at IS NULL AND ended IS NULL AND directory_sequence <= (SELECT sequence FROM directory))
    ORDER BY due_on, id
    LIMIT 1
) AS next
LEFT JOIN LATERAL (
    SELECT plans.id, plans.version, effective_on, causation_id, correlation_id, traceparent
    FROM plans JOIN decompositions ON decompositions.plan_id = plans.id
    WHERE plans.id > next.after_plan AND (next.plan_id IS NULL OR plans.id = next.plan_id)
      AND effective_on <= :today AND ended IS NULL AND finished_at IS NOT NULL
    ORDER BY plans.id
    LIMIT 1
) AS plan ON true;

-- name: advance_joining!
-- Remember up to which plan a batch has what it is asked.
UPDATE joinings SET after_plan = :plan_id WHERE id = :id;

-- name: end_joining!
-- The batch has everything.
DELETE FROM joinings WHERE id = :id;

-- name: jurisdictions_today
-- The paths of the areas for which a plan's parties answer, or of what has become of these areas.
SELECT DISTINCT units.path
FROM (
    SELECT coalesce(CASE WHEN kind IN ('office', 'union') THEN parent_id END, id) AS area_id
    FROM parties JOIN units ON units.id = parties.unit_id
    WHERE plan_id = :plan_id
) AS answered
CROSS JOIN LATERAL leaves(ARRAY[area_id], :today) AS leaf
JOIN units ON units.id = leaf.id
WHERE leaf.is_open;

-- name: waiting_units
-- Units below a path that ended and have open tasks which nobody could be told to take over, by id.
SELECT units.id AS unit_id, units.name, units.valid_to, units.successors, count(*) AS tasks
FROM successions JOIN units ON units.id = successions.unit_id JOIN tasks ON tasks.unit_id = units.id
WHERE successions.due_on <= :today AND units.path ^@ :within AND units.id > :after
  AND tasks.state <> ALL(:closed::text[])
GROUP BY units.id
ORDER BY units.id
LIMIT :at_most;

-- name: open_tasks_of
-- How many open tasks units below a path have, and of how many plans.
SELECT tasks.unit_id, count(*) AS tasks, count(DISTINCT plan_id) AS plans
FROM units JOIN tasks ON tasks.unit_id = units.id
WHERE units.id = ANY(:unit_ids::text[]) AND units.path ^@ :within AND state <> ALL(:closed::text[])
GROUP BY tasks.unit_id
ORDER BY tasks.unit_id;

-- name: unit_in_directory^
-- Where a unit stands, and whether it exists on a day.
SELECT id, name, path, valid_to, valid_from <= :today::date AND (valid_to IS NULL OR :today <= valid_to) AS is_open
FROM units WHERE id = :unit_id AND path ^@ :within;

-- name: issue_to_joiners^
-- Give a batch of schools what a plan in force asks of them: who stood so when it took effect and was only told of
-- later, all of it; others what has no deadline, and what falls due on or after the day from which they stand so. Items
-- of the parties alone concern no joiner; an area that ended lives on in its successors. Who has ended meanwhile is
-- given the same, which then follows, but nothing that the successor has. Issuing stands in the history of each task,
-- because the unit may have had others before.
WITH asked AS (
    SELECT binding.unit_id, binding.item_id, NULL::date AS since
    FROM bound(:plan_id::uuid, :effective_on::date, :parties::text[], :signed_for::text[]) AS binding
    JOIN units ON units.id = binding.unit_id
    WHERE binding.unit_id = ANY(:unit_ids::text[]) AND units.since <= :effective_on
    UNION ALL
    SELECT units.id, items.item_id, units.since
    FROM units
    JOIN items ON items.plan_id = :plan_id AND items.audience = 'schools'
        AND (items.area = '{}' OR EXISTS (
            SELECT FROM leaves(items.area, :today::date) AS leaf JOIN units AS area ON area.id = leaf.id
            WHERE leaf.is_open AND units.path ^@ area.path))
        AND (items.levels_bound IS NULL OR units.levels && items.levels_bound)
        AND (items.ownership IS NULL OR units.ownership IS NOT DISTINCT FROM items.ownership)
        AND (items.with_union IS NULL OR units.has_union = items.with_union)
    WHERE units.id = ANY(:unit_ids::text[]) AND units.kind = 'school'
      AND units.since > :effective_on AND units.since <= :today AND (valid_to IS NULL OR units.since <= valid_to)
      AND units.path ^@ ANY(:jurisdictions::text[])
), wanted AS (
    SELECT asked.unit_id, occurrences.item_id, occurrences.key, occurrences.due_on, occurrences.place
    FROM asked
    JOIN units ON units.id = asked.unit_id
    JOIN occurrences ON occurrences.plan_id = :plan_id AND occurrences.item_id = asked.item_id
        AND (asked.since IS NULL OR occurrences.due_on IS NULL OR occurrences.due_on >= asked.since)
    WHERE valid_to IS NULL OR :today <= valid_to OR NOT EXISTS (
        SELECT FROM tasks
        WHERE tasks.unit_id = units.heir_id AND tasks.plan_id = :plan_id AND tasks.item_id = asked.item_id
          AND tasks.occurrence = occurrences.key)
), issued AS (
    INSERT INTO tasks (plan_id, item_id, unit_id, occurrence, due_on, version)
    SELECT :plan_id::uuid, item_id, unit_id, key, due_on, :version::int FROM wanted ORDER BY unit_id, place
    ON CONFLICT (unit_id, plan_id, item_id, occurrence) DO NOTHING
    RETURNING id, item_id, unit_id, occurrence, due_on
), logged AS (
    INSERT INTO task_events (task_id, revision, unit_id, action, to_state, at, door)
    SELECT id, 1, unit_id, 'issue', 'ISSUED', :now::timestamptz, 'plan' FROM issued
), published AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'task-events', convert_to(unit_id, 'UTF8'), convert_to(json_build_object(
        'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TasksIssued.v1',
        'subject', unit_id, 'time', :now::timestamptz,
        'correlationid', :correlation_id::text, 'causationid', :causation_id::text, 'traceparent', :traceparent::text,
        'data', json_build_object('plan_id', :plan_id::uuid, 'plan_version', :version::int, 'unit_id', unit_id,
            'tasks', json_agg(json_build_object(
                'task_id', issued.id, 'item_id', issued.item_id, 'position', position,
                'occurrence', issued.occurrence, 'due_on', issued.due_on) ORDER BY place)))::text,
        'UTF8'), :now::timestamptz
    FROM issued
    JOIN items ON items.plan_id = :plan_id AND items.item_id = issued.item_id
    JOIN occurrences ON occurrences.plan_id = :plan_id AND occurrences.item_id = issued.item_id
        AND occurrences.key = issued.occurrence
    GROUP BY unit_id, place / 2000
    ORDER BY unit_id, place / 2000
)
SELECT count(DISTINCT unit_id) AS units, count(*) AS tasks FROM issued;
