"""The signing key of one stack's people, kept in a directory: Keycloak signs with it, and so can we.

The demo has tokens for thousands of people, of whom a few have an account in Keycloak; services see one issuer
and one key. `services.kit.auth` reads the claims `sub` (person), `unit`, `roles`.
"""

import base64
import hashlib
import json
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from deploy.local.settings import write_private

AUDIENCE = "phoihop"
ALGORITHM = "RS256"


def jwks(directory: Path) -> Path:
    """The JWKS file with the public key, for the services; key and file are made if missing."""
    public = directory / "jwks.json"
    if not public.exists():
        public.write_text(json.dumps(KeySet([_key(directory)]).as_dict(private=False)))
    return public


def pem(directory: Path) -> str:
    """The private key, for Keycloak."""
    return _key(directory).as_pem(private=True).decode()


def sign(
    directory: Path, issuer: str, person_id: str, unit_id: str, roles: Sequence[str], ttl: int = 3600, **claims: Any
) -> str:
    """A bearer token of a person, good for `ttl` seconds from now; `claims` replace or add to its claims."""
    key = _key(directory)
    now = int(time.time())
    payload = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": person_id,
        "unit": unit_id,
        "roles": list(roles),
        "iat": now,
        "exp": now + ttl,
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, payload | claims, key)


@lru_cache
def _key(directory: Path) -> RSAKey:
    """The private key (mode 0600), made the first time."""
    private = directory / "signing-key.pem"
    if not private.exists():
        directory.mkdir(parents=True, exist_ok=True)
        write_private(private, RSAKey.generate_key(2048).as_pem(private=True).decode())
    key = RSAKey.import_key(private.read_text())
    # Keycloak's name for a key: the hash of its public half.
    kid = base64.urlsafe_b64encode(hashlib.sha256(key.as_der(private=False)).digest()).rstrip(b"=").decode()
    return RSAKey.import_key(private.read_text(), {"kid": kid, "alg": ALGORITHM, "use": "sig"})
