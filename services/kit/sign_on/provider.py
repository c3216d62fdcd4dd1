"""The OpenID provider as this service's client uses it: one issuer for people's sessions and for bearer tokens."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError

from services.kit.auth import Principal, TokenVerifier, text_claim
from services.kit.errors import NotNow, Refusal
from services.kit.settings import SignOnSettings

SECONDS = 5.0
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class GrantRefused(Exception):
    """The provider does not take the code or the refresh token, or its answer is not to be believed."""


class NotEntitled(Exception):
    """The person has proved who they are, but the provider knows no unit or no role of theirs."""


@dataclass(frozen=True)
class Grant:
    """What the provider says of a person who has signed on."""

    principal: Principal
    name: str
    sid: str
    id_token: str
    refresh_token: str
    expires_in: int
    """Seconds for which the roles hold."""


class Provider:
    """Talks to the issuer, whose addresses are discovered once. `callback` is where it sends people back to.

    Every method raises NotNow while the issuer is away.
    """

    def __init__(self, settings: SignOnSettings, tokens: TokenVerifier, *, callback: str) -> None:
        self._issuer = tokens.issuer
        self._settings = settings
        self._tokens = tokens
        self._callback = callback
        self._discovered: dict[str, Any] = {}

    async def authorization(self, *, state: str, nonce: str, verifier: str) -> str:
        """The address at which the person proves who they are; only who knows the verifier can use the answer."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._callback,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{await self._address('authorization_endpoint')}?{urlencode(query)}"

    async def redeem(self, code: str, *, nonce: str, verifier: str) -> Grant:
        """The person behind a code that came back. Raises GrantRefused, NotEntitled."""
        asked = {"code": code, "code_verifier": verifier, "redirect_uri": self._callback}
        return await self._grant(await self._ask("authorization_code", **asked), nonce=nonce)

    async def refresh(self, refresh_token: str, person_id: str) -> Grant:
        """What holds of the person now. Raises GrantRefused, NotEntitled."""
        grant = await self._grant(await self._ask("refresh_token", refresh_token=refresh_token))
        if grant.principal.person_id != person_id:
            raise GrantRefused("another person")
        return grant

    async def sign_out(self, id_token: str | None, *, return_to: str) -> str:
        """The address at which the person's session with the issuer ends; without the token it asks them first."""
        query = {"client_id": self._settings.client_id, "post_logout_redirect_uri": return_to}
        hint = {"id_token_hint": id_token} if id_token else {}
        return f"{await self._address('end_session_endpoint')}?{urlencode(query | hint)}"

    async def ended(self, logout_token: str) -> str:
        """The `sid` of the session that a logout token ends (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6).

        Raises GrantRefused.
        """
        try:
            claims = await self._tokens.decode(logout_token)
            self._registry(iat={"essential": True}, jti={"essential": True}).validate(claims)
            if LOGOUT_EVENT not in claims["events"] or "nonce" in claims:
                raise ValueError("no logout token")
            return text_claim(claims["sid"])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise GrantRefused("no logout token") from error

    async def _grant(self, answer: dict[str, Any], nonce: str | None = None) -> Grant:
        try:
            access = await self._tokens.decode(answer["access_token"])
            identity = await self._tokens.decode(answer["id_token"])
            self._registry(sub={"essential": True}).validate(identity)
            if nonce not in (None, identity.get("nonce")) or access.get("sub") not in (None, identity["sub"]):
                raise ValueError("the identity is not of this sign-on")
            sid, name = text_claim(identity["sid"]), text_claim(identity.get("name") or identity["sub"])
            refresh_token, expires_in = text_claim(answer["refresh_token"]), int(answer["expires_in"])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise GrantRefused("the answer is not to be believed") from error
        try:
            principal = await self._tokens.verify(answer["access_token"])
        except Refusal as error:
            raise NotEntitled from error
        if not principal.roles:
            raise NotEntitled
        return Grant(principal, name, sid, answer["id_token"], refresh_token, expires_in)

    def _registry(self, **claims: Any) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            **claims,
        )

    async def _ask(self, grant_type: str, **grant: str) -> dict[str, Any]:
        """The token endpoint's answer. Raises GrantRefused."""
        address = await self._address("token_endpoint")
        secret = self._settings.client_secret.get_secret_value()
        try:
            async with httpx.AsyncClient(timeout=SECONDS, auth=(self._settings.client_id, secret)) as client:
                answer = await client.post(address, data={"grant_type": grant_type, **grant})
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotNow("the issuer does not answer") from error
        if answer.is_server_error:
            raise NotNow("the issuer cannot answer")
        if not answer.is_success:
            raise GrantRefused(str(found.get("error")))
        return dict(found)

    async def _address(self, name: str) -> str:
        """One of the issuer's addresses, which are asked for once."""
        if not self._discovered:
            try:
                async with httpx.AsyncClient(timeout=SECONDS) as client:
                    answer = await client.get(f"{self._issuer}/.well-known/openid-configuration")
                    found = answer.raise_for_status().json()
            except (httpx.HTTPError, ValueError) as error:
                raise NotNow("the issuer does not answer") from error
            if found.get("issuer") != self._issuer:
                raise NotNow("the issuer calls itself otherwise")
            self._discovered = found
        return str(self._discovered[name])
