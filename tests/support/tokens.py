"""Bearer tokens signed with a key of the test run's own."""

import json
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from contracts.units import Role
from services.kit.settings import TokenSettings

ISSUER = "phoihop-tests"


class TestTokens:
    """Signs tokens, and knows the settings by which a service believes them."""

    __test__ = False

    def __init__(self, directory: Path) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "tests", "alg": "ES256", "use": "sig"})
        path = directory / "jwks.json"
        path.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}), encoding="utf-8")
        self.settings = TokenSettings(jwks=str(path), issuer=ISSUER)

    def sign(self, person_id: str, unit_id: str, *roles: Role, **claims: Any) -> str:
        """A good token of that person, unless `claims` spoil it."""
        now = int(time.time())
        payload = {
            "iss": ISSUER,
            "aud": "phoihop",
            "sub": person_id,
            "unit": unit_id,
            "roles": list(roles),
            "iat": now,
            "exp": now + 3600,
        }
        return jwt.encode({"alg": "ES256", "kid": "tests"}, payload | claims, self._key)

    def header(self, person_id: str, unit_id: str, *roles: Role, **claims: Any) -> dict[str, str]:
        """The request header that carries such a token."""
        return {"Authorization": f"Bearer {self.sign(person_id, unit_id, *roles, **claims)}"}
