-- Directory

-- name: see_whole_directory!
-- From here on the transaction sees all rows: a plan's parties and reach may lie beside or above the caller.
SELECT set_config('phoihop.within', '/', true);

-- name: sequence$
-- The number of the directory's last change.
SELECT sequence FROM directory;

-- name: lock_directory$
-- The number of the directory's last change; no other transaction changes the directory until this one ends.
SELECT sequence FROM directory FOR UPDATE;

-- name: hold_directory$
-- The number of the directory's last change, which stays the last until this transaction ends.
SELECT sequence FROM directory FOR SHARE;

-- name: set_sequence!
-- Remember the number of the last change.
UPDATE directory SET sequence = :sequence;

-- name: all_units
-- The whole directory, to compare an import with.
SELECT id AS unit_id, name, kind, parent_id, path, levels, ownership, has_union, valid_from, valid_to, successor_id,
    split_into, since, sequence
FROM units;

-- name: units_that_ended
-- The units that have a last day and those that took over from one, and all that are no schools.
SELECT id AS unit_id, name, kind, parent_id, path, levels, ownership, has_union, valid_from, valid_to, successor_id,
    split_into, since, sequence
FROM units
WHERE
    kind <> 'school' OR valid_to IS NOT NULL
    OR id IN (SELECT successor_id FROM units UNION ALL SELECT unnest(split_into) FROM units);

-- name: save_units!
-- Insert or overwrite units, in the order of the arrays, numbered from the last change on.
INSERT INTO units (
    id, sequence, name, kind, parent_id, path, levels, ownership, has_union, valid_from, valid_to, successor_id,
    split_into, since
)
SELECT
    unit_id, :before + place, name, kind, parent_id, path, coalesce(levels, '{}'), ownership, has_union,
    valid_from, valid_to, successor_id, split_into, since
FROM ROWS FROM (
    json_to_recordset(:units::json) AS (
        unit_id text, name text, kind text, parent_id text, levels text[], ownership text, has_union boolean,
        valid_from date, valid_to date, successor_id text, split_into text[]
    ),
    unnest(:paths::text[]),
    unnest(:since::date[])
) WITH ORDINALITY AS unit (
    unit_id, name, kind, parent_id, levels, ownership, has_union, valid_from, valid_to, successor_id, split_into, path,
    since, place
)
ON CONFLICT (id) DO UPDATE SET
    sequence = excluded.sequence,
    name = excluded.name,
    kind = excluded.kind,
    parent_id = excluded.parent_id,
    path = excluded.path,
    levels = excluded.levels,
    ownership = excluded.ownership,
    has_union = excluded.has_union,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to,
    successor_id = excluded.successor_id,
    split_into = excluded.split_into,
    since = excluded.since;

-- name: publish_units$
-- Publish the changes after a number, each unit with everybody who holds, held or will hold a role in it. No row travels
-- through Python. Returns the bytes of the largest record.
WITH holders AS (
    SELECT unit_id, json_agg(json_build_object(
        'person_id', person_id, 'name', name, 'role', role, 'email', email, 'valid_from', valid_from,
        'valid_to', valid_to) ORDER BY role, valid_from, person_id) AS people
    FROM people
    WHERE unit_id IN (SELECT id FROM units WHERE sequence > :after)
    GROUP BY unit_id
), changed AS (
    SELECT
        id AS unit_id, sequence, name, kind, parent_id, levels, ownership, has_union, valid_from, valid_to,
        successor_id, split_into, since, coalesce(people, '[]') AS people
    FROM units LEFT JOIN holders ON holders.unit_id = units.id
    WHERE sequence > :after
), envelopes AS (
    SELECT
        '1.0' AS specversion, uuidv7() AS id, '/planner' AS source, 'vn.phoihop.UnitChanged.v1' AS type,
        unit_id AS subject, :now::timestamptz AS "time", changed AS data
    FROM changed
), published AS (
    INSERT INTO outbox (topic, key, value, added_at)
    SELECT 'unit-directory', convert_to(subject, 'UTF8'), convert_to(row_to_json(envelopes)::text, 'UTF8'), "time"
    FROM envelopes
    ORDER BY (data).sequence
    RETURNING length(value)
)
SELECT max(length) FROM published;

-- name: move_units!
-- Give units that stand below a moved one their new path.
UPDATE units SET path = moved.path
FROM unnest(:unit_ids::text[], :paths::text[]) AS moved (id, path)
WHERE units.id = moved.id;

-- name: hand_plans_on!
-- Let plans concern the successors of their units, by the directory as it is; of plans that concern these units.
UPDATE plans SET unit_ids = concerned(owner_id, content) WHERE unit_ids && :unit_ids::text[];

-- name: line_of_successors
-- A unit with all that follow it, one after the other.
WITH RECURSIVE line AS (
    SELECT :unit_id::text COLLATE "C" AS id
    UNION
    SELECT heir COLLATE "C" FROM line INNER JOIN units ON units.id = line.id
        CROSS JOIN unnest(split_into || successor_id) AS heir
    WHERE heir IS NOT NULL
)
SELECT id AS unit_id, name, kind, parent_id, path, levels, ownership, has_union, valid_from, valid_to, successor_id,
    split_into, since, sequence
FROM line INNER JOIN units USING (id);

-- name: people_of
-- Everybody who holds, held or will hold a role in the units.
SELECT unit_id, person_id, role, name, email, valid_from, valid_to
FROM people
WHERE unit_id = ANY(:unit_ids::text[])
ORDER BY unit_id, role, valid_from, person_id;

-- name: save_people!
-- Insert or overwrite people in their roles.
INSERT INTO people (unit_id, person_id, role, name, email, valid_from, valid_to)
SELECT unit_id, person_id, role, name, email, valid_from, valid_to
FROM json_to_recordset(:people::json) AS person (
    unit_id text, person_id text, role text, name text, email text, valid_from date, valid_to date
)
ON CONFLICT (unit_id, person_id, role, valid_from) DO UPDATE SET
    name = excluded.name,
    email = excluded.email,
    valid_to = excluded.valid_to;

-- name: units_page
-- Units within a path, by id, after the last one of the page before.
SELECT
    id AS unit_id, sequence, name, kind, parent_id, path, levels, ownership, has_union, valid_from, valid_to,
    successor_id, split_into
FROM units
WHERE starts_with(path, :within) AND id > :after
ORDER BY id
LIMIT :at_most;

-- name: units_offered
-- Units of some kinds within the path on a day, and the path's own unit of whatever kind: by name, schools last.
SELECT id AS unit_id, name
FROM units
WHERE
    starts_with(path, :within) AND (kind = ANY(:kinds::text[]) OR path = :within)
    AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)
ORDER BY kind = 'school', name
LIMIT 500;

-- name: names_within
-- What the units within the path are called that exist on a day.
SELECT id AS unit_id, name
FROM units
WHERE starts_with(path, :within) AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day);

-- name: unit_names
-- What units are called.
SELECT id AS unit_id, name FROM units WHERE id = ANY(:unit_ids::text[]);

-- name: unit_within^
-- One unit, if it stands within the path.
SELECT
    id AS unit_id, sequence, name, kind, parent_id, path, levels, ownership, has_union, valid_from, valid_to,
    successor_id, split_into
FROM units
WHERE id = :unit_id AND (:within = '/' OR starts_with(path, :within));

-- name: places
-- What scope rules need to know of some units, and of every school below some paths.
SELECT id AS unit_id, kind, path, levels, ownership, has_union, valid_from, valid_to
FROM units
WHERE
    id = ANY(:unit_ids::text[])
    OR (kind = 'school' AND EXISTS (SELECT FROM unnest(:below::text[]) AS area (path) WHERE starts_with(units.path, area.path)));

-- name: roles_held
-- The roles that a person holds in a unit on a day.
SELECT role
FROM people
WHERE
    person_id = :person_id AND unit_id = :unit_id
    AND valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day);

-- Plans. A caller sees a plan when one of the units that it concerns stands within the caller's path.

-- name: one_at_a_time!
-- Let nobody else draft a plan of this owner from this source until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('planner.draft.' || :owner_id || '.' || :source_sha256, 0));

-- name: live_plan_of_source$
-- The owner's plan that was drafted from this source and is neither rejected, revoked nor closed.
SELECT id FROM plans
WHERE owner_id = :owner_id AND source_sha256 = :source_sha256 AND state NOT IN ('REJECTED', 'REVOKED', 'CLOSED')
ORDER BY id LIMIT 1;

-- name: add_plan$
-- A new plan, or a new version of one; returns its id.
INSERT INTO plans (
    id, lasting_id, owner_id, unit_ids, state, version, revision, content, content_sha256, item_ids,
    amends_id, parent_id, follows_id, source_name, source_text, source_sha256, source_file, created_at, updated_at
)
SELECT
    id, coalesce(:lasting_id, id), :owner_id, concerned(:owner_id, :content::jsonb), :state, :version, 1, :content::jsonb, :content_sha256,
    :item_ids, :amends_id, :parent_id, :follows_id, :source_name, :source_text, :source_sha256,
    :source_file, :now, :now
FROM uuidv7() AS id
RETURNING id;

-- name: plan^
-- One plan within the path, whole.
SELECT
    id AS plan_id, lasting_id, amends_id, parent_id, follows_id, owner_id, unit_ids, state, version, revision,
    content, content_sha256, item_ids, source_name, source_sha256,
    source_file IS NOT NULL OR source_text IS NOT NULL AS source_kept, reach, created_at, updated_at
FROM plans
WHERE
    id = :plan_id
    AND (:within = '/' OR EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within)));

-- name: source^
-- What a plan within the path was read from.
SELECT source_name AS name, source_text AS text, source_sha256 AS sha256, source_file AS file
FROM plans
WHERE
    id = :plan_id
    AND (:within = '/' OR EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within)));

-- name: lock_plan^
-- The same, for a change: others wait until this transaction ends.
SELECT
    id AS plan_id, lasting_id, amends_id, parent_id, owner_id, unit_ids, state, version, revision,
    content, content_sha256, item_ids
FROM plans
WHERE
    id = :plan_id
    AND (:within = '/' OR EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within)))
FOR UPDATE;

-- name: plans_page
-- Plans within the path, the latest first, after the last one of the page before.
SELECT
    id AS plan_id, lasting_id, owner_id, state, version, revision, content ->> 'title' AS title, content ->> 'number' AS number,
    jsonb_array_length(content -> 'items') AS items, updated_at
FROM plans
WHERE
    (:state::text IS NULL OR state = :state)
    AND id < :before::uuid
    AND EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within))
ORDER BY id DESC
LIMIT :at_most;

-- name: save_plan!
-- The plan after a step.
UPDATE plans SET
    state = :state, revision = :revision, content = :content::jsonb, content_sha256 = :content_sha256,
    item_ids = :item_ids, parent_id = :parent_id,
    unit_ids = concerned(owner_id, :content::jsonb), updated_at = :now
WHERE id = :plan_id;

-- name: save_source!
-- The document that the plan is read from by now.
UPDATE plans SET source_name = :name, source_text = :text, source_sha256 = :sha256, source_file = :file
WHERE id = :plan_id;

-- name: save_reach!
-- Keep whom the plan reached when it was approved.
UPDATE plans SET reach = :reach::jsonb WHERE id = :plan_id;

-- name: add_history!
-- Append a step to the plan's history.
INSERT INTO plan_history (
    plan_id, revision, action, from_state, to_state, unit_id, person_id, role, on_behalf_of, reason,
    content_sha256, at, content, item_ids
)
VALUES (
    :plan_id, :revision, :action, :from_state, :to_state, :unit_id, :person_id, :role, :on_behalf_of, :reason,
    :content_sha256, :at, :content::jsonb, :item_ids
);

-- name: content_at^
-- The content as a plan's steps had left it at a revision.
SELECT content, item_ids
FROM plan_history
WHERE plan_id = :plan_id AND revision <= :revision AND content IS NOT NULL
ORDER BY revision DESC
LIMIT 1;

-- name: history
-- Every step of a plan, the first one first.
SELECT revision, action, from_state, to_state, unit_id, person_id, role, on_behalf_of, reason, content_sha256, at
FROM plan_history
WHERE plan_id = :plan_id
ORDER BY revision;

-- name: add_signature!
-- A party's signature on the content as it stands.
INSERT INTO signatures (
    plan_id, party, unit_id, role, person_id, on_behalf_of, delegation_id, content_sha256, signed_at
)
VALUES (:plan_id, :party, :unit_id, :role, :person_id, :on_behalf_of, :delegation_id, :content_sha256, :signed_at);

-- name: signatures
-- A plan's signatures, in the order of its parties.
SELECT party, unit_id, role, person_id, on_behalf_of, delegation_id, content_sha256, signed_at
FROM signatures
WHERE plan_id = :plan_id
ORDER BY party;

-- name: void_signatures!
-- Nobody has signed any more: the content changed, or a party refused. The history keeps who had.
DELETE FROM signatures WHERE plan_id = :plan_id;

-- Versions

-- name: versions
-- The versions of a plan that the caller may see, the first one first.
SELECT id AS plan_id, version, state, updated_at
FROM plans
WHERE
    lasting_id = :lasting_id
    AND (:within = '/' OR EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within)))
ORDER BY version;

-- name: next_version^
-- The number that a new version has, and the version that is in hand, if any.
SELECT max(version) + 1 AS version, (array_agg(id) FILTER (WHERE state IN ('DRAFT', 'IN_REVIEW', 'CO_SIGNING')))[1] AS in_hand
FROM plans WHERE lasting_id = :lasting_id;

-- name: first_reason$
-- Why a version was drafted.
SELECT reason FROM plan_history WHERE plan_id = :plan_id AND revision = 1;

-- name: latest_version$
-- The latest version of the plan that was not rejected.
SELECT id FROM plans WHERE lasting_id = :lasting_id AND state <> 'REJECTED' ORDER BY version DESC LIMIT 1;

-- name: plans_in_force
-- Plans in force that have a number, with the units that they concern.
SELECT
    lasting_id, content ->> 'number' AS number, (content ->> 'date')::date AS date, content ->> 'title' AS title,
    unit_ids
FROM plans
WHERE state = 'APPROVED' AND content ->> 'number' IS NOT NULL;

-- name: in_force_over
-- The plans in force within the path that reach as far as one of the other paths: a party answers for it.
SELECT id AS plan_id
FROM plans
WHERE
    state = 'APPROVED'
    AND EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within))
    AND EXISTS (
        SELECT
        FROM units AS party CROSS JOIN unnest(:paths::text[]) AS reached (path)
        WHERE
            party.id = ANY (unit_ids)
            AND starts_with(
                reached.path,
                CASE WHEN party.kind IN ('office', 'union') THEN regexp_replace(party.path, '[^/]+/$', '') ELSE party.path END
            )
    )
ORDER BY id;

-- name: following$
-- The draft that took over items of a closed plan.
SELECT id FROM plans WHERE follows_id = :plan_id;

-- name: relatives
-- The plan above, the one that a plan follows and the one that follows it, and whether the path may see them.
SELECT
    CASE
        WHEN lasting_id = :parent_id THEN 'parent'
        WHEN id = :follows_id THEN 'follows'
        ELSE 'followed-by'
    END AS relation,
    id AS plan_id, state, content ->> 'number' AS number, content ->> 'title' AS title,
    EXISTS (SELECT FROM units WHERE units.id = ANY (unit_ids) AND starts_with(units.path, :within)) AS seen
FROM plans
WHERE
    (lasting_id = :parent_id AND state IN ('APPROVED', 'CLOSED', 'REVOKED'))
    OR id = :follows_id
    OR follows_id = :plan_id;

-- name: contents_in_force
-- The plans in force with the moment of their approval and the directory's change that they were counted by, the
-- earliest first.
SELECT
    lasting_id, content, coalesce((reach ->> 'sequence')::bigint, 0) AS sequence,
    (SELECT min(at) FROM plan_history WHERE plan_id = plans.id AND to_state = 'APPROVED') AS approved_at
FROM plans
WHERE state = 'APPROVED'
ORDER BY id;

-- name: send_one_at_a_time!
-- Let no other plan be sent to be signed until the transaction ends: each is compared with those that were before it.
SELECT pg_advisory_xact_lock(hashtextextended('planner.co-sign', 0));

-- name: plans_on_days
-- Other plans in force, or being signed, that ask for something on one of the days and of whom somebody stands above or
-- below one of the paths. What carries out the plan, and what it carries out, has its days from it. Of their contents
-- what compares: the header, and the items due on those days.
SELECT
    owner_id, state, unit_ids,
    content - '{duties, recipients, legal_bases, origins, warnings}'::text[] || jsonb_build_object(
        'items', jsonb_path_query_array(
            content, '$.items[*] ? (@.due.occurrences[*].due_on == $days[*])',
            jsonb_build_object('days', to_jsonb(:days::text[]))
        )
    ) AS content
FROM plans
WHERE
    state IN ('APPROVED', 'CO_SIGNING')
    AND due_days ?| :days::text[]
    AND lasting_id IS DISTINCT FROM :lasting_id::uuid
    AND lasting_id IS DISTINCT FROM :parent_id::uuid
    AND (parent_id IS NULL OR parent_id IS DISTINCT FROM :lasting_id::uuid)
    AND EXISTS (
        SELECT FROM units INNER JOIN unnest(:below::text[]) AS area (path)
            ON starts_with(units.path, area.path) OR starts_with(area.path, regexp_replace(units.path, '[^/]+/$', ''))
        WHERE units.id = ANY (unit_ids)
    )
ORDER BY id;

-- Delegations. A giver who no longer holds the role, and a deputy who has left the unit, end one as well.

-- name: add_delegation^
-- A person lets another sign in their place.
INSERT INTO delegations (unit_id, role, given_by, deputy_id, valid_from, valid_to, given_at)
VALUES (:unit_id, :role, :given_by, :deputy_id, :valid_from, :valid_to, :now)
RETURNING
    id AS delegation_id, unit_id, role, given_by, deputy_id, valid_from, valid_to, given_at, withdrawn_at, withdrawn_by;

-- name: lock_delegation^
-- One delegation, for a change.
SELECT
    id AS delegation_id, unit_id, role, given_by, deputy_id, valid_from, valid_to, given_at, withdrawn_at, withdrawn_by
FROM delegations
WHERE id = :delegation_id
FOR UPDATE;

-- name: withdraw_delegation^
-- End a delegation.
UPDATE delegations SET withdrawn_at = :now, withdrawn_by = :person_id
WHERE id = :delegation_id
RETURNING
    id AS delegation_id, unit_id, role, given_by, deputy_id, valid_from, valid_to, given_at, withdrawn_at, withdrawn_by;

-- name: delegations_to
-- By what a person may sign for others of their unit on a day, the latest word of each role last.
SELECT
    id AS delegation_id, unit_id, role, given_by, deputy_id, valid_from, valid_to, given_at, withdrawn_at, withdrawn_by
FROM delegations
WHERE
    deputy_id = :deputy_id AND unit_id = :unit_id AND withdrawn_at IS NULL
    AND :day::date BETWEEN valid_from AND valid_to
    AND EXISTS (
        SELECT FROM people AS giver
        WHERE
            giver.person_id = given_by AND giver.unit_id = :unit_id AND giver.role = delegations.role
            AND giver.valid_from <= :day AND (giver.valid_to IS NULL OR giver.valid_to >= :day)
    )
    AND EXISTS (
        SELECT FROM people AS deputy
        WHERE
            deputy.person_id = :deputy_id AND deputy.unit_id = :unit_id
            AND deputy.valid_from <= :day AND (deputy.valid_to IS NULL OR deputy.valid_to >= :day)
    )
ORDER BY id;

-- name: delegations_page
-- Delegations of units within the path, the latest first, after the last one of the page before.
SELECT
    id AS delegation_id, unit_id, role, given_by, deputy_id, valid_from, valid_to, given_at, withdrawn_at, withdrawn_by
FROM delegations
WHERE
    id < :before::uuid
    AND EXISTS (SELECT FROM units WHERE units.id = delegations.unit_id AND starts_with(units.path, :within))
ORDER BY id DESC
LIMIT :at_most;

-- name: acceptances
-- Who accepted which warning of a plan.
SELECT warning_id, revision, unit_id, person_id, role, reason, at
FROM accepted_warnings
WHERE plan_id = :plan_id;

-- name: accept_warnings!
-- Accept warnings of a plan; what was said of them before stays in the history alone.
INSERT INTO accepted_warnings (plan_id, warning_id, revision, unit_id, person_id, role, reason, at)
SELECT :plan_id, warning_id, :revision, :unit_id, :person_id, :role, :reason, :now
FROM unnest(:warning_ids::text[]) AS accepted (warning_id)
ON CONFLICT (plan_id, warning_id) DO UPDATE SET
    revision = excluded.revision,
    unit_id = excluded.unit_id,
    person_id = excluded.person_id,
    role = excluded.role,
    reason = excluded.reason,
    at = excluded.at;

-- Submissions

-- name: submissions
-- What was submitted under a name, the latest version first, and the plan that each version became.
SELECT unit_id, submission_id, version, content_sha256, plan_id, answer
FROM submissions
WHERE unit_id = :unit_id AND submission_id = :submission_id
ORDER BY version DESC;

-- name: submission_of^
-- The latest submission that became this version of the plan; else the latest that became another one of it.
SELECT submissions.unit_id, submission_id, submissions.version, submissions.content_sha256, plan_id, answer
FROM submissions
INNER JOIN plans ON plans.id = plan_id
WHERE lasting_id = :lasting_id
ORDER BY plan_id = :plan_id DESC, submissions.version DESC LIMIT 1;

-- name: add_submission!
-- Remember which plan a submission became, and how it was answered.
INSERT INTO submissions (unit_id, submission_id, version, content_sha256, plan_id, answer)
VALUES (:unit_id, :submission_id, :version, :content_sha256, :plan_id, :answer::jsonb);

-- name: plan_of_number$
-- The owner's plan whose document has this number and is of this year; one that came to nothing does not count.
SELECT lasting_id FROM plans
WHERE
    owner_id = :owner_id
    AND content ->> 'number' = :number
    AND date_part('year', (content ->> 'date')::date) IS NOT DISTINCT FROM :year::integer
    AND state NOT IN ('REJECTED', 'REVOKED')
ORDER BY id DESC LIMIT 1;
