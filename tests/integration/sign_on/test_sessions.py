"""Sign-on, sessions and their ends, by real HTTP against a real Keycloak."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import Response

from contracts.units import Role
from services.kit.errors import NotNow
from services.kit.settings import TokenSettings
from services.kit.sign_on.door import Door
from services.kit.sign_on.provider import Provider
from tests.conftest import OpenDatabase
from tests.integration.sign_on.conftest import Serve, Surfer, asks_to_log_in, csrf_in
from tests.support.clock import FixedClock
from tests.support.identity import UNIT, Identity

Surf = Callable[[], Surfer]

COOKIE = "phoihop-planner"


@pytest.fixture
async def site(serve: Serve) -> str:
    return await serve("planner")


def with_cookie(token: str, site: str) -> httpx.AsyncClient:
    """A browser that has nothing but this session cookie, and does not go where it is sent."""
    return httpx.AsyncClient(base_url=site, cookies={COOKIE: token}, headers={"Accept": "text/html"})


@pytest.mark.parametrize("role", Role)
async def test_people_of_every_role_sign_on(site: str, surf: Surf, role: Role) -> None:
    page = await surf().log_in(f"{site}/who?a=b", role)
    assert (page.status_code, str(page.url)) == (200, f"{site}/who?a=b")
    assert f"p-{UNIT}-{role}-with-a-long-name {UNIT} [&lt;Role.{role.name}: &#39;{role}&#39;&gt;]" in page.text
    assert f"Nguyễn Thị {role}" in page.text


async def test_what_a_browser_keeps_is_random_and_out_of_reach(
    site: str, surf: Surf, open_database: OpenDatabase
) -> None:
    surfer = surf()
    form = await surfer.get(f"{site}/who")
    done = await surfer.fill_in(form, "principal")
    steps = [*form.history, *done.history]
    set_cookies = [line for step in steps for line in step.headers.get_list("set-cookie") if COOKIE in line]
    assert len(set_cookies) == 2
    assert all("HttpOnly" in line and "SameSite=lax" in line and "Path=/" in line for line in set_cookies)
    database = await open_database("planner")
    async with database.connection() as connection:
        rows = [str(dict(row)) for row in await connection.fetch("SELECT * FROM sessions")]
    assert len(rows) == 1
    assert surfer.cookies[COOKIE] not in rows[0]


async def test_the_request_to_the_issuer_proves_what_the_answer_must_match(site: str) -> None:
    async with httpx.AsyncClient(headers={"Accept": "text/html"}) as client:
        first, second = [await client.get(f"{site}/who") for _ in range(2)]
    asked = [parse_qs(urlsplit(answer.headers["location"]).query) for answer in (first, second)]
    assert asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


async def test_a_program_without_a_session_is_not_sent_to_a_form(site: str) -> None:
    async with httpx.AsyncClient(base_url=site) as client:
        answer = await client.get("/who")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-on-needed")


async def callback_of(surfer: Surfer, site: str, username: str) -> str:
    """The address with the code that Keycloak sends the browser to, which has not gone there yet."""
    form = await surfer.get(f"{site}/who")
    surfer.follow_redirects = False
    sent = await surfer.fill_in(form, username)
    surfer.follow_redirects = True
    return sent.headers["location"]


async def test_a_callback_is_good_once(site: str, surf: Surf) -> None:
    surfer = surf()
    callback = await callback_of(surfer, site, "officer")
    assert (await surfer.get(callback)).status_code == 200
    again = await surfer.get(callback)
    assert (again.status_code, "Chưa đăng nhập được" in again.text) == (400, True)


async def test_a_callback_of_another_browser_begins_no_session(site: str, surf: Surf) -> None:
    """Or somebody could make others work in his name."""
    callback = await callback_of(surf(), site, "officer")
    victim = surf()
    await victim.get(f"{site}/who")  # has a sign-on of their own under way
    assert (await victim.get(callback)).status_code == 400
    assert COOKIE not in victim.cookies


@pytest.mark.parametrize("change", [{"state": "forged"}, {"code": "forged"}, {"code": ""}, {"state": ""}])
async def test_a_forged_callback_begins_no_session(site: str, surf: Surf, change: dict[str, str]) -> None:
    surfer = surf()
    callback = httpx.URL(await callback_of(surfer, site, "officer"))
    answer = await surfer.get(callback.copy_merge_params(change))
    assert answer.status_code == 400
    assert COOKIE not in surfer.cookies


async def test_a_token_that_somebody_planted_never_becomes_a_session(site: str, surf: Surf) -> None:
    surfer = surf()
    surfer.cookies.set(COOKIE, "planted", domain="127.0.0.1", path="/")
    await surfer.log_in(f"{site}/who", "staff")
    tokens = [cookie.value for cookie in surfer.cookies.jar if cookie.name == COOKIE]
    assert tokens
    async with with_cookie("planted", site) as attacker:
        assert (await attacker.get("/who")).status_code == 303


async def test_another_sign_on_has_another_token_and_ends_the_first(site: str, surf: Surf, clock: FixedClock) -> None:
    surfer = surf()
    await surfer.log_in(f"{site}/who", "staff")
    first = surfer.cookies[COOKIE]
    clock.moment += timedelta(hours=13)
    await surfer.get(f"{site}/who")  # Keycloak still knows the person
    assert surfer.cookies[COOKIE] != first
    async with with_cookie(first, site) as old:
        assert (await old.get("/who")).status_code == 303


@pytest.mark.parametrize(
    ("csrf", "origin"),
    [("", None), ("0" * 64, None), ("theirs", None), ("own", "https://evil.example"), ("own", "null")],
)
async def test_a_form_that_no_page_of_this_session_made(site: str, surf: Surf, csrf: str, origin: str | None) -> None:
    own, other = surf(), surf()
    tokens = {
        "own": csrf_in(await own.log_in(f"{site}/who", "officer")),
        "theirs": csrf_in(await other.log_in(f"{site}/who", "staff")),
    }
    headers = {"Origin": origin} if origin else {}
    data = {"text": "x", "csrf": tokens.get(csrf, csrf)}
    answer = await own.post(f"{site}/notes", data=data, headers=headers)
    assert (answer.status_code, "foreign-form" in answer.text) == (403, True)


async def test_a_form_of_this_session_is_taken(site: str, surf: Surf) -> None:
    surfer = surf()
    csrf = csrf_in(await surfer.log_in(f"{site}/who", "officer"))
    answer = await surfer.post(f"{site}/notes", data={"text": "đã rõ", "csrf": csrf}, headers={"Origin": site})
    assert "written: đã rõ" in answer.text


@pytest.mark.parametrize("pause", [timedelta(minutes=61), timedelta(hours=13)], ids=["unused", "old"])
async def test_a_session_ends_by_time_and_what_was_typed_is_given_back(
    site: str, surf: Surf, clock: FixedClock, pause: timedelta
) -> None:
    surfer = surf()
    csrf = csrf_in(await surfer.log_in(f"{site}/who", "officer"))
    clock.moment += pause
    kept = await surfer.post(f"{site}/notes", data={"text": "một trang\r\n<b>dài</b>", "csrf": csrf})
    assert str(kept.url) == f"{site}/sign-on/kept"
    assert "một trang\r\n&lt;b&gt;dài&lt;/b&gt;" in kept.text
    assert "written" not in kept.text
    sent = await surfer.post(f"{site}/notes", data={"text": "một trang", "csrf": csrf_in(kept)})
    assert "written: một trang" in sent.text


async def test_what_was_typed_is_given_to_nobody_else(site: str, surf: Surf, clock: FixedClock) -> None:
    surfer = surf()
    csrf = csrf_in(await surfer.log_in(f"{site}/who", "officer"))
    clock.moment += timedelta(hours=13)
    for cookie in list(surfer.cookies.jar):
        if not cookie.name.startswith(COOKIE):
            surfer.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
    form = await surfer.post(f"{site}/notes", data={"text": "bí mật", "csrf": csrf})
    page = await surfer.fill_in(form, "staff")
    assert str(page.url) == f"{site}/"
    assert "bí mật" not in (page.text + (await surfer.get(f"{site}/sign-on/kept")).text)


async def test_a_session_in_use_does_not_end_for_being_old_in_minutes(site: str, surf: Surf, clock: FixedClock) -> None:
    surfer = surf()
    await surfer.log_in(f"{site}/who", "officer")
    for _ in range(3):
        clock.moment += timedelta(minutes=40)
        assert not (await surfer.get(f"{site}/who")).history


async def test_a_sign_out_ends_the_session_here_and_at_the_issuer(site: str, surf: Surf, identity: Identity) -> None:
    surfer = surf()
    page = await surfer.log_in(f"{site}/who", "signatory")
    token = surfer.cookies[COOKIE]
    out = await surfer.post(f"{site}/sign-out", data={"csrf": csrf_in(page)})
    assert (str(out.url), "Đã đăng xuất" in out.text) == (f"{site}/signed-out", True)
    assert COOKIE not in surfer.cookies
    async with with_cookie(token, site) as thief:
        assert (await thief.get("/who")).status_code == 303
    assert asks_to_log_in(identity, await surfer.get(f"{site}/who"))


async def test_one_sign_on_serves_all_services_and_one_sign_out_ends_all(
    serve: Serve, surf: Surf, identity: Identity
) -> None:
    planner, tracker = await serve("planner"), await serve("tracker")
    surfer = surf()
    page = await surfer.log_in(f"{planner}/who", "principal")
    assert f"{UNIT}-principal" in (await surfer.get(f"{tracker}/who")).text
    await surfer.post(f"{planner}/sign-out", data={"csrf": csrf_in(page)})
    assert asks_to_log_in(identity, await surfer.get(f"{tracker}/who"))


async def test_nobody_is_led_to_another_host(site: str, surf: Surf) -> None:
    page = await surf().log_in(f"{site}//evil.example/deep", "staff")
    assert page.url.host == "127.0.0.1"
    assert "deep: /evil.example" in page.text


async def test_an_account_without_a_unit_is_told_so(site: str, surf: Surf, identity: Identity) -> None:
    surfer = surf()
    page = await surfer.log_in(f"{site}/who", "nobody")
    assert (page.status_code, "chưa có đơn vị hoặc vai trò" in page.text) == (403, True)
    assert COOKIE not in surfer.cookies


async def test_an_issuer_that_is_away_is_told_and_nothing_else_fails(
    serve: Serve, identity: Identity, surf: Surf
) -> None:
    away = TokenSettings(jwks=identity.tokens.jwks, issuer="http://127.0.0.1:9/realms/phoihop")
    site = await serve("planner", away)
    page = await surf().get(f"{site}/who")
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "Tạm thời gián đoạn" in page.text
    assert (await surf().get(f"{site}/livez")).status_code == 200


async def test_a_sign_on_goes_on_where_the_issuer_was_away(
    serve: Serve, surf: Surf, identity: Identity, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was typed before it."""
    site = await serve("planner")
    surfer = surf()
    csrf = csrf_in(await surfer.log_in(f"{site}/who", "officer"))
    clock.moment += timedelta(hours=13)
    with monkeypatch.context() as patch:
        patch.setattr(Provider, "_ask", _away)
        away = await surfer.post(f"{site}/notes", data={"text": "dài", "csrf": csrf})
        assert (away.status_code, away.url.path) == (503, "/sign-on/callback")
    kept = await surfer.get(away.url)
    assert (kept.url.path, "dài" in kept.text) == ("/sign-on/kept", True)


async def _away(*_: object, **__: object) -> None:
    raise NotNow("the issuer does not answer")


async def test_many_pages_at_once_renew_one_session(site: str, surf: Surf, clock: FixedClock) -> None:
    surfer = surf()
    await surfer.log_in(f"{site}/who", "officer")
    for _ in range(2):
        clock.moment += timedelta(minutes=16)
        answers = await asyncio.gather(*(surfer.get(f"{site}/who") for _ in range(6)))
        assert [(answer.status_code, answer.history) for answer in answers] == [(200, [])] * 6


@pytest.mark.parametrize(
    ("site", "cookie", "secure"),
    [("https://plans.example", "__Host-phoihop-planner", True), ("http://127.0.0.1:1", "phoihop-planner", False)],
)
async def test_a_cookie_of_an_https_site_goes_nowhere_else(site: str, cookie: str, secure: bool) -> None:
    door = Door("planner", site, None)  # type: ignore[arg-type]  # no session is asked for
    answer = Response()
    door.set_cookie(answer, door.session_cookie, "token")
    line = answer.headers["set-cookie"]
    assert line.startswith(f"{cookie}=token;")
    assert ("Secure" in line) == secure
    assert "Domain" not in line


class Administrator:
    """Changes accounts in Keycloak while people work."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def change(self, username: str, **fields: object) -> None:
        """Change fields of an account."""
        async with httpx.AsyncClient(base_url=self._identity.keycloak.url) as client:
            headers = await self._headers(client)
            [user] = (
                await client.get(
                    "/admin/realms/phoihop/users", params={"username": username, "exact": True}, headers=headers
                )
            ).json()
            answer = await client.put(
                f"/admin/realms/phoihop/users/{user['id']}", json={**user, **fields}, headers=headers
            )
            assert answer.is_success, answer.text

    async def _headers(self, client: httpx.AsyncClient) -> dict[str, str]:
        data = {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": "admin",
            "password": self._identity.admin_password,
        }
        answer = await client.post("/realms/master/protocol/openid-connect/token", data=data)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_a_change_at_the_issuer_holds_when_the_token_has_expired(
    site: str, surf: Surf, identity: Identity, clock: FixedClock
) -> None:
    surfer, administrator = surf(), Administrator(identity)
    await surfer.log_in(f"{site}/who", "staff")
    attributes = {"person_id": [f"p-{UNIT}-staff-with-a-long-name"], "unit": ["52-d02-s0002"]}
    await administrator.change("staff", attributes=attributes)
    try:
        assert f" {UNIT} " in (await surfer.get(f"{site}/who")).text
        clock.moment += timedelta(minutes=16)
        moved = await surfer.get(f"{site}/who")
        assert " 52-d02-s0002 " in moved.text
        assert not moved.history
        await administrator.change("staff", enabled=False)
        clock.moment += timedelta(minutes=16)
        assert asks_to_log_in(identity, await surfer.get(f"{site}/who"))
    finally:
        await administrator.change("staff", enabled=True, attributes=attributes | {"unit": [UNIT]})
