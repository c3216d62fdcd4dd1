"""A signing key for people's tokens where no identity provider runs, kept in a directory.

`services.kit.auth` reads the same claims from Keycloak's tokens: `sub` (person), `unit`, `roles`.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.settings import write_private

ISSUER = "phoihop-local"
AUDIENCE = "phoihop"
ALGORITHM = "ES256"


def jwks(directory: Path) -> Path:
    """The JWKS file with the public key, for the services; key and file are made if missing."""
    public = directory / "jwks.json"
    if not public.exists():
        public.write_text(json.dumps(KeySet([_key(directory)]).as_dict(private=False)))
    return public


def sign(directory: Path, person_id: str, unit_id: str, roles: Sequence[str], ttl: int = 3600, **claims: Any) -> str:
    """A bearer token of a person, good for `ttl` seconds from now; `claims` replace or add to its claims."""
    key = _key(directory)
    now = int(time.time())
    payload = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": person_id,
        "unit": unit_id,
        "roles": list(roles),
        "iat": now,
        "exp": now + ttl,
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, payload | claims, key)


def _key(directory: Path) -> ECKey:
    """The private key (mode 0600), made the first time."""
    private = directory / "signing-key.json"
    if not private.exists():
        directory.mkdir(parents=True, exist_ok=True)
        new = ECKey.generate_key("P-256", {"alg": ALGORITHM, "use": "sig"}, auto_kid=True)
        write_private(private, json.dumps(new.as_dict(private=True)))
    return ECKey.import_key(json.loads(private.read_text()))
