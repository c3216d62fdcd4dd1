"""Bearer tokens: who asks, for which unit, in which roles.

Algorithm, issuer, audience and expiry are pinned; a key is found by its `kid` in the JWKS. Claims: `sub`
(the person), `unit` (their unit's id), `roles`.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contracts.units import Role
from services.kit.errors import NotNow, Refusal, RefusalKind
from services.kit.settings import TokenSettings

REFETCH_SECONDS = 60.0
"""A key that is not known is looked for again, but not more often than this."""


@dataclass(frozen=True)
class Principal:
    """A person who has proved who they are."""

    person_id: str
    unit_id: str
    roles: frozenset[Role]

    def require(self, *roles: Role) -> None:
        """Raise Refusal unless the person has one of the roles."""
        if not self.roles & set(roles):
            raise Refusal(
                RefusalKind.FORBIDDEN, "role-missing", f"this needs one of the roles {', '.join(sorted(roles))}"
            )


class TokenVerifier:
    """Verifies tokens against one JWKS, kept in memory."""

    def __init__(self, settings: TokenSettings) -> None:
        self._settings = settings
        self._keys: KeySet | None = None
        self._fetched = float("-inf")
        self._claims = jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
            unit={"essential": True},
            roles={"essential": True},
        )

    @property
    def issuer(self) -> str:
        """The one whose tokens are believed."""
        return self._settings.issuer

    async def verify(self, token: str) -> Principal:
        """The person whom the token speaks for. Raises Refusal (401) for a token that is not good."""
        try:
            claims = await self.decode(token)
            self._claims.validate(claims)
            return Principal(
                person_id=text_claim(claims["sub"]),
                unit_id=text_claim(claims["unit"]),
                roles=frozenset(Role(role) for role in claims["roles"] if role in set(Role)),
            )
        except (JoseError, ValueError, TypeError, KeyError):
            raise Refusal(RefusalKind.UNAUTHENTICATED, "token-invalid", "the token is not valid here") from None

    async def decode(self, token: str) -> dict[str, Any]:
        """The claims of a token that the issuer has signed, which say nothing yet of whom and when it is for.

        Raises JoseError or ValueError.
        """
        algorithms = list(self._settings.algorithms)
        try:
            return jwt.decode(token, await self._key_set(), algorithms=algorithms).claims
        except (JoseError, ValueError):
            if time.monotonic() - self._fetched < REFETCH_SECONDS or not self._settings.jwks.startswith("https://"):
                raise
            self._keys = None  # the issuer may have rotated its keys
            return jwt.decode(token, await self._key_set(), algorithms=algorithms).claims

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(await self._jwks())
            self._fetched = time.monotonic()
        return self._keys

    async def _jwks(self) -> Any:
        source = self._settings.jwks
        if not source.startswith("https://"):
            return json.loads(await asyncio.to_thread(Path(source).read_text, encoding="utf-8"))
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(source)).raise_for_status().json()
        except httpx.HTTPError as error:
            raise NotNow("the issuer's keys cannot be fetched") from error


def text_claim(claim: object) -> str:
    """A claim that must be a text which a database keeps. Raises ValueError."""
    if not isinstance(claim, str) or not claim or not claim.isprintable():
        raise ValueError("a claim is not a text")
    return claim
