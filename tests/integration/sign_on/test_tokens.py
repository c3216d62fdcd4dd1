"""Which tokens are believed: the issuer's bearer tokens at the API, its logout tokens at the back channel."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from deploy.local import keys
from services.kit.sign_on.provider import LOGOUT_EVENT
from tests.conftest import OpenDatabase
from tests.integration.sign_on.conftest import Serve, Surfer
from tests.support.identity import UNIT, Identity

Spoil = Callable[[str, Identity], str]


@pytest.fixture
async def site(serve: Serve) -> str:
    return await serve("planner")


@pytest.fixture
async def issued(site: str, surf: Callable[[], Surfer], identity: Identity) -> dict[str, Any]:
    """Keycloak's answer to a code that was got and redeemed by hand."""
    surfer = surf()
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of the verifier in RFC 7636, appendix B
    query = {
        "response_type": "code",
        "client_id": "planner",
        "redirect_uri": f"{site}/sign-on/callback",
        "scope": "openid",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    endpoint = f"{identity.keycloak.issuer}/protocol/openid-connect"
    form = await surfer.get(f"{endpoint}/auth", params=query)
    surfer.follow_redirects = False
    sent = await surfer.fill_in(form, "officer")
    data = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(sent.headers["location"]).query)["code"][0],
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "redirect_uri": query["redirect_uri"],
    }
    answer = await surfer.post(f"{endpoint}/token", data=data, auth=("planner", identity.clients["planner"].secret))
    tokens: dict[str, Any] = answer.json()
    return tokens


async def caller(site: str, token: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=site) as client:
        return await client.get("/v1/caller", headers={"Authorization": f"Bearer {token}"})


async def test_the_api_takes_the_issuers_access_tokens(site: str, issued: dict[str, Any]) -> None:
    answer = await caller(site, issued["access_token"])
    assert (answer.status_code, answer.json()) == (200, f"p-{UNIT}-officer-with-a-long-name")


async def test_the_api_takes_tokens_signed_with_the_same_key(site: str, identity: Identity) -> None:
    token = keys.sign(identity.key_directory, identity.keycloak.issuer, "p-1", UNIT, ["officer"])
    assert (await caller(site, token)).json() == "p-1"


@pytest.mark.parametrize("other", ["id_token", "refresh_token"])
async def test_other_tokens_of_the_issuer_are_no_bearer_tokens(site: str, issued: dict[str, Any], other: str) -> None:
    assert (await caller(site, issued[other])).status_code == 401


def unsigned(claims: dict[str, Any], algorithm: str = "none") -> str:
    """A token that says of itself that nobody has signed it."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm})}.{part(claims)}."


def claims_for(identity: Identity, **more: Any) -> dict[str, Any]:
    """The claims of a good bearer token."""
    now = int(time.time())
    good = {"iss": identity.keycloak.issuer, "aud": "phoihop", "sub": "p", "unit": UNIT, "roles": ["officer"]}
    return {**good, "iat": now, "exp": now + 600, **more}


def of_the_issuer(identity: Identity, **claims: Any) -> str:
    return keys.sign(identity.key_directory, identity.keycloak.issuer, "p", UNIT, ["officer"], **claims)


FORGED: dict[str, Callable[[Identity], str]] = {
    "of another audience": lambda identity: of_the_issuer(identity, aud="planner"),
    "of another issuer": lambda identity: of_the_issuer(identity, iss="https://evil.example/realms/phoihop"),
    "expired": lambda identity: of_the_issuer(identity, exp=int(time.time()) - 60),
    "without an end": lambda identity: of_the_issuer(identity, exp=None),
    "alg none": lambda identity: unsigned(claims_for(identity)),
    "alg None": lambda identity: unsigned(claims_for(identity), "None"),
    "signed with another key": lambda identity: jwt.encode(
        {"alg": "RS256", "kid": _kid(identity)}, claims_for(identity), RSAKey.generate_key(2048)
    ),
    "signed with the public key as a secret": lambda identity: jwt.encode(
        {"alg": "HS256", "kid": _kid(identity)}, claims_for(identity), OctKey.import_key(_public(identity))
    ),
}


def _kid(identity: Identity) -> str:
    return str(json.loads(keys.jwks(identity.key_directory).read_text())["keys"][0]["kid"])


def _public(identity: Identity) -> str:
    return json.dumps(json.loads(keys.jwks(identity.key_directory).read_text())["keys"][0])


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_token_that_is_not_good(site: str, identity: Identity, forge: Callable[[Identity], str]) -> None:
    answer = await caller(site, forge(identity))
    assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")


def logout_token(identity: Identity, **claims: Any) -> str:
    """A logout token as Keycloak sends it, unless `claims` spoil it."""
    good = {"aud": "planner", "jti": "j", "events": {LOGOUT_EVENT: {}}}
    return of_the_issuer(identity, **(good | claims))


async def send_logout(site: str, token: str) -> int:
    async with httpx.AsyncClient(base_url=site) as client:
        return (await client.post("/sign-on/back-channel-logout", data={"logout_token": token})).status_code


async def sid_of(open_database: OpenDatabase) -> str:
    """The issuer's name for the one session that there is."""
    database = await open_database("planner")
    async with database.connection() as connection:
        return str(await connection.fetchval("SELECT sid FROM sessions"))


@pytest.mark.parametrize(
    "spoiled",
    [
        {"aud": "tracker"},
        {"aud": "phoihop"},
        {"nonce": "n"},
        {"events": {}},
        {"iss": "https://evil.example"},
        {"sid": ""},
    ],
    ids=str,
)
async def test_what_is_no_logout_token_ends_no_session(
    site: str,
    surf: Callable[[], Surfer],
    identity: Identity,
    open_database: OpenDatabase,
    spoiled: dict[str, Any],
) -> None:
    surfer = surf()
    await surfer.log_in(f"{site}/who", "officer")
    sid = await sid_of(open_database)
    assert await send_logout(site, logout_token(identity, **{"sid": sid, **spoiled})) == 422
    assert await send_logout(site, unsigned(claims_for(identity, aud="planner", sid=sid))) == 422
    assert not (await surfer.get(f"{site}/who")).history


async def test_a_logout_token_ends_its_session_alone(
    site: str, surf: Callable[[], Surfer], identity: Identity, open_database: OpenDatabase
) -> None:
    surfer, other = surf(), surf()
    await surfer.log_in(f"{site}/who", "officer")
    sid = await sid_of(open_database)
    await other.log_in(f"{site}/who", "staff")
    assert await send_logout(site, logout_token(identity, sid=sid)) == 200
    assert (await surfer.get(f"{site}/who")).history
    assert not (await other.get(f"{site}/who")).history
