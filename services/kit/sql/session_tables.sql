-- Who has signed on in a browser, and who is on the way to it. Of a secret that a browser keeps only the hash is here.
CREATE TABLE sessions (
    token_sha256 bytea PRIMARY KEY,
    sid text NOT NULL, -- the issuer's own session, which a back-channel logout names
    person_id text NOT NULL,
    unit_id text NOT NULL,
    roles text[] NOT NULL,
    name text NOT NULL,
    id_token text NOT NULL,
    refresh_token text NOT NULL,
    fresh_until timestamptz NOT NULL, -- then the issuer is asked anew for the roles
    used_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    kept_action text, -- a form that was sent when an earlier session had ended
    kept_form bytea
);
CREATE INDEX ON sessions (sid);

CREATE TABLE sign_ons (
    state_sha256 bytea PRIMARY KEY,
    browser_sha256 bytea NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    return_to text NOT NULL,
    person_id text, -- who had sent the form
    form bytea,
    ends_at timestamptz NOT NULL
);
