-- name: begin_sign_on!
-- Remember what the callback must match.
INSERT INTO sign_ons (state_sha256, browser_sha256, nonce, verifier, return_to, person_id, form, ends_at)
VALUES (:state_sha256, :browser_sha256, :nonce, :verifier, :return_to, :person_id, :form, :ends_at);

-- name: take_sign_on^
-- What the callback must match, once: it is gone afterwards.
DELETE FROM sign_ons
WHERE state_sha256 = :state_sha256 AND browser_sha256 = :browser_sha256
RETURNING nonce, verifier, return_to, person_id, form, ends_at;

-- name: start_session!
-- Keep a session under its token's hash.
INSERT INTO sessions (
    token_sha256, sid, person_id, unit_id, roles, name, id_token, refresh_token, fresh_until, used_at, ends_at,
    kept_action, kept_form
)
VALUES (
    :token_sha256, :sid, :person_id, :unit_id, :roles, :name, :id_token, :refresh_token, :fresh_until, :now, :ends_at,
    :kept_action, :kept_form
);

-- name: session^
-- A session, whether it has ended or not.
SELECT
    sid, person_id, unit_id, roles, name, id_token, refresh_token, fresh_until, used_at, ends_at, kept_action, kept_form
FROM sessions
WHERE token_sha256 = :token_sha256;

-- name: renew_session!
-- What the issuer says now of a session that has not ended meanwhile.
UPDATE sessions
SET unit_id = :unit_id, roles = :roles, name = :name, id_token = :id_token, refresh_token = :refresh_token,
    fresh_until = :fresh_until
WHERE token_sha256 = :token_sha256 AND ends_at > :now;

-- name: use_session!
-- The session is in use.
UPDATE sessions SET used_at = :now WHERE token_sha256 = :token_sha256;

-- name: end_session!
-- End it; the row stays for some days, so that a form sent afterwards can be given back to its sender alone.
UPDATE sessions
SET ends_at = least(ends_at, :now), id_token = '', refresh_token = '', kept_action = NULL, kept_form = NULL
WHERE token_sha256 = :token_sha256;

-- name: end_sessions_of!
-- End all sessions of one session of the issuer.
UPDATE sessions
SET ends_at = least(ends_at, :now), id_token = '', refresh_token = '', kept_action = NULL, kept_form = NULL
WHERE sid = :sid;

-- name: forget_sessions!
-- Remove sessions that ended before a moment.
DELETE FROM sessions WHERE ends_at < :before;

-- name: forget_sign_ons!
-- Remove what no callback came for.
DELETE FROM sign_ons WHERE ends_at < :before;
