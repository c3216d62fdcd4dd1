-- Directory ---------------------------------------------------------------------------------------------

-- name: store_units
-- Take over units that are new or newer than what is known; returns the ids of those that changed, and which are new.
-- The path is provisional until `move_paths`.
INSERT INTO units (id, sequence, name, kind, parent_id, path, levels, ownership, has_union,
                   valid_from, valid_to, successors, since)
SELECT id, sequence, name, kind, parent_id, id || '/', string_to_array(levels, ','), ownership, has_union,
       valid_from, valid_to, string_to_array(successors, ','), since
FROM unnest(:ids::text[], :sequences::bigint[], :names::text[], :kinds::text[], :parent_ids::text[],
            :levels::text[], :ownerships::text[], :has_unions::boolean[],
            :valid_froms::date[], :valid_tos::date[], :successors::text[], :since::date[])
     AS unit (id, sequence, name, kind, parent_id, levels, ownership, has_union, valid_from, valid_to, successors,
              since)
ORDER BY id
ON CONFLICT (id) DO UPDATE SET
    sequence = excluded.sequence, name = excluded.name, kind = excluded.kind, parent_id = excluded.parent_id,
    levels = excluded.levels, ownership = excluded.ownership, has_union = excluded.has_union,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, successors = excluded.successors,
    since = excluded.since
WHERE units.sequence < excluded.sequence
RETURNING units.id, old.id IS NULL AS is_new;

-- name: move_paths!
-- Give the changed units and all below them the paths of where they stand now. A unit below two changed ones
-- is reached from each; the longest way started highest and knows of all changes. A parent may arrive after
-- its children (the topic is compacted). The bound on the depth ends a loop in a faulty directory.
WITH RECURSIVE moved AS (
    SELECT unit.id, coalesce(parent.path, '') || unit.id || '/' AS path, 1 AS depth
    FROM units AS unit LEFT JOIN units AS parent ON parent.id = unit.parent_id
    WHERE unit.id = ANY(:changed::text[])
    UNION ALL
    SELECT child.id, moved.path || child.id || '/', depth + 1
    FROM moved JOIN units AS child ON child.parent_id = moved.id
    WHERE depth < 20
), placed AS (
    SELECT DISTINCT ON (id) id, path FROM moved ORDER BY id, depth DESC
)
UPDATE units SET path = placed.path FROM placed WHERE units.id = placed.id AND units.path <> placed.path;

-- name: forget_people!
-- Forget who held roles in these units.
DELETE FROM people WHERE unit_id = ANY(:unit_ids::text[]);

-- name: store_people!
-- Remember who holds roles in units.
INSERT INTO people (unit_id, person_id, role, valid_from, valid_to)
SELECT * FROM unnest(:unit_ids::text[], :person_ids::text[], :roles::text[], :valid_froms::date[], :valid_tos::date[])
ON CONFLICT DO NOTHING;

-- name: advance_directory!
-- Remember how far the directory has arrived.
UPDATE directory SET sequence = greatest(sequence, :sequence);

-- name: units_by_id
-- What entitlement needs to know of units that exist on a day.
SELECT id, kind, path FROM units
WHERE id = ANY(:ids::text[]) AND valid_from <= :day AND (valid_to IS NULL OR :day <= valid_to);

-- name: people_in_role
-- Who holds these roles, each of one unit, on a day.
SELECT unit_id, role, person_id
FROM people JOIN unnest(:unit_ids::text[], :roles::text[]) AS asked (unit_id, role) USING (unit_id, role)
WHERE valid_from <= :day AND (valid_to IS NULL OR :day <= valid_to);

-- Plans -------------------------------------------------------------------------------------------------

-- name: store_plan$
-- Take over a plan that is new or newer than what is known; returns its id, or null where it is not.
INSERT INTO plans (id, version, kind, number, title, effective_on, directory_sequence, approved_at, parent_id)
VALUES (:id, :version, :kind, :number, :title, :effective_on, :directory_sequence, :approved_at, :parent_id)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, number = excluded.number, title = excluded.title,
    effective_on = excluded.effective_on, directory_sequence = excluded.directory_sequence,
    approved_at = excluded.approved_at, parent_id = excluded.parent_id
WHERE plans.version < excluded.version
RETURNING id;

-- name: end_plan$
-- Take over that a plan is no longer in force; returns its id, or null where it had ended before.
UPDATE plans SET ended = :ended, carried_over = :carried_over
WHERE id = :id AND ended IS NULL
RETURNING id;

-- name: forget_parties!
-- Forget who signed an earlier version.
DELETE FROM parties WHERE plan_id = :plan_id;

-- name: store_parties!
-- Remember who signed.
INSERT INTO parties (plan_id, unit_id, role, signed_by)
SELECT :plan_id, unit_id, role, signed_by
FROM unnest(:unit_ids::text[], :roles::text[], :signed_by::text[]) AS party (unit_id, role, signed_by)
ON CONFLICT DO NOTHING;

-- name: store_items!
-- Take over the items of a plan; those of an earlier version stay for the tasks that they have.
INSERT INTO items (plan_id, item_id, position, section, heading, text, kind, accountable, targets,
                   audience, levels_bound, ownership, with_union, area, changed_in)
SELECT :plan_id, item_id, position, section, heading, text, kind, string_to_array(accountable, ','), targets,
       audience, string_to_array(levels_bound, ','), ownership, with_union, string_to_array(area, ','), :version
FROM unnest(:item_ids::uuid[], :positions::int[], :sections::text[], :headings::text[], :texts::text[],
            :kinds::text[], :accountables::text[], :targets::jsonb[],
            :audiences::text[], :levels_bound::text[], :ownerships::text[], :with_unions::boolean[], :areas::text[])
     AS item (item_id, position, section, heading, text, kind, accountable, targets,
              audience, levels_bound, ownership, with_union, area)
ON CONFLICT (plan_id, item_id) DO UPDATE SET
    position = excluded.position, section = excluded.section, heading = excluded.heading, text = excluded.text,
    kind = excluded.kind, accountable = excluded.accountable, targets = excluded.targets,
    audience = excluded.audience, levels_bound = excluded.levels_bound, ownership = excluded.ownership,
    with_union = excluded.with_union, area = excluded.area,
    changed_in = CASE
        WHEN (items.text, items.kind, items.accountable, items.targets)
            IS DISTINCT FROM (excluded.text, excluded.kind, excluded.accountable, excluded.targets)
        THEN excluded.changed_in ELSE items.changed_in END;

-- name: forget_occurrences!
-- Forget what an earlier version asked for.
DELETE FROM occurrences WHERE plan_id = :plan_id;

-- name: store_occurrences!
-- Remember when each item falls due, in the order of the document.
INSERT INTO occurrences (plan_id, item_id, key, due_on, place)
SELECT :plan_id, item_id, key, due_on, ordinality - 1
FROM unnest(:item_ids::uuid[], :keys::text[], :due_dates::date[])
     WITH ORDINALITY AS occurrence (item_id, key, due_on, ordinality);

-- name: start_decomposition!
-- Queue a plan's decomposition from the first unit on: its present version, or what becomes of it at its end.
INSERT INTO decompositions (plan_id, causation_id, correlation_id, traceparent, reason)
VALUES (:plan_id, :causation_id, :correlation_id, :traceparent, :reason)
ON CONFLICT (plan_id) DO UPDATE SET
    after_unit = '', causation_id = excluded.causation_id, correlation_id = excluded.correlation_id,
    traceparent = excluded.traceparent, reason = excluded.reason,
    laying = :new_version OR decompositions.finished_at IS NULL, finished_at = NULL;

-- Decomposition -----------------------------------------------------------------------------------------

-- name: next_decomposition^
-- A job that nobody else has in hand and whose directory has arrived. A later version asks nothing of units that ended
-- before its day: what they have of the plan follows to their successors first.
SELECT decompositions.plan_id, plans.version, plans.effective_on, plans.ended, plans.carried_over, laying,
       after_unit, causation_id, correlation_id, traceparent, reason,
       (SELECT count(*) FROM occurrences WHERE occurrences.plan_id = decompositions.plan_id) AS occurrences
FROM decompositions JOIN plans ON plans.id = decompositions.plan_id
WHERE finished_at IS NULL AND directory_sequence <= (SELECT sequence FROM directory)
  AND NOT (laying AND plans.version > 1 AND EXISTS (
      SELECT FROM successions
      WHERE settled_at IS NULL AND due_on <= plans.effective_on AND (checked_on IS NULL OR checked_on < :today::date)
        AND EXISTS (SELECT FROM tasks WHERE tasks.unit_id = successions.unit_id AND tasks.plan_id = plans.id)))
ORDER BY plans.approved_at
LIMIT 1
FOR UPDATE OF decompositions SKIP LOCKED;

-- name: parties_of
-- The signing units of plans, as the directory has them; with a day, also those that took over from them by then.
SELECT DISTINCT plan_id, units.id, kind, path
FROM parties
CROSS JOIN LATERAL (
    SELECT parties.unit_id
    UNION ALL
    SELECT id FROM leaves(ARRAY[parties.unit_id], :today::date) WHERE is_open
) AS party
JOIN units ON units.id = party.unit_id
WHERE plan_id = ANY(:plan_ids::uuid[]);

-- name: expect_many^
-- For this transaction alone: the planner takes the rows of `issue_chunk`'s steps for a handful and would join
-- them in nested loops, in quadratic time; and a chunk is sorted in memory.
SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '32MB', true);

-- name: issue_chunk^
-- Issue the tasks of a plan to the next units: tasks, one entry of history per unit, and one `TasksIssued`
-- per unit in the outbox (more where it would not fit: 2,000 tasks each). All the rows stay in the database.
WITH chunk AS MATERIALIZED (
    SELECT id
    FROM units
    WHERE id > :after_unit
      AND valid_from <= :day AND (valid_to IS NULL OR :day <= valid_to)
      AND (path ^@ ANY(:jurisdictions::text[]) OR id = ANY(:parties::text[]))
    ORDER BY id
    LIMIT :size
), wanted AS (
    SELECT binding.unit_id, occurrences.item_id, occurrences.key, occurrences.due_on, occurrences.place
    FROM chunk
    JOIN bound(:plan_id::uuid, :day::date, :parties::text[], :jurisdictions::text[]) AS binding
        ON binding.unit_id = chunk.id AND binding.unit_id > :after_unit
    JOIN occurrences ON occurrences.plan_id = :plan_id AND occurrences.item_id = binding.item_id
    WHERE :version::int = 1 OR NOT EXISTS (  -- which costs less than as many conflicts
        SELECT FROM tasks
        WHERE tasks.unit_id = binding.unit_id AND tasks.plan_id = :plan_id
          AND tasks.item_id = binding.item_id AND tasks.occurrence = occurrences.key)
), issued AS (
    INSERT INTO tasks (plan_id, item_id, unit_id, occurrence, due_on, version)
    SELECT :plan_id::uuid, item_id, unit_id, key, due_on, :version::int FROM wanted ORDER BY unit_id, place
    ON CONFLICT (unit_id, plan_id, item_id, occurrence) DO NOTHING
    RETURNING id, item_id, unit_id, occurrence, due_on
), logged AS (
    INSERT INTO issuances (unit_id, plan_id, plan_version, tasks, at)
    SELECT unit_id, :plan_id::uuid, :version::int, count(*), :now::timestamptz FROM issued GROUP BY unit_id
    RETURNING tasks
), wording AS MATERIALIZED (
    -- What is said of an occurrence is the same in every unit: it is written once, not for each task.
    SELECT item_id, key, place, ltrim(json_build_object(
        'item_id', item_id, 'position', position, 'occurrence', key, 'due_on', due_on)::text, '{') AS words
    FROM occurrences JOIN items USING (plan_id, item_id)
    WHERE plan_id = :plan_id
), published AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'task-events', convert_to(unit_id, 'UTF8'), convert_to(rtrim(json_build_object(
        'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TasksIssued.v1',
        'subject', unit_id, 'time', :now::timestamptz,
        'correlationid', :correlation_id::text, 'causationid', :causation_id::text, 'traceparent', :traceparent::text,
        'data', json_build_object('plan_id', :plan_id::uuid, 'plan_version', :version::int, 'unit_id', unit_id)
        )::text, '}')  -- the tasks are JSON already, and are not parsed once more
        || ', "tasks" : [' || string_agg('{"task_id" : "' || id || '", ' || words, ', ' ORDER BY place) || ']}}',
        'UTF8'), :now::timestamptz
    FROM issued JOIN wording ON wording.item_id = issued.item_id AND wording.key = issued.occurrence
    GROUP BY unit_id, place / 2000
    ORDER BY unit_id, place / 2000
)
SELECT (SELECT count(*) FROM chunk) AS seen, (SELECT max(id) FROM chunk) AS last_unit,
       (SELECT count(*) FROM logged) AS units, (SELECT coalesce(sum(tasks), 0) FROM logged) AS tasks;

-- name: revise_chunk^
-- Bring the tasks that units of a chunk have of a plan to what its present version asks for, or to its end. A task
-- that is still asked for and not finished is told of a new day or a changed item, once for each version; one that
-- is asked for again is issued again; one that is asked for no more lapses, unless it is finished. With `carried`
-- only tasks of those items lapse. One entry of history per task, and one `TasksRevised` per unit in the outbox
-- (more where it would not fit: 2,000 tasks each). Run again, it changes nothing.
WITH wanted AS MATERIALIZED (
    SELECT binding.unit_id, items.item_id, occurrences.key, occurrences.due_on, items.changed_in
    FROM bound(:plan_id::uuid, :day::date, :parties::text[], :jurisdictions::text[]) AS binding
    JOIN items ON items.plan_id = :plan_id AND items.item_id = binding.item_id
    JOIN occurrences ON occurrences.plan_id = :plan_id AND occurrences.item_id = binding.item_id
    WHERE binding.unit_id > :after_unit AND (:last_unit::text IS NULL OR binding.unit_id <= :last_unit)
), kept AS (
    UPDATE tasks SET
        due_on = CASE WHEN state = :lapsed OR state = ANY(:unfinished::text[]) THEN wanted.due_on ELSE tasks.due_on END,
        version = :version, asked = true,
        revision = revision + (state = :lapsed OR state = ANY(:unfinished::text[]))::int,
        state = CASE WHEN state = :lapsed THEN :issued ELSE state END
    FROM wanted
    WHERE tasks.plan_id = :plan_id AND tasks.unit_id > :after_unit
      AND (:last_unit::text IS NULL OR tasks.unit_id <= :last_unit)
      AND tasks.unit_id = wanted.unit_id AND tasks.item_id = wanted.item_id AND tasks.occurrence = wanted.key
      AND (NOT asked OR (
          state = ANY(:unfinished::text[])
          AND (tasks.due_on IS DISTINCT FROM wanted.due_on OR tasks.version < wanted.changed_in)))
    RETURNING id, tasks.unit_id, tasks.item_id, occurrence, tasks.due_on, revision, old.revision AS before,
              old.state AS from_state, state
), lapsed AS (
    UPDATE tasks SET
        version = :version, asked = :carried::uuid[] IS NOT NULL,
        revision = revision + (state = ANY(:lapsing::text[]))::int,
        state = CASE WHEN state = ANY(:lapsing::text[]) THEN :lapsed ELSE state END,
        confirmed_by = NULL, not_applicable_proposed = false, suspended_from = NULL
    WHERE plan_id = :plan_id AND unit_id > :after_unit AND (:last_unit::text IS NULL OR unit_id <= :last_unit)
      AND (state = ANY(:lapsing::text[]) OR (asked AND :carried::uuid[] IS NULL))
      AND CASE WHEN :carried::uuid[] IS NOT NULL THEN item_id = ANY(:carried::uuid[]) ELSE NOT EXISTS (
          SELECT FROM wanted
          WHERE wanted.unit_id = tasks.unit_id AND wanted.item_id = tasks.item_id AND wanted.key = tasks.occurrence)
      END
    RETURNING id, unit_id, item_id, occurrence, due_on, revision, old.revision AS before, old.state AS from_state, state
), revised AS MATERIALIZED (
    -- What is finished stays as it is, and is not told; only whether the plan asks for it is kept, for the books.
    SELECT * FROM kept WHERE revision > before UNION ALL SELECT * FROM lapsed WHERE revision > before
), logged AS (
    INSERT INTO task_events (task_id, revision, unit_id, action, from_state, to_state, reason, at, door)
    SELECT id, revision, unit_id, :cause, from_state, state, :reason, :now::timestamptz, 'plan'
    FROM revised ORDER BY id
), told AS (
    SELECT revised.*, (row_number() OVER (PARTITION BY unit_id ORDER BY id) - 1) / 2000 AS part FROM revised
), published AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'task-events', convert_to(unit_id, 'UTF8'), convert_to(json_build_object(
        'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TasksRevised.v1',
        'subject', unit_id, 'time', :now::timestamptz,
        'correlationid', :correlation_id::text, 'causationid', :causation_id::text, 'traceparent', :traceparent::text,
        'data', json_build_object('plan_id', :plan_id::uuid, 'plan_version', :version::int, 'unit_id', unit_id,
            'cause', :cause::text, 'reason', :reason::text, 'at', :now::timestamptz,
            'tasks', json_agg(json_build_object(
                'task_id', id, 'item_id', item_id, 'occurrence', occurrence, 'revision', revision,
                'from_state', from_state, 'to_state', state, 'due_on', due_on) ORDER BY id)))::text,
        'UTF8'), :now::timestamptz
    FROM told
    GROUP BY unit_id, part
    ORDER BY unit_id, part
)
SELECT count(DISTINCT unit_id) AS units, count(*) AS tasks FROM revised;

-- name: advance_decomposition^
-- Remember how far a decomposition is; returns what it has made in all.
UPDATE decompositions SET
    after_unit = coalesce(:last_unit, after_unit), units = units + :units, tasks = tasks + :tasks,
    finished_at = CASE WHEN :finished THEN :now::timestamptz END
WHERE plan_id = :plan_id
RETURNING units, tasks;

-- Changing tasks ----------------------------------------------------------------------------------------

-- name: tasks_for_change
-- Lock the tasks of a batch, in one order for all, with what a decision needs.
SELECT tasks.id, tasks.plan_id, tasks.item_id, tasks.unit_id, due_on, state, revision, confirmed_by,
       not_applicable_proposed, suspended_from, submitted_at, percent, achieved,
       items.accountable, units.kind AS unit_kind, units.path AS unit_path, units.has_union
FROM tasks
JOIN items ON items.plan_id = tasks.plan_id AND items.item_id = tasks.item_id
JOIN units ON units.id = tasks.unit_id
WHERE tasks.id = ANY(:ids::uuid[])
ORDER BY tasks.id
FOR UPDATE OF tasks;

-- name: tasks_to_derive
-- Tasks to make a plan of one's own, of units that have signed such plans under this one, by the plan's version.
-- Without `derived`: those that no plan answers yet.
SELECT tasks.id AS task_id, tasks.unit_id, units.kind, derived.id AS derived_id, derived.number, derived.title,
       party.role, party.signed_by
FROM plans AS derived
JOIN parties AS party ON party.plan_id = derived.id
JOIN tasks ON tasks.plan_id = derived.parent_id AND tasks.unit_id = party.unit_id AND tasks.asked
JOIN items ON items.plan_id = tasks.plan_id AND items.item_id = tasks.item_id AND items.kind = 'derive-plan'
JOIN units ON units.id = tasks.unit_id
WHERE derived.parent_id = :parent_id AND derived.ended IS NULL AND party.signed_by IS NOT NULL
  AND (derived.id = :derived_id OR (:derived_id::uuid IS NULL AND tasks.derived_id IS NULL))
ORDER BY tasks.id, party.role;

-- name: link_derived!
-- Remember which plans answer tasks.
UPDATE tasks SET derived_id = link.derived_id
FROM unnest(:task_ids::uuid[], :derived_ids::uuid[]) AS link (task_id, derived_id)
WHERE tasks.id = link.task_id;

-- name: update_tasks!
-- Write how tasks stand after a batch.
UPDATE tasks SET
    state = changed.state, revision = changed.revision, confirmed_by = changed.confirmed_by,
    not_applicable_proposed = changed.not_applicable_proposed, suspended_from = changed.suspended_from,
    submitted_at = changed.submitted_at, percent = changed.percent, achieved = changed.achieved
FROM unnest(:ids::uuid[], :states::text[], :revisions::int[], :confirmed_by::text[], :proposed::boolean[],
            :suspended_from::text[], :submitted_at::timestamptz[], :percents::smallint[], :achieved::int[])
     AS changed (id, state, revision, confirmed_by, not_applicable_proposed, suspended_from,
                 submitted_at, percent, achieved)
WHERE tasks.id = changed.id;

-- name: append_events!
-- Append what happened to the history and publish it as `TaskStatusChanged`, in the order of the arrays.
WITH happened AS MATERIALIZED (
    SELECT * FROM unnest(
        :task_ids::uuid[], :plan_ids::uuid[], :item_ids::uuid[], :unit_ids::text[], :due_dates::date[],
        :revisions::int[], :actions::text[], :from_states::text[], :to_states::text[],
        :person_ids::text[], :actor_unit_ids::text[], :roles::text[], :reasons::text[], :notes::text[],
        :percents::smallint[], :achieved::int[], :causation_ids::text[], :correlation_ids::text[], :traceparents::text[]
    ) WITH ORDINALITY AS event (
        task_id, plan_id, item_id, unit_id, due_on, revision, action, from_state, to_state,
        person_id, actor_unit_id, role, reason, note, percent, achieved, causation_id, correlation_id, traceparent, place)
), logged AS (
    INSERT INTO task_events (task_id, revision, unit_id, action, from_state, to_state,
                             person_id, actor_unit_id, role, reason, note, percent, achieved, at, door)
    SELECT task_id, revision, unit_id, action, from_state, to_state,
           person_id, actor_unit_id, role, reason, note, percent, achieved, :now::timestamptz, :door::text
    FROM happened
)
INSERT INTO outbox (topic, key, value, added_at)
SELECT 'task-events', convert_to(unit_id, 'UTF8'), convert_to(json_build_object(
    'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TaskStatusChanged.v1',
    'subject', unit_id, 'time', :now::timestamptz,
    'correlationid', correlation_id, 'causationid', causation_id, 'traceparent', traceparent,
    'data', json_build_object(
        'task_id', task_id, 'plan_id', plan_id, 'item_id', item_id, 'unit_id', unit_id, 'revision', revision,
        'action', action, 'from_state', from_state, 'to_state', to_state,
        'actor', json_build_object('person_id', person_id, 'unit_id', actor_unit_id, 'role', role),
        'reason', reason, 'note', note, 'percent', percent, 'count', achieved, 'due_on', due_on,
        'at', :now::timestamptz))::text, 'UTF8'), :now::timestamptz
FROM happened
ORDER BY place;

-- Reading -----------------------------------------------------------------------------------------------

-- name: task_page
-- Tasks below a path, or of units that ended whose successor stands there, in the order of unit and id, after a cursor. Every filter may be null.
SELECT tasks.id AS task_id, plan_id, item_id, unit_id, occurrence, due_on, state, revision,
       percent, achieved, confirmed_by, not_applicable_proposed, submitted_at
FROM units JOIN tasks ON tasks.unit_id = units.id
WHERE (units.path ^@ :within OR units.heir_id IN (SELECT id FROM units AS heir WHERE heir.path ^@ :within))
  AND (unit_id, tasks.id) > (:after_unit, :after_task::uuid)
  AND units.id >= :after_unit
  AND (:unit_id::text IS NULL OR unit_id = :unit_id)
  AND (:plan_id::uuid IS NULL OR plan_id = :plan_id)
  AND (:state::text IS NULL OR state = :state)
  AND (:due_before::date IS NULL OR due_on < :due_before)
  AND (:timeliness::text IS NULL OR timeliness(state, due_on, submitted_at, :today) = :timeliness)
ORDER BY units.id, tasks.id
LIMIT :at_most;

-- name: task_by_id^
-- One task below a path, with the words of its item and plan.
SELECT tasks.id AS task_id, tasks.plan_id, tasks.item_id, tasks.unit_id, occurrence, due_on, state, revision,
       percent, achieved, confirmed_by, not_applicable_proposed, submitted_at, derived_id, asked,
       units.name AS unit_name, plans.number AS plan_number, plans.title AS plan_title,
       items.position, items.heading, items.text, items.kind, items.accountable, items.targets
FROM tasks
JOIN units ON units.id = tasks.unit_id
JOIN plans ON plans.id = tasks.plan_id
JOIN items ON items.plan_id = tasks.plan_id AND items.item_id = tasks.item_id
WHERE tasks.id = :task_id
  AND (units.path ^@ :within OR units.heir_id IN (SELECT id FROM units AS heir WHERE heir.path ^@ :within));

-- name: history_of
-- What happened to a task, oldest first; that it was issued stands once per plan and unit, unless it moved or was
-- given to a late joiner.
SELECT 1 AS revision, 'issue' AS action, NULL AS from_state, 'ISSUED' AS to_state, NULL AS person_id,
       NULL AS actor_unit_id, NULL AS role, NULL AS reason, NULL AS note, NULL::int AS percent, NULL::int AS achieved,
       min(issuances.at) AS at, NULL AS door
FROM tasks JOIN issuances USING (plan_id, unit_id)
WHERE tasks.id = :task_id AND NOT EXISTS (SELECT FROM task_events WHERE task_id = :task_id AND task_events.revision = 1)
HAVING count(*) > 0
UNION ALL
SELECT revision, action, from_state, to_state, person_id, actor_unit_id, role, reason, note, percent, achieved, at, door
FROM task_events WHERE task_id = :task_id
ORDER BY revision;

-- name: progress
-- Tasks below a path, counted by state and timeliness for each plan, item, area or combination of levels.
SELECT CASE :by
           WHEN 'plan' THEN tasks.plan_id::text
           WHEN 'item' THEN tasks.item_id::text
           WHEN 'area' THEN coalesce(units.parent_id, units.id)
           ELSE array_to_string(units.levels, '&')
       END AS key,
       state, timeliness(state, due_on, submitted_at, :today) AS timeliness, count(*) AS tasks
FROM units JOIN tasks ON tasks.unit_id = units.id
WHERE units.path ^@ :within AND (:plan_id::uuid IS NULL OR tasks.plan_id = :plan_id)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- name: plan_with_job^
-- A plan and how far its decomposition is.
SELECT plans.version, plans.ended, decompositions.finished_at IS NOT NULL AS decomposed
FROM plans JOIN decompositions ON decompositions.plan_id = plans.id
WHERE plans.id = :plan_id;

-- name: tasks_of_items
-- How many units and tasks each item of a plan has below a path; items that bind nobody included. What a unit had
-- finished when it ended counts with what its successor has of the same, once.
SELECT items.item_id, items.position, count(DISTINCT below.unit_id) FILTER (WHERE asked) AS units,
       count(DISTINCT (below.unit_id, occurrence)) FILTER (WHERE asked) AS tasks,
       count(below.unit_id) FILTER (WHERE asked OR state <> 'WITHDRAWN')
           - count(DISTINCT (below.unit_id, occurrence)) FILTER (WHERE asked) AS beyond
FROM items
LEFT JOIN (
    SELECT tasks.item_id, coalesce(heir_id, tasks.unit_id) AS unit_id, occurrence, asked, state
    FROM units JOIN tasks ON tasks.unit_id = units.id
    WHERE units.path ^@ :within AND tasks.plan_id = :plan_id
) AS below ON below.item_id = items.item_id
WHERE items.plan_id = :plan_id
  AND (below.unit_id IS NOT NULL OR EXISTS (
      SELECT FROM occurrences WHERE occurrences.plan_id = items.plan_id AND occurrences.item_id = items.item_id))
GROUP BY items.item_id, items.position
ORDER BY items.position;

-- name: tasks_of_units
-- What each unit below a path has of a plan: what it is asked for, its predecessors' included, each obligation once; and the
-- tasks that stand under its own name, finished ones that are asked for no more included.
WITH below AS (
    SELECT tasks.unit_id, coalesce(heir_id, tasks.unit_id) AS heir_id, item_id, occurrence, asked, state
    FROM units JOIN tasks ON tasks.unit_id = units.id
    WHERE units.path ^@ :within AND tasks.plan_id = :plan_id
), counted AS (
    SELECT heir_id AS unit_id, count(DISTINCT (item_id, occurrence)) AS tasks, 0 AS standing
    FROM below WHERE asked GROUP BY heir_id
    UNION ALL
    SELECT unit_id, 0, count(*) FROM below WHERE asked OR state <> 'WITHDRAWN' GROUP BY unit_id
)
SELECT unit_id, sum(tasks)::int AS tasks, sum(standing)::int AS standing FROM counted GROUP BY unit_id ORDER BY unit_id;

-- name: units_of_plan$
-- How many units below a path a plan asks for something.
SELECT count(DISTINCT coalesce(heir_id, unit_id))
FROM tasks JOIN units ON units.id = tasks.unit_id
WHERE plan_id = :plan_id AND asked AND units.path ^@ :within;

-- Sweeps ------------------------------------------------------------------------------------------------

-- name: request_sweep!
-- Queue the sweep of a day; one that is finished begins anew and finds what came since.
INSERT INTO sweeps (day, requested_at) VALUES (:day, :now)
ON CONFLICT (day) DO UPDATE SET after_unit = '', finished_at = NULL WHERE sweeps.finished_at IS NOT NULL;

-- name: ensure_sweep!
-- Queue the sweep of a day unless it was queued before.
INSERT INTO sweeps (day, requested_at) VALUES (:day, :now) ON CONFLICT DO NOTHING;

-- name: sweep_of_day^
-- How far the sweep of a day is.
SELECT day, units, tasks, requested_at, finished_at FROM sweeps WHERE day = :day;

-- name: next_sweep^
-- The oldest day whose sweep is not finished and that nobody else has in hand.
SELECT day, after_unit FROM sweeps WHERE finished_at IS NULL ORDER BY day LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: last_of_chunk^
-- Where the next chunk of units ends, and whether it is full.
SELECT max(id) AS last_unit, count(*) AS seen
FROM (SELECT id FROM units WHERE id > :after_unit ORDER BY id LIMIT :size) AS chunk;

-- name: due_dates
-- The deadlines of open tasks of a chunk of units, up to a day.
SELECT DISTINCT due_on FROM tasks
WHERE unit_id > :after_unit AND unit_id <= :last_unit AND due_on <= :until AND state = ANY(:open::text[])
  AND plan_id NOT IN (SELECT id FROM plans WHERE ended IS NOT NULL);

-- name: reach_deadlines^
-- Mark what a chunk of units has reached and was not told, and publish one `TaskDeadlineReached` per unit
-- (more where it would not fit: 2,000 tasks each).
WITH reached AS (
    INSERT INTO deadline_marks (task_id, due_on, milestone, days)
    SELECT id, due_on, milestone, days
    FROM tasks
    JOIN unnest(:due_dates::date[], :milestones::text[], :days::int[]) AS deadline (due_on, milestone, days)
        USING (due_on)
    WHERE unit_id > :after_unit AND unit_id <= :last_unit AND state = ANY(:open::text[])
      AND plan_id NOT IN (SELECT id FROM plans WHERE ended IS NOT NULL)
    ON CONFLICT DO NOTHING
    RETURNING task_id, due_on, milestone, days
), told AS (
    SELECT unit_id, task_id, plan_id, reached.due_on, milestone, days,
           row_number() OVER (PARTITION BY unit_id ORDER BY reached.due_on, task_id) / 2000 AS part
    FROM reached JOIN tasks ON tasks.id = reached.task_id
), published AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'task-events', convert_to(unit_id, 'UTF8'), convert_to(json_build_object(
        'specversion', '1.0', 'id', uuidv7(), 'source', '/tracker', 'type', 'vn.phoihop.TaskDeadlineReached.v1',
        'subject', unit_id, 'time', :now::timestamptz, 'correlationid', :correlation_id::text,
        'data', json_build_object('unit_id', unit_id, 'on', :day::date, 'tasks', json_agg(json_build_object(
            'task_id', task_id, 'plan_id', plan_id, 'due_on', due_on, 'milestone', milestone, 'days', days)
            ORDER BY due_on, task_id)))::text, 'UTF8'), :now::timestamptz
    FROM told
    GROUP BY unit_id, part
    ORDER BY unit_id, part
)
SELECT count(DISTINCT unit_id) AS units, count(*) AS tasks FROM told;

-- name: advance_sweep^
-- Remember how far a sweep is; returns what it has told in all.
UPDATE sweeps SET
    after_unit = coalesce(:last_unit, after_unit), units = units + :units, tasks = tasks + :tasks,
    finished_at = CASE WHEN :finished THEN :now::timestamptz END
WHERE day = :day
RETURNING units, tasks;
